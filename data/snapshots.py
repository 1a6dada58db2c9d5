"""The received bytes, kept under their hash before anything reads them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

# No file takes longer to be written.
SHORT = timedelta(hours=1)


def kept_at(var: Path, sha256: str) -> Path:
    """Where the bytes of this hash are, or will be."""
    return var / "received" / sha256[:2] / sha256


def keep(var: Path, content: bytes) -> str:
    """Write the bytes so that they survive a power cut, once however often they come. Returns their sha256."""
    sha256 = hashlib.sha256(content).hexdigest()
    place = kept_at(var, sha256)
    if place.exists():
        return sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    # Beside its final place, so that the rename is one step of one file system.
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    for folder in (place.parent, place.parent.parent, var):
        _settle(folder)
    return sha256


def _settle(folder: Path) -> None:
    """The name of a new file survives a power cut only once its folder is on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def kept(var: Path, sha256: str) -> bytes:
    return kept_at(var, sha256).read_bytes()


def all_kept(var: Path) -> list[Path]:
    """Every file of kept bytes; its name is their sha256."""
    return sorted(path for path in (var / "received").glob("??/*") if not path.name.startswith("."))


def sweep(var: Path, now: datetime) -> int:
    """Remove pieces of files whose receiving was cut short: their senders were never answered. Returns how many.

    `now`: real time.
    """
    gone = 0
    for path in (var / "received").glob("??/.part-*"):
        with contextlib.suppress(FileNotFoundError):  # one that is being received gets its name meanwhile
            if path.stat().st_mtime < (now - SHORT).timestamp():
                path.unlink()
                gone += 1
    return gone


def forget(var: Path, sha256: str) -> None:
    """Remove bytes that must not be kept: a file with personal data. Its report keeps the hash and the reason."""
    place = kept_at(var, sha256)
    if place.exists():
        place.unlink()
        _settle(place.parent)
