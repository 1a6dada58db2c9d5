"""`/wall`: the display. At 3 m everything at once; at 6 and 10 m the sizes stay and the faces take turns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from data.types import SituationModel
from data.vocabulary import Lane, Level, Look
from layouts import frozen, ids
from layouts.board import Board, KpiView, Tree
from layouts.charts import figures_of
from layouts.headlines import kpi_views
from layouts.pages import shell
from layouts.pages.pieces import (
    alert_line,
    counters_cell,
    gaps_first,
    no_alert_line,
    nobody_reports,
    not_watching,
    rest_of_sectors,
    sectors_strip,
    stations_strip,
    wait_from_afar,
    waits_in_short,
)
from layouts.parts import GRAPH_CONFIG, HOLD, Parts, age, aria, kpi_attributes, mark, panel, slot
from layouts.takeover import takeover
from layouts.translator import Translator

NUMBERS = ("entries_today", "queue_len", "wait_minutes")
MOST_SECTORS = 6
STILL: Any = {**GRAPH_CONFIG, "staticPlot": True}


def draw(model: SituationModel, t: Translator) -> Parts:
    views = kpi_views(model.kpis, t)
    top = model.alerts[0] if model.alerts else None
    return Parts(
        kpis={name: views[name] for name in (*NUMBERS, "pressure_level", "alerts_open")},
        figures=figures_of("wall", model, t),
        texts={
            **shell.common_texts(model.frame, len(model.alerts), t),
            "headline": t.sentence(model.sentence),
            **_third(model, t),
            "queue-more": _queue_more(model, views, t),
            "alert": [alert_line(top, t, far=True) if top else no_alert_line(model.kpis, t)],
            "takeover": takeover(model.alerts, [views[name] for name in NUMBERS], t),
            "alerts-more": _beside_the_alert(model, t),
            "date": t.date(model.frame.clock.now),
            "wait-far": wait_from_afar(model.kpis["wait_minutes"], t),
        },
    )


def _queue_more(model: SituationModel, views: Mapping[str, KpiView], t: Translator) -> Tree:
    """What belongs to queue, growth and wait: when it is gone, counters open of how many, arrivals against usual."""
    entry = model.frame.site.entry_stage
    station = next((one for one in model.stations if one.stage is entry and one.lane is Lane.GENERAL), None)
    cells: list[Component] = []
    for name in ("time_to_clear_minutes", "arrivals_last_hour"):
        view = views[name]
        note = " · ".join(part for part in (view.note, view.holds) if part)
        said = [html.Span(view.label, className="more-label"), html.B(view.text), html.Span(note)]
        cells.append(html.Div(said, className="more-cell", **kpi_attributes(view)))
    if station is not None and station.counters_open is not None:
        label = html.Span(t("word.counters"), className="more-label named")
        cells.insert(1, html.Div([label, html.B(counters_cell(station, t))], className="more-cell"))
    return cells


def _beside_the_alert(model: SituationModel, t: Translator) -> Tree:
    """How many more there are; that nobody looks any more, from afar in two words."""
    more = t.n("word.more_alerts", len(model.alerts) - 1) if len(model.alerts) > 1 else ""
    unwatched = not_watching(model.kpis, t)
    if not model.alerts or not unwatched:
        return more
    said = " · ".join(part for part in (more, unwatched) if part)
    return [html.Span(said, className="wall-said"), html.B(t("word.unchecked"), className="wall-short")]


def _third(model: SituationModel, t: Translator) -> dict[str, Tree]:
    """The third column: what is missing; where nobody reports services, that in one line, and the stations."""
    if model.sectors and nobody_reports(model.sectors) and any(one.waiting is not None for one in model.stations):
        silent = html.Span([mark(Level.NO_DATA), t.n("word.silent_sectors", len(model.sectors))], className="level")
        return {
            "gaps-title": [
                html.Span(t("panel.stations.title"), className="gaps-name"),
                html.Span(waits_in_short(model.stations, t), className="gaps-holds"),
            ],
            "sectors": stations_strip(model.stations, model.frame.clock.now, t, MOST_SECTORS),
            "rest": silent,
        }
    return {
        "gaps-title": t("panel.sectors.title"),
        "sectors": sectors_strip(gaps_first(model.sectors), t, MOST_SECTORS),
        "rest": rest_of_sectors(gaps_first(model.sectors), MOST_SECTORS, t),
    }


def frame(board: Board, look: Look | str, t: Translator, distance: int = 3) -> Component:
    return shell.root(
        board,
        look,
        [
            _head(board, t),
            shell.banner(t),
            *frozen.stamp(board, look, t, distance),
            html.Main(
                [
                    html.Div([_word(board, t), _numbers(board)], className="face face-a"),
                    html.Div([_curves(board, t), _gaps(board, t)], className="face face-b"),
                ],
                className="wall-body",
            ),
            # Over everything but the head, as long as there is something in it (takeover.css).
            slot(board, "takeover", "wall-takeover"),
            panel(
                board,
                "alerts",
                [
                    html.H2(t("page.alerts"), id="title-alerts", className="visually-hidden"),
                    slot(board, "plan-strip", "wall-plan"),
                    slot(board, "alert", "wall-alert"),
                    slot(board, "alerts-more", "wall-more"),
                ],
                "wall-foot",
            ),
        ],
        distance=distance,
    )


def _head(board: Board, t: Translator) -> Component:
    return html.Header(
        [
            html.H1(t("page.wall"), className="visually-hidden"),
            html.Div([html.B(shell.site_name(board)), html.Span(t("page.situation"), className="wall-page")]),
            slot(board, "marks", "stamps"),
            html.Div(
                [
                    html.Span(className="live-dot", **aria(hidden="true")),
                    html.Span(className="live-word", role="status"),
                    html.Span(
                        [
                            html.Span([t("word.data_age"), " "], className="age-label"),
                            age(board.as_of, follows_board=True),
                        ],
                        className="wall-age",
                    ),
                    slot(board, "date", "wall-date"),
                    html.B(className="now-clock"),
                ],
                className="wall-time",
            ),
            # Open is paused (wall.css); a person who reads slowly can hold the face.
            html.Details(html.Summary(t("word.pause")), className="pause"),
        ],
        className="wall-head",
    )


def _word(board: Board, t: Translator) -> Component:
    return panel(
        board,
        "pressure",
        [
            html.H2(t("panel.pressure.title"), id="title-pressure", className="visually-hidden"),
            shell.level_chip(board),
            slot(board, "headline", "headline-sentence"),
        ],
        "wall-word",
    )


def _numbers(board: Board) -> Component:
    cards = []
    for name in NUMBERS:
        view = board.kpis[name]
        cards.append(
            html.Div(
                [
                    html.Div(
                        [
                            html.Span(view.label, className="kpi-name"),
                            " ",
                            html.Span(view.note, id=ids.kpi_note(name), className="kpi-note"),
                            *_condition(board, view),
                        ],
                        className="kpi-label",
                    ),
                    html.Div(view.text, id=ids.kpi_text(name), className="kpi-value"),
                ],
                id=ids.kpi(name),
                className="kpi",
                **kpi_attributes(view),
            )
        )
    hidden = board.kpis["alerts_open"]
    cards.append(html.Div(id=ids.kpi("alerts_open"), className="visually-hidden", **kpi_attributes(hidden)))
    return html.Div(cards, className="wall-numbers")


def _condition(board: Board, view: KpiView) -> list[Any]:
    """What the wait holds for; from afar, in place of its name."""
    if view.name not in HOLD:
        return []
    return [
        " ",
        html.Span(view.holds, id=ids.kpi_holds(view.name), className="kpi-holds"),
        slot(board, "wait-far", "kpi-far"),
    ]


def _curves(board: Board, t: Translator) -> Component:
    return panel(
        board,
        "cumulative",
        [
            html.H2(t("panel.cumulative.title"), id="title-cumulative"),
            html.Div(
                dcc.Graph(
                    id=ids.graph("cumulative"),
                    figure=board.figures["cumulative"],
                    config=STILL,
                    className="graph",
                    responsive=True,
                ),
                className="graph-box",
                role="img",
                **aria(label=t("panel.cumulative.title")),
            ),
            slot(board, "queue-more", "wall-more-numbers"),
        ],
        "wall-curves",
    )


def _gaps(board: Board, t: Translator) -> Component:
    return panel(
        board,
        "sectors",
        [
            html.H2(slot(board, "gaps-title"), id="title-sectors"),
            slot(board, "sectors", "wall-sectors"),
            slot(board, "rest", "wall-rest"),
        ],
        "wall-gaps",
    )
