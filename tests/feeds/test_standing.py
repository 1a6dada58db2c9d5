"""How the desk shows the feeds of a site: in trouble first, in the page's own time, and nothing where there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from callbacks import reads
from data.analytics.feeding import UNREAD_AFTER, standing
from data.clock import Replay, real_now, start_replay
from data.clock import reading as clock_reading
from data.feeds import book
from data.queries import feed_states
from data.store import reading, writing
from data.types import FeedState, ReportsModel, Scope
from data.vocabulary import Audience, FeedStanding, Language
from tests.data.centre import open_centre
from tests.feeds.centre import KOBO, ODK, PUSH, Sender, added

AT = datetime(2018, 10, 31, 12, tzinfo=UTC)
SERVER = {"url": "https://kf.example", "page_size": 5, "timeout": 5}
TEST_SUBMISSION = {
    "_uuid": "u1",
    "_submission_time": "2018-10-31T15:10:00",
    "turno/hora": "2018-10-31T09:00",
    "conteo/personas": "12",
}


def state(**more: object) -> FeedState:
    told: dict[str, object] = {
        **{"name": "f", "kind": "kobo", "source": "s", "dataset": "flow", "every_seconds": 900, "paused": False},
        **{"succeeded_at": AT, "failed_at": None, "failures": 0, "error": None, "error_facts": {}, "submissions": 0},
        **{"next_at": AT + timedelta(minutes=15), "last_report": None},
    }
    return FeedState(**{**told, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "is_silent", "told"),
    [
        ({}, False, FeedStanding.FINE),
        ({}, True, FeedStanding.SILENT),
        ({"last_report": 3, "last_state": "refused"}, True, FeedStanding.REFUSED),
        ({"last_report": 3, "last_state": "partial"}, False, FeedStanding.FINE),
        ({"failed_at": AT}, True, FeedStanding.FAILING),
        ({"failed_at": AT, "paused": True}, True, FeedStanding.PAUSED),
        ({"succeeded_at": None}, False, FeedStanding.WAITING),
        ({"next_at": AT - UNREAD_AFTER}, False, FeedStanding.FINE),
        ({"next_at": AT - UNREAD_AFTER - timedelta(seconds=1)}, False, FeedStanding.UNREAD),
        ({"next_at": AT - UNREAD_AFTER * 2, "held_until": AT + timedelta(minutes=1)}, False, FeedStanding.FINE),
        ({"next_at": AT - UNREAD_AFTER * 2, "held_until": AT - timedelta(minutes=1)}, False, FeedStanding.UNREAD),
        ({"next_at": None, "every_seconds": None}, False, FeedStanding.FINE),
        ({"kind": "push", "succeeded_at": None, "next_at": None}, False, FeedStanding.WAITING),
        ({"kind": "push", "succeeded_at": None, "next_at": None, "last_report": 3}, False, FeedStanding.FINE),
    ],
)
def test_who_has_to_look_after_a_feed(more: dict[str, object], is_silent: bool, told: FeedStanding) -> None:
    assert standing(state(**more), AT, is_silent) is told


def seen(engine: Engine, as_of: datetime | None = None, replay: Replay | None = None) -> ReportsModel:
    scope = Scope("tumbes", Language.ES, Audience.OPEN, "today", as_of)
    with reading(engine) as conn:
        return reads.reports(conn, scope, clock_reading(replay, real_now()))


def test_a_site_without_feeds_shows_none(engine: Engine) -> None:
    open_centre(engine)
    assert seen(engine).feeds == ()


def test_the_feed_that_fails_comes_first_and_says_why(engine: Engine, var: Path) -> None:
    open_centre(engine)
    added(engine, ODK.format(**SERVER))
    added(engine, KOBO.format(**SERVER))
    push = added(engine, PUSH)
    Sender(engine, var, push)(TEST_SUBMISSION)
    now = real_now()
    for name in ("tumbes-kobo", "tumbes-odk"):
        assert book.hold(engine, name, "test", now)
    book.succeeded(engine, "tumbes-kobo", "test", now)
    book.failed(engine, "tumbes-odk", "test", now, "unauthorised", {"host": "odk.example", "status": 401})
    first, *others = seen(engine).feeds
    assert (first.name, first.standing, first.error, first.tried_at) == (
        "tumbes-odk",
        FeedStanding.FAILING,
        "unauthorised",
        now,
    )
    assert [(one.name, one.standing) for one in others] == [
        ("tumbes-kobo", FeedStanding.SILENT),  # read well, and nothing agreed came since 2018
        ("tumbes-push", FeedStanding.SILENT),
    ]
    assert others[1].submissions == 1
    assert others[1].last_report is not None


def test_what_a_feed_brings_is_counted_again_with_its_next_delivery(engine: Engine, var: Path) -> None:
    open_centre(engine)
    send = Sender(engine, var, added(engine, PUSH))
    send(TEST_SUBMISSION)
    assert [one.submissions for one in seen(engine).feeds] == [1]
    send({**TEST_SUBMISSION, "_uuid": "u2"})
    assert [one.submissions for one in seen(engine).feeds] == [2]
    with reading(engine) as conn:
        assert [one.submissions for one in feed_states(conn)] == [2]


def test_a_page_of_the_past_shows_no_feed_as_it_stands_today(engine: Engine) -> None:
    open_centre(engine)
    added(engine, PUSH)
    assert seen(engine, as_of=real_now() - timedelta(hours=1)).feeds == ()


def test_a_replay_shows_when_a_feed_was_read_by_its_own_clock(engine: Engine) -> None:
    """The machine read it ten real minutes ago: an hour of this replay."""
    open_centre(engine)
    added(engine, KOBO.format(**SERVER))
    now = real_now()
    replay = Replay(real_origin=now - timedelta(minutes=20), domain_origin=AT, speed=6.0)
    with writing(engine) as conn:
        start_replay(conn, replay)
    read_at = now - timedelta(minutes=10)
    assert book.hold(engine, "tumbes-kobo", "test", read_at)
    book.succeeded(engine, "tumbes-kobo", "test", read_at)
    [shown] = seen(engine, replay=replay).feeds
    assert shown.succeeded_at == AT + timedelta(hours=1)
    assert shown.standing is not FeedStanding.UNREAD, "due five real minutes from now"
    assert replay.real(replay.at(now)) == now


def test_a_feed_that_nobody_reads_says_so(engine: Engine) -> None:
    open_centre(engine)
    added(engine, KOBO.format(**SERVER))
    early = real_now() - timedelta(hours=1)
    assert book.hold(engine, "tumbes-kobo", "test", early)
    book.succeeded(engine, "tumbes-kobo", "test", early)
    assert [one.standing for one in seen(engine).feeds] == [FeedStanding.UNREAD]
