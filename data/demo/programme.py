"""One demo: when its replay opens, how fast it runs, and everything its two sites send."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

from data.demo import cebaf_reports, drill_reports, facts
from data.demo.reconstruction import spans
from data.demo.streams import Stream
from data.plan_file import read_plan
from data.sites import SiteFile, load_site
from data.types import Plan, Window

SITES = ("cebaf-tumbes", "simulacro-norte")
PLANNED = ("cebaf-tumbes",)

# A Saturday: three replayed hours before the alarm of the June 2019 surge.
OPENS = datetime(2019, 6, 8, 9, 0, tzinfo=facts.LIMA)
SPEED = 60.0

# Every report of the demo carries a key that begins so; one that does not is somebody's own.
KEY_PREFIX = "demo/"

NOTE = "demo.json"

# What is known when a day begins is the evening before.
EVE = timedelta(hours=3)


@dataclass(frozen=True)
class Programme:
    """What makes two demos the same: they differ in nothing but the speed of the clock."""

    opens: datetime

    def note(self) -> str:
        return json.dumps({"opens": self.opens.isoformat()})

    def fingerprint(self) -> str:
        """Changes with the moment it opens and with any code, fact or table that the store is made from."""
        return f"{self.opens.astimezone(facts.LIMA):%Y%m%dT%H%M}-{_made_from()}"


def noted(var: Path) -> Programme | None:
    """The demo that the store in this folder holds; None where it holds none."""
    try:
        return Programme(datetime.fromisoformat(json.loads((var / NOTE).read_text(encoding="utf-8"))["opens"]))
    except FileNotFoundError:
        return None


def earliest() -> datetime:
    """A replay needs something to look back on."""
    return spans()[0].start + timedelta(days=28)


def latest() -> datetime:
    return spans()[-1].end


def streams(programme: Programme) -> tuple[Stream, ...]:
    return cebaf_reports.streams() + drill_reports.streams(drill_begins(programme.opens))


def remembered() -> tuple[Window, ...]:
    """The days that everybody remembers, of the sites of the demo, and their eve: they can be replayed."""
    days = {(one.day, file.site.zone) for file in site_files() for one in file.site.past_surges}
    starts = sorted(datetime.combine(day, time(), ZoneInfo(zone)) for day, zone in days)
    return tuple(Window(start - EVE, start + timedelta(days=1)) for start in starts)


def drill_begins(opens: datetime) -> datetime:
    """The drill of the invented site begins with the hour in which the replay opens."""
    return opens.replace(minute=0, second=0, microsecond=0)


def plans() -> tuple[tuple[str, Plan], ...]:
    """The contingency plans of the sites that have one."""
    folder = files("data.demo") / "plans"
    return tuple((name, read_plan((folder / f"{name}.toml").read_text(encoding="utf-8"))) for name in PLANNED)


def site_files() -> tuple[SiteFile, ...]:
    folder = files("data.demo") / "sites"
    return tuple(load_site((folder / f"{name}.toml").read_text(encoding="utf-8")) for name in SITES)


@lru_cache
def _made_from() -> str:
    digest = hashlib.sha256()
    for file in _files(files("data")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _files(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "__pycache__":
            found += _files(entry)
        elif entry.name.endswith((".py", ".toml", ".csv")):
            found.append(entry)
    return found
