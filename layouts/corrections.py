"""What changed after it had been told: from what to what, when, by which delivery, from whom, why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.types import Revision
from layouts import elements as html
from layouts.parts import table
from layouts.translator import Translator

MOST_OF_ONE = 12


def revisions_table(revisions: Sequence[Revision], t: Translator) -> Any:
    """The newest first."""
    if not revisions:
        return html.P(t("revision.none"), className="quiet")
    rows: list[list[Any]] = [
        [
            t.moment(one.at),
            period(one, t),
            t(f"measure.{one.measure}"),
            html.Span([change(one, t)], className="change"),
            t(f"revision.kind_{one.kind}"),
            t.number(one.report_id),
            " · ".join(part for part in (t.word("source", one.source), one.who or "") if part),
            one.reason or "–",
        ]
        for one in revisions
    ]
    keys = ("received", "period", "what", "change", "kind", "report", "from_whom", "reason")
    return table([t(f"revision.head_{key}") for key in keys], rows, "revisions", t("panel.revisions.title"))


def changes_of(revisions: Sequence[Revision], t: Translator) -> list[Any]:
    """What one delivery changed, as a list that opens."""
    if not revisions:
        return []
    lines = [html.Li(f"{period(one, t)} · {t(f'measure.{one.measure}')}: {change(one, t)}") for one in revisions]
    more = [html.Li(t.n("revision.more", len(lines) - MOST_OF_ONE))] if len(lines) > MOST_OF_ONE else []
    return [
        html.Details(
            [
                html.Summary(t.n("revision.changed", len(lines))),
                html.Ul([*lines[:MOST_OF_ONE], *more], className="issues"),
            ]
        )
    ]


def period(one: Revision, t: Translator) -> str:
    start, end = t.local(one.start), t.local(one.end)
    if (end - start).total_seconds() > 20 * 3600:
        return t.date(one.start)
    return f"{t.date(one.start)} {start:%H:%M}–{end:%H:%M}"


def change(one: Revision, t: Translator) -> str:
    if one.masked:
        return t("word.masked")
    old, new = (t("revision.nothing") if value is None else t.number(round(value)) for value in (one.old, one.new))
    return f"{old} → {new}"
