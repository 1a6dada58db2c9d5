"""From lines of referrals to sums of weeks, and from the weeks that are shown to sums of a range. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from data.days import week_of, weeks_of
from data.grains import winning
from data.referral_shapes import NO_PRIORITY, REFERRALS_BY, Cell, Period, Referrals, ShownPeriod, Sum, Tally
from data.referral_words import LIMITS, need_of, priority_of, withheld_need
from data.revisions import NATURAL_KEY
from data.service_grains import one_grain
from data.types import Site, Window
from data.vocabulary import COUNTED_FOR_PROTECTION, Dataset

ROUTE = ["pathway", "need", "from_organisation", "to_institution", "priority"]
LINE_COLUMNS = [
    *("source", *ROUTE, "start", "end"),
    *("referred", "accepted", "closed", "overdue"),
    *("issued_at", "received_at", "line_id"),
]
SUMS = [name for name in Tally.__dataclass_fields__ if name not in ("lines", "odd")]
HOUR = timedelta(hours=1)


def periods(lines: pd.DataFrame, site: Site, now: datetime) -> tuple[Period, ...]:
    """`lines`: LINE_COLUMNS, those that count. A line belongs to the week in which it begins; one that is longer than
    a week to the time it speaks of, and counts only where no shorter ones of the same source and route fill it."""
    if lines.empty:
        return ()
    won = one_grain(winning(lines, NATURAL_KEY[Dataset.REFERRAL]).reset_index(drop=True), ["source", *ROUTE])
    won = _placed(won, site)
    won, twice = _of_one_source(won)
    won = _measured(won)
    found = []
    spans = won[["period", "until"]].drop_duplicates().sort_values(["period", "until"])
    for start, end in spans.itertuples(index=False):
        span = Window(start.to_pydatetime(), end.to_pydatetime())
        mine = won[(won["period"] == start) & (won["until"] == end)]
        missing = twice[(twice["period"] == start) & (twice["until"] == end)]
        found.append(_period(span, mine, len(missing), now))
    return tuple(found)


def _placed(won: pd.DataFrame, site: Site) -> pd.DataFrame:
    """`period` and `until`: of the week a line belongs to, or its own."""
    weeks = {at: week_of(site, at.to_pydatetime()) for at in pd.DatetimeIndex(won["start"].unique())}
    week = [weeks[at] for at in won["start"]]
    longer = [
        end - start > week_length.end - week_length.start + HOUR
        for start, end, week_length in zip(won["start"], won["end"], week, strict=True)
    ]
    spans = [
        (start, end) if long else (pd.Timestamp(of.start), pd.Timestamp(of.end))
        for start, end, long, of in zip(won["start"], won["end"], longer, week, strict=True)
    ]
    return won.assign(period=[start for start, _ in spans], until=[end for _, end in spans])


def _of_one_source(won: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of one route told by two sources the one that tells more: sources are never added. And the lines left out."""
    route = ["period", "until", *ROUTE]
    told = won.groupby([*route, "source"], sort=False)["referred"].sum().reset_index()
    if not told.duplicated(route).any():
        return won, won.iloc[:0]
    most = told.sort_values(["referred", "source"], ascending=[False, True]).drop_duplicates(route)
    key = [*route, "source"]
    counts = pd.MultiIndex.from_frame(won[key]).isin(pd.MultiIndex.from_frame(most[key]))
    return won[counts], won[~counts]


