"""When a row's count began and ended, and whether it could have been made when its report says it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.sources import moments, numbers
from data.sources.canonical import MOMENT, DatasetSpec
from data.sources.fields import Draft, Style
from data.sources.moments import Moments, Utc
from data.sources.personal import safe
from data.sources.sheet import Cells, Mask, paired
from data.types import Site

AHEAD = timedelta(minutes=10)  # clocks of two offices never agree to the minute
GRAINS = (15, 60, 1440)  # minutes a row may cover without saying where it ends
DAY = 1440
LONGEST_DAYS = 400


@dataclass(frozen=True)
class Times:
    """Moments of the rows: `start` (or `at`), `end` where the dataset has periods, `issued_at` or NaT."""

    start: Utc
    end: Utc | None
    issued_at: Utc
    happened_twice: Mask  # the local time of `start` came round a second time


@dataclass(frozen=True)
class _Rows:
    """What reading times needs to know about the rows beside their times."""

    draft: Draft
    zones: Cells
    day_starts: Cells
    grain: npt.NDArray[np.float64] | None  # minutes as written, NaN where nothing or nonsense is; None: no such column

    def written(self, name: str, row: int) -> str:
        return safe(self.draft.cells[name].at(row))


def times(
    spec: DatasetSpec,
    draft: Draft,
    site: Cells,
    keys: Mapping[str, Cells],
    sites: Mapping[str, Site],
    now: datetime,
) -> Times:
    """`keys`: the columns already read that tell one series from another."""
    rows = _Rows(
        draft,
        zones=site.map(lambda name: sites[name].zone if name in sites else ""),
        day_starts=site.map(lambda name: sites[name].day_start_hour if name in sites else 0),
        grain=_grain(draft) if "minutes" in spec.names else None,
    )
    read = {
        column.name: _moments(rows, column.name, column.required) for column in spec.columns if column.holds == MOMENT
    }
    opening = "start" if "start" in read else "at"
    issued = _day_of_writing(read["issued_at"], now)
    start = _second_of_two(read[opening], issued, keys, draft.not_reported)
    end = _ends(rows, read["start"], read["end"], start) if "end" in read else None
    if rows.grain is not None and end is not None:
        _on_the_clock(rows, read["start"], start, end)
    _future(rows, "issued_at", issued.utc, now)
    if not spec.may_be_future:
        _future(rows, opening, start, now)
        _after_report(rows, opening, start, issued)
    return Times(start, end, issued.utc, ~np.isnat(read[opening].second))


def _moments(rows: _Rows, name: str, required: bool) -> Moments:
    """A column's moments. A date alone that opens a day's count is the site's operational day, else it is midnight."""
    draft, cells, hours = rows.draft, rows.draft.cells[name], None
    if name == "start" and rows.grain is not None:
        is_day = Cells((rows.grain == DAY).astype(np.int64), [False, True])
        hours = paired(rows.day_starts, is_day, lambda hour, day: hour if day else 0)
    empty = cells.where(draft.style.blank)
    read = moments.moments(cells, rows.zones, draft.style.order, hours, closes=name == "end")
    if required:
        draft.findings.add(name, "missing_value", empty, lambda row: {"value": ""})
    for code in moments.PROBLEMS:
        where = (read.problem == code) & ~empty
        draft.findings.add(
            name, code, where, lambda row: {"value": rows.written(name, row), "zone": rows.zones.at(row)}
        )
    return read


def _grain(draft: Draft) -> npt.NDArray[np.float64]:
    return draft.cells["minutes"].map(lambda value: _minutes(value, draft.style)).array(np.float64)


def _minutes(value: Any, style: Style) -> float:
    found = None if style.blank(value) else numbers.read(value, style.decimal, style.thousands)
    return np.nan if found is None or not found.is_integer() or not 0 < found < 1e7 else found


def _day_of_writing(issued: Moments, now: datetime) -> Moments:
    """A report that gives only the day on which it was written was written at its end, or by now: it corrects what was
    received earlier that day."""
    if not issued.day_only.any():
        return issued
    latest = np.minimum(issued.next_day - np.timedelta64(1, "s"), np.maximum(moments.utc(now), issued.utc))
    return replace(issued, utc=np.where(issued.day_only, latest, issued.utc))


def _on_the_clock(rows: _Rows, opening: Moments, start: Utc, end: Utc) -> None:
    """Counts of an hour or less lie within an hour of the site's clock, counts of a day begin with its day: no hour
    and no day would hold the others."""
    minute = _local_minutes(rows.zones, start)
    length = (end - start) / np.timedelta64(1, "m")
    rows.draft.findings.add(
        "start",
        "over_the_hour",
        (length <= 60) & (minute % 60 + length > 60),
        lambda row: {"value": rows.written("start", row), "minutes": int(length[row])},
    )
    opens = rows.day_starts.array(np.float64) * 60
    rows.draft.findings.add(
        "start",
        "day_starts_elsewhere",
        (rows.grain == DAY) & ~opening.day_only & (minute != opens) & ~np.isnan(minute),
        lambda row: {"value": rows.written("start", row), "hour": f"{int(opens[row]) // 60:02d}:00"},
    )


