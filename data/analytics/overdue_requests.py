"""The alert rule of the board of requests: what was asked for by a moment and has not come by then."""

from __future__ import annotations

from data.analytics.lifecycle import Seen
from data.analytics.rule import Finding, Recent
from data.request_shapes import ResourceRequest
from data.vocabulary import Level


def overdue_request(recent: Recent, level: Level = Level.ALERT) -> tuple[Finding, ...]:
    """One subject a request. One that is confirmed and has not come is late all the same."""
    return tuple(_request(one, recent, level) for one in recent.requests)


def requests_watched(recent: Recent) -> frozenset[str]:
    return frozenset(str(one.number) for one in recent.requests)


def _request(one: ResourceRequest, recent: Recent, level: Level) -> Finding:
    asked = one.asked
    evidence = {
        "request_number": str(one.number),
        "what": asked.what,
        "quantity": asked.quantity,
        "unit": asked.unit,
        "institution": asked.institution,
        "request_state": str(one.state),
        "needed_at": asked.needed_by.isoformat(),
    }
    return Finding(str(one.number), Seen.BREACH if one.overdue(recent.now) else Seen.CLEAR, level, evidence)
