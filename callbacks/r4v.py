"""The 5W layout: columns in the words of the Venezuela response (R4V), which the mapping `r4v-5w` reads back.

What only Caudal keeps stands in further columns behind, so that nothing is lost on the way through a spreadsheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from callbacks.series import number
from callbacks.tables_out import About, Sheet
from data.analytics.doings import ROW
from data.analytics.who_cells import asked_rows
from data.disclosure import PEOPLE_UNITS, PROTECTED, is_small
from data.referral_words import withheld_need
from data.service_grains import BREAKDOWN, PERIOD, with_units_of_totals
from data.types import Scope, Site, WhoAsk
from data.vocabulary import Audience
from data.who_lines import counting_lines
from data.who_shapes import PARTS, Shown

COLUMNS = {
    "Country": "#country+code",
    "Site": "#loc+code",
    "Place": "#loc+name",
    "Reported by": "#org+prog",
    "Implementing partner": "#org+impl",
    "Month": "#date+type",
    "Sector": "#sector",
    "Indicator": "#service",
    "Activity description": "#activity+description",
    "Unit": "#output+type",
    "Quantity": "#output+num",
    "Total beneficiaries": "#reached",
    "Girls": "#reached+children+f",
    "Boys": "#reached+children+m",
    "Women": "#reached+adults+f",
    "Men": "#reached+adults+m",
    "Start": "#date+start",
    "End": "#date+end",
    "Shift": "#meta+shift",
    "Capacity": "#capacity",
    "Sex": "#meta+sex",
    "Age band": "#meta+age",
    "Need": "#meta+need",
    "Issued at": "#date+reported",
    "Reserved": "#status",
    "Possible duplicate": "#meta+duplicate",
    "As of": "#meta+date",
    "Mark": "#meta+mark",
}
SECTORS = {
    "education": "Education",
    "food": "Food security",
    "health": "Health",
    "transport": "Humanitarian transportation",
    "integration": "Integration",
    "nutrition": "Nutrition",
    "protection": "Protection",
    "child-protection": "Child protection",
    "gbv": "Gender-based violence",
    "trafficking": "Human trafficking and smuggling",
    "shelter": "Shelter",
    "wash": "WASH",
    "connectivity": "Connectivity",
    "order": "Order and security",
}
PART = {
    ("female", "0-17"): "Girls",
    ("male", "0-17"): "Boys",
    ("female", "18+"): "Women",
    ("male", "18+"): "Men",
}
Row = dict[str, Any]


def r4v_sheet(
    conn: Connection,
    scope: Scope,
    site: Site,
    ask: WhoAsk,
    shown: Shown,
    now: datetime,
    source: str | None,
    about: About,
) -> Sheet:
    """Line by line as they came, where the asker may see each; else one row without what is reserved."""
    lines = counting_lines(conn, site, ask.window, scope.as_of)
    lines = _asked(lines, ask, source)
    making = _Making(site, str(about[2][1]), str(about[1][1]))
    if scope.audience is Audience.PROTECTION:
        rows = list(making.told(lines))
    else:
        open_lines, summed = _apart(lines, shown, ask, scope.mask_below, source)
        rows = [*making.told(open_lines), *making.summed(shown, summed)]
    rows.sort(key=lambda row: (row["Start"], row["Sector"], row["Indicator"], row["Implementing partner"]))
    cells = [[row.get(name) for name in COLUMNS] for row in rows]
    return Sheet("5W", tuple(COLUMNS), tuple(COLUMNS.values()), cells)


def _asked(lines: pd.DataFrame, ask: WhoAsk, source: str | None) -> pd.DataFrame:
    kept = np.ones(len(lines), dtype=bool)
    for name, word in (("sector", ask.sector), ("organisation", ask.organisation), ("source", source or "")):
        if word:
            kept &= (lines[name] == word).to_numpy()
    if ask.place is not None:
        kept &= (lines["place"] == ask.place).to_numpy()
    start = lines["start"]
    return lines[kept & ((start >= ask.window.start) & (start < ask.window.end)).to_numpy()]


def _apart(
    lines: pd.DataFrame, shown: Shown, ask: WhoAsk, threshold: int, source: str | None
) -> tuple[pd.DataFrame, list[int]]:
    """Lines that the open audience may see one by one, and the rows that it sees added up.

    One by one only where that tells no more than their sum: no line is small, and none is told apart beside others.
    """
    rows = shown.doings
    words = [[rows.words[name][code] for code in rows.codes[name].tolist()] for name in ROW[:6]]
    keys = list(zip(*words, rows.start.tolist(), rows.end.tolist(), strict=True))
    asked = np.flatnonzero(asked_rows(shown, ask)).tolist()
    place = {keys[row]: row for row in asked}
    named = with_units_of_totals(lines)
    seconds = [named[name].map(lambda at: at.timestamp()) for name in ("start", "end")]
    told = list(zip(*(named[name] for name in ROW[:6]), *seconds, strict=True))
    counts = lines["people"].to_numpy(dtype=float)
    amounts = np.where(lines["unit"].str.lower().isin(PEOPLE_UNITS), lines["quantity"].to_numpy(dtype=float), np.nan)
    small = np.array([is_small(a, threshold) or is_small(b, threshold) for a, b in zip(counts, amounts, strict=True)])
    activities = list(zip(told, lines["source"], lines["activity"], strict=True))
    many = pd.Series(activities).groupby(pd.Series(told)).transform("nunique").to_numpy() > 1 if told else small
    broken = _broken(lines)
    whole = {row for row in asked if not shown.hidden[row] and not any(shown.hidden_parts[name][row] for name in PARTS)}
    secret = lines["need"].map(lambda need: need != "" and withheld_need(need) is not None).to_numpy(dtype=bool)
    kept = small | (broken & many) | secret
    never = {key for key, is_kept in zip(told, kept, strict=True) if is_kept}
    seen = {
        key
        for key in set(told)
        if key in place and place[key] in whole and key not in never and key[1] not in PROTECTED
    }
    alone = np.array([key in seen for key in told], dtype=bool)
    gone = {place[key] for key, by_itself in zip(told, alone, strict=True) if by_itself}
    if source is not None:
        # Rows are of whoever counts: those of one source are the ones of which it gave a line.
        asked = [row for row in asked if keys[row] in set(told)]
    return lines[alone] if len(lines) else lines, [row for row in asked if row not in gone]


def _broken(lines: pd.DataFrame) -> np.ndarray:
    """Which lines are parts of a total."""
    return np.asarray((lines[BREAKDOWN] != "").to_numpy().any(axis=1))


@dataclass(frozen=True)
class _Making:
    site: Site
    as_of: str
    mark: str

    def told(self, lines: pd.DataFrame) -> Iterator[Row]:
        """One row a total with its girls, boys, women and men beside it; any other part has a row of its own."""
        if lines.empty:
            return
        broken = _broken(lines)
        named = with_units_of_totals(lines).assign(own_unit=lines["unit"].to_numpy(), broken=broken)
        for _, same in named.groupby([*PERIOD, "issued_at"], sort=False):
            records = [{str(name): value for name, value in one.items()} for one in same.to_dict("records")]
            totals = [one for one in records if not one["broken"]]
            parts = [one for one in records if one["broken"]]
            beside = [one for one in parts if _beside(one)] if len(totals) == 1 else []
            if totals and not any(one["people"] for one in beside):
                beside = []  # all nought beside a total reads as "not told apart"
            for one in totals:
                row = self._row(one)
                row |= {PART[part["sex"], part["age_band"]]: number(part["people"]) for part in beside}
                yield row
            for one in parts:
                if one not in beside:
                    yield {**self._row(one), "Sex": one["sex"], "Age band": one["age_band"], "Need": one["need"]}

    def _row(self, one: Row) -> Row:
        return {
            **self._frame(one["start"].to_pydatetime(), one["end"].to_pydatetime(), one["sector"]),
            "Place": one["place"],
            "Reported by": one["source"],
            "Implementing partner": one["organisation"],
            "Indicator": one["service"],
            "Activity description": one["activity"],
            "Unit": one["own_unit"],
            "Quantity": _known(one["quantity"]),
            "Total beneficiaries": _known(one["people"]),
            "Shift": one["shift"],
            "Capacity": _known(one["capacity"]),
            "Issued at": one["issued_at"].to_pydatetime().isoformat(),
            "Possible duplicate": 1 if one["twice"] else 0,
        }

    def summed(self, shown: Shown, which: list[int]) -> Iterator[Row]:
        rows = shown.doings
        for k in which:
            word = {name: rows.words[name][int(part[k])] for name, part in rows.codes.items()}
            gone = bool(shown.hidden[k])
            parts = {
                label: None if gone or shown.hidden_parts[name][k] else _known(float(rows.numbers[name][k]))
                for name, label in zip(PARTS, ("Girls", "Boys", "Women", "Men"), strict=True)
            }
            yield {
                **self._frame(_moment(rows.start[k]), _moment(rows.end[k]), word["sector"]),
                "Place": word["place"],
                "Implementing partner": word["organisation"],
                "Indicator": word["service"],
                "Unit": word["unit"],
                "Quantity": None if gone else _known(float(rows.numbers["quantity"][k])),
                "Total beneficiaries": None if gone else _known(float(rows.numbers["people"][k])),
                **parts,
                "Shift": word["shift"],
                "Reserved": 1 if gone or any(shown.hidden_parts[name][k] for name in PARTS) else 0,
                "Possible duplicate": 0 if rows.counted[k] else 1,
            }

    def _frame(self, start: datetime, end: datetime, sector: str) -> Row:
        return {
            "Country": self.site.country,
            "Site": self.site.site,
            "Month": f"{start.astimezone(_zone(self.site)):%Y-%m}",
            "Sector": SECTORS.get(sector, sector),
            "Start": start.astimezone(_zone(self.site)).isoformat(),
            "End": end.astimezone(_zone(self.site)).isoformat(),
            "As of": self.as_of,
            "Mark": self.mark,
        }


def _beside(one: Row) -> bool:
    """A part that says nothing but people, of those the layout has a column for."""
    bare = one["own_unit"] == "" and math.isnan(one["quantity"]) and math.isnan(one["capacity"])
    return bare and one["need"] == "" and (one["sex"], one["age_band"]) in PART and not math.isnan(one["people"])


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _known(value: float) -> float | int | None:
    return number(None if math.isnan(value) else value)


def _zone(site: Site) -> ZoneInfo:
    return ZoneInfo(site.zone)
