"""What follows from an evaluation besides the states: who is told, what is escalated, which deadline has passed.

It happens in the transaction of the evaluation, so that an alert that is stored is told, and told once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from data.alert_acts import DEADLINE_PASSED, ESCALATED, KINDS, acts_of, handled, taken_of
from data.alert_book import TOLD
from data.alert_moves import GREW, add_transition
from data.channels import rank
from data.escalation import due_steps, escalation_steps
from data.notices import NEW, tell, told_levels
from data.silences import ended_now, last_ends, silenced_by, silences
from data.sites import site as site_named
from data.tables import alert, alert_moment, alert_transition, notice, notice_alert
from data.types import Act, Silence, Site
from data.vocabulary import AlertState, Level, NoticeKind

# An alert that was less grave for so long is told again when it is as grave as before.
LESSER = timedelta(hours=1)
ON = tuple(str(state) for state in TOLD)


def follow_up(conn: Connection, name: str, moved: Sequence[int], now: datetime, real_now: datetime) -> list[int]:
    """Numbers of the alerts of which something was written. The caller holds the lock of the site's alerts."""
    site = site_named(conn, name)
    a = alert.c
    on = conn.execute(
        select(alert).where(a.site == name, a.open_key.is_not(None), a.state.in_(ON)).order_by(a.alert_id)
    ).all()
    quiet = silences(conn, site, now)
    ended = ended_now(conn, site, now)
    loud = [row for row in on if silenced_by(row.rule, row.subject, quiet, now, site) is None]
    acts = _acts(conn, [row.alert_id for row in on])
    again = [row for row in loud if any(one.covers(row.rule, row.subject) for one in ended)]
    tell(conn, name, NoticeKind.STILL_ON, again, now, real_now, facts=_silences(ended))
    known = told_levels(conn, [row.alert_id for row in loud])
    fresh = [row for row in loud if rank(row.level) > known.get(row.alert_id, -2)]
    tell(conn, name, NoticeKind.OPENED, fresh, now, real_now)
    told = {row.alert_id for row in (*again, *fresh)}
    back = [row for row in loud if row.alert_id not in told and row.alert_id in moved and _back(conn, row, now)]
    tell(conn, name, NoticeKind.AGAIN, back, now, real_now)
    told |= {row.alert_id for row in back}
    grew = [row for row in loud if row.alert_id not in told and row.alert_id in _grown(conn, moved, now)]
    tell(conn, name, NoticeKind.GREW, grew, now, real_now)
    tell(conn, name, NoticeKind.OVER, _over(conn, moved), now, real_now)
    # A deadline that passes under a silence is told when the silence is over.
    late = _late(conn, loud, acts, now)
    tell(conn, name, NoticeKind.DEADLINE, late, now, real_now)
    return [*(row.alert_id for row in late), *_escalated(conn, site, loud, acts, now, real_now)]


def _silences(ended: Sequence[Silence]) -> Mapping[str, Any]:
    return {"silences": [{"reason": one.reason, "who": one.who} for one in ended]}


def _acts(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[Act, ...]]:
    t = alert_transition.c
    steps: dict[int, list[Row[Any]]] = {number: [] for number in ids}
    if ids:
        done = select(alert_transition).where(t.alert_id.in_(ids), t.reason.in_(KINDS)).order_by(t.alert_id, t.step)
        for step in conn.execute(done):
            steps[step.alert_id].append(step)
    return {number: acts_of(found) for number, found in steps.items()}


def _grown(conn: Connection, moved: Sequence[int], now: datetime) -> set[int]:
    """Those of which more was found in this evaluation than was told before."""
    t = alert_transition.c
    grew = select(t.alert_id).where(t.alert_id.in_(moved), t.reason == GREW, t.at == now)
    return set(conn.execute(grew).scalars()) if moved else set()


