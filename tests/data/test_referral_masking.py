"""Whatever is told of referrals, by all tables, totals and weeks together, no small count follows from it.

What one may know is written down as equations: every number that is shown, that the rows of a table add up to its
total, and that referred is accepted and pending. A reserved number is safe where it is no combination of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import fields
from datetime import timedelta
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from data.analytics.referrals import periods, summed
from data.disclosed_referrals import TOTAL, Mark, reserved_in, shown_to
from data.disclosure import INSIDE, are_safe, hidden_rows, is_small
from data.referral_shapes import REFERRALS_BY, Cell, Period, ShownPeriod, Sum, Tally
from data.sites import load_site
from data.types import Window
from data.vocabulary import Audience
from tests.data.centre import SITE
from tests.data.referred import MONDAY, Line, frame_of

PLACE = load_site(SITE + "\n").site
AFTER = MONDAY + timedelta(days=60)
QUANTITIES = [one.name for one in fields(Tally) if one.name not in ("lines", "odd")]
# Where no report contradicts itself, these hold of every row.
SUMS = (
    ("accepted_of", ("accepted", "pending")),
    ("closed_of", ("closed", "unclosed")),
    ("overdue_of", ("overdue", "in_time")),
)
# As `Tally.parts`, and which quantities each is made of.
PARTS: tuple[Mapping[str, int], ...] = (
    {"accepted": 1},
    {"referred": 1, "accepted_of": -1},
    {"closed": 1},
    {"referred": 1, "closed_of": -1},
    {"overdue": 1},
    {"referred": 1, "overdue_of": -1},
    {"pending": 1},
    {"open": 1},
    {"open_of": 1},
    {"accepted_of": 1, "open_of": -1},
    {"closed_of": 1, "open_of": -1},
    {"unclosed": 1},
    {"in_time": 1},
    {"in_limit": 1},
    {"derived": 1},
    {"overdue": 1, "derived": -1},
)

lines_drawn = st.lists(
    st.builds(
        lambda need, to, referred, accepted, closed, overdue, **more: Line(
            need,
            to,
            referred,
            None if accepted is None else round(referred * accepted),
            None if accepted is None or closed is None else round(referred * accepted * closed),
            None if overdue is None else round(referred * overdue),
            **more,
        ),
        st.sampled_from(("CR", "SC", "SM", "LP", "DS")),
        st.sampled_from(("UPE", "DIRESA", "CEPR")),
        st.one_of(st.integers(0, 8), st.integers(0, 80)),
        st.none() | st.sampled_from((0.0, 0.5, 0.8, 1.0)),
        st.none() | st.sampled_from((0.0, 0.6, 1.0)),
        st.none() | st.sampled_from((0.0, 0.1, 0.3)),
        priority=st.sampled_from(("alta", "media", "baja")),
        pathway=st.sampled_from(("A", "B", "C")),
        day=st.sampled_from((0, 3, 8)),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda one: (one.need, one.institution, one.priority, one.pathway, one.day),
)


def shown_and_reserved(lines: list[Line]) -> Iterator[tuple[Period, ShownPeriod, Set[Mark]]]:
    found = periods(frame_of(lines), PLACE, AFTER)
    marks = reserved_in(found, Audience.OPEN)
    for period, shown in zip(found, shown_to(found, Audience.OPEN), strict=True):
        yield period, shown, marks[period.span]


class Known:
    """What one knows of a period who sees every table, whole, and knows which cells there are."""

    def __init__(self, period: Period, gone: Set[Mark]) -> None:
        self.place = {(cell, q): n for n, (cell, q) in enumerate(product(period.cells, QUANTITIES))}
        found: list[Mapping[tuple[Cell, str], int]] = []
        for cell, row in period.cells.items():
            found += [{(cell, "referred"): 1}] if (cell, False) not in gone else []
            found += [{(cell, q): 1} for q in QUANTITIES] if (cell, True) not in gone else []
            if not row.odd:
                found += [{(cell, whole): 1, **{(cell, q): -1 for q in parts}} for whole, parts in SUMS]
        told = ["referred"] if (TOTAL, False) not in gone else []
        told += QUANTITIES if (TOTAL, True) not in gone else []
        found += [{(cell, q): 1 for cell in period.cells} for q in told]
        equations = np.zeros((max(1, len(found)), len(self.place)))
        for number, equation in enumerate(found):
            for key, factor in equation.items():
                equations[number, self.place[key]] = factor
        _, sizes, directions = np.linalg.svd(equations, full_matrices=False)
        self.basis = directions[sizes > 1e-9]

    def follows(self, cell: Cell, of: Mapping[str, int]) -> bool:
        wish = np.zeros(len(self.place))
        for quantity, factor in of.items():
            wish[self.place[cell, quantity]] = factor
        return float(np.linalg.norm(wish - self.basis.T @ (self.basis @ wish))) < 1e-6


@settings(max_examples=60)
@given(lines_drawn)
def test_no_small_count_and_no_count_of_unaccompanied_children_follows_from_what_is_told(lines: list[Line]):
    for period, _, gone in shown_and_reserved(lines):
        known = Known(period, gone)
        for cell, row in period.cells.items():
            if is_small(row.referred) or (cell in period.for_protection and row.referred):
                assert not known.follows(cell, {"referred": 1}), cell
            for part, of in zip(row.parts, PARTS, strict=True):
                assert not is_small(part) or not known.follows(cell, of), (cell, of, part)


@settings(max_examples=60)
@given(lines_drawn)
def test_every_number_of_every_table_is_a_sum_of_what_cells_show(lines: list[Line]):
    """So that the equations above are all there is to know."""
    for period, shown, gone in shown_and_reserved(lines):
        for by in REFERRALS_BY:
            for name, row in shown.tables[by].items():
                mine = {cell: told for cell, told in period.cells.items() if getattr(cell, by) == name}
                assert row.referred == sum(told.referred for cell, told in mine.items() if (cell, False) not in gone)
                assert row.states == sum((told for cell, told in mine.items() if (cell, True) not in gone), Tally())
                assert row.reserved == sum((cell, False) in gone for cell in mine)
        assert shown.total.referred == period.total.referred or (TOTAL, False) in gone
        assert shown.total.states == period.total or (TOTAL, True) in gone
        assert (TOTAL, False) not in gone or (TOTAL, True) in gone


@given(lines_drawn)
def test_withheld_needs_show_no_small_count(lines: list[Line]):
    secret = [line._replace(need="SV" if line.need == "SC" else "TR") for line in lines]
    for period, shown, _ in shown_and_reserved(list({line[:1] + line[6:9]: line for line in secret}.values())):
        assert not period.cells
        for need, row in shown.withheld.items():
            assert not is_small(row.referred)
            assert not any(map(is_small, row.states.parts))
            assert row.referred in (0, period.withheld[need].referred)


def test_the_tests_above_can_see_what_follows():
    """A cell that is hidden alone beside a total follows from it."""
    [period] = periods(frame_of([Line("CR", "UPE", 3, 1), Line("SM", "DIRESA", 60, 30)]), PLACE, AFTER)
    [gone] = reserved_in([period], Audience.OPEN).values()
    [few] = [cell for cell in period.cells if cell.need == "CR"]
    assert not Known(period, gone).follows(few, {"referred": 1})
    assert Known(period, gone - {(TOTAL, False)}).follows(few, {"referred": 1})
    [shown] = shown_to([period], Audience.OPEN)
    assert (shown.total.referred, shown.total.reserved) == (60, 1)


def test_a_total_is_exact_where_it_gives_nothing_away():
    lines = [Line(need, "UPE", 4, 2, 2, 0) for need in ("CR", "SM", "LP")]
    [shown] = shown_to(periods(frame_of(lines), PLACE, AFTER), Audience.OPEN)
    assert (shown.total.referred, shown.total.reserved) == (12, 0)
    assert all(row.hidden for row in shown.tables["need"].values())
    [running] = shown_to(periods(frame_of(lines), PLACE, MONDAY + timedelta(days=2)), Audience.OPEN)
    assert running.total.hidden
    [with_children] = shown_to(periods(frame_of([*lines, Line("SC", "UPE", 40)]), PLACE, AFTER), Audience.OPEN)
    assert with_children.total.hidden


def test_the_parts_of_a_tally_are_those_that_are_tried():
    values = {name: float(3**place) for place, name in enumerate(QUANTITIES)}
    row = Tally(**values)
    assert row.parts == tuple(sum(values[q] * factor for q, factor in of.items()) for of in PARTS)


@given(lines_drawn)
def test_ranges_say_no_more_than_their_weeks(lines: list[Line]):
    """A longer range is the sum of what each of its weeks shows, so that no difference shows another number."""
    found = shown_to(periods(frame_of(lines), PLACE, AFTER), Audience.OPEN)
    told = summed(found, Window(MONDAY, MONDAY + timedelta(days=14)), (), PLACE, AFTER)
    by_week = [summed([one], one.span, (), PLACE, AFTER) for one in found]
    assert told.total == sum((one.total for one in by_week), Sum())
    for by in REFERRALS_BY:
        for name, row in told.tables[by].items():
            assert row == sum((one.tables[by][name] for one in by_week if name in one.tables[by]), Sum())


@given(lines_drawn, lines_drawn)
def test_what_is_reserved_now_is_reserved_as_of_every_moment(now: list[Line], then: list[Line]):
    marks = reserved_in(periods(frame_of(now), PLACE, AFTER), Audience.OPEN)
    earlier = periods(frame_of(then), PLACE, AFTER)
    for period, shown in zip(earlier, shown_to(earlier, Audience.OPEN, also=marks), strict=True):
        gone = marks.get(period.span, frozenset())
        for by in REFERRALS_BY:
            for name, row in shown.tables[by].items():
                mine = {cell: told for cell, told in period.cells.items() if getattr(cell, by) == name}
                assert row.referred <= sum(told.referred for cell, told in mine.items() if (cell, False) not in gone)
                assert row.reserved >= sum((cell, False) in gone for cell in mine)
                assert row.reserved_states >= sum((cell, True) in gone for cell in mine)
        if (TOTAL, False) in gone:
            assert shown.total.referred == sum(row.referred for row in shown.tables["need"].values())


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.tuples(*3 * [st.integers(0, 40)]), max_size=6),
    st.sets(st.sampled_from("abcdef"), max_size=2),
)
def test_rows_are_hidden_whole_until_no_column_gives_one_away(rows, already):
    hidden = hidden_rows(rows, INSIDE, already)
    assert all(name in hidden for name, parts in rows.items() if any(map(is_small, parts)))
    assert already & set(rows) <= hidden
    if hidden and hidden != set(rows):
        for column in zip(*(rows[name] for name in hidden), strict=True):
            people = [part for part in column if part]
            assert not people or are_safe(people)
