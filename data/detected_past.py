"""The detector on a stretch of stored hours, run once over its past: what it would have said after each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from sqlalchemy import Connection

from data.analytics.buckets import HOUR, seconds
from data.analytics.detection.filling import LEAST_DAYS, filled
from data.analytics.detection.lately import RUN_DAYS, Detection
from data.analytics.detection.limits import limits
from data.analytics.seasonal import DAYS, Past
from data.analytics.windows import day_on, local_date
from data.holidays import holidays
from data.past import past_of
from data.queries import SeriesKey
from data.types import Site, Window

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Verdicts:
    """The verdicts on the reported buckets and when each ended."""

    ends: np.ndarray
    verdicts: tuple[Detection, ...]

    def at(self, now: float) -> Detection | None:
        place = int(np.searchsorted(self.ends, now, side="right")) - 1
        return None if place < 0 else self.verdicts[place]


def verdicts_of(conn: Connection, site: Site, key: SeriesKey, window: Window, rate: float) -> Verdicts:
    """The verdicts as they would have come live: the detector run once over the whole past."""
    on = local_date(site, window.end) + DAY
    days = (window.end - window.start) // DAY + DAYS + RUN_DAYS
    past = past_of(conn, site, key, on, None, holidays(conn, site, on, days, None), days, LEAST_DAYS)
    if past is None:
        return Verdicts(np.zeros(0), ())
    past = _not_after(past, site, seconds(window.end))
    reported = (~np.isnan(past.people)).any(axis=1) | ~np.isnan(past.totals)
    first = max(0, past.days - (window.end - window.start) // DAY - RUN_DAYS)
    ends, found = [], []
    for told in filled(past, limits(rate), first=first):
        day = day_on(site, past.first + told.day * DAY)
        usual_day = sum(verdict.expected for verdict in told.verdicts)
        known = int(reported[max(0, told.day - DAYS) : told.day].sum())
        for slot, verdict in enumerate(told.verdicts):
            if verdict.told:
                end = min(seconds(day.start) + (slot + 1) * told.step_hours * HOUR, seconds(day.end))
                ends.append(end)
                found.append(Detection(verdict, end, told.step_hours, known, usual_day))
    return Verdicts(np.array(ends), tuple(found))


def _not_after(past: Past, site: Site, until: float) -> Past:
    """Without what was over only later; of a replay more may be stored."""
    start = seconds(day_on(site, past.end - DAY).start)
    people = past.people.copy()
    people[-1, max(0, int((until - start) // HOUR)) :] = np.nan
    return replace(past, people=people)
