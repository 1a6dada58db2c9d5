"""The pages: one row each. Adding a page is a row, its module and its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from data.vocabulary import Look
from layouts.board import Board
from layouts.pages import alerts, coverage, flow, lite, queue, reports, situation, wall
from layouts.parts import Parts
from layouts.translator import Translator

Draw = Callable[[Any, Translator], Parts]
FramePage = Callable[[Board, Look | str, Translator, int], Component]


@dataclass(frozen=True)
class Page:
    """`read` names the model the page is drawn from; a page without scripts comes in one piece."""

    name: str
    path: str
    read: str
    draw: Draw
    frame: FramePage
    scripts: bool = True

    @property
    def title_key(self) -> str:
        return f"page.{self.name}"


_ROWS = (
    Page("situation", "/", "situation", situation.draw, situation.frame),
    Page("flow", "/flow", "flow", flow.draw, flow.frame),
    Page("queue", "/queue", "queue", queue.draw, queue.frame),
    Page("coverage", "/coverage", "coverage", coverage.draw, coverage.frame),
    Page("alerts", "/alerts", "alerts", alerts.draw, alerts.frame),
    Page("reports", "/reports", "reports", reports.draw, reports.frame),
    Page("wall", "/wall", "situation", wall.draw, wall.frame),
    Page("lite", "/lite", "situation", lite.draw, lite.frame, scripts=False),
)
PAGES = {row.name: row for row in _ROWS}
