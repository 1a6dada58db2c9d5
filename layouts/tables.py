"""The twin of each chart: its numbers as a table and what it says as a sentence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from data.types import DayCurves
from layouts.board import Tree
from layouts.parts import table
from layouts.translator import Translator

MOST_READINGS = 60


def curves_table(curves: DayCurves, t: Translator) -> Tree:
    rows = []
    for at, arrivals, served in zip(
        curves.points["at"], curves.points["arrivals"], curves.points["served"], strict=True
    ):
        moment = pd.Timestamp(at).to_pydatetime()
        if t.local(moment).minute == 0:
            both = pd.notna(arrivals) and pd.notna(served)
            queue = number_or_none(arrivals - served, t) if both else t("word.no_report")
            rows.append([t.time(moment), number_or_none(arrivals, t), number_or_none(served, t), queue])
    heads = [t(key) for key in ("word.hour", "figure.arrivals", "figure.served", "word.in_queue")]
    return table(heads, rows, caption=t("panel.cumulative.title"))


def curves_sentence(curves: DayCurves, now: datetime, t: Translator) -> str:
    """What the picture says, for who cannot see it; of a day that is over, how it ended."""
    said = []
    if curves.queue_now is not None:
        key = "figure.says_queue_at_least" if curves.queue_at_least else "figure.says_queue"
        if now >= curves.day.end:
            key = "reading.queue_at_the_end"
        said.append(t(key, people=round(curves.queue_now)))
    if curves.wait_from is not None and curves.wait_to is not None:
        said.append(t("figure.says_wait", waited_minutes=(curves.wait_to - curves.wait_from).total_seconds() / 60))
    methods = sorted({str(m) for m in (curves.arrivals_method, curves.served_method) if m is not None})
    if methods:
        said.append(t("figure.says_method", methods=", ".join(t(f"method.{m}") for m in methods)))
    return " ".join(said)


def hours_table(hours: pd.DataFrame, t: Translator) -> Tree:
    rows = []
    for row in hours.to_dict("records"):
        at = pd.Timestamp(row["hour"]).to_pydatetime()
        usual = "–"
        if pd.notna(row["usual_low"]):
            usual = t("word.between", low=round(row["usual_low"]), high=round(row["usual_high"]))
        said = [t("word.provisional")] if row["provisional"] is True or row["provisional"] == 1 else []
        said += [t("revision.late")] if row["late"] is True or row["late"] == 1 else []
        said += was(t("figure.arrivals"), row["people_was"], t) + was(t("figure.served"), row["served_was"], t)
        rows.append(
            [
                f"{t.date(at)} {t.time(at)}",
                number_or_none(row["people"], t),
                number_or_none(row["served"], t),
                usual,
                " · ".join(said),
            ]
        )
    keys = ("word.hour", "figure.arrivals", "figure.served", "word.usual", "word.note")
    return table([t(key) for key in keys], rows, caption=t("panel.hourly.title"))


def days_table(days: pd.DataFrame, t: Translator) -> Tree:
    rows = []
    for row in days.iloc[::-1].to_dict("records"):
        spread = "–"
        if pd.notna(row["low"]) and pd.notna(row["high"]) and row["high"] > row["low"]:
            spread = t("word.between", low=round(row["low"]), high=round(row["high"]))
        method = t("word.none_reported") if pd.isna(row["method"]) else t(f"method.{row['method']}")
        if pd.notna(row["differs"]):
            method = f"{method} · {t('word.day_report_says', people=round(row['entries'] + row['differs']))}"
        at = pd.Timestamp(row["day"]).to_pydatetime()
        entries = _at_least(number_or_none(row["entries"], t), row["entries"], row["at_least"])
        arrivals = _at_least(number_or_none(row["arrivals"], t), row["arrivals"], row["arrivals_at_least"])
        said = [t("revision.approved", who=row["approved"])] if isinstance(row["approved"], str) else []
        said += was(t("figure.entries"), row["entries_was"], t) + was(t("figure.arrivals"), row["arrivals_was"], t)
        rows.append([t.date(at), entries, arrivals, spread, method, " · ".join(said)])
    keys = ("word.day", "figure.entries", "figure.arrivals", "word.range", "word.method", "word.note")
    return table([t(key) for key in keys], rows, caption=t("panel.daily.title"))


def was(what: str, old: Any, t: Translator) -> list[str]:
    """That a figure was corrected, and from what."""
    return [] if pd.isna(old) else [t("revision.corrected_from", what=what, old=round(float(old)))]


def _at_least(shown: str, value: float | None, bounded: bool) -> str:
    return f"≥\u00a0{shown}" if bounded and pd.notna(value) else shown


def readings_table(history: pd.DataFrame, t: Translator) -> Tree:
    rows: list[list[Any]] = []
    for row in history.sort_values("at", ascending=False).head(MOST_READINGS).to_dict("records"):
        at = pd.Timestamp(row["at"]).to_pydatetime()
        waiting = number_or_none(row["waiting"], t)
        bound = _at_least(waiting, row["waiting"], row["at_least"])
        counters = number_or_none(row["counters_open"], t)
        rows.append([f"{t.date(at)} {t.time(at)}", t(f"stage.{row['stage']}"), bound, counters])
    keys = ("word.hour", "word.stage", "word.in_queue", "word.counters")
    return table([t(key) for key in keys], rows, caption=t("panel.queue_history.title"))


def counters_table(history: pd.DataFrame, entry: str, t: Translator) -> Tree:
    """Only the moments at which the number changed."""
    rows: list[list[Any]] = []
    part = history[(history["stage"] == entry) & history["counters_open"].notna()].sort_values("at")
    changed = part[part["counters_open"] != part["counters_open"].shift()]
    for row in changed.iloc[::-1].head(MOST_READINGS).to_dict("records"):
        at = pd.Timestamp(row["at"]).to_pydatetime()
        rows.append([f"{t.date(at)} {t.time(at)}", t.number(row["counters_open"])])
    return table([t("word.since"), t("word.counters")], rows, caption=t("panel.counters_history.title"))


def number_or_none(value: Any, t: Translator) -> str:
    return t("word.no_report") if value is None or pd.isna(value) else t.number(round(float(value)))
