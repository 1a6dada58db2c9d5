"""kill -9 anywhere between a rule and a reader: each notice is sent, and none twice that the store could know of."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from data.store import create_store, reading
from data.tables import alert, delivery, notice, outbox
from tests.dashboard.centre import open_centre, until
from tests.dashboard.mail import Kept, Mail
from tests.dashboard.telling import SITE, channel, evaluate, settings
from tests.processes import Forked

EARLIER = timedelta(minutes=5)
HELD_SECONDS = 1.5


class Slow(Kept):
    """Takes its time over a message; of one whose sender dies meanwhile it keeps nothing, as a mail server does."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.reading = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.reading.set()
        await asyncio.sleep(self.seconds)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def mail() -> Iterator[Mail]:
    server = Mail()
    server.kept = Slow(0.3)
    server.up()
    yield server
    server.down()


@pytest.fixture
def post(any_engine: Engine) -> Engine:
    url = any_engine.url.render_as_string(hide_password=False)
    open_centre(url, SITE).dispose()
    return any_engine


def address_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _worker(url: str, var: Path, name: str, dies: str = "") -> None:
    """Sends what is due until it is killed; a hold lasts seconds, so that nobody waits minutes for the next one."""
    from dashboard.telling.job import send_due
    from data import outbox as box
    from data.clock import real_now

    box.HELD = timedelta(seconds=HELD_SECONDS)
    box.FIRST_PAUSE = timedelta(seconds=0.2)
    if dies:
        setattr(box, dies, _die)
    engine = create_store(url)
    while True:
        send_due(engine, settings(var), name, real_now)
        time.sleep(0.05)


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _evaluator(url: str, place: str, now: datetime) -> None:
    from data import alert_desk, alerts

    real = alerts.follow_up

    def after(*args: Any) -> Any:
        real(*args)
        _die()

    if place == "before anything is told":
        alerts.follow_up = _die  # type: ignore[assignment]
    elif place == "with a notice half written":
        alert_desk.told_levels = _die  # type: ignore[assignment]
    elif place == "before the commit":
        alerts.follow_up = after
    evaluate(create_store(url), now)
    _die()


PLACES = ["before anything is told", "with a notice half written", "before the commit", "after the commit"]


@pytest.mark.parametrize("place", PLACES)
def test_an_evaluation_killed_anywhere_leaves_one_alert_and_one_notice(post: Engine, place: str):
    now = datetime(2024, 5, 20, 17, tzinfo=UTC)
    channel(post, "lima", "json://example.org")
    assert Forked(_evaluator, address_of(post), place, now).wait(60) == -signal.SIGKILL
    for minute in (0, 1):
        evaluate(post, now + timedelta(minutes=minute))
    with reading(post) as conn:
        counts = [select(func.count()).select_from(table) for table in (alert, notice, outbox)]
        numbers = [conn.execute(count).scalar_one() for count in counts]
    assert numbers == [1, 1, 1]


def all_sent(engine: Engine) -> bool:
    with reading(engine) as conn:
        return set(conn.execute(select(outbox.c.fate)).scalars()) == {"sent"}


def test_a_worker_killed_while_it_sends_is_followed_by_the_other_one_and_nothing_comes_twice(
    post: Engine, var: Path, mail: Mail
):
    for number in range(6):
        channel(post, f"canal-{number}", mail.address)
    evaluate(post, datetime.now(UTC) - EARLIER)
    first = Forked(_worker, address_of(post), var, "first")
    assert isinstance(mail.kept, Slow)
    assert mail.kept.reading.wait(60)
    first.kill()  # the server has begun to read a message that nobody ends any more
    assert first.wait(10) == -signal.SIGKILL
    others = [Forked(_worker, address_of(post), var, name) for name in ("second", "third")]
    until(lambda: all_sent(post), 60, "not everything was sent")
    for one in others:
        one.kill()
    assert Counter(mail.kept.marks) == {f"caudal-tumbes-1-canal-{number}": 1 for number in range(6)}


def test_a_slow_server_is_no_dead_worker(post: Engine, var: Path, mail: Mail):
    """Three times as long as a hold lasts: the other worker waits all the same."""
    channel(post, "lima", mail.address)
    assert isinstance(mail.kept, Slow)
    mail.kept.seconds = 3 * HELD_SECONDS
    evaluate(post, datetime.now(UTC) - EARLIER)
    workers = [Forked(_worker, address_of(post), var, name) for name in ("first", "second")]
    until(lambda: all_sent(post), 60, "it was not sent")
    for one in workers:
        one.kill()
    assert mail.kept.marks == ["caudal-tumbes-1-lima"]


def test_only_one_killed_between_the_answer_and_the_commit_comes_twice_and_says_so(post: Engine, var: Path, mail: Mail):
    """The one case that no store can know: the provider has it, and whoever sent it could not write that down."""
    channel(post, "lima", mail.address)
    evaluate(post, datetime.now(UTC) - EARLIER)
    first = Forked(_worker, address_of(post), var, "first", "arrived")
    assert first.wait(60) == -signal.SIGKILL
    second = Forked(_worker, address_of(post), var, "second")
    until(lambda: all_sent(post), 60, "it was not sent")
    second.kill()
    assert mail.kept.marks == ["caudal-tumbes-1-lima"] * 2, "the same mark, so that a reader knows it"
    with reading(post) as conn:
        ends = conn.execute(select(delivery.c.ended_at).order_by(delivery.c.attempt)).scalars().all()
    assert [end is None for end in ends] == [True, False]


@pytest.mark.long
def test_two_workers_on_postgresql_killed_again_and_again_send_each_notice_once(
    postgres_url: str, var: Path, mail: Mail
):
    url = postgres_url
    engine = open_centre(url, SITE)
    assert isinstance(mail.kept, Slow)
    mail.kept.seconds = 0.05
    names = [f"canal-{number}" for number in range(8)]
    for name in names:
        channel(engine, name, mail.address)
    chance, started = random.Random(7), datetime.now(UTC) - timedelta(hours=2)
    workers = [Forked(_worker, url, var, name) for name in ("first", "second")]
    for turn in range(25):
        # Ten minutes apart: each a notice of its own.
        evaluate(engine, started + timedelta(minutes=4 * turn), [f"r{n}" for n in range(turn + 1)])
        time.sleep(chance.uniform(0.1, 0.9))
        place = chance.randrange(2)
        workers[place].kill()
        workers[place].wait(10)
        workers[place] = Forked(_worker, url, var, f"again-{turn}")
    until(lambda: all_sent(engine), 180, "not everything was sent")
    for one in workers:
        one.kill()
    with reading(engine) as conn:
        rows = conn.execute(select(outbox.c.notice_id, outbox.c.channel)).all()
        cut = conn.execute(select(delivery.c.notice_id, delivery.c.channel).where(delivery.c.ended_at.is_(None))).all()
    wanted = {f"caudal-tumbes-{row.notice_id}-{row.channel}" for row in rows}
    came = Counter(mail.kept.marks)
    assert set(came) == wanted
    unknown = {f"caudal-tumbes-{row.notice_id}-{row.channel}" for row in cut}
    assert {mark for mark, times in came.items() if times > 1} <= unknown
    engine.dispose()