def _back(conn: Connection, row: Row[Any], now: datetime) -> bool:
    """It became as grave as this just now, as it was once already, and was less for a while between."""
    m = alert_moment.c
    mine = select(m.at, m.level).where(m.site == row.site, m.alert_id == row.alert_id).order_by(m.step.desc())
    moments = conn.execute(mine).all()
    lesser_since = None
    for moment in moments:
        if moment.at == now:
            continue
        if rank(moment.level) >= rank(row.level):
            return lesser_since is not None and now - lesser_since >= LESSER
        lesser_since = moment.at
    return False


def _over(conn: Connection, moved: Sequence[int]) -> list[Row[Any]]:
    """Those that ended just now, of which somebody had been told."""
    if not moved:
        return []
    a, n, told = alert.c, notice.c, notice_alert.c
    heard = select(told.alert_id).join(notice, n.notice_id == told.notice_id)
    of_it = heard.where(told.alert_id == a.alert_id, n.kind.in_(NEW)).exists()
    over = select(alert).where(a.alert_id.in_(moved), a.open_key.is_(None), of_it).order_by(a.alert_id)
    return list(conn.execute(over))


def _late(
    conn: Connection, rows: Sequence[Row[Any]], acts: Mapping[int, tuple[Act, ...]], now: datetime
) -> list[Row[Any]]:
    """Whoever took it gave themselves a time, and it is over."""
    late = []
    for row in rows:
        taken = taken_of(acts[row.alert_id])
        if taken is None or taken.deadline is None or taken.overdue or taken.deadline > now:
            continue
        facts = {"owner": taken.owner, "deadline": taken.deadline.isoformat()}
        add_transition(conn, row.alert_id, now, row.state, row.state, DEADLINE_PASSED, facts)
        late.append(row)
    return late


def _escalated(
    conn: Connection,
    site: Site,
    rows: Sequence[Row[Any]],
    acts: Mapping[int, tuple[Act, ...]],
    now: datetime,
    real_now: datetime,
) -> list[int]:
    """A critical alert that nobody has taken goes on to the next ones, step by step, each once."""
    alone = [
        row
        for row in rows
        if row.level == Level.CRITICAL and row.state == AlertState.FIRING and not handled(acts[row.alert_id])
    ]
    if not alone:
        return []
    steps = escalation_steps(conn, site.site, now)
    since = {row.alert_id: _critical_since(conn, site, row) for row in alone}
    ends = last_ends(conn, site, now, min(since.values()))
    by_step: dict[int, list[tuple[Row[Any], timedelta]]] = {}
    for row in alone:
        # Under a silence nobody could know.
        heard = [end for one, end in ends if one.covers(row.rule, row.subject)]
        done = frozenset(int(act.facts["escalation"]) for act in acts[row.alert_id] if act.kind == ESCALATED)
        waited = now - max([since[row.alert_id], *heard])
        for one in due_steps(steps, done, waited):
            by_step.setdefault(one.step, []).append((row, waited))
    named = {one.step: one.to for one in steps}
    for step, found in sorted(by_step.items()):
        to = {"to": named[step]}
        reached = tell(conn, site.site, NoticeKind.ESCALATED, [row for row, _ in found], now, real_now, step, to)
        for row, waited in found:
            # That nobody was reached is written down too: the page must not say that somebody was told.
            facts = {
                "escalation": step,
                **to,
                "waited_minutes": round(waited / timedelta(minutes=1)),
                "reached": reached,
            }
            add_transition(conn, row.alert_id, now, row.state, row.state, ESCALATED, facts)
    return [row.alert_id for found in by_step.values() for row, _ in found]


def _critical_since(conn: Connection, site: Site, row: Row[Any]) -> datetime:
    """When it became critical, told and open, and has been so ever since."""
    m = alert_moment.c
    moments = conn.execute(
        select(m.at, m.level, m.state).where(m.site == site.site, m.alert_id == row.alert_id).order_by(m.step.desc())
    )
    since: datetime = row.updated_at
    for moment in moments:
        if moment.level != Level.CRITICAL or moment.state not in ON:
            break
        since = moment.at
    return since
