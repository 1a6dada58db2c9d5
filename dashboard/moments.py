"""The moment in an address, checked before anything is drawn for it."""

from __future__ import annotations

from datetime import datetime

import anyio.to_thread

from callbacks.then import NoSuchMoment, shown_at
from dashboard.shell import Shell
from dashboard.view import BadAddress
from data.store import reading


async def checked(shell: Shell, site: str, as_of: datetime | None) -> None:
    """Raises BadAddress where nothing was shown at the moment asked for; asking for now costs nothing."""
    place = shell.seen.site(site)
    if as_of is None or place is None:
        return
    now = shell.seen.now()

    def look() -> None:
        with reading(shell.engine) as conn:
            shown_at(conn, place, as_of, now)

    try:
        await anyio.to_thread.run_sync(look)
    except NoSuchMoment as wrong:
        raise BadAddress(wrong.code, zone=place.zone, **wrong.facts) from None