def _measured(won: pd.DataFrame) -> pd.DataFrame:
    """Each line's columns of `Tally`, and the names it has in each table."""
    r, a, c, o = (won[name].to_numpy(dtype=float) for name in ("referred", "accepted", "closed", "overdue"))
    limits = [LIMITS.get(p) if (p := priority_of(text)) else None for text in won["priority"]]
    # Nobody said how many are late: of those not accepted all are, once the limit of the last of them has passed.
    passed = np.array(
        [
            limit is not None and end + limit <= issued
            for limit, end, issued in zip(limits, won["end"], won["issued_at"], strict=True)
        ]
    )
    pending = np.maximum(r - a, 0.0)
    follows = np.isnan(o) & passed & ~np.isnan(a)
    late = np.where(follows, pending, o)
    open_ = np.maximum(a - c, 0.0)

    def of(known: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(known), 0.0, r)

    sums = {
        "accepted": a,
        "accepted_of": of(a),
        "closed": c,
        "closed_of": of(c),
        "overdue": late,
        "overdue_of": of(late),
        "pending": pending,
        "open": open_,
        "open_of": of(open_),
        "unclosed": np.maximum(r - c, 0.0),
        "in_time": np.maximum(r - late, 0.0),
        "in_limit": np.maximum(pending - late, 0.0),
        "derived": np.where(follows, pending, 0.0),
    }
    needs = [str(need_of(text)) for text in won["need"]]
    by_pathway = [need_of(text) for text in won["pathway"]]
    return won.assign(
        **{name: np.nan_to_num(part) for name, part in sums.items()},
        odd=(a > r) | (c > a) | (c > r) | (o > r),
        secret=[
            str(withheld_need(*texts) or "")
            for texts in zip(won["need"], won["pathway"], won["to_institution"], strict=True)
        ],
        counted=[
            need in COUNTED_FOR_PROTECTION or way in COUNTED_FOR_PROTECTION
            for need, way in zip(needs, by_pathway, strict=True)
        ],
        code=needs,
        institution=won["to_institution"].str.strip(),
        route=won["pathway"].str.strip(),
        urgency=[str(priority_of(text) or NO_PRIORITY) for text in won["priority"]],
    )


CELL = ["code", "institution", "route", "urgency"]  # the columns of a `Cell`


def _period(span: Window, mine: pd.DataFrame, twice: int, now: datetime) -> Period:
    secret = mine["secret"] != ""
    ordinary, kept = mine[~secret], mine[secret]
    cells = {Cell(*map(str, key)): part for key, part in ordinary.groupby(CELL, sort=True)}
    return Period(
        span=span,
        over=span.end <= now,
        cells={cell: _tally(part) for cell, part in cells.items()},
        for_protection=frozenset(cell for cell, part in cells.items() if part["counted"].any()),
        withheld={str(need): _tally(part) for need, part in kept.groupby("secret", sort=True)},
        sources=tuple(sorted(mine["source"].unique())),
        twice=twice,
        newest=mine["received_at"].max().to_pydatetime(),
    )


def _tally(lines: pd.DataFrame) -> Tally:
    sums = lines[SUMS].sum()
    return Tally(**{name: float(sums[name]) for name in SUMS}, lines=len(lines), odd=int(lines["odd"].sum()))


def summed(
    shown: Sequence[ShownPeriod],
    window: Window,
    before: Sequence[ShownPeriod],
    site: Site,
    now: datetime,
) -> Referrals:
    """`before`: periods of as many weeks before."""
    weeks = weeks_of(site, window)
    told = {one.span for one in shown}
    covered = [one.span for one in shown if one.span not in weeks]
    silent = tuple(
        week
        for week in weeks
        if week not in told
        and week.start < now
        and not any(span.start <= week.start and week.end <= span.end for span in covered)
    )
    return Referrals(
        window=window,
        periods=tuple(shown),
        weeks=weeks,
        silent=silent,
        total=sum((one.total for one in shown), Sum()),
        before=sum((one.total for one in before), Sum()) if before else None,
        tables=_tables(shown),
        before_tables=_tables(before),
        withheld=_named([one.withheld for one in shown]),
        sources=tuple(sorted({source for one in shown for source in one.sources})),
        twice=sum(one.twice for one in shown),
        newest=max((one.newest for one in shown if one.newest is not None), default=None),
    )


def _tables(shown: Sequence[ShownPeriod]) -> dict[str, dict[str, Sum]]:
    return {by: _named([one.tables[by] for one in shown]) for by in REFERRALS_BY}


def _named(tables: Iterable[Mapping[str, Sum]]) -> dict[str, Sum]:
    rows: dict[str, Sum] = {}
    for table in tables:
        for name, row in table.items():
            rows[name] = rows.get(name, Sum()) + row
    return rows
