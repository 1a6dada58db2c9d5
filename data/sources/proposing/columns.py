"""What each column of an unknown table may be: by its header, by its HXL tag, and by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Any

import numpy as np

from data.sources import moments, numbers
from data.sources.canonical import AMOUNT, COUNT, COUNTRY, DATASETS, FLAG, MOMENT, PEOPLE, WORD
from data.sources.guards import Refused
from data.sources.headers import LANGUAGES
from data.sources.layout import Top, heads, is_tag_row
from data.sources.lexicon import MEANINGS, TAGS, meaning_of, stems
from data.sources.numbers import has_sign
from data.sources.personal import refuse_personal
from data.sources.proposing.persons import persons_of
from data.sources.proposing.wordings import known_word
from data.sources.sheet import Cells, Codes, Table, shown
from data.sources.words import is_blank, plain

SAMPLE = 2_000  # distinct values looked at, per column
SHOWN = 4  # values shown to the person who corrects the proposal
SURE, LIKELY, LEAST = 0.85, 0.65, 0.5  # of a proposal: high, middle; below the last nothing is proposed
NUMBERS = {PEOPLE, COUNT, AMOUNT}
HOLDS = {column.name: column.holds for spec in DATASETS.values() for column in spec.columns}
WORDS = {column.name: column.words for spec in DATASETS.values() for column in spec.columns if column.words}
NOT_FOR_CONTENT = {"stage", "measure", "lane", "category", "method"}  # too few words to be told by their words alone


@dataclass(frozen=True, eq=False)
class Seen:
    """A column of the file as far as it can be known without knowing the file."""

    header: str  # as the mapping names it, with its group where that is needed
    tag: str
    cells: Cells
    values: tuple[Any, ...]  # distinct, without blanks
    filled: float  # share of the rows that hold something
    dates: float  # shares of the distinct values
    numbers: float
    personal: bool

    @property
    def examples(self) -> tuple[str, ...]:
        return () if self.personal else tuple(" ".join(shown(value)[:40].split()) for value in self.values[:SHOWN])

    @property
    def plain(self) -> str:
        return plain(self.header)


@dataclass(frozen=True)
class Guess:
    """What a column may be, how sure that is (0 to 1), and why: header, similar, tag, content, persons."""

    column: Seen
    meaning: str
    score: float
    why: str


def seen_columns(table: Table) -> list[Seen]:
    """Every column that has a header, in the order of the file."""
    names = [plain(name) for name in table.names]
    groups = table.groups or [""] * len(names)
    found = []
    for place, (name, cells) in enumerate(zip(table.names, table.columns, strict=False)):
        if not name:
            continue
        # A header that stands twice, or that says little alone, is named with its group.
        with_group = groups[place] and (names.count(plain(name)) > 1 or _band_only(name))
        header = f"{groups[place]} > {name}" if with_group else name
        tag = table.tags[place] if place < len(table.tags) else ""
        found.append(_seen(re.sub(r"\s+", " ", header), tag or (name if name.startswith("#") else ""), name, cells))
    return found


def _band_only(name: str) -> bool:
    return meaning_of(plain(name)) is None and not re.search(r"[^\W\d_]{4,}", name)


def _seen(header: str, tag: str, name: str, cells: Cells) -> Seen:
    standing = np.flatnonzero(np.bincount(cells.codes, minlength=len(cells.values)))
    values = tuple(value for code in standing if not is_blank(value := cells.values[code]))[:SAMPLE]
    blank = cells.where(is_blank)
    lone = Table([name], [cells], _lines(cells), [""])
    try:
        refuse_personal(lone)
        personal = False
    except Refused:
        personal = True
    return Seen(
        header=header,
        tag=tag,
        cells=cells,
        values=values,
        filled=float((~blank).mean()) if len(cells) else 0.0,
        dates=_share(values, _is_date),
        numbers=_share(values, _is_number),
        personal=personal,
    )


def _lines(cells: Cells) -> Codes:
    return np.arange(1, len(cells) + 1)


def _share(values: tuple[Any, ...], test: Any) -> float:
    return sum(map(test, values)) / len(values) if values else 0.0


def _is_date(value: Any) -> bool:
    return isinstance(value, date) or any(moments.read(value, order).at is not None for order in ("dmy", "mdy"))


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and (numbers.read(value) is not None or has_sign(value))


def likely_header(top: Top) -> tuple[int, int, bool]:
    """The row that reads most like the header of a table (`layout.Judge`); the tags under it speak for it too."""
    best = (0, 0, False)
    for number, row in enumerate(top):
        texts = [shown(value) for value in row if isinstance(value, str) and value != ""]
        if len(texts) < 2 or not any(value != "" for below in top[number + 1 : number + 3] for value in below):
            continue
        known = sum(_said(text) for text in texts)
        if is_tag_row(row):
            above = top[number - 1] if number else []
            if sum(isinstance(value, str) and value != "" for value in above) * 2 > len(texts):
                continue  # counted with the header above it
        elif number + 1 < len(top) and is_tag_row(top[number + 1]):
            known = max(known, sum(_said(tag) for tag in map(shown, top[number + 1]) if tag))
        over = _groups_over(row, top[number - 1] if number else [])
        hits = 100 * (known + over) + min(len(texts), 50) if known + over else 0
        if hits > best[0]:
            best = (hits, number, over > 0)
    return best


def _groups_over(row: list[Any], above: list[Any]) -> int:
    """How many known names stand in the row above, where that row and this one together are a header."""
    if not (heads(row) and heads(above)):
        return 0
    over = [place for place, value in enumerate(above) if isinstance(value, str) and value != ""]
    known = [place for place in over if _said(shown(above[place]))]
    columns = sum(value != "" or (place < len(above) and above[place] != "") for place, value in enumerate(row))
    below_gaps = [place for place, value in enumerate(row) if value != "" and place not in over]
    fills_gaps = any(place < len(row) and row[place] == "" for place in over) or len(below_gaps) > 0
    return len(known) if len(over) > 1 and known and fills_gaps and columns > len(over) else 0


def _said(text: str) -> bool:
    if text.startswith("#"):
        return by_header(text, text)[1] >= LEAST
    if len(text) > 80 or not re.search(r"[^\W\d_]{2,}", text):
        return False
    return by_header(text, "")[1] >= LIKELY or persons_of(plain(text)) is not None


def by_header(header: str, tag: str) -> tuple[str | None, float, str]:
    """The meaning a header or its tag speaks of, how surely, and which of the two said it."""
    best: tuple[str | None, float, str] = (None, 0.0, "")
    spellings = [plain(header), *(plain(part) for part in LANGUAGES.split(header)), plain(header.rpartition(">")[2])]
    for place, spelling in enumerate(dict.fromkeys(spelling for spelling in spellings if spelling)):
        meaning, score = _nearest(spelling)
        why = "header" if score == 1 else "similar"
        if meaning and score * (1 if place == 0 else 0.9) > best[1]:
            best = (meaning, score * (1 if place == 0 else 0.9), why)
    if tag:
        name, *attributes = tag.replace(" ", "").casefold().split("+")
        for known, needed, meaning in TAGS:
            if name == known and needed <= set(attributes) and meaning and best[1] < 0.9:
                return meaning, 0.9 if needed or best[0] == meaning else 0.75, "tag"
    return best


@lru_cache(maxsize=10_000)
def _nearest(spelling: str) -> tuple[str | None, float]:
    """The meaning whose phrase is nearest, by words in common and by letters."""
    if exact := meaning_of(spelling):
        return exact, 1.0
    words = stems(spelling)
    best: tuple[str | None, float] = (None, 0.0)
    for phrase, meaning in _phrases():
        common = set(words) & set(phrase)
        score = 0.0
        if common and words:
            covered = len(common) / len(set(phrase))
            score = (0.9 if covered == 1 else 0.55 * covered) * (0.6 + 0.4 * len(common) / len(set(words)))
        letters = SequenceMatcher(None, " ".join(words), " ".join(phrase))
        if letters.real_quick_ratio() > 0.8 and letters.quick_ratio() > 0.8 and len(spelling) > 4:
            score = max(score, 0.95 * letters.ratio() if letters.ratio() > 0.82 else 0.0)
        if score > best[1]:
            best = (meaning, score)
    return best


@cache
def _phrases() -> tuple[tuple[tuple[str, ...], str], ...]:
    return tuple((stems(phrase), meaning) for meaning, phrases in MEANINGS.items() for phrase in phrases)


def guesses(column: Seen) -> list[Guess]:
    """What the column may be, best first."""
    if column.personal or not column.values:
        return []
    found: dict[str, Guess] = {}
    meaning, score, why = by_header(column.header, column.tag)
    if meaning:
        found[meaning] = Guess(column, meaning, score * _fits(meaning, column), why)
    if column.dates > 0.8 and "start" not in found and meaning not in ("end", "issued_at", "at", "updated"):
        found["start"] = Guess(column, "start", 0.6, "content")
    if column.numbers < 0.5:
        for name, words in WORDS.items():
            share = _share(column.values, lambda value, words=words: known_word(words, value) is not None)
            if name in NOT_FOR_CONTENT or share < 0.6:
                continue
            said = 0.75 * share
            if name not in found or found[name].score < said:
                found[name] = Guess(column, name, max(said, found[name].score if name in found else 0), "content")
    return sorted((guess for guess in found.values() if guess.score >= 0.3), key=lambda guess: -guess.score)


def _fits(meaning: str, column: Seen) -> float:
    """How far what stands in the column agrees with what its header says."""
    holds = HOLDS.get("people" if meaning == "present" else meaning, "")
    if holds == MOMENT:
        return 1.0 if column.dates > 0.5 else 0.3
    if holds in NUMBERS:
        return 1.0 if column.numbers > 0.6 else 0.2
    if holds in (FLAG, COUNTRY, WORD) or meaning in ("hours", "month", "year", "number", "minutes"):
        return 1.0
    return 1.0 if column.numbers < 0.5 or meaning in ("site", "shift") else 0.4


def as_mapping(found: list[Guess]) -> Mapping[str, Guess]:
    """The best guess of each meaning."""
    best: dict[str, Guess] = {}
    for guess in found:
        if guess.meaning not in best or guess.score > best[guess.meaning].score:
            best[guess.meaning] = guess
    return best
