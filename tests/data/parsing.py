"""What tests of the way in share: two invented centres, canonical rows, and workbooks written on the spot."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import openpyxl

from data.sources import DEFAULT, Limits, Mapping, Parsed, parse
from data.sources.mapping import read_mapping
from data.types import Site
from data.vocabulary import Dataset, Sector, SiteKind, Stage

NOW = datetime(2019, 6, 15, 17, tzinfo=UTC)  # noon at Tumbes


def centre(site: str, name: str, zone: str, day_start_hour: int = 0) -> Site:
    stages = (Stage.VACCINATION, Stage.MIGRATION_CONTROL, Stage.SERVICES)
    return Site(site, name, "PE", zone, SiteKind.REAL, day_start_hour, stages[1], stages, tuple(Sector), 200)


SITES = {
    site.site: site
    for site in (
        centre("tumbes", "CEBAF Tumbes", "America/Lima"),
        centre("ohare", "O'Hare", "America/Chicago"),
        centre("santiago", "Santiago", "America/Santiago"),
        centre("night", "Turno de noche", "America/Lima", day_start_hour=6),
    )
}

FLOW = "site,stage,measure,start,minutes,people"
GOOD = "tumbes,migration-control,served,2018-10-31T14:00,60,312"


def read(
    content: str | bytes,
    filename: str = "flujo.csv",
    *,
    dataset: Dataset | None = None,
    mapping: str | Mapping | None = None,
    now: datetime = NOW,
    limits: Limits = DEFAULT,
) -> Parsed:
    """The file read, with the accounting checked that must hold for every file."""
    raw = content.encode() if isinstance(content, str) else content
    how = read_mapping(mapping) if isinstance(mapping, str) else mapping
    parsed = parse(raw, filename, dataset=dataset, mapping=how, sites=SITES, now=now, limits=limits)
    assert parsed.rows_in == len(parsed.rows) + parsed.rejected + parsed.not_reported
    assert sum(parsed.rejected_by.values()) == parsed.rejected
    return parsed


def flow(*rows: str, extra: str = "") -> str:
    """A canonical flow file; `extra` names further columns."""
    return "\n".join([FLOW + extra, *rows]) + "\n"


def workbook(rows: Iterable[Sequence[Any]], sheet: str = "datos") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def cells(text: str) -> list[list[Any]]:
    """Rows of a small comma table, numbers as numbers."""
    return [[int(c) if c.lstrip("-").isdigit() else c for c in line.split(",")] for line in text.splitlines()]


def codes(parsed: Parsed) -> list[str]:
    return [issue.code for issue in parsed.issues]
