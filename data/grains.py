"""From the lines of one site to figures of hours and days, by the rules of revision, breakdown and grain.

Pure: frames in, frames out; the rollups and the reads *as known at* a moment both come from here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.days import hour_starts
from data.types import Site, Window
from data.vocabulary import Method

SERIES = ["stage", "measure", "lane", "source"]
BREAKDOWN = ["category", "sex", "age_band", "nationality"]
REVISION = ["issued_at", "received_at", "line_id"]

HOUR = pd.Timedelta(hours=1)
DAY_MINUTES = 1440
MANY = 5_000

# The method of a sum is that of its weakest part: made by a model, by a guess, from a sample, from other figures,
# by counting heads, from a register.
WEAKEST_FIRST = (
    Method.MODELLED,
    Method.ESTIMATED,
    Method.SAMPLED,
    Method.DERIVED,
    Method.COUNTED,
    Method.REGISTERED,
)

# A wide age band counts the people of the narrow ones again.
NARROW_BANDS = {"0-17": ("0-4", "5-11", "12-17"), "18+": ("18-59", "60+")}


def winning(lines: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Of the lines of one key only the one that counts: highest issued_at, then received_at, then line_id."""
    # Most columns of a large delivery's key hold one word throughout: comparing with it costs less than counting.
    telling = [c for c in key if len(lines) < MANY or not (lines[c] == lines[c].iloc[0]).all()] or key[:1]
    repeated = lines.duplicated(telling, keep=False)
    if not repeated.any():
        return lines
    newest = lines[repeated].sort_values(REVISION).drop_duplicates(telling, keep="last")
    return pd.concat([lines[~repeated], newest])


def totals(lines: pd.DataFrame, interval: list[str], dimensions: list[str], sums: list[str]) -> pd.DataFrame:
    """One row per interval: its total where one was reported, else the sum of the parts of one set of dimensions.

    Parts by different dimensions are never added to each other: of several sets the one with the highest first
    sum is closest to everybody. Expects winning lines; columns interval, sums, at_least, method, received_at.
    """
    broken = np.zeros(len(lines), dtype=int)
    for place, dimension in enumerate(dimensions):
        broken |= (lines[dimension] != "").to_numpy().astype(int) << place
    columns = [*interval, *sums, "at_least", "method", "received_at"]
    if not broken.any():
        return lines[columns]
    parts = without_overlapping_bands(lines.assign(broken=broken), [*interval, "broken"], dimensions)
    parts = summed(parts, [*interval, "broken"], sums)
    parts["total"] = parts["broken"] == 0
    chosen = parts.sort_values(["total", sums[0], "broken"], ascending=[True, True, False], na_position="first")
    return chosen.drop_duplicates(interval, keep="last")[columns]


def without_overlapping_bands(lines: pd.DataFrame, group: list[str], dimensions: list[str]) -> pd.DataFrame:
    if not lines["age_band"].isin(NARROW_BANDS).any():
        return lines
    others = [*group, *(d for d in dimensions if d != "age_band")]
    counted_twice = pd.Series(False, index=lines.index)
    for wide, narrow in NARROW_BANDS.items():
        has_wide = lines["age_band"].eq(wide).groupby([lines[c] for c in others]).transform("any")
        counted_twice |= has_wide & lines["age_band"].isin(narrow)
    return lines[~counted_twice]


def summed(parts: pd.DataFrame, group: list[str], sums: list[str]) -> pd.DataFrame:
    """Sums per group: at_least as soon as one part is, the method of the weakest, missing where a part is missing."""
    rank = {str(method): place for place, method in enumerate(WEAKEST_FIRST)}
    parts = parts.assign(method=parts["method"].map(rank).fillna(0).astype(int))
    words = dict(enumerate(map(str, WEAKEST_FIRST)))
    if not parts.duplicated(group).any():
        # Mostly a delivery tells each hour once: there is nothing to add up.
        alone = parts[[*group, *sums, "at_least", "method", "received_at"]].reset_index(drop=True)
        return alone.assign(at_least=alone["at_least"].astype(bool), method=alone["method"].map(words).astype("str"))
    grouped = parts.groupby(group, sort=False, dropna=False)
    result = grouped[sums].sum()
    missing = grouped[sums].count().lt(grouped.size(), axis=0)
    result = result.mask(missing)
    result["at_least"] = grouped["at_least"].any()
    result["method"] = grouped["method"].min().map(words).astype("str")
    result["received_at"] = grouped["received_at"].max()
    return result.reset_index()


