"""Headlines about the whole site: who is there, what is missing, what is open, how sure we are."""

from __future__ import annotations

from data.analytics.freshness import state_of
from data.analytics.reporting import confidence
from data.analytics.seen import Seen, missing
from data.types import Kpi, Sentence
from data.vocabulary import Method, State


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
                method=Method.DERIVED,
                note=None
                if row.worst.gap is None
                else Sentence(
                    "sentence.missing_units",
                    {"gap": row.worst.gap, "unit": row.worst.unit, "service": str(row.worst.service)},
                ),
            )
    return missing(name, "ratio", Sentence("sentence.no_coverage"))


def alerts_open(seen: Seen) -> Kpi:
    return Kpi("alerts_open", float(seen.alerts_open), State.OK, seen.now, unit="count", method=Method.DERIVED)


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
