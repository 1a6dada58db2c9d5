"""The headers of a file, whatever it holds."""

from __future__ import annotations

from data.sources import READERS
from data.sources.guards import Limits, kind_of
from data.sources.layout import LOOK
from data.sources.sheet import shown


def headers_of(content: bytes, filename: str, limits: Limits) -> list[str]:
    """Every text in the rows among which a header is looked for. Raises Refused."""
    grid = READERS[kind_of(content, filename, limits)](content, filename, None, limits, [])
    rows = (grid.row(number) for number in range(min(LOOK, grid.height)))
    return [shown(value) for row in rows for value in row if value != ""]
