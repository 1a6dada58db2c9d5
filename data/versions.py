"""The data version of each site: the last statement of every writing transaction raises it."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, text, update

from data.store import unless_there
from data.tables import data_version

# Channel on which PostgreSQL tells its listeners which site changed.
CHANNEL = "caudal"


# Asked by everybody all the time: made once.
_VERSION = select(data_version.c.version).where(data_version.c.site == bindparam("site"))


def raise_version(conn: Connection, site: str) -> int:
    """The new version. Listeners on PostgreSQL hear the site's name once the transaction is committed."""
    v = data_version.c
    raise_it = update(data_version).where(v.site == site).values(version=v.version + 1).returning(v.version)
    raised = conn.execute(raise_it).scalar_one_or_none()
    if raised is None:
        conn.execute(unless_there(conn, data_version).values(site=site, version=0))
        raised = conn.execute(raise_it).scalar_one()
    if conn.dialect.name == "postgresql":
        conn.execute(text("select pg_notify(:channel, :site)"), {"channel": CHANNEL, "site": site})
    return raised


def version_of(conn: Connection, site: str) -> int:
    """0 for a site where nothing was ever written."""
    return conn.execute(_VERSION, {"site": site}).scalar_one_or_none() or 0


def versions(conn: Connection) -> dict[str, int]:
    return {row.site: row.version for row in conn.execute(select(data_version))}
