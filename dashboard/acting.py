"""What people do at the alert desk, by page or by API: who may, what they said, and the audit row beside the act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from dashboard.access import Viewer
from dashboard.gate import Refused
from data.accounts import record
from data.alert_acts import AlertIsOver, NotToldYet, WrongAct, acknowledge, assess, site_of_alert
from data.silences import NoSuchSilence, end_silence, silence_until, silence_weekly
from data.sites import site as site_named
from data.tables import alert
from data.types import Site
from data.vocabulary import Role

DECIDING = frozenset({Role.SECTOR_LEAD, Role.PROTECTION, Role.COORDINATION, Role.ADMIN})
THIS, RULE = "this", "rule"


@dataclass(frozen=True)
class Said:
    """What somebody wants to do. `by` is a name that was typed: it counts only at the machine itself."""

    by: str = ""
    note: str = ""
    owner: str = ""
    deadline: datetime | None = None
    outcome: str = ""
    reason: str = ""
    scope: str = THIS
    until: datetime | None = None


@dataclass(frozen=True)
class Moments:
    now: datetime  # by the clock of the domain
    real_now: datetime


def may_decide(viewer: Viewer, site: str) -> bool:
    return (viewer.local or viewer.role in DECIDING) and viewer.may_see_site(site)


def may_silence(viewer: Viewer, site: str) -> bool:
    return viewer.may_operate and viewer.may_see_site(site)


def name_of(viewer: Viewer, typed: str) -> str:
    """Whoever has an account acts under its name; the person at the machine under the one they give."""
    return typed.strip()[:120] if viewer.local else viewer.name


def require(viewer: Viewer, site: str, may: Callable[[Viewer, str], bool]) -> None:
    if not viewer.may_see_site(site):
        raise Refused(403, "forbidden_site", site=site)
    if not may(viewer, site):
        raise Refused(403, "forbidden_act")


def take_alert(conn: Connection, viewer: Viewer, alert_id: int, said: Said, at: Moments) -> None:
    site = _site(conn, alert_id)
    require(viewer, site, may_decide)
    by = name_of(viewer, said.by)
    _acted(lambda: acknowledge(conn, alert_id, by, said.note, at.now, said.owner, said.deadline))
    until = None if said.deadline is None else said.deadline.isoformat()
    facts = {"site": site, "owner": said.owner or by, "deadline": until, "note": said.note}
    record(conn, at.real_now, by, "alert-acknowledged", str(alert_id), facts)


def assess_alert(conn: Connection, viewer: Viewer, alert_id: int, said: Said, at: Moments) -> None:
    site = _site(conn, alert_id)
    require(viewer, site, may_decide)
    by = name_of(viewer, said.by)
    _acted(lambda: assess(conn, alert_id, said.outcome, by, said.note, at.now))
    facts = {"site": site, "outcome": said.outcome, "note": said.note}
    record(conn, at.real_now, by, "alert-assessed", str(alert_id), facts)


def silence_alert(conn: Connection, viewer: Viewer, alert_id: int, said: Said, at: Moments) -> None:
    site = _site(conn, alert_id)
    require(viewer, site, may_silence)
    row = conn.execute(select(alert.c.rule, alert.c.subject).where(alert.c.alert_id == alert_id)).one()
    if said.scope not in (THIS, RULE):
        raise WrongAct("silence_everything")
    # A rule that fails as a whole has no subject: it is silenced as a rule.
    subject = row.subject or None if said.scope == THIS else None
    silence_some(conn, viewer, site_named(conn, site), row.rule, subject, said, at)


def silence_some(
    conn: Connection, viewer: Viewer, site: Site, rule: str | None, subject: str | None, said: Said, at: Moments
) -> None:
    require(viewer, site.site, may_silence)
    if said.until is None:
        raise WrongAct("silence_past")
    by = name_of(viewer, said.by)
    number = silence_until(conn, site, rule, subject, said.reason, by, said.until, at.now)
    facts = {"site": site.site, "rule": rule, "subject": subject, "reason": said.reason}
    record(conn, at.real_now, by, "silence", str(number), {**facts, "until": said.until.isoformat()})


def silence_by_week(
    conn: Connection,
    viewer: Viewer,
    site: Site,
    what: tuple[str | None, str | None],
    said: Said,
    when: tuple[list[int], int, timedelta],
    at: Moments,
) -> None:
    """`what`: rule and subject; `when`: days, local minute, for how long."""
    require(viewer, site.site, may_silence)
    by = name_of(viewer, said.by)
    days, minute, length = when
    minutes = round(length / timedelta(minutes=1))
    number = silence_weekly(conn, site, *what, said.reason, by, days, minute, minutes, at.now)
    facts = {"site": site.site, "rule": what[0], "subject": what[1], "reason": said.reason, "days": days}
    record(conn, at.real_now, by, "silence", str(number), {**facts, "from_minute": minute, "minutes": minutes})


def end_one(conn: Connection, viewer: Viewer, site: Site, silence_id: int, typed: str, at: Moments) -> None:
    require(viewer, site.site, may_silence)
    by = name_of(viewer, typed)
    if not by:
        raise WrongAct("no_name")
    try:
        end_silence(conn, site, silence_id, by, at.now)
    except NoSuchSilence:
        raise WrongAct("gone") from None
    record(conn, at.real_now, by, "silence-ended", str(silence_id), {"site": site.site})


def _site(conn: Connection, alert_id: int) -> str:
    try:
        return site_of_alert(conn, alert_id)
    except LookupError:
        raise Refused(404, "no_alert", number=str(alert_id)) from None


def _acted(act: Callable[[], object]) -> None:
    """What cannot be done any more, or not yet, told like what is missing."""
    try:
        act()
    except AlertIsOver:
        raise WrongAct("over") from None
    except NotToldYet:
        raise WrongAct("pending") from None


def wrong_words(wrong: WrongAct, say: Callable[..., str]) -> str:
    return say(f"desk_alerts.wrong.{wrong.code}", **wrong.facts)


Act = Callable[[Connection, Viewer, int, Said, Moments], None]
ACTS: Mapping[str, Act] = {"acknowledge": take_alert, "assess": assess_alert, "silence": silence_alert}
