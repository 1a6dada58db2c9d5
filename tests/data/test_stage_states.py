"""A stage as the store tells it: its roster, who left the line, its neighbours on the path, and how long who waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from data.analytics.balance import balance
from data.analytics.bottleneck import bottleneck, capacity_ratio
from data.analytics.buckets import HOUR
from data.analytics.coming import ArrivalsBasis, Coming
from data.analytics.observed import Observed
from data.analytics.staffing import CountersBasis, Plan
from data.analytics.stages import StageState, stage_state
from data.analytics.stations import station, stations
from data.picture import picture
from data.sites import load_site, sites
from data.store import reading
from data.types import Window
from data.vocabulary import Dataset, Lane, Stage
from tests.data.centre import NOON as CENTRE_NOON
from tests.data.centre import SITE, open_centre, send
from tests.data.test_queueing import NOON, head_counts, whole_hours

ENTRY = Stage.MIGRATION_CONTROL


def growing(**more: object) -> Observed:
    return Observed(
        ENTRY, Lane.GENERAL, whole_hours([150.0] * 30), whole_hours([110.0] * 30),
        head_counts([40.0 * n for n in range(1, 24)], 11), **more,
    )  # fmt: skip


def shift(start: float, end: float, counters: float) -> Plan:
    """Hours from noon."""
    at = NOON.timestamp()
    return Plan(np.array([at + start * HOUR]), np.array([at + end * HOUR]), np.array([counters]))


def test_a_night_shift_on_the_roster_shortens_the_wait_and_it_is_said_what_that_rests_on():
    alone, planned = stage_state(growing(), NOON), stage_state(growing(plan=shift(2, 10, 30)), NOON)
    assert alone.waiting == planned.waiting == 920
    assert alone.wait == pytest.approx(920 / 110, rel=0.01)
    assert planned.wait == pytest.approx(2 + 700 / 300, rel=0.01)
    assert (alone.wait_counters, planned.wait_counters) == (CountersBasis.OPEN, CountersBasis.PLAN)
    assert planned.wait_low < planned.wait < planned.wait_high
    assert (alone.never_clears, planned.never_clears) == (True, False)
    # 920 + 2 * 40, then 150 fewer an hour for 8 hours: gone in 2 + 1000 / 150.
    assert planned.clears_in / timedelta(hours=1) == pytest.approx(2 + 1000 / 150, rel=0.02)
    assert planned.clears_low < planned.clears_in
    assert planned.clears_arrivals is ArrivalsBasis.PRESENT_RATE


def test_the_planned_counters_of_now_stand_beside_the_open_ones():
    state = stage_state(growing(plan=shift(-3, 3, 15)), NOON)
    assert (state.counters_open, state.counters_planned) == (11, 15)


def test_arrivals_that_are_expected_to_fall_clear_what_present_ones_never_would():
    coming = Coming(NOON.timestamp(), *(np.array([60.0, 40, 30, 20] + [10] * 8) * k for k in (0.8, 1.0, 1.2)))
    now, expected = stage_state(growing(), NOON), stage_state(growing(), NOON, coming)
    assert now.never_clears
    assert expected.clears_in is not None
    assert expected.clears_low < expected.clears_in < expected.clears_high
    assert expected.clears_arrivals is ArrivalsBasis.FORECAST


def test_people_waiting_over_six_twelve_and_twenty_four_hours():
    seen = Observed(ENTRY, Lane.GENERAL, whole_hours([100.0] * 40), whole_hours([100.0] * 40), head_counts([2600]))
    state = stage_state(seen, NOON)
    assert (state.over_6h, state.over_12h, state.over_24h) == (2000, 1400, 200)
    assert state.head_wait == pytest.approx(26)


def test_a_negative_queue_gives_no_wait_and_a_sentence_of_its_own():
    seen = Observed(ENTRY, Lane.GENERAL, whole_hours([10.0] * 5), whole_hours([50.0] * 5), head_counts([5, 5]))
    early = Observed(ENTRY, Lane.GENERAL, seen.arrivals, seen.served, hours_earlier(seen, 2))
    state = stage_state(early, NOON)
    assert state.waiting == 5 - 80
    assert state.negative
    assert (state.wait, state.clears_in, state.over_12h, state.stands) == (None, None, None, False)


def hours_earlier(seen: Observed, hours: float) -> object:
    return replace(seen.readings, at=seen.readings.at - hours * HOUR)


# --- who left ---


def test_who_left_is_told_apart_from_who_was_served_and_the_rest_is_unexplained():
    came, went, left = (whole_hours([n] * 6) for n in (100.0, 60.0, 10.0))
    seen = Observed(ENTRY, Lane.GENERAL, came, went, head_counts([0, 30, 60, 90, 120, 110]), left)
    found = balance(seen, NOON - timedelta(hours=24), NOON)
    assert found is not None
    assert (found.came, found.served, found.left) == (500, 300, 50)
    assert (found.waiting_first, found.waiting_last, found.unexplained) == (0, 110, -40)
    assert not found.at_least
    state = stage_state(seen, NOON)
    assert (state.waiting, state.unexplained, state.left_last_hour, state.served_last_hour) == (110, -40, 10, 60)


def test_who_left_unseen_shows_only_at_the_next_head_count():
    came, went = whole_hours([100.0] * 6), whole_hours([60.0] * 6)
    seen = Observed(ENTRY, Lane.GENERAL, came, went, head_counts([0, 40, 80, 120, 160, 150]))
    found = balance(seen, NOON - timedelta(hours=24), NOON)
    assert found is not None
    assert (found.left, found.unexplained) == (None, -50)


def test_reported_leavers_shorten_the_queue_that_is_carried_on():
    came, went, left = (whole_hours([n] * 6) for n in (100.0, 60.0, 10.0))
    old = head_counts([50])
    old = replace(old, at=old.at - 3 * HOUR)
    with_left, without = (stage_state(Observed(ENTRY, Lane.GENERAL, came, went, old, *x), NOON) for x in ((left,), ()))
    assert (with_left.waiting, without.waiting) == (50 + 3 * 30, 50 + 3 * 40)


# --- stages in series ---


def at(stage: Stage, arriving: float | None, capacity: float | None, **more: object) -> StageState:
    return StageState(stage, Lane.GENERAL, arriving=arriving, capacity=capacity, **more)  # type: ignore[arg-type]


def test_the_bottleneck_is_the_lowest_capacity_per_arrival_not_the_longest_queue():
    path = [
        at(Stage.VACCINATION, 300, 320, waiting=900),
        at(Stage.MIGRATION_CONTROL, 300, 240, waiting=200),
        at(Stage.TRANSPORT, 100, 90, waiting=400),
    ]
    assert [round(capacity_ratio(one), 2) for one in path] == [1.07, 0.8, 0.9]
    assert bottleneck(path) is Stage.MIGRATION_CONTROL


def test_one_known_stage_is_no_bottleneck_and_an_unknown_one_neither():
    known = at(Stage.MIGRATION_CONTROL, 300, 240)
    assert bottleneck([known, at(Stage.VACCINATION, None, 320), at(Stage.TRANSPORT, 100, None)]) is None
    throughput = at(Stage.TRANSPORT, 100, 10, capacity_known=False)
    assert bottleneck([known, throughput]) is None


def test_the_station_board_marks_it_and_shows_growth_near_the_limit():
    path = (
        at(Stage.VACCINATION, 300, 306, counters_open=3),
        at(Stage.MIGRATION_CONTROL, 300, 330, counters_open=30),
    )
    states = {(one.stage, one.lane): one for one in path}
    board = stations(load_site(SITE).site, states, NOON)
    assert [one.stage for one in board if one.bottleneck] == [Stage.VACCINATION]
    narrow = next(one for one in board if one.bottleneck)
    assert narrow.growth_per_hour == pytest.approx(-6)  # 98 % busy
    assert station(at(Stage.TRANSPORT, 100, 200), NOON).growth_per_hour is None


# --- from the store ---


@pytest.fixture
def centre(any_engine):
    open_centre(any_engine)
    return any_engine


def state_at(engine, as_of: datetime | None = None) -> StageState:
    with reading(engine) as conn:
        [site] = sites(conn)
        day = Window(CENTRE_NOON - timedelta(hours=12), CENTRE_NOON + timedelta(hours=12))
        return picture(conn, site, day, CENTRE_NOON, as_of).states[ENTRY, Lane.GENERAL]


def roster(*rows: tuple[str, str, int]) -> bytes:
    lines = ["site,stage,start,end,counters_planned"]
    lines += [f"tumbes,migration-control,2018-11-0{start},2018-11-0{end},{n}" for start, end, n in rows]
    return "\n".join([*lines, ""]).encode()


def test_the_roster_of_the_store_is_the_plan_as_known_then(centre, var):
    before = CENTRE_NOON - timedelta(hours=2)
    send(centre, var, roster(("1T06:00", "1T14:00", 12), ("1T14:00", "1T22:00", 30)), before, dataset=Dataset.ROSTER)
    send(centre, var, roster(("1T06:00", "1T14:00", 15)), CENTRE_NOON, dataset=Dataset.ROSTER)
    assert state_at(centre).counters_planned == 15
    assert state_at(centre, CENTRE_NOON - timedelta(hours=1)).counters_planned == 12
    assert state_at(centre, CENTRE_NOON - timedelta(hours=3)).counters_planned is None


def test_a_shift_that_began_yesterday_still_runs(centre, var):
    send(centre, var, roster(("1T00:00", "3T00:00", 9)), CENTRE_NOON, dataset=Dataset.ROSTER)
    assert state_at(centre).counters_planned == 9


def counted(measure: str, minutes: int, people: list[int], lane: str = "general") -> bytes:
    """The last report ends at noon."""
    lines = ["site,stage,measure,lane,start,minutes,people"]
    for back, n in enumerate(reversed(people), 1):
        start = datetime(2018, 11, 1, 12) - timedelta(minutes=back * minutes)  # noqa: DTZ001 - local
        lines.append(f"tumbes,migration-control,{measure},{lane},{start.isoformat()},{minutes},{n}")
    return "\n".join([*lines, ""]).encode()


def heads(*told: tuple[str, int, int]) -> bytes:
    lines = ["site,stage,at,waiting,counters_open"]
    lines += [f"tumbes,migration-control,2018-11-01T{at},{waiting},{counters}" for at, waiting, counters in told]
    return "\n".join([*lines, ""]).encode()


OFFICIAL = SITE + "".join(
    f'\n[[official]]\nstage = "migration-control"\nmeasure = "{measure}"\nsource = "migraciones"\n'
    for measure in ("served", "left")
)


@pytest.fixture
def counting(any_engine):
    open_centre(any_engine, OFFICIAL)
    return any_engine


def test_quarters_of_an_hour_say_more_of_the_rate_than_their_hours(counting, var):
    """Ten counters of 12 an hour: 30 a quarter until half past ten, when the queue vanishes."""
    send(counting, var, counted("arrivals", 15, [40] * 4 + [10] * 8), dataset=Dataset.FLOW)
    send(counting, var, counted("served", 15, [30] * 6 + [20] + [10] * 5), dataset=Dataset.FLOW)
    read = heads(("09:00", 10, 10), ("10:00", 50, 10), ("10:30", 10, 10), ("12:00", 0, 10))
    send(counting, var, read, dataset=Dataset.QUEUE)
    rate = state_at(counting).rate
    assert rate is not None
    assert rate.value == pytest.approx(12, rel=0.01)
    assert rate.hours == 1.5  # of the hour in which the queue vanished, the quarters before


def test_people_who_left_the_line_are_a_series_of_their_own(counting, var):
    send(counting, var, counted("arrivals", 60, [100] * 4), dataset=Dataset.FLOW)
    send(counting, var, counted("served", 60, [60] * 4), dataset=Dataset.FLOW)
    send(counting, var, counted("left", 60, [5] * 4), dataset=Dataset.FLOW)
    send(counting, var, heads(("09:00", 50, 6)), dataset=Dataset.QUEUE)
    state = state_at(counting)
    assert (state.waiting, state.served_last_hour, state.left_last_hour) == (50 + 3 * 35, 60, 5)


def test_each_lane_has_its_own_queue_and_wait(counting, var):
    for lane, came, went in (("general", 100, 60), ("priority", 10, 9)):
        send(counting, var, counted("arrivals", 60, [came] * 4, lane), dataset=Dataset.FLOW)
        send(counting, var, counted("served", 60, [went] * 4, lane), dataset=Dataset.FLOW)
    lines = "site,stage,at,lane,waiting,counters_open\n"
    for at, waiting in (("08:00", (0, 20)), ("12:00", (160, 24))):
        for lane, people, counters in zip(("general", "priority"), waiting, (6, 1), strict=True):
            lines += f"tumbes,migration-control,2018-11-01T{at},{lane},{people},{counters}\n"
    send(counting, var, lines.encode(), dataset=Dataset.QUEUE)
    with reading(counting) as conn:
        [site] = sites(conn)
        day = Window(CENTRE_NOON - timedelta(hours=12), CENTRE_NOON + timedelta(hours=12))
        states = picture(conn, site, day, CENTRE_NOON).states
    general, first = (states[ENTRY, lane] for lane in Lane)
    assert (general.waiting, first.waiting) == (160, 24)
    assert first.wait == pytest.approx(24 / 9, rel=0.05)
    assert general.wait == pytest.approx(160 / 60, rel=0.1)
