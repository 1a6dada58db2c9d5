"""`/coverage`: sectors and services worst first; each percentage with its arithmetic, standard and source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import CoverageModel, SectorCoverage, ServiceCoverage
from data.vocabulary import Look, State
from layouts.agreement import duplicates_table
from layouts.board import Board
from layouts.headlines import kpi_views
from layouts.pages import shell
from layouts.pages.pieces import bar, bounded, missing_words, sectors_strip
from layouts.parts import Parts, age, kpi_card, mark, panel, scrolling, slot, table, title
from layouts.translator import Translator

HEADLINES = ("coverage_worst_sector", "present", "arrivals_today", "confidence")


def draw(model: CoverageModel, t: Translator) -> Parts:
    return Parts(
        kpis=kpi_views(model.kpis, t),
        texts={
            **shell.common_texts(model.frame, None, t),
            "sectors": sectors_strip(model.sectors, t),
            "services": _services(model.sectors, t),
            "duplicates": duplicates_table(model.duplicates, t),
        },
    )


def _services(sectors: Sequence[SectorCoverage], t: Translator) -> Component:
    keys = ("word.service", "word.coverage", "word.missing", "word.arithmetic", "word.who", "word.age")
    rows: list[list[Any]] = []
    for sector in sectors:
        if not sector.services:
            rows.append(
                [_name(sector, None, t), bar(sector.level, None), t("word.no_report"), "", t("word.no_actor"), ""]
            )
        rows += [_service(sector, one, t) for one in sector.services]
    return table([t(key) for key in keys], rows, "services", t("panel.services.title"))


def _name(sector: SectorCoverage, one: ServiceCoverage | None, t: Translator) -> Component:
    level = one.level if one else sector.level
    measured = one is None or one.standard_value is not None or one.delivered is None
    service = [html.Span(t.word("service", str(one.service)), className="service-name")] if one else []
    return html.Span(
        [
            mark(level if measured else "none"),
            html.Span(t(f"level.{level}") if measured else t("word.no_standard"), className="visually-hidden"),
            html.Span([*service, html.Span(t(f"sector.{sector.sector}"), className="service-sector")]),
        ],
        className="service",
    )


def _service(sector: SectorCoverage, one: ServiceCoverage, t: Translator) -> list[Any]:
    number, unit = missing_words(one, t)
    measured = one.standard_value is not None or one.delivered is None
    percent = ""
    if one.masked:
        percent = t("word.masked")
    elif one.ratio is not None and one.state is not State.MISSING:
        percent = bounded(t.percent(one.ratio), one.at_least)
    return [
        _name(sector, one, t),
        html.Div(
            [html.Span(percent, className="ratio"), bar(one.level, one.ratio if percent else None, measured)],
            className="covered",
        ),
        html.Span([html.B(number), *([] if unit.endswith("%") else [" ", unit])]),
        html.Span(_arithmetic(one, t), className="arithmetic"),
        ", ".join(one.organisations) or t("word.no_actor"),
        age(one.as_of),
    ]


def _arithmetic(one: ServiceCoverage, t: Translator) -> list[Any]:
    """x of y, then standard, denominator and source: what opens from every percentage."""
    if one.masked:
        return [t("word.masked_why")]
    unit = t.word("unit", one.unit) if one.unit else ""
    done = t("word.no_report") if one.delivered is None else f"{t.number(round(one.delivered))} {unit}".strip()
    if one.at_least:
        done = f"{t('word.at_least')} {done}"
    if one.standard_value is not None and one.required is not None:
        done = t("word.done_of", done=done, needed=f"{t.number(round(one.required))} {unit}".strip())
    contacts = [] if one.contacts is None else [t("word.contacts", number=round(one.contacts))]
    first = html.Span(" · ".join([done, *(said for said in contacts if said != done)]), className="counted")
    if one.standard_value is None:
        return [first]
    said = [t(f"standard.{one.standard_per}", number=one.standard_value, unit_name=unit)]
    if one.denominator and one.denominator_value is not None:
        said.append(f"{t(f'denominator.{one.denominator}')} {t.number(round(one.denominator_value))}")
    elif one.denominator:
        said.append(t("word.no_denominator", denominator_name=t(f"denominator.{one.denominator}")))
    source, _, link = (one.standard_source or "").partition("https://")
    said += [t(f"phase.{one.phase}"), source.rstrip(" ,")]
    more: list[Any] = [" ", html.A(t("word.document"), href=f"https://{link}", rel="noreferrer")] if link else []
    return [first, html.Br(), " · ".join(part for part in said if part), *more]


def frame(board: Board, look: Look | str, t: Translator, distance: int = 0) -> Component:
    return shell.page(
        board,
        look,
        t,
        [
            html.Div([html.H1(t("page.coverage")), slot(board, "marks", "stamps")], className="page-title"),
            panel(
                board,
                "headlines",
                [
                    html.H2(t("panel.headlines.title"), id="title-headlines", className="visually-hidden"),
                    *(kpi_card(board.kpis[name], t) for name in HEADLINES if name in board.kpis),
                ],
                "kpi-row",
            ),
            panel(board, "sectors", [title("sectors", t), slot(board, "sectors", "sector-strip")]),
            panel(board, "services", [title("services", t), scrolling(board, "services", "services", t)]),
            panel(board, "duplicates", [title("duplicates", t), scrolling(board, "duplicates", "duplicates", t)]),
        ],
    )