def flow_totals(lines: pd.DataFrame) -> pd.DataFrame:
    """Flow lines to one row per series, start and minutes: people, low, high, at_least, method, received_at."""
    return totals_of_flow(flow_winning(lines))


def flow_winning(lines: pd.DataFrame) -> pd.DataFrame:
    """Of the flow lines of one key the one that counts."""
    return winning(lines, [*SERIES, "start", "minutes", *BREAKDOWN])


def totals_of_flow(won: pd.DataFrame) -> pd.DataFrame:
    """As `flow_totals`, from lines of which the newest of each key were picked already."""
    return totals(won, [*SERIES, "start", "minutes"], BREAKDOWN, ["people", "low", "high"])


def hours(intervals: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Figures by clock hour from `flow_totals`: series, hour, people, minutes, at_least, method, received_at.

    Lines of one length that start alike within the hour tile it without overlap: such a grid gives the hour, the
    finest that covers it whole, else the one that covers most of it. Lines that reach over an hour's end give none.
    """
    hour = hour_starts(site, intervals["start"])
    length = pd.to_timedelta(intervals["minutes"], unit="min")
    inside = (intervals["minutes"] <= 60) & (intervals["start"] + length <= hour + HOUR)
    parts = intervals.assign(hour=hour, covered=intervals["minutes"])[inside]
    into = (parts["start"] - parts["hour"]).dt.total_seconds() // 60
    parts["phase"] = into.astype("int64") % parts["minutes"]
    group = [*SERIES, "hour", "minutes", "phase"]
    grids = summed(parts, group, ["people", "covered"]) if len(parts) else parts
    grids = _finest_complete(grids.assign(full=60), [*SERIES, "hour"])
    columns = [*SERIES, "hour", "people", "minutes", "at_least", "method", "received_at"]
    return grids.drop(columns="minutes").rename(columns={"covered": "minutes"})[columns].astype({"minutes": "int64"})


def _finest_complete(candidates: pd.DataFrame, period: list[str]) -> pd.DataFrame:
    """Per period the candidate of the shortest lines that tell it whole; if none does, the highest: all of them are
    lower bounds then, and none may take a higher one back."""
    complete = (candidates["covered"] >= candidates["full"]) & ~candidates["at_least"].astype(bool)
    worth = candidates["people"].where(~complete, 0.0)
    order = candidates.assign(complete=complete, worth=worth, finer=-candidates["minutes"])
    order = order.sort_values([*period, "complete", "worth", "finer"])
    return order.drop_duplicates(period, keep="last").drop(columns=["complete", "worth", "finer"])


def days(hourly: pd.DataFrame, coarse: pd.DataFrame, operational_days: tuple[Window, ...]) -> pd.DataFrame:
    """Figures by operational day from `hours` and those `flow_totals` that are longer than an hour.

    Columns: series, day, people, low, high, minutes, at_least, method, grain_minutes, differs, received_at.
    A day's own line gives method and range to hours that sum to it exactly; where they do not, `differs` is the
    line minus the sum. A shift counts whole on the day on which it begins, as the night of a hospital does; where the
    day has a line of its own, a shift that reaches into the next one is left out. A day of which a part is not
    reported, or whose line was sent before it was over, is at least its figure.
    """
    daily = _in_days(coarse.rename(columns={"start": "at"}), operational_days)
    whole = (daily["at"] == daily["day"]) & (daily["minutes"].isin([DAY_MINUTES]) | (daily["minutes"] == daily["full"]))
    own = daily[whole].drop_duplicates([*SERIES, "day"], keep="last")
    early = own["received_at"] < own["end"]
    own = own.assign(covered=own["full"], at_least=own["at_least"].astype(bool) | early)
    shifts = daily[~whole & (daily["minutes"] < daily["full"])]
    shifts = _shifts(_counted_shifts(shifts, own)) if len(shifts) else shifts
    by_hour = _in_days(hourly.rename(columns={"hour": "at"}), operational_days)
    by_hour = by_hour.assign(covered=by_hour["minutes"], low=np.nan, high=np.nan, minutes=60)
    candidates = [
        summed(part, [*SERIES, "day", "full", "minutes", *extra], ["people", "low", "high", "covered"])
        for part, extra in ((by_hour, []), (shifts, ["grid"]))
        if len(part)
    ]
    picked = pd.concat([*candidates, own]) if candidates else own
    picked = _finest_complete(picked, [*SERIES, "day"])
    picked["at_least"] = picked["at_least"].astype(bool) | (picked["covered"] < picked["full"])
    return _described(picked, own)


def _counted_shifts(shifts: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """A day's own line and shifts that end tomorrow speak of different hours: they are not compared."""
    crossing = shifts["at"] + pd.to_timedelta(shifts["minutes"], unit="min") > shifts["end"]
    if not crossing.any() or own.empty:
        return shifts
    day = [*SERIES, "day"]
    told = pd.MultiIndex.from_frame(shifts[day]).isin(pd.MultiIndex.from_frame(own[day]))
    return shifts[~(crossing & told)]


def _described(picked: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    line = own[[*SERIES, "day", "people", "low", "high", "method", "minutes"]]
    both = picked.merge(line, on=[*SERIES, "day"], how="left", suffixes=("", "_line"))
    finer = both["minutes"] < both["minutes_line"]  # False where there is no line of the day
    gap = (both["people_line"] - both["people"]).where(finer)
    same = gap.abs() <= 1e-6 * both["people"].clip(lower=1)
    for column in ("low", "high", "method"):
        both[column] = both[column].where(~same, both[column + "_line"])
    both["differs"] = gap.where(~same)
    both = both.drop(columns=["minutes_line"]).rename(columns={"minutes": "grain_minutes", "covered": "minutes"})
    columns = [*SERIES, "day", "people", "low", "high", "minutes", "at_least", "method", "grain_minutes", "differs"]
    return both[[*columns, "received_at"]].astype({"minutes": "int64", "grain_minutes": "int64"})


def across_lanes(lanes: list[pd.DataFrame], period: str) -> pd.DataFrame:
    """Hours or days of the lanes of one series put together, by their column `period`.

    A lane that reports elsewhere in the window and not here leaves a lower bound; so does the part of an hour or a day
    that one of them does not cover.
    """
    told = [lane for lane in lanes if len(lane)]
    if len(told) < 2:
        return told[0] if told else lanes[0]
    every = pd.concat([lane.assign(lane=place) for place, lane in enumerate(told)], ignore_index=True)
    ranged = [name for name in ("low", "high") if name in every]
    unranged = every.groupby(period)[ranged].transform("count").eq(0)
    for name in ranged:
        every[name] = every[name].fillna(every["people"]).where(~unranged[name])
    method, received = every["method"], every["received_at"]
    found = summed(every.assign(method=method, received_at=received), [period], ["people", *ranged])
    grouped = every.groupby(period, sort=False)
    for name, take in (("minutes", "min"), ("grain_minutes", "max")):
        if name in every:
            found[name] = grouped[name].agg(take).reindex(found[period]).to_numpy()
    if "differs" in every:
        found["differs"] = grouped["differs"].sum(min_count=1).reindex(found[period]).to_numpy()
    found["at_least"] |= grouped["lane"].nunique().lt(len(told)).reindex(found[period]).to_numpy()
    return found[lanes[0].columns].sort_values(period).reset_index(drop=True)


def _in_days(rows: pd.DataFrame, operational_days: tuple[Window, ...]) -> pd.DataFrame:
    """Adds day, end and full (minutes of the day); rows outside the days are left out."""
    starts = pd.Series([day.start for day in operational_days], dtype="datetime64[us, UTC]")
    ends = pd.Series([day.end for day in operational_days], dtype="datetime64[us, UTC]")
    place = starts.searchsorted(rows["at"], side="right") - 1
    rows = rows.assign(
        day=starts.reindex(place).array,
        end=ends.reindex(place).array,
        full=((ends - starts).dt.total_seconds() // 60).reindex(place).array,
    )
    return rows[(place >= 0) & (rows["at"] < rows["end"])]


def _shifts(rows: pd.DataFrame) -> pd.DataFrame:
    """Adds `grid`: shifts of a day that do not overlap are one grid whatever their lengths, else one per length."""
    rows = rows.sort_values([*SERIES, "day", "at"])
    until = rows["at"] + pd.to_timedelta(rows["minutes"], unit="min")
    group = [rows[c] for c in [*SERIES, "day"]]
    before = until.groupby(group).cummax().groupby(group).shift()
    overlaps = (rows["at"] < before).groupby(group).transform("any")
    minute = (rows["at"] - rows["day"]).dt.total_seconds() // 60
    grid = (rows["minutes"] * DAY_MINUTES * 31 + minute % rows["minutes"]).where(overlaps, 0)
    longest = rows["minutes"].groupby(group).transform("max")
    return rows.assign(grid=grid, covered=rows["minutes"], minutes=rows["minutes"].where(overlaps, longest))
