"""What a page gives its board, and the small pieces that every page is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from data.types import Frame
from data.vocabulary import Level, SiteKind, State
from layouts import elements, ids
from layouts.board import Board, Figure, KpiView, Tree
from layouts.translator import Translator

Children = Sequence[Any] | Component | str | None


@dataclass(frozen=True)
class Parts:
    """Everything of a page that changes with the data."""

    kpis: dict[str, KpiView] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    texts: dict[str, Tree] = field(default_factory=dict)


# Headlines that hold on a condition, which is told beside them.
HOLD = ("wait_minutes", "time_to_clear_minutes")
GRAPH_CONFIG: Any = {
    "displayModeBar": False,
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": "reset",
}


def aria(**words: str) -> dict[str, Any]:
    return {f"aria-{name}": value for name, value in words.items()}


def data(**words: str) -> dict[str, Any]:
    return {f"data-{name.replace('_', '-')}": value for name, value in words.items()}


def mark(level: Level | str) -> Tree:
    """The shape of a level; the word stands beside it, so a reader who sees no colour loses nothing."""
    return elements.Span(className=f"mark mark-{level}", **aria(hidden="true"))


def level_word(level: Level, t: Translator) -> Tree:
    return elements.Span([mark(level), t(f"level.{level}")], className=f"level level-{level}")


def age(as_of: datetime | str | None, follows_board: bool = False) -> Tree:
    """Filled by the browser every second, so that it grows with the server gone."""
    moment = as_of.isoformat() if isinstance(as_of, datetime) else (as_of or "")
    more = {"follows": "board"} if follows_board else {}
    return elements.Span(className="age", **data(as_of=moment, **more))


def kpi_attributes(view: KpiView) -> dict[str, Any]:
    def plain(value: object) -> str:
        return "" if value is None else str(value)

    return {
        "data-kpi": view.name,
        "data-value": plain(view.value),
        "data-as-of": plain(view.as_of),
        "data-state": view.state,
        "data-bound": plain(view.bound),
        "data-text": plain(view.word),
        "data-level": plain(view.level),
        "data-method": plain(view.method),
        "data-approved": plain(view.approved),
    }


def slot(board: Board, name: str, class_name: str = "") -> Component:
    """A place whose content is the board's texts[name]."""
    return html.Div(board.texts.get(name), id=ids.text(name), className=class_name)


def scrolling(board: Board, name: str, panel_name: str, t: Translator) -> Component:
    """A slot for a table that may be wider than its place: it scrolls by keyboard too."""
    return html.Div(
        board.texts.get(name),
        id=ids.text(name),
        className="table-scroll",
        tabIndex=0,
        role="group",
        **aria(label=t(f"panel.{panel_name}.title")),
    )


def panel(board: Board, name: str, children: Children, class_name: str = "") -> Component:
    """A part of the page with a title; at its end how fresh its source is, where one source speaks for it."""
    fresh = f"fresh-{name}"
    if fresh in board.texts and isinstance(children, list | tuple):
        children = [*children, slot(board, fresh, "fresh-slot")]
    return html.Section(
        children,
        id=ids.panel(name),
        className=f"panel {class_name}".strip(),
        **data(panel=name, version=board.version),
        **aria(labelledby=f"title-{name}"),
    )


def title(name: str, t: Translator, says: str | None = None) -> Component:
    says = says if says is not None else (t.maybe(f"panel.{name}.says") or "")
    return html.Div(
        [html.H2(t(f"panel.{name}.title"), id=f"title-{name}"), html.Span(says, className="says")],
        className="panel-title",
    )


def chart(
    board: Board,
    name: str,
    figure: Figure,
    t: Translator,
    class_name: str = "",
    above: Sequence[Component] = (),
    says: str | None = None,
) -> Component:
    """A chart with its title, its legend where it has one, its sentence, its caveat and its table."""
    drawing = html.Div(
        dcc.Graph(id=ids.graph(name), figure=figure, config=GRAPH_CONFIG, className="graph", responsive=True),
        className="graph-box",
        role="img",
        **aria(label=t(f"panel.{name}.title")),
    )
    reading = f"{name}-reading"
    return panel(
        board,
        name,
        [
            title(name, t, says),
            *above,
            *([slot(board, f"{name}-legend", "chart-legend")] if f"{name}-legend" in board.texts else []),
            *(
                [slot(board, reading, "reading"), _read_by_arrows(reading, drawing, t)]
                if reading in board.texts
                else [drawing]
            ),
            html.Div(
                [
                    slot(board, f"{name}-sentence", "chart-sentence"),
                    html.Details(
                        [html.Summary(t("word.see_table")), scrolling(board, f"{name}-table", name, t)],
                        className="twin",
                    ),
                    save_picture(name, t),
                ],
                className="chart-foot",
            ),
        ],
        f"chart {class_name}",
    )


def save_picture(name: str, t: Translator) -> Component:
    """Two buttons that picture.js answers: the chart with what there is to know of it under it."""
    what = t(f"panel.{name}.title")
    buttons = [
        html.Button(
            form,
            type="button",
            className="save",
            **data(save=form.lower(), chart=name),
            **aria(label=t("picture.save_as", what=what, form=form)),
        )
        for form in ("PNG", "SVG")
    ]
    return html.Span([html.Span(t("picture.save"), className="save-word"), *buttons], className="saves")


def _read_by_arrows(reading: str, drawing: Component, t: Translator) -> Component:
    """A chart that reading.js reads out, moment by moment, to the pointer and to the arrow keys."""
    return html.Div(
        drawing,
        className="reading-box",
        tabIndex=0,
        role="application",
        **data(reading=ids.text(reading)),
        **aria(label=t("reading.label"), describedby=ids.text(reading)),
    )


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], class_name: str = "", caption: str = "") -> Tree:
    """First column is the row's name; numbers stand right, in tabular figures.

    With `cards` in its class a row is a card on a phone, where no header stands above it: its cells carry their labels.
    """
    labels = [data(label=name) for name in head] if "cards" in class_name.split() else [{} for _ in head]

    def cells(row: Sequence[Any]) -> list[Any]:
        rest = [elements.Td(cell, **label) for cell, label in zip(row[1:], labels[1:], strict=True)]
        return [elements.Th(row[0], scope="row"), *rest]

    children = [
        elements.Thead(elements.Tr([elements.Th(cell, scope="col") for cell in head])),
        elements.Tbody([elements.Tr(cells(row)) for row in rows]),
    ]
    if caption:
        children.insert(0, elements.Caption(caption, className="visually-hidden"))
    return elements.Table(children, className=f"table-plain {class_name}".strip())


def marks_of(frame: Frame) -> tuple[str, ...]:
    found = [] if frame.site.kind is SiteKind.REAL else [str(frame.site.kind)]
    return (*found, *(["replay"] if frame.clock.replay else []))


def marks_text(frame: Frame, t: Translator) -> list[Any]:
    return [elements.Span(t(f"mark.{one}"), className=f"stamp stamp-{one}") for one in marks_of(frame)]


STATE_WORD = {
    State.MISSING: "word.no_report",
    State.MASKED: "word.masked",
    State.NEVER: "sentence.never_clears",
}
