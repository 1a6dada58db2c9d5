"""The board of requests: for the page, and what `GET /api/v1/requests` answers, one row a request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from callbacks.series import Answer, iso, known_at, number
from data.request_book import every_request
from data.types import Offer, ResourceRequest, Site
from layouts.resource_words import amount
from layouts.translator import Translator


def requests(conn: Connection, site: Site, t: Translator, now: datetime, as_of: datetime | None = None) -> Answer:
    """The newest first; `offers` and `acts` of each in the order in which they came, as CSV in one cell."""
    now = now if as_of is None else min(now, as_of)
    return {
        "site": site.site,
        "as_of": known_at(conn, site, as_of),
        "rows": [_row(one, site, t, now) for one in every_request(conn, site.site, as_of)],
    }


def _row(one: ResourceRequest, site: Site, t: Translator, now: datetime) -> dict[str, Any]:
    asked = one.asked
    return {
        "request": one.number,
        "at": iso(one.at, site),
        "institution": asked.institution,
        "what": asked.what,
        "service": None if asked.service is None else str(asked.service),
        "quantity": number(asked.quantity),
        "unit": asked.unit,
        "needed_by": iso(asked.needed_by, site),
        "place": asked.place or None,
        "reason": asked.reason,
        "by": one.by,
        "state": str(one.state),
        "offered": number(one.offered),
        "confirmed": number(one.confirmed),
        "delivered": number(one.delivered),
        "missing": number(one.missing),
        "overdue": one.overdue(now),
        "age_hours": round(one.age(now) / timedelta(hours=1), 1),
        "over_at": iso(one.over_at, site),
        "mark": one.mark or None,
        "offering": [_said(offer, t) for offer in one.offers],
        "offers": [_offer(offer, site) for offer in one.offers],
        "acts": [
            {**vars(act), "move": str(act.move), "at": iso(act.at, site), "quantity": number(act.quantity)}
            for act in one.acts
        ],
    }


def _said(offer: Offer, t: Translator) -> str:
    return f"{offer.institution}: {amount(offer.counts, t)}"


def _offer(offer: Offer, site: Site) -> Answer:
    return {
        "offer": offer.number,
        "institution": offer.institution,
        "quantity": number(offer.quantity),
        "at": iso(offer.at, site),
        "by": offer.by,
        "note": offer.note or None,
        "confirmed_at": iso(offer.confirmed_at, site),
        "retracted_at": iso(offer.retracted_at, site),
        "delivered": number(offer.delivered),
    }
