"""What stands around every page: root with its stable attributes, header, navigation, age, clock, language, look."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.types import Frame
from data.vocabulary import Language, Look
from layouts import frozen, ids, replay
from layouts.addresses import NAV, address
from layouts.alert_words import strip
from layouts.board import Board, Tree
from layouts.parts import age, aria, data, kpi_attributes, marks_text, slot
from layouts.picker import NO_RANGE, WINDOWS, window_words
from layouts.picture import picture_foot
from layouts.plan_words import strip_line
from layouts.questions import headline_texts
from layouts.translator import Translator

# The flow page has its own picker.
WITH_WINDOW = ("queue",)
# Pages that show the alerts among their own.
SAYS_ITSELF = ("alerts", "situation")


def common_texts(frame: Frame, alerts_open: int | None, t: Translator) -> dict[str, Tree]:
    return {
        "marks": marks_text(frame, t),
        "alerts-count": f" · {t.number(alerts_open)}" if alerts_open else "",
        "alerts-strip": strip(frame.alerts, frame.clock.now, t),
        "plan-strip": strip_line(frame.plan, t),
        "picture-foot": picture_foot(frame, t),
        **headline_texts(frame, t),
    }


def root(board: Board, look: Look | str, body: Any, distance: int = 0) -> Component:
    return html.Div(
        body,
        id=ids.ROOT,
        className=f"page page-{board.page}",
        lang=board.lang,
        # Not live until the browser has heard from the server.
        **data(
            page=board.page,
            site=board.site,
            lang=board.lang,
            look=str(look),
            live="frozen" if board.frozen else "reconnecting",
            distance=str(distance),
        ),
    )


def site_name(board: Board) -> str:
    return next((site["name"] for site in board.sites if site["site"] == board.site), board.site)


def header(board: Board, look: Look | str, t: Translator) -> Component:
    links = [
        dbc.NavLink(
            [
                t(f"page.{name}"),
                *(
                    [html.Span(board.texts.get("alerts-count"), id=ids.text("alerts-count"))]
                    if name == "alerts"
                    else []
                ),
            ],
            href=address(board, look, page=name),
            active=name == board.page,
            external_link=True,
        )
        for name, _ in NAV
    ]
    return html.Header(
        [
            html.A(t("web.product"), href=address(board, look, page="situation"), className="brand"),
            html.Nav(links, className="main-nav", **aria(label=t("word.pages"))),
            html.Div(
                [
                    _menu(site_name(board), _site_links(board, look), t("word.site")),
                    *(
                        [_menu(window_words(board, t), _window_links(board, look, t), t("word.window"))]
                        if board.page in WITH_WINDOW
                        else []
                    ),
                    html.Span(
                        [
                            html.Span(className="live-dot", **aria(hidden="true")),
                            html.Span(className="live-word", role="status"),
                            html.Span(t("word.data_age"), className="age-label"),
                            age(board.as_of, follows_board=True),
                        ],
                        className="alive",
                    ),
                    html.Span(className="now-clock"),
                    _language(board, look, t),
                    _look(board, look, t),
                ],
                className="tools",
            ),
        ],
        className="top",
    )


def banner(t: Translator) -> Component:
    """Seen only while the server is gone (look.css): the figures stay, and say that they stand still."""
    return html.Div(
        [html.B(t("word.offline_title")), " ", t("word.offline_says")], className="offline-banner", role="alert"
    )


def headline(board: Board) -> Component:
    view = board.kpis["pressure_level"]
    return html.Div(
        [
            level_chip(board),
            slot(board, "headline", "headline-sentence"),
            slot(board, "marks", "stamps"),
        ],
        className="headline",
        **data(level=view.level or "no-data"),
    )


def level_chip(board: Board) -> Component:
    view = board.kpis["pressure_level"]
    return html.Div(
        [
            html.Span(className="mark mark-follow", **aria(hidden="true")),
            html.Span(view.text, id=ids.kpi_text(view.name), className="level-text"),
            html.Span(view.note, id=ids.kpi_note(view.name), className="level-note"),
        ],
        id=ids.kpi(view.name),
        className="level-chip",
        **kpi_attributes(view),
    )


def page(board: Board, look: Look | str, t: Translator, body: list[Any]) -> Component:
    """A desk page: header, banner, main."""
    return root(
        board,
        look,
        [
            html.A(t("word.skip"), href="#main", className="skip"),
            header(board, look, t),
            banner(t),
            *frozen.stamp(board, look, t),
            plan_strip(board),
            *([] if board.page in SAYS_ITSELF else [slot(board, "alerts-strip", "alerts-strip")]),
            html.Main(dbc.Container(body, fluid=True, className="sheet"), id="main"),
            slot(board, "picture-foot", "picture-foot"),
            html.Footer(
                [
                    html.A(t("page.wall"), href=address(board, look, page="wall")),
                    html.A(t("page.lite"), href=address(board, look, page="lite")),
                    frozen.chooser(board, look, t),
                    *replay.chooser(board, look, t),
                    html.Span(t("word.footer")),
                ],
                className="foot",
            ),
        ],
    )


def plan_strip(board: Board) -> Component:
    """Where the contingency plan stands, on every page; the way to it. Not seen while it is empty (plan.css)."""
    where = urlencode({"site": board.site, "lang": board.lang})
    line = slot(board, "plan-strip", "plan-strip-words")
    return html.A(line, href=f"/plan?{where}", className="plan-strip")


def _menu(shown: str, links: list[Component], name: str) -> Component:
    return html.Details(
        [html.Summary(shown, **aria(label=f"{name}: {shown}")), html.Div(links, className="menu-list")],
        className="menu",
    )


def _site_links(board: Board, look: Look | str) -> list[Any]:
    return [html.A(site["name"], href=address(board, look, site=site["site"])) for site in board.sites]


def _window_links(board: Board, look: Look | str, t: Translator) -> list[Any]:
    return [html.A(t(f"window.{name}"), href=address(board, look, 0, window=name, **NO_RANGE)) for name in WINDOWS]


def _language(board: Board, look: Look | str, t: Translator) -> Component:
    other = Language.EN if board.lang == Language.ES else Language.ES
    return html.A(
        str(other).upper(),
        href=address(board, look, lang=str(other)),
        className="switch",
        lang=str(other),
        **aria(label=t(f"word.read_in_{other}")),
    )


def _look(board: Board, look: Look | str, t: Translator) -> Component:
    other = Look.LIGHT if Look(look) is Look.DARK else Look.DARK
    return html.A(
        html.Span(className=f"look-sign look-{other}"),
        href=address(board, other),
        className="switch",
        **aria(label=t(f"word.look_{other}")),
    )
