"""A feed described in TOML: where it is read, how often, by which mapping, and where its secrets are to be found."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from data.sources.mapped import Mapping as FileMapping
from data.sources.mapping import PACKAGED, WrongMapping, read_mapping

KINDS = ("kobo", "odk", "sql", "push")
NEEDED = object()
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
# Entries of which each is a text, the name of an environment variable or a file that holds it.
SECRETS = ("token", "password", "url")

_SERVER: dict[str, tuple[type, Any]] = {
    "url": (str, NEEDED),
    "allow_http": (bool, False),  # beyond this machine only https, unless somebody says so here
    "page_size": (int, 500),
    "timeout_seconds": (int, 30),
    # Every so many hours what came in the last days is read again, for edits and deletions nobody tells of.
    "sweep_hours": (int, 24),
    "sweep_days": (int, 30),
}
# Kind: its entries with their types and defaults; they stand in a table of the kind's own name.
ENTRIES: dict[str, dict[str, tuple[type, Any]]] = {
    "kobo": {**_SERVER, "form": (str, NEEDED), "token_env": (str, ""), "token_file": (str, "")},
    "odk": {
        **_SERVER,
        "project": (int, NEEDED),
        "form": (str, NEEDED),
        "user": (str, ""),
        **{f"{name}_{place}": (str, "") for name in ("password", "token") for place in ("env", "file")},
        "overlap_minutes": (int, 10),
    },
    "sql": {
        "url": (str, ""),
        **{f"{name}_{place}": (str, "") for name in ("url", "password") for place in ("env", "file")},
        "query": (str, NEEDED),
        "watermark": (str, NEEDED),
        "id": (list, NEEDED),  # the columns that name a row
        "deleted": (str, ""),
        "overlap_minutes": (int, 60),
        "timeout_seconds": (int, 60),
        "most_rows": (int, 1_000_000),
    },
    "push": {},
}
TOP = {"name", "kind", "source", "mapping", "every_minutes"}


class WrongFeed(ValueError):
    """What is wrong with a feed's file, entry by entry, for the person who wrote it."""


@dataclass(frozen=True)
class Feed:
    """`mark` changes with the mapping, so that what an older one read is read anew."""

    name: str
    kind: str
    source: str
    mapping: FileMapping
    mark: str
    every: timedelta | None
    options: Mapping[str, Any]


def load_feed(path: Path) -> tuple[Feed, str, str]:
    """A feed's file and the text of both its files. Raises WrongFeed naming every wrong entry."""
    config = _text(path)
    named = _told(config).get("mapping")
    if not isinstance(named, str) or not named:
        raise WrongFeed("mapping is missing: expected the file of a mapping, beside this one, or a packaged name")
    found = path.parent / named if named.endswith(".toml") else PACKAGED / f"{named}.toml"
    mapping = _text(found)
    return read_feed(config, mapping), config, mapping


def read_feed(config: str, mapping_text: str) -> Feed:
    """A feed from its two texts, as the store keeps them. Raises WrongFeed."""
    told = _told(config)
    wrongs: list[str] = []
    name, kind = str(told.get("name", "")), told.get("kind")
    if not NAME.fullmatch(name):
        wrongs.append(f"name = {name!r}: expected small letters, digits, - and _")
    if kind not in KINDS:
        raise WrongFeed("; ".join([*wrongs, f"kind = {kind!r}: expected one of {', '.join(KINDS)}"]))
    known = {*TOP, kind}
    wrongs += [f"unknown entry {key!r}: expected {', '.join(sorted(known))}" for key in told if key not in known]
    options = _options(kind, told.get(kind, {}), wrongs)
    every = told.get("every_minutes")
    if every is not None and (type(every) not in (int, float) or not 0 < every <= 60 * 24 * 31):
        wrongs.append(f"every_minutes = {every!r}: expected minutes, more than 0")
        every = None
    if kind == "push" and every is not None:
        wrongs.append("every_minutes: a feed that is pushed to is not read; leave it out")
    try:
        mapping = read_mapping(mapping_text, name)
    except WrongMapping as wrong:
        raise WrongFeed("; ".join([*wrongs, f"mapping: {wrong}"])) from wrong
    if kind in ("kobo", "odk", "push") and mapping.submissions is None:
        wrongs.append("mapping: its [submissions] table is missing")
    source = told.get("source") or mapping.source
    if not source or not isinstance(source, str):
        wrongs.append("source is missing: name it here or in the mapping")
    if wrongs:
        raise WrongFeed("; ".join(wrongs))
    mark = hashlib.sha256(mapping_text.encode()).hexdigest()[:16]
    return Feed(name, kind, str(source), mapping, mark, timedelta(minutes=every) if every else None, options)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise WrongFeed(f"{path}: cannot be read") from wrong


def _told(config: str) -> dict[str, Any]:
    try:
        return tomllib.loads(config)
    except tomllib.TOMLDecodeError as wrong:
        raise WrongFeed(f"this is not a TOML file: {wrong}") from wrong


def _options(kind: str, told: Any, wrongs: list[str]) -> dict[str, Any]:
    known = ENTRIES[kind]
    if not isinstance(told, dict):
        wrongs.append(f"{kind}: expected a table, written [{kind}]")
        told = {}
    value: Any
    for key, value in told.items():
        if key in SECRETS[:2] and f"{key}_env" in known:
            wrongs.append(f"{kind}.{key}: a secret is not written here; name its {key}_env or {key}_file")
        elif key not in known:
            wrongs.append(f"{kind}.{key}: unknown entry, expected {', '.join(known)}")
        elif key == "id" and isinstance(value, str):
            continue
        elif type(value).__name__ != known[key][0].__name__:
            wrongs.append(f"{kind}.{key} = {value!r}: expected {known[key][0].__name__}")
        elif known[key][0] is int and not 0 <= value <= 10_000_000:
            wrongs.append(f"{kind}.{key} = {value!r}: expected a number from 0 to 10 000 000")
        elif key.endswith("_env") and value.startswith("CAUDAL_"):
            wrongs.append(f"{kind}.{key} = {value!r}: names that begin with CAUDAL_ are Caudal's own settings")
    wrongs += [f"{kind}.{key} is missing" for key, (_, usual) in known.items() if usual is NEEDED and key not in told]
    options = {key: told.get(key, None if usual is NEEDED else usual) for key, (_, usual) in known.items()}
    if isinstance(options.get("id"), str):
        options["id"] = [options["id"]]
    if kind == "sql":
        _check_sql(options, wrongs)
    return options


def _check_sql(options: Mapping[str, Any], wrongs: list[str]) -> None:
    if not (options["url"] or options["url_env"] or options["url_file"]):
        wrongs.append("sql.url is missing: name it, or its url_env or url_file")
    if options["url"]:
        try:
            if make_url(options["url"]).password:
                wrongs.append("sql.url: a password is not written here; name its password_env, or the url's url_env")
        except ArgumentError:
            wrongs.append("sql.url: expected an address such as postgresql+psycopg://reader@db/consolidado")
    query = str(options["query"] or "").strip().rstrip(";").strip()
    if query and (";" in query or not re.match(r"(select|with)\b", query, re.IGNORECASE)):
        wrongs.append("sql.query: expected one SELECT")
