"""Figures of one series as they were told before their last correction, and when they were first told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from data import grains
from data.days import hour_starts
from data.types import Site, Window

KEY = [*grains.SERIES, "start", "minutes", *grains.BREAKDOWN]


@dataclass(frozen=True)
class Marks:
    """By the start of the hour or day. `hours`, `days`: what a corrected figure had said; `first`: when an hour of
    which more than one report came was first told."""

    hours: Mapping[datetime, float] = field(default_factory=dict)
    days: Mapping[datetime, float] = field(default_factory=dict)
    first: Mapping[datetime, datetime] = field(default_factory=dict)

    def and_those_of(self, other: Marks) -> Marks:
        """Together with those of other days."""
        return Marks({**self.hours, **other.hours}, {**self.days, **other.days}, {**self.first, **other.first})


def marks(lines: pd.DataFrame, site: Site, days: tuple[Window, ...]) -> Marks:
    """`lines`: every counting line of one series that starts in these days, with KEY, people, ... and REVISION."""
    if _whole_hours(lines, site):
        return _marks_of_hours(lines, days)
    return _marks_of_any(lines, site, days)


def _whole_hours(lines: pd.DataFrame, site: Site) -> bool:
    """Whether every line is the total of one clock hour of one lane, as most sites report."""
    alike = all((lines[name] == lines[name].iloc[0]).all() for name in grains.SERIES)
    total = (lines[grains.BREAKDOWN] == "").to_numpy().all()
    if not alike or not total or not (lines["minutes"] == 60).all():
        return False
    return bool((hour_starts(site, lines["start"]) == lines["start"]).all())


def _marks_of_hours(lines: pd.DataFrame, days: tuple[Window, ...]) -> Marks:
    """As `_marks_of_any`: the figure of such an hour is its line, that of a day the sum of its hours."""
    told: dict[datetime, list[tuple[Any, ...]]] = {}
    for start, *line in zip(*(lines[name].tolist() for name in ("start", "people", *grains.REVISION)), strict=True):
        told.setdefault(start.to_pydatetime(), []).append(tuple(line))
    now: dict[datetime, float] = {}
    old: dict[datetime, float] = {}
    first: dict[datetime, datetime] = {}
    for start, revisions in told.items():
        now[start], old[start] = _now_and_before(revisions)
        if len(revisions) > 1:
            first[start] = min(revisions, key=_arrival)[2].to_pydatetime()
    of_days: dict[datetime, float] = {}
    for day in days:
        inside = [start for start in told if day.start <= start < day.end]
        was = sum(old[start] for start in inside)
        if abs(sum(now[start] for start in inside) - was) > 1e-6:
            of_days[day.start] = was
    return Marks({start: was for start, was in old.items() if abs(now[start] - was) > 1e-6}, of_days, first)


def _arrival(line: tuple[Any, ...]) -> tuple[Any, ...]:
    _, _, received, line_id = line
    return received, line_id


def _now_and_before(revisions: list[tuple[Any, ...]]) -> tuple[float, float]:
    """People of one key, and what it said before the last change; `revisions`: people and REVISION."""
    ranked = sorted(revisions, key=lambda line: line[1:])
    now = before = float(ranked[-1][0])
    highest = -1
    for line in sorted(revisions, key=_arrival):
        # Of the lines that had come by then the highest counts.
        highest = max(highest, ranked.index(line))
        said = float(ranked[highest][0])
        before = said if said != now else before
    return now, before


def _marks_of_any(lines: pd.DataFrame, site: Site, days: tuple[Window, ...]) -> Marks:
    now_hours, now_days = _figures(lines, site, days)
    old_hours, old_days = _figures(before(lines), site, days)
    repeated = lines[lines.duplicated(KEY, keep=False)]
    arrived = repeated.sort_values(["received_at", "line_id"]).drop_duplicates(KEY)
    first, _ = _figures(arrived, site, days)
    told = first.groupby("hour")["received_at"].max()
    return Marks(
        _differing(now_hours, old_hours, "hour"),
        _differing(now_days, old_days, "day"),
        {pd.Timestamp(str(hour)).to_pydatetime(): at.to_pydatetime() for hour, at in told.items()},
    )


def before(lines: pd.DataFrame) -> pd.DataFrame:
    """One line per key: what it said before the last change of its value, else what it says."""
    ranked = lines.sort_values(grains.REVISION).reset_index(drop=True)
    arrived = ranked.assign(rank=ranked.index).sort_values(["received_at", "line_id"])
    # Of the lines that had come by then the highest counts.
    arrived["told"] = ranked["people"].reindex(arrived.groupby(KEY, sort=False)["rank"].cummax()).to_numpy()
    stands = arrived.groupby(KEY, sort=False)["told"].transform("last")
    last = arrived[arrived["told"] != stands].drop_duplicates(KEY, keep="last")
    kept = grains.winning(lines, KEY).merge(last[[*KEY, "told"]], on=KEY, how="left")
    return kept.assign(people=kept["told"].fillna(kept["people"])).drop(columns="told")


def _figures(lines: pd.DataFrame, site: Site, days: tuple[Window, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    hours = grains.hours(grains.flow_totals(lines[lines["minutes"] <= 60]), site)
    return hours, grains.days(hours, grains.flow_totals(lines[lines["minutes"] > 60]), days)


def _differing(now: pd.DataFrame, old: pd.DataFrame, moment: str) -> dict[datetime, float]:
    # Lanes that are asked for together stand together.
    shown, was = (figures.groupby(moment)["people"].sum() for figures in (now, old))
    both = pd.DataFrame({"shown": shown, "was": was}).dropna()
    changed = both.loc[(both["shown"] - both["was"]).abs() > 1e-6, "was"]
    return {pd.Timestamp(str(at)).to_pydatetime(): float(people) for at, people in changed.items()}
