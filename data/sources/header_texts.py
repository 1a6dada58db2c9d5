"""The headers of a file, whatever it holds."""

from __future__ import annotations

from functools import partial

from data.sources import READERS
from data.sources.guards import Limits, kind_of
from data.sources.layout import LOOK, best_header
from data.sources.recognition import CANONICAL_NAMES
from data.sources.sheet import shown


def headers_of(content: bytes, filename: str, limits: Limits) -> list[str]:
    """Every text in the rows among which a header is looked for. Raises Refused."""
    judge = partial(best_header, wanted=CANONICAL_NAMES)
    grid = READERS[kind_of(content, filename, limits)](content, None, judge, limits, [])
    rows = (grid.row(number) for number in range(min(LOOK, grid.height)))
    return [shown(value) for row in rows for value in row if value != ""]
