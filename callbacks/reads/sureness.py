"""How sure each headline is: of its own source and its own lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from callbacks.reads.once import once
from data.analytics.reporting import rates
from data.picture import Picture
from data.rhythm import Rates, Reporting
from data.sure_shapes import Checked, Sureness
from data.types import Kpi, Sentence
from data.validating import Behind, checked
from data.vocabulary import Dataset, KpiName, Measure

SERVED, ARRIVALS = (Measure.SERVED,), (Measure.ARRIVALS,)
BOTH = (*ARRIVALS, *SERVED)
# What each headline is made of at the entry stage: measures of the flow, and other datasets.
MADE_OF: Mapping[KpiName, tuple[tuple[Measure, ...], tuple[Dataset, ...]]] = {
    KpiName.ENTRIES_TODAY: (SERVED, ()),
    KpiName.ARRIVALS_TODAY: (ARRIVALS, ()),
    KpiName.ARRIVALS_LAST_HOUR: (ARRIVALS, ()),
    KpiName.ARRIVALS_EXPECTED_TODAY: (ARRIVALS, ()),
    KpiName.QUEUE_LEN: (BOTH, (Dataset.QUEUE,)),
    KpiName.WAIT_MINUTES: (BOTH, (Dataset.QUEUE,)),
    KpiName.TIME_TO_CLEAR_MINUTES: (BOTH, (Dataset.QUEUE,)),
    KpiName.PRESSURE_LEVEL: (BOTH, (Dataset.QUEUE, Dataset.PRESENT)),
    KpiName.PRESENT: ((), (Dataset.PRESENT,)),
    KpiName.COVERAGE_WORST_SECTOR: ((), (Dataset.SERVICE,)),
    KpiName.CONFIDENCE: (BOTH, (Dataset.QUEUE, Dataset.PRESENT, Dataset.SERVICE)),
}


def assured(
    conn: Connection, seen: Picture, shown: Mapping[str, Kpi], version: int, as_of: datetime | None
) -> Mapping[str, Kpi]:
    """The headlines with the three parts of their confidence; the one about all of them is worth its own."""
    behind = {name: _behind(seen, shown, *parts) for name, parts in MADE_OF.items()}
    every = tuple(dict.fromkeys(one for parts in behind.values() for one in parts))
    asked = ("checked", seen.site.site, seen.day, as_of, every)
    found = once(conn, version, asked, lambda: checked(conn, seen.site.site, every, seen.day, as_of))
    told = dict(shown)
    for name, parts in behind.items():
        reported = seen.reports if name is KpiName.CONFIDENCE else _reported(seen.reports, parts)
        of: Rates = rates(reported)
        sure = Sureness(of.reporting_rate, of.reporting_rate_on_time, sum((found[one] for one in parts), Checked()))
        told[str(name)] = replace(told[str(name)], sure=sure)
    return {**told, str(KpiName.CONFIDENCE): _of_all(told[str(KpiName.CONFIDENCE)])}


def _of_all(kpi: Kpi) -> Kpi:
    score = kpi.sure.score if kpi.sure else None
    if kpi.value is None or kpi.sure is None or score is None:
        return kpi
    of = kpi.sure
    facts = {"complete_share": of.complete, "on_time_share": of.on_time, "valid_share": of.checked.valid}
    key = "sureness.parts" if of.checked.valid is not None else "sureness.two_parts"
    return replace(kpi, value=round(score), note=Sentence(key, facts))


def _behind(
    seen: Picture, shown: Mapping[str, Kpi], measures: tuple[Measure, ...], datasets: tuple[Dataset, ...]
) -> tuple[Behind, ...]:
    stage = str(seen.site.entry_stage)
    found = []
    for measure in measures:
        source = seen.source(measure)
        if source is not None:
            found.append(Behind(Dataset.FLOW, (("measure", str(measure)), ("source", source), ("stage", stage))))
    if Dataset.QUEUE in datasets:
        found.append(Behind(Dataset.QUEUE, (("stage", stage),)))
    counted = shown[str(KpiName.PRESENT)].source
    if Dataset.PRESENT in datasets and counted is not None:
        found.append(Behind(Dataset.PRESENT, (("source", counted),)))
    if Dataset.SERVICE in datasets:
        found.append(Behind(Dataset.SERVICE))
    return tuple(found)


def _reported(reports: tuple[Reporting, ...], parts: tuple[Behind, ...]) -> list[Reporting]:
    """How its sources keep their rhythm."""
    asked = [(str(one.dataset), dict(one.words).get("source")) for one in parts]
    return [
        row for row in reports if any(row.dataset == name and source in (None, row.source) for name, source in asked)
    ]
