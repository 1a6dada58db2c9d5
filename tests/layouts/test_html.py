"""Component trees as HTML: escaped, closed, and with the attributes that tests and browsers rely on."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html

from layouts.html import to_html


def test_what_partners_write_cannot_become_markup() -> None:
    evil = '<script>alert("x")</script>'
    shown = to_html(html.Td(evil, title='"><script>'))
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_attributes_keep_their_names_and_nothing_is_said_of_what_is_absent() -> None:
    tree = html.Div("hi", id="a", className="b c", hidden=False, **{"data-kpi": "queue_len", "aria-label": "x"})
    assert to_html(tree) == '<div class="b c" id="a" data-kpi="queue_len" aria-label="x">hi</div>'


def test_children_of_every_shape_are_written() -> None:
    assert to_html(html.P(["a", None, 3, html.B("b"), html.Br()])) == "<p>a3<b>b</b><br></p>"
    assert to_html([html.I(), "x"]) == "<i></i>x"


def test_an_empty_attribute_stays_because_it_means_missing() -> None:
    assert 'data-value=""' in to_html(html.Div(**{"data-value": ""}))


def test_style_is_written_as_css() -> None:
    assert to_html(html.Div(style={"width": "40%", "--share": "0.4"})) == '<div style="width:40%;--share:0.4"></div>'


def test_a_details_opens_without_script_and_a_flag_stands_alone() -> None:
    assert to_html(html.Details(html.Summary("s"), open=True)) == "<details open><summary>s</summary></details>"


def test_a_chart_keeps_its_place_and_bootstrap_its_classes() -> None:
    graph = to_html(dcc.Graph(id="graph-x", figure={"data": [{"y": [1]}]}, className="graph"))
    assert graph == '<div id="graph-x" class="graph"></div>'
    assert 'class="container-fluid sheet"' in to_html(dbc.Container("x", fluid=True, className="sheet"))
