"""kill -9 in the middle of a pull: what was committed is not read twice, what was not is read again."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from dashboard.settings import Settings
from data.store import create_store, reading, writing
from data.tables import feed, report
from tests.data.centre import open_centre, people_by_hour
from tests.feeds import servers
from tests.feeds.centre import KOBO, added, pulled
from tests.feeds.servers import World, kobo
from tests.processes import Forked


def _doomed(place: str, url: str, var: Path, name: str) -> None:
    """Kills itself at a place of the way in: before the commit, after it, or with the watermark half written."""
    from dashboard.feeding import pages, pull
    from data.feeds import book, taking

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    real = pull.take

    def take(*args: Any, **more: Any) -> None:
        real(*args, **more)
        die()

    places = {
        "before the lines": (taking, "write_delivery", die),
        "before the commit": (taking.memory, "belong", die),
        "after the commit": (pull, "take", take),
        "before the end is noted": (book, "succeeded", die),
    }
    pages.AT_ONCE = 2
    setattr(*places[place])
    os.environ["TEST_KOBO_TOKEN"] = servers.KOBO_TOKEN
    pull.pull(create_store(url), Settings(var=var), name, f"doomed:{os.getpid()}")


@pytest.mark.parametrize(
    "place", ["before the lines", "before the commit", "after the commit", "before the end is noted"]
)
def test_a_pull_killed_anywhere_is_finished_by_the_next_one(
    any_engine: Engine, var: Path, partner: World, place: str
) -> None:
    open_centre(any_engine)
    added(any_engine, KOBO.format(url=partner.url, page_size=2, timeout=5))
    partner.submissions = [kobo(n, f"{8 + n % 2:02}:00", n) for n in range(1, 8)]
    url = any_engine.url.render_as_string(hide_password=False)
    assert Forked(_doomed, place, url, var, "tumbes-kobo").wait(120) == -signal.SIGKILL
    before = people_by_hour(any_engine)
    assert sum(before.values()) == {"after the commit": 1 + 2, "before the end is noted": 28}.get(place, 0)
    with writing(any_engine) as conn:  # its hold runs out
        conn.execute(update(feed).values(held_until=None, held_by=None))
    partner.submissions[0] = kobo(1, "09:00", 100, uuid="b", edits="uuid-1")
    pulled(any_engine, var, "tumbes-kobo", sweep=True)
    assert people_by_hour(any_engine) == {"08:00": 2 + 4 + 6, "09:00": 100 + 3 + 5 + 7}
    with reading(any_engine) as conn:
        assert {row.state for row in conn.execute(select(report.c.state))} == {"accepted"}
