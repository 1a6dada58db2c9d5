"""Possible duplicates between those who report services: flags that follow the reports, and decisions that stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from data.analytics.overlaps import OPEN, VERDICTS, Overlap, Ruling, Step, overlaps
from data.days import days_of
from data.frames import frame
from data.revisions import counting
from data.service_grains import LINE_COLUMNS, service_winning
from data.tables import duplicate_decision, duplicate_flag, service_line
from data.types import Duplicate, Site, Window

SHOWN = 100
MOST_FLAGS = 10_000


class NoSuchDuplicate(LookupError):
    """No flag of this name whose reports still overlap."""


class WrongDecision(ValueError):
    """A verdict nobody knows, or a decision without its reason."""


def rulings(conn: Connection, site: str, as_of: datetime | None = None) -> tuple[Ruling, ...]:
    """What was decided by `as_of` about each pair at a site."""
    d, f = duplicate_decision.c, duplicate_flag.c
    decided = conn.execute(
        select(duplicate_decision)
        .where(d.site == site, *([] if as_of is None else [d.at <= as_of]))
        .order_by(d.pair, d.step)
    ).all()
    if not decided:
        return ()
    steps: dict[str, list[Step]] = {}
    for row in decided:
        steps.setdefault(row.pair, []).append(Step(row.day, row.onwards, row.verdict))
    parties = {row.pair: row for row in conn.execute(select(duplicate_flag).where(f.site == site, f.pair.in_(steps)))}
    return tuple(
        Ruling(
            row.sector,
            row.service,
            row.place,
            (row.first_source, row.first_organisation),
            (row.second_source, row.second_organisation),
            tuple(steps[pair]),
        )
        for pair, row in sorted(parties.items())
    )


def look_for_duplicates(conn: Connection, site: Site, days: Sequence[Window], now: datetime) -> None:
    """Bring the flags of these operational days to what their reports say now.

    Of the lines of every source, however they came: the order of deliveries changes nothing but `raised_at`.
    """
    window = Window(days[0].start, days[-1].end)
    found = {one.name(site.site): one for one in overlaps(_winning_lines(conn, site, window), days)}
    f = duplicate_flag.c
    rows = conn.execute(
        select(duplicate_flag)
        .where(f.site == site.site, f.day >= window.start, f.day < window.end)
        .order_by(f.flag, f.turn)
    ).all()
    latest = {row.flag: row for row in rows}
    for name, row in latest.items():
        if row.withdrawn_at is not None:
            continue
        turn = update(duplicate_flag).where(f.site == site.site, f.flag == name, f.turn == row.turn)
        if name not in found:
            conn.execute(turn.values(withdrawn_at=now))
        elif row.facts != found[name].facts:
            conn.execute(turn.values(facts=found[name].facts))
    raised = [
        _row(site.site, one, 0 if name not in latest else latest[name].turn + 1, now)
        for name, one in found.items()
        if name not in latest or latest[name].withdrawn_at is not None
    ]
    if raised:
        conn.execute(insert(duplicate_flag), raised)


def _winning_lines(conn: Connection, site: Site, window: Window) -> pd.DataFrame:
    line = service_line.c
    return service_winning(
        frame(
            conn,
            select(*(line[name] for name in LINE_COLUMNS)).where(
                line.site == site.site, line.start >= window.start, line.start < window.end, counting(service_line)
            ),
        )
    )


def _row(site: str, one: Overlap, turn: int, now: datetime) -> dict[str, object]:
    return {
        **{"site": site, "flag": one.name(site), "turn": turn, "pair": one.pair(site), "day": one.day},
        **{"sector": one.sector, "service": one.service, "place": one.place},
        **{"first_source": one.first[0], "first_organisation": one.first[1]},
        **{"second_source": one.second[0], "second_organisation": one.second[1]},
        **{"facts": dict(one.facts), "raised_at": now},
    }


def record_decision(
    conn: Connection, flag: str, verdict: str, reason: str, who: str, now: datetime, onwards: bool = False
) -> tuple[Duplicate, Window]:
    """Write a decision down; the flag as it stands now, and the time whose figures it touches.

    `open` takes a decision back. Raises NoSuchDuplicate, WrongDecision.
    """
    if verdict not in VERDICTS or not reason.strip():
        raise WrongDecision(f"expected one of {', '.join(VERDICTS)} and a reason, not {verdict!r} and {reason!r}")
    f, d = duplicate_flag.c, duplicate_decision.c
    row = conn.execute(select(duplicate_flag).where(f.flag == flag, f.withdrawn_at.is_(None))).one_or_none()
    if row is None:
        raise NoSuchDuplicate(flag)
    same = (d.site == row.site, d.pair == row.pair)
    step = conn.execute(select(func.max(d.step)).where(*same)).scalar_one_or_none()
    conn.execute(
        insert(duplicate_decision).values(
            **{"site": row.site, "pair": row.pair, "step": 0 if step is None else step + 1, "day": row.day},
            **{"onwards": onwards, "verdict": verdict, "reason": reason.strip(), "at": now, "who": who},
        )
    )
    last = conn.execute(
        select(func.max(f.day)).where(f.site == row.site, f.pair == row.pair, f.withdrawn_at.is_(None))
    ).scalar_one()
    [decided] = [one for one in duplicates(conn, row.site, Window(row.day, _just_after(row.day))) if one.flag == flag]
    return decided, Window(row.day, _just_after(last if onwards else row.day))


def _just_after(moment: datetime) -> datetime:
    return (pd.Timestamp(moment) + pd.Timedelta(seconds=1)).to_pydatetime()


def touched_lines(conn: Connection, one: Duplicate, window: Window, site: Site) -> dict[str, pd.DataFrame]:
    """The starts of the lines of both parties in the operational days of a window, by source."""
    line = service_line.c
    days = days_of(site, window)
    sources = sorted({one.first[0], one.second[0]})
    starts = frame(
        conn,
        select(line.source, line.start).where(
            line.site == one.site,
            *(line.start >= days[0].start, line.start < days[-1].end, line.service == one.service),
            line.source.in_(sources),
        ),
    )
    return {source: starts[starts["source"] == source] for source in sources}


def duplicates(
    conn: Connection, site: str, window: Window | None = None, as_of: datetime | None = None, limit: int = SHOWN
) -> tuple[Duplicate, ...]:
    """Flags whose reports overlap, newest day first, with the decision that holds on each; as they were at `as_of`."""
    f, d = duplicate_flag.c, duplicate_decision.c
    standing: ColumnElement[bool] = f.withdrawn_at.is_(None)
    if as_of is not None:
        standing = and_(f.raised_at <= as_of, or_(f.withdrawn_at.is_(None), f.withdrawn_at > as_of))
    asked = [f.site == site, standing]
    if window is not None:
        asked += [f.day >= window.start, f.day < window.end]
    rows = conn.execute(select(duplicate_flag).where(*asked).order_by(f.day.desc(), f.flag).limit(limit)).all()
    if not rows:
        return ()
    then = [] if as_of is None else [d.at <= as_of]
    decided = conn.execute(
        select(duplicate_decision).where(d.site == site, d.pair.in_({row.pair for row in rows}), *then).order_by(d.step)
    ).all()
    made = []
    for row in rows:
        told = [
            one
            for one in decided
            if one.pair == row.pair and (one.day == row.day or (one.onwards and one.day <= row.day))
        ]
        last = told[-1] if told else None
        made.append(
            Duplicate(
                site=row.site,
                flag=row.flag,
                pair=row.pair,
                day=row.day,
                sector=row.sector,
                service=row.service,
                place=row.place,
                first=(row.first_source, row.first_organisation),
                second=(row.second_source, row.second_organisation),
                facts=row.facts,
                raised_at=row.raised_at,
                verdict=OPEN if last is None else last.verdict,
                reason=None if last is None else last.reason,
                who=None if last is None else last.who,
                decided_at=None if last is None else last.at,
                onwards=last is not None and last.onwards,
            )
        )
    return tuple(made)


def duplicate_named(conn: Connection, flag: str) -> Duplicate | None:
    f = duplicate_flag.c
    row = conn.execute(select(f.site, f.day).where(f.flag == flag, f.withdrawn_at.is_(None))).one_or_none()
    if row is None:
        return None
    found = duplicates(conn, row.site, Window(row.day, _just_after(row.day)), limit=SHOWN * SHOWN)
    return next(one for one in found if one.flag == flag)
