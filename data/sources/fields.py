"""One column of a dataset read by what it holds: words, texts, numbers. Faults go to the findings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data.sources import numbers
from data.sources.canonical import AMOUNT, LONGEST_TEXT, Column
from data.sources.findings import Findings
from data.sources.nationalities import nationality
from data.sources.numbers import Signs
from data.sources.personal import safe, shape
from data.sources.personal_text import found_in
from data.sources.sheet import Cells, Mask, shown
from data.sources.totals import is_sum
from data.sources.words import folded, is_blank, plain, spellings, translated
from data.types import Site

ERROR = re.compile(r"#(REF|DIV/0|VALUE|NAME|NUM|NULL|N/A|GETTING_DATA|SPILL|CALC)[!?]?", re.IGNORECASE)
# What stands where a text was taken out, and the code under which the sender hears of it.
TAKEN_OUT, PERSONAL_TEXT = "texto retirado", "personal_text"
FOLDED = {"shift", "unit"}  # keys in the partner's own words: Mañana and MANANA are one
YES = {"true", "1", "si", "s", "yes", "y", "x", "verdadero"}
NO = {"false", "0", "no", "n", "falso"}


@dataclass(frozen=True)
class Style:
    """How the sender writes dates and numbers, and which words mean that nothing was reported."""

    order: str = "iso"
    decimal: str = "."  # "": each column's own numbers decide
    thousands: str = ""
    blanks: frozenset[str] = frozenset()
    last_day: bool = False  # `end` names the last day of the period, itself included

    def signs_of(self, cells: Cells, whole: bool) -> Signs:
        """The signs of the column's numbers: as the mapping says, else as the column itself does."""
        if self.decimal:
            return Signs(self.decimal, self.thousands)
        standing = np.bincount(cells.codes, minlength=len(cells.values))
        return numbers.signs_of((value for value, times in zip(cells.values, standing, strict=True) if times), whole)

    def blank(self, value: Any) -> bool:
        return is_blank(value) or (bool(self.blanks) and isinstance(value, str) and plain(value) in self.blanks)


@dataclass
class Draft:
    """The rows on their way: the cells as written, the findings so far, and which rows say nothing."""

    cells: Mapping[str, Cells]
    findings: Findings
    style: Style
    not_reported: Mask

    def faults(
        self, column: Column, fault: Callable[[Any], str], facts: Callable[[Any], Mapping[str, Any]] | None = None
    ) -> Mask:
        """Notes, for each distinct value, the fault its code names ("" for none). Returns the rows without one."""
        cells = self.cells[column.name]
        codes = [fault(value) for value in cells.values]
        good = np.ones(len(cells), dtype=bool)
        for code in sorted(set(codes) - {""}):
            where = np.fromiter((found == code for found in codes), bool, len(codes))[cells.codes]
            self.findings.add(column.name, code, where, lambda row: _facts(cells.at(row), facts))
            good &= ~where
        return good


def _facts(value: Any, more: Callable[[Any], Mapping[str, Any]] | None) -> dict[str, Any]:
    return {"value": safe(value), **(more(value) if more else {})}


