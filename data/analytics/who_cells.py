"""Rows of who does what added up by any place, and the sums of hidden ones that may be told. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.vocabulary import Service
from data.who_shapes import Cell, Doings, Shown, WhoAsk

# Of these there is as much in the evening as in the morning.
STANDING = (Service.LATRINES, Service.SHOWERS, Service.SHELTER_PLACES)


def present(codes: np.ndarray) -> np.ndarray:
    """The distinct ones of small whole numbers, in order."""
    return np.flatnonzero(np.bincount(codes)) if len(codes) else codes


def asked_rows(shown: Shown, ask: WhoAsk) -> np.ndarray:
    rows = shown.doings
    found = (rows.start >= ask.window.start.timestamp()) & (rows.start < ask.window.end.timestamp())
    for name, wanted in (("sector", ask.sector), ("organisation", ask.organisation)):
        if wanted:
            found &= rows.codes[name] == code_of(rows, name, wanted)
    return found if ask.place is None else found & (rows.codes["place"] == code_of(rows, "place", ask.place))


def code_of(rows: Doings, name: str, word: str) -> int:
    return rows.words[name].index(word) if word in rows.words[name] else -1


@dataclass(frozen=True)
class Reserved:
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
            of_sector[shown.group[rows.codes["sector"] == code_of(rows, "sector", self.ask.sector)]] = True
            told &= of_sector
        place = np.zeros(groups, dtype=np.int64)
        place[shown.group] = self.place
        which = np.flatnonzero(told)
        sums = np.bincount(place[which], shown.reserved[which], self.count)
        return sums, np.bincount(place[which], hidden[which], self.count)


class Sums:
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
        self.services = rows.codes["service"][self.which]
        self.places = rows.codes["place"][self.which]
        self.ask = ask

    def by(
        self, place: np.ndarray, size: int, names: bool = False, extra: Reserved | None = None, alone: bool = False
    ) -> dict[int, Cell]:
        """A cell for each place where somebody was active. Of one organisation (`alone`) what it reported stands as it
        is; a sum of several leaves out what two of them report."""
        at = place[self.which]
        single = alone or bool(self.ask.organisation)
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
        """Where nobody counted people, the amounts of one unit. What stands on the ground is there in every shift: of
        one organisation and place the most of it, never the sum of the shifts."""
        which = np.flatnonzero(~np.isnan(self.amounts) & (known[at] == 0) & self.counted) if len(at) else at
        if not len(which):
            return {}
        units, stands = self.rows.words["unit"], self._stands(which)
        found: dict[int, dict[int, float]] = {}
        most: dict[tuple[int, int, int, int, int], float] = {}
        parts = (at, self.units, self.amounts, self.services, self.who, self.places)
        told = zip(*(part[which].tolist() for part in parts), stands.tolist(), strict=True)
        for place, unit, amount, service, who, where, standing in told:
            of = found.setdefault(place, {})
            before = 0.0
            if standing:
                key = (place, unit, service, who, where)
                before = most.get(key, 0.0)
                most[key] = max(amount, before)
            of[unit] = of.get(unit, 0.0) + max(0.0, amount - before)
        alone = {place: of for place, of in found.items() if len(of) == 1}
        return {place: (amount, units[unit]) for place, of in alone.items() for unit, amount in of.items()}

    def _stands(self, which: np.ndarray) -> np.ndarray:
        standing = np.array([word in STANDING for word in self.rows.words["service"]], dtype=bool)
        return standing[self.services[which]]

    def _who(self, at: np.ndarray, size: int, names: bool) -> dict[int, tuple[str, ...]]:
        if not names:
            return {}
        width = len(self.rows.words["organisation"]) or 1
        found: dict[int, list[str]] = {}
        for key in present(at.astype(np.int64) * width + self.who).tolist():
            found.setdefault(key // width, []).append(self.rows.words["organisation"][key % width])
        return {place: tuple(sorted(who, key=str.casefold)) for place, who in found.items()}
