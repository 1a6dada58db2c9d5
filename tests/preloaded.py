"""What a process of `tests.processes` has imported when it begins, and what libraries work out once, at first use."""

from __future__ import annotations

import importlib
import pkgutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import dashboard.commands
import dashboard.server
import dashboard.web
import dashboard.worker
from callbacks.boards import build
from dashboard.encoded import plain
from data.ingest import ingest
from data.store import reading
from data.types import ClockReading, Scope
from data.vocabulary import Audience, Language
from layouts.pages import PAGES
from tests.dashboard.centre import open_centre, served_csv

for module in pkgutil.iter_modules(dashboard.commands.__path__):
    importlib.import_module(f"dashboard.commands.{module.name}")

with tempfile.TemporaryDirectory(prefix="caudal-rehearsal-") as folder:
    store = open_centre(f"sqlite:///{folder}/caudal.sqlite")
    now = datetime.now(UTC)
    ingest(store, served_csv([1, 2]), "ensayo.csv", source="migraciones", now=now, var=Path(folder))
    clock, scope = ClockReading(now, 1.0, False), Scope("tumbes", Language.ES, Audience.OPEN, "today")
    with reading(store) as conn:
        for page in PAGES:
            plain(build(conn, page, scope, clock))
    store.dispose()
