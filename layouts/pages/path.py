"""The stations in the order of the path: what arrives and what can be served, who waits how long, where it narrows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.types import Sentence, Station
from data.vocabulary import Lane
from layouts import elements as html
from layouts.board import Tree
from layouts.pages.pieces import bounded, counters_cell, station_name, unknown
from layouts.parts import age, table
from layouts.translator import Translator

NEARLY_FULL = 0.95  # as in data.analytics.queueing: from here on growth is told
COLUMNS = ("stage", "arrives", "in_queue", "serves", "counters", "utilisation", "wait", "growth", "age", "besides")


def path_table(stations: Sequence[Station], t: Translator) -> list[Any]:
    """One row a stage, its priority lane below it; on a phone a card each. First where it narrows, in words."""
    rows = [[_named(one, t), *_cells(one, t)] for one in stations]
    head = [t(f"path.{key}") for key in COLUMNS]
    return [
        html.P(narrowest(stations, t), className="path-says"),
        table(head, rows, "path cards", t("panel.stations.title")),
    ]


def narrowest(stations: Sequence[Station], t: Translator) -> str:
    known = [one for one in stations if one.capacity_ratio is not None and one.lane is Lane.GENERAL]
    if not known:
        return t("path.no_bottleneck")
    found = next((one for one in known if one.bottleneck), None)
    tight = found or known[0]
    assert tight.capacity_ratio is not None
    facts = {"stage": tight.stage, "part": t.percent(tight.capacity_ratio)}
    if found is None:
        return t("path.one_known", **facts)
    return t("path.bottleneck" if tight.capacity_ratio < 1 else "path.tightest", **facts)


def _named(one: Station, t: Translator) -> Tree:
    name = station_name(one, t)
    if not one.bottleneck or (one.capacity_ratio or 0) >= 1:
        return name
    return html.Span([name, html.B(t("path.mark"), className="narrow-mark")])


def _cells(one: Station, t: Translator) -> list[Any]:
    if one.waiting is None and one.served_last_hour is None and one.counters_open is None:
        return [html.Span(t("word.no_report"), className="quiet"), *[""] * (len(COLUMNS) - 2)]
    return [
        _per_hour(one.arriving_per_hour, t),
        unknown(t) if one.waiting is None else bounded(t.number(round(one.waiting)), one.at_least),
        _per_hour(one.served_last_hour, t),
        counters_cell(one, t),
        unknown(t) if one.utilisation is None else t.percent(one.utilisation),
        _wait(one, t),
        _change(one, t),
        age(one.as_of),
        _besides(one, t),
    ]


def _per_hour(people: float | None, t: Translator) -> Any:
    return unknown(t) if people is None else t("word.per_hour", number=round(people))


def _wait(one: Station, t: Translator) -> Any:
    if one.endless:
        return t("path.nobody_served")  # what its last ones waited says nothing of who joins now
    if one.wait_minutes is None:
        return unknown(t)
    said: list[Tree] = [html.B(bounded(t.short_duration(one.wait_minutes), one.at_least))]
    if one.wait_low is not None and one.wait_high is not None and round(one.wait_low) != round(one.wait_high):
        span = t("sentence.between_minutes", low_minutes=one.wait_low, high_minutes=one.wait_high)
        said.append(html.Span(span, className="beside"))
    if one.wait_method and round(one.wait_minutes):
        said.append(html.Span(t(f"method.{one.wait_method}"), className="beside"))
    if one.wait_counters is not None:
        said.append(html.Span(t.word("basis", one.wait_counters), className="beside"))
    return html.Span(said)


def _change(one: Station, t: Translator) -> Any:
    """From nearly full on, growth an hour; a queue that shrinks, when it is gone."""
    growth = one.growth_per_hour
    if growth is None:
        return unknown(t)
    if round(growth) > 0:
        return t("word.grows", number=round(growth))
    if one.utilisation is not None and one.utilisation > NEARLY_FULL:
        return t("path.nearly_full", people=max(0, round(-growth)))
    return t("word.falls", number=round(-growth)) if round(growth) < 0 else t("word.steady")


def _besides(one: Station, t: Translator) -> list[Tree]:
    """What a number alone would not say, a line each."""
    said = [_clears(one, t), _long_waits(one, t), *_departures(one, t)]
    if one.capacity_ratio is not None:
        said.insert(0, t("path.ratio", part=t.percent(one.capacity_ratio)))
    return [html.Div(line) for line in said if line]


def _clears(one: Station, t: Translator) -> str:
    if one.endless and one.never_clears:
        waited = one.waited_at_closing_minutes
        return t("path.never_closed") if waited is None else t("path.waited_at_closing", waited_minutes=waited)
    if one.never_clears:
        return t("path.never", basis=_basis(one, t))
    if one.time_to_clear_minutes is None or round(one.time_to_clear_minutes) < 1:
        return ""
    facts = {"clear_minutes": one.time_to_clear_minutes, "basis": _basis(one, t)}
    low, high = one.clear_low_minutes, one.clear_high_minutes
    if low is None:
        return t("path.clears", **facts)
    if high is None:
        return t("path.clears_perhaps", **facts, low_minutes=low)
    return t("path.clears_between", **facts, low_minutes=low, high_minutes=high)


def _basis(one: Station, t: Translator) -> str:
    return ", ".join(t(f"basis.{word}") for word in (one.clear_counters, one.clear_arrivals) if word)


def _long_waits(one: Station, t: Translator) -> str:
    """By who came when, first in first out; where that is not known, so."""
    if not one.waiting or one.waiting < 0:
        return ""
    if one.over_6h is None or one.over_12h is None or one.over_24h is None:
        return t("path.long_unknown") if one.lane is Lane.GENERAL else ""
    if round(one.over_6h) < 1:
        return ""
    over = {"six": one.over_6h, "twelve": one.over_12h, "day": one.over_24h}
    said = t("path.long", **{name: round(people) for name, people in over.items()})
    return t("queue.at_least", told=said) if one.at_least else said


def _departures(one: Station, t: Translator) -> list[str]:
    said = []
    if one.left_last_hour is not None:
        said.append(t("path.left", people=round(one.left_last_hour)))
    if one.negative and one.waiting is not None:
        facts = {"stage": one.stage, "people": round(-one.waiting)}
        said.append(t.sentence(Sentence("sentence.negative_queue", facts)))
    elif one.unexplained is not None and abs(one.unexplained) >= 0.5:
        key = "path.more" if one.unexplained > 0 else "path.fewer"
        said.append(t(key, people=round(abs(one.unexplained))))
    return said
