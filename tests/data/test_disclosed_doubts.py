"""Possible duplicates, doubts and rejected rows say no count that the rows of who does what keep to themselves."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from callbacks import reads
from data.analytics.doings import doings
from data.analytics.overlaps import FIRST_COUNTS, SECOND_COUNTS, Overlap, Ruling, Step, left_out, overlaps
from data.days import days_of
from data.disclosed_doings import counts_of, shown_to
from data.disclosed_doubts import HISTORY, masked_deliveries, masked_duplicates, masked_flags, masked_issue, reserved_of
from data.disclosure import INSIDE
from data.store import reading
from data.types import ClockReading, Duplicate, Flag, Issue, Scope
from data.vocabulary import Audience, Language
from data.who_shapes import Doings
from tests.data.covered import DAY, HOUR, NOW, open_covered, send_service
from tests.data.test_who_masking import AFTER, FIRST, PLACE, WHOLE, Told, lines_of, told

DAYS = days_of(PLACE, WHOLE)


def pending(one: Overlap) -> Duplicate:
    words = (one.sector, one.service, one.place, one.first, one.second, one.facts)
    return Duplicate(PLACE.site, one.name(PLACE.site), one.pair(PLACE.site), one.day, *words, FIRST)


def larger(one: Overlap) -> Ruling:
    first, second = (one.facts[party]["people"] or 0 for party in ("first", "second"))
    verdict = SECOND_COUNTS if second > first else FIRST_COUNTS
    return Ruling(one.sector, one.service, one.place, one.first, one.second, (Step(one.day, False, verdict),))


def rows_and_pairs(reports: list[Told]) -> tuple[Doings, list[Overlap]]:
    won = lines_of(reports)
    found = overlaps(won, DAYS) if len(won) else []
    twice = left_out(won, [larger(one) for one in found], DAYS)
    return doings(won, twice, DAYS, PLACE, {}), found


# One place and few shifts: organisations meet.
meeting = st.lists(
    told.map(lambda one: one._replace(where="", shift=one.shift % 2, girls=None, women=None)),
    max_size=14,
    unique_by=lambda one: one[:5],
)


@settings(deadline=None, max_examples=60)
@given(meeting)
def test_what_a_duplicate_tells_is_the_sum_of_rows_that_are_shown_anyway(reports):
    rows, found = rows_and_pairs(reports)
    shown = shown_to(rows, Audience.OPEN, now=AFTER.timestamp())
    seen = masked_duplicates([pending(one) for one in found], Audience.OPEN, reserved_of(shown))
    counts, words = counts_of(shown.doings), shown.doings.words
    for one in seen:
        for party, facts in zip(
            (one.first, one.second), (one.facts.get("first"), one.facts.get("second")), strict=True
        ):
            if facts is None:
                continue
            mine = [
                k
                for k in range(len(shown.doings))
                if shown.doings.day[k] == one.day.timestamp()
                and words["organisation"][shown.doings.codes["organisation"][k]] == party[1]
                and words["service"][shown.doings.codes["service"][k]] == one.service
            ]
            assert not shown.hidden[mine].any()
            assert facts["people"] <= counts[mine].sum()
            assert not 0 < facts["people"] < INSIDE


@settings(deadline=None, max_examples=40)
@given(meeting)
def test_where_the_matrix_hides_a_row_of_a_day_no_duplicate_of_it_tells_a_count(reports):
    """Else the row that is shown there, taken from the service's total of the day, gives the hidden one."""
    rows, found = rows_and_pairs(reports)
    shown = shown_to(rows, Audience.OPEN, now=AFTER.timestamp())
    reserved = reserved_of(shown)
    for one in masked_duplicates([pending(one) for one in found], Audience.OPEN, reserved):
        if (one.day.timestamp(), one.sector, one.service) in reserved:
            assert not one.facts
    everything = masked_duplicates([pending(one) for one in found], Audience.PROTECTION, reserved)
    assert all(one.facts for one in everything)


