"""`/resources/need`: what so many people a day would take, what there is, what is short and who covers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dash import html

from data.types import Frame, NeedAt, ScenarioLine, ScenarioTable, StayBasis
from data.vocabulary import State
from layouts import elements
from layouts.desk.around import button, form, hidden, panel, scroll, tag
from layouts.need_words import (
    arithmetic,
    covered_by,
    line_name,
    shortfall_words,
    stay_words,
    there_words,
    unit_of,
    why_words,
)
from layouts.pages.resources import NEED, REQUESTS, amount_plain, heading, ways
from layouts.parts import data, table
from layouts.resource_words import amount, seen_words, with_unit
from layouts.standard_words import source_tree, standard_words
from layouts.translator import Translator

ASKED = ("people", "stay", "as_of")
FILES = ("xlsx", "csv")
STAYS = (12, 24, 48)  # hours that can be chosen with one press; any other is typed


def body(
    frame: Frame,
    told: ScenarioTable,
    chosen: int,
    asked: Mapping[str, str],
    plain: Mapping[str, str],
    t: Translator,
) -> list[Any]:
    """`chosen`: place of the scenario that lists are made for; `asked`: the words of the address as written."""
    query = {name: asked[name] for name in ASKED if asked.get(name)}
    then = {name: query[name] for name in ("as_of",) if name in query}
    people = t.number(told.scenarios[chosen].people)
    return [
        *heading(frame, t("need.title"), t),
        html.P(t("need.says"), className="who-says"),
        *ways(NEED, plain, then, t),
        panel("need-ask", t("need.ask"), [_form(told, asked, plain, t), *_stay(told, query, plain, t)]),
        panel(
            "need",
            t("need.table_title"),
            [
                *_without_standards(told, plain, t),
                scroll(_table(told, frame, plain, t), t("need.table_title")),
                html.P(t("need.how"), className="who-says"),
            ],
            t("need.table_says", phase_name=t(f"phase_name.{told.phase}").lower()),
        ),
        panel(
            "need-institutions",
            t("need.by_title", people=people),
            [_institutions(told, chosen, t)],
            t("need.by_says"),
        ),
        _files(query, plain, people, t),
    ]


def _form(told: ScenarioTable, asked: Mapping[str, str], plain: Mapping[str, str], t: Translator) -> Any:
    kept = {name: asked[name] for name in ("as_of",) if asked.get(name)}
    fields = [
        *hidden({**plain, **kept}),
        _number("people", t("need.people"), asked.get("people", ""), "1", "3500"),
        _number("stay", t("need.stay_hours"), asked.get("stay", ""), "any", "24"),
        button(t("need.show")),
    ]
    return form(NEED, fields, method="get", class_name="who-form need-form")


def _number(name: str, label: str, value: str, step: str, example: str) -> Any:
    box = tag(
        "input", type="number", name=name, value=value, min="0", step=step, placeholder=example, inputMode="decimal"
    )
    return html.Label([html.Span(label), box], className="field")


def _stay(told: ScenarioTable, query: Mapping[str, str], plain: Mapping[str, str], t: Translator) -> list[Any]:
    """What is supposed of the length of stay, and other lengths one press away."""
    links: list[Any] = []
    for hours in STAYS:
        address = f"{NEED}?{urlencode({**plain, **query, 'stay': str(hours)})}"
        links += [html.A(t.duration(hours * 60), href=address), " "]
    if query.get("stay"):
        others = {name: word for name, word in query.items() if name != "stay"}
        links += [html.A(t("need.as_observed"), href=f"{NEED}?{urlencode({**plain, **others})}")]
    basis = data(stay="" if told.stays.hours is None else f"{told.stays.hours:g}", basis=str(told.stays.basis))
    return [
        html.P([html.B(t("need.stay")), ": ", stay_words(told.stays, t)], className="need-stay", **basis),
        *([html.P(t("need.stay_grows"))] if told.stays.basis is StayBasis.OBSERVED else []),
        html.P([t("need.try"), " ", *links], className="quiet need-try"),
    ]


def _without_standards(told: ScenarioTable, plain: Mapping[str, str], t: Translator) -> list[Any]:
    if any(line.standard is not None for line in told.lines):
        return []
    link = html.A(t("standards.link"), href=f"/coverage/standards?{urlencode(plain)}")
    return [html.P([t("need.no_standards"), " ", link], className="notice")]


def _table(told: ScenarioTable, frame: Frame, plain: Mapping[str, str], t: Translator) -> Any:
    counts = [t("need.a_day", people=t.number(one.people)) for one in told.scenarios]
    heads = [t("word.service"), t("need.there_is"), *counts, t("need.covered_by")]
    rows = [_row(line, told, frame, plain, t) for line in told.every]
    return table(heads, rows, "scenarios cards", t("need.table_title"))


def _row(line: ScenarioLine, told: ScenarioTable, frame: Frame, plain: Mapping[str, str], t: Translator) -> list[Any]:
    there: list[Any] = [there_words(line.offered, unit_of(line, t), t)]
    if line.offered.at is not None:
        there.append(elements.Span(seen_words(line.offered.at, frame.clock.now, t), className="beside"))
    facts = data(there=amount_plain(line.offered.amount), state=str(line.offered.state))
    missing = not line.offered.by
    return [
        _name(line, told, t),
        elements.Span(there, className="no-report" if line.offered.state is State.MISSING else "", **facts),
        *(_cell(one, line, frame, plain, t) for one in line.needs),
        elements.Span(covered_by(line.offered, t), className="no-actor" if missing else ""),
    ]


def _name(line: ScenarioLine, told: ScenarioTable, t: Translator) -> Any:
    """The service, and behind it its standard, its source and the arithmetic of every scenario."""
    sector = [] if line.sector is None else [elements.Span(t(f"sector.{line.sector}"), className="service-sector")]
    name = [elements.Span(line_name(line, t), className="service-name"), *sector]
    if line.standard is not None and line.standard.provisional:
        name.append(elements.Span(t("coverage.provisional"), className="service-sector"))
    if all(one.required is None for one in line.needs):
        return elements.Span(name)
    lines: list[tuple[str, Any]] = []
    if line.standard is not None:
        rule = line.standard
        said = [standard_words(rule.value, rule.per, rule.unit, t), t(f"phase.{rule.phase}")]
        said += [t("coverage.short_stay")] if rule.transit else []
        said += [t("coverage.provisional")] if rule.provisional else []
        lines += [("standard", " · ".join(said)), ("source", source_tree(rule.source, t))]
    else:
        lines.append(("source", t("need.counters_source")))
    given = t("need.standing" if line.offered.standing else "need.last_day")
    lines.append(("there", given))
    parts = [part for key, said in lines for part in (elements.Dt(t(f"need.line.{key}")), elements.Dd(said))]
    for one in line.needs:
        parts.append(elements.Dt(elements.B(t("need.a_day", people=t.number(one.scenario.people)))))
        parts.append(elements.Dd([elements.Div(said) for _, said in arithmetic(line, one, told.rate, t)]))
    inside = [elements.Summary(elements.Span(name)), elements.Dl(parts, className="facts coverage-lines")]
    return elements.Details(inside, className="need-open", **data(line=str(line.service or "counters")))


def _cell(one: NeedAt, line: ScenarioLine, frame: Frame, plain: Mapping[str, str], t: Translator) -> Any:
    facts = data(
        people=f"{one.scenario.people:g}",
        required=amount_plain(one.required),
        short=amount_plain(one.shortfall),
        why=str(one.why or ""),
    )
    if one.required is None:
        why = "" if one.why is None else why_words(one.why, line, t)
        return elements.Span(why, className="quiet", **facts)
    parts: list[Any] = [elements.Span(f"{amount(one.required, t)} {unit_of(line, t)}")]
    said = shortfall_words(one, line, t)
    short = one.shortfall is None or one.shortfall > 0
    parts += [elements.Br(), elements.B(said, className="short") if short else elements.Span(said, className="quiet")]
    if short and not line.offered.masked and frame.scope.as_of is None:
        parts += [" ", elements.A(t("need.ask_for"), href=_ask_for(one, line, plain, t), className="ask-for")]
    return elements.Span(parts, **facts)


def _ask_for(one: NeedAt, line: ScenarioLine, plain: Mapping[str, str], t: Translator) -> str:
    """The form of a request, filled in from the line."""
    quantity = one.required if one.shortfall is None else one.shortfall
    reason = t(
        "need.reason", people=t.number(one.scenario.people), needed=with_unit(one.required or 0, unit_of(line, t), t)
    )
    asked = {
        "service": "" if line.service is None else str(line.service),
        "what": line_name(line, t),
        "quantity": f"{quantity or 0:g}",
        "unit": unit_of(line, t),
        "reason": reason,
    }
    return f"{REQUESTS}?{urlencode({**plain, **asked})}#ask"


def _institutions(told: ScenarioTable, chosen: int, t: Translator) -> Any:
    """What is asked of each institution that covers something here; what nobody covers, in front."""
    alone: dict[str, list[list[Any]]] = {}
    for line in told.every:
        one = line.needs[chosen]
        if one.required is None or (one.shortfall is not None and one.shortfall <= 0):
            continue
        for name in line.offered.by or {"": None}:
            others = [other for other in line.offered.by if other != name]
            given = line.offered.by.get(name)
            row = [
                elements.Span(line_name(line, t), className="service-name"),
                "–" if given is None else f"{amount(given, t)} {unit_of(line, t)}",
                shortfall_words(one, line, t),
                ", ".join(others) or ("–" if name else ""),
            ]
            alone.setdefault(name, []).append(row)
    if not alone:
        return html.P(t("need.nothing_short"))
    heads = [t(f"need.by_{name}") for name in ("institution", "service", "gives", "short", "with")]
    rows = [
        [name if first == 0 else elements.Span(name, className="again"), *row] if name else [_nobody(t), *row]
        for name in sorted(alone, key=lambda one: (one != "", one.casefold()))
        for first, row in enumerate(alone[name])
    ]
    return scroll(table(heads, rows, "scenarios cards", t("need.by_institution")), t("need.by_institution"))


def _nobody(t: Translator) -> Any:
    return elements.Span(t("word.no_actor"), className="no-actor")


def _files(query: Mapping[str, str], plain: Mapping[str, str], people: str, t: Translator) -> Any:
    asked = urlencode({**plain, **query})
    links = [
        html.A(t(f"need.file.{name}", people=people), href=f"{NEED}.{name}?{asked}", className="act quiet-act")
        for name in FILES
    ]
    return panel(
        "need-files",
        t("who.files"),
        [html.P([part for link in links for part in (link, " ")], className="who-files")],
        t("need.files_say"),
    )