def is_formula(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("=")


def is_error(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("#") and ERROR.fullmatch(value) is not None


def _unreadable(value: Any) -> str:
    return "formula_cell" if is_formula(value) else "error_cell" if is_error(value) else ""


def read_words(draft: Draft, column: Column, words: Mapping[str, str] | None = None) -> Cells:
    """The vocabulary's words; `words` are a partner's own wordings, by plain spelling, and go first.

    Their "*" is for what is left: what is neither listed nor a word of the vocabulary.
    """
    assert column.words is not None
    own, known = dict(words or {}), spellings(column.words)
    vocabulary = {str(word) for word in column.words}
    rest = own.pop("*", None)
    rest = rest if rest in vocabulary else None

    def word(value: Any) -> str | None:
        if draft.style.blank(value) and plain(value) not in own:
            return column.default
        found = translated(value, own) if own else None
        if found not in vocabulary:
            found = known.get(plain(value)) or ("" if column.has_total and is_sum(shown(value)) else rest)
        return found

    def fault(value: Any) -> str:
        if column.required and word(value) == "":
            return "missing_value"
        return _unreadable(value) or ("" if word(value) is not None else f"unknown_{column.name}")

    draft.faults(column, fault, lambda _: {"expected": ", ".join(sorted(vocabulary))})
    return draft.cells[column.name].map(lambda value: word(value) or "")


def read_texts(draft: Draft, column: Column, words: Mapping[str, str] | None = None) -> Cells:
    most = int(column.most or LONGEST_TEXT)

    def text(value: Any) -> str:
        if draft.style.blank(value):
            return column.default
        own = translated(value, words) if words else None
        if column.has_total and sums(value):
            return ""
        said = own if own is not None else re.sub(r"\s+", " ", _written(value))
        return nationality(said) if column.name == "nationality" else folded(said) if column.name in FOLDED else said

    def sums(value: Any) -> bool:
        return isinstance(value, str) and is_sum(value) and not (words and translated(value, words))

    def fault(value: Any) -> str:
        if column.required and text(value) == "":
            return "missing_value"
        if column.key and column.required and sums(value):
            return "total_row"  # beside the organisations or things it adds up
        return _unreadable(value) or ("text_too_long" if len(text(value)) > most else "")

    draft.faults(column, fault, lambda value: {"length": len(_written(value)), "most": most})
    cells = draft.cells[column.name].map(text)
    return _without_persons(draft, column, cells) if column.is_prose else cells


def _without_persons(draft: Draft, column: Column, cells: Cells) -> Cells:
    """Texts that speak of a person are taken out; those that differed still differ, so that no row takes another's."""
    found = {place: piece for place, value in enumerate(cells.values) if (piece := found_in(value))}
    if not found:
        return cells
    distinct: dict[str, int] = {}
    numbers = {place: distinct.setdefault(cells.values[place], len(distinct) + 1) for place in found}
    kept = [f"{TAKEN_OUT} {numbers[place]}" if place in found else value for place, value in enumerate(cells.values)]
    where = np.fromiter((place in found for place in range(len(cells.values))), bool, len(cells.values))[cells.codes]
    shapes = {place: shape(piece) for place, piece in found.items()}
    draft.findings.remark(column.name, PERSONAL_TEXT, where, lambda row: {"shape": shapes[int(cells.codes[row])]})
    return Cells(cells.codes, kept)


def _written(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def read_countries(draft: Draft, column: Column) -> Cells:
    def fault(value: Any) -> str:
        written = draft.style.blank(value) or re.fullmatch(r"[A-Za-z]{2}", str(value))
        return _unreadable(value) or ("" if written else "unknown_country")

    draft.faults(column, fault)
    return draft.cells[column.name].map(lambda value: "" if draft.style.blank(value) else str(value).upper()[:2])


def read_flags(draft: Draft, column: Column) -> npt.NDArray[Any]:
    def flag(value: Any) -> bool | None:
        word = plain(_written(value)) if not draft.style.blank(value) else column.default
        return True if word in YES else False if word in NO else None

    draft.faults(column, lambda value: _unreadable(value) or ("" if flag(value) is not None else "not_a_flag"))
    return draft.cells[column.name].map(lambda value: bool(flag(value))).array(bool)


def read_numbers(draft: Draft, column: Column) -> npt.NDArray[Any]:
    """Numbers within their bounds, whole where people, counters and tickets are counted. NaN: not reported."""
    style, must = draft.style, column.required and not column.may_be_empty
    most = float(column.most or np.inf)
    cells = draft.cells[column.name]
    signs = style.signs_of(cells, column.holds != AMOUNT)

    def number(value: Any) -> float | None:
        return np.nan if style.blank(value) else numbers.read(value, signs.decimal, signs.thousands)

    def fault(value: Any) -> str:
        if style.blank(value):
            return "missing_value" if must else ""
        if wrong := _unreadable(value):
            return wrong
        if signs.problem and numbers.has_sign(value):
            return signs.problem
        found = number(value)
        if found is None:
            return "not_a_number"
        if found < 0:
            return "negative_count"
        if found > most:
            return "absurd_count"
        return "fractional_count" if column.holds != AMOUNT and not float(found).is_integer() else ""

    draft.faults(column, fault, lambda _: {"most": int(column.most or 0)})

    def usable(value: Any) -> float:
        found = number(value)
        return np.nan if found is None or fault(value) else float(found)

    return cells.map(usable).array(np.float64)


def place_codes(sites: Mapping[str, Site]) -> dict[str, str]:
    """Sites by the national code of their place (UBIGEO in Peru) and by their P-code, which is the country's letters
    and that code; for the country itself, its letters alone. A code that two sites share names neither."""
    codes = {name: plain(site.ubigeo) for name, site in sites.items() if site.ubigeo}
    alone = _of_one(codes)
    countries = _of_one({name: plain(site.country) for name, site in sites.items()})
    return alone | {plain(sites[name].country) + code: name for code, name in alone.items()} | countries


def _of_one(codes: Mapping[str, str]) -> dict[str, str]:
    """Sites by a code that is only theirs."""
    times = Counter(codes.values())
    return {code: name for name, code in codes.items() if times[code] == 1}


def read_sites(
    draft: Draft, column: Column, sites: Mapping[str, Site], words: Mapping[str, str] | None = None
) -> Cells:
    """Site names, by their id, by the name people call them, or by the code of their place."""
    known = {plain(site.name): name for name, site in sites.items()} | {plain(name): name for name in sites}
    known = place_codes(sites) | known

    def named(value: Any) -> str:
        own = translated(value, words) if words else None
        spelling = plain(shown(own if own is not None else value))
        # A spreadsheet takes a code for a number and drops its first zero.
        return known.get(spelling, "") or (known.get("0" + spelling, "") if spelling.isdigit() else "")

    def fault(value: Any) -> str:
        return "missing_value" if draft.style.blank(value) else "" if named(value) else "unknown_site"

    draft.faults(column, fault, lambda _: {"expected": ", ".join(sorted(sites)) or "—"})
    return draft.cells[column.name].map(named)
