"""Need against what there is for so many people a day: the page, `GET /api/v1/need`, and the request list as a file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from callbacks.about_file import about_file
from callbacks.asked import WrongAsk
from callbacks.reads.ground import frame_of, moment_of
from callbacks.series import Answer, iso, known_at, number
from callbacks.tables_out import Sheet, csv_bytes, xlsx_bytes
from data.analytics.scenario import LONGEST_STAY, MOST_PEOPLE, PEOPLE
from data.scenarios import scenario_table
from data.types import ClockReading, Frame, NeedAt, ScenarioLine, ScenarioTable, Scope, Site
from layouts.need_words import line_name, stay_words, why_words
from layouts.translator import Translator

# Of the published situations the one a list is made for unless somebody says another.
USUAL = PEOPLE[1]
SHORTEST_STAY = 0.5
LIST = {
    "people_a_day": "#meta+scenario+people",
    "stay_hours": "#meta+scenario+stay",
    "service": "#service",
    "sector": "#sector",
    "required": "#inneed+quantity",
    "there_is": "#capacity+quantity",
    "at_least": "#meta+lowerbound",
    "there_at": "#date+reported",
    "stale": "#meta+stale",
    "shortfall": "#inneed+gap",
    "unit": "#indicator+unit",
    "why": "#meta+missing",
    "institutions": "#org+impl",
    "counted": "#population",
    "denominator": "#meta+denominator",
    "standard": "#indicator+standard",
    "per": "#meta+per",
    "standard_source": "#meta+source",
    "provisional": "#meta+provisional",
}


@dataclass(frozen=True)
class NeedAsk:
    """`chosen`: people a day the list is made for; `stay_hours` None: as observed. `given`: the asker said how many."""

    people: tuple[float, ...]
    chosen: float
    stay_hours: float | None
    given: bool


@dataclass(frozen=True)
class NeedModel:
    frame: Frame
    table: ScenarioTable
    ask: NeedAsk

    @property
    def chosen(self) -> int:
        return self.ask.people.index(self.ask.chosen)


def need_ask(params: Mapping[str, str]) -> NeedAsk:
    """From `people` a day and `stay` in hours; raises WrongAsk."""
    people = _between(params, "people", 1, MOST_PEOPLE)
    stay = _between(params, "stay", SHORTEST_STAY, LONGEST_STAY)
    every = tuple(sorted({*PEOPLE, *(() if people is None else (people,))}))
    return NeedAsk(every, USUAL if people is None else people, stay, people is not None)


def _between(params: Mapping[str, str], name: str, least: float, most: float) -> float | None:
    text = params.get(name, "").strip().replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise WrongAsk(name, params.get(name, ""), "number_between", least=least, most=most)
    return value


def need(conn: Connection, scope: Scope, site: Site, ask: NeedAsk, clock: ClockReading) -> NeedModel:
    now = moment_of(scope, clock)
    table = scenario_table(conn, site, ask.people, ask.stay_hours, now, scope.as_of, scope.audience, scope.mask_below)
    return NeedModel(frame_of(conn, scope, clock), table, ask)


def answer(conn: Connection, scope: Scope, site: Site, ask: NeedAsk, clock: ClockReading) -> Answer:
    """One row a service and scenario; of a number of people that was asked for, only that one."""
    model = need(conn, scope, site, ask, clock)
    stays = model.table.stays
    chosen = [model.chosen] if ask.given else range(len(ask.people))
    return {
        "site": site.site,
        "as_of": known_at(conn, site, scope.as_of),
        "stay_hours": number(stays.hours),
        "stay_basis": str(stays.basis),
        "phase": model.table.phase,
        "rows": [row for place in chosen for row in rows(model, place)],
    }


def rows(model: NeedModel, place: int) -> Iterator[dict[str, Any]]:
    """Of one scenario: counters of the entry stage first (no service), then every service."""
    for line in model.table.every:
        yield _row(line, line.needs[place], model.frame.site)


def _row(line: ScenarioLine, one: NeedAt, site: Site) -> dict[str, Any]:
    rule, offered = line.standard, line.offered
    return {
        "people_a_day": number(one.scenario.people),
        "stay_hours": number(one.scenario.stay_hours),
        "service": None if line.service is None else str(line.service),
        "sector": None if line.sector is None else str(line.sector),
        "required": number(one.required),
        "there_is": number(offered.amount),
        "at_least": offered.at_least,
        "there_at": iso(offered.at, site),
        "stale": offered.state == "stale",
        "shortfall": number(one.shortfall),
        "unit": line.unit or ("counters" if line.service is None else None),
        "why": None if one.why is None else str(one.why),
        "institutions": list(offered.by),
        "counted": number(one.counted),
        "denominator": None if rule is None else rule.denominator,
        "standard": None if rule is None else number(rule.value),
        "per": None if rule is None else rule.per,
        "standard_source": None if rule is None else rule.source,
        "provisional": bool(rule and rule.provisional),
        "reserved": offered.masked,
        "by": [{"institution": name, "amount": number(amount)} for name, amount in offered.by.items()],
    }


def made(
    kind: str, conn: Connection, scope: Scope, site: Site, ask: NeedAsk, clock: ClockReading, t: Translator
) -> bytes:
    """The request list of the chosen scenario."""
    model = need(conn, scope, site, ask, clock)
    told = about_file(
        model.frame,
        scope,
        clock,
        t,
        (t("need.people"), t.number(ask.chosen)),
        (t("need.stay"), stay_words(model.table.stays, t)),
        (t("need.phase"), t(f"phase_name.{model.table.phase}")),
        (t("who_file.method"), t("need.method")),
    )
    said = [[_listed(row, line, t)[name] for name in LIST] for row, line in _both(model)]
    sheet = Sheet(t("need.list"), tuple(LIST), tuple(LIST.values()), said)
    return csv_bytes(sheet, told) if kind == "csv" else xlsx_bytes([sheet], (t("who_file.about"), told))


def _both(model: NeedModel) -> Iterator[tuple[dict[str, Any], ScenarioLine]]:
    return zip(rows(model, model.chosen), model.table.every, strict=True)


def _listed(row: dict[str, Any], line: ScenarioLine, t: Translator) -> dict[str, Any]:
    """As somebody reads it who gets the list in a mail."""
    why = line.needs[0].why
    return {
        **row,
        "service": line_name(line, t),
        "sector": "" if line.sector is None else t(f"sector.{line.sector}"),
        "institutions": "; ".join(line.offered.by) or t("word.no_actor"),
        "why": "" if row["why"] is None or why is None else why_words(why, line, t),
        "unit": t("need.counters_unit") if line.service is None else line.unit,
        **{name: int(row[name]) for name in ("at_least", "stale", "provisional")},
    }
