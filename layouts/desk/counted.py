"""What became of the rows of a delivery, so that they add up: those that came = accepted + rejected + not reported."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.parts import data
from layouts.translator import Translator


def counts(accepted: int, rejected: int, not_reported: int, t: Translator, came: str = "rows") -> Component:
    """`came`: what the first number counts, rows, or figures where a row of the file holds several."""
    cells = [
        (came, accepted + rejected + not_reported),
        ("accepted", accepted),
        ("rejected", rejected),
        ("not_reported", not_reported),
    ]
    return html.Div(
        [
            html.Div(
                [html.B(t.number(number)), html.Span(t.n(f"desk.count.{name}", number))],
                className=f"count count-{name}",
                **data(count=name, value=str(number)),
            )
            for name, number in cells
        ],
        className="counts",
    )
