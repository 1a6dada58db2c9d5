"""What people do on the board of requests: who may speak for which institution, and the audit row beside the act."""

from __future__ import annotations

from sqlalchemy import Connection

from dashboard.access import SENDING_ROLES, Viewer
from dashboard.acting import Moments, name_of, require
from dashboard.gate import Refused
from data.accounts import record
from data.request_acts import Wanted, move_request, open_request
from data.request_book import request_numbered
from data.request_shapes import Asked, RequestAct, ResourceRequest
from data.sources.words import plain
from data.vocabulary import RequestMove


def may_take_part(viewer: Viewer, site: str) -> bool:
    """Whoever sends reports for an institution; the coordination and the person at the machine for any."""
    speaks = viewer.may_operate or (viewer.role in SENDING_ROLES and bool(viewer.organisation))
    return speaks and not viewer.program and viewer.may_see_site(site)


def speaks_for(viewer: Viewer, institution: str) -> bool:
    if viewer.may_operate:
        return True
    return (
        viewer.role in SENDING_ROLES and bool(viewer.organisation) and plain(viewer.organisation) == plain(institution)
    )


def ask_for(
    conn: Connection, viewer: Viewer, site: str, asked: Asked, by: str, seen: int, at: Moments, mark: str
) -> ResourceRequest:
    """Raises Refused and WrongRequestAct."""
    require(viewer, site, may_take_part)
    _speaking(viewer, asked.institution)
    who = name_of(viewer, by)
    made = open_request(conn, site, asked, who, seen, at.now, at.real_now, mark)
    facts = {"what": made.asked.what, "quantity": made.asked.quantity, "institution": made.asked.institution}
    record(conn, at.real_now, who, "request-opened", f"{site}/{made.number}", facts)
    return made


def act_on(conn: Connection, viewer: Viewer, site: str, number: int, wanted: Wanted, at: Moments) -> RequestAct:
    """Who offers speaks for who gives; who confirms, receives or withdraws, for who asked. Raises Refused and
    WrongRequestAct."""
    require(viewer, site, may_take_part)
    _speaking(viewer, _whose(request_numbered(conn, site, number), wanted))
    wanted = Wanted(**{**vars(wanted), "by": name_of(viewer, wanted.by)})
    done = move_request(conn, site, number, wanted, at.now, at.real_now)
    facts = {"offer": done.offer, "institution": done.institution, "quantity": done.quantity, "note": done.note}
    record(conn, at.real_now, wanted.by, f"request-{done.move}", f"{site}/{number}/{done.step}", facts)
    return done


def _whose(request: ResourceRequest | None, wanted: Wanted) -> str | None:
    """None: there is no such thing, which is told when it is acted on."""
    if wanted.move is RequestMove.OFFERED:
        return wanted.institution
    if request is None:
        return None
    if wanted.move is not RequestMove.RETRACTED:
        return request.asked.institution
    offer = request.offer_numbered(wanted.offer)
    return None if offer is None else offer.institution


def _speaking(viewer: Viewer, institution: str | None) -> None:
    if institution and not speaks_for(viewer, institution):
        raise Refused(403, "forbidden_institution", institution=institution[:160])
