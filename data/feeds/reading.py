"""New submissions read by their mapping: every accepted row under the line to which it adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from data import snapshots
from data.feeds.config import Feed
from data.feeds.records import Record, content_of
from data.sources import Limits, Parsed, parse
from data.sources.canonical import DATASETS
from data.sources.combining import line_key, to_json
from data.sources.fields import PERSONAL_TEXT
from data.sources.mapped import Submissions
from data.types import Site


@dataclass(frozen=True)
class Part:
    """A row of a version: the line it adds to and what it says. `order`: when its version was made."""

    line_key: str
    part: int
    mapped: Mapping[str, Any]
    order: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Read:
    """What parsing made of the records that were new; parts and rejected rows by the mark of their record."""

    marks: frozenset[str]
    parsed: Parsed | None
    parts: Mapping[str, list[Part]]
    rejected: frozenset[str]
    sha256: str
    size: int


def mark(feed: Feed, record: Record) -> str:
    """Tells the records of one batch apart, and the same one sent twice not."""
    return f"{record.instance}\n{record.sha256(feed.mark)}"


def read_records(
    feed: Feed, fresh: Sequence[Record], places: Mapping[str, Site], now: datetime, var: Path, limits: Limits
) -> Read:
    """Raises Refused when the submissions as a whole cannot be read."""
    owners = [mark(feed, record) for record in fresh for _ in record.rows]
    if not owners:
        return Read(frozenset(), None, {}, frozenset(), "", 0)
    content = content_of(feed, fresh)
    mapping = replace(feed.mapping, submissions=feed.mapping.submissions or Submissions())
    # The bytes are kept before anything of them counts; only mapped answers are in them.
    sha256 = snapshots.keep(var, content)
    parsed = parse(content, "feed.json", dataset=None, mapping=mapping, sites=places, now=now, limits=limits)
    if any(issue.code == PERSONAL_TEXT for issue in parsed.issues):
        snapshots.forget(var, sha256)
    spec = DATASETS[parsed.dataset]
    parts: dict[str, list[Part]] = {}
    for row in parsed.rows.to_dict("records"):
        told = {str(name): value for name, value in row.items()}
        mine = parts.setdefault(owners[told["line"] - 2], [])  # the first line of a sheet is its header
        mine.append(Part(line_key(spec, told), len(mine), to_json(told)))
    rejected = frozenset(owners[line - 2] for line in parsed.rejected_lines)
    return Read(frozenset(owners), parsed, parts, rejected, sha256, len(content))
