"""The 5W matrix: sums of who does what, by service and by organisation, shift, day, month or place. Pure.

Sums are contacts (*atenciones*): somebody who eats, washes and sees a nurse is three. Everything here is made from rows
that were masked one by one (`data.disclosed_doings`), so that no two answers say more together than each alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from data.days import day_of
from data.types import Site, Window
from data.vocabulary import SERVICE_SECTOR
from data.who_shapes import Cell, Doings, SectorRows, ServiceRow, Shown, WhoAsk, WhoMatrix

# Columns for rows that lie in none: of no one shift, longer than a day.
WHOLE_DAY, LONGER = "whole-day", "longer"
MOST_NAMED = 600  # cells; in a larger matrix who they are is told by their number
NOTHING = Cell(None)


def matrix(shown: Shown, ask: WhoAsk, site: Site, now: datetime, lately: Doings) -> WhoMatrix:
    """`lately`: rows of today and yesterday, which say who is active."""
    rows = shown.doings
    asked = _asked(shown, ask)
    columns, column = _columns(rows, ask, site, np.flatnonzero(asked))
    pairs, service = _services(rows, ask, site, asked)
    count = max(1, len(columns))
    whole = _Sums(shown, ask, asked)
    by_cell = whole.by(service * count + column, len(pairs) * count, len(pairs) * count <= MOST_NAMED)
    open_box = not ask.organisation and ask.place is None
    total = whole.by(service, len(pairs), False, _Reserved(shown, ask, service, len(pairs)) if open_box else None)
    sector_of = {name: place for place, name in enumerate(dict.fromkeys(sector for sector, _ in pairs))}
    to_sector = np.array([sector_of[sector] for sector, _ in pairs] or [0])
    by_sector = to_sector[service] if len(service) else service
    sector_box = _Reserved(shown, ask, by_sector, len(sector_of)) if open_box else None
    sectors = whole.by(by_sector, len(sector_of), False, sector_box)
    box = np.zeros(len(rows), dtype=np.int64)
    everything = whole.by(box, 1, False, _Reserved(shown, ask, box, 1) if open_box else None)
    by_column = whole.by(column, count, False)
    shift = current_shift(site, now)
    active, last = _active(lately, shift, now, ask)
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
        shift=shift,
        organisations=_words(rows, "organisation"),
        places=_words(rows, "place"),
        newest=float(rows.end.max()) if len(rows) else None,
        duplicates=int((asked & ~rows.counted).sum()),
    )


def _words(rows: Doings, name: str) -> tuple[str, ...]:
    found = np.unique(rows.codes[name])
    return tuple(sorted((rows.words[name][code] for code in found.tolist()), key=str.casefold))


def _asked(shown: Shown, ask: WhoAsk) -> np.ndarray:
    rows = shown.doings
    found = (rows.start >= ask.window.start.timestamp()) & (rows.start < ask.window.end.timestamp())
    for name, wanted in (("sector", ask.sector), ("organisation", ask.organisation)):
        if wanted:
            found &= rows.codes[name] == _code(rows, name, wanted)
    return found if ask.place is None else found & (rows.codes["place"] == _code(rows, "place", ask.place))


def _code(rows: Doings, name: str, word: str) -> int:
    return rows.words[name].index(word) if word in rows.words[name] else -1


def _services(rows: Doings, ask: WhoAsk, site: Site, asked: np.ndarray) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Rows of the matrix: what the site says it offers, in its sectors' order, then what else was done; one without a
    service is a sector of which nothing is known. And of each doing its row."""
    width = len(rows.words["service"]) or 1
    key = rows.codes["sector"].astype(np.int64) * width + rows.codes["service"]
    done = [
        (rows.words["sector"][k // width], rows.words["service"][k % width]) for k in np.unique(key[asked]).tolist()
    ]
    offered = [(str(SERVICE_SECTOR[one]), str(one)) for one in site.services if SERVICE_SECTOR[one]]
    wanted = [pair for pair in dict.fromkeys([*offered, *sorted(done)]) if ask.sector in ("", pair[0])]
    known = [*map(str, site.sectors), *(sector for sector, _ in wanted)]
    order = {sector: place for place, sector in reversed(list(enumerate(known)))}
    silent = [(str(one), "") for one in site.sectors if ask.sector in ("", str(one))]
    wanted += [pair for pair in silent if not any(sector == pair[0] for sector, _ in wanted)]
    wanted.sort(key=lambda pair: order[pair[0]])
    place = {pair: number for number, pair in enumerate(wanted)}
    sector_codes = {word: code for code, word in enumerate(rows.words["sector"])}
    service_codes = {word: code for code, word in enumerate(rows.words["service"])}
    to_row = np.zeros(width * max(1, len(rows.words["sector"])), dtype=np.int64)
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
    present = np.unique(rows.codes[name][asked]).tolist()
    present.sort(key=lambda code: rows.words[name][code].casefold())
    place = np.zeros(len(rows.words[name]) or 1, dtype=np.int64)
    place[present] = np.arange(len(present))
    return [rows.words[name][code] for code in present], place[rows.codes[name]]


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
    begins, shortest = _local_hours(rows.start, site), 24 * 3600.0
    number = (np.searchsorted(hours, begins, side="right") - 1) % len(hours)
    lengths = np.array(
        [((after - hour) % 24 or 24) * 3600.0 for hour, after in zip(hours, hours[1:] + hours[:1], strict=True)]
    )
    shortest = float(lengths.min())
    length = rows.end - rows.start
    whole = ~rows.long & (length > np.maximum(lengths[number], shortest) + 1)
    place = np.where(rows.long, len(hours) + 1, np.where(whole, len(hours), number))
    keys: list[Any] = [*(f"{hour:02d}:00" for hour in hours), WHOLE_DAY, LONGER]
    used = len(keys) if rows.long[asked].any() else len(keys) - 1 if whole[asked].any() else len(hours)
    return keys[:used], np.minimum(place, used - 1)


def _local_hours(starts: np.ndarray, site: Site) -> np.ndarray:
    zone, (distinct, back) = ZoneInfo(site.zone), np.unique(starts, return_inverse=True)
    local = [datetime.fromtimestamp(at, zone) for at in distinct.tolist()]
    return np.array([at.hour + at.minute / 60 for at in local] or [0.0])[back] if len(starts) else starts


@dataclass(frozen=True)
class _Reserved:
    """Sums of hidden rows, where every row of their service and day is asked for."""

    shown: Shown
    ask: WhoAsk
    place: np.ndarray  # of each row
    count: int

    def people(self) -> tuple[np.ndarray, np.ndarray]:
        """Of each place the people of its hidden rows, and how many hidden rows they speak of."""
        shown, rows = self.shown, self.shown.doings
        if self.ask.count != "people" or not len(rows):
            return np.zeros(self.count), np.zeros(self.count)
        first, last = self.ask.window.start.timestamp(), self.ask.window.end.timestamp()
        groups = len(shown.reserved)
        starts_in = (rows.start >= first) & (rows.start < last)
        inside = np.bincount(shown.group, starts_in, groups) == np.bincount(shown.group, minlength=groups)
        hidden = np.bincount(shown.group, shown.hidden, groups)
        told = inside & (hidden > 0) & ~np.isnan(shown.reserved)
        if self.ask.sector:
            of_sector = np.zeros(groups, dtype=bool)
            of_sector[shown.group[rows.codes["sector"] == _code(rows, "sector", self.ask.sector)]] = True
            told &= of_sector
        place = np.zeros(groups, dtype=np.int64)
        place[shown.group] = self.place
        which = np.flatnonzero(told)
        sums = np.bincount(place[which], shown.reserved[which], self.count)
        return sums, np.bincount(place[which], hidden[which], self.count)


class _Sums:
    """Rows that are asked for, ready to be added up by any place."""

    def __init__(self, shown: Shown, ask: WhoAsk, asked: np.ndarray) -> None:
        rows, self.which = shown.doings, np.flatnonzero(asked)
        hidden = shown.hidden if ask.count == "people" else shown.hidden_parts[ask.count]
        self.rows = rows
        self.hidden = hidden[self.which]
        self.counted = rows.counted[self.which]
        self.values = rows.numbers[ask.count][self.which]
        self.known = ~np.isnan(self.values) & ~self.hidden
        self.flagged = rows.flagged[self.which]
        self.partial = rows.partial[self.which] if ask.count != "people" else np.zeros(len(self.which), dtype=bool)
        self.amounts = np.where(shown.hidden[self.which], np.nan, rows.numbers["quantity"][self.which])
        self.units = rows.codes["unit"][self.which]
        self.who = rows.codes["organisation"][self.which]
        self.ask = ask

    def by(self, place: np.ndarray, size: int, names: bool, extra: _Reserved | None = None) -> dict[int, Cell]:
        """A cell for each place where somebody was active. In a column of one organisation what it reported stands as
        it is; a sum of several leaves out what two of them report."""
        at = place[self.which]
        single = bool(self.ask.organisation) or (self.ask.across == "organisation" and names_one(place, self))
        adds = self.known & (self.counted | single)
        rows = np.bincount(at, minlength=size)
        values = np.bincount(at[adds], self.values[adds], size)
        known = np.bincount(at[adds], minlength=size)
        hidden = np.bincount(at[self.hidden], minlength=size)
        missing = np.bincount(at[~self.known & ~self.hidden], minlength=size)
        partial = np.bincount(at[self.partial], minlength=size)
        flagged = np.bincount(at[self.flagged], minlength=size)
        twice = np.bincount(at[~self.counted], minlength=size)
        reserved, spoken = extra.people() if extra is not None else (np.zeros(size), np.zeros(size))
        amounts = self._amounts(at, size, known)
        who = self._who(at, size, names)
        cells = {}
        for k in np.flatnonzero(rows).tolist():
            left = int(hidden[k] - spoken[k])
            some = known[k] > 0 or spoken[k] > 0
            amount, unit = amounts.get(k, (None, ""))
            cells[k] = Cell(
                value=float(values[k] + reserved[k]) if some else None,
                at_least=bool(some and (left > 0 or partial[k] or (twice[k] and not single) or missing[k])),
                hidden=left,
                missing=int(missing[k]),
                flagged=bool(flagged[k]),
                quantity=amount,
                unit=unit,
                who=who.get(k, ()),
                twice=0 if single else int(twice[k]),
            )
        return cells

    def _amounts(self, at: np.ndarray, size: int, known: np.ndarray) -> dict[int, tuple[float, str]]:
        """Where nobody counted people, the amounts of one unit."""
        which = np.flatnonzero(~np.isnan(self.amounts) & (known[at] == 0) & self.counted) if len(at) else at
        if not len(which):
            return {}
        units = self.rows.words["unit"]
        found: dict[int, dict[int, float]] = {}
        for place, unit, amount in zip(
            at[which].tolist(), self.units[which].tolist(), self.amounts[which].tolist(), strict=True
        ):
            of = found.setdefault(place, {})
            of[unit] = of.get(unit, 0.0) + amount
        return {
            place: (amount, units[unit]) for place, of in found.items() if len(of) == 1 for unit, amount in of.items()
        }

    def _who(self, at: np.ndarray, size: int, names: bool) -> dict[int, tuple[str, ...]]:
        if not names:
            return {}
        width = len(self.rows.words["organisation"]) or 1
        found: dict[int, list[str]] = {}
        for key in np.unique(at.astype(np.int64) * width + self.who).tolist():
            found.setdefault(key // width, []).append(self.rows.words["organisation"][key % width])
        return {place: tuple(sorted(who, key=str.casefold)) for place, who in found.items()}


def names_one(place: np.ndarray, sums: _Sums) -> bool:
    """Whether every place holds rows of one organisation only."""
    at = place[sums.which]
    if not len(at):
        return False
    pairs = np.unique(np.column_stack([at, sums.who]), axis=0)
    return len(pairs) == len(np.unique(pairs[:, 0]))


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


def _active(
    lately: Doings, shift: Window, now: datetime, ask: WhoAsk
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, float]]]:
    """By sector, who is active in the current shift; and who was last, until when."""
    first, until = shift.start.timestamp(), min(now, shift.end).timestamp()
    sectors, organisations = (lately.words[name] for name in ("sector", "organisation"))
    active: dict[str, set[str]] = {}
    last: dict[str, tuple[str, float]] = {}
    which: Sequence[int] = np.flatnonzero(lately.start < until).tolist()
    ends, starts = lately.end.tolist(), lately.start.tolist()
    for row in which:
        sector = sectors[lately.codes["sector"][row]]
        who = organisations[lately.codes["organisation"][row]]
        if ends[row] > first and (starts[row] < until):
            active.setdefault(sector, set()).add(who)
        if sector not in last or ends[row] > last[sector][1]:
            last[sector] = (who, ends[row])
    return {sector: tuple(sorted(who, key=str.casefold)) for sector, who in active.items()}, last
