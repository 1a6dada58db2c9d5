"""The history of a site's alerts: filtered, counted, and as stretches of time for the charts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, ScalarSelect, and_, func, or_, select

from data.alert_acts import ACKNOWLEDGED, ASSESSED
from data.alert_book import alerts_as_of, cards_of, told_of
from data.tables import alert_transition
from data.types import AlertCard, AlertSpan, DeskFigures, Window
from data.vocabulary import AlertState, Assessment, Level

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
# An alert that has been on for longer is no stretch of a chart but its ground.
LONGEST_ON = timedelta(days=60)


@dataclass(frozen=True)
class Wanted:
    """Which alerts are asked for. `outcome` "none": of which nobody has said what they were."""

    window: Window | None = None  # in which they began
    rule: str = ""
    level: str = ""
    outcome: str = ""
    only_over: bool = False


def history(
    conn: Connection, site: str, wanted: Wanted, limit: int, as_of: datetime | None = None
) -> tuple[AlertCard, ...]:
    """Alerts that were told, the newest first."""
    a = alerts_as_of(site, as_of)
    asked = [told_of(a)]
    if wanted.window is not None:
        asked += [a.c.since >= wanted.window.start, a.c.since < wanted.window.end]
    if wanted.rule:
        asked.append(a.c.rule == wanted.rule)
    if wanted.level:
        asked.append(a.c.level == wanted.level)
    if wanted.only_over:
        asked.append(a.c.state == str(AlertState.RESOLVED))
    if wanted.outcome:
        # The last word of each: who changed their mind has it in the newest row.
        t = alert_transition.c
        until = [] if as_of is None else [t.at <= as_of]
        said = select(t.alert_id, func.max(t.step).label("step")).where(t.reason == ASSESSED, *until)
        last = said.group_by(t.alert_id).subquery()
        outcome = t.evidence["outcome"].as_string()
        found = select(t.alert_id).join(last, and_(t.alert_id == last.c.alert_id, t.step == last.c.step))
        if wanted.outcome in list(Assessment):
            asked.append(a.c.alert_id.in_(found.where(outcome == wanted.outcome)))
        else:
            asked.append(a.c.alert_id.not_in(found))
    rows = conn.execute(select(a).where(*asked).order_by(a.c.since.desc(), a.c.alert_id.desc()).limit(limit)).all()
    return cards_of(conn, rows, as_of)


def desk_figures(cards: Sequence[AlertCard], window: Window) -> DeskFigures:
    """How the desk worked in a window, from the alerts that were first told in it."""
    fired = sorted(card.fired_at for card in cards if card.fired_at is not None)
    taken = [_minutes(card, ACKNOWLEDGED) for card in cards]
    verified = [_minutes(card, ASSESSED) for card in cards]
    known = [minutes for minutes in taken if minutes is not None]
    looked = [minutes for minutes in verified if minutes is not None]
    return DeskFigures(
        window=window,
        alerts=len(fired),
        acknowledged=len(known),
        acknowledge_minutes=median(known) if known else None,
        assessed=len(looked),
        verify_minutes=median(looked) if looked else None,
        discarded=sum(card.assessed is not None and card.assessed.outcome is Assessment.DISCARD for card in cards),
        per_hour=len(fired) / ((window.end - window.start) / HOUR),
        busiest_hour=max((bisect_left(fired, at + HOUR) - place for place, at in enumerate(fired)), default=0),
    )


def _minutes(card: AlertCard, kind: str) -> float | None:
    """From being told to the first time somebody did so."""
    if card.fired_at is None:
        return None
    return next(((act.at - card.fired_at) / MINUTE for act in card.acts if act.kind == kind), None)


def alert_spans(
    conn: Connection, site: str, window: Window, now: datetime, as_of: datetime | None = None
) -> tuple[AlertSpan, ...]:
    """When alerts were on in a window: from firing to their end, or to now. The oldest first."""
    a, t = alerts_as_of(site, as_of), alert_transition.c
    until = [] if as_of is None else [t.at <= as_of]

    def first(state: AlertState) -> ScalarSelect[Any]:
        there = select(func.min(t.at)).where(t.alert_id == a.c.alert_id, t.to_state == str(state), *until)
        return there.scalar_subquery()

    rows = conn.execute(
        select(
            a.c.level, a.c.open, first(AlertState.FIRING).label("fired"), first(AlertState.RESOLVED).label("ended")
        ).where(
            a.c.since >= window.start - LONGEST_ON,
            a.c.since < window.end,
            or_(a.c.open, a.c.updated_at >= window.start),
        )
    )
    found = []
    for row in rows:
        end = now if row.open or row.ended is None else row.ended
        if row.fired is not None and row.fired < end and end > window.start:
            found.append(AlertSpan(Window(max(row.fired, window.start), min(end, window.end)), Level(row.level)))
    return tuple(sorted((one for one in found if one.window.start < one.window.end), key=lambda one: one.window.start))
