"""From the lines of one site about services to figures of their periods and days. Pure: frames in, frames out."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from data.grains import REVISION, totals, winning
from data.revisions import NATURAL_KEY
from data.types import Window
from data.vocabulary import Dataset

# Who did what where: the lines of one activity speak of the same thing at different times.
ACTIVITY = ["source", "organisation", "sector", "service", "activity", "place", "unit"]
PERIOD = [*ACTIVITY, "shift", "start", "end"]
BREAKDOWN = ["sex", "age_band", "need"]
SUMS = ["people", "quantity"]

LINE_COLUMNS = [
    *ACTIVITY,
    *("shift", "start", "end"),
    *BREAKDOWN,
    *("quantity", "people", "capacity"),
    *REVISION,
]


def service_winning(lines: pd.DataFrame) -> pd.DataFrame:
    """Of the lines of one key the one that counts; nothing written is "" in `activity` and `unit`."""
    lines = lines.assign(activity=lines["activity"].fillna(""), unit=lines["unit"].fillna(""))
    return winning(lines, NATURAL_KEY[Dataset.SERVICE])


def service_totals(won: pd.DataFrame) -> pd.DataFrame:
    """One row per activity, shift and period: ACTIVITY, shift, start, end, quantity, people, capacity, received_at.

    A breakdown gives its total as flow does; a capacity is one place's, not a part's, so the largest stands.
    `won`: from `service_winning`. Of a long period and the shorter ones inside it the shorter stay if they fill it,
    else the long one.
    """
    if not (won[BREAKDOWN] != "").to_numpy().any():
        # Of each key one line, which is its total: nothing to add up.
        return one_grain(won[[*PERIOD, *SUMS, "capacity", "received_at"]])
    won = with_units_of_totals(won).assign(at_least=False, method="")
    found = totals(won, PERIOD, BREAKDOWN, SUMS)
    capacity = won.groupby(PERIOD, sort=False)["capacity"].max().reset_index()
    found = found.merge(capacity, on=PERIOD, how="left")
    return one_grain(found).drop(columns=["at_least", "method"])


def with_units_of_totals(won: pd.DataFrame) -> pd.DataFrame:
    """Parts of people that name no unit are those of the total beside them, whatever that one's amount is counted in:
    told apart by their unit they would be counted once more."""
    broken = (won[BREAKDOWN] != "").to_numpy().any(axis=1)
    bare = broken & (won["unit"] == "").to_numpy()
    wholes = won[~broken & (won["unit"] != "").to_numpy()]
    if not bare.any() or wholes.empty:
        return won
    same = [name for name in PERIOD if name != "unit"]
    named = wholes.sort_values("unit").drop_duplicates(same)[[*same, "unit"]]
    found = won.loc[bare, same].merge(named, on=same, how="left")["unit"].fillna("")
    units = won["unit"].to_numpy(dtype=object, copy=True)
    units[bare] = found.to_numpy()
    return won.assign(unit=pd.array(units, dtype="str"))


def one_grain(periods: pd.DataFrame, activity: list[str] = ACTIVITY) -> pd.DataFrame:
    """Of a long period and the shorter ones inside it the shorter stay if they fill it, else the long one."""
    length = periods["end"] - periods["start"]
    if length.nunique() <= 1:
        return periods
    mixed = length.groupby([periods[c] for c in activity]).transform("nunique") > 1
    if not mixed.any():
        return periods
    dropped: list[Hashable] = []
    for _, same in periods[mixed].groupby(activity, sort=False):
        spans = same.assign(length=same["end"] - same["start"]).sort_values("length")
        for place, long in spans.iterrows():
            shorter = spans[
                (spans["length"] < long["length"])
                & (spans["start"] >= long["start"])
                & (spans["end"] <= long["end"])
                & ~spans.index.isin(dropped)
            ]
            if len(shorter):
                dropped += [place] if shorter["length"].sum() >= long["length"] else list(shorter.index)
    return periods.drop(index=dropped)


def days(periods: pd.DataFrame, operational_days: tuple[Window, ...]) -> pd.DataFrame:
    """Sums by operational day of the periods that begin in it, a night shift too; those longer than a day have none.

    Columns: day, sector, service, organisation, source, unit, quantity, people, capacity, lines, last_end, received_at.
    Missing where every part is missing. The capacity of shifts that follow each other is the largest one's.
    """
    starts = pd.Series([day.start for day in operational_days], dtype="datetime64[us, UTC]")
    ends = pd.Series([day.end for day in operational_days], dtype="datetime64[us, UTC]")
    place = starts.searchsorted(periods["start"], side="right") - 1
    placed = periods.assign(day=starts.reindex(place).array, day_end=ends.reindex(place).array)
    length, full = placed["end"] - placed["start"], placed["day_end"] - placed["day"]
    placed = placed[(place >= 0) & (placed["start"] < placed["day_end"]) & (length <= full)]
    group = ["day", "sector", "service", "organisation", "source", "unit"]
    grouped = placed.groupby(group, sort=False)
    result = grouped[["quantity", "people"]].sum(min_count=1)
    # Places that differ add up; shifts of one place do not.
    by_place = placed.groupby([*group, "activity", "place"], sort=False)["capacity"].max()
    result["capacity"] = by_place.groupby(group, sort=False).sum(min_count=1)
    result["lines"] = grouped.size()
    result["last_end"] = grouped["end"].max()
    result["received_at"] = grouped["received_at"].max()
    return result.reset_index()
