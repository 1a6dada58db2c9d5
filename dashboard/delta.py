"""What changed between two boards, as a list of changes the browser can repeat (assets/js/delta.js mirrors `applied`).

A change is one of
    ["=", path, value]          put value at path, replacing what was there
    ["-", path]                 remove the key at path
    ["+", path, drop, items]    drop the first `drop` items of the array at path, then append items
A path is a list of object keys and array positions. Values are plain JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

Json = Any
Change = list[Any]


def delta(old: Json, new: Json) -> list[Change]:
    """The shortest list we look for; never longer, as JSON, than putting `new` whole."""
    return _changes([], old, new)


def applied(old: Json, changes: Iterable[Change]) -> Json:
    """`old` with the changes; parts that did not change are shared with `old`, nothing is altered in place."""
    value = old
    for change in changes:
        value = _applied(value, change[1], change)
    return value


def same(a: Json, b: Json) -> bool:
    """Equal as JSON: 1 is 1.0, but true is not 1."""
    if a is b:
        return True
    if a != b:
        return False
    # What Python calls equal may still be true beside 1: written alike it is the same, else it is looked through.
    return orjson.dumps(a) == orjson.dumps(b) or _same_kinds(a, b)


def _same_kinds(a: Json, b: Json) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return all(_same_kinds(value, b[key]) for key, value in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return all(map(_same_kinds, a, b))
    return isinstance(a, bool) == isinstance(b, bool)


def _changes(path: list[str | int], old: Json, new: Json) -> list[Change]:
    if same(old, new):
        return []
    whole: list[Change] = [["=", path, new]]
    if isinstance(old, dict) and isinstance(new, dict):
        parts: list[Change] = [["-", [*path, key]] for key in old if key not in new]
        for key, value in new.items():
            if key in old:
                parts += _changes([*path, key], old[key], value)
            else:
                parts.append(["=", [*path, key], value])
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        parts = _array_changes(path, old, new)
    else:
        return whole
    return parts if _size(parts) < _size(whole) else whole


def _array_changes(path: list[str | int], old: list[Json], new: list[Json]) -> list[Change]:
    drop = _slid(old, new)
    if drop is not None:
        return [["+", path, drop, new[len(old) - drop :]]]
    if _grown_in_front(old, new):
        return [["=", path, new]]
    if len(old) == len(new):
        parts: list[Change] = []
        for position, (before, after) in enumerate(zip(old, new, strict=True)):
            parts += _changes([*path, position], before, after)
        return parts
    if len(new) > len(old):
        # The newest points of a series are provisional: they change while others are added behind them.
        return [*_array_changes(path, old, new[: len(old)]), ["+", path, 0, new[len(old) :]]]
    return [["=", path, new]]


def _slid(old: list[Json], new: list[Json]) -> int | None:
    """How many items left at the front if `new` continues `old`, as the window of a time series does."""
    for drop in range(max(0, len(old) - len(new)), len(old)):
        if same(old[drop], new[0]) and same(old[drop:], new[: len(old) - drop]):
            return drop
    return None


def _grown_in_front(old: list[Json], new: list[Json]) -> bool:
    """Whether rows came before those there were, as in a table with the newest first: every place then has another
    row, and no list of changes is shorter than the table."""
    came = next((place for place, row in enumerate(new[:8]) if same(row, old[0])), 0)
    return came > 0 and len(old) > 2 and same(new[came : came + len(old)], old[: len(new) - came])


def _size(value: Json) -> int:
    return len(orjson.dumps(value))


def _applied(value: Json, path: list[str | int], change: Change) -> Json:
    if not path:
        match change:
            case ["=", _, new]:
                return new
            case ["+", _, drop, items]:
                return [*value[drop:], *items]
        raise ValueError(f"a change must be =, - or +, with a path to remove from; got {change!r}")
    key, rest = path[0], path[1:]
    if isinstance(value, dict):
        copy = dict(value)
        if change[0] == "-" and not rest:
            del copy[str(key)]
        else:
            copy[str(key)] = _applied(value.get(str(key)), rest, change)
        return copy
    position = int(key)
    return [*value[:position], _applied(value[position], rest, change), *value[position + 1 :]]
