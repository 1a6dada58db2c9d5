"""People by sex and age at once, beside the same day by sex and by age: no small cell follows from the three."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data.breaking_down import breakdown
from data.disclosure import INSIDE, is_small, masked_breakdown, masked_day, masked_pyramid
from data.sites import load_site
from data.store import reading
from data.types import BreakdownDay, Window
from data.vocabulary import PYRAMID, Audience, Measure, Stage
from tests.data.centre import NOON, SITE, flow_csv, open_centre, send

PLACE = load_site(SITE + "\n").site
START = datetime(2018, 10, 31, 5, tzinfo=UTC)
DAY = Window(START, START + timedelta(days=1))
SEXES, BANDS = ("female", "male", "other"), ("0-4", "5-11", "12-17", "18-59", "60+")

cells_drawn = st.dictionaries(
    st.tuples(st.sampled_from(SEXES), st.sampled_from(BANDS)),
    st.one_of(st.integers(0, 7), st.integers(0, 90)),
    min_size=1,
)


def day_of(cells: dict[tuple[str, str], int], rest: int, running: bool = False) -> BreakdownDay:
    total = float(sum(cells.values()) + rest)

    def one(parts: dict[str, float], margins: tuple[BreakdownDay, ...] = ()) -> BreakdownDay:
        left = total - sum(parts.values())
        return BreakdownDay(DAY, total, parts, left, False, False, None, running=running, margins=margins)

    sexes = {sex: float(sum(n for (s, _), n in cells.items() if s == sex)) for sex, _ in cells}
    bands = {band: float(sum(n for (_, b), n in cells.items() if b == band)) for _, band in cells}
    return one({f"{sex}|{band}": float(n) for (sex, band), n in cells.items()}, (one(sexes), one(bands)))


@settings(max_examples=80)
@given(cells_drawn, st.one_of(st.just(0), st.integers(0, 60)))
def test_no_small_cell_follows_from_the_pyramid_and_the_days_by_sex_and_by_age(cells, rest):
    day = day_of(cells, rest)
    shown = masked_pyramid(day, INSIDE)
    by_sex, by_band = (masked_day(margin, INSIDE) for margin in day.margins)
    names = [*shown.parts, "rest"]
    place = {name: n for n, name in enumerate(names)}
    values = {**{name: day.parts.get(name) or 0.0 for name in shown.parts}, "rest": float(rest)}
    known = [{name: 1} for name, people in shown.parts.items() if people is not None]
    known += [] if shown.rest_reserved else [{"rest": 1}]
    for side, margin in enumerate((by_sex, by_band)):
        known += [
            {name: 1 for name in shown.parts if name.split("|")[side] == part}
            for part, people in margin.parts.items()
            if people is not None
        ]
        known += [] if margin.rest_reserved else [{"rest": 1}]
    known.append(dict.fromkeys(names, 1))
    equations = np.zeros((len(known), len(place)))
    for number, equation in enumerate(known):
        for name, factor in equation.items():
            equations[number, place[name]] = factor
    _, sizes, directions = np.linalg.svd(equations, full_matrices=False)
    basis = directions[sizes > 1e-9]
    small = sum(values.values()) > INSIDE  # of a day of few people the day's own total says it, as everywhere
    for name, people in values.items():
        if not is_small(people) or not small or sum(n > 0 for n in values.values()) == 1:
            continue
        wish = np.zeros(len(place))
        wish[place[name]] = 1
        assert float(np.linalg.norm(wish - basis.T @ (basis @ wish))) > 1e-6, (name, people)
    assert sum(n for n in shown.parts.values() if n is not None) + shown.reserved + (shown.rest or 0) == day.total


def test_a_day_that_runs_is_told_apart_when_it_is_over():
    shown = masked_pyramid(day_of({("female", "5-11"): 40, ("male", "5-11"): 30}, 0, running=True), INSIDE)
    assert set(shown.parts.values()) == {None}
    assert shown.margins == ()


def test_a_band_with_a_small_cell_goes_whole_and_takes_another_with_it():
    cells = {("female", "0-4"): 3, ("male", "0-4"): 20, ("female", "5-11"): 30, ("male", "5-11"): 30}
    cells |= {("female", "18-59"): 90, ("male", "18-59"): 80}
    shown = masked_pyramid(day_of(cells, 0), INSIDE)
    hidden = {part for part, people in shown.parts.items() if people is None}
    assert hidden == {"female|0-4", "male|0-4", "female|5-11", "male|5-11"}
    assert shown.reserved == 83


def test_the_pyramid_is_read_from_lines_of_sex_and_age_and_its_margins_never_leave(any_engine: Engine, var: Path):
    open_centre(any_engine)
    told = {("female", "5-11"): 40, ("male", "5-11"): 35, ("female", "18-59"): 120, ("male", "18-59"): 2}
    rows = [("2018-10-31", 1440, people, sex, band) for (sex, band), people in told.items()]
    content = flow_csv(*rows, columns=("start", "minutes", "people", "sex", "age_band"))
    assert send(any_engine, var, content, NOON + timedelta(days=1)).rejected == 0
    asked = (PLACE, Stage.MIGRATION_CONTROL, Measure.ARRIVALS, "migraciones", PYRAMID, DAY, NOON + timedelta(days=2))
    with reading(any_engine) as conn:
        found = breakdown(conn, *asked)
    [day] = found.days
    assert day.parts == {f"{sex}|{band}": people for (sex, band), people in told.items()}
    assert [margin.parts for margin in day.margins] == [{"female": 160, "male": 37}, {"18-59": 122, "5-11": 75}]
    [everything] = masked_breakdown(found, Audience.PROTECTION).days
    [masked] = masked_breakdown(found, Audience.OPEN).days
    assert everything.parts == day.parts
    assert set(masked.parts.values()) == {None}
    assert masked.margins == everything.margins == ()


@pytest.mark.parametrize("rest", [0, 3, 40])
def test_a_sex_that_the_day_by_sex_hides_is_hidden_in_the_pyramid(rest: int):
    cells = {(sex, band): 30 for sex in ("female", "male") for band in BANDS}
    day = day_of(cells, rest)
    by_sex, by_band = day.margins
    by_sex = replace(by_sex, parts={**by_sex.parts, "other": 2.0}, rest=(by_sex.rest or 0) - 2)
    shown = masked_pyramid(replace(day, margins=(by_sex, by_band)), INSIDE)
    assert None in shown.parts.values()
