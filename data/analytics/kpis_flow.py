"""Headlines about people arriving and entering."""

from __future__ import annotations

from datetime import timedelta

from data.analytics.arrivals import DayTotal, LastHour, expected_today, last_hour
from data.analytics.baseline import History
from data.analytics.buckets import moment
from data.analytics.freshness import filling, state_of
from data.analytics.seen import Seen, missing
from data.types import Kpi, Sentence
from data.vocabulary import Method

NO_OFFICIAL = Sentence("sentence.no_official_source")


def _day_kpi(name: str, seen: Seen, total: DayTotal | None, source: str | None, usual: History | None) -> Kpi:
    if source is None:
        return missing(name, "people", NO_OFFICIAL)
    if total is None:
        return missing(name, "people", Sentence("sentence.nothing_reported_today"))
    mid = None if usual is None else total.usual_so_far(usual, seen.day)
    note = None
    if mid is not None and mid > 0:
        ratio = round((total.people if total.general is None else total.general) / mid, 1)
        note = Sentence("sentence.as_usual") if ratio == 1 else Sentence("sentence.times_usual", {"ratio": ratio})
    return Kpi(
        name,
        total.people,
        filling(state_of(total.as_of, seen.judged_at, seen.cadence(source, "flow")), total.filling),
        total.as_of,
        at_least=total.at_least,
        low=total.low,
        high=total.high,
        usual=mid,
        method=total.method,
        source=source,
        note=note,
        hours=total.hours,
        hours_asked=_hours_asked(seen),
    )


def _hours_asked(seen: Seen) -> float:
    """Of the day, those that are over."""
    return (min(seen.judged_at, seen.day.end) - seen.day.start).total_seconds() / 3600


def entries_today(seen: Seen) -> Kpi:
    return _day_kpi("entries_today", seen, seen.served_day, seen.served_source, seen.usual_served)


def arrivals_today(seen: Seen) -> Kpi:
    return _day_kpi("arrivals_today", seen, seen.arrivals_day, seen.arrivals_source, seen.usual_arrivals)


def arrivals_last_hour(seen: Seen) -> Kpi:
    if seen.arrivals_source is None:
        return missing("arrivals_last_hour", "people", NO_OFFICIAL)
    hour = last_hour(seen.arrivals, seen.judged_at)
    if hour is None:
        return missing("arrivals_last_hour", "people")
    usual = None if seen.usual_arrivals is None else hour.usual(seen.usual_arrivals, seen.day)
    # The hour now filling keeps the last one fresh, until it is over itself.
    told_to = min(moment(float(seen.arrivals.end[-1])), hour.end + timedelta(hours=1))
    return Kpi(
        "arrivals_last_hour",
        hour.people,
        state_of(told_to, seen.judged_at, seen.cadence(seen.arrivals_source, "flow")),
        hour.end,
        at_least=hour.at_least,
        usual=usual,
        method=hour.method,
        hours=1.0,
        hours_asked=1.0,
        source=seen.arrivals_source,
        note=_named(hour, usual, seen),
    )


def _named(hour: LastHour, usual: float | None, seen: Seen) -> Sentence:
    """Which hour it is; that of another day with its date."""
    facts: dict[str, object] = {} if usual is None else {"usual": round(usual)}
    more = "" if usual is None else "_usual"
    if seen.day.start < hour.end <= seen.day.end:
        return Sentence(f"sentence.hour_named{more}", {"from_time": hour.start, "to_time": hour.end, **facts})
    return Sentence(f"sentence.hour_named_on{more}", {"to_at": hour.end, **facts})


def arrivals_expected_today(seen: Seen) -> Kpi:
    name = "arrivals_expected_today"
    if seen.arrivals_source is None:
        return missing(name, "people", NO_OFFICIAL)
    if seen.usual_arrivals is None:
        return missing(name, "people", Sentence("sentence.short_history"))
    if seen.arrivals_day is None:
        return missing(name, "people", Sentence("sentence.nothing_reported_today"))
    span = expected_today(seen.arrivals_day, seen.usual_arrivals, seen.day, seen.rest_of_day)
    if span is None:
        return missing(name, "people", Sentence("sentence.short_history"))
    low, mid, high = span
    state = state_of(seen.arrivals_day.as_of, seen.judged_at, seen.cadence(seen.arrivals_source, "flow"))
    return Kpi(
        name,
        mid,
        state,
        seen.arrivals_day.as_of,
        at_least=seen.arrivals_day.at_least,
        low=low,
        high=high,
        usual=float(seen.usual_arrivals.cumulative[1][-1]),
        method=Method.MODELLED,
        hours=seen.arrivals_day.hours,
        hours_asked=_hours_asked(seen),
        source=seen.arrivals_source,
        note=Sentence("sentence.between_people", {"low": round(low), "high": round(high)}),
    )
