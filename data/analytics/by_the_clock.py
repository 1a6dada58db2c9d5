"""One day laid over another by the site's clock: what stood at 14:15 beside what stands at 14:15.

Minutes are counted on the clock from the hour at which the operational day begins. Where the clocks go forward, the
skipped minutes show what had been reached by then; where they go back, the repeated hour counts whole in the one that
the clock shows, so that the sum of the day is right.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.analytics.buckets import Buckets, epochs, moment, seconds
from data.analytics.windows import local_date
from data.types import Site, Window

STEP = 15
DAY_MINUTES = 1440


def begins(day: Window, site: Site) -> datetime:
    """What the clock shows, or skips, when the day begins: without a zone."""
    return datetime.combine(local_date(site, day.start), time(site.day_start_hour))


def minute_of(at: datetime, day: Window, site: Site) -> int:
    """Minutes from the beginning of the day to a moment, as the clock on the wall shows them."""
    shown = at.astimezone(ZoneInfo(site.zone)).replace(tzinfo=None) - begins(day, site)
    return round(shown / timedelta(minutes=1))


def moment_at(minute: int, day: Window, site: Site) -> datetime:
    """The last moment of the day at which the clock showed a minute; of a skipped minute, when it was skipped."""
    zone = ZoneInfo(site.zone)
    shown = begins(day, site) + timedelta(minutes=minute)
    later = [shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0)]
    for at in later:
        if at.astimezone(zone).replace(tzinfo=None) == shown:
            return at
    return moment_at(minute + 1, day, site)


def on_the_clock(points: pd.DataFrame, day: Window, site: Site) -> pd.DataFrame:
    """Cumulative curves every quarter of an hour of the clock: minute, arrivals, served (NaN where unreported)."""
    minutes = np.arange(0, DAY_MINUTES + 1, STEP)
    shown = np.array([seconds(moment_at(int(minute), day, site)) for minute in minutes])
    at = epochs(points["at"])
    told = {}
    for name in ("arrivals", "served"):
        people = points[name].to_numpy(dtype=float)
        known = np.flatnonzero(~np.isnan(people))
        value = np.full(len(minutes), np.nan) if len(known) == 0 else np.interp(shown, at, people)
        # A curve ends where its last report does.
        outside = (shown > at[known[-1]]) | (shown < at[known[0]]) if len(known) else True
        told[name] = np.where(outside, np.nan, value)
    return pd.DataFrame({"minute": minutes, **told})


def hours_on_the_clock(came: Buckets, went: Buckets, day: Window, site: Site) -> pd.DataFrame:
    """Hours of the day by the minute at which the clock began them: minute, people, served; a repeated hour summed."""
    parts = []
    for name, part in (("people", came), ("served", went)):
        minutes = [minute_of(moment(float(at)), day, site) // 60 * 60 for at in part.start]
        parts.append(pd.Series(part.people, index=minutes, dtype=float).groupby(level=0).sum().rename(name))
    return pd.concat(parts, axis=1).rename_axis("minute").sort_index().reset_index()
