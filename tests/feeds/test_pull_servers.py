"""A Kobo and an ODK server that page, fail, change and forget; what the store says afterwards."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from dashboard.feeding import addresses
from dashboard.feeding.trouble import Trouble
from data.clock import real_now
from data.feeds import book
from data.queries import feed_states
from data.store import reading, writing
from data.tables import report
from data.types import FeedState
from tests.data.centre import open_centre, people_by_hour
from tests.feeds import servers
from tests.feeds.centre import KOBO, ODK, added, pulled
from tests.feeds.servers import World, kobo, odk, status

KINDS = {"kobo": (KOBO, "tumbes-kobo", kobo), "odk": (ODK, "tumbes-odk", odk)}


@pytest.fixture(params=list(KINDS))
def made(request: pytest.FixtureRequest, engine: Engine, partner: World):
    """Name of a feed of pages of two, and the maker of its submissions."""
    config, name, make = KINDS[request.param]
    open_centre(engine)
    added(engine, config.format(url=partner.url, page_size=2, timeout=2))
    return name, make


def state(engine: Engine) -> FeedState:
    with reading(engine) as conn:
        [found] = feed_states(conn)
    return found


def deliveries(engine: Engine) -> int:
    with reading(engine) as conn:
        return conn.execute(select(func.count()).select_from(report).where(report.c.state == "accepted")).scalar_one()


def test_a_pull_of_many_pages_is_one_delivery_and_the_next_one_brings_nothing(made, engine, var, partner) -> None:
    name, make = made
    partner.submissions = [make(n, f"{8 + n % 3:02}:00", n) for n in range(1, 8)]
    told = pulled(engine, var, name)
    assert (told.read, [receipt.accepted for receipt in told.receipts]) == (7, [7])
    assert people_by_hour(engine) == {"08:00": 9, "09:00": 12, "10:00": 7}
    assert pulled(engine, var, name).receipts == []
    assert deliveries(engine) == 1
    partner.submissions.append(make(8, "10:00", 100))
    assert [receipt.accepted for receipt in pulled(engine, var, name).receipts] == [1]
    assert people_by_hour(engine)["10:00"] == 107


def test_the_second_pull_asks_only_for_what_is_new(made, engine, var, partner) -> None:
    name, make = made
    partner.submissions = [make(n, "08:00", 1) for n in range(1, 400)]
    pulled(engine, var, name)
    asked = len(partner.asked)
    assert asked >= 200
    pulled(engine, var, name)
    assert len(partner.asked) - asked < 12  # the overlap of ten minutes, and no more


def test_failures_on_the_way_are_tried_again_and_nothing_is_lost_or_doubled(made, engine, var, partner) -> None:
    name, make = made
    partner.submissions = [make(n, "08:00", n) for n in range(1, 6)]
    partner.failures = [status(503), servers.fine, status(429, Retry_After="1"), servers.cut, servers.fine]
    waited: list[float] = []
    pulled(engine, var, name, pause=lambda seconds: waited.append(seconds) or True)
    assert people_by_hour(engine) == {"08:00": 15}
    assert len(waited) == 3
    assert all(0 < seconds <= 30 for seconds in waited)
    assert state(engine).failed_at is None


def test_a_pull_that_breaks_off_keeps_what_it_had_and_goes_on_from_there(made, engine, var, partner) -> None:
    name, make = made
    partner.submissions = [make(n, "08:00", 1) for n in range(1, 8)]
    partner.failures = [servers.fine, servers.fine, *[status(500)] * 4]
    with pytest.raises(Trouble, match="server_failed"):
        pulled(engine, var, name)
    assert people_by_hour(engine) == {"08:00": 4}
    assert (state(engine).error, state(engine).failures) == ("server_failed", 1)
    asked = len(partner.asked)
    pulled(engine, var, name)
    assert people_by_hour(engine) == {"08:00": 7}
    assert len(partner.asked) - asked <= 3
    assert (state(engine).error, state(engine).failures) == (None, 0)


def test_a_server_that_drips_is_left_after_the_agreed_time(made, engine, var, partner) -> None:
    name, _ = made
    partner.failures = [servers.drips]
    began = time.monotonic()
    with pytest.raises(Trouble, match="timeout"):
        pulled(engine, var, name, tries=1)
    assert time.monotonic() - began < 3.5


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (status(401), "unauthorised"),
        (status(403), "unauthorised"),
        (status(404), "not_found"),
        (status(302, Location="http://169.254.169.254/latest"), "redirected"),
        (status(400), "refused"),
    ],
)
def test_what_trying_again_cannot_mend_is_not_tried_again(made, engine, var, partner, failure, code) -> None:
    name, _ = made
    partner.failures = [failure]
    with pytest.raises(Trouble, match=code):
        pulled(engine, var, name)
    assert len(partner.asked) == 1
    assert state(engine).error == code


def test_a_page_of_words_is_no_submission(made, engine, var, partner) -> None:
    name, _ = made
    partner.failures = [servers.page_of_words] * 4
    with pytest.raises(Trouble, match="not_json"):
        pulled(engine, var, name)
    assert deliveries(engine) == 0


def test_submissions_deleted_and_added_while_it_reads_shift_nothing(made, engine, var, partner) -> None:
    name, make = made
    partner.submissions = [make(n, "08:00", 1) for n in range(1, 7)]

    def change() -> None:
        gone = min(partner.submissions, key=lambda one: one.get("_id", 0))
        partner.submissions.remove(gone)
        partner.submissions.append(make(50, "09:00", 5))

    partner.between = [change]
    with contextlib.suppress(Trouble):  # ODK may notice by its count that something moved
        pulled(engine, var, name)
    pulled(engine, var, name)
    pulled(engine, var, name, sweep=True)
    assert people_by_hour(engine) == {"08:00": 5, "09:00": 5}


def test_a_sweep_finds_edits_and_deletions_that_nobody_told_of(engine, var, partner) -> None:
    open_centre(engine)
    added(engine, KOBO.format(url=partner.url, page_size=2, timeout=2))
    partner.submissions = [kobo(n, "08:00", n) for n in range(1, 6)]
    pulled(engine, var, "tumbes-kobo")
    partner.submissions[0] = kobo(1, "08:00", 11, uuid="b", edits="uuid-1")
    del partner.submissions[1]
    partner.submissions[1]["_validation_status"] = {"uid": "validation_status_not_approved"}
    partner.submissions[2]["conteo/personas"] = "44"  # a bulk edit keeps the uuid
    pulled(engine, var, "tumbes-kobo", sweep=True)
    assert people_by_hour(engine) == {"08:00": 11 + 44 + 5}
    partner.submissions[1]["_validation_status"] = {"uid": "validation_status_approved"}
    partner.submissions.append(kobo(2, "08:00", 2))  # restored
    pulled(engine, var, "tumbes-kobo", sweep=True)
    assert people_by_hour(engine) == {"08:00": 11 + 2 + 3 + 44 + 5}
    partner.submissions.clear()
    pulled(engine, var, "tumbes-kobo", sweep=True)
    assert people_by_hour(engine) == {}


def test_an_edit_and_a_deletion_of_odk_come_with_the_next_pull(engine, var, partner) -> None:
    open_centre(engine)
    added(engine, ODK.format(url=partner.url, page_size=2, timeout=2))
    partner.submissions = [odk(n, "08:00", n) for n in range(1, 6)]
    pulled(engine, var, "tumbes-odk")
    partner.submissions[0] = odk(1, "09:00", 11, updatedAt="2018-11-01T12:00:00Z", edits=1)
    partner.submissions[1] = odk(2, "08:00", 2, deletedAt="2018-11-01T12:01:00Z")
    pulled(engine, var, "tumbes-odk")
    assert people_by_hour(engine) == {"08:00": 3 + 4 + 5, "09:00": 11}
    partner.submissions[1] = odk(2, "08:00", 2)
    pulled(engine, var, "tumbes-odk", sweep=True)
    assert people_by_hour(engine) == {"08:00": 2 + 3 + 4 + 5, "09:00": 11}


def test_an_old_central_that_cannot_list_what_was_deleted_is_still_read(engine, var, partner) -> None:
    open_centre(engine)
    added(engine, ODK.format(url=partner.url, page_size=2, timeout=2))
    partner.old_central = True
    partner.submissions = [odk(1, "08:00", 1)]
    pulled(engine, var, "tumbes-odk")
    partner.submissions.append(odk(2, "08:00", 2))
    pulled(engine, var, "tumbes-odk")
    assert people_by_hour(engine) == {"08:00": 3}
    assert state(engine).cursor["old"] is True


def test_a_wrong_key_is_told_without_the_key(made, engine, var, partner, monkeypatch) -> None:
    name, _ = made
    monkeypatch.setenv("TEST_KOBO_TOKEN", "wrong-key-55")
    monkeypatch.setenv("TEST_ODK_PASSWORD", "wrong-key-55")
    with pytest.raises(Trouble) as raised:
        pulled(engine, var, name)
    assert raised.value.code == "unauthorised"
    assert "wrong-key-55" not in f"{raised.value} {state(engine)}"
    monkeypatch.delenv("TEST_KOBO_TOKEN")
    monkeypatch.delenv("TEST_ODK_PASSWORD")
    with pytest.raises(Trouble, match="secret_missing"):
        pulled(engine, var, name)


def test_a_feed_that_one_process_reads_is_left_alone_by_others(made, engine, var, partner) -> None:
    name, _ = made
    assert book.hold(engine, name, "other:1", real_now())
    with pytest.raises(Trouble, match="busy"):
        pulled(engine, var, name)
    assert partner.asked == []
    assert book.hold(engine, name, "test", real_now() + book.HELD * 2)  # the other one died


def test_a_failing_feed_waits_longer_and_longer_but_never_longer_than_its_cadence(made, engine, var, partner) -> None:
    name, _ = made
    waits = []
    for _ in range(8):
        partner.failures = [status(500)]
        with pytest.raises(Trouble):
            pulled(engine, var, name, tries=1)
        next_at = state(engine).next_at
        assert next_at is not None
        waits.append(round((next_at - real_now()).total_seconds() / 30))
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
    assert state(engine).failures == 8


def test_a_paused_feed_is_never_due(made, engine, var, partner) -> None:
    name, _ = made
    with writing(engine) as conn:
        assert book.due_feeds(conn, real_now()) == [name]
        book.pause_feed(conn, name, real_now())
        assert book.due_feeds(conn, real_now()) == []
        book.resume_feed(conn, name, real_now())
        assert book.due_feeds(conn, real_now()) == [name]


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "fd00:ec2::254", "0.0.0.0"]
)
def test_a_name_that_leads_to_an_internal_address_is_refused(address: str) -> None:
    with pytest.raises(Trouble, match="forbidden_address"):
        addresses.check_peer("kobo.example", address)


def test_only_this_machine_may_be_asked_without_a_certificate() -> None:
    addresses.check_url("http://127.0.0.1:8210", False)
    addresses.check_url("https://kf.kobotoolbox.org", False)
    addresses.check_url("http://10.0.0.4", True)
    for url, code in (
        ("http://kf.kobotoolbox.org", "http_url"),
        ("ftp://kf.kobotoolbox.org", "wrong_url"),
        ("https://user:secret@kf.kobotoolbox.org", "wrong_url"),
        ("file:///etc/passwd", "wrong_url"),
    ):
        with pytest.raises(Trouble) as raised:
            addresses.check_url(url, False)
        assert raised.value.code == code
        assert "secret" not in str(raised.value)


def test_with_another_mapping_everything_is_read_anew(made, engine, var: Path, partner) -> None:
    from tests.feeds.centre import MAPPING

    name, make = made
    partner.submissions = [make(n, "08:00", n) for n in range(1, 6)]
    pulled(engine, var, name)
    config = KINDS["kobo" if name.endswith("kobo") else "odk"][0].format(url=partner.url, page_size=2, timeout=2)
    added(engine, config, MAPPING.replace('"turno/hora"', '{ first = ["turno/hora", "turno/hora"] }') + "# later\n")
    told = pulled(engine, var, name)
    assert told.read >= 5
    assert people_by_hour(engine) == {"08:00": 15}
