"""Whatever the order and however often submissions and edits come, the hours are the sums of the final versions."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from data.feeds import book
from data.ingest import undo
from data.queries import feed_states
from data.store import reading, writing
from data.tables import feed_part, flow_line, report
from tests.data.centre import NOON, open_centre, people_by_hour
from tests.feeds.centre import MAPPING, PUSH, Sender, added
from tests.feeds.servers import kobo, odk
from tests.stores import migrated


@pytest.fixture
def send(any_engine: Engine, var: Path) -> Sender:
    open_centre(any_engine)
    return Sender(any_engine, var, added(any_engine, PUSH))


def test_two_enumerators_of_one_hour_add_up(send: Sender) -> None:
    send(kobo(1, "09:00", 40))
    send(kobo(2, "09:00", 7), kobo(3, "10:00", 5))
    assert people_by_hour(send.engine) == {"09:00": 47, "10:00": 5}


def test_a_submission_sent_five_times_makes_one_row(send: Sender) -> None:
    receipts = [send(kobo(1, "09:00", 40)) for _ in range(5)]
    assert [receipt and receipt.already_received for receipt in receipts] == [False, True, True, True, True]
    assert {receipt and receipt.report for receipt in receipts} == {1}
    assert people_by_hour(send.engine) == {"09:00": 40}
    with reading(send.engine) as conn:
        assert len(conn.execute(select(flow_line.c.line_id)).all()) == 1


def test_an_edit_replaces_only_its_own_submission(send: Sender) -> None:
    send(kobo(1, "09:00", 40), kobo(2, "09:00", 7))
    send(kobo(1, "09:00", 41, uuid="b", edits="uuid-1"))
    assert people_by_hour(send.engine) == {"09:00": 48}
    send(kobo(1, "09:00", 40))  # the first version again, late
    assert people_by_hour(send.engine) == {"09:00": 48}


def test_an_edit_that_comes_before_what_it_edits_still_wins(send: Sender) -> None:
    send(kobo(1, "09:00", 41, uuid="b", edits="uuid-1"))
    send(kobo(1, "09:00", 40))
    assert people_by_hour(send.engine) == {"09:00": 41}


def test_an_edit_of_the_hour_leaves_no_zero_behind(send: Sender) -> None:
    send(kobo(1, "09:00", 40), kobo(2, "11:00", 3))
    send(kobo(1, "10:00", 40, uuid="b", edits="uuid-1"))
    assert people_by_hour(send.engine) == {"10:00": 40, "11:00": 3}


def test_an_edit_that_empties_the_count_is_no_report_and_not_zero(send: Sender) -> None:
    send(kobo(1, "09:00", 40))
    send(kobo(1, "09:00", "", uuid="b", edits="uuid-1"))
    assert people_by_hour(send.engine) == {}


def test_an_edit_that_cannot_be_read_is_listed_and_leaves_the_earlier_figure(send: Sender) -> None:
    send(kobo(1, "09:00", 40))
    receipt = send(kobo(1, "09:00", -40, uuid="b", edits="uuid-1"))
    assert receipt is not None
    assert receipt.state == "refused"
    assert [issue.code for issue in receipt.issues] == ["negative_count"]
    assert people_by_hour(send.engine) == {"09:00": 40}
    send(kobo(1, "09:00", 44, uuid="c", edits="b"))
    assert people_by_hour(send.engine) == {"09:00": 44}


def test_an_edit_of_odk_is_told_by_when_it_was_made(send: Sender) -> None:
    edited = odk(1, "09:00", 41, updatedAt="2018-11-01T12:00:00Z")
    send(edited)
    send(odk(1, "09:00", 40), odk(2, "09:00", 7))
    assert people_by_hour(send.engine) == {"09:00": 48}
    send(odk(1, "09:00", 41, updatedAt="2018-11-01T12:30:00Z", reviewState="rejected"))
    assert people_by_hour(send.engine) == {"09:00": 7}


def test_what_a_person_undid_stays_undone_until_it_is_edited(send: Sender) -> None:
    send(kobo(1, "09:00", 40))
    send(kobo(2, "09:00", 7))
    with reading(send.engine) as conn:
        newest = conn.execute(select(report.c.report_id).order_by(report.c.report_id.desc())).scalars().first()
    undo(send.engine, newest or 0, NOON, "ana")
    assert people_by_hour(send.engine) == {"09:00": 40}
    send(kobo(2, "09:00", 7))
    send(kobo(3, "09:00", 1))
    assert people_by_hour(send.engine) == {"09:00": 41}
    send(kobo(2, "09:00", 6, uuid="b", edits="uuid-2"))
    assert people_by_hour(send.engine) == {"09:00": 47}


def test_the_past_is_shown_as_it_was_known(send: Sender) -> None:
    send(kobo(1, "09:00", 40), kobo(2, "10:00", 3))
    before = send.real
    send(kobo(1, "10:00", 40, uuid="b", edits="uuid-1"))
    assert people_by_hour(send.engine, as_of=before) == {"09:00": 40, "10:00": 3}
    assert people_by_hour(send.engine) == {"10:00": 43}


def test_nothing_but_mapped_answers_is_kept(send: Sender) -> None:
    send(kobo(1, "09:00", 40, **{"datos/nombre_completo": "Rosa Quispe", "datos/dni": "45678912"}))
    kept = b"".join(path.read_bytes() for path in (send.var / "received").rglob("*") if path.is_file())
    with reading(send.engine) as conn:
        stored = repr(conn.execute(select(feed_part.c.mapped)).all())
    for secret in ("Rosa", "45678912", "encuestador", "foto.jpg"):
        assert secret not in stored
        assert secret.encode() not in kept
    assert people_by_hour(send.engine) == {"09:00": 40}


def test_a_mapping_that_asks_for_a_person_is_refused_by_name(any_engine: Engine, var: Path) -> None:
    from data.sources import Refused

    open_centre(any_engine)
    asks = MAPPING.replace("[columns]", '[columns]\nnationality = "datos/dni"')
    send = Sender(any_engine, var, added(any_engine, PUSH, asks))
    with pytest.raises(Refused, match="personal_column"):
        send(kobo(1, "09:00", 40, **{"datos/dni": "45678912"}))
    assert not any(path.is_file() for path in (var / "received").rglob("*"))


def test_a_feed_taken_away_and_added_again_still_knows_its_submissions(send: Sender) -> None:
    send(kobo(1, "09:00", 40))
    with writing(send.engine) as conn:
        book.remove_feed(conn, "tumbes-push", send.real)
    with reading(send.engine) as conn:
        assert feed_states(conn) == ()
    added(send.engine, PUSH)
    send(kobo(2, "09:00", 7))
    assert people_by_hour(send.engine) == {"09:00": 47}


def test_the_state_of_a_feed_counts_its_submissions(send: Sender) -> None:
    send(kobo(1, "09:00", 40), kobo(2, "09:00", 7))
    send(kobo(1, "09:00", 41, uuid="b", edits="uuid-1"))
    with reading(send.engine) as conn:
        [state] = feed_states(conn, "tumbes")
    assert (state.name, state.submissions, state.failed_at) == ("tumbes-push", 2, None)


def test_eight_senders_at_once_count_each_submission_once(send: Sender) -> None:
    told = [kobo(n, "09:00", n) for n in range(1, 13)]
    told += [kobo(n, "10:00", n, uuid=f"b{n}", edits=f"uuid-{n}") for n in range(1, 7)]

    def sender(seed: int) -> None:
        mine = random.Random(seed).sample(told, len(told))
        for one in mine:
            send(one)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(sender, range(8)))
    assert people_by_hour(send.engine) == {"09:00": sum(range(7, 13)), "10:00": sum(range(1, 7))}


HOURS = ("08:00", "09:00", "10:00")


@st.composite
def stories(draw: st.DrawFn) -> list[dict]:
    """Versions of some submissions, each edit naming the one before; every one of them at least once."""
    told = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        before = ""
        for edit in range(draw(st.integers(1, 3))):
            own = f"uuid-{number}" if not edit else f"uuid-{number}-{edit}"
            people = draw(st.one_of(st.integers(0, 50), st.just("")))
            told.append(kobo(number, draw(st.sampled_from(HOURS)), people, uuid=own, edits=before))
            before = own
    return told


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(stories(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_gives_the_sums_of_the_final_versions(told: list[dict], chance: random.Random) -> None:
    var = Path(mkdtemp())
    engine = migrated(f"sqlite:///{var / 'caudal.sqlite'}")
    open_centre(engine)
    send = Sender(engine, var, added(engine, PUSH))
    sent = told + chance.choices(told, k=len(told) // 2)
    chance.shuffle(sent)
    while sent:
        some = chance.randint(1, 3)
        send(*sent[:some])
        sent = sent[some:]
    final = {one["_id"]: one for one in told}  # the last version of each in the order of its edits
    sums: dict[str, float] = {}
    for one in final.values():
        if one["conteo/personas"] != "":
            hour = one["turno/hora"][11:16]
            sums[hour] = sums.get(hour, 0) + int(one["conteo/personas"])
    assert people_by_hour(engine) == sums
    engine.dispose()
