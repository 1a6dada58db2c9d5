"""What a rule may look at in tests: one entry stage and its hours up to noon."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np

from data.analytics.baseline import history
from data.analytics.buckets import HOUR, NO_HOURS, Buckets, moment, seconds
from data.analytics.detection.lately import Midnight, at_midnight
from data.analytics.detection.limits import Limits, limits
from data.analytics.rule import Recent
from data.analytics.seasonal import Past
from data.analytics.windows import day_on, local_date
from data.detecting import BACK, DAY, detection
from data.past import places
from data.types import Pressure, Site
from data.vocabulary import Level, Sector, SiteKind, Stage

SITE = Site(
    "cebaf", "CEBAF", "PE", "America/Lima", SiteKind.RECONSTRUCTION, 0, Stage.MIGRATION_CONTROL,
    (Stage.MIGRATION_CONTROL,), (Sector.WASH,), None,
)  # fmt: skip
NOON = datetime(2019, 6, 14, 17, tzinfo=UTC)
CALM = Pressure(Level.NORMAL, False, ())


def hours_until(now: datetime, people: np.ndarray) -> Buckets:
    """Whole hours, the last one ending at `now`."""
    n = len(people)
    starts = now.timestamp() - HOUR * np.arange(n, 0, -1)
    return Buckets(
        starts, np.full(n, 60.0), people.astype(float), np.zeros(n, dtype=bool),
        np.array(["counted"] * n, dtype=object), starts + HOUR,
    )  # fmt: skip


def without(hours: Buckets, *back: int) -> Buckets:
    """Without the hours so many back from the newest."""
    return hours.where(~np.isin(np.arange(len(hours)), len(hours) - 1 - np.array(back)))


def seen(hours: Buckets, now: datetime = NOON, measure: str = "arrivals", site: Site = SITE, **more: object) -> Recent:
    on = local_date(site, moment(float(hours.start[-1]))) if len(hours) else local_date(site, now)
    known = history(hours, on, site) if len(hours) else None
    found = detection(midnight_of_hours(hours, site, local_date(site, now)), hours, site, now, False, limits())
    recent = Recent(site, now, hours, day_on(site, on), known, found, measure, "migraciones", (), CALM, (), ())
    return replace(recent, **more)  # type: ignore[arg-type]


def calm_weeks(level: float = 60.0, weeks: int = 6, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).poisson(level, weeks * 7 * 24).astype(float)


def midnight_of_hours(
    hours: Buckets, site: Site, on: date, special: frozenset[date] = frozenset(), allowed: Limits | None = None
) -> Midnight:
    """As the detector knows a series at midnight, from hours at hand."""
    first = on - BACK * DAY
    people = np.full((BACK, 24), np.nan)
    window = seconds(day_on(site, first).start), seconds(day_on(site, on).start)
    whole = hours.where(hours.whole).between(*window) if len(hours) else NO_HOURS
    day, slot = places(site, whole.start, first, BACK)
    people[day, slot] = whole.people
    marked = np.array([first + n * DAY in special for n in range(BACK)])
    past = Past(first, people, np.full(BACK, np.nan), marked)
    told = ~np.isnan(people).all(axis=1)
    return at_midnight(past.last(BACK - int(told.argmax())) if told.any() else past.last(0), allowed or limits())
