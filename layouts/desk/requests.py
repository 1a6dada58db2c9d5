"""The board of requests: what is asked for, the most urgent first, asking for something, and what is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import ResourceRequest
from data.vocabulary import Service, SiteKind
from layouts.desk.around import button, form, hidden, panel, select, tag
from layouts.desk.request_card import card
from layouts.desk.requests_shown import (
    KNOWN,
    RequestsShown,
    box,
    institution,
    number_box,
    who,
)
from layouts.pages.resources import ways
from layouts.parts import data
from layouts.translator import Translator

PATH = "/requests"


def body(shown: RequestsShown, t: Translator) -> list[Any]:
    then = {} if shown.as_of is None else {"as_of": shown.as_of.isoformat()}
    title: list[Any] = [html.H1(t("requests.title")), html.Span(_stamps(shown, t), className="stamps")]
    parts: list[Any] = [html.Div(title, className="page-title"), *ways(PATH, shown.plain, then, t)]
    if shown.as_of is not None:
        parts.append(html.P(t("frozen.says", moment=shown.as_of), className="notice"))
    if shown.told:
        parts.append(html.P(t(f"requests.told.{shown.told}"), className="notice", role="status"))
    if shown.wrong:
        parts.append(html.P(shown.wrong, className="form-error", role="alert"))
    running = sorted((one for one in shown.requests if not one.over), key=_urgency(shown))
    over = [one for one in shown.requests if one.over]
    parts += [_open(running, shown, t), *_asking(shown, t), *_over(over, shown, t)]
    csv = html.A(t("requests.csv"), href=shown.csv, className="act quiet-act")
    return [*parts, html.P([csv, " ", html.Span(t("requests.csv_says"), className="quiet")])]


def _stamps(shown: RequestsShown, t: Translator) -> list[Any]:
    marks = [] if shown.site.kind is SiteKind.REAL else [str(shown.site.kind)]
    marks += ["replay"] if shown.replay else []
    return [html.Span(t(f"mark.{one}"), className=f"stamp stamp-{one}") for one in marks]


def _urgency(shown: RequestsShown) -> Any:
    """Late ones first, then by the moment at which they are needed."""
    return lambda one: (not one.overdue(shown.now), one.asked.needed_by, one.number)


def _open(running: Sequence[ResourceRequest], shown: RequestsShown, t: Translator) -> Component:
    late = sum(one.overdue(shown.now) for one in running)
    says = t.n("requests.open_count", len(running))
    if late:
        says = f"{says} · {t.n('requests.late_count', late)}"
    cards = [card(one, shown, t) for one in running]
    content: list[Any] = (
        [html.Ul(cards, className="plan-tasks requests")] if cards else [html.P(t("requests.none"), className="quiet")]
    )
    if not shown.may_take_part and shown.as_of is None:
        content.append(html.P(t("requests.may_not"), className="quiet"))
    if shown.may_take_part:
        names = [tag("option", value=name) for name in shown.institutions]
        content.append(tag("datalist", id=KNOWN, children=names))
    made = panel("requests", t("requests.open_title"), content, says)
    return html.Div(made, **data(open=str(len(running)), late=str(late)))


def _asking(shown: RequestsShown, t: Translator) -> list[Any]:
    if not shown.may_take_part:
        return []
    typed = shown.typed()
    services = [("", t("requests.no_service")), *((str(one), t(f"service.{one}")) for one in Service)]
    fields = [
        *hidden({**shown.hidden, "seen": str(shown.newest)}),
        box("what", t("requests.what"), typed.get("what", ""), required=True, maxLength=120),
        number_box("quantity", t("requests.quantity"), typed.get("quantity", ""), required=True),
        box("unit", t("requests.unit"), typed.get("unit", ""), required=True, maxLength=60),
        box("needed_by", t("requests.needed_by"), typed.get("needed_by", ""), "datetime-local", required=True),
        *institution(shown, t("requests.asked_by"), typed.get("institution", "")),
        box("place", t("requests.place"), typed.get("place", ""), maxLength=200),
        select("service", t("word.service"), services, typed.get("service", "")),
        box("reason", t("requests.reason"), typed.get("reason", ""), required=True, maxLength=1000),
        *who(shown, typed if shown.wrong else {}, t),
        button(t("requests.ask")),
    ]
    made = form(f"{PATH}/ask", fields, class_name="once choices request-form")
    # Said in full where it is asked for; otherwise one press away.
    inside = [html.Summary(t("requests.ask_title")), html.P(t("requests.ask_says"), className="quiet"), made]
    opened = bool(typed) or not shown.requests
    return [html.Section(html.Details(inside, open=opened), id="ask", className="panel", **data(panel="ask"))]


def _over(over: Sequence[ResourceRequest], shown: RequestsShown, t: Translator) -> list[Any]:
    if not over:
        return []
    rows = [card(one, shown, t) for one in over]
    inside = [html.Summary(t.n("requests.over_count", len(over))), html.Ul(rows, className="plan-tasks requests")]
    return [panel("requests-over", t("requests.over_title"), [html.Details(inside)], t("requests.over_says"))]
