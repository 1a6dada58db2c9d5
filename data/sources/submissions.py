"""Submissions of KoboToolbox and ODK as rows: groups, repeats and choices under the headers that a mapping reads.

Kobo writes group names into each key (`grupo/pregunta`), ODK nests them; both become the same path. Nothing but the
questions a mapping names is taken over, so that no other answer, attachment, place or user name is ever kept.
"""

from __future__ import annotations

import collections.abc as abc
import json
from collections.abc import Iterator
from typing import Any

from data.sources.guards import Limits, refuse
from data.sources.mapped import Mapping
from data.sources.personal import EMAIL, personal_header, shape
from data.sources.sheet import Grid, from_objects
from data.sources.words import plain
from data.types import Issue

Submission = abc.Mapping[str, Any]
Row = dict[str, Any]

# What the tools add of their own accord. Not answers, and some of it says who held the telephone.
OF_THE_TOOL = ("meta/", "system/", "formhub/")
OF_A_TELEPHONE = {"phonenumber", "simserial", "subscriberid", "phone number", "sim serial", "subscriber id"}
DEEPEST = 12
# Fewer submissions than these may well leave a question unanswered; so many cannot all of them.
TELLING = 20


def submissions_of(told: Any) -> list[Submission]:
    """The submissions in an answer of Kobo (`results`), of ODK (`value`), in a list, or the one itself.

    Raises Refused.
    """
    listed = told
    if isinstance(told, dict):
        listed = next((told[name] for name in ("results", "value") if isinstance(told.get(name), list)), [told])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise refuse("broken_json", position=0)
    if listed and all("instanceId" in one and "createdAt" in one and "__id" not in one for one in listed):
        # /forms/…/submissions of ODK lists who sent what when; the answers are in the .svc document.
        raise refuse("submissions_without_answers")
    return listed


def read(content: bytes, mapping: Mapping, limits: Limits, notes: list[Issue]) -> Grid:
    """A file of submissions as a sheet: the mapping's headers, then one line for each row of each submission."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as wrong:
        raise refuse("broken_json", position=getattr(wrong, "pos", 0)) from wrong
    if isinstance(told, dict) and isinstance(told.get("rows"), list):
        rows = [row for row in told["rows"] if isinstance(row, dict)]  # ours: mapped before it was kept
    else:
        listed = submissions_of(told)
        refuse_persons(listed)
        rows = [row for one in listed for row in rows_of(one, mapping)]
        notes += unanswered(rows, mapping)
    if len(rows) > limits.rows:
        raise refuse("too_many_rows", rows=len(rows), limit=limits.rows)
    names = [accepted[0] for accepted in questions(mapping)]
    columns = [from_objects([name, *(row.get(name) for row in rows)]) for name in names]
    # A submission without answers still is a row, one that reports nothing.
    columns.append(from_objects(["_row", *map(str, range(1, len(rows) + 1))]))
    return Grid(columns, len(rows) + 1)


def questions(mapping: Mapping) -> list[tuple[str, ...]]:
    """Of every column the mapping reads its accepted headers, each column once, by the first of them."""
    groups = [accepted for take in mapping.takes.values() for accepted in take.headers]
    groups += [each.headers for each in mapping.each] + [only.headers for only in mapping.only]
    return list({plain(accepted[0]): accepted for accepted in groups if accepted}.values())


def rows_of(submission: Submission, mapping: Mapping) -> list[Row]:
    """The mapped answers of a submission, one row, or one for each entry of the mapping's repeat. Raises Refused."""
    repeat = mapping.submissions.repeat if mapping.submissions else None
    return [_row(flat, mapping) for flat in _flattened(submission, plain_path(repeat) if repeat else None)]


def plain_path(path: str) -> str:
    return "/".join(plain(part) for part in path.split("/"))


def _row(flat: Row, mapping: Mapping) -> Row:
    return {accepted[0]: _answer(flat, accepted) for accepted in questions(mapping)}


def _answer(flat: Row, accepted: abc.Iterable[str]) -> Any:
    for header in accepted:
        path = plain_path(header)
        if path in flat:
            return flat[path]
        leaves = [known for known in flat if known.endswith(f"/{path}")]
        if len(leaves) > 1:
            raise refuse("duplicate_headers", column=header, header=header, times=len(leaves))
        if leaves:
            return flat[leaves[0]]
        chosen = _choice(flat, path)
        if chosen is not None:
            return chosen
    return None


def _choice(flat: Row, path: str) -> str | None:
    """ "1" or "0" for `pregunta/opcion` of a question with several choices, as the tools' own tables have it."""
    question, _, option = path.rpartition("/")
    if not question:
        return None
    chosen = flat.get(question)
    if chosen is None:
        chosen = next((answer for known, answer in flat.items() if known.endswith(f"/{question}")), None)
    if not isinstance(chosen, str):
        return None
    return "1" if option in {plain(word) for word in chosen.split()} else "0"


def _flattened(submission: Submission, repeat: str | None) -> list[Row]:
    return _within(submission, "", repeat)


def _within(entry: Submission, path: str, repeat: str | None) -> list[Row]:
    """The rows of a submission or of one entry of a repeat, each with the answers around it."""
    own: Row = {}
    rows: list[Row] = []
    for name, value in _leaves(entry, path, 0):
        if not isinstance(value, list):
            own[name] = value
        elif repeat is not None and (name == repeat or repeat.startswith(name + "/")):
            inner = None if name == repeat else repeat
            rows += [row for one in value if isinstance(one, dict) for row in _within(one, name, inner)]
    return [own] if repeat is None else [{**own, **row} for row in rows]


def _leaves(group: Submission, prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > DEEPEST:
        raise refuse("broken_json", position=0)
    for name, value in group.items():
        own = plain_path(str(name))
        path = own if not prefix or own.startswith(prefix + "/") else f"{prefix}/{own}"
        if isinstance(value, dict):
            yield from _leaves(value, path, depth + 1)
        else:
            yield path, value


def refuse_persons(listed: abc.Iterable[Submission]) -> None:
    """Raises Refused for the first question that, by its name, asks for a person, if anybody answered it.

    For a file, whose bytes are kept as they came. A feed keeps only what its mapping reads.
    """
    for submission in listed:
        for path, value in _leaves(submission, "", 0):
            leaf = path.rsplit("/", 1)[-1]
            if isinstance(value, list) or value in (None, "") or path.startswith(OF_THE_TOOL):
                continue
            address = isinstance(value, str) and "@" in value and EMAIL.search(value)
            if address or leaf in OF_A_TELEPHONE or personal_header(leaf):
                raise refuse("personal_column", column=path, header=path, shape=shape(value))


def unanswered(rows: list[Row], mapping: Mapping) -> list[Issue]:
    """A question that the mapping needs and nobody answered: more likely misspelt than skipped. Raises Refused
    where so many submissions lack it that it cannot be in the form."""
    optional = {plain(one[0]) for take in mapping.takes.values() if take.optional for one in take.headers}
    missing = [
        accepted[0]
        for accepted in questions(mapping)
        if plain(accepted[0]) not in optional and all(row.get(accepted[0]) is None for row in rows)
    ]
    if not missing or not rows:
        return []
    if len(rows) >= TELLING:
        needed = ", ".join(accepted[0] for accepted in questions(mapping))
        raise refuse(
            "missing_columns", dataset=str(mapping.dataset), missing=", ".join(missing), expected=needed, found="—"
        )
    return [Issue(None, None, "questions_unanswered", {"questions": ", ".join(missing)})]