def _local_minutes(zones: Cells, moment: Utc) -> npt.NDArray[np.float64]:
    """Minutes since midnight on the wall clock of each row's zone; NaN where there is no moment."""
    found = np.full(len(moment), np.nan)
    for place, zone in enumerate(zones.values):
        here = (zones.codes == place) & ~np.isnat(moment)
        if zone and here.any():
            local = pd.DatetimeIndex(moment[here]).tz_localize("UTC").tz_convert(zone)
            found[here] = local.hour * 60 + local.minute
    return found


def _second_of_two(opening: Moments, issued: Moments, keys: Mapping[str, Cells], left_out: Mask) -> Utc:
    """Openings; the second row of one series at a wall time that happens twice is the second time."""
    start = opening.utc.copy()
    rows = np.flatnonzero(~np.isnat(opening.second) & ~left_out)
    if len(rows):
        key = {name: cells.rows(rows).array() for name, cells in keys.items()}
        frame = pd.DataFrame({**key, "_start": start[rows], "_issued": issued.utc[rows]})
        again = frame.groupby(list(frame.columns), dropna=False).cumcount().to_numpy() == 1
        start[rows[again]] = opening.second[rows[again]]
    return start


def _ends(rows: _Rows, opening: Moments, written: Moments, start: Utc) -> Utc:
    """Where each period ends: as written, or `minutes` after its start, a day being a local day."""
    draft = rows.draft
    end = np.where(written.day_only & draft.style.last_day, written.next_day, written.utc)
    # A period may end at the second of two equal wall times.
    end = np.where((end <= start) & ~np.isnat(written.second), written.second, end)
    if rows.grain is not None:
        end = _end_by_minutes(rows, rows.grain, opening, start, end)
    draft.findings.add("end", "end_before_start", end <= start, lambda row: _span(rows, row))
    too_long = end - start > np.timedelta64(LONGEST_DAYS, "D")
    draft.findings.add("end", "period_too_long", too_long, lambda row: {**_span(rows, row), "most": LONGEST_DAYS})
    return end


def _end_by_minutes(rows: _Rows, grain: npt.NDArray[np.float64], opening: Moments, start: Utc, end: Utc) -> Utc:
    draft, cells = rows.draft, rows.draft.cells["minutes"]
    no_grain = cells.where(draft.style.blank)
    no_end = draft.cells["end"].where(draft.style.blank)
    step = np.where(np.isnan(grain), 0, grain).astype("timedelta64[m]")
    by_minutes = np.where(np.isnan(grain), moments.NEVER, np.where(grain == DAY, opening.next_day, start + step))
    wrong = np.where(no_end, ~np.isin(grain, GRAINS), np.isnan(grain)) & ~no_grain
    draft.findings.add("minutes", "missing_value", no_end & no_grain, lambda row: {"value": ""})
    draft.findings.add(
        "minutes",
        "minutes_not_allowed",
        wrong,
        lambda row: {"value": rows.written("minutes", row), "expected": ", ".join(map(str, GRAINS))},
    )
    known = ~np.isnat(end) & ~np.isnat(by_minutes)
    draft.findings.add("end", "end_differs", ~no_end & known & (end != by_minutes), lambda row: _span(rows, row))
    return np.where(no_end, by_minutes, end)


def _span(rows: _Rows, row: int) -> dict[str, Any]:
    cells = rows.draft.cells
    said = {name: rows.written(name, row) for name in ("start", "end", "minutes") if name in cells}
    return {"value": said["end"], "minutes": "", **said}


def _future(rows: _Rows, name: str, when: Utc, now: datetime) -> None:
    rows.draft.findings.add(
        name,
        "future_date",
        when > moments.utc(now + AHEAD),
        lambda row: {"value": rows.written(name, row), "now": _local(now, rows.zones.at(row))},
    )


def _after_report(rows: _Rows, opening: str, start: Utc, issued: Moments) -> None:
    """A report cannot count a time that began after it was written: such rows are form cells left at 0."""
    after = np.where(issued.day_only, start >= issued.next_day, start > issued.utc)
    rows.draft.findings.add(
        opening,
        "after_report",
        after,
        lambda row: {"value": rows.written(opening, row), "written": rows.written("issued_at", row)},
    )


def _local(moment: datetime, zone: str) -> str:
    return (moment.astimezone(ZoneInfo(zone)) if zone else moment).strftime("%Y-%m-%d %H:%M")
