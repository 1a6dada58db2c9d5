"""What stands around a page of the desk, and the elements of its forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from data.types import Site
from data.vocabulary import Language, Look, SiteKind
from layouts.pages.shell import NAV
from layouts.parts import aria, data
from layouts.translator import Translator


def tag(kind: str, **props: Any) -> Any:
    """An element that Dash has no component for: form controls."""
    return {"type": kind, "namespace": "", "props": props}


def hidden(values: Mapping[str, str]) -> list[Any]:
    return [tag("input", type="hidden", name=name, value=value) for name, value in values.items()]


def options(choices: Iterable[tuple[str, str]], chosen: str) -> list[Any]:
    return [tag("option", value=value, children=label, selected=value == chosen) for value, label in choices]


def select(name: str, label: str, choices: Iterable[tuple[str, str]], chosen: str = "", hint: str = "") -> Component:
    children: list[Any] = [html.Span(label), tag("select", name=name, children=options(choices, chosen))]
    return html.Label([*children, *([html.Small(hint)] if hint else [])], className="field")


def button(label: str, class_name: str = "primary", **props: Any) -> Any:
    return tag("button", type="submit", children=label, className=f"act {class_name}", **props)


def form(action: str, children: Sequence[Any], method: str = "post", class_name: str = "", **props: Any) -> Component:
    return html.Form(list(children), action=action, method=method, className=class_name, **props)


def facts(pairs: Iterable[tuple[str, Any]]) -> Component:
    """Names and values; what is empty is left out."""
    kept = [(name, value) for name, value in pairs if value not in (None, "", [])]
    return html.Dl([part for name, value in kept for part in (html.Dt(name), html.Dd(value))], className="facts")


def panel(name: str, title: str, children: Sequence[Any], says: str = "", class_name: str = "") -> Component:
    heading = html.Div(
        [html.H2(title, id=f"title-{name}"), *([html.Span(says, className="says")] if says else [])],
        className="panel-title",
    )
    return html.Section(
        [heading, *children],
        className=f"panel {class_name}".strip(),
        **data(panel=name),
        **aria(labelledby=f"title-{name}"),
    )


def scroll(table: Component, label: str) -> Component:
    return html.Div(table, className="table-scroll", tabIndex=0, role="group", **aria(label=label))


def around(
    asked: Mapping[str, str],
    other_lang: str,
    other_look: str,
    t: Translator,
    body: Any,
    under: str = "reports",
    place: Site | None = None,
) -> Component:
    """Header with the way to every page, the page, its foot. `asked`: site, language and look of the address; `under`:
    the page it belongs to; `place`: the site that a page is about, named with its mark."""
    query = urlencode(asked)
    lang = Language.EN if t.language is Language.ES else Language.ES
    look = Look.LIGHT if asked["look"] == Look.DARK else Look.DARK
    links = [
        html.A(
            t(f"page.{name}"),
            href=f"{path}?{query}",
            className="nav-link active" if name == under else "nav-link",
        )
        for name, path in NAV
    ]
    header = html.Header(
        [
            html.A(t("web.product"), href=f"/?{query}", className="brand"),
            html.Nav(links, className="main-nav", **aria(label=t("word.pages"))),
            html.Div(
                [
                    *_place(place, t),
                    html.A(
                        str(lang).upper(),
                        href=other_lang,
                        className="switch",
                        lang=str(lang),
                        **aria(label=t(f"word.read_in_{lang}")),
                    ),
                    html.A(
                        html.Span(className=f"look-sign look-{look}"),
                        href=other_look,
                        className="switch",
                        **aria(label=t(f"word.look_{look}")),
                    ),
                ],
                className="tools",
            ),
        ],
        className="top",
    )
    return html.Div(
        [
            html.A(t("word.skip"), href="#main", className="skip"),
            header,
            html.Main(html.Div(body, className="sheet desk"), id="main"),
            html.Footer(html.Span(t("word.footer")), className="foot"),
        ],
        className="page page-desk",
        lang=str(t.language),
    )


def _place(place: Site | None, t: Translator) -> list[Any]:
    if place is None:
        return []
    marked: list[Any] = (
        [] if place.kind is SiteKind.REAL else [" ", html.Span(t(f"mark.{place.kind}"), className="stamp")]
    )
    named: list[Any] = [html.B(place.name), *marked]
    return [html.Span(named, className="place-name")]
