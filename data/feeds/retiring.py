"""Deliveries of a feed that hold a line of which nothing is left: found, and what else was in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, update

from data.feeds.config import Feed
from data.lines import LINES
from data.receipts import COUNTS
from data.sources.canonical import DatasetSpec
from data.sources.combining import line_key
from data.tables import feed_instance, feed_part, report, report_site

AT_ONCE = 300  # values in one statement; old releases of SQLite take no thousand

i, p = feed_instance.c, feed_part.c


def file_of(feed: Feed) -> str:
    """The name under which the desk lists a feed's deliveries."""
    return f"{feed.name}.json"


def undone_by(feed: str) -> str:
    """How a delivery is signed that the feed itself took back, to write the rest of it again."""
    return f"feed {feed}"


def reports_with(conn: Connection, feed: Feed, spec: DatasetSpec, keys: Collection[str]) -> list[Row[Any]]:
    """Deliveries of this feed that count and hold a line of one of these keys."""
    found: set[int] = set()
    for some in some_of(keys):
        parts = conn.execute(select(p.line_key, p.mapped).where(p.feed == feed.name, p.line_key.in_(some)))
        for mapped in {row.line_key: row.mapped for row in parts}.values():
            stmt = select(LINES[spec.dataset].c.report_id).where(_same(feed, spec, mapped))
            found |= set(conn.execute(stmt).scalars())
    rows: list[Row[Any]] = []
    for some in some_of(found):
        own = [report.c.report_id.in_(some), report.c.source == feed.source, report.c.filename == file_of(feed)]
        rows += conn.execute(select(report).where(*own, report.c.state.in_(COUNTS))).all()
    return sorted(rows, key=lambda row: row.report_id)


def _same(feed: Feed, spec: DatasetSpec, mapped: Mapping[str, Any]) -> ColumnElement[bool]:
    lines = LINES[spec.dataset]
    wanted = {name: mapped.get(name, "") for name in spec.key}
    times = {name: datetime.fromisoformat(wanted[name]) for name in ("start", "end", "at") if name in wanted}
    same = [func.coalesce(lines.c[name], "") == value for name, value in wanted.items() if name not in times]
    # These without a function around them, so that the table's key finds the place.
    same += [lines.c[name] == value for name, value in times.items()]
    same += [lines.c[name] == wanted[name] for name in ("site", "stage") if name in wanted]
    return and_(lines.c.source == feed.source, *same)


def keys_in(conn: Connection, spec: DatasetSpec, reports: Collection[int]) -> set[str]:
    """The keys of every line of these deliveries."""
    lines = LINES[spec.dataset]
    found: set[str] = set()
    for some in some_of(reports):
        stmt = select(*(lines.c[name] for name in spec.key)).where(lines.c.report_id.in_(some))
        for row in conn.execute(stmt).mappings():
            told: dict[str, Any] = {name: "" if row[name] is None else row[name] for name in spec.key}
            found.add(line_key(spec, told))
    return found


def sites_of(conn: Connection, report_id: int) -> set[str]:
    return set(conn.execute(select(report_site.c.site).where(report_site.c.report_id == report_id)).scalars())


def carry_over(conn: Connection, feed: Feed, reports: Collection[Row[Any]], into: int) -> None:
    """What counted in these deliveries now counts in another one."""
    for some in some_of([row.report_id for row in reports]):
        own = update(feed_instance).where(i.feed == feed.name, i.report_id.in_(some))
        conn.execute(own.values(report_id=into))


def some_of(values: Collection[Any]) -> Iterable[list[Any]]:
    """The values in an order of their own, as many at a time as one statement takes."""
    ordered = sorted(set(values))
    for first in range(0, len(ordered), AT_ONCE):
        yield ordered[first : first + AT_ONCE]
