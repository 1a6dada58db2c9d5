"""Scenarios of a site, read from the store: need against what there is, for so many people a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from data.analytics.resources import whole_of
from data.analytics.scenario import DAY, counters_at, need_at, observed_stay, offered_now, stay_of
from data.analytics.stages import StageState
from data.analytics.what_if import USUAL_TARGET
from data.covering import SERVICES_REACH, denominators, service_rows
from data.days import day_of
from data.disclosure import masked_offer
from data.holdings import who_has_what
from data.picture import Picture, picture
from data.queries.board import phase_and_stay
from data.scenario_shapes import (
    CounterRate,
    Offered,
    Scenario,
    ScenarioLine,
    ScenarioTable,
    StayBasis,
    Stays,
)
from data.standard_shapes import Standard
from data.standards_book import standards_in_force
from data.types import Site, Window
from data.vocabulary import SERVICE_SECTOR, Audience, ResourceGroup, Sector, Service


def scenario_table(
    conn: Connection,
    site: Site,
    people: Sequence[float],
    stay_hours: float | None,
    now: datetime,
    as_of: datetime | None,
    audience: Audience,
    mask_below: int,
) -> ScenarioTable:
    """`people` a day of each scenario, `stay_hours` as somebody declares it (None: as it was observed over the last
    day), as the audience may see what there is."""
    seen = picture(conn, site, day_of(site, now), now, as_of, forecast_by=lambda key: None)
    stays = _stays(conn, seen, as_of) if stay_hours is None else Stays(stay_hours, StayBasis.DECLARED)
    rules = standards_in_force(conn, site.site, now, as_of, stay_of(stays.hours))
    scenarios = tuple(Scenario(count, stays.hours) for count in people)
    rows = service_rows(conn, site, Window(now - SERVICES_REACH, now), as_of)
    reported = {(Service(str(row["service"])), Sector(str(row["sector"]))) for row in rows}
    named = {service for service, _ in reported}
    asked = [(service, SERVICE_SECTOR[service]) for service in dict.fromkeys([*rules, *site.services])]
    lines = []
    for service, sector in [*reported, *((s, where) for s, where in asked if s not in named)]:
        of_it = [row for row in rows if row["service"] == service and row["sector"] == sector]
        offered = masked_offer(offered_now(of_it, rules.get(service), now), sector, audience, mask_below)
        lines.append(_line(service, sector, rules.get(service), offered, scenarios))
    rate = _rate(seen.entry_state)
    counters = _counters(conn, site, now, as_of)
    return ScenarioTable(
        stays=stays,
        phase=phase_and_stay(conn, site.site, now, as_of)[0],
        scenarios=scenarios,
        counters=ScenarioLine(
            None, None, "", None, counters, tuple(counters_at(one, rate, counters) for one in scenarios)
        ),
        rate=rate,
        lines=tuple(sorted(lines, key=_order)),
    )


def _line(
    service: Service,
    sector: Sector | None,
    standard: Standard | None,
    offered: Offered,
    scenarios: Sequence[Scenario],
) -> ScenarioLine:
    needs = tuple(need_at(one, standard, offered) for one in scenarios)
    return ScenarioLine(service, sector, offered.unit, standard, offered, needs)


def _order(line: ScenarioLine) -> tuple[object, ...]:
    """What is worked out, then what cannot be, then what nobody has set a standard for."""
    known = line.needs[0].required is not None if line.needs else False
    sector = list(Sector).index(line.sector) if line.sector else len(Sector)
    return (line.standard is None, not known, sector, str(line.service))


def _stays(conn: Connection, seen: Picture, as_of: datetime | None) -> Stays:
    """Observed over the last 24 hours, where people present and arrivals are both counted in all of them."""
    now, last = seen.now, Window(seen.now - DAY, seen.now)
    whole = seen.entry.arrivals.between(last.start.timestamp(), last.end.timestamp())
    if len(whole) < DAY / timedelta(hours=1) - 1:
        return observed_stay(None, None)
    people = denominators(conn, seen.site, last, now, {}, seen.present, seen.entry, seen.official, as_of)
    return observed_stay(people.present_over(last), people.arrivals(last))


def _rate(entry: StageState) -> CounterRate | None:
    if entry.rate is None or entry.counters_open is None:
        return None  # without counters the rate is that of the whole stage
    rate = entry.rate
    return CounterRate(rate.value, rate.low, rate.high, rate.hours, USUAL_TARGET.hours, USUAL_TARGET.share)


def _counters(conn: Connection, site: Site, now: datetime, as_of: datetime | None) -> Offered:
    """Every counter there is at the entry stage, staffed or not."""
    return whole_of(who_has_what(conn, site, now, as_of), ResourceGroup.COUNTERS, str(site.entry_stage))
