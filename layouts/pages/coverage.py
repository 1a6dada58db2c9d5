"""`/coverage`: sectors and services worst first; each percentage opens to its arithmetic, standard and source."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import html as dash_html
from dash.development.base_component import Component

from data.types import CoverageModel, SectorCoverage, ServiceCoverage
from data.vocabulary import Look
from layouts import elements as html
from layouts.agreement import duplicates_table
from layouts.board import Board, Tree
from layouts.coverage_stock import equity_tree, stock_tree
from layouts.coverage_timeline import timeline_trees
from layouts.headlines import kpi_views
from layouts.kpi_cards import kpi_card
from layouts.pages import shell
from layouts.pages.coverage_words import covered_cell, measured, missing_phrase, trend
from layouts.pages.pieces import bar, sectors_strip
from layouts.parts import Parts, age, mark, panel, scrolling, slot, table, title
from layouts.questions import line_link
from layouts.translator import Translator

HEADLINES = ("coverage_worst_sector", "present", "arrivals_today", "confidence")
BESIDE = (
    ("who.link", "/coverage/who"),
    ("referrals.link", "/referrals"),
    ("partners.link", "/coverage/partners"),
    ("resources.link", "/resources"),
    ("need.link", "/resources/need"),
    ("requests.link", "/requests"),
    ("standards.link", "/coverage/standards"),
)


def draw(model: CoverageModel, t: Translator) -> Parts:
    return Parts(
        kpis=kpi_views(model.kpis, t),
        texts={
            **shell.common_texts(model.frame, None, t),
            "sectors": sectors_strip(model.sectors, t),
            "services": _services(model, t),
            **timeline_trees(model.timeline, model.timeline_window, t),
            "stock": stock_tree(model.stock, t),
            "equity": equity_tree(model.equity, model.equity_day, t),
            "duplicates": duplicates_table(model.duplicates, t),
        },
    )


def _services(model: CoverageModel, t: Translator) -> Tree:
    keys = ("word.service", "coverage.missing_head", "coverage.covered_head", "coverage.trend", "word.who", "word.age")
    rows: list[list[Any]] = []
    for sector in model.sectors:
        if not sector.services:
            rows.append(
                [_name(sector, None, t), t("word.no_report"), bar(sector.level, None), "", t("word.no_actor"), ""]
            )
        rows += [_service(model, sector, one, t) for one in sector.services]
    return table([t(key) for key in keys], rows, "services cards", t("panel.services.title"))


def _name(sector: SectorCoverage, one: ServiceCoverage | None, t: Translator) -> Tree:
    level = one.level if one else sector.level
    has_need = one is None or measured(one)
    service = [html.Span(t.word("service", str(one.service)), className="service-name")] if one else []
    return html.Span(
        [
            mark(level if has_need else "none"),
            html.Span(t(f"level.{level}") if has_need else t("word.no_standard"), className="visually-hidden"),
            html.Span([*service, html.Span(t(f"sector.{sector.sector}"), className="service-sector")]),
        ],
        className="service",
    )


def _service(model: CoverageModel, sector: SectorCoverage, one: ServiceCoverage, t: Translator) -> list[Any]:
    return [
        _name(sector, one, t),
        html.Span([missing_phrase(one, t), *_ask_for(one, model, t)]),
        covered_cell(one, t),
        trend(one, model.before.get((one.sector, one.service)), t),
        ", ".join(one.organisations) or t("word.no_actor"),
        html.Span([age(one.as_of), " ", *line_link(model.frame, one, t)], className="age-and-ask"),
    ]


def _ask_for(one: ServiceCoverage, model: CoverageModel, t: Translator) -> list[Any]:
    """Of what is missing now, the way to asking the other institutions for it."""
    if not one.gap or one.masked or model.frame.scope.as_of is not None:
        return []
    facts = {"gap": one.gap, "unit": one.unit, "service": str(one.service)}
    asked = {
        "site": model.frame.site.site,
        "lang": str(t.language),
        "service": str(one.service),
        "what": t.word("service", str(one.service)),
        "quantity": f"{one.gap:.10g}",
        "unit": t.word("unit", one.unit),
        "reason": t("need.reason_now", **facts),
    }
    return [" ", html.A(t("need.ask_for"), href=f"/requests?{urlencode(asked)}#ask", className="ask-for")]


def frame(board: Board, look: Look | str, t: Translator, distance: int = 0) -> Component:
    asked = urlencode({"site": board.site, "lang": board.lang, "look": str(look)})
    beside = [dash_html.A(t(words), href=f"{path}?{asked}", className="panel-link") for words, path in BESIDE]
    return shell.page(
        board,
        look,
        t,
        [
            dash_html.Div(
                [dash_html.H1(t("page.coverage")), slot(board, "marks", "stamps"), *beside], className="page-title"
            ),
            panel(
                board,
                "headlines",
                [
                    dash_html.H2(t("panel.headlines.title"), id="title-headlines", className="visually-hidden"),
                    *(kpi_card(board, name, t) for name in HEADLINES if name in board.kpis),
                ],
                "kpi-row",
            ),
            panel(board, "sectors", [title("sectors", t), slot(board, "sectors", "sector-strip")]),
            panel(board, "services", [title("services", t), scrolling(board, "services", "services", t)]),
            panel(
                board,
                "timeline",
                [
                    title("timeline", t),
                    slot(board, "timeline", "timeline"),
                    dash_html.Div(
                        [
                            slot(board, "timeline-sentence", "chart-sentence"),
                            dash_html.Details(
                                [
                                    dash_html.Summary(t("word.see_table")),
                                    scrolling(board, "timeline-table", "timeline", t),
                                ],
                                className="twin",
                            ),
                        ],
                        className="chart-foot",
                    ),
                ],
            ),
            panel(board, "stock", [title("stock", t), scrolling(board, "stock", "stock", t)]),
            panel(board, "equity", [title("equity", t), scrolling(board, "equity", "equity", t)]),
            panel(board, "duplicates", [title("duplicates", t), scrolling(board, "duplicates", "duplicates", t)]),
        ],
    )
