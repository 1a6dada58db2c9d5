"""What so many people a day would take, and what is short of it: by the standards in force and nothing else.

    present   = people a day x hours of stay / 24      (Little's law, L = lambda W: data.analytics.queueing)
    required  = standard x denominator, for one day    (data.analytics.standards.NEED)
    counters  = fewest with which the target wait holds, arrivals spread evenly over the day (Erlang C)
    shortfall = max(0, required - what there is)       (whole units where they come in pieces)

Where a denominator does not follow from arrivals (who stays the night, children under five) there is no need to tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from data.analytics.coverage import (
    STALE_AFTER,
    delivered_by,
    gap_of,
    known_sum,
    moment_of,
    one_source_each,
    standing_rows,
)
from data.analytics.erlang import counters_for_target
from data.analytics.queueing import counters_that_stop_growth
from data.analytics.standards import NEED, STANDING
from data.scenario_shapes import CounterRate, NeedAt, NoNeed, Offered, Scenario, StayBasis, Stays
from data.standard_shapes import Standard
from data.vocabulary import State, Stay

DAY = timedelta(days=1)
HOURS = 24.0
# Published situations of the place, by people a day: an early norm, August 2018, June 2019.
PEOPLE = (1000.0, 3500.0, 8000.0)
LONGEST_STAY, MOST_PEOPLE = 24.0 * 30, 100_000.0
Row = Mapping[str, object]


def observed_stay(present: float | None, arrivals: float | None) -> Stays:
    """From the mean of people present over a day and who arrived in it."""
    if present is None or arrivals is None or arrivals <= 0:
        return Stays(None, StayBasis.UNKNOWN, present, arrivals)
    return Stays(present / arrivals * HOURS, StayBasis.OBSERVED, present, arrivals)


def stay_of(hours: float | None) -> Stay | None:
    """Which of the two lengths of stay that standards know it is; None where nobody said."""
    if hours is None:
        return None
    return Stay.UNDER_A_DAY if hours < HOURS else Stay.DAY_OR_MORE


def counted_in(denominator: str, scenario: Scenario) -> float | NoNeed:
    """People of a denominator on one day of the scenario, or why they do not follow from it."""
    if denominator == "arrivals":
        return scenario.people
    if denominator not in ("present", "person-hours"):
        return NoNeed.NOT_FROM_ARRIVALS
    if scenario.stay_hours is None:
        return NoNeed.NO_STAY
    person_hours = scenario.people * scenario.stay_hours
    return person_hours if denominator == "person-hours" else person_hours / HOURS


def need_at(scenario: Scenario, standard: Standard | None, offered: Offered) -> NeedAt:
    if standard is None:
        return NeedAt(scenario, why=NoNeed.NO_STANDARD)
    counted = counted_in(standard.denominator, scenario)
    if isinstance(counted, NoNeed):
        return NeedAt(scenario, why=counted)
    required = NEED[standard.per](counted, standard.value, 1.0)
    return NeedAt(scenario, counted, required, gap_of(offered.amount, required, standard.unit))


def counters_at(scenario: Scenario, rate: CounterRate | None, offered: Offered) -> NeedAt:
    """Counters of the entry stage, open all day, for arrivals that come evenly."""
    if rate is None or rate.value <= 0:
        return NeedAt(scenario, why=NoNeed.NO_RATE)
    arriving = scenario.people / HOURS
    if arriving <= 0:
        return NeedAt(scenario, 0.0, 0.0, gap_of(offered.amount, 0.0, ""), floor=0)
    floor = counters_that_stop_growth(arriving, rate.value, 0)
    required = float(counters_for_target(arriving, rate.value, rate.target_hours, rate.target_share))
    return NeedAt(scenario, arriving, required, gap_of(offered.amount, required, ""), floor=floor)


def offered_now(rows: Sequence[Row], standard: Standard | None, now: datetime) -> Offered:
    """What there is of one service, from its rows (`queries.service_totals`) up to now."""
    standing = standard is not None and standard.per in STANDING
    begun = [row for row in rows if moment_of(row["start"]) < now]
    used = standing_rows(begun, now)[1] if standing else _last_day(begun)
    used = one_source_each(used)
    by = delivered_by(used if standing else [_could(row) for row in used], standard, standing)
    last = {str(name): max(moment_of(row["end"]) for row in used if row["organisation"] == name) for name in by}
    short = not standing and any(_begins_late(begun, name, at) for name, at in last.items())
    newest = min(max(last.values()), now) if last else None
    contacts = known_sum([float(row["people"]) for row in used if _is_number(row["people"])])  # type: ignore[arg-type]
    return Offered(
        amount=known_sum(list(by.values())),
        by={str(name): amount for name, amount in by.items()},
        unit=standard.unit if standard else next((str(row["unit"]) for row in used if row["unit"]), ""),
        standing=standing,
        at_least=any(amount is None for amount in by.values()) or short,
        state=_state(newest, now),
        at=newest,
        contacts=contacts,
    )


def _last_day(rows: Sequence[Row]) -> list[Row]:
    """Of each institution and source the reports that begin in the 24 hours up to the end of its last one."""
    last: dict[tuple[object, object], datetime] = {}
    for row in rows:
        key = (row["organisation"], row["source"])
        last[key] = max(moment_of(row["end"]), last.get(key, moment_of(row["end"])))
    return [row for row in rows if moment_of(row["start"]) >= last[row["organisation"], row["source"]] - DAY]


def _begins_late(rows: Sequence[Row], organisation: str, last: datetime) -> bool:
    """Nothing is known of it from before the 24 hours that are summed: it may give more in a whole day."""
    return min(moment_of(row["start"]) for row in rows if row["organisation"] == organisation) > last - DAY


def _could(row: Row) -> Row:
    """With what it could have given where it said so, and that is more than what was asked of it."""
    capacity, quantity = row["capacity"], row["quantity"]
    if not _is_number(capacity) or (_is_number(quantity) and float(quantity) >= float(capacity)):  # type: ignore[arg-type]
        return row
    return {**row, "quantity": capacity}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and value == value


def _state(newest: datetime | None, now: datetime) -> State:
    if newest is None:
        return State.MISSING
    return State.STALE if newest < now - STALE_AFTER else State.OK
