"""What a board's texts are made of is what Dash would send of the same component."""

from __future__ import annotations

import pytest
from dash import html

from layouts import elements

KINDS = [name for name in vars(elements) if name[0].isupper() and hasattr(html, name)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_element_is_what_dash_makes_of_its_component(kind: str):
    props = {"className": "sum", "id": "here", "title": "una", "data-as-of": "hoy", "aria-label": "suma"}
    component = getattr(html, kind)("9", **props)
    assert getattr(elements, kind)("9", **props) == elements.plain_tree(component)
    assert getattr(elements, kind)() == elements.plain_tree(getattr(html, kind)())


def test_components_among_its_children_become_plain():
    inside = [html.B(["2", html.I("m")]), elements.Td("3"), ("4", html.Br())]
    told = elements.Td(inside)["props"]["children"]
    assert told == elements.plain_tree(inside)
    assert told[0]["props"]["children"][1]["type"] == "I"


def test_every_kind_of_element_is_tried():
    assert {"Table", "Td", "Span", "Li"} <= set(KINDS)
