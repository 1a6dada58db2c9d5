"""Two numbers by radio, last ticket handed out and last one served, carry the queue; contradictions are sent back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ingest import preview
from data.picture import picture
from data.sites import sites
from data.store import reading
from data.ticket_order import Tickets, contradictions
from data.types import Window
from data.vocabulary import Dataset, Lane, Language, Stage
from layouts.translator import translator
from tests.data.centre import NOON, open_centre, send

TEN = datetime(2018, 11, 1, 15, tzinfo=UTC)  # ten in the morning at Tumbes


def tickets(*rows: tuple[str, int | str, int | str]) -> bytes:
    lines = ["site,stage,at,waiting,ticket_issued,ticket_served,counters_open"]
    lines += [f"tumbes,migration-control,{at},,{issued},{served},11" for at, issued, served in rows]
    return "\n".join([*lines, ""]).encode()


@pytest.fixture
def centre(any_engine):
    open_centre(any_engine)
    return any_engine


def waiting(engine) -> float | None:
    with reading(engine) as conn:
        [site] = sites(conn)
        seen = picture(conn, site, Window(NOON - timedelta(hours=12), NOON + timedelta(hours=12)), NOON)
    return seen.states[Stage.MIGRATION_CONTROL, Lane.GENERAL].waiting


def test_the_last_ticket_handed_out_and_the_last_served_are_the_queue(centre, var):
    sent = send(centre, var, tickets(("2018-11-01T11:30", 4120, 3890)), dataset=Dataset.QUEUE)
    assert (sent.accepted, sent.rejected) == (1, 0)
    assert waiting(centre) == 230


def test_more_served_than_handed_out_is_sent_back(centre, var):
    sent = send(centre, var, tickets(("2018-11-01T11:30", 3890, 4120)), dataset=Dataset.QUEUE)
    assert [issue.code for issue in sent.issues] == ["served_over_issued"]
    assert waiting(centre) is None


def test_a_number_that_falls_is_sent_back_across_deliveries_and_the_queue_stays(centre, var):
    send(centre, var, tickets(("2018-11-01T10:30", 4120, 3890)), dataset=Dataset.QUEUE)
    later = tickets(("2018-11-01T11:30", 4012, 3990))
    assert preview(centre, later, "b.csv", source="migraciones", dataset=Dataset.QUEUE, now=NOON).rejected == 1
    sent = send(centre, var, later, dataset=Dataset.QUEUE)
    assert (sent.state, sent.accepted, sent.rejected) == ("refused", 0, 1)
    [issue] = sent.issues
    assert (issue.line, issue.column, issue.code) == (2, "ticket_issued", "ticket_out_of_order")
    for language in Language:
        said = translator(language, "America/Lima")(f"issue.{issue.code}", **issue.facts)
        assert "{" not in said
        assert all(told in said for told in ("4\u202f012", "4\u202f120", "10:30"))
    assert "10:30" in said
    assert waiting(centre) == 230


def test_a_forgotten_earlier_reading_comes_in_if_it_goes_with_the_later_one(centre, var):
    send(centre, var, tickets(("2018-11-01T11:30", 4120, 3890)), dataset=Dataset.QUEUE)
    for issued, served, state in ((4000, 3800, "accepted"), (4200, 3850, "refused")):
        sent = send(centre, var, tickets(("2018-11-01T10:30", issued, served)), dataset=Dataset.QUEUE)
        assert sent.state == state


def test_a_correction_of_the_same_moment_may_be_lower(centre, var):
    send(centre, var, tickets(("2018-11-01T11:30", 4210, 3890)), dataset=Dataset.QUEUE)
    sent = send(
        centre, var, tickets(("2018-11-01T11:30", 4120, 3890)), NOON + timedelta(minutes=5), dataset=Dataset.QUEUE
    )
    assert sent.state == "accepted"
    assert waiting(centre) == 230


def test_one_number_mistyped_does_not_turn_the_rest_of_the_day_away(centre, var):
    rows = [(f"2018-11-01T{hour:02d}:00", 4000 + 100 * hour, 3900 + 80 * hour) for hour in range(6, 12)]
    rows[1] = (rows[1][0], 14700, rows[1][2])
    sent = send(centre, var, tickets(*rows), dataset=Dataset.QUEUE)
    assert [(issue.line, issue.code) for issue in sent.issues] == [(3, "ticket_out_of_order")]
    assert (sent.accepted, sent.rejected) == (5, 1)


def test_a_new_day_and_a_new_roll_begin_again(centre, var):
    rows = (
        ("2018-10-31T22:00", 9900, 9800),
        ("2018-11-01T08:00", 120, 30),
        ("2018-11-01T09:00", 999, 900),
        ("2018-11-01T10:00", 80, 5),
    )
    assert send(centre, var, tickets(*rows), dataset=Dataset.QUEUE).state == "accepted"


def test_a_number_that_one_reading_leaves_out_is_no_contradiction(centre, var):
    rows = (("2018-11-01T08:00", 120, 30), ("2018-11-01T09:00", "", 60), ("2018-11-01T10:00", 110, 70))
    sent = send(centre, var, tickets(*rows), dataset=Dataset.QUEUE)
    assert [issue.line for issue in sent.issues] == [4]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=12))
def test_what_is_kept_goes_together_whatever_comes(numbers):
    told = [Tickets(TEN + timedelta(minutes=n), float(a), float(b)) for n, (a, b) in enumerate(numbers)]
    away = {place for place, _, _ in contradictions(told, ())}
    kept = [one for place, one in enumerate(told) if place not in away]
    assert all(one.before(other) is None for one, other in pairwise(kept))
    assert not told or kept
