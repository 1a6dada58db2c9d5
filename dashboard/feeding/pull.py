"""Pulling a feed: held, read to its end or until we are to stop, each part delivered, the outcome noted."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy import Engine

from dashboard import measures
from dashboard.delivering import domain_now, limits_of
from dashboard.feeding.http import TRIES, Server, basic
from dashboard.feeding.kobo import kobo_pages
from dashboard.feeding.odk import odk_pages
from dashboard.feeding.pages import Cursor, Page, batches
from dashboard.feeding.secret import secret
from dashboard.feeding.sql import sql_pages
from dashboard.feeding.trouble import Trouble
from dashboard.settings import Settings
from data.clock import real_now
from data.feeds import book
from data.feeds.config import Feed
from data.feeds.taking import At, take
from data.holding import PeriodClosed
from data.receipts import Receipt, plain_facts
from data.sources import Refused
from data.store import reading

Pause = Callable[[float], bool]


@dataclass
class Pulled:
    """What a pull brought. `read`: submissions the server showed, new or not. `whole` False: there is more to read."""

    feed: str
    read: int = 0
    receipts: list[Receipt] = field(default_factory=list)
    whole: bool = True


def slept(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def pull(
    engine: Engine,
    settings: Settings,
    name: str,
    holder: str,
    *,
    pause: Pause = slept,
    tries: int = TRIES,
    sweep: bool = False,
    most_seconds: float | None = None,
) -> Pulled:
    """Everything new of a feed, and with `sweep` what was edited or deleted lately.

    Raises UnknownFeed, and Trouble: what had been read until then is in the store, and the desks know of it.
    """
    with reading(engine) as conn:
        kept = book.kept_feed(conn, name)
    if kept.feed.kind == "push":
        raise Trouble("only_pushed", feed=name)
    if not book.hold(engine, name, holder, real_now()):
        raise Trouble("busy", lasting=False, feed=name)
    told = Pulled(name)
    began = time.monotonic()
    try:
        # Left early, somebody else's database is let go at once.
        with closing(_pages(kept.feed, kept.cursor, pause, tries, sweep)) as pages:
            for batch in batches(pages):
                at = At(domain_now(engine), real_now())
                told.read += len(batch.records)
                receipt = take(engine, kept.feed, batch, at, settings.var, limits_of(settings), sent_by=holder)
                if receipt is not None and not receipt.already_received:
                    told.receipts.append(receipt)
                    measures.reports.labels(receipt.state).inc()
                # Only once something new was delivered: what is read twice alone would be read for ever.
                if told.receipts and most_seconds is not None and time.monotonic() - began > most_seconds:
                    told.whole = False
                    break
                book.hold(engine, name, holder, real_now())
    except Trouble as trouble:
        book.failed(engine, name, holder, real_now(), trouble.code, trouble.facts)
        raise
    except PeriodClosed as closed:
        site, who = closed.site, closed.approval.who
        book.failed(engine, name, holder, real_now(), "period_closed", {"site": site, "who": who})
        raise Trouble("period_closed", site=site, who=who) from closed
    except Refused as refused:
        facts = {"issue": refused.issue.code, **plain_facts(refused.issue)}
        book.failed(engine, name, holder, real_now(), "unreadable", facts)
        raise Trouble("unreadable", **facts) from refused
    except BaseException:
        book.failed(engine, name, holder, real_now(), "interrupted", {})
        raise
    book.succeeded(engine, name, holder, real_now(), whole=told.whole)
    return told


def _pages(feed: Feed, cursor: Cursor, pause: Pause, tries: int, sweep: bool) -> Generator[Page]:
    if feed.kind == "sql":
        return sql_pages(feed, {} if sweep else cursor)
    read = {"kobo": kobo_pages, "odk": odk_pages}[feed.kind]
    return read(_server(feed, pause, tries), feed, cursor, real_now(), sweep)


def _server(feed: Feed, pause: Pause, tries: int) -> Server:
    options = feed.options
    token = secret(options, "token")
    authorization = None
    if token is not None:
        authorization = f"Token {token}" if feed.kind == "kobo" else f"Bearer {token}"
    elif options.get("user"):
        authorization = basic(options["user"], secret(options, "password") or "")
    return Server(options["url"], authorization, options["allow_http"], options["timeout_seconds"], pause, tries)
