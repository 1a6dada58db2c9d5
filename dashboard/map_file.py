"""A proposed mapping as the TOML file a person corrects: every line with how sure it is and why."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from data.sources.canonical import DATASETS
from data.sources.numbers import Signs
from data.sources.proposing import FILL_IN, Line, Proposal
from data.sources.proposing.columns import LIKELY, SURE, Guess, Seen
from data.sources.proposing.columns import WORDS as VOCABULARY
from data.sources.proposing.types import Constant, Word
from data.vocabulary import Dataset
from layouts.translator import Translator

WIDE = 116


def quoted(text: str) -> str:
    """A TOML string. JSON escapes all that TOML wants escaped, but for one control sign."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def mapping_text(proposal: Proposal, out: str, t: Translator) -> str:
    """The whole file. It can be read by `data.sources.mapping` once no FILL_IN is left in it."""
    file = proposal.filename
    blocks = [
        _comment(t("map.head", file=file, out=out)),
        "\n".join(_opening(proposal, out, t)),
        _block(t("map.file"), "[file]", _file(proposal)),
        _block(t("map.constants"), "[constants]", (_constant(one, t) for one in proposal.constants)),
        _block(t("map.columns"), "[columns]", (_line(line, t) for line in proposal.lines)),
        _block(t("map.dates"), "[dates]", _dates(proposal, t)),
        _block(t("map.numbers"), "[numbers]", _numbers(proposal.signs, t)),
        "\n".join(_parts(proposal, t)),
        "\n".join(_drop(proposal, t)),
        *(_words(name, words, t) for name, words in proposal.words.items()),
        _comment("\n".join(_unused(proposal, t))),
        _comment(t("map.personal", headers=", ".join(proposal.personal))) if proposal.personal else "",
        _comment(t("map.more", code=str(proposal.dataset))),
    ]
    return "\n\n".join(block.strip("\n") for block in blocks if block.strip()) + "\n"


