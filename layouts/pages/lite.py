"""`/lite`: the same figures in one small piece, without a script. A phone on the bridge reads it in seconds."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import SituationModel
from data.vocabulary import Look
from layouts import frozen
from layouts.addresses import address
from layouts.board import Board
from layouts.headlines import kpi_views
from layouts.kpi_cards import kpi_more
from layouts.pages import shell
from layouts.pages.pieces import alert_lines, sectors_strip, stations_table
from layouts.parts import Parts, kpi_attributes, panel, scrolling, slot
from layouts.questions import headline_texts, open_line
from layouts.tables import curves_sentence
from layouts.translator import Translator

HEADLINES = (
    "entries_today",
    "arrivals_last_hour",
    "arrivals_today",
    "queue_len",
    "wait_minutes",
    "time_to_clear_minutes",
    "present",
    "confidence",
)


def draw(model: SituationModel, t: Translator) -> Parts:
    now = model.frame.clock.now
    as_of = model.frame.data_as_of
    old = t("word.no_data") if as_of is None else t.duration(max(0.0, (now - as_of).total_seconds() / 60))
    return Parts(
        kpis=kpi_views(model.kpis, t),
        texts={
            **shell.common_texts(model.frame, len(model.alerts), t),
            **headline_texts(model.frame, t, counts=False),
            "questions": open_line(model.frame, t, counts=False),
            "headline": t.sentence(model.sentence),
            "made": t("word.made_at", made_at=now, old=old),
            "curves": f"{t('figure.how_to_read')} {curves_sentence(model.curves, model.frame.clock.now, t)}",
            "stations": stations_table(model.stations, t),
            "sectors": sectors_strip(model.sectors, t),
            "alerts": alert_lines(model.alerts, model.kpis, t, most=6),
        },
    )


def frame(board: Board, look: Look | str, t: Translator, distance: int = 0) -> Component:
    def part(name: str, *children: Component) -> Component:
        heading = html.H2(t(f"panel.{name}.title"), id=f"title-{name}")
        return panel(board, name, [heading, *children])

    return shell.root(
        board,
        look,
        html.Main(
            [
                *frozen.stamp(board, look, t),
                html.H1([t("web.product"), " · ", shell.site_name(board)]),
                shell.headline(board),
                *([shell.plan_strip(board)] if board.texts.get("plan-strip") else []),
                slot(board, "made", "quiet"),
                slot(board, "questions", "questions-slot"),
                part("headlines", html.Dl([pair for name in HEADLINES for pair in _pair(board, name)])),
                part("open", slot(board, "alerts")),
                part("sectors", slot(board, "sectors")),
                part("stations", scrolling(board, "stations", "stations", t)),
                part("cumulative", slot(board, "curves")),
                html.P(
                    [
                        html.A(t("word.refresh"), href=address(board, look)),
                        " · ",
                        html.A(t("page.situation"), href=address(board, look, page="situation")),
                        " · ",
                        *_other_language(board, look, t),
                        *(
                            part
                            for site in board.sites
                            if site["site"] != board.site
                            for part in (
                                " · ",
                                html.A(site["name"], href=address(board, look, site=site["site"])),
                            )
                        ),
                    ]
                ),
                frozen.chooser(board, look, t),
            ]
        ),
    )


def _pair(board: Board, name: str) -> tuple[Component, Component]:
    view = board.kpis[name]
    said = " · ".join(part for part in (view.note, view.holds, view.origin) if part)
    value = html.Span(view.text, className="kpi-value", **kpi_attributes(view))
    note = html.Span(f" {said}" if said else "", className="kpi-note")
    return html.Dt(view.label), html.Dd([value, note, kpi_more(board, name)])


def _other_language(board: Board, look: Look | str, t: Translator) -> list[Any]:
    other = "en" if board.lang == "es" else "es"
    return [html.A(t(f"word.read_in_{other}"), href=address(board, look, lang=other), lang=other)]
