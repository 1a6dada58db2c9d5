"""Who reported what was expected of them, at a moment of one site: the one place that says late, missing or silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection

from data.analytics.reporting import (
    LONGEST_SPAN,
    Span,
    ahead,
    deadlines,
    dues,
    in_force,
    judged,
    reach_of,
    reach_start,
)
from data.cadences import ALWAYS, cadences
from data.queries.reporting import Pair, contacts, first_told, last_received, spans
from data.rhythm import Cadence, Contact, Reporting
from data.store import WRITES
from data.types import Site, Window
from data.versions import version_of
from data.vocabulary import Rhythm


def reporting(
    conn: Connection, site: Site, now: datetime, as_of: datetime | None = None, window: Window | None = None
) -> tuple[Reporting, ...]:
    """Every source and dataset with a cadence in force, by source. As known at `as_of`.

    The reports are those of the periods that begin in `window`; without one each is looked at as far back as its
    rhythm asks (`REACH`). No report of a period that has not begun is among them.
    """
    if window is not None or as_of is not None or conn.get_execution_options().get(WRITES):
        return _worked_out(conn, site, now, as_of, window)
    # All boards of a version and a minute ask the same. Who writes may see what is never committed, and asks afresh.
    mark = (str(conn.engine.url), site, version_of(conn, site.site), int(now.timestamp() // 60))
    kept = _kept(mark)
    if not kept:
        kept.append(_worked_out(conn, site, now, None, None))
    return kept[0]


@lru_cache(maxsize=256)
def _kept(mark: object) -> list[tuple[Reporting, ...]]:
    """A place to keep what one version says of one minute."""
    return []


def _worked_out(
    conn: Connection, site: Site, now: datetime, as_of: datetime | None, window: Window | None
) -> tuple[Reporting, ...]:
    agreed: dict[Pair, list[Cadence]] = {}
    for one in cadences(conn, site.site, as_of):
        agreed.setdefault((one.source, one.dataset), []).append(one.cadence)
    current = {pair: cadence for pair, held in agreed.items() if (cadence := in_force(held, now)) is not None}
    asked = sorted(pair for pair, cadence in current.items() if cadence.kind is not Rhythm.NONE or window is not None)
    looked = {
        pair: Window(reach_start(site, agreed[pair], now), ahead(site, current[pair], now))
        if window is None
        else Window(window.start, max(window.start, min(window.end, now)))
        for pair in asked
    }
    heard = _heard(conn, site, {pair: current[pair] for pair in asked}, looked, as_of)
    came, whom = last_received(conn, site.site, as_of), contacts(conn, as_of)
    found = []
    for pair in asked:
        begins = _begins(conn, site, pair, agreed[pair], looked[pair].start, as_of)
        judgement = judged(dues(site, agreed[pair], looked[pair], begins), heard[pair], now)
        late_at, silent_at = deadlines(judgement) if window is None else (None, None)
        found.append(
            Reporting(
                source=pair[0],
                dataset=pair[1],
                contact=whom.get(pair[0], Contact()),
                cadence=current[pair],
                expectations=tuple(one for one in judgement if one.start < now),
                last_received=came.get(pair),
                heard_until=_newest(heard[pair], now),
                late_at=late_at,
                silent_at=silent_at,
            )
        )
    return tuple(found)


def _newest(heard: Sequence[Span], now: datetime) -> datetime | None:
    ends = [span.end for span in heard if span.received <= now.timestamp()]
    return min(now, datetime.fromtimestamp(max(ends), UTC)) if ends else None


def _heard(
    conn: Connection,
    site: Site,
    current: Mapping[Pair, Cadence],
    looked: Mapping[Pair, Window],
    as_of: datetime | None,
) -> dict[Pair, list[Span]]:
    """What each source spoke of: one statement for those that are looked at equally far."""
    alike: dict[object, list[Pair]] = {}
    for pair, cadence in current.items():
        alike.setdefault(None if cadence.kind is Rhythm.NONE else reach_of(cadence), []).append(pair)
    found: dict[Pair, list[Span]] = {}
    for pairs in alike.values():
        first, last = min(looked[pair].start for pair in pairs), max(looked[pair].end for pair in pairs)
        # A period that begins in the window may end as long after it as it is long.
        reach = max(timedelta(minutes=current[pair].minutes) for pair in pairs) + 3 * LONGEST_SPAN
        for pair, told in spans(conn, site.site, pairs, Window(first - LONGEST_SPAN, last + reach), as_of).items():
            found[pair] = [Span(*piece) for piece in told]
    return found


def _begins(
    conn: Connection, site: Site, pair: Pair, held: Sequence[Cadence], since: datetime, as_of: datetime | None
) -> datetime | None:
    """Nobody was late before anything was agreed: what holds from always is expected from when it was written down,
    or from the first report if that speaks of an earlier time."""
    first = held[0]
    if first.valid_from != ALWAYS or first.set_at is None or first.set_at <= since:
        return None
    told = first_told(conn, site.site, *pair, as_of)
    return first.set_at if told is None else min(first.set_at, told)
