"""Which version of a submission counts, whatever the order in which they came. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.feeds.records import Record

AGAIN = " again "  # what follows it in a version_id says that this version came back


@dataclass(frozen=True)
class Version:
    """A version as the store has it. `whole`: no row of it was rejected. `counts`: some row of it was accepted."""

    instance: str
    version: int
    version_id: str
    replaces: str | None
    sha256: str
    edited_at: datetime
    pulled: bool
    whole: bool
    gone: bool
    withdrawn: bool = False
    counts: bool = True

    @property
    def named(self) -> str:
        """The version_id as its server gave it."""
        return self.version_id.split(AGAIN)[0]


def head(versions: Sequence[Version]) -> Version | None:
    """The version that counts; None where none can.

    Of those without a rejected row (else of those of which something was accepted) the one that no other edited;
    where the server does not say, the one edited last.
    """
    standing = [v for v in versions if not v.withdrawn and (v.gone or v.whole or v.counts)]
    pool = [v for v in standing if v.gone or v.whole] or standing
    older = {name for version in pool for name in ancestors(version, versions)}
    return max(
        pool,
        key=lambda v: (v.version_id not in older, v.edited_at, v.replaces is not None, v.pulled, v.version),
        default=None,
    )


def ancestors(version: Version, versions: Sequence[Version]) -> set[str]:
    """version_ids of the versions that this one edited, and those edited before."""
    edited = {v.version_id: v.replaces for v in versions}
    found: set[str] = set()
    before = version.replaces
    while before is not None and before not in found:
        found.add(before)
        before = edited.get(before)
    return found


def news(record: Record, versions: Sequence[Version], sha256: str, pulled: bool, now: datetime) -> Version | None:
    """The record as a version to be added, or None where it says nothing new.

    What is pulled is how its server has it now: where that is neither the version that counts nor one known to be
    older, it is newer. What was sent may have waited on its way.
    """
    first = Version(
        instance=record.instance,
        version=max((v.version for v in versions), default=0) + 1,
        version_id=record.version_id,
        replaces=record.replaces,
        sha256=sha256,
        edited_at=record.edited_at or record.submitted_at or now,
        pulled=pulled,
        whole=True,
        gone=record.gone,
    )
    top = head(versions)
    if top is not None and (top.sha256, top.named) == (sha256, record.version_id):
        return None
    known = [v for v in versions if v.named == record.version_id and v.sha256 == sha256]
    if any(v.withdrawn or not (v.whole or v.gone) for v in known):
        return None
    if top is None or not pulled:
        return None if known else first
    older = record.version_id in {before.split(AGAIN)[0] for before in ancestors(top, versions)}
    dated = record.edited_at is not None and record.edited_at <= top.edited_at
    if not top.gone and (older or dated):
        return None if known else first
    if record.edited_at is not None and record.edited_at > top.edited_at and not known:
        return first
    if known or top.gone:
        again = f"{record.version_id}{AGAIN}{first.version}" if known else record.version_id
        return replace(first, version_id=again, replaces=top.version_id, edited_at=max(now, top.edited_at))
    return replace(first, edited_at=max(now, first.edited_at))


def ending(top: Version, now: datetime) -> Version:
    """The version that says that a submission is no longer at its server."""
    return replace(
        top,
        version=0,
        version_id=f"gone {now.isoformat()}",
        replaces=top.version_id,
        sha256="",
        edited_at=max(now, top.edited_at),
        pulled=True,
        whole=True,
        gone=True,
    )
