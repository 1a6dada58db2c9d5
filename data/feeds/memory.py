"""What the store remembers of a feed's submissions: reads and writes of `feed_instance` and `feed_part`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, insert, or_, select, true, update

from data.feeds.reading import Part
from data.feeds.records import Record
from data.feeds.retiring import some_of, undone_by
from data.feeds.versions import Version, head
from data.receipts import Receipt, receipt_of
from data.tables import feed as feed_table
from data.tables import feed_instance, feed_part, report

i, p = feed_instance.c, feed_part.c


@dataclass(frozen=True)
class Added:
    """A version on its way into the store. `real`: when its server showed it, by the machine's clock."""

    version: Version
    alias: str | None
    submitted_at: datetime | None
    parts: Sequence[Part]
    now: datetime
    real: datetime


@dataclass
class Stories:
    """Versions by instance, and the instances that a record may be of."""

    versions: dict[str, list[Version]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def of(self, instance: str) -> list[Version]:
        return self.versions.setdefault(instance, [])

    def name(self, record: Record) -> str:
        """The name under which the store knows the record's submission. The first record of one gives it its name."""
        keys = [name for name in (record.alias, record.instance, record.replaces, record.version_id) if name]
        known = next((self.names[key] for key in keys if key in self.names), record.instance)
        for key in keys:
            self.names.setdefault(key, known)
        return known


def stories(conn: Connection, feed: str, records: Sequence[Record]) -> Stories:
    """Everything known of the submissions that these records may be of."""
    names = {name for r in records for name in (r.alias, r.instance, r.replaces, r.version_id) if name}
    found: set[str] = set()
    for some in some_of(names):
        where = or_(i.instance.in_(some), i.alias.in_(some), i.version_id.in_(some), i.replaces.in_(some))
        found |= set(conn.execute(select(i.instance).where(i.feed == feed, where).distinct()).scalars())
    told = Stories()
    for some in some_of(found):
        for row in conn.execute(_versions(feed, i.instance.in_(some))):
            told.of(row.instance).append(_version(row))
            for key in (row.instance, row.alias, row.version_id, row.replaces):
                if key:
                    told.names.setdefault(key, row.instance)
    return told


def story(conn: Connection, feed: str, instance: str, told: Stories) -> list[Version]:
    """The versions of one submission, added to what is known."""
    versions = told.of(instance)
    versions += [_version(row) for row in conn.execute(_versions(feed, i.instance == instance))]
    return versions


def _versions(feed: str, where: ColumnElement[bool]) -> Any:
    counts = (
        select(func.count())
        .select_from(feed_part)
        .where(p.feed == i.feed, p.instance == i.instance, p.version == i.version)
        .scalar_subquery()
    )
    return select(feed_instance, counts.label("parts")).where(i.feed == feed, where).order_by(i.instance, i.version)


def _version(row: Row[Any]) -> Version:
    return Version(
        row.instance,
        row.version,
        row.version_id,
        row.replaces,
        row.sha256,
        row.edited_at,
        row.pulled,
        row.whole,
        row.gone,
        row.withdrawn,
        bool(row.parts),
    )


def remember(conn: Connection, feed: str, added: Sequence[Added], told: Stories) -> set[str]:
    """Write the added versions, which `told` has already. Returns the lines whose sums they change."""
    new = {(one.version.instance, one.version.version): one for one in added}
    touched: set[str] = set()
    stored: list[Version] = []
    for name in sorted({instance for instance, _ in new}):
        versions = told.of(name)
        known = [v for v in versions if (v.instance, v.version) not in new]
        before, after = head(known), head(versions)
        if before == after:
            continue
        for version in (before, after):
            if version is None:
                continue
            one = new.get((version.instance, version.version))
            if one is None:
                stored.append(version)
            else:
                touched |= {part.line_key for part in one.parts}
        if known:
            mark_superseded(conn, feed, name, after)
    if added:
        conn.execute(insert(feed_instance), [_row(feed, one, head(told.of(one.version.instance))) for one in added])
    if parts := [_part(feed, one.version, part) for one in added for part in one.parts]:
        conn.execute(insert(feed_part), parts)
    return touched | keys_of(conn, feed, stored)


def _row(feed: str, one: Added, top: Version | None) -> dict[str, Any]:
    version = one.version
    return {
        "feed": feed,
        "instance": version.instance,
        "version": version.version,
        "alias": one.alias,
        "version_id": version.version_id,
        "replaces": version.replaces,
        "sha256": version.sha256,
        "edited_at": version.edited_at,
        "submitted_at": one.submitted_at,
        "received_at": one.now,
        "seen_at": one.real,
        "pulled": version.pulled,
        "whole": version.whole,
        "gone": version.gone,
        "superseded": top is None or top.version != version.version,
        "withdrawn": False,
    }


def _part(feed: str, version: Version, part: Part) -> dict[str, Any]:
    same = {"feed": feed, "instance": version.instance, "version": version.version}
    return {**same, "line_key": part.line_key, "part": part.part, "mapped": dict(part.mapped)}


def mark_superseded(conn: Connection, feed: str, instance: str, top: Version | None) -> None:
    """All versions of a submission but the one that counts."""
    others = true() if top is None else i.version != top.version
    conn.execute(update(feed_instance).where(i.feed == feed, i.instance == instance).values(superseded=others))


def keys_of(conn: Connection, feed: str, versions: Iterable[Version]) -> set[str]:
    """Lines to which these versions add."""
    found: set[str] = set()
    for version in versions:
        same = [p.feed == feed, p.instance == version.instance, p.version == version.version]
        found |= set(conn.execute(select(p.line_key).where(*same)).scalars())
    return found


def last_written(conn: Connection, feed: str) -> datetime | None:
    """When the newest delivery of a feed was received."""
    stmt = select(report.c.received_at).join(feed_table, feed_table.c.last_report == report.c.report_id)
    return conn.execute(stmt.where(feed_table.c.feed == feed)).scalar_one_or_none()


def standing_parts(conn: Connection, feed: str, keys: Collection[str]) -> list[Part]:
    """What counts of these lines, of whatever submission."""
    same = and_(i.feed == p.feed, i.instance == p.instance, i.version == p.version)
    found = []
    for some in some_of(keys):
        stmt = select(p.line_key, p.part, p.mapped, i.edited_at, i.instance).join_from(feed_part, feed_instance, same)
        for row in conn.execute(stmt.where(p.feed == feed, p.line_key.in_(some), ~i.superseded)):
            found.append(Part(row.line_key, row.part, row.mapped, (row.edited_at, row.instance, row.part)))
    return found


def withdraw_undone(conn: Connection, feed: str) -> set[str]:
    """Versions of deliveries that a person undid stop counting; the lines to which they added."""
    undone = select(report.c.report_id).where(report.c.state == "undone", report.c.undone_by != undone_by(feed))
    rows = conn.execute(
        select(i.instance, i.version).where(i.feed == feed, ~i.withdrawn, i.report_id.in_(undone))
    ).all()
    touched: set[str] = set()
    for name in sorted({row.instance for row in rows}):
        before = story(conn, feed, name, Stories())
        numbers = [row.version for row in rows if row.instance == name]
        touched |= keys_of(conn, feed, [v for v in before if v.version in numbers])
        same = [i.feed == feed, i.instance == name]
        conn.execute(update(feed_instance).where(*same, i.version.in_(numbers)).values(withdrawn=True))
        top = head([replace(v, withdrawn=v.withdrawn or v.version in numbers) for v in before])
        touched |= keys_of(conn, feed, [top] if top is not None else [])
        mark_superseded(conn, feed, name, top)
    return touched


def seen(conn: Connection, feed: str, instances: Collection[str], real: datetime) -> None:
    for some in some_of(instances):
        conn.execute(update(feed_instance).where(i.feed == feed, i.instance.in_(some)).values(seen_at=real))


def unseen(conn: Connection, feed: str, since: datetime, began: datetime) -> list[tuple[str, str | None]]:
    """Submissions made since `since` that count and that their server did not show at or after `began`."""
    where = (~i.superseded, ~i.gone, i.submitted_at >= since, i.seen_at < began)
    return [
        (row.instance, row.alias) for row in conn.execute(select(i.instance, i.alias).where(i.feed == feed, *where))
    ]


def belong(conn: Connection, feed: str, added: Sequence[Added], report_id: int) -> None:
    """These versions came with this delivery."""
    own = (i.instance == bindparam("own_instance"), i.version == bindparam("own_version"))
    stmt = update(feed_instance).where(i.feed == feed, *own)
    if added:
        rows = [{"own_instance": one.version.instance, "own_version": one.version.version} for one in added]
        conn.execute(stmt.values(report_id=report_id), rows)


def receipt_before(conn: Connection, feed: str, told: Stories, records: Sequence[Record]) -> Receipt | None:
    """The receipt of the delivery that brought the newest of these submissions."""
    names = [told.name(record) for record in records]
    newest: int | None = None
    for some in some_of(names):
        found = conn.execute(
            select(func.max(i.report_id)).where(i.feed == feed, i.instance.in_(some))
        ).scalar_one_or_none()
        newest = max(filter(None, (newest, found)), default=None)
    if newest is None:
        return None
    return receipt_of(conn, conn.execute(select(report).where(report.c.report_id == newest)).one())
