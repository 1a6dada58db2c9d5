"""KoboToolbox: `/api/v2/assets/<uid>/data.json`, read upwards by `_id` from where we were.

Kobo says when a submission came, not when it was edited or deleted. So what came lately is read again now and then
(a sweep): an edit shows itself by its new `_uuid`, a deletion by its absence.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from dashboard.feeding.http import Server
from dashboard.feeding.pages import Cursor, Page, moment, newest, text
from dashboard.feeding.trouble import Trouble
from data.feeds.config import Feed
from data.feeds.records import Record, kobo_record
from data.sources.submissions import submissions_of

# Submissions are numbered before they are stored, so that a lower number may appear after a higher one.
OVERLAP = timedelta(minutes=10)
MOST_PER_PAGE = 1_000  # Kobo gives no more since 2026


def kobo_pages(server: Server, feed: Feed, cursor: Cursor, now: datetime, sweep: bool) -> Generator[Page]:
    """Cursor: `since` (newest submission time seen), `swept_at`; of an unfinished run also `id` and `high`; of an
    unfinished sweep `sweep` with `since`, `began`, `id`. Raises Trouble."""
    at = dict(cursor)
    since, high = moment(at.get("since")), moment(at.get("high"))
    first = since is None
    for records, last in _read(server, feed, since and since - OVERLAP, at.get("id")):
        high = newest(records, high or since)
        at |= {"id": last, "high": text(high)}
        yield Page(records, dict(at))
    at = {"since": text(high or since), "swept_at": at.get("swept_at"), "sweep": at.get("sweep")}
    if first:
        at["swept_at"] = text(now)
    yield Page([], dict(at))
    if sweep or at["sweep"] or is_due(feed, at, now):
        yield from _sweep(server, feed, at, now)


def is_due(feed: Feed, cursor: Cursor, now: datetime) -> bool:
    every = timedelta(hours=feed.options["sweep_hours"])
    last = moment(cursor.get("swept_at"))
    return bool(every) and (last is None or now - last >= every)


def _sweep(server: Server, feed: Feed, at: dict[str, Any], now: datetime) -> Iterator[Page]:
    told = at["sweep"] or {"since": text(now - timedelta(days=feed.options["sweep_days"])), "began": text(now)}
    since, began = datetime.fromisoformat(told["since"]), datetime.fromisoformat(told["began"])
    for records, last in _read(server, feed, since, told.get("id")):
        at["sweep"] = {**told, "id": last}
        yield Page(records, dict(at))
    yield Page([], {**at, "sweep": None, "swept_at": told["began"]}, (since, began))


def _read(server: Server, feed: Feed, since: datetime | None, after: int | None) -> Iterator[tuple[list[Record], int]]:
    """Pages of records with the number of their last one. By number, so that what is deleted meanwhile shifts none."""
    path = f"/api/v2/assets/{quote(feed.options['form'], safe='')}/data.json"
    size = min(max(feed.options["page_size"], 1), MOST_PER_PAGE)
    while True:
        wanted: dict[str, Any] = {}
        if since is not None:
            wanted["_submission_time"] = {"$gte": since.strftime("%Y-%m-%dT%H:%M:%S")}
        if after is not None:
            wanted["_id"] = {"$gt": after}
        query = {"format": "json", "start": "0", "limit": str(size), "sort": '{"_id":1}'}
        told = server.get(path, {**query, "query": json.dumps(wanted)} if wanted else query)
        if not isinstance(told, dict) or not isinstance(told.get("results"), list):
            raise Trouble("not_submissions", host=server.url)
        listed = submissions_of(told)
        numbers = [one["_id"] for one in listed if isinstance(one.get("_id"), int)]
        if len(numbers) < len(listed):
            raise Trouble("not_submissions", host=server.url)
        if not listed:
            return
        last = max(numbers)
        if after is not None and min(numbers) <= after:
            raise Trouble("query_ignored", host=server.url)  # it would send the same page for ever
        yield [kobo_record(one, feed) for one in listed], last
        after = last
        if not told.get("next"):
            return
