"""ODK Central: the OData document of a form, what was submitted, edited or deleted since we were there."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from dashboard.feeding.http import Server
from dashboard.feeding.kobo import is_due
from dashboard.feeding.pages import Cursor, Page, moment, newest, text
from dashboard.feeding.trouble import Trouble
from data.feeds.config import Feed
from data.feeds.records import Record, odk_record
from data.sources.submissions import submissions_of

TOKEN = "$skiptoken"  # noqa: S105 - a place in a list, no secret


def odk_pages(server: Server, feed: Feed, cursor: Cursor, now: datetime, sweep: bool) -> Generator[Page]:
    """Cursor: `since` (newest change seen), `swept_at`, `old` (a Central that cannot list what was deleted); of an
    unfinished run also `token` and `high`. Raises Trouble."""
    at = dict(cursor)
    since, high = moment(at.get("since")), moment(at.get("high"))
    first = since is None
    from_then = None if since is None else since - timedelta(minutes=feed.options["overlap_minutes"])
    wanted = "" if from_then is None else _changed(from_then, deleted=not at.get("old"))
    try:
        pages = _read(server, feed, wanted, at.get("token"))
        for records, token in pages:
            high = newest(records, high or since)
            at |= {"token": token, "high": text(high)}
            yield Page(records, dict(at))
    except Trouble as trouble:
        if trouble.code != "refused" or at.get("old") or from_then is None:
            raise
        # Before 2024.3 nobody could ask for what was deleted; there only a sweep finds it.
        at["old"] = True
        for records, token in _read(server, feed, _changed(from_then, deleted=False), None):
            high = newest(records, high or since)
            at |= {"token": token, "high": text(high)}
            yield Page(records, dict(at))
    at = {"since": text(high or since), "swept_at": at.get("swept_at"), "old": bool(at.get("old"))}
    if first:
        at["swept_at"] = text(now)
    yield Page([], dict(at))
    if sweep or is_due(feed, at, now):
        since = now - timedelta(days=feed.options["sweep_days"])
        for records, _ in _read(server, feed, f"__system/submissionDate ge {_utc(since)}", None):
            yield Page(records, dict(at))
        yield Page([], {**at, "swept_at": text(now)}, (since, now))


def _changed(since: datetime, deleted: bool) -> str:
    names = ("submissionDate", "updatedAt", *(("deletedAt",) if deleted else ()))
    return " or ".join(f"__system/{name} ge {_utc(since)}" for name in names)


def _utc(at: datetime) -> str:
    return str(text(at)).replace("+00:00", "Z")


def _read(server: Server, feed: Feed, wanted: str, token: str | None) -> Iterator[tuple[list[Record], str | None]]:
    """Pages of records with the token of the next one."""
    project, form = feed.options["project"], quote(feed.options["form"], safe="")
    path = f"/v1/projects/{project}/forms/{form}.svc/Submissions"
    resumed, seen = token is not None, 0
    while True:
        query = {"$top": str(max(feed.options["page_size"], 1)), "$expand": "*", "$count": "true"}
        query |= {"$filter": wanted} if wanted else {}
        told = server.get(path, query | ({TOKEN: token} if token else {}))
        if not isinstance(told, dict) or not isinstance(told.get("value"), list):
            raise Trouble("not_submissions", host=server.url)
        listed = submissions_of(told)
        if resumed and not listed:
            # Central answers a token it has forgotten with nothing at all.
            resumed, token = False, None
            continue
        seen += len(listed)
        token = _next(told.get("@odata.nextLink"))
        if token is None and not resumed and isinstance(told.get("@odata.count"), int) and seen < told["@odata.count"]:
            raise Trouble("incomplete", lasting=False, seen=seen, expected=told["@odata.count"])
        yield [odk_record(one, feed) for one in listed], token
        if token is None:
            return


def _next(link: Any) -> str | None:
    """Only the token of the next page's address: where it leads is not for the answer to say."""
    if not isinstance(link, str):
        return None
    return parse_qs(urlsplit(link).query).get(TOKEN, [None])[0]
