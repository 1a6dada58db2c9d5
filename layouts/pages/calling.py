"""What opens from a row of the matrix: whom to call, about what, what was agreed; and the numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from data.types import Cadence, Contact, Expectation, Reporting
from data.vocabulary import ReportState, Rhythm
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import age, table
from layouts.translator import Translator

MOST_GONE = 8


def inside(row: Reporting, site: str, now: datetime, t: Translator) -> Tree:
    """What a person needs who is about to call: whom, about what, what was agreed."""
    gone = [one for one in row.expectations if one.state is ReportState.MISSING]
    listed = [html.Li(_gone(one, t)) for one in reversed(gone[-MOST_GONE:])]
    if len(gone) > MOST_GONE:
        listed.append(html.Li(t("rhythm_page.more_gone", count=len(gone) - MOST_GONE)))
    last = row.last_received
    counted = [(str(state), getattr(row.rates, str(state).replace("-", "_"))) for state in ReportState]
    pairs: list[tuple[str, Any]] = [
        (t("rhythm_page.who"), html.B(who_to_call(row.contact, t))),
        (t("rhythm_page.gone"), html.Ul(listed) if listed else t("rhythm_page.none_gone")),
        (t("rhythm_page.counted"), " · ".join(t(f"report_state.many.{state}", count=n) for state, n in counted if n)),
        (t("rhythm_page.last"), [t.moment(last), " · ", age(last)] if last else t("rhythm_page.nothing_yet")),
        (t("rhythm_page.agreed"), [_agreed(row.cadence, t), " ", _change(row, site, t)]),
    ]
    if row.late_at is not None and row.late_at >= now:
        pairs.insert(3, (t("rhythm_page.next"), t.moment(row.late_at)))
    return html.Dl([part for name, said in pairs for part in (html.Dt(name), html.Dd(said))], className="inside")


def who_to_call(contact: Contact, t: Translator) -> str:
    said = [part for part in (contact.role, contact.organisation, contact.reach) if part]
    return " · ".join(said) if contact.role or contact.reach else t("rhythm_page.no_contact")


def _gone(one: Expectation, t: Translator) -> str:
    key = "partial" if one.covered > 0 else "absent"
    facts = {"covered_share": one.covered} if one.covered > 0 else {}
    return t(f"rhythm_page.{key}", from_at=one.start, due_at=one.due, **facts)


def rhythm_text(cadence: Cadence, t: Translator) -> str:
    if cadence.kind is Rhythm.MINUTES:
        return t("rhythm_page.minutes", every_minutes=cadence.minutes)
    return t(f"rhythm.{cadence.kind}")


def _change(row: Reporting, site: str, t: Translator) -> Tree:
    """To the form on which whoever operates the centre agrees something else."""
    asked = {"site": site, "source": row.source, "dataset": row.dataset, "lang": str(t.language)}
    words = t("cadence_form.agree" if row.cadence is None else "cadence_form.change")
    return html.A(words, href=f"/decide/cadence?{urlencode(asked)}")


def _agreed(cadence: Cadence | None, t: Translator) -> str:
    return t("word.no_cadence") if cadence is None else agreed_words(cadence, t)


def agreed_words(cadence: Cadence, t: Translator) -> str:
    """What was agreed, from when, and why."""
    facts: dict[str, Any] = {"rhythm_text": rhythm_text(cadence, t), "grace_minutes": cadence.grace_minutes}
    if cadence.kind is Rhythm.NONE:
        said = t("rhythm_page.ended_from", from_at=cadence.valid_from)
    elif cadence.valid_from.year <= 1970:
        said = t("rhythm_page.agreed_says", **facts)
    else:
        said = t("rhythm_page.agreed_from", from_at=cadence.valid_from, **facts)
    why = t("rhythm_page.agreed_why", reason=cadence.reason) if cadence.reason else ""
    return " ".join(part for part in (said + ".", why) if part)


def unasked(rows: Sequence[Reporting], site: str, t: Translator) -> Tree:
    """Whoever reports although nothing was agreed, or is no longer asked to."""
    cells: list[list[Any]] = [
        [
            row.contact.organisation or row.source,
            t.word("dataset", row.dataset),
            [t.moment(row.last_received), " · ", age(row.last_received)] if row.last_received else "",
            [t("word.no_cadence" if row.cadence is None else "cadence_form.ended"), " · ", _change(row, site, t)],
        ]
        for row in rows
    ]
    heads = [t("word.organisation"), t("word.dataset"), t("word.last_report"), t("word.cadence")]
    title = t("rhythm_page.unasked")
    return html.Div([html.H3(title), table(heads, cells, "others cards", title)], className="unasked")


def counts_table(reports: Sequence[Reporting], t: Translator) -> Tree:
    """The numbers behind the picture, in the same order."""
    rows: list[list[Any]] = []
    for row in reports:
        if row.cadence is None:
            continue
        rates = row.rates
        shares = [rates.reporting_rate, rates.reporting_rate_on_time]
        rows.append(
            [
                row.contact.organisation or row.source,
                t.word("dataset", row.dataset),
                rhythm_text(row.cadence, t),
                *(t.number(n) for n in (rates.expected, rates.on_time, rates.late, rates.missing, rates.pending)),
                *("–" if share is None else t.percent(share) for share in shares),
            ]
        )
    heads = [t(f"word.{key}") for key in ("organisation", "dataset", "cadence")]
    heads += [t("rhythm_page.expected"), *(t(f"report_state.{state}") for state in ReportState)]
    heads += [t("rhythm_page.completeness"), t("rhythm_page.timeliness")]
    return table(heads, rows, "sources", t("panel.reporting.title"))
