"""Who is active in the current shift of a site, by sector. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from data.days import day_of
from data.types import Site, Window
from data.who_shapes import Doings


def current_shift(site: Site, now: datetime) -> Window:
    """The shift of the site that runs at a moment; without shifts its operational day."""
    day = day_of(site, now)
    if not site.shifts:
        return day
    zone = ZoneInfo(site.zone)
    local = now.astimezone(zone)
    starts = sorted(
        (local.replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=back))
        for hour in site.shifts
        for back in (-1, 0, 1)
    )
    begun = [at for at in starts if at <= local]
    return Window(begun[-1].astimezone(day.start.tzinfo), starts[len(begun)].astimezone(day.start.tzinfo))


def active_by_sector(
    lately: Doings, shift: Window, now: datetime
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, float]]]:
    """By sector, who is active in the current shift; and who was last, until when."""
    first, until = shift.start.timestamp(), min(now, shift.end).timestamp()
    sectors, organisations = (lately.words[name] for name in ("sector", "organisation"))
    active: dict[str, set[str]] = {}
    last: dict[str, tuple[str, float]] = {}
    which = np.flatnonzero(lately.start < until).tolist()
    ends, starts = lately.end.tolist(), lately.start.tolist()
    for row in which:
        sector = sectors[lately.codes["sector"][row]]
        who = organisations[lately.codes["organisation"][row]]
        if ends[row] > first and (starts[row] < until):
            active.setdefault(sector, set()).add(who)
        if sector not in last or ends[row] > last[sector][1]:
            last[sector] = (who, ends[row])
    return {sector: tuple(sorted(who, key=str.casefold)) for sector, who in active.items()}, last
