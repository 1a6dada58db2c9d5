"""Who is active in the current shift of a site, by sector. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from data.analytics.who_cells import present
from data.days import day_of
from data.types import Site, Window
from data.who_shapes import Doings

# Rows among which who was last is looked for.
MANY = 50_000


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
    rows: Doings, span: Window, until: datetime
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, float]]]:
    """By sector, who was active in a span of time up to a moment; and who was last, until when (seconds since 1970)."""
    first, last = span.start.timestamp(), min(until, span.end).timestamp()
    sectors, organisations = (rows.words[name] for name in ("sector", "organisation"))
    begun = rows.start < last
    width = len(organisations) or 1
    pairs = rows.codes["sector"].astype(np.int64) * width + rows.codes["organisation"]
    active: dict[str, list[str]] = {}
    for pair in present(pairs[begun & (rows.end > first)]).tolist():
        active.setdefault(sectors[pair // width], []).append(organisations[pair % width])
    which = np.flatnonzero(begun)
    newest = which[np.argsort(rows.end[which], kind="stable")]
    ended = (
        {
            sectors[sector]: (organisations[who], end)
            for sector, who, end in zip(
                *(rows.codes[name][newest].tolist() for name in ("sector", "organisation")),
                rows.end[newest].tolist(),
                strict=True,
            )
        }
        if len(newest) < MANY
        else {}
    )
    return {sector: tuple(sorted(who, key=str.casefold)) for sector, who in active.items()}, ended
