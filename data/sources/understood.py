"""What was understood of each column of a file: which canonical columns it fills, and one value as it was read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data.sources.canonical import DatasetSpec
from data.sources.mapped import Mapping as FileMapping
from data.sources.personal import safe
from data.sources.recognition import by_tag, tag_key
from data.sources.sheet import Table
from data.sources.words import plain
from data.types import ColumnRead


def columns_read(
    spec: DatasetSpec, table: Table, mapping: FileMapping | None, rows: pd.DataFrame
) -> tuple[ColumnRead, ...]:
    """In the order of the file, then the constants of the mapping. `rows`: the accepted ones, with `line`."""
    line = int(rows["line"].iloc[0]) if len(rows) else int(table.lines[0])
    place = int(np.flatnonzero(table.lines == line)[0])
    sample = (rows[rows["line"] == line] if len(rows) else rows).to_dict("records")
    uses = _canonical_uses(spec, table) if mapping is None else _mapped_uses(mapping, table)
    found = []
    for number, header in enumerate(table.names):
        cell = table.columns[number].at(place)
        if not header and cell == "":
            continue
        use = uses.get(number)
        if use is None or (not use.into and not use.chooses):
            found.append(ColumnRead(header or f"({number + 1})"))
            continue
        read = _value(sample, use.into[0], use.meaning) if use.into else None
        found.append(ColumnRead(header, use.into, safe(cell) if cell != "" else "", read, use.chooses, use.meaning))
    constants = {} if mapping is None else mapping.constants
    return (*found, *(ColumnRead("", (name,), "", value) for name, value in constants.items()))


@dataclass(frozen=True)
class _Use:
    into: tuple[str, ...] = ()
    chooses: bool = False
    meaning: Mapping[str, str] = field(default_factory=dict)


def _canonical_uses(spec: DatasetSpec, table: Table) -> dict[int, _Use]:
    tags, taken, uses = by_tag(spec.dataset), set[str](), dict[int, _Use]()
    by_name = [(number, plain(header).replace(" ", "_")) for number, header in enumerate(table.names)]
    by_tags = [(number, tags.get(tag_key(tag), "")) for number, tag in enumerate(table.tags) if tag]
    for number, name in (*by_name, *by_tags):
        if name in spec.names and name not in taken and number not in uses:
            taken.add(name)
            uses[number] = _Use((name,))
    return uses


def _mapped_uses(mapping: FileMapping, table: Table) -> dict[int, _Use]:
    place: dict[str, int] = {}
    for number, header in enumerate(table.names):
        place.setdefault(plain(header), number)

    def places(accepted: Iterable[str]) -> list[int]:
        return [place[plain(header)] for header in accepted if plain(header) in place][:1]

    into: dict[int, list[str]] = {}
    for name, take in mapping.takes.items():
        for accepted in take.headers:
            for number in places(accepted):
                into.setdefault(number, []).append(name)
    uses = {number: _Use(tuple(names)) for number, names in into.items()}
    for each in mapping.each:
        for number in places(each.headers):
            uses[number] = _Use((each.into,), meaning=each.set)
    for only in mapping.only:
        for number in places(only.headers):
            uses[number] = _Use(uses[number].into if number in uses else (), True)
    return uses


def _value(sample: Iterable[Mapping[Hashable, Any]], name: str, meaning: Mapping[str, str]) -> Any:
    """The value as it goes into the store; None where the row did not come through or says nothing."""
    for row in sample:
        if name in row and all(str(row.get(key, "")) == value for key, value in meaning.items()):
            value = row[name]
            if value is None or value == "" or pd.isna(value):
                return None
            return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    return None
