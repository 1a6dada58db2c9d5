"""The worker's turn at the outbox: what is due is held, worded, sent, and what came of it written down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlencode

import structlog
from sqlalchemy import Engine

from dashboard.running import address_of_running
from dashboard.settings import Settings
from dashboard.telling.guard import Allowed
from dashboard.telling.ways import Answer, send
from data import outbox
from data.channels import rank
from data.clock import reading, stored_replay
from data.outbox import Held
from data.store import reading as reading_store
from data.types import Notice, ToldAlert
from data.vocabulary import OF_QUESTIONS, Level, SiteKind
from layouts.notices import notice_text, notice_title
from layouts.translator import translator

log = structlog.get_logger()

# In one turn; the rest in the next, so that a worker told to stop does.
AT_ONCE = 20


def send_due(
    engine: Engine,
    settings: Settings,
    worker: str,
    real_now: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """How many were sent. The clock is asked anew for each, for a try may take its time."""
    sent = 0
    for notice_id, channel in outbox.due(engine, real_now(), AT_ONCE):
        if stopping():
            break
        real = real_now()
        with reading_store(engine) as conn:
            clock = reading(stored_replay(conn), real)
        held = outbox.take(engine, notice_id, channel, worker, clock.now, real, clock.replay)
        if held is not None:
            sent += _sent(engine, settings, held, clock.now, real_now, clock.replay)
    return sent


def _sent(
    engine: Engine, settings: Settings, held: Held, now: datetime, real_now: Callable[[], datetime], replayed: bool
) -> bool:
    """`now` is the domain's."""
    with _kept(engine, held, real_now):
        answer = _answer(held, settings, replayed)
    facts = {"notice": held.notice.notice_id, "channel": held.channel.name, "site": held.notice.site.site}
    if answer.good:
        outbox.arrived(engine, held, now, real_now())
        log.info("notice sent", attempt=held.attempt, **facts)
        return True
    outbox.failed(engine, held, answer.trouble or "", answer.said or "", now, real_now())
    log.warning("notice not sent", attempt=held.attempt, trouble=answer.trouble, said=answer.said, **facts)
    return False


@contextmanager
def _kept(engine: Engine, held: Held, real_now: Callable[[], datetime]) -> Iterator[None]:
    """A slow server is not a dead worker: while the try goes on, so does the hold."""
    done = threading.Event()

    def keeping() -> None:
        while not done.wait(outbox.HELD.total_seconds() / 3):
            try:
                outbox.keep(engine, held, real_now())
            except Exception:  # the store is away for a moment: the next time may come in time
                log.exception("hold not kept", notice=held.notice.notice_id)

    thread = threading.Thread(target=keeping, name="hold", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _answer(held: Held, settings: Settings, replayed: bool) -> Answer:
    """One that cannot be worded holds no other one up."""
    try:
        title, text = worded(held, settings, replayed)
    except Exception:
        log.exception("notice not worded", notice=held.notice.notice_id)
        return Answer(False, "not_worded")
    told = heard(held)
    level = told[0].level if told else Level.WATCH
    return send(held.channel.address, title, text, level, held.mark, Allowed.of(settings.channel_hosts))


def worded(held: Held, settings: Settings, replayed: bool) -> tuple[str, str]:
    """Title and text, in the channel's language."""
    notice, site = held.notice, held.notice.site
    t = translator(held.channel.language, site.zone)
    told = heard(held)
    marks = [] if site.kind is SiteKind.REAL else [str(site.kind)]
    marks += ["replay"] if replayed else []
    zone = site.zone.replace("_", " ")
    page = _page_of(notice, told)
    link = _link(settings, site.site, held.channel.language, page)
    return notice_title(notice, told, marks, t), notice_text(notice, told, marks, link, zone, t)


def heard(held: Held) -> tuple[ToldAlert, ...]:
    """Of its alerts those that the channel wants to hear of."""
    least = rank(held.channel.least_level)
    return tuple(one for one in held.notice.alerts if rank(one.level) >= least) or held.notice.alerts


def _page_of(notice: Notice, told: tuple[ToldAlert, ...]) -> str:
    if notice.kind in OF_QUESTIONS:
        asked = notice.facts["questions"]
        return f"/questions/{asked[0]['number']}" if notice.facts["count"] == 1 else "/questions"
    return f"/alerts/{told[0].alert_id}" if len(told) == 1 else "/alerts"


def _link(settings: Settings, site: str, language: str, page: str) -> str:
    base = settings.public_url or address_of_running(settings.var) or ""
    return f"{base.rstrip('/')}{page}?{urlencode({'site': site, 'lang': language})}" if base else ""
