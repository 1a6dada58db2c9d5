"""Pieces that more than one page shows: stations, sectors, alerts, tables behind the charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from data.types import AlertCard, Kpi, SectorCoverage, ServiceCoverage, Station
from data.vocabulary import Lane, Level, Sector, State
from layouts import elements as html
from layouts.alert_words import rule_words, shown_level, silenced_mark, taken_short
from layouts.board import Tree
from layouts.parts import age, mark, table
from layouts.translator import Translator


def stations_table(stations: Sequence[Station], t: Translator) -> list[Tree]:
    """One row a stage and lane; a closed station says so and never waits 0 minutes. Below, what waits hold for."""
    head = ("word.stage", "word.in_queue", "word.serves", "word.counters", "word.wait")
    rows = [_station_row(one, t) for one in stations]
    shown = table([t(key) for key in head], rows, "stations", t("panel.stations.title"))
    holds = waits_hold(stations, t)
    return [shown, html.P(holds, className="waits-hold quiet")] if holds else [shown]


def waits_hold(stations: Sequence[Station], t: Translator) -> str:
    """What the waits that are shown hold for, one sentence for all of them."""
    told = [one.wait_counters for one in stations if one.wait_minutes is not None and one.wait_counters is not None]
    paced = t("basis.pace") if "pace" in told else ""
    counters = [t.word("basis", one) for one in dict.fromkeys(told) if one != "pace"]
    if not counters:
        return t("word.waits_hold", conditions=paced) if paced else ""
    said = "; ".join(counters)
    return t("word.waits_hold_mixed", conditions=said, paced=paced) if paced else t("word.waits_hold", conditions=said)


def _station_row(one: Station, t: Translator) -> list[Any]:
    row: list[Any] = [station_name(one, t)]
    if one.waiting is None and one.served_last_hour is None and one.counters_open is None:
        return [*row, html.Span(t("word.no_report"), className="quiet"), "", "", ""]
    return [
        *row,
        unknown(t) if one.waiting is None else bounded(t.number(round(one.waiting)), one.at_least),
        unknown(t) if one.served_last_hour is None else t("word.per_hour", number=one.served_last_hour),
        counters_cell(one, t),
        _wait(one, t),
    ]


def station_name(one: Station, t: Translator) -> Tree:
    lane = one.lane is not Lane.GENERAL
    name = t(f"lane.{one.lane}") if lane else t(f"stage.{one.stage}")
    shape = [mark(one.level), html.Span(t(f"level.{one.level}"), className="visually-hidden")]
    return html.Span([*shape, html.Span(name, className="named")], className="station" + " lane" * lane)


def unknown(t: Translator) -> Tree:
    """Nothing known here: a dash to the eye, words to a screen reader."""
    return html.Span("–", className="quiet", title=t("word.no_data"))


def bounded(text: str, at_least: bool) -> str:
    return f"≥\u00a0{text}" if at_least else text


def counters_cell(one: Station, t: Translator) -> Any:
    if one.closed:
        return t("word.closed")
    if one.counters_open is None:
        return unknown(t)
    if one.counters_total is None:
        return t.number(one.counters_open)
    return t("word.of", part=one.counters_open, whole=one.counters_total)


def _wait(one: Station, t: Translator) -> Any:
    if one.endless:
        return html.B(t("sentence.nobody_served"))
    if one.wait_minutes is None:
        return unknown(t)
    return html.B(bounded(t.short_duration(one.wait_minutes), one.at_least))


def missing_words(worst: ServiceCoverage | None, t: Translator) -> tuple[str, str]:
    """What is missing, in units of the place: number and unit; or the word that stands for it."""
    if worst is None or worst.delivered is None:
        since = worst.silent_since if worst else None
        return t("word.no_report"), t("word.since_time", time=t.time(since)) if since else ""
    if worst.masked or worst.state is State.MASKED:
        return t("word.masked"), ""
    if worst.standard_value is None:
        return t("word.no_standard"), ""
    if worst.required is None or worst.ratio is None:
        return t("word.need_unknown"), ""
    if not worst.gap:
        return t("word.covered"), t.percent(worst.ratio) if worst.ratio > 1.005 else ""
    missing = t.number(worst.gap, 0 if float(worst.gap).is_integer() or worst.gap >= 100 else 1)
    return t("coverage.lacks_up_to" if worst.at_least else "coverage.lacks", number=missing), t.word("unit", worst.unit)


def bar(level: Level, ratio: float | None, measured: bool = True) -> Tree:
    """How much of the need is met; no report is hatched, never empty; without a standard there is nothing to draw."""
    if ratio is None:
        return html.Div(className=f"bar bar-{'missing' if measured else 'none'}")
    width = max(0.0, min(1.0, ratio)) * 100
    return html.Div(html.Div(className="bar-fill", style={"width": f"{width:.0f}%"}), className=f"bar bar-{level}")


def sectors_strip(sectors: Sequence[SectorCoverage], t: Translator, most: int | None = None) -> list[Any]:
    if not sectors:
        return [html.Div(t("word.no_report"), className="quiet")]
    shown = sectors[:most] if most else sectors
    cells: list[Any] = []
    for row in shown:
        number, unit = missing_words(row.worst, t)
        ratio = row.worst.ratio if row.worst and row.worst.state is not State.MISSING else None
        kind = "" if any(sign.isdigit() for sign in number) else "in-words"
        measured = row.worst is None or row.worst.standard_value is not None or row.worst.delivered is None
        cells.append(
            html.Div(
                [
                    html.Div(
                        [mark(row.level if measured else "none"), html.Span(short_sector(row.sector, t))],
                        className="sector-name",
                    ),
                    html.Div([html.B(number), " ", html.Span(unit)], className=f"sector-gap {kind}".strip()),
                    bar(row.level, ratio, measured),
                ],
                className="sector",
            )
        )
    return cells


def gaps_first(sectors: Sequence[SectorCoverage]) -> tuple[SectorCoverage, ...]:
    """For a display with room for few: what can be brought, in units, before what nobody reports; else as they are."""
    known = [row for row in sectors if row.worst is not None and row.worst.gap]
    return (*known, *(row for row in sectors if row not in known))


def nobody_reports(sectors: Sequence[SectorCoverage]) -> bool:
    return all(one.delivered is None and not one.masked for row in sectors for one in row.services)


def stations_strip(stations: Sequence[Station], now: datetime, t: Translator, most: int) -> list[Tree]:
    """The stations as the display shows them: how long, and how many."""
    cells: list[Tree] = []
    for one in [one for one in stations if one.waiting is not None or one.wait_minutes is not None][:most]:
        name = t(f"stage.{one.stage}") if one.lane is Lane.GENERAL else t(f"lane.{one.lane}")
        people: Any = unknown(t)
        if one.waiting is not None and one.state is State.STALE and one.as_of is not None:
            today = t.local(one.as_of).date() == t.local(now).date()
            seen = t.time(one.as_of) if today else t.moment(one.as_of)
            people = t("word.queue_then", people=bounded(t.number(round(one.waiting)), one.at_least), seen=seen)
        elif one.waiting is not None:
            people = bounded(t.n("word.people_in_queue", round(one.waiting)), one.at_least)
        cells.append(
            html.Div(
                [
                    html.Div([mark(one.level), html.Span(name, className="named")], className="sector-name"),
                    html.Div([_wait(one, t), " ", html.Span(people)], className="sector-gap"),
                ],
                className="sector",
            )
        )
    return cells


def wait_from_afar(wait: Kpi, t: Translator) -> str:
    return t("kpi.wait_minutes.label") if wait.holds_for is None else t(f"wall.wait.{wait.holds_for}")


def waits_in_short(stations: Sequence[Station], t: Translator) -> str:
    """What the waits of the stations hold for, where one thing says it of all."""
    words = {one.wait_counters for one in stations if one.wait_counters is not None and one.wait_minutes is not None}
    if not words:
        return ""
    return t(f"wall.waits.{words.pop() if len(words) == 1 else 'mixed'}")


def short_sector(sector: Sector, t: Translator) -> str:
    return t.maybe(f"sector_short.{sector}") or t(f"sector.{sector}")


def rest_of_sectors(sectors: Sequence[SectorCoverage], most: int, t: Translator) -> str:
    rest = sectors[most:]
    if not rest:
        return ""
    if all(row.level is Level.NORMAL for row in rest):
        return t("word.rest_covered")
    silent = sum(row.state is State.MISSING for row in rest)
    return t.n("word.rest_more", len(rest), silent=silent) if silent else t.n("word.rest_only", len(rest))


def alert_line(card: AlertCard, t: Translator, far: bool = False) -> Tree:
    """`far`: for a display, whose small print is not read from afar: who has it stands beside the name of the alert."""
    taken = taken_short(card, t)
    said = taken or t(f"alert_state.{card.state}")
    name: list[Any] = [html.B(rule_words(card.rule, t))]
    if far and taken:
        name.append(html.B(f" · {taken}", className="alert-owner"))
    return html.Div(
        [
            mark(shown_level(card)),
            html.Span([*name, " ", t.sentence(card.sentence)], className="alert-words"),
            *silenced_mark(card, t),
            html.Span([said, " · ", age(card.taken.at if card.taken else card.since)], className="alert-meta"),
        ],
        className="alert-line",
    )


def not_watching(kpis: Mapping[str, Kpi], t: Translator) -> str:
    """That nobody evaluates the alerts, and since when; nothing to say while somebody does."""
    told = kpis["alerts_open"]
    return "" if told.state is State.OK else t.sentence(told.note)


def no_alert_line(kpis: Mapping[str, Kpi], t: Translator) -> Tree:
    """Calm only where somebody looked."""
    unwatched = not_watching(kpis, t)
    if not unwatched:
        return html.Div(t("word.no_alerts"), className="alert-line quiet")
    return html.Div(
        [mark(Level.NO_DATA), html.Span([html.B(t("word.alerts_unchecked")), " ", unwatched], className="alert-words")],
        className="alert-line",
    )


def alert_lines(cards: Sequence[AlertCard], kpis: Mapping[str, Kpi], t: Translator, most: int = 3) -> list[Any]:
    if not cards:
        return [no_alert_line(kpis, t)]
    lines = [no_alert_line(kpis, t)] if not_watching(kpis, t) else []
    lines += [alert_line(card, t) for card in cards[:most]]
    if len(cards) > most:
        lines.append(html.Div(t.n("word.more_alerts", len(cards) - most), className="alert-line quiet"))
    return lines
