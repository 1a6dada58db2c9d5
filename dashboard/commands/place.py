"""What several commands ask for about a place: the post by its name, a moment by its clock. Wrong ones end the command
with what was expected."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from callbacks.asked import WrongAsk, moment_ask
from dashboard.commands.ground import stop
from data.sites import UnknownSite, site, sites
from data.types import Site
from layouts.translator import Translator


def site_asked(conn: Connection, name: str, t: Translator) -> Site:
    try:
        return site(conn, name)
    except UnknownSite:
        no_site(conn, name, t)


def no_site(conn: Connection, name: str, t: Translator) -> NoReturn:
    stop(t("command_agree.no_site", site=name, known=", ".join(one.site for one in sites(conn)) or "–"))


def moment_asked(written: str | None, place: Site, t: Translator) -> datetime | None:
    """By the place's clock; None where nothing was written."""
    if written is None:
        return None
    try:
        at = moment_ask({"from": written}, "from", place)
    except WrongAsk:
        at = None
    if at is None:
        stop(t("cadence.wrong_time", value=written))
    return at.astimezone(ZoneInfo(place.zone))
