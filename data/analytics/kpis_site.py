"""Headlines about the whole site: who is there, what is missing, what is open, how sure we are."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.analytics.freshness import state_of
from data.analytics.reporting import confidence
from data.analytics.seen import Seen, missing
from data.types import ClockReading, Kpi, Sentence
from data.vocabulary import Method, State

# Alerts are evaluated every domain minute. Real time: a replay's minutes are shorter by its speed.
LATE_EVALUATION = timedelta(minutes=5)


def present(seen: Seen) -> Kpi:
    here = seen.present
    if here is None:
        return missing("present", "people")
    safe = here.safe_capacity or seen.site.safe_capacity
    return Kpi(
        "present",
        here.people,
        state_of(here.at, seen.judged_at, seen.cadence(here.source, "present")),
        here.at,
        at_least=here.at_least,
        method=here.method,
        source=here.source,
        note=None if safe is None else Sentence("sentence.safe_capacity", {"capacity": safe}),
    )


def coverage_worst_sector(seen: Seen) -> Kpi:
    name = "coverage_worst_sector"
    for row in seen.sectors:
        if row.worst is not None and row.worst.ratio is not None:
            return Kpi(
                name,
                row.worst.ratio,
                row.worst.state,
                row.worst.as_of,
                unit="ratio",
                word=f"sector.{row.sector}",
                at_least=row.worst.at_least,
                method=Method.DERIVED,
                note=None
                if row.worst.gap is None
                else Sentence(
                    "sentence.missing_units_up_to" if row.worst.at_least else "sentence.missing_units",
                    {"gap": row.worst.gap, "unit": row.worst.unit, "service": str(row.worst.service)},
                ),
            )
    return missing(name, "ratio", Sentence("sentence.no_coverage"))


def alerts_open(seen: Seen) -> Kpi:
    """How many were open when somebody last looked; nobody having looked is not "none"."""
    name, at = "alerts_open", seen.alerts_checked_at
    if at is None:
        return missing(name, "count", Sentence("sentence.alerts_never_checked"))
    clock = seen.clock or ClockReading(seen.now, 1.0, replay=False)
    late = clock.now - at > LATE_EVALUATION * max(1.0, clock.speed)
    return Kpi(
        name,
        float(seen.alerts_open),
        State.STALE if late else State.OK,
        at,
        unit="count",
        method=Method.DERIVED,
        note=_unwatched(at, clock.now) if late else None,
    )


def _unwatched(at: datetime, now: datetime) -> Sentence:
    if now - at < timedelta(hours=12):
        return Sentence("sentence.alerts_unwatched", {"last_time": at})
    return Sentence("sentence.alerts_unwatched_long", {"last_at": at})


def reports_missing(seen: Seen) -> Kpi:
    if not seen.reports:
        return missing("reports_missing", "count", Sentence("sentence.no_cadence"))
    late = sum(row.late(seen.now) for row in seen.reports)
    return Kpi("reports_missing", float(late), State.OK, seen.now, unit="count", method=Method.DERIVED)


def data_confidence(seen: Seen) -> Kpi:
    score = confidence(seen.reports)
    if score is None:
        none = "sentence.nothing_due" if seen.reports else "sentence.no_cadence"
        return missing("confidence", "count", Sentence(none))
    return Kpi("confidence", round(score), State.OK, seen.now, unit="count", method=Method.DERIVED)
