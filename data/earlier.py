"""Figures of one series as they were told before their last correction, and when they were first told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from data import grains
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
