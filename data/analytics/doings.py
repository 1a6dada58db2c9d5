"""From the lines about services that count to who does what, where and when. Pure: frames in, arrays out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.analytics.buckets import epochs
from data.service_grains import BREAKDOWN, PERIOD, service_totals, with_units_of_totals
from data.sources.words import plain
from data.types import Site, Window
from data.who_shapes import NUMBERS, PARTS, WORDS, Doings

ROW = ["organisation", "sector", "service", "place", "shift", "unit", "start", "end"]
# Whom a sex and an age band speak of, and whether the band is the whole of it.
WHOM = {
    ("female", "0-17"): ("girls", True),
    ("male", "0-17"): ("boys", True),
    ("female", "18+"): ("women", True),
    ("male", "18+"): ("men", True),
    **{("female", band): ("girls", False) for band in ("0-4", "5-11", "12-17")},
    **{("male", band): ("boys", False) for band in ("0-4", "5-11", "12-17")},
    **{("female", band): ("women", False) for band in ("18-59", "60+")},
    **{("male", band): ("men", False) for band in ("18-59", "60+")},
}
Marked = tuple[float, str, str, str, str]  # start of the day, sector, service, place as its key, organisation


def doings(
    won: pd.DataFrame,
    twice: np.ndarray,
    days: Sequence[Window],
    site: Site,
    whose: Mapping[str, str | None],
    marked: frozenset[Marked] = frozenset(),
) -> Doings:
    """`won`: lines that count, of one key the newest. `twice`: those that somebody else reported too, undecided.

    `whose`: the organisation each source belongs to. `marked`: who is part of a possible duplicate.
    """
    parts = [_rows(won[~twice]).assign(counted=True)]
    if twice.any():
        parts.append(_rows(won[twice]).assign(counted=False))
    rows = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    return _as_columns(_one_source_each(rows, whose, days), days, site, marked)


def _rows(won: pd.DataFrame) -> pd.DataFrame:
    """Activities with their people by sex and age: source, ROW, people, quantity, PARTS."""
    found = service_totals(won)
    broken = (won[BREAKDOWN] != "").to_numpy().any(axis=1)
    if not broken.any():
        return found.assign(**dict.fromkeys(PARTS, np.nan))
    told = with_units_of_totals(won)
    told = told[(told["need"] == "") & told["people"].notna()]
    known = [WHOM.get(pair) for pair in zip(told["sex"], told["age_band"], strict=True)]
    told = told.assign(whom=[one[0] if one else "" for one in known], whole=[bool(one and one[1]) for one in known])
    told = told[told["whom"] != ""]
    if told.empty:
        return found.assign(**dict.fromkeys(PARTS, np.nan))
    # A whole band counts the people of the narrow ones again.
    has_whole = told.groupby([*PERIOD, "whom"], sort=False)["whole"].transform("any")
    told = told[told["whole"] | ~has_whole]
    wide = told.pivot_table(index=PERIOD, columns="whom", values="people", aggfunc="sum").reindex(columns=list(PARTS))
    return found.merge(wide.reset_index(), on=PERIOD, how="left")


def _one_source_each(rows: pd.DataFrame, whose: Mapping[str, str | None], days: Sequence[Window]) -> pd.DataFrame:
    """What several sources tell of one organisation's service is one delivery: its own report counts, else that of the
    newest period (as `data.analytics.coverage`)."""
    pairs = rows[["organisation", "source"]].drop_duplicates()
    if not pairs["organisation"].duplicated().any():
        return rows
    starts = np.array([day.start.timestamp() for day in days])
    day = np.searchsorted(starts, epochs(rows["start"]), side="right")
    own = rows["source"].map(whose).to_numpy(dtype=object) == rows["organisation"].to_numpy(dtype=object)
    ranked = rows.assign(day=day, own=own)
    group = ["organisation", "sector", "service", "day"]
    best = ranked.sort_values([*group, "own", "end", "source"]).drop_duplicates(group, keep="last")
    chosen = ranked.merge(best[[*group, "source"]].rename(columns={"source": "chosen"}), on=group, how="left")
    return rows[(chosen["chosen"] == chosen["source"]).to_numpy()]


def _as_columns(rows: pd.DataFrame, days: Sequence[Window], site: Site, marked: frozenset[Marked]) -> Doings:
    numbers = ["people", "quantity", *PARTS]
    partial = rows["people"].notna() & rows[list(PARTS)].isna().any(axis=1)
    rows = rows.assign(partial=partial)
    if rows.duplicated([*ROW, "counted"]).any():
        grouped = rows.groupby([*ROW, "counted"], sort=False)
        summed = grouped[numbers].sum(min_count=1)
        summed["partial"] = grouped["partial"].any()
        rows = summed.reset_index()
    coded = {name: pd.factorize(rows[name]) for name in WORDS}
    words = {name: tuple(map(str, found)) for name, (_, found) in coded.items()}
    codes = {name: code.astype(np.int32) for name, (code, _) in coded.items()}
    start, end = epochs(rows["start"]), epochs(rows["end"])
    opens = np.array([day.start.timestamp() for day in days])
    closes = np.array([day.end.timestamp() for day in days])
    place = np.clip(np.searchsorted(opens, start, side="right") - 1, 0, len(days) - 1)
    zone = ZoneInfo(site.zone)
    local = [day.start.astimezone(zone) for day in days]
    months = np.array([at.year * 12 + at.month - 1 for at in local], dtype=np.int64)
    found = Doings(
        words=words,
        codes=codes,
        start=start,
        end=end,
        day=opens[place],
        month=months[place],
        long=end - start > (closes - opens)[place],
        numbers={name: rows[name].to_numpy(dtype=float) for name in NUMBERS},
        counted=rows["counted"].to_numpy(dtype=bool),
        flagged=np.zeros(len(rows), dtype=bool),
        partial=rows["partial"].to_numpy(dtype=bool),
    )
    return _flagged(found, marked) if marked else found


def _flagged(rows: Doings, marked: frozenset[Marked]) -> Doings:
    keys = [plain(place) for place in rows.words["place"]]
    told = zip(
        rows.day.tolist(),
        *(rows.codes[name].tolist() for name in ("sector", "service", "place", "organisation")),
        strict=True,
    )
    sectors, services, who = (rows.words[name] for name in ("sector", "service", "organisation"))
    flagged = [(day, sectors[a], services[b], keys[c], who[d]) in marked for day, a, b, c, d in told]
    rows.flagged[:] = np.array(flagged, dtype=bool)
    return rows


def chosen(rows: Doings, which: np.ndarray) -> Doings:
    """Some of the rows: a mask, or their numbers."""
    return Doings(
        words=rows.words,
        codes={name: part[which] for name, part in rows.codes.items()},
        numbers={name: part[which] for name, part in rows.numbers.items()},
        **{name: getattr(rows, name)[which] for name in PLAIN},
    )


PLAIN = ("start", "end", "day", "month", "long", "counted", "flagged", "partial")


def joined(parts: Sequence[Doings]) -> Doings:
    """Rows of several, in order; at least one."""
    if len(parts) == 1:
        return parts[0]
    words: dict[str, tuple[str, ...]] = {}
    codes: dict[str, np.ndarray] = {}
    for name in WORDS:
        place: dict[str, int] = {}
        for part in parts:
            for word in part.words[name]:
                place.setdefault(word, len(place))
        words[name] = tuple(place)
        codes[name] = np.concatenate(
            [np.array([place[word] for word in part.words[name]], dtype=np.int32)[part.codes[name]] for part in parts]
        )
    return Doings(
        words=words,
        codes=codes,
        numbers={name: np.concatenate([part.numbers[name] for part in parts]) for name in NUMBERS},
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in PLAIN},
    )
