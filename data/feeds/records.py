"""One submission of a feed: who it is, which version of itself, and the answers that the mapping reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from data.feeds.config import Feed
from data.sources.guards import refuse
from data.sources.submissions import Row, Submission, rows_of
from data.sources.words import plain

# A submission that its reviewers turned down counts as little as a deleted one.
KOBO_REJECTED = "validation_status_not_approved"
ODK_REJECTED = "rejected"
GONE = ("gone",)


@dataclass(frozen=True)
class Record:
    """`instance` is the same for all versions of a submission, `alias` another name of it where its server has one.

    `version_id` names a version among those of all submissions of its feed. `edited_at` is None where the server does
    not say when this version was made.
    """

    instance: str
    version_id: str
    rows: tuple[Row, ...]
    alias: str | None = None
    replaces: str | None = None
    edited_at: datetime | None = None
    submitted_at: datetime | None = None
    gone: bool = False

    def sha256(self, mark: str) -> str:
        """Of what was mapped and by which mapping: the same again is nothing new."""
        told = GONE if self.gone else [[_plain(value) for value in row.values()] for row in self.rows]
        return hashlib.sha256(json.dumps([mark, told], ensure_ascii=False).encode()).hexdigest()


def kobo_record(submission: Submission, feed: Feed) -> Record:
    """Of KoboToolbox, pulled or sent. Raises Refused where it carries no name of its own.

    An edit gets a new `_uuid` and names the one it edits (`meta/deprecatedID`) and the first (`meta/rootUuid`); `_id`
    stays. Nothing says when it was edited: `_submission_time` is that of the first version.
    """
    own = _uuid(submission.get("_uuid") or submission.get("meta/instanceID"))
    root = _uuid(submission.get("meta/rootUuid"))
    replaces = _uuid(submission.get("meta/deprecatedID"))
    number = submission.get("_id")
    if own is None and number is None:
        raise refuse("submission_without_id", expected="_id, _uuid")
    alias = None if number is None else f"id:{number}"
    status = submission.get("_validation_status")
    gone = isinstance(status, dict) and status.get("uid") == KOBO_REJECTED
    return Record(
        instance=root or (own if replaces is None else None) or alias or str(own),
        version_id=own or str(alias),
        rows=() if gone else tuple(rows_of(submission, feed.mapping)),
        alias=alias,
        replaces=replaces,
        submitted_at=_moment(submission.get("_submission_time")),
        gone=gone,
    )


def odk_record(submission: Submission, feed: Feed) -> Record:
    """Of the OData document of ODK Central. Raises Refused where it carries no name of its own.

    `__id` is the instanceID of the first version for good; `updatedAt` moves with each edit and review.
    """
    system = submission.get("__system")
    system = system if isinstance(system, dict) else {}
    instance = submission.get("__id") or _nested(submission, "meta", "instanceID")
    if not isinstance(instance, str) or not instance:
        raise refuse("submission_without_id", expected="__id")
    submitted = _moment(system.get("submissionDate"))
    deleted = _moment(system.get("deletedAt"))
    edited = max((at for at in (submitted, _moment(system.get("updatedAt")), deleted) if at is not None), default=None)
    gone = deleted is not None or system.get("reviewState") == ODK_REJECTED
    return Record(
        instance=instance,
        version_id=f"{instance} {edited.isoformat() if edited else ''}",
        rows=() if gone else tuple(rows_of(submission, feed.mapping)),
        edited_at=edited,
        submitted_at=submitted,
        gone=gone,
    )


# What a column that marks deleted rows holds for those that are not; a date or anything else says that one is.
NOT_GONE = frozenset({"", "0", "0.0", "f", "false", "falso", "n", "no", "none", "null"})


def sql_record(row: Mapping[str, Any], feed: Feed) -> Record:
    """A row of a query, by the columns that name it; its watermark says when it was written."""
    names = feed.options["id"]
    key = str(row[names[0]]) if len(names) == 1 else json.dumps([_plain(row[name]) for name in names])
    mark = row[feed.options["watermark"]]
    edited = _moment(mark)
    deleted = feed.options["deleted"]
    gone = bool(deleted) and plain("" if row[deleted] is None else row[deleted]) not in NOT_GONE
    instance = key if len(key) <= 120 else hashlib.sha256(key.encode()).hexdigest()
    return Record(
        instance=instance,
        version_id=f"{instance} {_plain(mark)}"[:200],
        rows=() if gone else tuple(rows_of(_texts(row), feed.mapping)),
        edited_at=edited,
        submitted_at=edited,
        gone=gone,
    )


def record_of(submission: Submission, feed: Feed) -> Record:
    """A submission that somebody sent, by the names it carries."""
    if "__id" in submission or "__system" in submission:
        return odk_record(submission, feed)
    return kobo_record(submission, feed)


def content_of(feed: Feed, records: Sequence[Record]) -> bytes:
    """The bytes of a delivery that are kept: the answers that were mapped, each with the version it came from."""
    rows = [{**_texts(row), "_instance": record.instance} for record in records for row in record.rows]
    return json.dumps({"feed": feed.name, "mapping": feed.mark, "rows": rows}, ensure_ascii=False).encode()


def _texts(row: Mapping[str, Any]) -> Row:
    """Cells as JSON has them: moments as ISO text, exact decimals as numbers."""
    return {str(name): _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if type(value).__name__ == "Decimal":
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _uuid(value: Any) -> str | None:
    return str(value).removeprefix("uuid:") if value else None


def _nested(submission: Submission, group: str, name: str) -> Any:
    inner = submission.get(group)
    return inner.get(name) if isinstance(inner, dict) else None


def _moment(value: Any) -> datetime | None:
    """Times of the servers; Kobo writes UTC without saying so. None where there is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
