"""A site's TOML file: read, checked whole, and what is wrong with it told entry by entry."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from data import published_entries
from data.analytics.standards import DENOMINATORS, NEED
from data.cadences import CADENCE_COLUMNS, CADENCE_OPTIONAL, cadence_wrongs, shifts_of
from data.escalation import escalation_wrongs
from data.tolerances import DEFAULTS
from data.types import PastSurge, Site
from data.vocabulary import OFFICIAL_FOR, Lane, Measure, Phase, Sector, Service, SiteKind, Stage


class WrongSiteFile(ValueError):
    """What is wrong with a site file, entry by entry, for the person who wrote it."""


@dataclass(frozen=True)
class SiteFile:
    """A site and its rules. The tuples hold rows for the tables of the same name, without `site` and `valid_from`."""

    site: Site
    phase: str
    official: tuple[Mapping[str, Any], ...] = ()
    cadence: tuple[Mapping[str, Any], ...] = ()
    standard: tuple[Mapping[str, Any], ...] = ()
    source: tuple[Mapping[str, Any], ...] = field(default=())
    definition: tuple[Mapping[str, Any], ...] = ()
    tolerance: tuple[Mapping[str, Any], ...] = ()
    escalation: tuple[Mapping[str, Any], ...] = ()


PHASES = tuple(str(phase) for phase in Phase)

# Entry: the words each column may take (None: any text), and the columns that may be left out.
ENTRIES: dict[str, tuple[dict[str, tuple[str, ...] | type[Any] | None], dict[str, Any]]] = {
    "official": ({"stage": tuple(Stage), "measure": OFFICIAL_FOR, "source": None, "reason": None}, {"reason": ""}),
    "cadence": (CADENCE_COLUMNS, CADENCE_OPTIONAL),
    "standard": (
        {
            "service": tuple(Service),
            "phase": PHASES,
            "value": float,
            "per": tuple(NEED),
            "denominator": DENOMINATORS,
            "unit": None,
            "source": None,
            "provisional": bool,
            "transit_value": float,
        },
        {"provisional": False, "transit_value": None},
    ),
    "source": (
        {"source": None, "organisation": None, "name": None, "contact_role": None, "contact": None},
        {"organisation": None, "name": "", "contact_role": None, "contact": None},
    ),
    # What a source counts under this name, in its own words: two may say "entries" and mean different people.
    "definition": ({"source": None, "stage": tuple(Stage), "measure": tuple(Measure), "words": None}, {}),
    "tolerance": ({"name": tuple(DEFAULTS), "value": float}, {}),
    # Who is told of a critical alert that nobody has taken, after how many minutes.
    "escalation": ({"step": int, "minutes": int, "to": None, "provisional": bool}, {"provisional": False}),
    # Days that everybody remembers, to lay today beside.
    # What others printed about the site, to stand beside what its reports lead to.
    "published": (published_entries.COLUMNS, published_entries.OPTIONAL),
    "past_surge": ({"day": date, "name_es": str, "name_en": str}, {}),
}

SITE_KEYS = {
    *("site", "name", "country", "zone", "kind", "day_start_hour", "entry_stage", "stages", "sectors"),
    *("safe_capacity", "shifts", "ubigeo", "phase", "lanes", "services", "upstream"),
}


def load_site(path_or_text: Path | str) -> SiteFile:
    """A site file, checked whole. Raises WrongSiteFile naming every wrong entry."""
    is_path = isinstance(path_or_text, Path) or "\n" not in path_or_text
    text = Path(path_or_text).read_text(encoding="utf-8") if is_path else str(path_or_text)
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise WrongSiteFile(f"this is not a TOML file: {wrong}") from wrong
    wrongs = [f"unknown entry {name!r}" for name in entries if name not in SITE_KEYS | ENTRIES.keys()]
    lists = {name: _rows(name, entries.get(name, []), wrongs) for name in ENTRIES}
    site = _site(entries, wrongs)
    wrongs += cadence_wrongs(lists["cadence"], site.shifts if site else ())
    past, printed = lists.pop("past_surge"), lists.pop("published")
    wrongs += escalation_wrongs(lists["escalation"])
    wrongs += _past_surge_wrongs(past) + published_entries.wrongs(printed)
    phase = str(entries.get("phase", PHASES[0]))
    if phase not in PHASES:
        wrongs.append(f"phase = {phase!r}: expected one of {', '.join(PHASES)}")
    if site is None or wrongs:
        raise WrongSiteFile("; ".join(wrongs))
    told = published_entries.figures(printed, site.zone)
    return SiteFile(site=replace(site, past_surges=_past_surges(past), published=told), phase=phase, **lists)


def _past_surge_wrongs(rows: tuple[dict[str, Any], ...]) -> list[str]:
    """Each day once, and its names in every language."""
    found = [
        f"[[past_surge]] number {number}: {name} is empty: expected the name of the day in that language"
        for number, row in enumerate(rows, start=1)
        for name in ("name_es", "name_en")
        if isinstance(row.get(name), str) and not row[name].strip()
    ]
    days = [row.get("day") for row in rows]
    return found + [f"[[past_surge]]: {day} stands there twice" for day in {one for one in days if days.count(one) > 1}]


def _past_surges(rows: tuple[dict[str, Any], ...]) -> tuple[PastSurge, ...]:
    told = (PastSurge(row["day"], row["name_es"].strip(), row["name_en"].strip()) for row in rows)
    return tuple(sorted(told, key=lambda one: one.day))


def _site(entries: Mapping[str, Any], wrongs: list[str]) -> Site | None:
    found = len(wrongs)
    for name in ("site", "name", "country", "zone", "entry_stage"):
        if not isinstance(entries.get(name), str) or not entries[name].strip():
            wrongs.append(f"{name} is missing: expected a text")
    zone = entries.get("zone")
    if isinstance(zone, str) and zone not in available_timezones():
        wrongs.append(f"zone = {zone!r}: expected a time zone such as America/Lima")
    hour = entries.get("day_start_hour", 0)
    if not isinstance(hour, int) or not 0 <= hour <= 23:
        wrongs.append(f"day_start_hour = {hour!r}: expected a whole hour from 0 to 23")
    for name, words in (("stages", Stage), ("sectors", Sector), ("lanes", Lane), ("services", Service)):
        for word in entries.get(name, []):
            if word not in list(words):
                wrongs.append(f"{name}: {word!r} is none of {', '.join(words)}")
    if entries.get("kind", "real") not in list(SiteKind):
        wrongs.append(f"kind = {entries['kind']!r}: expected one of {', '.join(SiteKind)}")
    shifts = shifts_of(entries.get("shifts", []), wrongs)
    upstream = _upstream(entries, wrongs)
    if entries.get("entry_stage") not in entries.get("stages", []):
        wrongs.append(f"entry_stage = {entries.get('entry_stage')!r}: expected one of the site's stages")
    if len(wrongs) > found:
        return None
    return Site(
        site=entries["site"],
        name=entries["name"],
        country=entries["country"],
        zone=entries["zone"],
        kind=SiteKind(entries.get("kind", "real")),
        day_start_hour=hour,
        entry_stage=Stage(entries["entry_stage"]),
        stages=tuple(Stage(word) for word in entries["stages"]),
        sectors=tuple(Sector(word) for word in entries.get("sectors", [])),
        safe_capacity=entries.get("safe_capacity"),
        ubigeo=entries.get("ubigeo"),
        lanes=tuple(Lane(word) for word in entries.get("lanes", [])),
        services=tuple(Service(word) for word in entries.get("services", [])),
        shifts=shifts,
        upstream=upstream,
    )


def _upstream(entries: Mapping[str, Any], wrongs: list[str]) -> tuple[str, ...]:
    named = entries.get("upstream", [])
    if not isinstance(named, list) or not all(isinstance(name, str) and name.strip() for name in named):
        wrongs.append(f'upstream = {named!r}: expected a list of sites, such as ["rumichaca"]')
        return ()
    if entries.get("site") in named:
        wrongs.append(f"upstream: {entries['site']!r} is this site itself; name those whose people come here next")
    if len(set(named)) < len(named):
        wrongs.append(f"upstream = {named!r}: a site stands there twice")
    return tuple(named)


def _rows(name: str, entries: Any, wrongs: list[str]) -> tuple[dict[str, Any], ...]:
    columns, optional = ENTRIES[name]
    rows = []
    for number, entry in enumerate(entries, start=1):
        place = f"[[{name}]] number {number}"
        wrongs += [f"{place}: unknown entry {key!r}" for key in entry if key not in columns]
        row = {**optional, **entry}
        for column, kind in columns.items():
            value = row.get(column)
            if column not in row:
                wrongs.append(f"{place}: {column} is missing")
            elif value is None and column in optional:
                continue
            elif kind is float and type(value) is int:
                row[column] = float(value)
            elif isinstance(kind, type):
                if type(value) is not kind:
                    wrongs.append(f"{place}: {column} = {value!r}: expected {kind.__name__}")
            elif kind is not None and value not in kind:
                wrongs.append(f"{place}: {column} = {value!r} is none of {', '.join(kind)}")
        rows.append(row)
    return tuple(rows)
