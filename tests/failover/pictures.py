"""What a store says at the end, without what may differ between two ways to the same end: numbers of reports, and
when each came."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Table, func, select

from data.flags import open_flags
from data.frames import frame
from data.grains import winning
from data.lines import LINES
from data.places import sites
from data.reporting import reporting
from data.revisions import NATURAL_KEY, counting, value_columns
from data.store import reading
from data.tables import duplicate_flag, flow_daily, flow_hourly, report, service_daily
from data.vocabulary import Dataset
from tests.failover.deliveries import ABOUT, FIGURE, Delivery, Key, key_of

ROLLUPS = (flow_hourly, flow_daily, service_daily)
COUNTS = ("accepted", "partial")

Picture = dict[str, set[Hashable]]


def picture(engine: Engine, now: datetime) -> Picture:
    """By name of what is shown: every row of it, as one set."""
    with reading(engine) as conn:
        return {
            **{f"lines of {dataset}": _lines(conn, dataset) for dataset in LINES},
            **{table.name: _rows(frame(conn, _without(table, "received_at"))) for table in ROLLUPS},
            "sums": _sums(conn),
            "completeness": {told for site in sites(conn) for told in _completeness(conn, site, now)},
            "open doubts": {told for site in sites(conn) for told in _doubts(conn, site.site)},
            "possible duplicates": _duplicates(conn),
        }


def _lines(conn: Connection, dataset: Dataset) -> set[Hashable]:
    lines = counted(conn, dataset)
    columns = ["site", *NATURAL_KEY[dataset], *value_columns(dataset)]
    return _rows(lines[list(dict.fromkeys(columns))])


def counted(conn: Connection, dataset: Dataset) -> pd.DataFrame:
    """The lines that count, of each key the newest."""
    table = LINES[dataset]
    return winning(frame(conn, select(table).where(counting(table))), ["site", *NATURAL_KEY[dataset]])


def figures(engine: Engine) -> dict[Key, float]:
    """As `deliveries.expected` works them out."""
    found: dict[Key, float] = {}
    with reading(engine) as conn:
        for dataset, figure in FIGURE.items():
            for row in counted(conn, dataset).fillna({"unit": ""}).to_dict("records"):
                told = {name: row[name] for name in (*ABOUT[dataset], "source", figure)}
                found[key_of(dataset, str(told["source"]), told)] = float(told[figure])
    return found


def _sums(conn: Connection) -> set[Hashable]:
    h, d = flow_hourly.c, service_daily.c
    hours = select(h.site, h.stage, h.measure, h.source, func.sum(h.people)).group_by(*list(h)[:3], h.source)
    given = select(d.site, d.service, d.source, func.sum(d.quantity), func.sum(d.people))
    return {
        *(tuple(row) for row in conn.execute(hours)),
        *(tuple(row) for row in conn.execute(given.group_by(d.site, d.service, d.source))),
    }


def _completeness(conn: Connection, site: Any, now: datetime) -> Iterable[Hashable]:
    for one in reporting(conn, site, now):
        name = (site.site, one.source, one.dataset)
        yield (*name, one.heard_until, one.late_at, one.silent_at, one.late(now), one.silent(now))
        for each in one.expectations:
            yield (*name, each.start, each.end, each.due, str(each.state), round(each.covered, 9))


def _doubts(conn: Connection, site: str) -> Iterable[Hashable]:
    for flag in open_flags(conn, site, limit=10**6):
        about = (flag.dataset, flag.code, flag.source, _plain(flag.key))
        yield (site, *about, flag.start, flag.end, _plain(flag.facts))


def _duplicates(conn: Connection) -> set[Hashable]:
    f = duplicate_flag.c
    rows = conn.execute(select(f.site, f.flag, f.day, f.facts).where(f.withdrawn_at.is_(None)))
    return {(row.site, row.flag, row.day, _plain(row.facts)) for row in rows}


def _without(table: Table, *names: str) -> Any:
    return select(*(column for column in table.c if column.name not in names))


def _rows(found: pd.DataFrame) -> set[Hashable]:
    return {tuple(map(_plain, row)) for row in found.itertuples(index=False, name=None)}


def _plain(value: Any) -> Hashable:
    if isinstance(value, dict):
        return tuple(sorted((str(name), _plain(part)) for name, part in value.items()))
    if isinstance(value, float):
        return None if pd.isna(value) else round(value, 6)
    return None if value is None or value is pd.NaT or value is pd.NA else value


def entries(engine: Engine, one: Delivery, sha256: str) -> list[Any]:
    """The reports that count of one delivery."""
    r = report.c
    with reading(engine) as conn:
        rows = conn.execute(select(report).where(r.source == one.source, r.sha256 == sha256, r.state.in_(COUNTS))).all()
    return [row for row in rows if one.issued_at is None or one.in_file or row.issued_at == one.issued_at]
