"""What a delivery would say and do, before anything of it is kept; and that the same is what is written then."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine

from data.changes import changes
from data.ingest import Agreed, NotAsAgreed, receipt_of_parsed, rows_to_count
from data.lines import LINES, begins, ends, lines_of
from data.receipts import Receipt, Sent
from data.resent import already
from data.sites import sites
from data.sources import DEFAULT, Limits, Mapping, Parsed, Refused, parse
from data.store import reading
from data.ticket_order import ordered
from data.types import Changes, ColumnRead
from data.vocabulary import Dataset


@dataclass(frozen=True)
class Preview:
    """`known`: the receipt of the same delivery, where it came before. `mark` names this outcome and no other."""

    receipt: Receipt
    columns: tuple[ColumnRead, ...] = ()
    rows: int = 0  # of the file, under its header
    not_reported: int = 0
    period: tuple[datetime, datetime] | None = None
    changes: Changes = Changes()  # noqa: RUF009 - frozen
    known: Receipt | None = None
    mark: str = ""

    @property
    def may_be_accepted(self) -> bool:
        return self.known is None and self.receipt.state in ("accepted", "partial")


def preview(
    engine: Engine,
    content: bytes,
    filename: str,
    *,
    source: str,
    dataset: Dataset | None = None,
    mapping: Mapping | None = None,
    now: datetime,
    only_sites: Collection[str] | None = None,
    limits: Limits = DEFAULT,
) -> Preview:
    """What `ingest` would do with these bytes now, with nothing kept or written."""
    wanted = mapping.dataset if dataset is None and mapping is not None else dataset
    sha256 = hashlib.sha256(content).hexdigest()
    how = None if mapping is None else (mapping.name, mapping.toml)
    sent = Sent(source, filename, sha256, len(content), wanted, None, now, None, None, mapping=how)
    with reading(engine) as conn:
        places = {p.site: p for p in sites(conn) if only_sites is None or p.site in only_sites}
        known = already(conn, sent)
    try:
        parsed = parse(content, filename, dataset=dataset, mapping=mapping, sites=places, now=now, limits=limits)
    except Refused as refused:
        return Preview(Receipt(None, 0, 0, False, (refused.issue,), str(wanted or ""), source, "refused"), known=known)
    parsed = ordered(engine, parsed, source, places)
    receipt = receipt_of_parsed(parsed, source)
    lines = lines_of(rows_to_count(parsed, mapping), parsed.dataset, source, parsed.issued_at or now, now)
    with reading(engine) as conn:
        known = already(conn, sent, receipt)
        found = changes(conn, parsed.dataset, lines)
    table = LINES[parsed.dataset]
    starts, stops = lines[begins(table)], lines[ends(table)]
    return Preview(
        receipt=receipt,
        columns=parsed.columns,
        rows=parsed.file_rows,
        not_reported=parsed.not_reported,
        period=(starts.min().to_pydatetime(), stops.max().to_pydatetime()) if len(lines) else None,
        changes=found,
        known=known,
        mark=_mark(parsed, found),
    )


def as_shown(mark: str) -> Agreed:
    """For `ingest(agreed=)`: writes only what the preview of this mark showed."""

    def check(conn: Connection, parsed: Parsed, lines: pd.DataFrame) -> None:
        if _mark(parsed, changes(conn, parsed.dataset, lines)) != mark:
            raise NotAsAgreed

    return check


def _mark(parsed: Parsed, found: Changes) -> str:
    """A digest of the accepted rows as read, of everything that was wrong, and of what would change."""
    rows = pd.util.hash_pandas_object(parsed.rows.astype("str"), index=False).to_numpy()
    said = {
        "dataset": str(parsed.dataset),
        "rows": hashlib.sha256(np.ascontiguousarray(rows).tobytes()).hexdigest(),
        "counts": [parsed.rows_in, parsed.rejected, parsed.not_reported],
        "issues": [[issue.line, issue.column, issue.code] for issue in parsed.issues],
        "changes": asdict(found),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
