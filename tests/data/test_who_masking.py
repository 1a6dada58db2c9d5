"""Whatever is asked of who does what, no two answers together give away a small count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data.analytics.doings import doings
from data.analytics.who_sums import LONGER, matrix
from data.days import days_of
from data.disclosed_doings import counts_of, shown_to
from data.disclosure import INSIDE
from data.service_grains import LINE_COLUMNS, service_winning
from data.sites import load_site
from data.types import Site, WhoAsk, Window
from data.vocabulary import Audience
from data.who_shapes import PARTS, Doings, Shown
from tests.data.centre import SITE

PLACE: Site = load_site(SITE + "\n").site
FIRST = datetime(2018, 10, 29, 5, tzinfo=UTC)  # midnight at Tumbes
DAYS = 3
WHOLE = Window(FIRST, FIRST + timedelta(days=DAYS))
AFTER = WHOLE.end + timedelta(days=5)
ORGANISATIONS, PLACES = ("ADRA", "COOPI", "Cruz Roja"), ("", "Patio norte")
SERVICES = (("wash", "water"), ("food", "meals"), ("gbv", "gbv-response"))


class Told(NamedTuple):
    """One report: who, where, what, on which day, in which shift, how many, and how many of them girls and women."""

    who: str
    where: str
    what: tuple[str, str]
    day: int
    shift: int
    people: int
    girls: int | None
    women: int | None


told = st.builds(
    Told,
    st.sampled_from(ORGANISATIONS),
    st.sampled_from(PLACES),
    st.sampled_from(SERVICES),
    st.integers(0, DAYS - 1),
    st.integers(0, 2),
    st.one_of(st.integers(0, 8), st.integers(0, 300)),
    st.one_of(st.none(), st.integers(0, 6)),
    st.one_of(st.none(), st.integers(0, 60)),
)
reports = st.lists(told, max_size=14, unique_by=lambda one: one[:5])


def rows_of(reports: list[Told]) -> Doings:
    won = lines_of(reports)
    return doings(won, np.zeros(len(won), dtype=bool), days_of(PLACE, WHOLE), PLACE, {})


def lines_of(reports: list[Told]) -> pd.DataFrame:
    lines = []
    for number, one in enumerate(reports):
        start = pd.Timestamp(FIRST) + pd.Timedelta(days=one.day, hours=8 * one.shift)
        base = {
            **{"source": one.who, "organisation": one.who, "sector": one.what[0], "service": one.what[1]},
            **{"activity": "", "place": one.where, "unit": "", "shift": "", "start": start},
            **{"end": start + pd.Timedelta(hours=8), "need": "", "quantity": np.nan, "capacity": np.nan},
            **{"issued_at": start, "received_at": start},
        }
        parts = [("", "", one.people)]
        parts += [("female", "0-17", one.girls)] if one.girls is not None else []
        parts += [("female", "18+", one.women)] if one.women is not None else []
        for place, (sex, age, people) in enumerate(parts):
            lines.append({**base, "sex": sex, "age_band": age, "people": float(people), "line_id": number * 10 + place})
    frame = pd.DataFrame(lines, columns=LINE_COLUMNS)
    if not lines:
        frame = frame.astype({name: "str" for name in LINE_COLUMNS if name not in NUMERIC})
        frame = frame.astype(dict.fromkeys(("start", "end", "issued_at", "received_at"), "datetime64[us, UTC]"))
        frame = frame.astype(dict.fromkeys(("people", "quantity", "capacity"), float))
    else:
        moments = ("start", "end", "issued_at", "received_at")
        frame = frame.astype(dict.fromkeys(moments, "datetime64[us, UTC]"))
    return service_winning(frame)


NUMERIC = ("people", "quantity", "capacity", "line_id")


def windows() -> Iterator[Window]:
    for first in range(DAYS):
        for last in range(first + 1, DAYS + 1):
            yield Window(FIRST + timedelta(days=first), FIRST + timedelta(days=last))


def asks(count: str = "people") -> Iterator[WhoAsk]:
    """Every filter with every column: what pages, files and the API can be asked."""
    for window, across in product(windows(), ("organisation", "shift", "day", "place")):
        for organisation, place in product(("", *ORGANISATIONS), (None, *PLACES)):
            yield WhoAsk(window, across, "", organisation, place, count)


@settings(deadline=None, max_examples=40)
@given(reports)
def test_no_small_count_is_shown_and_none_is_the_difference_of_two_answers(reports):
    rows = rows_of(reports)
    shown = shown_to(rows, Audience.OPEN, now=AFTER.timestamp())
    counts = counts_of(shown.doings)
    assert not ((counts > 0) & (counts < INSIDE) & ~shown.hidden).any()
    # Of what one may know, a hidden row is never the only unknown: each answer is a sum of shown rows and of the sums
    # told of hidden ones, and of those the smallest tells of two rows at least and of more than a small count.
    for group in np.unique(shown.group):
        gone = np.flatnonzero(shown.hidden & (shown.group == group) & (counts > 0))
        total = counts[gone].sum()
        if len(gone) and not np.isnan(shown.reserved[group]):
            assert shown.reserved[group] == total
            assert len(gone) > 1
            assert total >= INSIDE + len(gone)
        elif len(gone):
            # Its day and service have a total elsewhere, which is then itself a small count or that of small ones.
            alone = np.flatnonzero((shown.group == group) & (counts > 0))
            assert set(gone) == set(alone)


@settings(deadline=None, max_examples=25)
@given(reports, st.lists(st.sampled_from(tuple(asks())), min_size=8, max_size=8))
def test_what_is_answered_is_made_of_shown_rows_and_of_sums_that_may_be_told(reports, asked):
    """Change what is hidden without changing what may be told of it: no answer changes."""
    rows = rows_of(reports)
    shown = shown_to(rows, Audience.OPEN, now=AFTER.timestamp())
    other = twisted(shown)
    again = Shown(other, *(getattr(shown, name) for name in AS_IS))
    for ask in asked:
        before, after = (matrix(one, ask, PLACE, AFTER, rows) for one in (shown, again))
        assert before == after, ask


AS_IS = ("hidden", "hidden_parts", "group", "reserved", "group_day", "group_month", "group_long")


def twisted(shown: Shown) -> Doings:
    """The same rows with other numbers where they are hidden."""
    rows = shown.doings
    numbers = {name: part.copy() for name, part in rows.numbers.items()}
    numbers["people"][shown.hidden] += 1000.0
    for name in PARTS:
        numbers[name][shown.hidden_parts[name]] += 1000.0
    same = {name: getattr(rows, name) for name in rows.__dataclass_fields__ if name != "numbers"}
    return Doings(numbers=numbers, **same)


@settings(deadline=None, max_examples=25)
@given(reports, st.lists(st.sampled_from((*asks("girls"), *asks("women"))), min_size=6, max_size=6))
def test_girls_and_women_told_apart_are_hidden_where_they_are_few(reports, asked):
    shown = shown_to(rows_of(reports), Audience.OPEN, now=AFTER.timestamp())
    rows = shown.doings
    for count in ("girls", "women"):
        values = rows.numbers[count]
        assert not ((values > 0) & (values < INSIDE) & ~shown.hidden_parts[count]).any()
    again = Shown(twisted(shown), *(getattr(shown, name) for name in AS_IS))
    for ask in asked:
        assert matrix(shown, ask, PLACE, AFTER, rows) == matrix(again, ask, PLACE, AFTER, rows)


@settings(deadline=None, max_examples=20)
@given(reports)
def test_parts_sum_to_their_totals_for_whoever_may_see_all(reports):
    rows = rows_of(reports)
    shown = shown_to(rows, Audience.PROTECTION)
    expected = sum(one.people for one in reports)
    for across in ("organisation", "shift", "day", "month", "place"):
        told = matrix(shown, WhoAsk(WHOLE, across), PLACE, AFTER, rows)
        assert (told.total.value or 0) == expected
        assert sum(cell.value or 0 for cell in told.totals.values()) == expected
        assert sum(sector.total.value or 0 for sector in told.sectors) == expected
        for sector in told.sectors:
            assert sum(one.total.value or 0 for one in sector.services) == (sector.total.value or 0)
            for one in sector.services:
                assert sum(cell.value or 0 for cell in one.cells.values()) == (one.total.value or 0)
        assert LONGER not in told.columns


@settings(deadline=None, max_examples=40)
@given(reports)
def test_the_open_audience_is_told_no_more_than_there_is(reports):
    """Sums are exact or at least so many; nothing unreported is nought."""
    rows = rows_of(reports)
    told = matrix(shown_to(rows, Audience.OPEN, now=AFTER.timestamp()), WhoAsk(WHOLE), PLACE, AFTER, rows)
    everything = matrix(shown_to(rows, Audience.PROTECTION), WhoAsk(WHOLE), PLACE, AFTER, rows)
    for mine, whole in zip(told.sectors, everything.sectors, strict=True):
        if mine.total.value is None:
            assert mine.total.hidden or whole.total.value is None
        elif mine.total.at_least:
            assert mine.total.value <= (whole.total.value or 0)
        else:
            assert mine.total.value == whole.total.value


def test_protected_sectors_are_never_crossed_with_a_shift():
    few = [Told("ADRA", "", ("gbv", "gbv-response"), 0, shift, 40, None, None) for shift in (0, 1)]
    shown = shown_to(rows_of(few), Audience.OPEN, now=AFTER.timestamp())
    assert len(shown.doings) == 1
    assert shown.doings.numbers["people"].tolist() == [80]
    assert (shown.doings.end - shown.doings.start).tolist() == [86_400]
    assert len(shown_to(rows_of(few), Audience.PROTECTION).doings) == 2


def test_the_sum_of_hidden_rows_of_a_day_that_runs_is_not_told():
    few = [Told(who, "", SERVICES[0], 0, 0, people, None, None) for who, people in (("ADRA", 3), ("COOPI", 50))]
    running = shown_to(rows_of(few), Audience.OPEN, now=(FIRST + timedelta(hours=20)).timestamp())
    over = shown_to(rows_of(few), Audience.OPEN, now=AFTER.timestamp())
    assert np.isnan(running.reserved).all()
    assert over.reserved.tolist() == [53]