def test_a_large_party_beside_a_hidden_small_one_is_hidden_too():
    few = [
        Told("ADRA", "", ("wash", "water"), 0, 0, 40, None, None),
        Told("COOPI", "", ("wash", "water"), 0, 0, 3, None, None),
    ]
    third = [Told("Cruz Roja", "", ("wash", "water"), 0, 1, 90, None, None)]
    rows, [pair] = rows_and_pairs([*few, *third])
    shown = shown_to(rows, Audience.OPEN, now=AFTER.timestamp())
    [told] = masked_duplicates([pending(pair)], Audience.OPEN, reserved_of(shown))
    assert told.facts == {}
    big = [one._replace(people=300) for one in few]
    rows, [pair] = rows_and_pairs(big)
    shown = shown_to(rows, Audience.OPEN, now=AFTER.timestamp())
    [told] = masked_duplicates([pending(pair)], Audience.OPEN, reserved_of(shown))
    assert told.facts["first"]["people"] == 300


def flag(code: str = "times_usual", day: int = 0, **facts: object) -> Flag:
    key = {"sector": "wash", "service": "water", "organisation": "ADRA", "unit": "", "amount": "people"}
    start = FIRST + timedelta(days=day)
    facts = facts or {"value": 90.0, "usual": 20.0, "ratio": 4.5}
    return Flag("tumbes", "x", code, "service", "adra", key, start, start + timedelta(days=1), facts, 1, start)


@pytest.mark.parametrize(
    ("one", "reserved_day", "hidden"),
    [
        (flag(), None, False),
        (flag(value=3.0), None, True),
        (flag(), 0, True),
        (flag(day=2), 0, True),  # what is usual tells of the hidden day
        (flag("parts_differ", 2, value=90.0, sum=80.0, dimension="sex"), 0, False),
        (flag("parts_differ", 0, value=90.0, sum=80.0, dimension="sex"), 0, True),
        (flag("parts_differ", 2, value=90.0, sum=80.0, dimension="sex + need"), None, True),
    ],
)
def test_a_doubt_tells_no_figure_of_a_day_in_which_something_is_hidden(
    one: Flag, reserved_day: int | None, hidden: bool
):
    day = None if reserved_day is None else (FIRST + timedelta(days=reserved_day)).timestamp()
    reserved = set() if day is None else {(day, "wash", "water")}
    [told] = masked_flags([one], PLACE, Audience.OPEN, reserved)
    assert (told.facts == {}) == hidden
    assert masked_flags([one], PLACE, Audience.PROTECTION, reserved)[0].facts
    far = {(FIRST.timestamp() - HISTORY.total_seconds() - 90_000, "wash", "water")}
    [told] = masked_flags([flag()], PLACE, Audience.OPEN, far)
    assert told.facts, "what lies further back than a usual reaches"


def test_a_rejected_row_says_where_it_was_and_not_how_many_it_counted():
    count = Issue(7, "people", "bad_count", {"value": "3"})
    spelled = Issue(8, "people", "bad_count", {"value": "tres"})
    word = Issue(9, "service", "unknown_value", {"value": "aguas"})
    whole = Issue(None, None, "no_rows", {})
    assert [masked_issue(one).code for one in (count, spelled, word, whole)] == [
        "reserved", "reserved", "unknown_value", "no_rows",
    ]  # fmt: skip
    assert masked_issue(count) == Issue(7, "people", "reserved")
    assert masked_deliveries((), Audience.OPEN) == ()


def test_the_pages_mask_duplicates_by_the_rows_of_the_matrix(engine: Engine, var: Path):
    """Agua told 40 and Oxfam 3 of the same hours; the third one is what a sum would be taken from."""
    open_covered(engine)
    six = DAY + 6 * HOUR
    for who, people in (("Agua", 40), ("Oxfam", 3)):
        told = [(six, six + HOUR, people * 10, "litros", people)]
        send_service(engine, var, "water", "wash", told, organisation=who)
    clock = ClockReading(NOW, 1.0, False)
    with reading(engine) as conn:
        for name in ("coverage", "reports"):
            shown = [
                reads.READS[name](conn, Scope("norte", Language.ES, audience, "today"), clock)
                for audience in (Audience.OPEN, Audience.PROTECTION)
            ]
            assert [bool(model.duplicates[0].facts) for model in shown] == [False, True], name
