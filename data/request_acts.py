"""What institutions do on the board of requests: ask, offer, take an offer back, confirm, receive, withdraw.

Every act names the state it saw: of two people at once the second is told what the first one did.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from data.alert_acts import LONGEST_WORDS
from data.request_book import newest_request, request_numbered, requests_lock, requests_since
from data.request_shapes import CRUMB, Asked, Offer, RequestAct, ResourceRequest
from data.store import lock
from data.tables import request_act, resource_request
from data.versions import raise_version
from data.vocabulary import RequestMove

LONGEST = {"what": 120, "unit": 60, "institution": 160, "place": 200, "by": 120}
MOST = 1e9
# Nobody asks on this board for what is needed later than that.
FARTHEST = timedelta(days=366)


class WrongRequestAct(ValueError):
    """Locale key `requests.wrong_act.<code>` and its facts: what is missing from what somebody wants to do."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to do about a request. `seen`: step of its newest act that this person saw, 0 for none."""

    move: RequestMove
    by: str
    seen: int
    institution: str = ""
    offer: int | None = None
    quantity: float | None = None
    note: str = ""


def open_request(
    conn: Connection,
    site: str,
    asked: Asked,
    by: str,
    seen: int,
    now: datetime,
    real_now: datetime,
    mark: str = "",
) -> ResourceRequest:
    """Ask for something. `seen`: number of the newest request that this person saw, 0 for none.

    Said again by the same person it asks for nothing more. Raises WrongRequestAct.
    """
    by, asked = _cut(by, "by"), _plain(asked)
    _check(asked, by, now)
    lock(conn, requests_lock(site))
    for since in requests_since(conn, site, seen):
        if (since.asked, since.by) == (asked, by):
            return since
    made = ResourceRequest(newest_request(conn, site) + 1, now, asked, by, mark)
    said = {**vars(asked), "service": None if asked.service is None else str(asked.service)}
    row = {"site": site, "request": made.number, "at": now, "real_at": real_now, "by": by, "mark": mark}
    conn.execute(insert(resource_request).values(**row, **said))
    raise_version(conn, site)
    return made


def move_request(
    conn: Connection, site: str, number: int, wanted: Wanted, now: datetime, real_now: datetime
) -> RequestAct:
    """Offer, retract, confirm, receive or withdraw. Said again by the same person it changes nothing.

    Raises WrongRequestAct.
    """
    wanted = replace(
        wanted,
        by=_cut(wanted.by, "by"),
        institution=_cut(wanted.institution, "institution"),
        note=" ".join(wanted.note.split())[:LONGEST_WORDS],
    )
    if not wanted.by:
        raise WrongRequestAct("no_name")
    lock(conn, requests_lock(site))
    there = request_numbered(conn, site, number)
    if there is None:
        raise WrongRequestAct("no_request", number=number)
    last = there.acts[-1] if there.acts else None
    if last is not None and last.step == wanted.seen + 1 and _same(last, wanted):
        return last
    if there.step != wanted.seen:
        raise _changed(last)
    if there.over:
        raise WrongRequestAct("over")
    act = RequestAct(there.step + 1, now, wanted.move, there.asked.institution, wanted.by, wanted.note)
    act = _offered(there, act, wanted) if wanted.move is RequestMove.OFFERED else _answered(there, act, wanted)
    closes = replace(there, acts=(*there.acts, act)).over
    row = {**vars(act), "move": str(act.move)}
    conn.execute(insert(request_act).values(site=site, request=number, real_at=real_now, closes=closes, **row))
    raise_version(conn, site)
    return act


def _check(asked: Asked, by: str, now: datetime) -> None:
    if not by:
        raise WrongRequestAct("no_name")
    for name in ("what", "unit", "institution", "reason"):
        if not getattr(asked, name):
            raise WrongRequestAct(f"no_{name}")
    _amount(asked.quantity)
    if asked.needed_by <= now:
        raise WrongRequestAct("needed_past")
    if asked.needed_by > now + FARTHEST:
        raise WrongRequestAct("needed_far")


def _offered(there: ResourceRequest, act: RequestAct, wanted: Wanted) -> RequestAct:
    if not wanted.institution:
        raise WrongRequestAct("no_institution")
    number = max((one.number for one in there.offers), default=0) + 1
    return replace(act, institution=wanted.institution, offer=number, quantity=_amount(wanted.quantity))


def _answered(there: ResourceRequest, act: RequestAct, wanted: Wanted) -> RequestAct:
    if wanted.move is RequestMove.WITHDRAWN:
        if not wanted.note:
            raise WrongRequestAct("withdraw_why")
        return act
    offer = there.offer_numbered(wanted.offer)
    if offer is None:
        raise WrongRequestAct("no_offer")
    if offer.over:
        raise WrongRequestAct("offer_over")
    act = replace(act, institution=offer.institution, offer=offer.number)
    if wanted.move is RequestMove.RETRACTED:
        if not wanted.note:
            raise WrongRequestAct("retract_why")
        return act
    if wanted.move is RequestMove.CONFIRMED:
        if offer.confirmed_at is not None:
            raise WrongRequestAct("offer_confirmed")
        return act
    if offer.confirmed_at is None:
        raise WrongRequestAct("not_confirmed")
    return replace(act, quantity=_amount(_rest(offer) if wanted.quantity is None else wanted.quantity))


def _rest(offer: Offer) -> float:
    return offer.quantity - offer.delivered


def _amount(quantity: float | None) -> float:
    if quantity is None or not math.isfinite(quantity) or not CRUMB < quantity <= MOST:
        raise WrongRequestAct("no_quantity")
    return quantity


def _same(last: RequestAct, wanted: Wanted) -> bool:
    said = (last.move, last.by, last.note) == (wanted.move, wanted.by, wanted.note)
    if wanted.move is RequestMove.OFFERED:
        return said and (last.institution, last.quantity) == (wanted.institution, wanted.quantity)
    return said and last.offer == wanted.offer and wanted.quantity in (None, last.quantity)


def _changed(last: RequestAct | None) -> WrongRequestAct:
    """Somebody was faster, or the page is of another store."""
    if last is None:
        return WrongRequestAct("stale")
    return WrongRequestAct("request_changed", by=last.by, done_at=last.at, move=str(last.move))


def _plain(asked: Asked) -> Asked:
    return replace(
        asked,
        what=_cut(asked.what, "what"),
        unit=_cut(asked.unit, "unit"),
        institution=_cut(asked.institution, "institution"),
        place=_cut(asked.place, "place"),
        reason=" ".join(asked.reason.split())[:LONGEST_WORDS],
    )


def _cut(words: str, name: str) -> str:
    return " ".join(words.split())[: LONGEST[name]]
