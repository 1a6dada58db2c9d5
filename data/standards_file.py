"""The standards of a site as one TOML file: reading back what was written gives the same standards; checked whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.analytics.standard_entry import Wrong, WrongStandard, checked_standard
from data.standard_shapes import HeldStandard
from data.toml_text import NoToml, parsed_toml, toml_value
from data.vocabulary import Phase, Stay

VERSION = 1
TURNS = {"phase": tuple(map(str, Phase)), "stay": tuple(map(str, Stay))}


class WrongStandardsFile(ValueError):
    """Everything that is wrong with a file, each with the standard it stands in ("" for the file itself)."""

    def __init__(self, wrongs: Sequence[tuple[str, Wrong]]) -> None:
        super().__init__("; ".join(f"{place}: {wrong.code} {dict(wrong.facts)}" for place, wrong in wrongs))
        self.wrongs = tuple(wrongs)


@dataclass(frozen=True)
class StandardsFile:
    entries: tuple[dict[str, Any], ...]
    phase: str | None = None  # None: the file does not say
    stay: str | None = None


def standards_text(held: Sequence[HeldStandard], phase: str, stay: str) -> str:
    """One `[[standard]]` each, in order; `phase` and `stay` as they hold."""
    head = f"version = {VERSION}\nphase = {toml_value(phase)}\nstay = {toml_value(stay)}\n"
    return "\n".join([head, *(entry_text(entry_of(one)) for one in held)])


def entry_of(one: HeldStandard) -> dict[str, Any]:
    """As somebody would write it: what is not said is left out."""
    told = one.standard
    entry: dict[str, Any] = {
        "service": str(told.service),
        "phase": told.phase,
        "value": told.value,
        "per": told.per,
        "denominator": told.denominator,
        "unit": told.unit,
        "source": told.source,
        "provisional": told.provisional,
        "transit_value": told.transit_value,
        "reason": told.reason or None,
        "withdrawn": one.withdrawn or None,
        "valid_from": told.valid_from,
    }
    return {name: value for name, value in entry.items() if value is not None}


def entry_text(entry: Mapping[str, Any]) -> str:
    return "\n".join(["[[standard]]", *(f"{name} = {toml_value(value)}" for name, value in entry.items())]) + "\n"


def published_text(entries: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join([f"version = {VERSION}\n", *(entry_text(entry) for entry in entries)])


def read_standards(text: str) -> StandardsFile:
    """Raises WrongStandardsFile with everything that is wrong with it."""
    try:
        file = parsed_toml(text)
    except NoToml as wrong:
        raise WrongStandardsFile([("", Wrong("no_toml", {"error": str(wrong)}))]) from wrong
    known = {"version", "phase", "stay", "standard"}
    wrongs = [
        ("", Wrong("unknown", {"name": name, "allowed": ", ".join(sorted(known))})) for name in file.keys() - known
    ]
    if type(file.get("version")) is not int or file["version"] != VERSION:
        wrongs.append(("", Wrong("version", {"value": str(file.get("version"))[:20], "allowed": VERSION})))
    for name, words in TURNS.items():
        if file.get(name) is not None and (not isinstance(file[name], str) or file[name] not in words):
            facts = {"name": name, "value": str(file[name])[:60], "allowed": ", ".join(words)}
            wrongs.append(("", Wrong("choice", facts)))
    rows = file.get("standard", [])
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise WrongStandardsFile([*wrongs, ("", Wrong("no_standards", {}))])
    seen: set[tuple[str, str]] = set()
    for number, entry in enumerate(rows, start=1):
        place = "/".join(str(entry.get(name, "?")) for name in ("service", "phase"))[:60] or f"[[standard]] {number}"
        try:
            checked_standard(entry)
        except WrongStandard as wrong:
            wrongs += [(place, one) for one in wrong.wrongs]
        key = (str(entry.get("service")), str(entry.get("phase")))
        if key in seen:
            wrongs.append((place, Wrong("twice", {"name": place})))
        seen.add(key)
    if wrongs:
        raise WrongStandardsFile(wrongs)
    return StandardsFile(tuple(rows), file.get("phase"), file.get("stay"))
