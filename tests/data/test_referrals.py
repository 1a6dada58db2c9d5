"""Referrals: whole weeks, no report is not zero, reports that contradict themselves, as known at a moment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from data.analytics.referrals import periods
from data.disclosed_referrals import shown_to
from data.referral_lines import referrals
from data.referral_shapes import REFERRALS_BY, Referrals, Tally
from data.referral_words import LIMITS, limits_source, need_of, priority_of, withheld_need
from data.sites import load_site
from data.store import reading
from data.types import Window
from data.vocabulary import Audience, Dataset, Need, Priority
from tests.data.centre import SITE, open_centre, send
from tests.data.referred import MONDAY, Line, csv_of, frame_of

PLACE = load_site(SITE + "\n").site
DAY = timedelta(days=1)
AFTER = MONDAY + 60 * DAY
WEEKS = Window(MONDAY, MONDAY + 14 * DAY)
ALL = Audience.PROTECTION


def told(*lines: Line, now=AFTER) -> tuple:
    return periods(frame_of(list(lines)), PLACE, now)


def total(*lines: Line) -> Tally:
    [one] = told(*lines)
    return one.total


def read(engine: Engine, audience: Audience = ALL, now=AFTER, as_of=None, window: Window = WEEKS) -> Referrals:
    with reading(engine) as conn:
        return referrals(conn, PLACE, window, audience, now, as_of)


def sent(engine: Engine, var: Path, *lines: Line, source: str = "unicef", now=AFTER - DAY) -> None:
    receipt = send(engine, var, csv_of(list(lines)), now, dataset=Dataset.REFERRAL, source=source)
    assert receipt.rejected == 0, receipt.issues


def test_reports_of_days_are_told_by_the_week_in_which_they_begin(any_engine: Engine, var: Path):
    open_centre(any_engine)
    sent(
        any_engine,
        var,
        Line("CR", "UPE", 10, 8, 5, 0),
        Line("CR", "UPE", 12, 10, 6, 1, day=6),
        Line("SM", "DIRESA", 30, 30, 20, 0, day=7),
    )
    found = read(any_engine)
    assert [one.total.referred for one in found.periods] == [22, 30]
    assert (found.total.referred, found.total.states.accepted, found.total.states.closed) == (52, 48, 31)
    assert {name: row.referred for name, row in found.tables["institution"].items()} == {"UPE": 22, "DIRESA": 30}
    assert found.before is None
    later = read(any_engine, window=Window(MONDAY + 7 * DAY, MONDAY + 14 * DAY))
    assert (later.total.referred, later.before and later.before.referred) == (30, 22)


def test_a_week_without_a_report_is_silent_and_a_week_with_a_zero_is_not(any_engine: Engine, var: Path):
    open_centre(any_engine)
    sent(any_engine, var, Line("CR", "UPE", 0, 0, 0, 0))
    found = read(any_engine)
    assert [one.start for one in found.silent] == [MONDAY + 7 * DAY]
    assert (found.reported, found.total.referred, found.total.cells) == (True, 0, 1)
    nothing = read(any_engine, window=Window(MONDAY + 14 * DAY, MONDAY + 28 * DAY))
    assert not nothing.reported
    assert nothing.before is not None


def test_what_was_known_at_a_moment_is_told_as_it_was(any_engine: Engine, var: Path):
    open_centre(any_engine)
    sent(any_engine, var, Line("CR", "UPE", 40, 10, issued_day=2), now=MONDAY + 3 * DAY)
    sent(any_engine, var, Line("CR", "UPE", 40, 36, 20, issued_day=9), now=MONDAY + 10 * DAY)
    assert read(any_engine).total.states.accepted == 36
    assert read(any_engine, as_of=MONDAY + 5 * DAY, now=MONDAY + 5 * DAY).total.states.accepted == 10


def test_two_sources_of_one_route_are_not_added():
    one = Line("CR", "UPE", 20, 10)
    [week] = told(one, one._replace(source="upe", referred=23), one._replace(need="SM", source="upe", referred=7))
    assert week.total.referred == 30
    assert week.twice == 1


def test_a_month_counts_by_its_own_period_where_no_weeks_fill_it():
    month = Line("CR", "UPE", 90, days=31)
    found = told(month, Line("SM", "UPE", 9, day=3))
    assert [(one.span.end - one.span.start).days for one in found] == [7, 31]
    filled = told(month, *(Line("CR", "UPE", 5, day=day) for day in range(31)))
    assert sum(one.total.referred for one in filled) == 155
    partly = told(month, *(Line("CR", "UPE", 5, day=day) for day in range(4)))
    assert [one.total.referred for one in partly] == [90]


def test_overdue_follows_from_the_limit_where_nobody_reports_it():
    late = total(Line("CR", "UPE", 10, 7, issued_day=3))
    assert (late.overdue, late.overdue_of, late.derived) == (3, 10, 3)
    early = total(Line("CR", "UPE", 10, 7, issued_day=1.5))
    assert (early.overdue, early.overdue_of) == (0, 0)
    assert total(Line("CR", "UPE", 10, 7, priority="baja", issued_day=10)).overdue_of == 0
    assert total(Line("CR", "UPE", 10, 7, priority="cuando se pueda")).overdue_of == 0
    said = total(Line("CR", "UPE", 10, 7, overdue=1))
    assert (said.overdue, said.derived) == (1, 0)


def test_what_a_report_does_not_say_is_no_zero():
    both = total(Line("CR", "UPE", 10, None, None), Line("CR", "UPE", 20, 15, 5, day=1))
    assert (both.referred, both.accepted, both.accepted_of, both.closed_of) == (30, 15, 20, 20)


@pytest.mark.parametrize(
    "line",
    [
        Line("CR", "UPE", 10, 12),
        Line("CR", "UPE", 10, 5, 8),
        Line("CR", "UPE", 10, None, 11),
        Line("CR", "UPE", 3, overdue=4),
    ],
)
def test_a_report_that_contradicts_itself_is_shown_as_it_came_and_marked(line: Line):
    found = total(line)
    assert found.odd == 1
    assert (found.referred, found.accepted, found.closed) == (line.referred, line.accepted or 0, line.closed or 0)


def test_withheld_needs_are_in_no_sum_and_wait_for_the_end_of_their_week(any_engine: Engine, var: Path):
    open_centre(any_engine)
    sent(any_engine, var, Line("SV", "CEM", 30, 20, 10, 0), Line("CR", "UPE", 40, 30, 20, 0))
    sent(any_engine, var, Line("CR", "Fiscalía contra la trata", 9, pathway="Otra"), source="acnur")
    for audience in Audience:
        running = read(any_engine, audience, now=MONDAY + 5 * DAY)
        over = read(any_engine, audience)
        assert (running.total.referred, running.withheld) == (40, {})
        assert {name: row.referred for name, row in over.withheld.items()} == {"SV": 30, "trafficking": 9}
        assert {name for by in REFERRALS_BY for name in over.tables[by]} == {"CR", "UPE", "Ruta", "high"}


def test_unaccompanied_children_are_counted_for_protection_only():
    lines = [Line("SC", "UPE", 40, 40, 40, 0), Line("SM", "DIRESA", 60, 50, 40, 0), Line("CR", "UPE", 50, 40, 30, 0)]
    [all_of] = shown_to(told(*lines), Audience.PROTECTION)
    [open_of] = shown_to(told(*lines), Audience.OPEN)
    assert all_of.tables["need"]["SC"].referred == 40
    need, institution = open_of.tables["need"], open_of.tables["institution"]
    assert (need["SC"].hidden, need["SC"].some, need["CR"].some) == (True, True, False)
    assert (institution["UPE"].referred, institution["UPE"].reserved) == (50, 1)
    assert (open_of.total.referred, open_of.total.reserved) == (110, 1)
    [alone] = shown_to(told(lines[0]), Audience.OPEN)
    assert alone.total.hidden
    assert all(row.hidden for rows in alone.tables.values() for row in rows.values())


def test_the_limits_are_those_of_the_published_standard():
    assert limits_source().emergency == "24 h; 72 h; 2 sem."
    hours = [LIMITS[priority] / timedelta(hours=1) for priority in Priority]
    assert hours == [24, 72, 14 * 24]


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("SC", Need.UNACCOMPANIED_CHILD),
        ("sc", Need.UNACCOMPANIED_CHILD),
        ("SV-GM", Need.VIOLENCE),
        ("DS (discapacidad)", Need.DISABILITY),
        ("NNA no acompañados", Need.UNACCOMPANIED_CHILD),
        ("tutela", Need.UNACCOMPANIED_CHILD),
        ("niñas y niños en riesgo", Need.CHILD_AT_RISK),
        ("Violencia basada en género", Need.VIOLENCE),
        ("GBV survivor", Need.VIOLENCE),
        ("Tortura", Need.TORTURE),
        ("víctima de trata", Need.TRAFFICKING),
        ("tratamiento médico", Need.MEDICAL),
        ("Gestante", Need.PREGNANT),
        ("adulta mayor", Need.OLDER_PERSON),
        ("mujer separada en riesgo", Need.WOMAN_AT_RISK),
        ("unlisted", Need.UNLISTED),
        ("otra cosa", Need.UNLISTED),
        ("", Need.UNLISTED),
    ],
)
def test_partners_words_are_read_as_codes(text: str, need: Need):
    assert need_of(text) is need


def test_a_withheld_need_is_found_wherever_it_stands():
    assert withheld_need("CR, víctima de trata") is Need.TRAFFICKING
    assert withheld_need("CR", "Ruta VBG", "CEM") is Need.VIOLENCE
    assert withheld_need("SM", "Salud", "DIRESA") is None


@pytest.mark.parametrize(
    ("text", "priority"),
    [("Alta", Priority.HIGH), ("prioridad media", Priority.MEDIUM), ("LOW", Priority.LOW), ("luego", None)],
)
def test_priorities_are_read_in_both_languages(text: str, priority: Priority | None):
    assert priority_of(text) is priority


lines_drawn = st.lists(
    st.builds(
        lambda *said: Line(*said),  # noqa: PLW0108 - defaults are not drawn
        st.sampled_from(("CR", "SM", "LP")),
        st.sampled_from(("UPE", "DIRESA")),
        st.integers(0, 60),
        st.none() | st.integers(0, 70),
        st.none() | st.integers(0, 70),
        st.none() | st.integers(0, 70),
        st.sampled_from(("alta", "media", "baja", "?")),
        st.sampled_from(("A", "B")),
        st.integers(0, 20),
    ),
    max_size=10,
    unique_by=lambda one: (one.need, one.institution, one.priority, one.pathway, one.day),
)


@given(lines_drawn)
def test_parts_of_every_table_sum_to_the_total_and_contradictions_are_marked(lines: list[Line]):
    found = told(*lines)
    assert sum(one.total.referred for one in found) == sum(line.referred for line in lines)
    assert sum(one.total.accepted for one in found) == sum(line.accepted or 0 for line in lines)
    for one in found:
        [whole_of] = shown_to([one], ALL)
        for by in REFERRALS_BY:
            assert sum((row.states for row in whole_of.tables[by].values()), Tally()) == one.total
            assert sum(row.referred for row in whole_of.tables[by].values()) == whole_of.total.referred
        whole = one.total
        if not whole.odd:
            assert whole.accepted <= whole.accepted_of <= whole.referred
            assert whole.closed <= whole.closed_of <= whole.referred
            assert whole.overdue <= whole.overdue_of <= whole.referred
            assert whole.accepted + whole.pending == whole.accepted_of
            assert whole.closed + whole.unclosed == whole.closed_of
        assert min(whole.parts) >= 0 or whole.odd
    odd = sum(
        (line.accepted is not None and line.accepted > line.referred)
        or (line.closed is not None and line.closed > line.referred)
        or (line.closed is not None and line.accepted is not None and line.closed > line.accepted)
        or (line.overdue is not None and line.overdue > line.referred)
        for line in lines
    )
    assert sum(one.total.odd for one in found) == odd
