"""The worker's turn at the outbox: what is due is held, worded, sent, and what came of it written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

import structlog
from sqlalchemy import Engine

from dashboard.running import address_of_running
from dashboard.settings import Settings
from dashboard.telling.guard import Allowed
from dashboard.telling.ways import send
from data import outbox
from data.channels import rank
from data.clock import reading, stored_replay
from data.outbox import Held
from data.store import reading as reading_store
from data.types import ToldAlert
from data.vocabulary import SiteKind
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
    title, text = worded(held, settings, replayed)
    allowed = Allowed.of(settings.channel_hosts)
    level = heard(held)[0].level
    answer = send(held.channel.address, title, text, level, held.mark, allowed)
    facts = {"notice": held.notice.notice_id, "channel": held.channel.name, "site": held.notice.site.site}
    if answer.good:
        outbox.arrived(engine, held, now, real_now())
        log.info("notice sent", attempt=held.attempt, **facts)
        return True
    outbox.failed(engine, held, answer.trouble or "", answer.said or "", now, real_now())
    log.warning("notice not sent", attempt=held.attempt, trouble=answer.trouble, said=answer.said, **facts)
    return False


def worded(held: Held, settings: Settings, replayed: bool) -> tuple[str, str]:
    """Title and text, in the channel's language."""
    notice, site = held.notice, held.notice.site
    t = translator(held.channel.language, site.zone)
    told = heard(held)
    marks = [] if site.kind is SiteKind.REAL else [str(site.kind)]
    marks += ["replay"] if replayed else []
    zone = site.zone.replace("_", " ")
    link = _link(settings, site.site, held.channel.language, told)
    return notice_title(notice, told, marks, t), notice_text(notice, told, marks, link, zone, t)


def heard(held: Held) -> tuple[ToldAlert, ...]:
    """Of its alerts those that the channel wants to hear of."""
    least = rank(held.channel.least_level)
    return tuple(one for one in held.notice.alerts if rank(one.level) >= least) or held.notice.alerts


def _link(settings: Settings, site: str, language: str, told: tuple[ToldAlert, ...]) -> str:
    base = settings.public_url or address_of_running(settings.var) or ""
    if not base:
        return ""
    page = f"/alerts/{told[0].alert_id}" if len(told) == 1 else "/alerts"
    return f"{base.rstrip('/')}{page}?{urlencode({'site': site, 'lang': language})}"
