"""The station board: each stage and lane of a site on one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from data.analytics.bottleneck import bottleneck, capacity_ratio
from data.analytics.freshness import STALE_WITHOUT_CADENCE
from data.analytics.pressure import LIMITS, Limits, stage_level
from data.analytics.stages import StageState
from data.types import Site, Station
from data.vocabulary import Lane, Stage, State


def stations(
    site: Site,
    states: Mapping[tuple[Stage, Lane], StageState],
    now: datetime,
    limits: Sequence[Limits] = LIMITS,
) -> tuple[Station, ...]:
    """In the order of the path. Every stage has its general lane, reported or not; a priority lane once reported.

    The entry stage has every lane of the site, so that a silent one is seen.
    """
    board = []
    narrow = bottleneck(states.values())
    for stage in site.stages:
        for lane in Lane:
            state = states.get((stage, lane))
            expected = lane is Lane.GENERAL or (lane in site.lanes and stage is site.entry_stage)
            if state is None and expected:
                state = StageState(stage, lane)
            if state is not None and (expected or _reported(state)):
                narrowest = stage is narrow and lane is Lane.GENERAL
                board.append(station(state, now, narrowest, limits))
    return tuple(board)


def station(state: StageState, now: datetime, narrowest: bool = False, limits: Sequence[Limits] = LIMITS) -> Station:
    wait, method = state.best_wait
    there = state.standing
    as_of = max((at for at in (state.waiting_at, state.served_at) if at is not None), default=None)
    return Station(
        stage=state.stage,
        lane=state.lane,
        waiting=state.waiting,
        served_last_hour=state.served_last_hour,
        counters_open=state.counters_open,
        counters_total=state.counters_total,
        wait_minutes=minutes(wait),
        wait_low=minutes(state.wait_low),
        wait_high=minutes(state.wait_high),
        wait_method=method,
        growth_per_hour=state.growth if state.stands or state.nearly_full else None,
        utilisation=state.utilisation,
        time_to_clear_minutes=span_minutes(state.clears_in),
        level=stage_level(state, state.lane is Lane.PRIORITY, limits),
        state=_state(as_of, now),
        as_of=as_of,
        at_least=state.at_least,
        closed=state.closed,
        endless=state.endless,
        waited_at_closing_minutes=minutes(state.waited_at_closing),
        outdated=state.outdated,
        waiting_now=None if there is None else there.people,
        waiting_now_low=None if there is None else there.low,
        waiting_now_high=None if there is None else there.high,
        never_clears=state.never_clears,
        waiting_method=state.method,
        rate_per_counter_hour=state.rate.value if state.rate else None,
        rate_sample_hours=round(state.rate.hours) if state.rate else None,
        rate_low=state.rate.low if state.rate else None,
        rate_high=state.rate.high if state.rate else None,
        arriving_per_hour=state.arriving,
        counters_planned=state.counters_planned,
        wait_counters=state.wait_counters,
        clear_low_minutes=span_minutes(state.clears_low),
        clear_high_minutes=span_minutes(state.clears_high),
        clear_counters=state.clears_counters,
        clear_arrivals=state.clears_arrivals,
        over_6h=state.over_6h,
        over_12h=state.over_12h,
        over_24h=state.over_24h,
        left_last_hour=state.left_last_hour,
        unexplained=state.unexplained,
        negative=state.negative,
        capacity_ratio=capacity_ratio(state),
        bottleneck=narrowest,
    )


def minutes(hours: float | None) -> float | None:
    return None if hours is None else hours * 60


def span_minutes(span: timedelta | None) -> float | None:
    return None if span is None else span / timedelta(minutes=1)


def _reported(state: StageState) -> bool:
    return any(x is not None for x in (state.waiting, state.served_last_hour, state.counters_open))


def _state(as_of: datetime | None, now: datetime) -> State:
    if as_of is None:
        return State.MISSING
    return State.STALE if now - as_of > STALE_WITHOUT_CADENCE else State.OK
