"""People told apart: parts of the range, each day's parts in a table, and what nobody told apart."""

from __future__ import annotations

from typing import Any

from data.types import Breakdown, BreakdownDay, FlowModel
from data.vocabulary import PYRAMID, TOLD_BY, Look
from layouts import elements as html
from layouts import ids
from layouts.addresses import address
from layouts.board import Board, Tree
from layouts.parts import aria, table
from layouts.pyramid import cell_name, pyramid, pyramid_sentence
from layouts.translator import Translator


def dimensions(board: Board, look: Look | str, t: Translator) -> Tree:
    """One link each; the one that is shown leads back to none."""
    chosen = board.picks.get("by")
    links = []
    for name in TOLD_BY:
        here = name == chosen
        href = address(board, look, by=None if here else name) + "#panel-breakdown"
        links.append(
            html.Li(
                html.A(t(f"dimension.{name}"), href=href, className="pick", **(aria(current="true") if here else {}))
            )
        )
    return html.Nav(
        html.Ul(links), id=ids.text("breakdown-by"), className="picker-row", **aria(label=t("breakdown.by"))
    )


def breakdown_texts(model: FlowModel, t: Translator) -> dict[str, Tree]:
    told = model.breakdown
    if told is None:
        return {"breakdown": html.P(t("breakdown.choose"), className="quiet")}
    if told.source is None:
        return {"breakdown": html.P(t("breakdown.no_source"), className="quiet")}
    whole = t("breakdown.days", first=t.full_date(told.days[0].day.start), last=t.full_date(told.days[-1].day.start))
    facts = {"measure": str(told.measure), "stage": str(told.stage), "dimension": t(f"dimension.{told.by}")}
    if not told.reported:
        return {"breakdown": html.P([t("breakdown.nobody", **facts), " ", whole], className="quiet")}
    return {
        "breakdown": [
            html.P([_sentence(told, t), " ", whole], className="breakdown-says"),
            *_told(told, t),
            html.Details(
                [
                    html.Summary(t("breakdown.by_day")),
                    html.Div(
                        _days(told, t),
                        className="table-scroll",
                        tabIndex=0,
                        role="group",
                        **aria(label=t("breakdown.by_day")),
                    ),
                ],
                className="twin",
            ),
        ]
    }


def _told(told: Breakdown, t: Translator) -> list[Tree]:
    """The parts of the range; by sex and age as a pyramid, with its table beside it."""
    if told.by != PYRAMID:
        return [_range(told, t)]
    twin = html.Details([html.Summary(t("word.see_table")), _range(told, t)], className="twin")
    return [pyramid(told, t), html.P(pyramid_sentence(told, t), className="chart-sentence"), twin]


def _sentence(told: Breakdown, t: Translator) -> str:
    known = [day.total for day in told.days if day.total is not None]
    silent = sum(day.total is None for day in told.days)
    facts = {"measure": str(told.measure), "stage": str(told.stage), "source": str(told.source)}
    key = "breakdown.says_at_least" if silent or any(day.at_least for day in told.days) else "breakdown.says"
    said = [t(key, people=round(sum(known)), **facts)]
    said += [t("breakdown.silent", days=silent)] if silent else []
    said += [t("breakdown.over")] if any(day.rest is not None and day.rest < -0.5 for day in told.days) else []
    masked = [day for day in told.days if day.reserved]
    said += [t("breakdown.running")] if any(day.running for day in masked) else []
    said += [t("breakdown.reserved_why")] if any(not day.running for day in masked) else []
    return " ".join(said)


