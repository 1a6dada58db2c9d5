"""Sites upstream: which series of theirs to hold beside one of ours, and what it lets expect here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import numpy as np
from sqlalchemy import Connection

from data.analytics.backtest import DAYS as TRIED_DAYS
from data.analytics.backtest import Tilt, pinball, trials
from data.analytics.outlook import REACH
from data.analytics.seasonal import Past
from data.analytics.upstream import LEAST_DAYS, carried, deviations, lag_between
from data.analytics.windows import day_on
from data.backtested import Lag, Lead
from data.chosen import official_sources
from data.past import past_of
from data.places import UnknownSite
from data.places import site as site_named
from data.queries import SeriesKey
from data.types import Site
from data.vocabulary import Measure

AHEAD = 5  # days from midnight on that a forecast may reach
HELPS = 0.97  # of the loss without it, at most: less is luck
LEAST_TRIED = 14  # days


def upstream_series(
    conn: Connection, site: Site, measure: str, at: datetime, as_of: datetime | None
) -> Iterator[tuple[str, Site | None, SeriesKey | None]]:
    """Of each site upstream its official series at the entry: of the same measure, else of arrivals, else of served."""
    for name in site.upstream:
        try:
            there = site_named(conn, name, as_of)
        except UnknownSite:
            yield name, None, None
            continue
        official = official_sources(conn, name, at, as_of)
        for wanted in dict.fromkeys((measure, str(Measure.ARRIVALS), str(Measure.SERVED))):
            source = official.get((str(there.entry_stage), wanted))
            if source is not None:
                yield name, there, SeriesKey(name, str(there.entry_stage), wanted, source)
                break
        else:
            yield name, there, None


def leads(
    conn: Connection, site: Site, key: SeriesKey, past: Past, on: date, as_of: datetime | None
) -> tuple[Lead, ...]:
    """What each site upstream lets know of the series, from the days before `on`; at most one is used."""
    at = day_on(site, on).start
    here_line = deviations(past)
    found = []
    for name, there, series in upstream_series(conn, site, str(key.measure), at, as_of):
        lead = Lead(name, "", "", None, "no_feed")
        if there is not None and series is not None:
            lead = Lead(name, series.stage, series.measure, series.source, "no_feed")
            beside = past_of(conn, there, series, on, as_of, frozenset(), past.days)
            if beside is not None:
                lead = _compared(lead, past, _aligned(beside, past), here_line)
        found.append(lead)
    best = min((one.ratio for one in found if one.ratio is not None), default=np.inf)
    return tuple(replace(one, used=one.ratio is not None and one.ratio == best <= HELPS) for one in found)


def _compared(lead: Lead, past: Past, there: np.ndarray, here: np.ndarray) -> Lead:
    if int((~np.isnan(there) & ~np.isnan(here)).sum()) < LEAST_DAYS:
        return replace(lead, state="short")
    lag = lag_between(there, here)
    if lag is None:
        return replace(lead, state="none")
    return replace(lead, state="found", lag=lag, ratio=_ratio(past, there, here))


def tilt_of(there: np.ndarray, lag: Lag) -> Tilt:
    """Factors as they were known at the midnight of each day of `there`."""

    def tilt(day: int) -> tuple[np.ndarray, np.ndarray] | None:
        if day < REACH:
            return None
        factors = carried(there[:day], lag, REACH, AHEAD)
        return factors[:REACH], factors[REACH:]

    return tilt


def tilt_used(conn: Connection, lead: Lead, past: Past, on: date, as_of: datetime | None) -> Tilt | None:
    """Of a lead that is used, for the days of `past` and the one after them; None where nothing is reported there."""
    if lead.lag is None or lead.source is None:
        return None
    series = SeriesKey(lead.site, lead.stage, lead.measure, lead.source)
    beside = past_of(conn, site_named(conn, lead.site, as_of), series, on, as_of, frozenset(), past.days)
    return None if beside is None else tilt_of(_aligned(beside, past), lead.lag)


def _aligned(there: Past, here: Past) -> np.ndarray:
    """Deviations there on the days of here; both end on the same day."""
    line = deviations(there)
    missing = max(0, here.days - len(line))
    return np.concatenate([np.full(missing, np.nan), line])[-here.days :]


def _ratio(past: Past, there: np.ndarray, here: np.ndarray) -> float | None:
    """Loss of the last weeks' forecasts with the site upstream over that without; its lag from the days before them."""
    first = past.days - TRIED_DAYS
    lag = lag_between(there[:first], here[:first])
    if lag is None:
        return None
    both = [
        {(one.horizon, one.origin): one for one in trials(past, TRIED_DAYS, tilt=tilt)}
        for tilt in (tilt_of(there, lag), None)
    ]
    shared = sorted(both[0].keys() & both[1].keys())
    if len({origin for _, origin in shared}) < LEAST_TRIED:
        return None
    came = np.array([both[0][one].came for one in shared])
    scale = np.where(np.array([horizon == 0 for horizon, _ in shared]), float(past.slots), 1.0)
    losses = [float((pinball(came, np.array([made[one].ours for one in shared]).T) / scale).mean()) for made in both]
    return losses[0] / losses[1] if losses[1] > 0 else None
