"""Numbers as written in a cell."""

from __future__ import annotations

import re
from typing import Any

PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
SPACES = re.compile(r"(?<=\d)[\u0020\u00a0\u2009\u202f](?=\d{3}(?!\d))")


def read(value: Any, decimal: str = ".", thousands: str = "") -> float | None:
    """The number, or None. Styles apply to text only: a number cell of a workbook is a number already.

    A space between groups of three digits is read in any style; other marks only when the mapping names them, since
    "1.234" is a thousand to one sender and one and a bit to the next.
    """
    if isinstance(value, float):
        return value
    if not isinstance(value, str):
        return None
    text = SPACES.sub("", value)
    if thousands and thousands in text:
        whole = text.split(decimal)[0]
        groups = whole.lstrip("+-").split(thousands)
        if not all(len(group) == 3 for group in groups[1:]) or not 1 <= len(groups[0]) <= 3:
            return None
        text = text.replace(thousands, "")
    if decimal != ".":
        if "." in text:
            return None
        text = text.replace(decimal, ".")
    return float(text) if PLAIN.fullmatch(text) else None
