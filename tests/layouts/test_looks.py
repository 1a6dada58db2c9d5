"""The two looks: every token in both, readable on its ground, and the same in the style sheet."""

from __future__ import annotations

import re

import pytest

from data.vocabulary import Look
from layouts.tokens import TOKENS, resolve, template
from tests.conftest import ROOT

LARGE = 3.0  # WCAG AA for large text and for the parts of a chart
TEXT = 4.5


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_both_looks_have_the_same_tokens() -> None:
    assert set(TOKENS[Look.DARK]) == set(TOKENS[Look.LIGHT])


@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize("name", ["ink", "muted", "faint", "link", "arrivals", "served", "event"])
def test_words_can_be_read_on_page_and_panel(look: Look, name: str) -> None:
    for ground in ("background", "panel"):
        assert contrast(TOKENS[look][name], TOKENS[look][ground]) >= TEXT, ground


@pytest.mark.parametrize("name", ["normal", "watch", "alert", "critical", "no-data"])
def test_states_stand_out_from_the_dark_page(name: str) -> None:
    assert contrast(TOKENS[Look.DARK][name], TOKENS[Look.DARK]["background"]) >= LARGE


def test_a_colour_name_becomes_the_looks_colour_wherever_it_stands() -> None:
    figure = {"data": [{"line": {"color": "@arrivals"}}], "layout": {"title": "@nobody"}}
    assert resolve(figure, Look.DARK)["data"][0]["line"]["color"] == TOKENS[Look.DARK]["arrivals"]
    assert resolve(figure, Look.DARK)["layout"]["title"] == "@nobody"


def test_letters_grow_with_the_distance() -> None:
    sizes = [template(Look.DARK, distance)["layout"]["font"]["size"] for distance in (0, 3, 6, 10)]
    assert sizes == sorted(set(sizes))


def test_the_style_sheet_says_the_same_colours() -> None:
    css = "\n".join(path.read_text("utf-8") for path in (ROOT / "assets" / "css").glob("*.css"))
    for look, colours in TOKENS.items():
        block = re.search(rf"\[data-look=\"?{look}\"?\][^{{]*\{{([^}}]*)\}}", css)
        assert block, look
        said = dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block[1]))
        wrong = {
            name: said.get(name) for name, colour in colours.items() if said.get(name, "").lower() != colour.lower()
        }
        assert wrong == {}, look
