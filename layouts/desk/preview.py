"""A file before it counts: what was understood of it, what is wrong with it, what it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from data.types import Changes, ColumnRead, Issue, Site
from layouts.desk.around import button, facts, form, hidden, panel, scroll, select
from layouts.desk.counted import counts
from layouts.desk.wrong_rows import said, wrong_lines, wrong_rows
from layouts.parts import table
from layouts.translator import Translator


@dataclass(frozen=True)
class PreviewShown:
    """`hidden` and `choice_hidden`: what the two forms carry on."""

    filename: str
    source: str
    source_label: str
    dataset: str
    dataset_asked: str
    mapping: str
    state: str  # accepted, partial, refused
    accepted: int
    rejected: int
    not_reported: int
    rows: int
    period: tuple[datetime, datetime] | None
    sites: tuple[Site | str, ...]
    issues: Sequence[Issue]
    notes: Sequence[Issue]
    columns: Sequence[ColumnRead]
    changes: Changes
    known: int | None
    may_be_accepted: bool
    notice: str
    datasets: tuple[str, ...]
    mappings: tuple[str, ...]
    suggested: tuple[str, ...]
    personal: bool
    hidden: Mapping[str, str]
    choice_hidden: Mapping[str, str]
    asked: Mapping[str, str]  # site, language and look of the address


def title(shown: PreviewShown, t: Translator) -> str:
    return t("desk.preview.title", file=shown.filename)


def body(shown: PreviewShown, t: Translator) -> list[Any]:
    parts: list[Any] = [html.Div([html.H1(t("desk.preview.heading"))], className="page-title")]
    if shown.notice:
        parts.append(html.P(t(shown.notice), className="notice", role="alert"))
    parts.append(_summary(shown, t))
    if any(issue.line is not None for issue in shown.issues):
        rows = wrong_rows(shown.issues, t)
        parts.append(
            panel(
                "wrong", t.n("desk.wrong.count", wrong_lines(shown.issues, shown.rejected)), rows, t("desk.wrong.says")
            )
        )
    if shown.columns:
        parts.append(_columns(shown, t))
    if not shown.personal:
        parts.append(_otherwise(shown, t))
    return parts


def _summary(shown: PreviewShown, t: Translator) -> Component:
    refused = shown.state == "refused"
    sites = ", ".join(site if isinstance(site, str) else site.name for site in shown.sites)
    return panel(
        "summary",
        shown.filename,
        [
            *([] if refused and not shown.rejected else [_counts(shown, t)]),
            *([html.P(t.n("desk.count.wide", shown.rows), className="quiet")] if _wide(shown) else []),
            *([_changes(shown.changes, t)] if shown.accepted and shown.known is None else []),
            facts(
                [
                    (t("desk.source"), shown.source_label),
                    (t("desk.dataset"), t.word("dataset", shown.dataset) if shown.dataset else ""),
                    (t("desk.period"), period(shown.period, t)),
                    (t("desk.sites"), sites),
                    (t("desk.mapping"), shown.mapping),
                ]
            ),
            *said(shown.issues, t, "said wrong" if refused else "said"),
            *said([note for note in shown.notes if note.code != "unknown_columns"], t),  # told with the columns
            *_verdict(shown, t),
            _acts(shown, t),
        ],
        class_name=f"summary summary-{shown.state}",
    )


def _counts(shown: PreviewShown, t: Translator) -> Component:
    came = "figures" if _wide(shown) else "rows"
    return counts(shown.accepted, shown.rejected, shown.not_reported, t, came)


def _wide(shown: PreviewShown) -> bool:
    return shown.accepted + shown.rejected + shown.not_reported > shown.rows


def _changes(changes: Changes, t: Translator) -> Component:
    return html.P(changes_words(changes, t, "desk.would"), className="would")


def changes_words(changes: Changes, t: Translator, key: str) -> str:
    """One sentence per kind of line that there is."""
    kinds = (("new", changes.new), ("revised", changes.revised), ("equal", changes.equal), ("older", changes.older))
    return " ".join(t.n(f"{key}.{name}", number) for name, number in kinds if number)


def _verdict(shown: PreviewShown, t: Translator) -> list[Component]:
    if shown.known is not None:
        return [html.P(t("desk.preview.known", report=str(shown.known)), className="notice")]
    if shown.state == "refused" and shown.rejected:
        return [html.P(t("desk.preview.nothing_good"), className="notice")]
    return []


def _acts(shown: PreviewShown, t: Translator) -> Component:
    acts: list[Any] = []
    if shown.may_be_accepted:
        key = "desk.preview.accept_good" if shown.rejected else "desk.preview.accept_all"
        acts.append(
            form("/reports/accept", [*hidden(shown.hidden), button(t.n(key, shown.accepted))], class_name="once")
        )
    if shown.known is not None:
        address = f"/reports/{shown.known}?{urlencode(shown.asked)}"
        acts.append(html.A(t("desk.preview.see_known", report=str(shown.known)), href=address))
    label = t("desk.preview.back" if shown.personal else "desk.preview.discard")
    acts.append(form("/reports/discard", [*hidden(shown.hidden), button(label, "second")]))
    return html.Div([*acts, html.Small(t("desk.preview.waits"))], className="acts")


def period(span: tuple[datetime, datetime] | None, t: Translator) -> str:
    if span is None:
        return ""
    start, end = span
    if start == end:
        return t.moment(start)
    if t.local(start).date() == t.local(end).date():
        return t("desk.same_day", start=start, until=t.time(end))
    return t("desk.from_to", start=start, end=end)


def _columns(shown: PreviewShown, t: Translator) -> Component:
    used = [column for column in shown.columns if column.into or column.chooses]
    left = [column.header for column in shown.columns if not (column.into or column.chooses)]
    rows: list[list[Any]] = [
        [
            html.Span(column.header) if column.header else html.Span(t("desk.columns.by_mapping"), className="quiet"),
            _becomes(column, shown.dataset, t),
            html.Span(column.written, className="came") if column.header else "",
            read_value(column, t),
        ]
        for column in used
    ]
    heads = [t(f"desk.columns.{name}") for name in ("header", "becomes", "written", "read")]
    name = t("desk.columns.title")
    children: list[Any] = [scroll(table(heads, rows, "columns-read", name), name)]
    if left:
        children.append(html.P(t("desk.columns.unused", columns=", ".join(left)), className="quiet"))
    return panel("columns", name, children, t("desk.columns.says"))


def _becomes(column: ColumnRead, dataset: str, t: Translator) -> list[Any]:
    made: list[Any] = []
    for name in column.into:
        meaning = t.maybe(f"column.{dataset}.{name}") or t.maybe(f"column.{name}") or ""
        code = [] if name == column.header else [html.Code(name)]
        made.append(html.Div([*code, html.Small(meaning)], className="meaning"))
    if column.meaning:
        words = [f"{name}: {t.word(name, value)}" for name, value in column.meaning.items()]
        made.append(html.Small(", ".join(words)))
    if column.chooses:
        made.append(html.Small(t("desk.columns.chooses")))
    return made


def read_value(column: ColumnRead, t: Translator) -> str:
    """A value as it was understood, in words where the vocabulary has them."""
    value = column.read
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return t.moment(value)
    if isinstance(value, bool):
        return t("word.yes" if value else "word.no")
    if isinstance(value, int | float):
        return t.number(value, 0 if float(value).is_integer() else 2)
    return t.word(column.into[0], str(value)) if column.into else str(value)


def _otherwise(shown: PreviewShown, t: Translator) -> Component:
    """The file still waits: it may be read in another way without being sent again."""
    datasets = [("", t("desk.guess")), *((name, t.word("dataset", name)) for name in shown.datasets)]
    mappings = [("", t("desk.no_mapping")), *((name, name) for name in shown.mappings)]
    chosen = shown.mapping or (shown.suggested[0] if shown.suggested else "")
    children: list[Any] = []
    if shown.suggested and not shown.mapping:
        children.append(html.P(t("desk.preview.suggested", mapping=", ".join(shown.suggested)), className="notice"))
    children.append(
        form(
            "/reports/preview",
            [
                *hidden(shown.choice_hidden),
                select("mapping", t("desk.mapping"), mappings, chosen),
                select("dataset", t("desk.dataset"), datasets, shown.dataset_asked),
                button(t("desk.preview.read_again"), "second"),
            ],
            method="get",
            class_name="choices",
        )
    )
    return html.Details(
        [html.Summary(t("desk.preview.otherwise")), *children],
        className="panel otherwise",
        open=shown.state == "refused" and not shown.rejected,
    )
