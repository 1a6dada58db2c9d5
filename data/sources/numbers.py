"""Numbers as written in a cell, and what a column's own cells say of the signs in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
SPACES = re.compile(r"(?<=\d)[\u0020\u00a0\u2009\u202f](?=\d{3}(?!\d))")
SIGNED = re.compile(r"[+-]?(\d+)([.,]\d+)+")

BY_EVIDENCE = ""  # the decimal sign of a style that leaves it to the column's own cells
AMBIGUOUS, MIXED = "ambiguous_number", "mixed_numbers"


def read(value: Any, decimal: str = ".", thousands: str = "") -> float | None:
    """The number, or None. Styles apply to text only: a number cell of a workbook is a number already.

    A space between groups of three digits is read in any style; other marks only when the mapping names them or the
    column decides them, since "1.234" is a thousand to one sender and one and a bit to the next.
    """
    if isinstance(value, float):
        return value
    if not isinstance(value, str):
        return None
    text = SPACES.sub("", value)
    decimal = decimal or "."
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


@dataclass(frozen=True)
class Signs:
    """What a column writes for decimals and thousands. `problem`: why cells with a sign in them cannot be read."""

    decimal: str = "."
    thousands: str = ""
    problem: str = ""


def has_sign(value: Any) -> bool:
    return isinstance(value, str) and SIGNED.fullmatch(SPACES.sub("", value)) is not None


def signs_of(values: Iterable[Any], whole: bool) -> Signs:
    """The signs of a column, from its distinct values; `whole`: it counts people or things.

    Both signs in one number, a sign that comes twice, or one that is not followed by three digits, say what it is.
    Where every sign is followed by three digits (1.234), a count has thousands if other numbers of the column, all
    below a thousand, have no sign: decimals of a fixed length would stand in those too. Nothing else decides it.
    """
    decimals: set[str] = set()  # signs that must be decimal
    thousands: set[str] = set()  # signs that must be thousands
    open_signs: set[str] = set()
    bare: list[int] = []
    for value in values:
        if not isinstance(value, str):
            continue
        text = SPACES.sub("", value).lstrip("+-")
        if text.isascii() and text.isdigit():
            bare.append(min(int(text[:12]), 10**9) if len(text) < 12 else 10**9)
        elif SIGNED.fullmatch(text):
            used = re.sub(r"\d", "", text)
            groups = re.split(r"[.,]", text)
            if len(set(used)) == 2:
                decimals.add(used[-1])
                thousands.add(used[0])
            elif len(used) > 1:
                thousands.add(used[0])
            elif len(groups[1]) != 3 or len(groups[0]) > 3 or groups[0].startswith("0"):
                decimals.add(used)
            else:
                open_signs.add(used)
    if len(decimals) > 1 or len(thousands) > 1 or decimals & thousands:
        return Signs(problem=MIXED)
    if decimals:
        decimal = next(iter(decimals))
        return Signs(decimal, next(iter(thousands or open_signs - decimals), ""))
    if thousands:
        sign = next(iter(thousands))
        return Signs("," if sign == "." else ".", sign)
    if len(open_signs) > 1:
        return Signs(problem=MIXED)
    if open_signs:
        sign = next(iter(open_signs))
        if whole and bare and max(bare) < 1000:
            return Signs("," if sign == "." else ".", sign)
        return Signs(problem=AMBIGUOUS)
    return Signs()
