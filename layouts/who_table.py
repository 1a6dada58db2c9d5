"""The 5W matrix as a table and as a list. Thousands of cells: made as text, each word escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from data.types import Cell, SectorRows, ServiceRow, WhoMatrix
from layouts.html import Html
from layouts.translator import Translator

Named = Callable[[Any], str]
Way = Callable[[str, str, Any], tuple[str, bool]]
MOST_NAMES = 3
MANY_COLUMNS = 16
MOST_LINKED = 600  # cells: in a larger matrix the totals of its rows lead on
MOST_LISTED = 1500  # cells: a longer list is that of one sector or place at a time


def column_name(across: str, t: Translator) -> Named:
    """What a column is called, whole."""
    if across == "day":
        return lambda key: t("who.longer") if isinstance(key, str) else t.date(_moment(key))
    if across == "month":
        return lambda key: t("who.month", month=t(f"date.month.{key % 12 + 1}"), year=str(key // 12))
    if across == "place":
        return lambda key: key or t("who.whole_site")
    if across == "shift":
        return lambda key: t.maybe(f"who.shift.{key}") or key
    return str


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def cell_words(cell: Cell, t: Translator) -> str:
    """A cell in words: a number, at least a number, an amount, reserved, or that somebody was there."""
    if cell.value is not None:
        return ("≥\u00a0" if cell.at_least else "") + t.number(round(cell.value))
    if cell.hidden:
        return t("word.masked")
    if cell.quantity is not None:
        return f"{t.number(round(cell.quantity))}\u00a0{t.word('unit', cell.unit)}"
    return t("who.without_count")


def _names(cell: Cell, t: Translator) -> str:
    if len(cell.who) <= MOST_NAMES:
        return ", ".join(cell.who)
    return t("who.and_more", names=", ".join(cell.who[:MOST_NAMES]), more=len(cell.who) - MOST_NAMES)


def matrix_table(told: WhoMatrix, t: Translator, way: Way | None = None) -> Html:
    """`way`: where a cell leads, by sector, service and column, and whether somebody asked about it."""
    named = column_name(told.ask.across, t)
    heads = "".join(f'<th scope="col"><span>{escape(named(key))}</span></th>' for key in told.columns)
    first, total = escape(t("who.service")), escape(t("who.total"))
    # Many columns are of one width: a browser then need not look at each cell to know it.
    wide = " who-wide" if len(told.columns) > MANY_COLUMNS else ""
    parts = [
        f'<table class="table-plain who-matrix{wide}" style="--columns:{len(told.columns)}">'
        f'<caption class="visually-hidden">{escape(t("who.title"))}</caption>'
        f'<thead><tr><th scope="col" class="corner">{first}</th><th scope="col" class="sum">{total}</th>{heads}'
        "</tr></thead>"
    ]
    with_names = told.ask.across != "organisation"
    linked = sum(len(one.cells) for sector in told.sectors for one in sector.services) <= MOST_LINKED
    for sector in told.sectors:
        parts.append("<tbody>")
        parts.append(_sector_row(sector, len(told.columns), t, way))
        for one in sector.services:
            if one.service:
                parts.append(_service_row(one, told.columns, with_names, t, way, linked))
        parts.append("</tbody>")
    sums = "".join(_td(told.totals.get(key), False, t) for key in told.columns)
    parts.append(
        f'<tfoot><tr><th scope="row">{total}</th>{_td(told.total, False, t, "sum")}{sums}</tr></tfoot></table>'
    )
    return Html("".join(parts))


def _sector_row(sector: SectorRows, columns: int, t: Translator, way: Way | None) -> str:
    name = escape(t.word("sector", sector.sector))
    wide = f'<td colspan="{columns}" class="actors">{_actors(sector, t)}</td>' if columns else ""
    state = "none" if not sector.active else "some"
    total = _td(sector.total, False, t, "sum", way and way(sector.sector, "", None))
    return (
        f'<tr class="sector-row" data-sector="{escape(sector.sector)}" data-actors="{state}">'
        f'<th scope="row">{name}</th>{total}{wide}</tr>'
    )


def _actors(sector: SectorRows, t: Translator) -> str:
    if sector.active:
        names = Cell(None, who=sector.active)
        return escape(t("who.active", names=_names(names, t)))
    said = f'<b class="no-actor">{escape(t("word.no_actor"))}</b>'
    if sector.last is None:
        return said
    who, until = sector.last
    return f"{said} <span>{escape(t('who.last', who=who, until=_moment(until)))}</span>"


def _service_row(
    one: ServiceRow, columns: tuple[Any, ...], names: bool, t: Translator, way: Way | None, linked: bool
) -> str:
    cells = one.cells
    to = way if linked else None
    made = "".join(_td(cells.get(key), names, t, "", to and to(one.sector, one.service, key)) for key in columns)
    name = escape(t.word("service", one.service))
    total = _td(one.total, False, t, "sum", way and way(one.sector, one.service, None))
    return f'<tr><th scope="row">{name}</th>{total}{made}</tr>'


def _td(cell: Cell | None, names: bool, t: Translator, kind: str = "", leads: tuple[str, bool] | None = None) -> str:
    if cell is None or (kind and cell.value is None and not cell.hidden and not cell.missing):
        return f'<td class="{kind} gap"></td>' if kind else '<td class="gap"></td>'
    words = escape(cell_words(cell, t))
    if cell.value is None:
        words = f"<i>{words}</i>"
    words = _linked(words, leads, t)
    if cell.flagged:
        title = escape(t("who.flagged"))
        words += f' <span class="twice" title="{title}" role="img" aria-label="{title}">⧉</span>'
    if names and cell.who:
        words += f"<small>{escape(_names(cell, t))}</small>"
    return f'<td class="{kind}">{words}</td>' if kind else f"<td>{words}</td>"


def _linked(words: str, leads: tuple[str, bool] | None, t: Translator) -> str:
    if leads is None:
        return words
    href, asked = leads
    kind = f' class="asked" title="{escape(t("questions.asked_here"))}"' if asked else ""
    return f'<a href="{escape(href)}"{kind}>{words}</a>'


def matrix_list(told: WhoMatrix, t: Translator, way: Way | None = None) -> Html:
    """The same, sector by sector: what a narrow screen shows, and who prefers words to a table."""
    named = column_name(told.ask.across, t)
    names = {key: escape(named(key)) for key in told.columns}
    whole = sum(len(one.cells) for sector in told.sectors for one in sector.services) <= MOST_LISTED
    parts = [] if whole else [f'<p class="quiet">{escape(t("who.too_many"))}</p>']
    for sector in told.sectors:
        amount = escape(cell_words(sector.total, t)) if _says(sector.total) else escape(t("word.no_report"))
        parts.append(
            f'<section class="who-sector"><h3><span>{escape(t.word("sector", sector.sector))}</span>'
            f'<span class="sum">{amount}</span></h3><p class="actors">{_actors(sector, t)}</p>'
        )
        told_services = [one for one in sector.services if one.service]
        if told_services:
            parts.append("<ul>")
            parts += [_listed(one, names if whole else {}, t, way) for one in told_services]
            parts.append("</ul>")
        parts.append("</section>")
    return Html("".join(parts))


def _says(cell: Cell) -> bool:
    return cell.value is not None or bool(cell.hidden) or bool(cell.missing)


def _listed(one: ServiceRow, names: Mapping[Any, str], t: Translator, way: Way | None) -> str:
    name = escape(t.word("service", one.service))
    if not one.cells:
        return f'<li class="gap-row"><b>{name}</b> <span>{escape(t("word.no_report"))}</span></li>'
    amount = escape(cell_words(one.total, t))
    inside = "".join(
        f"<div><dt>{column}</dt><dd>{_leading(one, key, t, way)}</dd></div>"
        for key, column in names.items()
        if key in one.cells
    )
    if not inside:
        return f'<li class="gap-row"><b>{name}</b> <span class="sum">{amount}</span></li>'
    summary = f'<summary><b>{name}</b> <span class="sum">{amount}</span></summary>'
    return f"<li><details>{summary}<dl>{inside}</dl></details></li>"


def _leading(one: ServiceRow, key: Any, t: Translator, way: Way | None) -> str:
    return _linked(escape(cell_words(one.cells[key], t)), way and way(one.sector, one.service, key), t)
