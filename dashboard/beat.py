"""The sign of life of a worker: a file that says which process it is and when each of its jobs last finished."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# The job that may not stop, and how long one turn of it may take before the worker is started again.
EVALUATION = "alerts"
LONGEST_TURN_SECONDS = 300.0


@dataclass(frozen=True)
class Beat:
    pid: int
    written: float  # seconds since 1970, by the machine's clock
    finished: Mapping[str, float]  # job: seconds before `written`


def beat_file(var: Path) -> Path:
    return var / "run" / "worker.beat"


def write_beat(var: Path, finished: Mapping[str, float]) -> None:
    """Whole or not at all: whoever reads meanwhile sees the one before."""
    file = beat_file(var)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.write_text(json.dumps({"pid": os.getpid(), "written": time.time(), "finished": dict(finished)}))
    part.replace(file)


def read_beat(file: Path) -> Beat | None:
    """None where no worker has written one."""
    try:
        return Beat(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None
