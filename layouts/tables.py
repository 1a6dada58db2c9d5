"""The twin of each chart: its numbers as a table and what it says as a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from data.types import DayCurves
from data.vocabulary import Lane
from layouts.board import Tree
from layouts.figures.base import column, known
from layouts.parts import table
from layouts.translator import Translator

MOST_READINGS = 60
STILL_NOW = timedelta(minutes=5)  # as `NOW` of data.analytics.stages


def curves_table(curves: DayCurves, t: Translator) -> Tree:
    rows = []
    for moment, arrivals, served in cells(curves.points, "at", "arrivals", "served"):
        if t.local(moment).minute == 0:
            both = known(arrivals) and known(served)
            queue = number_or_none(arrivals - served, t) if both else t("word.no_report")
            # The curve starts from the queue carried into the day.
            came = arrivals - (curves.carried_in or 0.0) if known(arrivals) else None
            rows.append([t.time(moment), number_or_none(came, t), number_or_none(served, t), queue])
    heads = [t(key) for key in ("word.hour", "figure.arrivals", "figure.served", "word.in_queue")]
    return table(heads, rows, caption=t("panel.cumulative.title"))


def curves_sentence(curves: DayCurves, now: datetime, t: Translator) -> str:
    """What the picture says, for who cannot see it; of a day that is over, how it ended."""
    said = []
    over = now >= curves.day.end
    if curves.queue_now is not None:
        people = round(curves.queue_now)
        bound = "_at_least" if curves.queue_at_least else ""
        if over:
            said.append(t("reading.queue_at_the_end", people=people))
        elif counted_now(curves, now):
            said.append(t(f"figure.says_queue{bound}", people=people))
        else:
            assert curves.queue_at is not None
            on = "" if t.local(curves.queue_at).date() == t.local(now).date() else "_on"
            facts = {"people": people, f"seen_{'at' if on else 'time'}": curves.queue_at}
            said.append(t(f"figure.said_queue{on}{bound}", **facts))
    if curves.closed and not over:
        waited = curves.waited_at_closing
        closed = "figure.said_wait_closed" if waited is None else "figure.said_wait_at_closing"
        said.append(t(closed, waited_minutes=None if waited is None else waited * 60))
    elif curves.wait_from is not None and curves.wait_to is not None:
        key = "figure.says_wait" if counted_now(curves, now) else "figure.said_wait"
        said.append(t(key, waited_minutes=(curves.wait_to - curves.wait_from).total_seconds() / 60))
    methods = sorted({str(m) for m in (curves.arrivals_method, curves.served_method) if m is not None})
    if methods:
        said.append(t("figure.says_method", methods=", ".join(t(f"method.{m}") for m in methods)))
    return " ".join(said)


def counted_now(curves: DayCurves, now: datetime) -> bool:
    """Whether the queue may be told without the moment at which it was counted."""
    return curves.queue_at is None or now - curves.queue_at <= STILL_NOW


def hours_table(hours: pd.DataFrame, t: Translator) -> Tree:
    rows = []
    names = ("hour", "people", "served", "usual_low", "usual_high", "provisional", "late", "people_was", "served_was")
    for at, people, served, low, high, provisional, late, people_was, served_was in cells(hours, *names):
        usual = t("word.between", low=round(low), high=round(high)) if known(low) else "–"
        said = [t("word.provisional")] if provisional is True or provisional == 1 else []
        said += [t("revision.late")] if late is True or late == 1 else []
        said += was(t("figure.arrivals"), people_was, t) + was(t("figure.served"), served_was, t)
        shown = (number_or_none(people, t), number_or_none(served, t))
        rows.append([f"{t.date(at)} {t.time(at)}", *shown, usual, " · ".join(said)])
    keys = ("word.hour", "figure.arrivals", "figure.served", "word.usual", "word.note")
    return table([t(key) for key in keys], rows, caption=t("panel.hourly.title"))


def days_table(days: pd.DataFrame, t: Translator) -> Tree:
    rows = []
    names = ("day", "entries", "arrivals", "low", "high", "method", "differs", "at_least", "arrivals_at_least")
    noted = ("approved", "entries_was", "arrivals_was")
    for at, came_in, came, low, high, how, differs, least, came_least, approved, in_was, came_was in reversed(
        list(cells(days, *names, *noted))
    ):
        spread = "–"
        if known(low) and known(high) and high > low:
            spread = t("word.between", low=round(low), high=round(high))
        method = t(f"method.{how}") if known(how) else t("word.none_reported")
        if known(differs):
            method = f"{method} · {t('word.day_report_says', people=round(came_in + differs))}"
        entries = _at_least(number_or_none(came_in, t), came_in, least)
        arrivals = _at_least(number_or_none(came, t), came, came_least)
        said = [t("revision.approved", who=approved)] if isinstance(approved, str) else []
        said += was(t("figure.entries"), in_was, t) + was(t("figure.arrivals"), came_was, t)
        rows.append([t.date(at), entries, arrivals, spread, method, " · ".join(said)])
    keys = ("word.day", "figure.entries", "figure.arrivals", "word.range", "word.method", "word.note")
    return table([t(key) for key in keys], rows, caption=t("panel.daily.title"))


def cells(frame: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    """Row by row, the columns of these names; a frame's own ways of looking at a row cost more than its table."""
    return zip(*(column(frame, name) for name in names), strict=True)


def was(what: str, old: Any, t: Translator) -> list[str]:
    """That a figure was corrected, and from what."""
    return [] if not known(old) else [t("revision.corrected_from", what=what, old=round(float(old)))]


def _at_least(shown: str, value: float | None, bounded: bool) -> str:
    return f"≥\u00a0{shown}" if bounded and known(value) else shown


def readings_table(history: pd.DataFrame, t: Translator) -> Tree:
    rows: list[list[Any]] = []
    names = ("at", "stage", "lane", "waiting", "at_least", "counters_open")
    newest = sorted(cells(history, *names), key=lambda row: row[0], reverse=True)[:MOST_READINGS]
    for at, stage, lane, waiting, least, opened in newest:
        bound = _at_least(number_or_none(waiting, t), waiting, least)
        where = t(f"stage.{stage}") if lane == Lane.GENERAL else f"{t(f'stage.{stage}')}, {t(f'lane.{lane}')}"
        rows.append([f"{t.date(at)} {t.time(at)}", where, bound, number_or_none(opened, t)])
    keys = ("word.hour", "word.stage", "word.in_queue", "word.counters")
    return table([t(key) for key in keys], rows, caption=t("panel.queue_history.title"))


def counters_table(history: pd.DataFrame, entry: str, t: Translator) -> Tree:
    """Only the moments at which the number changed."""
    rows: list[list[Any]] = []
    told = cells(history, "at", "counters_open", "stage", "lane")
    read = [row[:2] for row in told if row[2] == entry and row[3] == Lane.GENERAL and known(row[1])]
    read.sort(key=lambda row: row[0])
    before = [None, *(row[1] for row in read)]
    changed = [(at, opened) for (at, opened), last in zip(read, before, strict=False) if opened != last]
    for at, opened in changed[: -MOST_READINGS - 1 : -1]:
        rows.append([f"{t.date(at)} {t.time(at)}", t.number(opened)])
    return table([t("word.since"), t("word.counters")], rows, caption=t("panel.counters_history.title"))


def number_or_none(value: Any, t: Translator) -> str:
    return t("word.no_report") if not known(value) else t.number(round(float(value)))
