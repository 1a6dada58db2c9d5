"""`/coverage/who`: who does what, where, when: filters, the matrix, who is missing in the current shift, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from dash import html

from data.types import Frame, WhoMatrix
from data.vocabulary import Sector
from layouts.desk.around import button, form, hidden, panel, select, tag
from layouts.parts import age, aria, marks_text
from layouts.questions import cell_ways
from layouts.translator import Translator
from layouts.who_table import matrix_list, matrix_table

ADDRESS = "/coverage/who"
PARTNERS = "/coverage/partners"
WINDOWS = ("today", "yesterday", "7d", "30d", "90d")
ACROSS = ("organisation", "shift", "day", "month", "place")
COUNTS = ("people", "girls", "boys", "women", "men")
ASKED = ("window", "from", "to", "across", "sector", "organisation", "place", "count", "view", "as_of")
FILES = ("xlsx", "csv", "r4v.xlsx", "r4v.csv")
MINUTE = timedelta(minutes=1)


def body(
    frame: Frame,
    told: WhoMatrix,
    open_duplicates: int,
    asked: Mapping[str, str],
    plain: Mapping[str, str],
    t: Translator,
) -> list[Any]:
    """`asked`: the words of the address as written; `plain`: site, language and look of it."""
    query = {name: asked[name] for name in ASKED if asked.get(name)}
    stamps = [*marks_text(frame, t), age(frame.data_as_of)]
    as_list = asked.get("view") == "list"
    way = cell_ways(frame, told.ask, plain, t)
    other = {**plain, **{k: v for k, v in query.items() if k != "view"}, **({} if as_list else {"view": "list"})}
    view = html.A(
        t("who.as_table" if as_list else "who.as_list"), href=f"{ADDRESS}?{urlencode(other)}", className="view"
    )
    return [
        html.Div(
            [
                html.H1(t("who.title")),
                html.Span(frame.site.name, className="who-site"),
                html.Span(stamps, className="stamps"),
            ],
            className="page-title",
        ),
        *([html.P(t("frozen.says", moment=frame.scope.as_of), className="notice")] if frame.scope.as_of else []),
        panel("who-ask", t("who.ask"), [_filters(frame, told, asked, plain, t)], class_name="who-ask"),
        *_missing(told, t),
        panel(
            "who",
            _heading(told, t),
            [
                html.P(_says(told, open_duplicates, t), className="who-says"),
                *_empty(told, plain, t),
                html.Div(
                    matrix_table(told, t, way),
                    className="table-scroll who-table",
                    tabIndex=0,
                    role="group",
                    **aria(label=t("who.title")),
                ),
                html.Div(matrix_list(told, t, way), className="who-list"),
                html.P(
                    [
                        html.Span(className="key-gap", **aria(hidden="true")),
                        t("who.key"),
                    ],
                    className="quiet who-key",
                ),
                view,
            ],
            class_name="who-as-list" if as_list else "",
        ),
        panel(
            "who-files",
            t("who.files"),
            [
                html.P(t("who.files_say")),
                html.P([part for name in FILES for part in (_file(name, query, plain, t), " ")], className="who-files"),
                html.P(html.A(t("who.partners"), href=f"{PARTNERS}?{urlencode(plain)}")),
            ],
        ),
    ]


def _file(name: str, query: Mapping[str, str], plain: Mapping[str, str], t: Translator) -> Any:
    asked = urlencode({**plain, **{k: v for k, v in query.items() if k != "view"}})
    return html.A(t(f"who.file.{name.replace('.', '_')}"), href=f"{ADDRESS}.{name}?{asked}", className="act quiet-act")


def _heading(told: WhoMatrix, t: Translator) -> str:
    first, last = told.ask.window.start, told.ask.window.end - MINUTE
    if t.local(first).date() == t.local(last).date():
        return t("who.of_day", day=t.full_date(first))
    return t("who.of_days", first=t.full_date(first), last=t.full_date(last))


def _says(told: WhoMatrix, open_duplicates: int, t: Translator) -> str:
    said = [t(f"who.says.{told.ask.count}")]
    if told.total.hidden or told.total.at_least:
        said.append(t("who.says.at_least"))
    if open_duplicates:
        said.append(t.n("who.says.duplicates", open_duplicates))
    if told.duplicates:
        said.append(t.n("who.says.left_out", told.duplicates))
    return " ".join(said)


def _missing(told: WhoMatrix, t: Translator) -> list[Any]:
    """The sectors in which nobody is active now: the first thing to know."""
    silent = [t.word("sector", one.sector) for one in told.sectors if not one.active]
    if not silent:
        return []
    hours = {"from_time": told.shift.start, "until_time": told.shift.end} if told.of == "shift" else {}
    return [
        html.P(
            [
                html.B(t(f"who.no_actor.{told.of}", **hours)),
                " ",
                ", ".join(silent),
                ". ",
                html.Span(t("who.no_actor_says")),
            ],
            className="notice no-actors",
            role="status",
        )
    ]


def _empty(told: WhoMatrix, plain: Mapping[str, str], t: Translator) -> list[Any]:
    if told.columns and any(one.cells for sector in told.sectors for one in sector.services):
        return []
    parts: list[Any] = [t("who.nothing")]
    if told.newest is not None:
        last = t.local(datetime.fromtimestamp(told.newest, UTC) - MINUTE)
        first = last.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
        asked = {**plain, "across": "month", "from": first.date().isoformat(), "to": after.date().isoformat()}
        parts += [" ", html.A(t("who.newest", until=last), href=f"{ADDRESS}?{urlencode(asked)}")]
    return [html.P(parts, className="notice")]


def _filters(frame: Frame, told: WhoMatrix, asked: Mapping[str, str], plain: Mapping[str, str], t: Translator) -> Any:
    every = [("", t("who.every"))]
    own = bool(asked.get("from") or asked.get("to"))
    windows = [(name, t.maybe(f"window.{name}") or t(f"who.window.{name}")) for name in WINDOWS]
    if own:
        windows.insert(0, ("", t("who.window.range")))
    places = [(place or "-", place or t("who.whole_site")) for place in told.places]
    looks = {name: plain[name] for name in ("lang", "look")}
    kept = {name: asked[name] for name in ("view", "as_of") if asked.get(name)}
    fields: Sequence[Any] = [
        *hidden({**looks, **kept}),
        select("site", t("word.site"), [(one.site, one.name) for one in frame.sites], plain["site"]),
        select("across", t("who.columns"), [(one, t(f"who.across.{one}")) for one in ACROSS], told.ask.across),
        select(
            "sector", t("who.sector"), [*every, *((str(s), t.word("sector", str(s))) for s in Sector)], told.ask.sector
        ),
        select(
            "organisation",
            t("who.organisation"),
            [*every, *((one, one) for one in _with(told.organisations, told.ask.organisation))],
            told.ask.organisation,
        ),
        select("place", t("who.place"), [*every, *places], "-" if told.ask.place == "" else told.ask.place or ""),
        select("count", t("who.count"), [(one, t(f"who.counts.{one}")) for one in COUNTS], told.ask.count),
        select("window", t("who.period"), windows, "" if own else asked.get("window") or "today"),
        _date("from", t("who.from"), asked),
        _date("to", t("who.to"), asked),
        button(t("who.show")),
    ]
    return form(ADDRESS, fields, method="get", class_name="who-form")


def _with(words: Sequence[str], chosen: str) -> list[str]:
    return [*words, *([chosen] if chosen and chosen not in words else [])]


def _date(name: str, label: str, asked: Mapping[str, str]) -> Any:
    box = tag("input", type="date", name=name, value=asked.get(name, "")[:10])
    return html.Label([html.Span(label), box], className="field")
