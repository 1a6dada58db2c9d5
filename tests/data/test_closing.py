"""A closed shift or day: what comes later is kept, waits, and counts once somebody who may says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from callbacks.asked import WrongAsk, period_ask
from data.closing import ClosingError, Who, approvals, close_period, release_report, unlock_period
from data.holding import PeriodClosed
from data.ingest import undo
from data.queries import deliveries
from data.sites import site
from data.store import reading
from data.tables import audit, hold
from data.types import Window
from data.vocabulary import Role
from tests.data.centre import (
    LAST_OF_OCTOBER,
    NOON,
    contents,
    flow_csv,
    hour_csv,
    open_centre,
    people_by_hour,
    people_of_day,
    send,
)

LEAD, COORDINATOR = Who("lucia", Role.SECTOR_LEAD), Who("maria", Role.COORDINATION)
REAL = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def centre(any_engine: Engine) -> Engine:
    open_centre(any_engine)
    return any_engine


def close(engine: Engine, window: Window = LAST_OF_OCTOBER, who: Who = LEAD, now: datetime = NOON) -> None:
    close_period(engine, "tumbes", window, "day", who, now, REAL)


def states(engine: Engine, as_of: datetime | None = None) -> dict[int, str]:
    with reading(engine) as conn:
        return {one.report_id: one.state for one in deliveries(conn, "tumbes", 20, as_of)}


def test_a_delivery_that_changes_a_closed_day_is_kept_and_waits(centre: Engine, var: Path):
    first = send(centre, var, hour_csv("09:00", 40))
    close(centre)
    late = send(centre, var, hour_csv("09:00", 55), NOON + timedelta(hours=1))
    assert (late.state, late.accepted, late.rejected) == ("held", 1, 0)
    assert [note.code for note in late.notes] == ["held_closed_period"]
    assert late.notes[0].facts["period"] == "2018-10-31"
    assert people_by_hour(centre) == {"09:00": 40}
    assert states(centre) == {first.report: "accepted", late.report: "held"}
    again = send(centre, var, hour_csv("09:00", 55), NOON + timedelta(hours=2))
    assert (again.report, again.already_received, again.state) == (late.report, True, "held")


def test_what_changes_nothing_and_what_lies_elsewhere_counts_at_once(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40))
    close(centre)
    rolling = flow_csv(("2018-10-31T09:00", 60, 40), ("2018-11-01T09:00", 60, 70))
    assert send(centre, var, rolling, NOON + timedelta(hours=1)).state == "accepted"
    changed = flow_csv(("2018-10-31T09:00", 60, 41), ("2018-11-01T10:00", 60, 80))
    assert send(centre, var, changed, NOON + timedelta(hours=2)).state == "held"
    assert people_by_hour(centre) == {"09:00": 40}


def test_a_line_that_the_day_did_not_have_changes_it_too(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40))
    close(centre)
    assert send(centre, var, hour_csv("10:00", 5), NOON + timedelta(hours=1)).state == "held"


def test_an_older_report_that_loses_anyway_does_not_wait(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40), issued_at=NOON)
    close(centre)
    older = send(centre, var, hour_csv("09:00", 30), NOON + timedelta(hours=1), issued_at=NOON - timedelta(hours=3))
    assert older.state == "accepted"
    assert people_by_hour(centre) == {"09:00": 40}


def test_unlocking_lets_all_that_waits_count_as_if_it_had_never_waited(centre: Engine, var: Path, tmp_path: Path):
    send(centre, var, hour_csv("09:00", 40))
    close(centre)
    held = send(centre, var, hour_csv("09:00", 55), NOON + timedelta(hours=1))
    opened = NOON + timedelta(hours=2)
    with pytest.raises(ClosingError, match="not_allowed"):
        unlock_period(centre, "tumbes", LAST_OF_OCTOBER, LEAD, opened, REAL, "falta un turno")
    with pytest.raises(ClosingError, match="no_reason"):
        unlock_period(centre, "tumbes", LAST_OF_OCTOBER, COORDINATOR, opened, REAL, " ")
    let = unlock_period(centre, "tumbes", LAST_OF_OCTOBER, COORDINATOR, opened, REAL, "falta un turno")
    assert let == (held.report,)
    assert people_by_hour(centre) == {"09:00": 55}
    assert people_of_day(centre) == 55
    assert people_by_hour(centre, opened - timedelta(seconds=1)) == {"09:00": 40}, "as it was known then"
    assert people_by_hour(centre, opened) == {"09:00": 55}
    assert states(centre)[held.report] == "accepted"
    assert states(centre, opened - timedelta(seconds=1))[held.report] == "held"
    before = contents(centre)
    send(centre, var, hour_csv("09:00", 55), NOON + timedelta(hours=3))
    assert contents(centre) == before


def test_one_delivery_can_be_let_through_while_the_day_stays_closed(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40))
    close(centre)
    one = send(centre, var, hour_csv("09:00", 55), NOON + timedelta(hours=1))
    other = send(centre, var, hour_csv("10:00", 9), NOON + timedelta(hours=2))
    release_report(centre, one.report, COORDINATOR, NOON + timedelta(hours=3), REAL, "visto el cuaderno")
    assert people_by_hour(centre) == {"09:00": 55}
    assert states(centre)[other.report] == "held"
    with reading(centre) as conn:
        assert [a.who for a in approvals(conn, "tumbes", LAST_OF_OCTOBER)] == ["lucia"]
    with pytest.raises(ClosingError, match="not_held"):
        release_report(centre, one.report, COORDINATOR, NOON + timedelta(hours=4), REAL, "otra vez")


def test_undoing_what_a_closed_day_is_made_of_needs_an_unlock_first(centre: Engine, var: Path):
    base = send(centre, var, hour_csv("09:00", 40))
    close(centre)
    with pytest.raises(PeriodClosed, match="lucia"):
        undo(centre, base.report, NOON + timedelta(hours=1), "ana")
    waiting = send(centre, var, hour_csv("09:00", 55), NOON + timedelta(hours=1))
    assert undo(centre, waiting.report, NOON + timedelta(hours=2), "ana").state == "undone"
    assert people_by_hour(centre) == {"09:00": 40}
    unlock_period(centre, "tumbes", LAST_OF_OCTOBER, COORDINATOR, NOON + timedelta(hours=3), REAL, "doble envío")
    assert people_by_hour(centre) == {"09:00": 40}, "what was undone while it waited never counts"
    undo(centre, base.report, NOON + timedelta(hours=4), "ana")
    assert people_by_hour(centre) == {}


def test_only_who_may_closes_and_only_what_is_over_once(centre: Engine):
    with pytest.raises(ClosingError, match="not_allowed"):
        close(centre, who=Who("paula", Role.PARTNER))
    with pytest.raises(ClosingError, match="not_over"):
        close(centre, now=LAST_OF_OCTOBER.end - timedelta(seconds=1))
    close(centre)
    with pytest.raises(ClosingError, match="already_closed"):
        close(centre, who=COORDINATOR)
    with reading(centre) as conn:
        assert approvals(conn, "tumbes", LAST_OF_OCTOBER, NOON - timedelta(seconds=1)) == ()
        assert [a.kind for a in approvals(conn, "tumbes", LAST_OF_OCTOBER, NOON)] == ["day"]


def test_a_closed_shift_leaves_the_rest_of_the_day_open(centre: Engine, var: Path):
    with reading(centre) as conn:
        window, kind = period_ask("2018-10-31T06:00/14:00", site(conn, "tumbes"))
    assert kind == "shift"
    send(centre, var, hour_csv("09:00", 40))
    close(centre, window)
    assert send(centre, var, hour_csv("13:00", 7), NOON + timedelta(hours=1)).state == "held"
    assert send(centre, var, hour_csv("14:00", 8), NOON + timedelta(hours=2)).state == "accepted"
    assert people_by_hour(centre) == {"09:00": 40, "14:00": 8}


def test_every_decision_is_in_the_audit(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40))
    close(centre)
    held = send(centre, var, hour_csv("09:00", 55), NOON + timedelta(hours=1), sent_by="partner-token")
    unlock_period(centre, "tumbes", LAST_OF_OCTOBER, COORDINATOR, NOON + timedelta(hours=2), REAL, "falta un turno")
    with reading(centre) as conn:
        rows = conn.execute(select(audit.c.who, audit.c.action, audit.c.facts).order_by(audit.c.audit_id)).all()
    assert [(row.who, row.action) for row in rows] == [
        ("lucia", "close"),
        ("partner-token", "held"),
        ("maria", "unlock"),
    ]
    assert rows[2].facts == {"role": "coordination", "reason": "falta un turno", "reports": [held.report]}


def test_a_night_shift_that_begins_in_a_closed_day_waits_and_a_week_does_not(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40))
    close(centre)
    night = flow_csv(("2018-10-31T19:00", "2018-11-01T07:00", 50), columns=("start", "end", "people"))
    held = send(centre, var, night, NOON + timedelta(hours=1))
    assert held.state == "held"
    assert people_of_day(centre) == 40
    week = flow_csv(("2018-10-31T00:00", "2018-11-07T00:00", 900), columns=("start", "end", "people"))
    assert send(centre, var, week, NOON + timedelta(days=8)).state == "accepted"
    unlock_period(centre, "tumbes", LAST_OF_OCTOBER, COORDINATOR, NOON + timedelta(days=9), REAL, "falta un turno")
    with reading(centre) as conn:
        waits = conn.execute(select(func.count()).select_from(hold).where(hold.c.released_at.is_(None))).scalar_one()
    assert waits == 0


@pytest.mark.parametrize(
    ("text", "start", "hours"),
    [("2018-10-31", 5, 24), ("2018-10-31T06:00/14:00", 11, 8), ("2018-10-31T22:00/06:00", 27, 8)],
)
def test_a_period_is_a_day_or_a_shift_in_local_time(engine: Engine, text: str, start: int, hours: int):
    open_centre(engine)
    with reading(engine) as conn:
        window, _ = period_ask(text, site(conn, "tumbes"))
    begins = datetime(2018, 10, 31, tzinfo=UTC) + timedelta(hours=start)
    assert window == Window(begins, begins + timedelta(hours=hours))


@pytest.mark.parametrize("text", ["", "ayer", "2018-10-31T06:00", "2018-10-31T06:00/2018-10-31T05:00", "/"])
def test_what_is_no_period_is_said(engine: Engine, text: str):
    open_centre(engine)
    with reading(engine) as conn, pytest.raises(WrongAsk):
        period_ask(text, site(conn, "tumbes"))
