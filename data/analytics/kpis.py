"""The headlines: one row each, with its formula, stage and window. The definition panel is printed from this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from data.analytics import kpis_flow, kpis_queue, kpis_site
from data.analytics.seen import Seen
from data.types import Kpi
from data.vocabulary import KpiName


@dataclass(frozen=True)
class KpiRow:
    """`formula` is the locale key of its definition; `stage` "entry" is the site's entry stage."""

    name: KpiName
    unit: str
    stage: str
    window: str
    work: Callable[[Seen], Kpi]

    @property
    def formula(self) -> str:
        return f"kpi.{self.name}.formula"


KPIS: tuple[KpiRow, ...] = (
    KpiRow(KpiName.ENTRIES_TODAY, "people", "entry", "today", kpis_flow.entries_today),
    KpiRow(KpiName.ARRIVALS_TODAY, "people", "entry", "today", kpis_flow.arrivals_today),
    KpiRow(KpiName.ARRIVALS_LAST_HOUR, "people", "entry", "last-hour", kpis_flow.arrivals_last_hour),
    KpiRow(KpiName.ARRIVALS_EXPECTED_TODAY, "people", "entry", "today", kpis_flow.arrivals_expected_today),
    KpiRow(KpiName.PRESENT, "people", "site", "now", kpis_site.present),
    KpiRow(KpiName.QUEUE_LEN, "people", "entry", "now", kpis_queue.queue_len),
    KpiRow(KpiName.WAIT_MINUTES, "minutes", "entry", "now", kpis_queue.wait_minutes),
    KpiRow(KpiName.TIME_TO_CLEAR_MINUTES, "minutes", "entry", "now", kpis_queue.time_to_clear_minutes),
    KpiRow(KpiName.PRESSURE_LEVEL, "level", "entry", "now", kpis_queue.pressure_level),
    KpiRow(KpiName.COVERAGE_WORST_SECTOR, "ratio", "site", "today", kpis_site.coverage_worst_sector),
    KpiRow(KpiName.ALERTS_OPEN, "count", "site", "now", kpis_site.alerts_open),
    KpiRow(KpiName.REPORTS_MISSING, "count", "site", "now", kpis_site.reports_missing),
    KpiRow(KpiName.CONFIDENCE, "count", "site", "24h", kpis_site.data_confidence),
)


def kpis(seen: Seen) -> Mapping[str, Kpi]:
    return {str(row.name): row.work(seen) for row in KPIS}
