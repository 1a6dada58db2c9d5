"""One request: what, for whom, by when, who offers how much of it; and every act that is possible now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Offer, RequestAct, ResourceRequest
from data.vocabulary import RequestMove, RequestState
from layouts.desk.around import button, form, hidden
from layouts.desk.plan_shown import since_words
from layouts.desk.requests_shown import RequestsShown, box, institution, number_box, who
from layouts.parts import aria, data
from layouts.resource_words import amount, with_unit
from layouts.translator import Translator

ACT = "/requests/act"
MINUTE = timedelta(minutes=1)


def card(one: ResourceRequest, shown: RequestsShown, t: Translator) -> Component:
    asked, late = one.asked, one.overdue(shown.now)
    state = html.Span(t(f"request_state.{one.state}"), className=f"task-state request-{one.state}")
    stamp = [html.Span(t(f"mark.{one.mark}"), className="stamp")] if one.mark else []
    time = html.Span(_time(one, shown, t), className="task-time overdue" if late else "task-time")
    place = [f" · {asked.place}"] if asked.place else []
    parts: list[Any] = [
        html.Div([state, time, *stamp], className="task-head"),
        html.H3(
            [html.B(_wanted(one, t)), " ", html.Span(t("requests.number", number=str(one.number)), className="quiet")]
        ),
        html.P([html.B(asked.institution), *place], className="task-who"),
        html.P(asked.reason, className="task-note"),
        html.P(_asked_words(one, shown, t), className="quiet"),
        _progress(one, t),
    ]
    if one.offers:
        lines = [_offer(offer, one, shown, t) for offer in one.offers]
        parts.append(html.Ul(lines, className="request-offers"))
    if shown.may_take_part and not one.over:
        parts += [_offering(one, shown, t), *_withdrawing(one, shown, t)]
    if one.acts:
        lines = [html.Li(_act(act, one, shown, t)) for act in reversed(one.acts)]
        parts.append(html.Details([html.Summary(t("plan.tasks.story")), html.Ul(lines, className="history")]))
    facts = data(
        request=str(one.number),
        state=str(one.state),
        overdue=str(int(late)),
        missing=f"{one.missing:g}",
        step=str(one.step),
    )
    name = "plan-task request over" if one.over else "plan-task request"
    return html.Li(parts, id=f"request-{one.number}", className=name, **facts)


def _wanted(one: ResourceRequest, t: Translator) -> str:
    """12 letrinas; 40 litros de agua as agua: 40 litros."""
    asked = one.asked
    said = with_unit(asked.quantity, asked.unit, t)
    return said if asked.what.casefold() == asked.unit.casefold() else f"{asked.what}: {said}"


def _time(one: ResourceRequest, shown: RequestsShown, t: Translator) -> str:
    """When it is needed, and how far that is from the moment of the page."""
    if one.over and one.over_at is not None:
        return t("requests.over_at", at=since_words(one.over_at, shown.now, t), age_minutes=one.age(shown.now) / MINUTE)
    needed = t("requests.needed", at=since_words(one.asked.needed_by, shown.now, t))
    minutes = (one.asked.needed_by - shown.now) / MINUTE
    if one.overdue(shown.now):
        return f"{needed} · {t('requests.late', late_minutes=max(-minutes, 0))}"
    return f"{needed} · {t('requests.in_time', left_minutes=minutes)}"


def _asked_words(one: ResourceRequest, shown: RequestsShown, t: Translator) -> str:
    at, minutes = since_words(one.at, shown.now, t), one.age(shown.now) / MINUTE
    return t("requests.asked_at", by=one.by, at=at, age_minutes=minutes)


def _progress(one: ResourceRequest, t: Translator) -> Component:
    """How much of it is offered, confirmed and there, in words and as a bar."""
    asked = one.asked
    words = [
        t("requests.so_far", name=t(f"requests.{name}"), amount=amount(value, t))
        for name, value in (("offered", one.offered), ("confirmed", one.confirmed), ("delivered", one.delivered))
    ]
    said: list[Any] = [" · ".join(words)]
    if one.missing > 0 and not one.over:
        said += [" · ", html.B(t("requests.missing", amount=with_unit(one.missing, asked.unit, t)))]
    widths = [min(1.0, value / asked.quantity) for value in (one.delivered, one.confirmed, one.offered)]
    bars = [
        html.Div(className=f"bar-{name}", style={"width": f"{100 * width:.0f}%"})
        for name, width in zip(("delivered", "confirmed", "offered"), widths, strict=True)
    ]
    return html.Div(
        [html.P(said), html.Div(bars[::-1], className="plan-bar request-bar", **aria(hidden="true"))],
        className="plan-progress",
    )


def _offer(offer: Offer, one: ResourceRequest, shown: RequestsShown, t: Translator) -> Component:
    said = t("requests.offers", institution=offer.institution, amount=with_unit(offer.quantity, one.asked.unit, t))
    standing = _standing(offer, one, t)
    parts: list[Any] = [html.B(said), " · ", standing]
    if offer.note:
        parts.append(html.P(offer.note, className="task-note"))
    if shown.may_take_part and not one.over and not offer.over:
        parts += _answers(offer, one, shown, t)
    return html.Li(parts, className="over" if offer.over else "", **data(offer=str(offer.number)))


def _standing(offer: Offer, one: ResourceRequest, t: Translator) -> str:
    if offer.retracted_at is not None:
        key = "requests.retracted_part" if offer.delivered else "requests.retracted"
        return t(key, amount=with_unit(offer.delivered, one.asked.unit, t))
    if offer.over:
        return t("requests.arrived", amount=with_unit(offer.delivered, one.asked.unit, t))
    if offer.delivered:
        return t("requests.arrived_part", amount=with_unit(offer.delivered, one.asked.unit, t))
    return t("requests.is_confirmed") if offer.confirmed_at else t("requests.is_offered")


def _answers(offer: Offer, one: ResourceRequest, shown: RequestsShown, t: Translator) -> list[Any]:
    """Who asked confirms and receives; who offers may take it back."""
    found: list[Any] = []
    if shown.speaks_for(one.asked.institution):
        if offer.confirmed_at is None:
            found.append(_quick(RequestMove.CONFIRMED, "requests.confirm", [], offer, one, shown, t))
        else:
            typed = shown.typed(one.number, str(RequestMove.DELIVERED), str(offer.number))
            left = f"{offer.quantity - offer.delivered:g}"
            many = number_box("quantity", t("requests.how_many"), typed.get("quantity", left), required=True)
            found.append(_quick(RequestMove.DELIVERED, "requests.receive", [many], offer, one, shown, t))
    if shown.speaks_for(offer.institution):
        typed = shown.typed(one.number, str(RequestMove.RETRACTED), str(offer.number))
        why = box("note", t("requests.why"), typed.get("note", ""), required=True, maxLength=1000)
        made = _quick(RequestMove.RETRACTED, "requests.retract", [why], offer, one, shown, t, "second")
        found.append(html.Details([html.Summary(t("requests.retract")), made], open=bool(typed), className="task-more"))
    return found


def _quick(
    move: RequestMove,
    key: str,
    fields: list[Any],
    offer: Offer | None,
    one: ResourceRequest,
    shown: RequestsShown,
    t: Translator,
    kind: str = "primary",
) -> Component:
    numbered = "" if offer is None else str(offer.number)
    named = _wanted(one, t) if offer is None else f"{offer.institution}, {_wanted(one, t)}"
    inside = [
        *_hidden(move, numbered, one, shown),
        *fields,
        *who(shown, shown.typed(one.number, str(move), numbered), t),
        button(t(key), kind, **aria(label=t("plan.tasks.about", act=t(key), task=named))),
    ]
    return form(ACT, inside, class_name="once task-quick")


def _hidden(move: RequestMove, offer: str, one: ResourceRequest, shown: RequestsShown) -> list[Any]:
    seen: Mapping[str, str] = {"request": str(one.number), "seen": str(one.step), "move": str(move), "offer": offer}
    return hidden({**shown.hidden, **seen})


def _offering(one: ResourceRequest, shown: RequestsShown, t: Translator) -> Component:
    """All that is missing is filled in; who has less offers less."""
    typed = shown.typed(one.number, str(RequestMove.OFFERED))
    missing = f"{one.missing or one.asked.quantity:g}"
    fields = [
        *institution(shown, t("requests.offered_by"), typed.get("institution", "")),
        number_box("quantity", t("requests.how_many"), typed.get("quantity", missing), required=True),
        box("note", t("requests.note"), typed.get("note", ""), maxLength=1000),
    ]
    made = _quick(RequestMove.OFFERED, "requests.offer", fields, None, one, shown, t)
    first = one.state is RequestState.OPEN
    inside = [html.Summary(t("requests.offer" if first else "requests.offer_too")), made]
    return html.Details(inside, open=bool(typed), className="task-more request-offer")


def _withdrawing(one: ResourceRequest, shown: RequestsShown, t: Translator) -> list[Any]:
    if not shown.speaks_for(one.asked.institution):
        return []
    typed = shown.typed(one.number, str(RequestMove.WITHDRAWN))
    why = box("note", t("requests.why"), typed.get("note", ""), required=True, maxLength=1000)
    made = _quick(RequestMove.WITHDRAWN, "requests.withdraw", [why], None, one, shown, t, "second")
    return [html.Details([html.Summary(t("requests.withdraw")), made], open=bool(typed), className="task-more")]


def _act(act: RequestAct, one: ResourceRequest, shown: RequestsShown, t: Translator) -> str:
    many = "" if act.quantity is None else with_unit(act.quantity, one.asked.unit, t)
    facts = {"by": act.by, "at": since_words(act.at, shown.now, t), "institution": act.institution, "amount": many}
    told = t(f"requests.acts.{act.move}", **facts)
    return t("plan.log.quoted", words=told, note=act.note) if act.note else told
