"""Two who report the same service at the same place and time: found, and what a decision leaves out. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from data.sources.words import plain
from data.types import Window
from data.vocabulary import Service

Party = tuple[str, str]  # source, organisation

KEEP_BOTH, FIRST_COUNTS, SECOND_COUNTS, OPEN = "keep-both", "first-counts", "second-counts", "open"
VERDICTS = (KEEP_BOTH, FIRST_COUNTS, SECOND_COUNTS, OPEN)
SAME = ["day", "sector", "service", "place_key"]


@dataclass(frozen=True)
class Overlap:
    """`first` and `second` in the order of their names, so that whoever reports first changes nothing."""

    day: datetime
    sector: str
    service: str
    place: str
    first: Party
    second: Party
    facts: Mapping[str, Any]

    def pair(self, site: str) -> str:
        return _name(site, self.sector, self.service, self.place, *self.first, *self.second)

    def name(self, site: str) -> str:
        return _name(self.pair(site), self.day.isoformat())


@dataclass(frozen=True)
class Step:
    """One decision about a pair: for its day, or from that day on."""

    day: datetime
    onwards: bool
    verdict: str


@dataclass(frozen=True)
class Ruling:
    """Every decision about a pair, oldest first. The last one that speaks of a day holds on it."""

    sector: str
    service: str
    place: str
    first: Party
    second: Party
    steps: tuple[Step, ...]

    def verdict(self, day: datetime) -> str:
        told = [step for step in self.steps if step.day == day or (step.onwards and step.day <= day)]
        return told[-1].verdict if told else OPEN


def _name(*words: str) -> str:
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:12]


def within_days(lines: pd.DataFrame, days: Sequence[Window]) -> pd.DataFrame:
    """Lines whose period lies in one operational day, with `day` (its start) and `place_key`.

    A week's report of one organisation and the days of another are not the same report.
    """
    starts = pd.Series([day.start for day in days], dtype="datetime64[us, UTC]")
    ends = pd.Series([day.end for day in days], dtype="datetime64[us, UTC]")
    place = starts.searchsorted(lines["start"], side="right") - 1
    placed = lines.assign(day=starts.reindex(place).array, day_end=ends.reindex(place).array)
    placed = placed[(place >= 0) & (placed["end"] <= placed["day_end"])]
    keys = {name: plain(name) for name in placed["place"].unique()}
    return placed.assign(place_key=placed["place"].map(keys).astype("str")).drop(columns="day_end")


def overlaps(lines: pd.DataFrame, days: Sequence[Window]) -> list[Overlap]:
    """Every two parties with lines of one service, place and day whose periods overlap and whose units agree.

    `lines`: those that count, of one key the newest. Columns: source, organisation, sector, service, place, shift,
    unit, start, end, quantity, people.
    """
    # "Other" says what it is not: nobody can tell whether two of them are one.
    placed = within_days(lines[lines["service"] != Service.OTHER], days)
    if placed.empty:
        return []
    party = placed["source"] + "\x00" + placed["organisation"]
    several = party.groupby([placed[c] for c in SAME], sort=False).transform("nunique") > 1
    found = []
    for (day, sector, service, place), group in placed[several].groupby(SAME, sort=True):
        parties = {
            (str(source), str(organisation)): part
            for (source, organisation), part in group.groupby(["source", "organisation"], sort=True)
        }
        for first, second in combinations(sorted(parties), 2):
            both = _meeting(parties[first], parties[second])
            if both is not None:
                facts = {"first": _told(both[0]), "second": _told(both[1])}
                found.append(
                    Overlap(
                        pd.Timestamp(str(day)).to_pydatetime(),
                        str(sector),
                        str(service),
                        str(place),
                        first,
                        second,
                        facts,
                    )
                )
    return found


def _meeting(one: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """The lines of each that overlap one of the other's, where any do."""
    meets = _meets(one, other)
    if not meets.any():
        return None
    return one.iloc[np.flatnonzero(meets.any(axis=1))], other.iloc[np.flatnonzero(meets.any(axis=0))]


def _meets(one: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
    starts, ends = (one[c].to_numpy()[:, None] for c in ("start", "end"))
    units, others = (part["unit"].fillna("").map(plain).to_numpy() for part in (one, other))
    agree = (units[:, None] == others[None, :]) | (units[:, None] == "") | (others[None, :] == "")
    return (starts < other["end"].to_numpy()[None, :]) & (other["start"].to_numpy()[None, :] < ends) & agree


def _told(lines: pd.DataFrame) -> dict[str, Any]:
    """What a party reported, for who decides: sums of the totals, or of the parts where there are no totals."""
    whole = lines[(lines["sex"] == "") & (lines["age_band"] == "") & (lines["need"] == "")]
    lines = lines if whole.empty else whole
    sums = lines[["quantity", "people"]].sum(min_count=1)
    return {
        "quantity": None if pd.isna(sums["quantity"]) else float(sums["quantity"]),
        "people": None if pd.isna(sums["people"]) else float(sums["people"]),
        "unit": next((str(unit) for unit in lines["unit"].fillna("") if unit), ""),
        "shift": ", ".join(sorted({str(shift) for shift in lines["shift"] if shift})),
        "start_at": lines["start"].min().isoformat(),
        "end_at": lines["end"].max().isoformat(),
    }


def left_out(lines: pd.DataFrame, rulings: Sequence[Ruling], days: Sequence[Window]) -> np.ndarray:
    """Which lines do not count: of two who reported the same thing, those of the one decided against.

    Only where the other's line is there: were it undone, the first would count again by itself.
    """
    dropped = np.zeros(len(lines), dtype=bool)
    rulings = [r for r in rulings if any(step.verdict in (FIRST_COUNTS, SECOND_COUNTS) for step in r.steps)]
    if not rulings or lines.empty:
        return dropped
    placed = within_days(lines.assign(row=np.arange(len(lines))), days)
    for ruling in rulings:
        same = placed[
            (placed["sector"] == ruling.sector)
            & (placed["service"] == ruling.service)
            & (placed["place_key"] == ruling.place)
        ]
        for day, here in same.groupby("day"):
            verdict = ruling.verdict(pd.Timestamp(str(day)).to_pydatetime())
            if verdict not in (FIRST_COUNTS, SECOND_COUNTS):
                continue
            first, second = (
                here[(here["source"] == source) & (here["organisation"] == organisation)]
                for source, organisation in (ruling.first, ruling.second)
            )
            winner, loser = (first, second) if verdict == FIRST_COUNTS else (second, first)
            if len(winner) and len(loser):
                dropped[loser["row"].to_numpy()[_meets(loser, winner).any(axis=1)]] = True
    return dropped
