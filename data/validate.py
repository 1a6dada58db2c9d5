"""The rules a reported row must keep. What breaks one is returned with its line, column and reason; nothing is raised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.sources import fields, moments
from data.sources.canonical import AMOUNT, COUNT, COUNTRY, FLAG, MINUTES, MOMENT, PEOPLE, TEXT, WORD, DatasetSpec
from data.sources.fields import Draft, Style
from data.sources.findings import Findings
from data.sources.moments import Moments
from data.sources.sheet import Cells, Codes, Mask, always, paired
from data.types import Site
from data.vocabulary import Dataset

AHEAD = timedelta(minutes=10)  # clocks of two offices never agree to the minute
GRAINS = (15, 60, 1440)  # minutes a flow row may cover without saying where it ends
LONGEST_DAYS = 400
DAY = 1440

Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Checked:
    """`rows`: the accepted ones, typed, with `line`. A row is accepted, rejected or not reported, never two of them."""

    rows: pd.DataFrame
    findings: Findings
    rejected: Mask
    not_reported: Mask
    ambiguous: int  # accepted rows whose local time happened twice


def check(
    spec: DatasetSpec,
    cells: Mapping[str, Cells],
    lines: Codes,
    sites: Mapping[str, Site],
    now: datetime,
    style: Style = Style(),  # noqa: B008 - frozen
    words: Words | None = None,
) -> Checked:
    """`cells`: the columns of the dataset that the file has, by canonical name."""
    words = words or {}
    whole = {name: cells.get(name, always("", len(lines))) for name in spec.names}
    draft = Draft(whole, Findings(lines), style, _silent(spec, whole, style))
    columns: dict[str, Any] = {}
    site = fields.read_sites(draft, spec.column("site"), sites, words.get("site"))
    for column in spec.columns:
        own = words.get(column.name)
        if column.holds == WORD:
            columns[column.name] = fields.read_words(draft, column, own)
        elif column.holds == TEXT:
            columns[column.name] = fields.read_texts(draft, column, own)
        elif column.holds == COUNTRY:
            columns[column.name] = fields.read_countries(draft, column)
        elif column.holds == FLAG:
            columns[column.name] = fields.read_flags(draft, column)
        elif column.holds in (PEOPLE, COUNT, AMOUNT):
            columns[column.name] = fields.read_numbers(draft, column)
    columns["site"] = site
    if "stage" in columns:
        _stage_of_site(draft, site, columns["stage"], sites)
    times = _times(spec, draft, site, sites, columns, now)
    _sense(draft, columns)
    _twice(spec, draft, columns, times)
    rejected = draft.findings.rejected() & ~draft.not_reported
    kept = ~rejected & ~draft.not_reported
    rows = _frame(spec, columns, times, lines, kept)
    twice = sum(int((~part.second.isna() & kept).sum()) for name, part in times.parts.items() if name != "issued_at")
    return Checked(rows, draft.findings, rejected, draft.not_reported, twice)


def _silent(spec: DatasetSpec, cells: Mapping[str, Cells], style: Style) -> Mask:
    """Rows whose reporting columns are all empty: no report, which is neither a line nor a fault."""
    silent = np.ones(len(cells["site"]), dtype=bool)
    for column in spec.columns:
        if column.reports:
            silent &= cells[column.name].where(style.blank)
    return silent


def _stage_of_site(draft: Draft, site: Cells, stage: Cells, sites: Mapping[str, Site]) -> None:
    def foreign(name: str, word: str) -> str:
        known = name in sites and word != ""
        return name if known and word not in [str(one) for one in sites[name].stages] else ""

    pairs = paired(site, stage, foreign)
    draft.findings.add(
        "stage",
        "stage_not_at_site",
        pairs.where(bool),
        lambda row: {
            "value": stage.at(row),
            "site": site.at(row),
            "expected": ", ".join(sites[site.at(row)].stages),
        },
    )


@dataclass
class Times:
    """The moments of the rows: `start` (or `at`), `end` where the dataset has periods, `issued_at` or NaT."""

    parts: dict[str, Moments]
    start: pd.DatetimeIndex
    end: pd.DatetimeIndex | None
    issued: pd.DatetimeIndex


def _times(
    spec: DatasetSpec,
    draft: Draft,
    site: Cells,
    sites: Mapping[str, Site],
    columns: Mapping[str, Any],
    now: datetime,
) -> Times:
    zones = site.map(lambda name: sites[name].zone if name in sites else "")
    starts = site.map(lambda name: sites[name].day_start_hour if name in sites else 0)
    is_day = _grain(draft, spec) == DAY if spec.dataset is Dataset.FLOW else np.zeros(len(site), dtype=bool)
    parts: dict[str, Moments] = {}
    for column in spec.columns:
        if column.holds == MOMENT:
            parts[column.name] = _moments(draft, column.name, column.required, zones, starts, is_day)
    opening = "start" if "start" in parts else "at"
    start = _second_of_two(spec, draft, columns | {"site": site}, parts, opening)
    end = _ends(draft, spec, parts, start) if "end" in parts else None
    issued = parts["issued_at"]
    until = pd.Timestamp(now + AHEAD)

    def told(row: int) -> dict[str, Any]:
        return {"value": fields.safe(draft.cells[opening].at(row)), "now": local(now, zones.at(row))}

    if not spec.may_be_future:
        draft.findings.add(opening, "future_date", np.asarray(start > until), told)
    draft.findings.add(
        "issued_at",
        "future_date",
        np.asarray(issued.utc > until),
        lambda row: {**told(row), "value": fields.safe(draft.cells["issued_at"].at(row))},
    )
    if not spec.may_be_future:
        # A report cannot count people of a day that began after it was written: such rows are form fields left at 0.
        limit = pd.DatetimeIndex(np.where(issued.day_only, issued.next_day, issued.utc)).tz_localize("UTC")
        after = np.where(issued.day_only, start >= limit, start > limit)
        draft.findings.add(
            opening,
            "after_report",
            np.asarray(after, dtype=bool),
            lambda row: {**told(row), "issued_at": fields.safe(draft.cells["issued_at"].at(row))},
        )
    return Times(parts, start, end, issued.utc)


def local(moment: datetime, zone: str) -> str:
    return (moment.astimezone(ZoneInfo(zone)) if zone else moment).strftime("%Y-%m-%d %H:%M")


def _moments(draft: Draft, name: str, required: bool, zones: Cells, starts: Cells, is_day: Mask) -> Moments:
    """A column's moments. A date alone that opens a day's flow is the site's operational day; else it is midnight."""
    style, cells = draft.style, draft.cells[name]
    opens_day = name == "start" and is_day.any()
    hours = paired(starts, Cells(is_day.astype(np.int64), [False, True]), lambda hour, day: hour if day else 0)
    read = moments.moments(
        cells.map(lambda value: "" if style.blank(value) else value), zones, style.order, hours if opens_day else None
    )
    empty = cells.where(style.blank)
    if required:
        draft.findings.add(name, "missing_value", empty, lambda row: {"value": ""})
    for code in ("not_a_time", "not_iso_time", "impossible_date", "nonexistent_time"):
        where = (read.problem == code) & ~empty
        draft.findings.add(name, code, where, lambda row: {"value": fields.safe(cells.at(row)), "zone": zones.at(row)})
    return read


