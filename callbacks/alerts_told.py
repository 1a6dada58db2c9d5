"""What `GET /api/v1/alerts` answers: alerts with who has them, what they were, and who was told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from callbacks.series import Answer, iso, known_at
from data.alert_book import open_alerts, recent_alerts
from data.alert_history import Wanted, history
from data.tellings import marked
from data.types import AlertCard, Site
from layouts.translator import Translator

ALERTS_SHOWN = 200
ALERTS_ASKED = 5000


def alerts(
    conn: Connection,
    site: Site,
    state: str,
    t: Translator,
    now: datetime,
    as_of: datetime | None = None,
    wanted: Wanted | None = None,
) -> Answer:
    """`state`: open (default), closed, all, or one of the states of an alert. `wanted`: only these of the history."""
    now = now if as_of is None else min(now, as_of)
    cards: tuple[AlertCard, ...] = ()
    if wanted is not None:
        cards = history(conn, site.site, wanted, ALERTS_ASKED, as_of)
        if state in ("open", "closed"):
            cards = tuple(card for card in cards if card.is_open == (state == "open"))
    else:
        if state != "closed":
            cards += open_alerts(conn, site.site, as_of)
        if state in ("closed", "all", "resolved"):
            cards += recent_alerts(conn, site.site, ALERTS_SHOWN, as_of)
    if state not in ("open", "closed", "all"):
        cards = tuple(card for card in cards if card.state == state)
    rows = [alert_row(card, site, t) for card in marked(conn, site, cards, now, as_of)]
    return {"site": site.site, "as_of": known_at(conn, site, as_of), "rows": rows}


def alert_row(card: AlertCard, site: Site, t: Translator) -> Answer:
    """Who has it and what it was stand beside its state; as CSV, one row an alert."""
    taken, assessed, silenced = card.taken, card.assessed, card.silenced
    first = {act.kind: act.at for act in reversed(card.acts)}
    return {
        "alert": card.alert_id,
        "rule": card.rule,
        "subject": card.subject,
        "state": str(card.state),
        "level": str(card.level),
        "since": iso(card.since, site),
        "start": iso(card.fired_at, site),
        "acknowledged_at": iso(first.get("acknowledged"), site),
        "acknowledged_by": card.acknowledged_by,
        "owner": taken.owner if taken else None,
        "deadline": iso(taken.deadline, site) if taken else None,
        "overdue": taken.overdue if taken else None,
        "note": taken.note if taken else None,
        "outcome": str(assessed.outcome) if assessed else None,
        "assessed_at": iso(first.get("assessed"), site),
        "assessed_by": assessed.by if assessed else None,
        "assessment_note": assessed.note if assessed else None,
        "silenced_until": iso(silenced.until, site) if silenced else None,
        "escalated": max((int(act.facts["escalation"]) for act in card.acts if act.kind == "escalated"), default=0),
        "end": iso(card.ended_at, site),
        "updated": iso(card.updated, site),
        "message": t.sentence(card.sentence),
        "evidence": dict(card.evidence),
        "transitions": [
            {"at": iso(at, site), "state": str(state), "reason": reason} for at, state, reason in card.transitions
        ],
        "notices": [
            {
                "notice": one.notice_id,
                "kind": str(one.kind),
                "channel": one.channel,
                "fate": str(one.fate),
                "attempts": one.attempts,
            }
            for one in card.tellings
        ],
    }
