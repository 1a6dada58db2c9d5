"""The page of one delivery: what came of it, what was wrong, what may be done with it, what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Delivery, DeliveryStory, Site
from layouts.desk.around import button, facts, form, hidden, panel
from layouts.desk.counted import counts
from layouts.desk.preview import changes_words, period
from layouts.desk.wrong_rows import said, wrong_lines, wrong_rows
from layouts.translator import Translator

MOST_ROWS = 200
COUNTS = ("accepted", "partial", "held")


@dataclass(frozen=True)
class DeliveryShown:
    """`told`: what the page says first, after something was done; `mine`: may be taken back and given out."""

    story: DeliveryStory
    sites: tuple[Site | str, ...]
    told: str
    mine: bool
    forms: tuple[str, ...]  # endings in which the rejected rows may be had, the sender's own first
    query: str
    hidden: Mapping[str, str]


def title(shown: DeliveryShown, t: Translator) -> str:
    return t("desk.delivery.title", report=str(shown.story.delivery.report_id))


def body(shown: DeliveryShown, t: Translator) -> list[Any]:
    one = shown.story.delivery
    parts: list[Any] = [
        html.Div(
            [
                html.H1(title(shown, t)),
                html.Span(t(f"delivery_state.{one.state}"), className=f"state-word state-{one.state}"),
            ],
            className="page-title",
        )
    ]
    if shown.told:
        parts.append(html.P(t(f"desk.told.{shown.told}", report=str(one.report_id)), className="notice", role="status"))
    if one.state == "held":
        parts.append(html.P(t("closing.waits"), className="notice"))
    if one.reason:
        parts.append(html.P(t("revision.because", reason=one.reason), className="quiet"))
    parts.append(_receipt(shown, t))
    if one.issues:
        parts.append(_wrong(shown, t))
    parts.append(_history(shown, t))
    if shown.mine and one.state in COUNTS:
        parts.append(_undo(shown, t))
    return parts


def _receipt(shown: DeliveryShown, t: Translator) -> Component:
    story, one = shown.story, shown.story.delivery
    sites = ", ".join(site if isinstance(site, str) else site.name for site in shown.sites)
    span = None if story.period is None else (story.period.start, story.period.end)
    changed = changes_words(story.changes, t, "desk.did") if story.changes else ""
    return panel(
        "receipt",
        one.filename,
        [
            *([] if one.state == "refused" and not one.rows else [_counts(one, t)]),
            *([html.P(changed, className="would")] if changed else []),
            facts(
                [
                    (t("desk.source"), one.organisation or one.source),
                    (t("desk.dataset"), t.word("dataset", one.dataset) if one.dataset else ""),
                    (t("desk.period"), period(span, t)),
                    (t("desk.sites"), sites),
                    (t("desk.mapping"), story.mapping or ""),
                    (t("desk.issued"), t.moment(one.issued_at) if story.issued_given else ""),
                ]
            ),
            *(
                [html.P(html.A(t("desk.delivery.original"), href=f"/reports/{one.report_id}/original"))]
                if shown.mine
                else []
            ),
        ],
        class_name="summary",
    )


def _counts(one: Delivery, t: Translator) -> Component:
    return counts(one.accepted, one.rejected, one.not_reported, t)


def _wrong(shown: DeliveryShown, t: Translator) -> Component:
    one = shown.story.delivery
    children: list[Any] = [*said(one.issues, t, "said wrong"), *wrong_rows(one.issues, t, MOST_ROWS)]
    if shown.forms:
        links: list[Any] = []
        for ending in shown.forms:
            address = f"/reports/{one.report_id}/rejected{ending}{shown.query}"
            links += [html.A(t("desk.delivery.rejected_as", form=ending[1:].upper()), href=address), " "]
        children.append(html.P(links, className="downloads"))
        children.append(html.P(t("desk.delivery.mend"), className="quiet"))
    return panel(
        "wrong", t.n("desk.wrong.count", wrong_lines(one.issues, one.rejected)), children, t("desk.wrong.says")
    )


def _history(shown: DeliveryShown, t: Translator) -> Component:
    story, one = shown.story, shown.story.delivery
    received = (
        t("desk.delivery.received_by", who=_who(story.sent_by, t)) if story.sent_by else t("desk.delivery.received")
    )
    events: list[Any] = [html.Li([html.B(t.moment(one.received_at)), " ", received])]
    if story.undone_at is not None:
        undone = t("desk.delivery.undone", who=_who(story.undone_by, t))
        events.append(html.Li([html.B(t.moment(story.undone_at)), " ", undone]))
    for number, state in story.same:
        link = html.A(t("desk.delivery.title", report=str(number)), href=f"/reports/{number}{shown.query}")
        events.append(html.Li([t("desk.delivery.same"), " ", link, f" ({t(f'delivery_state.{state}')})"]))
    kept = t("desk.delivery.kept", kilobytes=max(1, round(story.bytes / 1024)), sha=one.sha256[:12])
    return panel(
        "history", t("desk.delivery.history"), [html.Ul(events, className="history"), html.P(kept, className="quiet")]
    )


def _who(name: str | None, t: Translator) -> str:
    return t("desk.at_the_machine") if name in (None, "local") else str(name)


def _undo(shown: DeliveryShown, t: Translator) -> Component:
    """Opened first, pressed then: nobody takes a delivery back by one slip."""
    one = shown.story.delivery
    return html.Details(
        [
            html.Summary(t("desk.undo.open")),
            html.P(t.n("desk.undo.says", one.accepted)),
            form(
                f"/reports/{one.report_id}/undo",
                [*hidden(shown.hidden), button(t("desk.undo.sure"), "danger")],
                class_name="once",
            ),
        ],
        className="panel undo",
    )
