"""A process that imports a file, and dies at a step of it if told to."""

from __future__ import annotations

import os
import signal
from itertools import count
from pathlib import Path

from data import bulk, ingest
from data.store import create_store
from tests.data.centre import NOON


def imported(url: str, var: Path, file: Path, said: Path, at_once: int, stage_from: int, dies_at: int) -> None:
    """`at_once` lines are a step, from `stage_from` lines on they are put aside first; writes whether it was new."""
    bulk.CHUNK, ingest.STAGE_FROM = at_once, stage_from
    steps = count(1)

    def step(_done: int, _rows: int) -> None:
        if next(steps) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    whole = ingest.ingest(
        create_store(url), file.read_bytes(), str(file), source="migraciones", now=NOON, var=var, progress=step
    )
    said.write_text("already" if whole.already_received else "new")