def _grain(draft: Draft, spec: DatasetSpec) -> Any:
    """Minutes as written, NaN where nothing or nonsense is."""
    return draft.cells["minutes"].map(lambda value: _minutes(value, draft.style)).array(np.float64)


def _minutes(value: Any, style: Style) -> float:
    found = None if style.blank(value) else fields.numbers.read(value, style.decimal, style.thousands)
    return np.nan if found is None or not float(found).is_integer() or not 0 < found < 1e7 else float(found)


def _second_of_two(
    spec: DatasetSpec, draft: Draft, columns: Mapping[str, Any], parts: Mapping[str, Moments], opening: str
) -> pd.DatetimeIndex:
    """Openings in UTC, where the second row of one key at a wall time that happens twice is the second time."""
    read = parts[opening]
    start = read.utc.to_numpy().copy()
    rows = np.flatnonzero(~read.second.isna() & ~draft.not_reported)
    if len(rows):
        key = {n: columns[n].rows(rows).array() for n in spec.key if n in columns and isinstance(columns[n], Cells)}
        frame = pd.DataFrame({**key, "_at": start[rows], "_issued": parts["issued_at"].utc[rows]})
        again = frame.groupby(list(frame.columns), dropna=False).cumcount().to_numpy() == 1
        start[rows[again]] = read.second.to_numpy()[rows[again]]
    return pd.DatetimeIndex(start).tz_localize("UTC") if pd.DatetimeIndex(start).tz is None else pd.DatetimeIndex(start)


