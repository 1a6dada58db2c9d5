"""`[[published]]` of a site file: figures that others printed about the site, checked, and as the store keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.published_shapes import PUBLISHED, PublishedFigure

COLUMNS: dict[str, tuple[str, ...] | type[Any] | None] = {
    "at": datetime,
    "until": datetime,
    "what": PUBLISHED,
    "low": float,
    "high": float,
    "source": str,
    "url": str,
    "note_es": str,
    "note_en": str,
    "fixes": bool,
}
OPTIONAL = {"until": None, "low": None, "high": None, "url": "", "fixes": False}
MOST = 1e7
LONGEST = timedelta(days=31)
TEXTS = ("source", "note_es", "note_en")


def wrongs(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What `_rows` of the site file cannot see: how the columns of one entry go together."""
    found = []
    for number, row in enumerate(rows, start=1):
        place = f"[[published]] number {number}"
        found += [
            f"{place}: {name} is empty: expected a text"
            for name in TEXTS
            if isinstance(row.get(name), str) and not row[name].strip()
        ]
        if row.get("low") is None and row.get("high") is None:
            found.append(f"{place}: expected low or high, or both: hours of a wait, people of everything else")
        elif row.get("low") is not None and row.get("high") is not None and row["low"] > row["high"]:
            found.append(f"{place}: low = {row['low']} is above high = {row['high']}")
        found += [
            f"{place}: {name} = {row[name]}: expected a number from 0 to {MOST:.0f}"
            for name in ("low", "high")
            if isinstance(row.get(name), float) and not 0 <= row[name] <= MOST  # nor one that is none
        ]
        url = row.get("url")
        if isinstance(url, str) and url and not url.startswith(("https://", "http://")):
            found.append(f"{place}: url = {url!r}: expected an address that begins with https:// or http://")
        at, until = row.get("at"), row.get("until")
        if isinstance(at, datetime) and isinstance(until, datetime):
            if (at.tzinfo is None) != (until.tzinfo is None):
                found.append(f"{place}: write at and until both by the site's clock, or both with an offset")
            elif until <= at:
                found.append(f"{place}: until = {until} is not after at = {at}")
            elif until - at > LONGEST:
                found.append(f"{place}: from at to until are more than {LONGEST.days} days")
        elif row.get("what") == "entries":
            found.append(f"{place}: entries need until: people let in from at until then")
    return found


def figures(rows: Sequence[Mapping[str, Any]], zone: str) -> tuple[PublishedFigure, ...]:
    """Times without an offset are by the site's clock."""
    told = [_figure(row, _utc(row["at"], zone), row["until"] and _utc(row["until"], zone)) for row in rows]
    return tuple(sorted(told, key=lambda one: (one.at, one.what)))


def _utc(at: datetime, zone: str) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def stored(told: Sequence[PublishedFigure]) -> list[dict[str, Any]] | None:
    return [
        {**asdict(one), "at": one.at.isoformat(), "until": one.until.isoformat() if one.until else None} for one in told
    ] or None


def of_store(rows: Sequence[Mapping[str, Any]] | None) -> tuple[PublishedFigure, ...]:
    moment = datetime.fromisoformat
    return tuple(_figure(row, moment(row["at"]), row["until"] and moment(row["until"])) for row in rows or ())


def _figure(row: Mapping[str, Any], at: datetime, until: datetime | None) -> PublishedFigure:
    return PublishedFigure(
        at=at,
        what=row["what"],
        until=until,
        low=row["low"],
        high=row["high"],
        source=row["source"].strip(),
        url=row["url"],
        note_es=row["note_es"].strip(),
        note_en=row["note_en"].strip(),
        fixes=row["fixes"],
    )