def _comment(text: str) -> str:
    lines: list[str] = []
    for line in text.strip("\n").split("\n"):
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        lines += textwrap.wrap(line, WIDE, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    # A cell's own text may hold anything; within a comment no other line may begin.
    return "\n".join(f"# {_one_line(line)}" for line in lines)


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _block(says: str, title: str, lines: Iterable[str]) -> str:
    written = [line for line in lines if line]
    return "\n".join([_comment(says), title, *written]) if written else ""


def _said(entry: str, *says: str) -> str:
    told = "; ".join(one for one in says if one)
    return f"{entry}   # {_one_line(told)}" if told else entry


def sureness(score: float, why: str, t: Translator) -> str:
    level = "high" if score >= SURE else "middle" if score >= LIKELY else "low"
    return f"{t(f'map.sure.{level}')}: {t(f'map.why.{why}')}"


def _opening(proposal: Proposal, out: str, t: Translator) -> Iterator[str]:
    yield f"name = {quoted(Path(out).stem)}"
    yield _said(f"dataset = {quoted(str(proposal.dataset))}", t("map.dataset", choices=", ".join(Dataset)))
    yield _said(f"source = {quoted(FILL_IN)}", t("map.source"))
    yield _said("blank = []", t("map.blank"))


def _file(proposal: Proposal) -> Iterator[str]:
    if proposal.sheet is not None:
        yield f"sheet = {quoted(proposal.sheet)}"


def _constant(one: Constant, t: Translator) -> str:
    number = one.value.isdigit()
    choices = t("map.words_allowed", choices=", ".join(one.choices)) if one.choices else ""
    hint = t.maybe(f"map.constant.{one.name}") or ""
    return _said(f"{one.name} = {one.value if number else quoted(one.value)}", hint, choices, t(f"map.why.{one.why}"))


def take_text(line: Line) -> str:
    """The value of an entry of [columns]."""
    headers = [quoted(column.header) for column in line.columns]
    if line.how == "hours":
        edge = ', edge = "end"' if line.name == "at" else ""
        return f"{{ date = {headers[0]}, hours = {headers[1]}{edge} }}"
    if line.how == "first":
        return f"{{ first = [{', '.join(headers)}] }}"
    if line.how == "join":
        sign = " · " if line.name == "activity" else " / "
        return f"{{ join = [{', '.join(headers)}], with = {quoted(sign)} }}"
    return headers[0]


def _line(line: Line, t: Translator) -> str:
    examples = ", ".join(line.columns[0].examples[:3])
    shown = t("map.examples", examples=examples) if examples else ""
    return _said(f"{line.name} = {take_text(line)}", sureness(line.score, line.why, t), shown)


def _dates(proposal: Proposal, t: Translator) -> Iterator[str]:
    times = proposal.times
    if not times.order:
        yield _said(f"order = {quoted(FILL_IN)}", t("map.order_open", example=times.example))
    elif times.order != "iso":
        yield _said(f"order = {quoted(times.order)}", t("map.order_seen", example=times.example))
    if times.period:
        yield _said(f"period = {quoted(times.period)}", t("map.period"), t("map.why.spacing"))
    if times.last_day is None:
        yield _said(f"last_day = {quoted(FILL_IN)}", t("map.last_day_open"))
    elif times.last_day:
        yield _said("last_day = true", t("map.last_day"))


def _numbers(signs: Signs | None, t: Translator) -> Iterator[str]:
    if signs is None:
        return
    if signs.problem:
        yield _said(f"decimal = {quoted(FILL_IN)}", t("map.signs_open"))
        yield f"thousands = {quoted(FILL_IN)}"
    else:
        yield _said(f"decimal = {quoted(signs.decimal)}", t("map.signs"))
        yield f"thousands = {quoted(signs.thousands)}"


def _parts(proposal: Proposal, t: Translator) -> Iterator[str]:
    parts = proposal.parts
    if not parts:
        return
    # What belongs to the whole activity is said once, in the line of its total.
    of_total = [line.name for line in proposal.lines if line.name in ("quantity", "unit", "capacity")]
    whole = of_total if any(part.total for part in parts) else []
    yield _comment(t("map.each"))
    if any(part.total for part in parts):
        yield _comment(t("map.each_total"))
    for part in parts:
        yield "[[each]]"
        examples = ", ".join(part.column.examples[:3])
        yield _said(f"column = {quoted(part.column.header)}", t("map.examples", examples=examples) if examples else "")
        if part.total:
            yield "total = true"
        if part.set:
            inside = ", ".join(f"{name} = {quoted(value)}" for name, value in part.set.items())
            hint = t("map.constant.site") if "site" in part.set else t("map.why.persons")
            yield _said(f"set = {{ {inside} }}", hint)
        if not part.total and whole:
            yield f"without = [{', '.join(map(quoted, whole))}]"


def _drop(proposal: Proposal, t: Translator) -> Iterator[str]:
    if proposal.status is None or not proposal.planned:
        return
    yield _comment(t("map.drop"))
    yield "[[drop]]"
    yield f"column = {quoted(proposal.status.header)}"
    yield f"is = [{', '.join(map(quoted, proposal.planned))}]"


def _words(name: str, words: tuple[Word, ...], t: Translator) -> str:
    choices = t("map.words_allowed", choices=", ".join(VOCABULARY[name])) if name in VOCABULARY else t("map.words_site")
    lines = [_comment(t("map.words")), _comment(choices), f"[words.{name}]"]
    open_ones = [word for word in words if word.word == FILL_IN]
    for word in words:
        entry = f"{quoted(word.wording)} = {quoted(word.word)}"
        if word.word != FILL_IN:
            lines.append(_said(entry, t(f"map.why.{word.why}")))
        elif name == "site":
            lines.append(entry)
    if open_ones and name != "site":
        lines.append(_comment(t("map.words_open")))
        lines += [f"# {_one_line(quoted(word.wording))} = {quoted(FILL_IN)}" for word in open_ones]
    return "\n".join(lines)


def _unused(proposal: Proposal, t: Translator) -> Iterator[str]:
    if proposal.unused:
        yield t("map.unused")
    for column, guess in proposal.unused:
        yield "  " + t(
            "map.unused_line", header=column.header, reason=unused_reason(column, guess, proposal.dataset, t)
        )


def unused_reason(column: Seen, guess: Guess | None, dataset: Dataset, t: Translator) -> str:
    examples = ", ".join(column.examples[:3])
    if guess is not None and guess.meaning == "updated":
        return t("map.unused_updated")
    if guess is not None and guess.meaning in DATASETS[dataset].names and guess.score >= LIKELY:
        return t("map.unused_maybe", column=guess.meaning, examples=examples)
    return t("map.unused_nothing", examples=examples)
