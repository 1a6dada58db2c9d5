"""What is expected of one stored series from now on: baseline and level of the night kept, the day's reports added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
from sqlalchemy import Connection

from data.analytics.buckets import HOUR, NO_HOURS, Buckets, seconds
from data.analytics.forecast import LONGEST, quantiles
from data.analytics.outlook import Ahead, Night, Outlook, level_after, night, outlook
from data.analytics.seasonal import DAYS
from data.analytics.windows import day_on, local_date
from data.backtested import Lead
from data.backtesting import kept_backtest
from data.holidays import holidays
from data.past import known_hours, past_of, places
from data.queries import SeriesKey
from data.queries.board import print_of_hours
from data.types import Site, Window
from data.upstream import tilt_used
from data.versions import version_of

DAY = timedelta(days=1)
LONGEST_AHEAD = 4  # days after today


@dataclass(frozen=True)
class Forecast:
    """Hours (or days) ahead of one series, from the end of its newest whole report of today on.

    `low`, `mid`, `high`: 10, 50 and 90 % of each; NaN in hours that nobody ever reports. A band of a sum is `total`
    or `cumulative`, never a sum of bands.
    """

    key: SeriesKey
    starts: np.ndarray  # seconds since 1970
    step_hours: int  # 1, or 24 for a series told by the day
    low: np.ndarray
    mid: np.ndarray
    high: np.ndarray
    outlook: Outlook
    made_at: datetime
    lead: Lead | None  # the site upstream that is in these figures, if any

    @property
    def expected(self) -> np.ndarray:
        """People of each if the level were the seasonal one."""
        return self.outlook.seasonal

    @property
    def level(self) -> float:
        """People lately over what was expected of those hours."""
        return self.outlook.standing.ratio

    @property
    def days(self) -> int:
        """Of history."""
        return self.outlook.days

    @property
    def wider(self) -> bool:
        """History is under 28 days: bands are wider than they will be."""
        return self.outlook.wider

    @property
    def cumulative(self) -> np.ndarray:
        """Low, middle, high (3, n) of the sum from the first hour to the end of each."""
        return self.outlook.paths.cumulative

    def total(self, window: Window) -> tuple[float, float, float] | None:
        """Low, middle, high of the people in a window; hours partly in it count by their share. None: none is."""
        step = self.step_hours * HOUR
        start, end = seconds(window.start), seconds(window.end)
        share = np.clip((np.minimum(self.starts + step, end) - np.maximum(self.starts, start)) / step, 0.0, 1.0)
        if not (share > 0).any():
            return None
        low, mid, high = quantiles((self.outlook.paths.people @ share)[:, None])[:, 0]
        return float(low), float(mid), float(high)


@dataclass(frozen=True)
class KnownNight:
    """What is known of a series at midnight. `tilt`: factors of the days from it on, where a site upstream is used."""

    night: Night
    lead: Lead | None
    tilt: np.ndarray | None
    special: frozenset[date]
    mark: object


def forecast_of(
    conn: Connection,
    site: Site,
    key: SeriesKey | None,
    now: datetime,
    as_of: datetime | None = None,
    horizon_hours: int = LONGEST,
) -> Forecast | None:
    """Up to `horizon_hours` (at most 72) beyond `now`. None without a series, under 14 days of it, or where nobody
    ever came."""
    if key is None:
        return None
    on = local_date(site, now)
    known = night_of(conn, site, key, on, as_of)
    if known is None:
        return None
    told = NO_HOURS
    if known.night.seasonal.slots > 1:
        told = known_hours(conn, key, Window(day_on(site, on).start, now), as_of)
        told = told.where(told.whole & (told.end <= seconds(now)))
    horizon = min(horizon_hours, LONGEST)
    mark = (known.mark, int(seconds(now) // HOUR), horizon, told.start.tobytes(), told.people.tobytes())
    kept = _forecasts(mark)
    if not kept:
        kept.append(_made(known, site, key, now, told, horizon))
    return kept[0]


def night_of(conn: Connection, site: Site, key: SeriesKey, on: date, as_of: datetime | None) -> KnownNight | None:
    """Baseline and level of a series as a local date begins, from all that is known of earlier days."""
    special = holidays(conn, site, on, DAYS, as_of)
    midnight = day_on(site, on).start
    window = Window(day_on(site, on - DAYS * DAY).start, midnight)
    backtest = kept_backtest(conn, site, key, midnight, as_of) if site.upstream else None
    lead = None if backtest is None else backtest.lead
    if as_of is None:
        prints: tuple[object, ...] = print_of_hours(conn, key, window)
        if lead is not None and lead.source is not None:
            there = SeriesKey(lead.site, lead.stage, lead.measure, lead.source)
            prints = (*prints, *print_of_hours(conn, there, window))
    else:
        prints = (as_of, version_of(conn, key.site))
    mark = (str(conn.engine.url), key, on, site, special, lead, prints)
    kept = _nights(mark)
    if not kept:
        kept.append(_night(conn, site, key, on, as_of, special, lead, mark))
    return kept[0]


def _night(
    conn: Connection,
    site: Site,
    key: SeriesKey,
    on: date,
    as_of: datetime | None,
    special: frozenset[date],
    lead: Lead | None,
    mark: object,
) -> KnownNight | None:
    past = past_of(conn, site, key, on, as_of, special, DAYS)
    if past is None:
        return None
    tilt = None if lead is None else tilt_used(conn, lead, past, on, as_of)
    before, after = (None, None) if tilt is None else tilt(past.days) or (None, None)
    found = night(past, None if before is None else before[:, None])
    if found is None:
        return None
    return KnownNight(found, lead if after is not None else None, after, special, mark)


def _made(known: KnownNight, site: Site, key: SeriesKey, now: datetime, told: Buckets, horizon: int) -> Forecast:
    on, slots = known.night.on, known.night.seasonal.slots
    today = seconds(day_on(site, on).start)
    if slots == 1:
        days = min(LONGEST_AHEAD, 1 + -(-horizon // 24))
        starts = np.array([seconds(day_on(site, on + n * DAY).start) for n in range(days)])
        day, slot = np.arange(days), np.zeros(days, dtype=int)
        line = np.zeros(0)
    else:
        begins = float(told.end[-1]) if len(told) else today
        starts = np.arange(begins, seconds(now) // HOUR * HOUR + horizon * HOUR, HOUR)
        day, slot = places(site, starts, on, LONGEST_AHEAD + 1)
        line = np.full(round((begins - today) / HOUR), np.nan)
        line[((told.start - today) // HOUR).astype(int)] = told.people
    state = level_after(known.night, line, None if known.tilt is None else np.repeat(known.tilt[:1], len(line)))
    special = np.array([on + int(n) * DAY in known.special for n in day], dtype=bool)
    tilt = None if known.tilt is None else known.tilt[np.minimum(day, len(known.tilt) - 1)]
    seen = outlook(known.night, state, Ahead(day, slot, special, tilt))
    low, mid, high = seen.hourly
    return Forecast(key, starts, 24 // slots, low, mid, high, seen, now, known.lead)


@lru_cache(maxsize=256)
def _nights(mark: object) -> list[KnownNight | None]:
    """A place to keep one night: until a report changes its past, it gives the same answer all day."""
    return []


@lru_cache(maxsize=64)
def _forecasts(mark: object) -> list[Forecast]:
    """A place to keep one forecast, for an hour or until the next report."""
    return []
