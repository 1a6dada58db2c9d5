"""Coverage of a site's day, read from the store and worked out; not yet masked for anyone."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data import queries
from data.analytics.buckets import seconds
from data.analytics.coverage import coverage
from data.analytics.observed import Observed
from data.analytics.seen import PresentNow
from data.analytics.standards import Denominators, Standard, mean_present
from data.observing import Official
from data.queries.board import print_of_services, standard_rows
from data.queries.figures import counts_of_people
from data.queries.services import last_heard
from data.types import SectorCoverage, Site, Window
from data.vocabulary import Measure, Service

SERVICES_REACH = timedelta(days=2)
SILENCE_REACH = timedelta(days=14)


def sector_coverage(
    conn: Connection,
    site: Site,
    day: Window,
    now: datetime,
    here: PresentNow | None,
    entry: Observed,
    official: Official,
    as_of: datetime | None,
) -> tuple[SectorCoverage, ...]:
    """Every sector of the site, for the day up to `now`; `here` and `entry` say how many people there are."""
    until = min(now, day.end)
    lines = _service_lines(conn, site, Window(day.start - SERVICES_REACH, until), as_of)
    rules = standards_in_force(conn, site, until, as_of)
    came = entry.arrivals if (site.entry_stage, Measure.ARRIVALS) in official else entry.served

    def arrivals(span: Window) -> float | None:
        hours = came.between(seconds(span.start), seconds(span.end))
        return float(np.sum(hours.people)) if len(hours) else None

    # Of one source: what two institutions count is never put together.
    reach = Window(day.start - SERVICES_REACH, until)
    readings = list(counts_of_people(conn, site.site, reach, here.source, as_of).items()) if here else []
    people = Denominators(here.people if here else None, arrivals, lambda span: mean_present(readings, span))
    told = {str(row["service"]) for row in lines}
    silent = any(service not in told for service in rules)
    heard = last_heard(conn, site, Window(day.start - SILENCE_REACH, day.end), as_of) if silent else {}
    return coverage(
        site, lines, rules, people, day, until, {Service(name): at for name, at in heard.items() if at <= until}
    )


def standards_in_force(
    conn: Connection, site: Site, at: datetime, as_of: datetime | None = None
) -> dict[Service, Standard]:
    """Those of the phase the site is in."""
    phase = queries.phase(conn, site.site, at, as_of)
    return {
        Service(name): Standard(
            Service(name), row.value, row.per, row.denominator, row.unit, row.source, phase, row.provisional
        )
        for name, row in standard_rows(conn, site.site, at, phase, as_of).items()
    }


def _service_lines(conn: Connection, site: Site, window: Window, as_of: datetime | None) -> list[dict[str, object]]:
    """Rows of `queries.service_totals`, kept until a line of the window changes."""
    if as_of is not None:
        return _records(queries.service_totals(conn, site.site, window, as_of))
    mark = (str(conn.engine.url), site.site, window.start, print_of_services(conn, site.site, window))
    found = _kept_services(mark)
    if not found:
        found.append(_records(queries.service_totals(conn, site.site, window)))
    return found[0]


def _records(lines: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): value for name, value in row.items()} for row in lines.to_dict("records")]


@lru_cache(maxsize=128)
def _kept_services(mark: object) -> list[list[dict[str, object]]]:
    """A place to keep the lines about services of one window."""
    return []
