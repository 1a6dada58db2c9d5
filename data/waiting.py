"""Bytes that wait for their sender to accept them: apart from what was received, one folder per sender, for a day."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from data import snapshots

WAIT = timedelta(days=1)
PIECE = 1 << 20


def put_aside(var: Path, who: str, sent: BinaryIO, now: datetime) -> str:
    """Keep what stands in `sent`, read piece by piece. Returns its sha256."""
    sent.seek(0)
    digest = hashlib.sha256()
    while piece := sent.read(PIECE):
        digest.update(piece)
    sha256 = digest.hexdigest()
    place = snapshots.kept_at(_folder(var, who), sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(f".part-{os.getpid()}-{id(sent)}")
    sent.seek(0)
    with part.open("wb") as out:
        shutil.copyfileobj(sent, out, PIECE)
    os.utime(part, (now.timestamp(), now.timestamp()))
    part.replace(place)
    return sha256


def waiting(var: Path, who: str, sha256: str) -> bytes | None:
    """The bytes, or None when they were taken, discarded or waited too long."""
    try:
        return snapshots.kept(_folder(var, who), sha256)
    except FileNotFoundError:
        return None


def discard(var: Path, who: str, sha256: str) -> None:
    snapshots.forget(_folder(var, who), sha256)


def sweep(var: Path, now: datetime) -> int:
    """Remove what waited longer than a day. Returns how many files went. `now`: real time."""
    gone = 0
    for path in (var / "waiting").glob("*/received/*/*"):
        if path.is_file() and path.stat().st_mtime < (now - WAIT).timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _folder(var: Path, who: str) -> Path:
    return var / "waiting" / hashlib.sha256(who.encode()).hexdigest()[:16]
