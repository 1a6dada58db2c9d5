"""Who does what where: what is asked in an address, and its answer for a page, a file or a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from callbacks.asked import WrongAsk, window_ask
from callbacks.reads.ground import frame_of, moment_of
from callbacks.series import known_at, number
from data.analytics.who_sums import MOST_NAMED, matrix
from data.days import day_of
from data.duplicates import MOST_FLAGS, duplicates
from data.types import Cell, ClockReading, Frame, Scope, Site, WhoAsk, WhoMatrix, Window
from data.vocabulary import Sector
from data.who_shapes import ACROSS, COUNTS, Shown
from data.who_where import lately, shown_doings

WINDOWS = {"today": 0, "yesterday": 0, "7d": 6, "30d": 29, "90d": 89}  # days before today
LONGEST = timedelta(days=1100)
MOST_DAYS = 100  # columns
# In an address: the site as a whole, beside its places.
WHOLE_SITE = "-"
LONGEST_WORD = 200


@dataclass(frozen=True)
class WhoModel:
    frame: Frame
    matrix: WhoMatrix
    shown: Shown
    open_duplicates: int  # pairs of the period about which nobody decided yet


def who_ask(params: Mapping[str, str], site: Site, now: datetime) -> WhoAsk:
    """From `window` or `from` and `to`, `across`, `sector`, `organisation`, `place`, `count`; raises WrongAsk."""
    across = _one_of(params, "across", ACROSS, "organisation")
    place = params.get("place", "")[:LONGEST_WORD]
    window = _window(params, site, now)
    if across == "day" and window.end - window.start > timedelta(days=MOST_DAYS, hours=1):
        raise WrongAsk("from", params.get("from", ""), "window_too_long", days=MOST_DAYS)
    return WhoAsk(
        window=window,
        across=across,
        sector=_one_of(params, "sector", ("", *map(str, Sector)), ""),
        organisation=params.get("organisation", "").strip()[:LONGEST_WORD],
        place=None if not place else "" if place == WHOLE_SITE else place,
        count=_one_of(params, "count", COUNTS, "people"),
    )


def _window(params: Mapping[str, str], site: Site, now: datetime) -> Window:
    if params.get("from", "").strip() or params.get("to", "").strip():
        asked = window_ask(params, site, now, timedelta(days=1), LONGEST)
        return Window(asked.start.astimezone(UTC), asked.end.astimezone(UTC))
    name = _one_of(params, "window", tuple(WINDOWS), "today")
    today = day_of(site, now)
    if name == "yesterday":
        return day_of(site, today.start - timedelta(hours=1))
    first = day_of(site, today.start - timedelta(days=WINDOWS[name]) + timedelta(hours=2))
    return Window(first.start, today.end)


def _one_of(params: Mapping[str, str], name: str, allowed: tuple[str, ...], otherwise: str) -> str:
    word = params.get(name, "").strip() or otherwise
    if word not in allowed:
        raise WrongAsk(name, word, "unknown_value", allowed=", ".join(filter(None, allowed)))
    return word


def who(
    conn: Connection, scope: Scope, site: Site, ask: WhoAsk, clock: ClockReading, most_named: int = MOST_NAMED
) -> WhoModel:
    """The matrix as the asker may see it."""
    now = moment_of(scope, clock)
    shown = shown_doings(conn, site, ask.window, scope.audience, now, scope.as_of, scope.mask_below)
    told = matrix(shown, ask, site, now, lately(conn, site, now, scope.as_of), most_named)
    found = duplicates(conn, site.site, ask.window, scope.as_of, MOST_FLAGS)
    pending = sum(
        one.verdict == "open"
        and ask.sector in ("", one.sector)
        and ask.organisation in ("", one.first[1], one.second[1])
        for one in found
    )
    return WhoModel(frame_of(conn, scope, clock), told, shown, pending)


def answer(conn: Connection, scope: Scope, site: Site, ask: WhoAsk, clock: ClockReading) -> dict[str, Any]:
    """One row a cell (`column`), a service (no column), a sector (no service), and one for all of it (no sector).

    `value`: contacts, or people of the part asked for; null where nobody gave any, or where they are reserved.
    """
    model = who(conn, scope, site, ask, clock, 10**9)
    return {
        "site": site.site,
        "as_of": known_at(conn, site, scope.as_of),
        "from": ask.window.start.isoformat(),
        "to": ask.window.end.isoformat(),
        "across": ask.across,
        "count": ask.count,
        "open_duplicates": model.open_duplicates,
        "rows": list(rows(model.matrix)),
    }


def rows(told: WhoMatrix) -> Iterator[dict[str, Any]]:
    for sector in told.sectors:
        for one in sector.services:
            if not one.service:
                continue
            for key in told.columns:
                if key in one.cells:
                    yield _row(sector.sector, one.service, key, one.cells[key])
            yield _row(sector.sector, one.service, None, one.total)
        yield {**_row(sector.sector, None, None, sector.total), "active": list(sector.active)}
    yield _row(None, None, None, told.total)


def _row(sector: str | None, service: str | None, column: Any, cell: Cell) -> dict[str, Any]:
    return {
        "sector": sector,
        "service": service,
        "column": column,
        "value": number(cell.value),
        "at_least": cell.at_least,
        "reserved": cell.hidden,
        "without_count": cell.missing,
        "possible_duplicate": cell.flagged,
        "left_out": cell.twice,
        "quantity": number(cell.quantity),
        "unit": cell.unit or None,
        "organisations": list(cell.who),
    }
