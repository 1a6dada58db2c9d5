"""What a figure had said, who changed it and why; what came late; what is still filling."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from callbacks import reads
from callbacks.asked import series_ask
from callbacks.corrected import revisions
from callbacks.series import series
from data.analytics.lateness import Lateness
from data.analytics.reporting import Due
from data.closing import Who, close_period, release_report
from data.ingest import undo
from data.queries.corrected import flow_revisions, revisions_by
from data.sites import site
from data.store import reading
from data.types import ClockReading, Revision, Scope, Window
from data.vocabulary import Audience, Language, Rhythm, Role
from tests.data.centre import LAST_OF_OCTOBER, NOON, flow_csv, hour_csv, open_centre, send

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def centre(any_engine: Engine) -> Engine:
    open_centre(any_engine)
    return any_engine


def told(
    engine: Engine, audience: Audience = Audience.PROTECTION, as_of: datetime | None = None, **asked: str
) -> list[Revision]:
    with reading(engine) as conn:
        return flow_revisions(conn, "tumbes", LAST_OF_OCTOBER, audience, as_of, **asked)


def short(found: list[Revision]) -> list[tuple[str, float | None, float | None]]:
    return [(one.kind, one.old, one.new) for one in found]


def test_a_correction_says_from_what_to_what_when_by_whom_and_why(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40))
    second = send(
        centre, var, hour_csv("09:00", 55), NOON + HOUR, sent_by="jefa-turno", reason="faltaba una hoja", issued_at=NOON
    )
    [one] = told(centre)
    assert (one.old, one.new, one.at, one.report_id) == (40, 55, NOON + HOUR, second.report)
    assert (one.who, one.reason, one.issued_at) == ("jefa-turno", "faltaba una hoja", NOON)
    assert (one.start, one.end - one.start) == (LAST_OF_OCTOBER.start + 9 * HOUR, HOUR)


def test_a_row_may_say_itself_why_it_corrects(centre: Engine, var: Path):
    send(centre, var, flow_csv(("2018-10-31T09:00", 60, 40), ("2018-10-31T10:00", 60, 50)))
    rows = (("2018-10-31T09:00", 60, 41, "mal sumado"), ("2018-10-31T10:00", 60, 51, ""))
    corrected = flow_csv(*rows, columns=("start", "minutes", "people", "reason"))
    send(centre, var, corrected, NOON + HOUR, reason="cierre del mes")
    assert {one.old: one.reason for one in told(centre)} == {40: "mal sumado", 50: "cierre del mes"}


def test_the_whole_life_of_a_figure_is_told_newest_first(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40))
    second = send(centre, var, hour_csv("09:00", 55), NOON + HOUR)
    send(centre, var, hour_csv("09:00", 55), NOON + 2 * HOUR, idempotency_key="otra vez")
    undo(centre, second.report, NOON + 3 * HOUR, "ana")
    only = send(centre, var, hour_csv("10:00", 7), NOON + 4 * HOUR)
    undo(centre, only.report, NOON + 5 * HOUR, "ana")
    found = told(centre)
    assert short(found) == [("undo", 7, None), ("undo", 55, 40), ("correction", 40, 55)]
    assert [one.who for one in found] == ["ana", "ana", None]
    assert short(told(centre, as_of=NOON + 2 * HOUR)) == [("correction", 40, 55)]
    assert told(centre, as_of=NOON) == []


def test_an_older_report_that_arrives_later_changes_nothing(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40), issued_at=NOON)
    send(centre, var, hour_csv("09:00", 30), NOON + HOUR, issued_at=NOON - HOUR)
    assert told(centre) == []


def test_what_waits_in_a_closed_day_is_no_revision_until_it_is_let_through(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40))
    maria = Who("maria", Role.COORDINATION)
    close_period(centre, "tumbes", LAST_OF_OCTOBER, "day", maria, NOON, NOON)
    late = send(centre, var, hour_csv("09:00", 55), NOON + HOUR)
    assert told(centre) == []
    release_report(centre, late.report, maria, NOON + 2 * HOUR, NOON, "visto el cuaderno")
    [one] = told(centre)
    assert (one.kind, one.at, one.who, one.reason) == ("release", NOON + 2 * HOUR, "maria", "visto el cuaderno")


def test_the_parts_of_a_figure_are_not_told_to_who_may_not_see_them(centre: Engine, var: Path):
    for now, people in ((NOON, 3), (NOON + HOUR, 4)):
        send(centre, var, hour_csv("09:00", people, sex="female"), now)
    assert short(told(centre)) == [("correction", 3, 4)]
    [masked] = told(centre, Audience.OPEN)
    assert (masked.masked, masked.old, masked.new) == (True, None, None)


def test_one_series_can_be_asked_for(centre: Engine, var: Path):
    for now, people in ((NOON, 40), (NOON + HOUR, 55)):
        send(centre, var, hour_csv("09:00", people), now)
        send(centre, var, hour_csv("09:00", people, measure="served"), now)
    assert len(told(centre)) == 2
    assert [one.measure for one in told(centre, measure="served")] == ["served"]
    assert told(centre, source="dtm") == []
    assert told(centre, stage="transport") == []


def test_each_delivery_lists_what_it_changed(centre: Engine, var: Path):
    first = send(centre, var, flow_csv(("2018-10-31T09:00", 60, 40), ("2018-10-31T10:00", 60, 50)))
    second = send(centre, var, flow_csv(("2018-10-31T09:00", 60, 41), ("2018-10-31T11:00", 60, 60)), NOON + HOUR)
    with reading(centre) as conn:
        found = revisions_by(conn, "tumbes", [first.report, second.report], Audience.OPEN)
    assert {report: short(changed) for report, changed in found.items()} == {second.report: [("correction", 40, 41)]}


def test_a_series_says_which_hours_were_corrected_and_which_came_late(centre: Engine, var: Path):
    at = LAST_OF_OCTOBER.start
    for hour, people, minutes in ((8, 30, 5), (9, 40, 5), (10, 50, 90), (11, 60, 5)):
        send(centre, var, hour_csv(f"{hour:02}:00", people), at + (hour + 1) * HOUR + minutes * MINUTE)
    send(centre, var, hour_csv("09:00", 45), at + 15 * HOUR)
    with reading(centre) as conn:
        place = site(conn, "tumbes")
        asked = {"measure": "arrivals", "step": "hour", "from": "2018-10-31T08:00", "to": "2018-10-31T12:00"}
        rows = series(conn, series_ask(asked, place, NOON), NOON)["rows"]
        before = series_ask({**asked, "as_of": "2018-10-31T14:00"}, place, NOON)
        then = series(conn, before, NOON)["rows"]
    assert [(row["value"], row.get("revised_from"), row.get("late", False)) for row in rows] == [
        (30, None, False),
        (45, 40, False),
        (50, None, True),
        (60, None, False),
    ]
    assert [row for row in then if "revised_from" in row] == []


def test_a_day_made_of_corrected_hours_says_what_it_was(centre: Engine, var: Path):
    send(centre, var, flow_csv(("2018-10-31T09:00", 60, 40), ("2018-10-31T10:00", 60, 50)))
    send(centre, var, hour_csv("09:00", 45), NOON + HOUR)
    with reading(centre) as conn:
        asked = {"measure": "arrivals", "from": "2018-10-31", "to": "2018-11-01"}
        [row] = series(conn, series_ask(asked, site(conn, "tumbes"), NOON), NOON + HOUR)["rows"]
    assert (row["value"], row.get("revised_from")) == (95, 90)


def test_nothing_was_expected_of_a_source_before_its_first_delivery():
    due = Due(Window(NOON - HOUR, NOON), NOON + 15 * MINUTE, Rhythm.HOURLY)
    start, late = NOON - HOUR, NOON + 9 * HOUR
    assert not Lateness([due], began=NOON + 9 * HOUR).late(start, late)
    assert Lateness([due], began=NOON - HOUR).late(start, late)
    assert not Lateness([due], began=NOON - HOUR).late(start, NOON + 15 * MINUTE)
    assert not Lateness([due], began=NOON - HOUR).late(NOON, late), "nothing was due of that hour"
    assert not Lateness([], began=NOON - HOUR).late(start, late)


def test_the_flow_page_marks_what_the_api_marks(centre: Engine, var: Path):
    now = LAST_OF_OCTOBER.start + 16 * HOUR
    send(centre, var, hour_csv("09:00", 40), now - 5 * HOUR)
    send(centre, var, hour_csv("10:00", 44), now - 4 * HOUR)
    send(centre, var, hour_csv("09:00", 45), now - 3 * HOUR)
    scope = Scope("tumbes", Language.ES, Audience.OPEN, "today")
    with reading(centre) as conn:
        model = reads.flow(conn, scope, ClockReading(now, 1.0, False))
    hours = model.hours.set_index(model.hours["hour"].dt.tz_convert("America/Lima").dt.hour)
    assert hours["people_was"].dropna().to_dict() == {9: 40}
    assert short(list(model.revisions)) == [("correction", 40, 45)]
    assert model.days["arrivals_was"].dropna().tolist() == [84]


def test_a_day_with_an_hour_still_filling_is_provisional(centre: Engine, var: Path):
    scope = Scope("tumbes", Language.ES, Audience.OPEN, "today")
    now = LAST_OF_OCTOBER.start + 10 * HOUR + 20 * MINUTE
    for row in (("2018-10-31T09:00", 60, 40), ("2018-10-31T10:00", 15, 9)):
        send(centre, var, flow_csv(row), now)
        with reading(centre) as conn:
            kpi = reads.situation(conn, scope, ClockReading(now, 1.0, False)).kpis["arrivals_today"]
        assert kpi.state == ("provisional" if row[1] == 15 else "ok")


def test_a_closed_day_says_who_vouches_for_it_and_is_provisional_no_more(centre: Engine, var: Path):
    send(centre, var, flow_csv(("2018-10-31T22:00", 60, 40), ("2018-10-31T23:00", 15, 9)))
    scope = Scope("tumbes", Language.ES, Audience.OPEN, "yesterday")

    def shown() -> tuple[str | None, str]:
        with reading(centre) as conn:
            kpi = reads.situation(conn, scope, ClockReading(NOON + HOUR, 1.0, False)).kpis["arrivals_today"]
        return kpi.approved, kpi.state

    before = shown()
    close_period(centre, "tumbes", LAST_OF_OCTOBER, "day", Who("lucia", Role.SECTOR_LEAD), NOON, NOON)
    assert before == (None, "provisional")
    assert shown() == ("lucia", "ok")
    with reading(centre) as conn:
        asked = {"measure": "arrivals", "from": "2018-10-31", "to": "2018-11-01"}
        [row] = series(conn, series_ask(asked, site(conn, "tumbes"), NOON), NOON + HOUR)["rows"]
    assert row.get("approved_by") == "lucia"


def test_a_day_that_is_over_is_compared_with_the_usual_by_its_people(centre: Engine, var: Path):
    start = LAST_OF_OCTOBER.start - timedelta(days=21)
    hours = [(start + HOUR * n).isoformat() for n in range(22 * 24)]
    people = [(hour, 60, 10 if n < 21 * 24 else 30) for n, hour in enumerate(hours)]
    send(centre, var, flow_csv(*people))
    scope = Scope("tumbes", Language.ES, Audience.OPEN, "yesterday")
    with reading(centre) as conn:
        kpi = reads.situation(conn, scope, ClockReading(NOON, 1.0, False)).kpis["arrivals_today"]
    assert (kpi.value, kpi.usual, kpi.hours) == (720, 240, 24)
    assert kpi.note is not None
    assert kpi.note.facts == {"ratio": 3.0}


def test_the_api_tells_revisions_in_local_time(centre: Engine, var: Path):
    send(centre, var, hour_csv("09:00", 40))
    send(centre, var, hour_csv("09:00", 55), NOON + HOUR, reason="faltaba una hoja")
    scope = Scope("tumbes", Language.ES, Audience.OPEN, "today")
    with reading(centre) as conn:
        [row] = revisions(conn, scope, site(conn, "tumbes"), LAST_OF_OCTOBER, {})["rows"]
    assert (row["from"], row["to"], row["reason"]) == (40, 55, "faltaba una hoja")
    assert (row["start"], row["at"]) == ("2018-10-31T09:00:00-05:00", "2018-11-01T13:00:00-05:00")
