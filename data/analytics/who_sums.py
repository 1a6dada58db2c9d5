"""The 5W matrix: sums of who does what, by service and by organisation, shift, day, month or place. Pure.

Sums are contacts (*atenciones*): somebody who eats, washes and sees a nurse is three. Everything here is made from rows
that were masked one by one (`data.disclosed_doings`), so that no two answers say more together than each alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from data.analytics.who_active import active_by_sector, current_shift
from data.analytics.who_cells import Reserved, Sums, asked_rows, present
from data.days import day_of
from data.types import Site, Window
from data.vocabulary import SERVICE_SECTOR
from data.who_shapes import Cell, Doings, SectorRows, ServiceRow, Shown, WhoAsk, WhoMatrix

# Columns for rows that lie in none: of no one shift, longer than a day.
WHOLE_DAY, LONGER = "whole-day", "longer"
MOST_NAMED = 600  # cells; in a larger matrix who they are is told by their number
NOTHING = Cell(None)


def matrix(
    shown: Shown, ask: WhoAsk, site: Site, now: datetime, lately: Doings, most_named: int = MOST_NAMED
) -> WhoMatrix:
    """`lately`: rows of today and yesterday, which say who is active. `most_named`: cells up to which each says who."""
    rows = shown.doings
    asked = asked_rows(shown, ask)
    columns, column = _columns(rows, ask, site, np.flatnonzero(asked))
    pairs, service = _services(rows, ask, site, asked)
    count = max(1, len(columns))
    whole = Sums(shown, ask, asked)
    alone = ask.across == "organisation"
    by_cell = whole.by(service * count + column, len(pairs) * count, len(pairs) * count <= most_named, None, alone)
    open_box = not ask.organisation and ask.place is None
    total = whole.by(service, len(pairs), False, Reserved(shown, ask, service, len(pairs)) if open_box else None)
    sector_of = {name: place for place, name in enumerate(dict.fromkeys(sector for sector, _ in pairs))}
    to_sector = np.array([sector_of[sector] for sector, _ in pairs] or [0])
    by_sector = to_sector[service] if len(service) else service
    sector_box = Reserved(shown, ask, by_sector, len(sector_of)) if open_box else None
    sectors = whole.by(by_sector, len(sector_of), False, sector_box)
    box = np.zeros(len(rows), dtype=np.int64)
    everything = whole.by(box, 1, False, Reserved(shown, ask, box, 1) if open_box else None)
    by_column = whole.by(column, count, alone=alone)
    shift = current_shift(site, now)
    over = ask.window.end <= shift.start
    active, last = active_by_sector(*((rows, ask.window, ask.window.end) if over else (lately, shift, now)))
    made = []
    for sector, place in sector_of.items():
        told = tuple(
            ServiceRow(
                sector,
                name,
                {key: by_cell[k] for n, key in enumerate(columns) if (k := number * count + n) in by_cell},
                total.get(number, NOTHING),
            )
            for number, (of, name) in enumerate(pairs)
            if of == sector
        )
        made.append(SectorRows(sector, told, sectors.get(place, NOTHING), active.get(sector, ()), last.get(sector)))
    return WhoMatrix(
        ask=ask,
        columns=tuple(columns),
        sectors=tuple(made),
        totals={key: by_column[n] for n, key in enumerate(columns) if n in by_column},
        total=everything.get(0, NOTHING),
        shift=ask.window if over else shift,
        of="period" if over else "shift" if site.shifts else "day",
        organisations=_words(rows, "organisation"),
        places=_words(rows, "place"),
        newest=float(rows.end.max()) if len(rows) else None,
        duplicates=int((asked & ~rows.counted).sum()),
    )


def _words(rows: Doings, name: str) -> tuple[str, ...]:
    found = present(rows.codes[name])
    return tuple(sorted((rows.words[name][code] for code in found.tolist()), key=str.casefold))


def _services(rows: Doings, ask: WhoAsk, site: Site, asked: np.ndarray) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Rows of the matrix: what the site says it offers, in its sectors' order, then what else was done; one without a
    service is a sector of which nothing is known. And of each doing its row."""
    width = len(rows.words["service"]) or 1
    key = rows.codes["sector"].astype(np.int64) * width + rows.codes["service"]
    sectors, services = rows.words["sector"], rows.words["service"]
    done = [(sectors[k // width], services[k % width]) for k in present(key[asked]).tolist()]
    offered = [(str(SERVICE_SECTOR[one]), str(one)) for one in site.services if SERVICE_SECTOR[one]]
    wanted = [pair for pair in dict.fromkeys([*offered, *sorted(done)]) if ask.sector in ("", pair[0])]
    known = [*map(str, site.sectors), *(sector for sector, _ in wanted)]
    order = {sector: place for place, sector in reversed(list(enumerate(known)))}
    silent = [(str(one), "") for one in site.sectors if ask.sector in ("", str(one))]
    wanted += [pair for pair in silent if not any(sector == pair[0] for sector, _ in wanted)]
    wanted.sort(key=lambda pair: order[pair[0]])
    place = {pair: number for number, pair in enumerate(wanted)}
    sector_codes = {word: code for code, word in enumerate(sectors)}
    service_codes = {word: code for code, word in enumerate(services)}
    to_row = np.zeros(width * max(1, len(sectors)), dtype=np.int64)
    for (sector, service), number in place.items():
        if sector in sector_codes and service in service_codes:
            to_row[sector_codes[sector] * width + service_codes[service]] = number
    return wanted, to_row[key]


def _columns(rows: Doings, ask: WhoAsk, site: Site, asked: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """Keys of the columns, in order, and of each doing its column."""
    if ask.across in ("organisation", "place"):
        return _of_words(rows, ask.across, asked)
    if ask.across == "month":
        keys: list[Any] = np.unique(rows.month[asked]).tolist()
        return keys, np.clip(np.searchsorted(keys, rows.month), 0, max(0, len(keys) - 1)) if keys else rows.month * 0
    if ask.across == "day":
        days = _days(site, ask.window)
        place = np.clip(np.searchsorted(days, rows.day, side="right") - 1, 0, len(days) - 1)
        longer = [LONGER] if rows.long[asked].any() else []
        return [*days, *longer], np.where(rows.long, len(days) if longer else 0, place)
    return _by_shift(rows, site, asked)


def _of_words(rows: Doings, name: str, asked: np.ndarray) -> tuple[list[Any], np.ndarray]:
    here = present(rows.codes[name][asked]).tolist()
    here.sort(key=lambda code: rows.words[name][code].casefold())
    place = np.zeros(len(rows.words[name]) or 1, dtype=np.int64)
    place[here] = np.arange(len(here))
    return [rows.words[name][code] for code in here], place[rows.codes[name]]


def _days(site: Site, window: Window) -> list[float]:
    found, day = [], day_of(site, window.start)
    while day.start < window.end:
        found.append(day.start.timestamp())
        day = day_of(site, day.end)
    return found


def _by_shift(rows: Doings, site: Site, asked: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """Shifts of the site by the hour at which they begin; without those, as the partners name them."""
    if not site.shifts:
        columns, place = _of_words(rows, "shift", asked)
        columns = [word or WHOLE_DAY for word in columns]
        longer = rows.long[asked].any()
        return [*columns, *([LONGER] if longer else [])], np.where(rows.long, len(columns), place) if longer else place
    hours = sorted(site.shifts)
    begins = _local_hours(rows.start, site)
    number = (np.searchsorted(hours, begins, side="right") - 1) % len(hours)
    spans = [(after - hour) % 24 or 24 for hour, after in zip(hours, hours[1:] + hours[:1], strict=True)]
    whole = ~rows.long & (rows.end - rows.start > 3600.0 * np.array(spans)[number] + 1)
    place = np.where(rows.long, len(hours) + 1, np.where(whole, len(hours), number))
    keys: list[Any] = [*(f"{hour:02d}:00" for hour in hours), WHOLE_DAY, LONGER]
    used = len(keys) if rows.long[asked].any() else len(keys) - 1 if whole[asked].any() else len(hours)
    return keys[:used], np.minimum(place, used - 1)


def _local_hours(starts: np.ndarray, site: Site) -> np.ndarray:
    zone, (distinct, back) = ZoneInfo(site.zone), np.unique(starts, return_inverse=True)
    local = [datetime.fromtimestamp(at, zone) for at in distinct.tolist()]
    return np.array([at.hour + at.minute / 60 for at in local] or [0.0])[back] if len(starts) else starts