def _ends(draft: Draft, spec: DatasetSpec, parts: Mapping[str, Moments], start: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Where each period ends: as written, or `minutes` after its start, a day being a local day."""
    written = parts["end"]
    last_day = written.day_only & draft.style.last_day
    end = pd.DatetimeIndex(np.where(last_day, _bare(written.next_day), _bare(written.utc)))
    late = pd.DatetimeIndex(_bare(written.second))
    opens = pd.DatetimeIndex(_bare(start))
    end = pd.DatetimeIndex(np.where((end <= opens) & ~late.isna(), late, end))
    if spec.dataset is Dataset.FLOW:
        grain = _grain(draft, spec)
        step = pd.to_timedelta(np.where(np.isnan(grain) | (grain == DAY), 0, grain), unit="m")
        by_minutes = pd.DatetimeIndex(np.where(grain == DAY, _bare(parts["start"].next_day), opens + step))
        by_minutes = pd.DatetimeIndex(np.where(np.isnan(grain), np.datetime64("NaT"), by_minutes))
        no_end = draft.cells["end"].where(draft.style.blank)
        minutes = draft.cells["minutes"]
        blank = minutes.where(draft.style.blank)
        draft.findings.add("minutes", "missing_value", no_end & blank, lambda row: {"value": ""})
        draft.findings.add(
            "minutes",
            "minutes_not_allowed",
            (no_end & ~blank & ~np.isin(grain, GRAINS)) | (~no_end & ~blank & np.isnan(grain)),
            lambda row: {"value": fields.safe(minutes.at(row)), "expected": ", ".join(map(str, GRAINS))},
        )
        clash = ~no_end & ~blank & ~end.isna() & ~by_minutes.isna() & (end != by_minutes)
        draft.findings.add("end", "end_differs", np.asarray(clash), lambda row: _span(draft, row))
        end = pd.DatetimeIndex(np.where(no_end, by_minutes, end))
    draft.findings.add("end", "end_before_start", np.asarray(end <= opens), lambda row: _span(draft, row))
    longest = np.asarray(end - opens > pd.Timedelta(days=LONGEST_DAYS))
    draft.findings.add("end", "period_too_long", longest, lambda row: {**_span(draft, row), "most": LONGEST_DAYS})
    return end.tz_localize("UTC")


def _bare(index: pd.DatetimeIndex) -> Any:
    return (index if index.tz is None else index.tz_localize(None)).to_numpy()


def _span(draft: Draft, row: int) -> dict[str, Any]:
    said = {name: fields.safe(draft.cells[name].at(row)) for name in ("start", "end")}
    minutes = fields.safe(draft.cells["minutes"].at(row)) if "minutes" in draft.cells else ""
    return {**said, "value": said["end"], "minutes": minutes}


def _sense(draft: Draft, columns: Mapping[str, Any]) -> None:
    """Columns that contradict each other within a row. Unreported ones contradict nothing."""

    def compare(smaller: str, larger: str, code: str) -> None:
        if smaller in columns and larger in columns:
            wrong = columns[smaller] > columns[larger]
            draft.findings.add(
                smaller,
                code,
                wrong,
                lambda row: {
                    "value": float(columns[smaller][row]),
                    "limit": float(columns[larger][row]),
                    "other": larger,
                },
            )

    compare("low", "people", "outside_range")
    compare("people", "high", "outside_range")
    compare("ticket_served", "ticket_issued", "served_over_issued")


def _twice(spec: DatasetSpec, draft: Draft, columns: Mapping[str, Any], times: Times) -> None:
    """Rows of one key in one report: the last one counts, the earlier ones say the same or contradict it."""
    good = np.flatnonzero(~draft.findings.rejected() & ~draft.not_reported)
    if len(good) < 2:
        return
    key: dict[str, Any] = {"start": _bare(times.start)[good].view("int64")}
    if times.end is not None:
        key["end"] = _bare(times.end)[good].view("int64")
    key["issued_at"] = _bare(times.issued)[good].view("int64")
    for name in spec.key:
        if isinstance(columns.get(name), Cells):
            key[name] = _merged(columns[name]).rows(good).codes
    frame = pd.DataFrame({name: part for name, part in key.items() if len(part) and (part != part[0]).any()})
    if frame.empty:  # one key for all rows
        frame = pd.DataFrame({"all": np.zeros(len(good), dtype=np.int64)})
    together = frame.duplicated(keep=False).to_numpy()
    if not together.any():
        return
    repeated, rows = frame[together], good[together]
    last_of = pd.Series(rows, index=repeated.index).groupby([repeated[name] for name in repeated]).transform("last")
    last = np.arange(len(draft.findings.lines))
    last[rows] = last_of.to_numpy()
    same = np.ones(len(rows), dtype=bool)
    for name in spec.names:
        if name in columns and name not in spec.key:
            part = columns[name].array() if isinstance(columns[name], Cells) else columns[name]
            here, there = part[rows], part[last[rows]]
            same &= (here == there) | (pd.isna(here) & pd.isna(there))
    earlier = rows != last[rows]
    for code, which in (("duplicate_row", same), ("conflicting_rows", ~same)):
        where = np.zeros(len(draft.findings.lines), dtype=bool)
        where[rows[earlier & which]] = True
        draft.findings.add(None, code, where, lambda row: {"other_line": int(draft.findings.lines[last[row]])})


def _merged(cells: Cells) -> Cells:
    """The same column with equal values under one code."""
    seen: dict[Any, int] = {}
    new = np.array([seen.setdefault(value, len(seen)) for value in cells.values], dtype=np.int64)
    return Cells(new[cells.codes], list(seen))


COUNTED = (PEOPLE, COUNT, AMOUNT)


def _frame(spec: DatasetSpec, columns: Mapping[str, Any], times: Times, lines: Codes, kept: Mask) -> pd.DataFrame:
    """Columns under the store's names: text "" where absent, whole numbers Int64, amounts float, times aware UTC."""
    made: dict[str, Any] = {}
    for column in spec.columns:
        if column.holds == MOMENT:
            part = {"end": times.end, "issued_at": times.issued}.get(column.name, times.start)
            made[column.name] = part[kept]
        elif column.holds == MINUTES:
            assert times.end is not None
            made[column.name] = ((times.end - times.start)[kept] // pd.Timedelta(minutes=1)).astype("int64")
        elif isinstance(columns[column.name], Cells):
            made[column.name] = columns[column.name].rows(kept).array()
        elif column.holds == COUNT:
            made[column.name] = pd.array(columns[column.name][kept], dtype="Int64")
        else:
            made[column.name] = columns[column.name][kept]
    made["line"] = lines[kept]
    return pd.DataFrame(made)
