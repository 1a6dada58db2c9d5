"""The shifts offered by the form of a shift are those of the site's own file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from data.vocabulary import Language
from layouts.desk.phone import site_choices
from layouts.translator import translator
from tests.conftest import ROOT
from tests.layouts.models import SITE

MORNING = "2019-06-14T15:30:00Z"  # 10:30 at Lima
NIGHT = "2019-06-14T08:30:00Z"  # 03:30 at Lima: the night that began yesterday


@pytest.mark.parametrize(("shifts", "offered"), [((), [6, 14, 22]), ((7, 19), [7, 19]), ((19, 7), [7, 19])])
def test_a_site_offers_its_own_shifts_and_else_the_usual_three(shifts: tuple[int, ...], offered: list[int]) -> None:
    choices = site_choices(replace(SITE, shifts=shifts), translator(Language.ES))
    assert choices["shifts"] == offered


@pytest.fixture(scope="module")
def spans(chromium: Any) -> Any:
    page = chromium.new_page()
    page.add_script_tag(content=(ROOT / "assets" / "form" / "moments.js").read_text("utf-8"))
    ask = "([name, at, shifts]) => caudalMoments.span(name, Date.parse(at), 'America/Lima', shifts)"
    yield lambda name, at, shifts: page.evaluate(ask, [name, at, shifts])
    page.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "at", "shifts", "told"),
    [
        ("shift", MORNING, [6, 14, 22], ["2019-06-14T06:00", "2019-06-14T14:00"]),
        ("shift_before", MORNING, [6, 14, 22], ["2019-06-13T22:00", "2019-06-14T06:00"]),
        ("shift", NIGHT, [6, 14, 22], ["2019-06-13T22:00", "2019-06-14T06:00"]),
        ("shift_before", NIGHT, [6, 14, 22], ["2019-06-13T14:00", "2019-06-13T22:00"]),
        ("shift", MORNING, [7, 19], ["2019-06-14T07:00", "2019-06-14T19:00"]),
        ("shift", NIGHT, [7, 19], ["2019-06-13T19:00", "2019-06-14T07:00"]),
        ("shift", MORNING, [0, 8, 16], ["2019-06-14T08:00", "2019-06-14T16:00"]),
        ("shift_before", NIGHT, [0, 8, 16], ["2019-06-13T16:00", "2019-06-14T00:00"]),
        ("shift", NIGHT, [6], ["2019-06-13T06:00", "2019-06-14T06:00"]),
        ("shift_before", NIGHT, [6], ["2019-06-12T06:00", "2019-06-13T06:00"]),
        ("hour", MORNING, [7, 19], ["2019-06-14T10:00", "2019-06-14T11:00"]),
        ("before", "2019-06-14T05:10:00Z", [7, 19], ["2019-06-13T23:00", "2019-06-14T00:00"]),
    ],
)
def test_a_shift_begins_and_ends_at_the_hours_of_its_site(
    spans: Any, name: str, at: str, shifts: list[int], told: list[str]
) -> None:
    assert spans(name, at, shifts) == told
