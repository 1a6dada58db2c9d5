"""Who came, who went and who is in the centre over a range, read from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data import queries
from data.analytics.buckets import HOUR, NO_HOURS, Buckets, buckets, epochs, moment, seconds
from data.analytics.presence import expected_counts, movement, present_at
from data.observing import MOMENT, Official
from data.queries import SeriesKey
from data.types import Flowing, HeadCount, Presence, Site, Window
from data.vocabulary import EVERY_LANE, PRESENT, Measure, Method, Stage

# The count from which a range begins may be so much older.
COUNT_REACH = timedelta(hours=48)
OUT = (Measure.EXITS, Measure.ONWARD)


def presence(
    conn: Connection, site: Site, official: Official, window: Window, now: datetime, as_of: datetime | None = None
) -> Presence:
    """In: arrivals at the door, the stage up to the entry where most are counted. Out: exits and onward departures."""
    until = min(window.end, now)
    source, counts = _counts(conn, site, official, Window(window.start - COUNT_REACH, until + MOMENT), as_of)
    at, heads = epochs(counts["at"]), counts["people"].to_numpy(dtype=float)
    # From the last count before the range on; older ones say nothing about it.
    first = max(int(np.searchsorted(at, seconds(window.start), side="right")) - 1, 0)
    at, heads, least = at[first:], heads[first:], counts["at_least"].to_numpy(dtype=bool)[first:]
    since = min(window.start, moment(float(at[0]))) if len(at) else window.start
    reach = Window(_hour_of(since, site), until)
    known = _who_reports(conn, site, official, reach, as_of)
    door = site.stages[: site.stages.index(site.entry_stage) + 1]
    told = {
        Measure.ARRIVALS: _fullest(conn, site, known, Measure.ARRIVALS, door, reach, as_of),
        Measure.SERVED: _fullest(conn, site, known, Measure.SERVED, (site.entry_stage,), reach, as_of),
        **{measure: _fullest(conn, site, known, measure, site.stages, reach, as_of) for measure in OUT},
    }
    hours = np.arange(seconds(reach.start), seconds(until), HOUR)
    came = [told[Measure.ARRIVALS][1]] if len(told[Measure.ARRIVALS][1]) else []
    moved = movement(hours, came, [told[m][1] for m in OUT if len(told[m][1])])
    shown = np.unique(np.concatenate([np.arange(seconds(_hour_of(window.start, site)), seconds(until) + 1, HOUR), at]))
    shown = shown[(shown >= seconds(window.start)) & (shown <= seconds(until))]
    expected = expected_counts(at, heads, moved)
    return Presence(
        window=Window(window.start, until),
        source=source,
        flows=tuple(_flowing(measure, *of, window, until) for measure, of in told.items()),
        path=pd.DataFrame(
            {
                "at": pd.DatetimeIndex((shown * 1e6).astype("datetime64[us]"), tz="UTC"),
                "present": present_at(shown, at, heads, moved),
            }
        ),
        counts=tuple(
            HeadCount(moment(float(when)), float(people), bool(low), None if np.isnan(should) else float(should))
            for when, people, low, should in zip(at, heads, least, expected, strict=True)
        ),
        safe_capacity=_capacity(counts, site),
    )


def _counts(
    conn: Connection, site: Site, official: Official, window: Window, as_of: datetime | None
) -> tuple[str | None, pd.DataFrame]:
    """Counts of one source: the official one, or the only one; of several none."""
    counts = queries.present_readings(conn, site.site, window, as_of)
    names = counts["source"].unique()
    source = official.get((site.entry_stage, PRESENT)) or (str(names[0]) if len(names) == 1 else None)
    return source, counts[counts["source"] == source].reset_index(drop=True)


def _capacity(counts: pd.DataFrame, site: Site) -> float | None:
    told = counts["safe_capacity"].dropna()
    return float(told.iloc[-1]) if len(told) else site.safe_capacity


def _hour_of(at: datetime, site: Site) -> datetime:
    """The site's clock hour in which a moment falls."""
    local = at.astimezone(ZoneInfo(site.zone))
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _who_reports(
    conn: Connection, site: Site, official: Official, window: Window, as_of: datetime | None
) -> Mapping[tuple[str, str], str]:
    """The source to read by stage and measure: the official one, or the only one that reports."""
    rows = queries.series(conn, site.site, Window(window.start - timedelta(days=1), window.end), as_of)
    found: dict[tuple[str, str], str] = {}
    for (stage, measure), part in rows.groupby(["stage", "measure"]):
        names = part["source"].unique()
        chosen = official.get((str(stage), str(measure))) or (str(names[0]) if len(names) == 1 else None)
        if chosen is not None:
            found[str(stage), str(measure)] = chosen
    return found


def _fullest(
    conn: Connection,
    site: Site,
    known: Mapping[tuple[str, str], str],
    measure: Measure,
    stages: Sequence[Stage],
    window: Window,
    as_of: datetime | None,
) -> tuple[SeriesKey | None, Buckets]:
    """Nobody passes one stage twice: of several stages the one with the most people is closest to everybody."""
    best: tuple[SeriesKey | None, Buckets] = (None, NO_HOURS)
    for stage in stages:
        source = known.get((str(stage), str(measure)))
        if source is not None:
            key = SeriesKey(site.site, stage, measure, source, EVERY_LANE)
            hours = buckets(queries.flow_by_hour(conn, key, window, as_of))
            if best[0] is None or hours.people.sum() > best[1].people.sum():
                best = key, hours
    return best


def _flowing(measure: Measure, key: SeriesKey | None, hours: Buckets, window: Window, until: datetime) -> Flowing:
    inside = hours.between(seconds(window.start), seconds(until))
    asked = max(0.0, (until - window.start) / timedelta(hours=1))
    observed = float(inside.minutes.sum()) / 60
    methods, counts = np.unique(inside.method.astype(str), return_counts=True)
    return Flowing(
        measure=measure,
        stage=None if key is None else Stage(key.stage),
        source=None if key is None else key.source,
        people=float(inside.people.sum()) if len(inside) else None,
        hours=observed,
        hours_asked=asked,
        at_least=bool(inside.at_least.any()) or bool(len(inside) and observed < asked - 1),
        method=Method(str(methods[counts.argmax()])) if len(inside) else None,
        counts=measure is not Measure.SERVED,
    )