def _range(told: Breakdown, t: Translator) -> Tree:
    """The days' parts added up, most people first; with the rest they sum to the total."""
    total = sum(day.total for day in told.days if day.total is not None)
    rows: list[Any] = []
    parts = [
        (word_of(told.by, part, t), sum(day.parts.get(part) or 0.0 for day in told.days), part) for part in _parts(told)
    ]
    for words, people, part in sorted(parts, key=lambda row: -row[1]):
        hidden = any(part in day.parts and day.parts[part] is None for day in told.days)
        rows.append(_row(words, people, total, t, hidden, ""))
    rest = sum(day.rest or 0.0 for day in told.days)
    rows.append(_row(t("breakdown.rest"), rest, total, t, any(day.rest_reserved for day in told.days), "rest"))
    reserved = sum(day.reserved for day in told.days)
    if reserved:
        rows.append(_row(t("breakdown.reserved"), reserved, total, t, False, "reserved"))
    whole = html.Tr(
        [
            html.Th(t("breakdown.total"), scope="row"),
            html.Td(t.number(round(total))),
            html.Td(t.percent(1)) if total else html.Td("–"),
            html.Td(),
        ],
        className="whole",
    )
    heads = [t(f"dimension.{told.by}"), t("breakdown.people"), t("breakdown.share"), ""]
    head = html.Tr([*(html.Th(words, scope="col") for words in heads[:3]), html.Td(**aria(hidden="true"))])
    return html.Table(
        [
            html.Caption(t("panel.breakdown.title"), className="visually-hidden"),
            html.Thead(head),
            html.Tbody([*rows, whole]),
        ],
        className="table-plain parts",
    )


def _row(words: str, people: float, total: float, t: Translator, hidden: bool, kind: str) -> Tree:
    """`hidden`: on some days reserved, so that at least so many."""
    shown = t.number(round(people))
    if hidden:
        shown = t("word.masked") if not round(people) else f"≥\u00a0{shown}"
    share = people / total if total else 0.0
    bar = html.Span(className=f"part-bar {kind}".strip(), style={"--share": f"{max(0.0, min(1.0, share)):.4f}"})
    over = people < -0.5
    return html.Tr(
        [
            html.Th(words, scope="row"),
            html.Td([shown, *([html.Span(t("breakdown.error"), className="wrong")] if over else [])]),
            html.Td("–" if (hidden and not round(people)) or over else t.percent(share)),
            html.Td(bar, className="part-cell", **aria(hidden="true")),
        ]
    )


def _days(told: Breakdown, t: Translator) -> Tree:
    names = sorted(_parts(told), key=lambda part: -sum(day.parts.get(part) or 0.0 for day in told.days))
    heads = [
        t("word.day"),
        *(word_of(told.by, part, t) for part in names),
        t("breakdown.rest"),
        t("breakdown.total"),
        t("word.note"),
    ]
    rows = [_day(day, names, t) for day in reversed(told.days)]
    return table(heads, rows, "breakdown-days", caption=t("panel.breakdown.title"))


def _day(day: BreakdownDay, names: list[str], t: Translator) -> list[Any]:
    date = t.full_date(day.day.start)
    if day.total is None:
        silent = t("word.no_report")
        return [date, *(silent for _ in names), silent, silent, ""]
    # A part that the day does not name is not zero: its people are among the rest.
    cells = [_cell(day.parts[part], t) if part in day.parts else "–" for part in names]
    rest = t("word.masked") if day.rest_reserved else t.number(round(day.rest or 0.0))
    notes = [
        t("word.provisional") if day.provisional else "",
        t("word.at_least") if day.at_least else "",
        "" if day.method is None else t(f"method.{day.method}"),
        t("breakdown.error") if day.rest is not None and day.rest < -0.5 else "",
    ]
    return [date, *cells, rest, t.number(round(day.total)), " · ".join(note for note in notes if note)]


def _cell(people: float | None, t: Translator) -> str:
    return t("word.masked") if people is None else t.number(round(people))


def _parts(told: Breakdown) -> list[str]:
    return list(dict.fromkeys(part for day in told.days for part in day.parts))


def word_of(by: str, part: str, t: Translator) -> str:
    """Nationalities are the partners' own words."""
    if by == PYRAMID:
        return cell_name(part, t)
    return t.word(by, part)
