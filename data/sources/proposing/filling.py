"""What the columns do not fill: constants left to a person, times, number signs, and words to be translated."""

from __future__ import annotations

import collections.abc as abc
from collections import Counter

import numpy as np

from data.sources.canonical import DatasetSpec
from data.sources.mapping import FILL_IN
from data.sources.numbers import Signs, has_sign, signs_of
from data.sources.proposing.columns import AMOUNT, HOLDS, NUMBERS, WORDS, Seen
from data.sources.proposing.times import DAY, days_of, grain_of, has_hours, last_day, order_of, period_of
from data.sources.proposing.types import Constant, Line, Part, Times, Word
from data.sources.proposing.wordings import proposed_word
from data.sources.sheet import shown
from data.sources.words import is_blank, plain
from data.vocabulary import Dataset, Measure

MOST_WORDS = 60  # lines of one table of words


def periods_of(spec: DatasetSpec, lines: abc.Mapping[str, Line], columns: abc.Sequence[Seen]) -> Times:
    opening = lines.get("start") or lines.get("at")
    dated = [line.columns[0] for name, line in lines.items() if HOLDS.get(name) == "moment"]
    found = order_of(value for column in dated for value in column.values)
    if not found.order:  # the file's other dates were written by the same hand
        found = order_of(value for column in columns if column.dates > 0.8 for value in column.values)
    if opening is None:
        return Times(found.order, found.example)
    first = opening.columns[0]
    end = lines.get("end")
    closing = last_day(first, end.columns[0], found.order) if end is not None else False
    if end is not None or "end" not in spec.names:
        return Times(found.order, found.example, last_day=closing)
    if opening.how == "hours":
        return Times(found.order, found.example, minutes=60)
    if has_hours(first, found.order):
        return Times(found.order, found.example, minutes=grain_of(first, found.order))
    period = period_of(days_of(first, found.order))
    if period == "day" and "minutes" in spec.names:
        return Times(found.order, found.example, minutes=DAY)
    return Times(found.order, found.example, period=period)


def constants_of(
    spec: DatasetSpec,
    lines: abc.Mapping[str, Line],
    parts: abc.Sequence[Part],
    times: Times,
    columns: abc.Sequence[Seen],
) -> tuple[Constant, ...]:
    given = {*lines, *({"people"} if parts else ()), *(key for part in parts for key in part.set)}
    if times.period:
        given.add("end")
    found: list[Constant] = []
    for column in spec.columns:
        if column.name in given or not column.required or (column.name == "minutes" and "end" in given):
            continue
        choices = tuple(map(str, column.words or ()))
        if column.name == "measure" and (said := _measure(columns)) is not None:
            found.append(Constant("measure", said, "says", choices))
        elif column.name == "minutes" and times.minutes:
            found.append(Constant("minutes", str(times.minutes), "spacing", ("15", "60", "1440")))
        elif column.name == "end" and times.minutes and "minutes" in spec.names:
            continue
        elif not (column.may_be_empty and column.holds in NUMBERS and _other_number(spec, given)):
            found.append(Constant(column.name, FILL_IN, "absent", choices))
    if spec.dataset is Dataset.SERVICE and not given & {"people", "quantity", "capacity"}:
        found += [Constant("quantity", "1", "presence"), Constant("unit", "actividad", "presence")]
    return tuple(found)


def _other_number(spec: DatasetSpec, given: set[str]) -> bool:
    return any(column.reports and column.name in given for column in spec.columns)


def _measure(columns: abc.Sequence[Seen]) -> str | None:
    """What is counted, where the headers use the words of one measure only."""
    said = {word for column in columns if column.numbers > 0.6 and (word := proposed_word(Measure, column.header)[0])}
    return next(iter(said)) if len(said) == 1 else None


def numbers_of(spec: DatasetSpec, lines: abc.Mapping[str, Line], parts: abc.Sequence[Part]) -> Signs | None:
    """The signs of the numbers that are read, where any stand in them: by column, and one for all where they agree."""
    numeric = [(name, column) for name, line in lines.items() for column in line.columns if HOLDS.get(name) in NUMBERS]
    numeric += [("people", part.column) for part in parts]
    signed = [(name, column) for name, column in numeric if any(map(has_sign, column.values))]
    if not signed:
        return None
    found = [signs_of(column.values, HOLDS.get(name) != AMOUNT) for name, column in signed]
    decided = {signs for signs in found if not signs.problem}
    if len(decided) == 1:
        return next(iter(decided))
    together = signs_of((value for _, column in signed for value in column.values), whole=False)
    return together if not decided else Signs(problem="mixed_numbers")


def words_of(spec: DatasetSpec, lines: abc.Mapping[str, Line]) -> dict[str, tuple[Word, ...]]:
    """Wordings of the file that the import would not understand by itself, each with a proposal or left open."""
    found: dict[str, tuple[Word, ...]] = {}
    for name, line in lines.items():
        if name == "site":
            found[name] = tuple(Word(wording, FILL_IN, "") for wording in _wordings(line.columns, 20))
        if name not in WORDS:
            continue
        proposed = [Word(one, *_said(name, one)) for one in _wordings(line.columns, 2_000)]
        open_ones = [word for word in proposed if word.why != "known"]
        if name == "service":
            told = [word for word in open_ones if word.why][:MOST_WORDS]
            found[name] = (*told, Word("*", "other", "rest")) if open_ones else ()
        else:
            found[name] = tuple(open_ones[:MOST_WORDS])
    return {name: words for name, words in found.items() if words}


def _said(name: str, wording: str) -> tuple[str, str]:
    word, why = proposed_word(WORDS[name], wording)
    return (word, why) if word is not None else (FILL_IN, "")


def _wordings(columns: tuple[Seen, ...], most: int) -> list[str]:
    """Distinct wordings, the frequent ones first."""
    told: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for column in columns:
        times = np.bincount(column.cells.codes, minlength=len(column.cells.values))
        for value, rows in zip(column.cells.values, times, strict=True):
            if rows and not is_blank(value):
                text = " ".join(shown(value).split())
                told[plain(text)] += int(rows)
                spelt.setdefault(plain(text), text)
    return [spelt[key] for key, _ in told.most_common(most)]
