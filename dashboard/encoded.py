"""A board as it travels: what names it, its JSON, its bytes in each coding, and the events that speak of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from dashboard.coding import coded
from data.types import Scope
from layouts.board import Board

# Parts that say when a board was built, not what it says.
NOT_CONTENT = ("version", "clock")


@dataclass(frozen=True)
class BoardKey:
    """Everything a board depends on besides the version. Two viewers with one key see the same bytes."""

    page: str
    scope: Scope

    @property
    def of_the_past(self) -> bool:
        return self.scope.as_of is not None


@dataclass(frozen=True)
class Stamp:
    """What the watcher last saw: the data version of each site, the whole domain minute, and since when."""

    versions: Mapping[str, int] = field(default_factory=dict)
    minute: int = 0

    def of(self, site: str) -> tuple[int, int]:
        return self.versions.get(site, 0), self.minute


@dataclass(frozen=True)
class Encoded:
    """A board as it travels. Compressed when first asked for in that coding, then kept."""

    board: Board
    json: dict[str, Any]
    stamp: tuple[int, int]

    @cached_property
    def body(self) -> bytes:
        return orjson.dumps(self.json)

    @cached_property
    def brotli(self) -> bytes:
        return coded(self.body, "br")

    @cached_property
    def gzip(self) -> bytes:
        return coded(self.body, "gzip")

    @cached_property
    def etag(self) -> str:
        return '"' + hashlib.blake2b(self.body, digest_size=9).hexdigest() + '"'

    @cached_property
    def watched(self) -> dict[str, Any]:
        """What a delta carries; version and clock travel beside it."""
        return {name: part for name, part in self.json.items() if name not in NOT_CONTENT}

    @cached_property
    def content(self) -> dict[str, Any]:
        """What makes two boards differ."""
        return {**self.watched, "pace": [self.json["clock"]["speed"], self.json["clock"]["replay"]]}


def plain(board: Board) -> dict[str, Any]:
    """The board as its reader gets it: missing numbers are null, numpy's are numbers."""
    return dict(orjson.loads(orjson.dumps(board.to_json(), option=orjson.OPT_SERIALIZE_NUMPY)))


def event(name: str, facts: Mapping[str, Any]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(facts) + b"\n\n"
