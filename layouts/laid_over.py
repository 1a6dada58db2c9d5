"""The day that is shown and the one laid over it, in words: a legend with both dates, a sentence, a table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd

from data.types import Comparison, DayCurves, FlowModel
from layouts import elements as html
from layouts.board import Tree
from layouts.figures.compared import compared_name
from layouts.parts import aria, table
from layouts.tables import number_or_none
from layouts.translator import Translator

HOUR_MINUTES, DAY_MINUTES = 60, 1440


def legends(model: FlowModel, t: Translator) -> dict[str, Tree]:
    """Of both charts; nothing where today is shown alone."""
    curves, other = model.curves, model.comparison
    today = curves.day.start <= model.frame.clock.now < curves.day.end
    if today and other is None:
        return {"cumulative-legend": "", "hourly-legend": ""}
    shown = t.full_date(curves.day.start)
    drawn = other is not None and other.points is not None
    both = drawn and other is not None and other.day is not None
    legend = [
        _entry(["arrivals", "served"], t("compare.curves", day=shown), t),
        *([_entry(["compared", "compared dotted"], t("compare.curves", day=_name(other, t)), t)] if both else []),
        *([_entry(["compared"], t("compare.arrivals", day=_name(other, t)), t)] if drawn and not both else []),
    ]
    hours = [
        _entry(["bar", "served"], t("compare.hours", day=shown), t),
        *([_entry(["compared"], t("compare.arrivals", day=_name(other, t)), t)] if drawn else []),
    ]
    return {
        "cumulative-legend": [html.Ul(legend, className="legend"), *_trouble(other, t)],
        "hourly-legend": html.Ul(hours, className="legend"),
    }


def _entry(lines: list[str], words: str, t: Translator) -> Tree:
    return html.Li([*(html.Span(className=f"swatch swatch-{line}", **aria(hidden="true")) for line in lines), words])


def _name(other: Comparison | None, t: Translator) -> str:
    assert other is not None
    return compared_name(other, t)


def _trouble(other: Comparison | None, t: Translator) -> list[Any]:
    if other is None or other.trouble is None:
        return []
    return [html.P(t(f"compare.trouble.{other.trouble}", day=compared_name(other, t)), className="compare-trouble")]


def compared_sentence(model: FlowModel, t: Translator) -> str:
    """A esta hora (14:15) el mié 31 oct 2018 habían llegado 2 600; hoy 918. Empty where nothing is compared."""
    other, day = model.comparison, model.curves.day
    if other is None or other.minute is None:
        return ""
    clock = _clock(other, other.minute)
    facts = {"clock": clock, "day": compared_name(other, t), "shown": t.full_date(day.start)}
    if other.there is None:
        return t("compare.not_reported", **facts)
    here = t("word.no_report") if other.here is None else t.number(round(other.here))
    key = (
        "compare.says_usual"
        if other.day is None
        else "compare.says_at_least"
        if other.there_at_least
        else "compare.says"
    )
    said = [t(key, there=round(other.there), here=here, **facts)]
    if other.waiting_there is not None:
        said.append(t("compare.waiting", waiting=round(other.waiting_there)))
    if other.clock_changes:
        said.append(t("compare.clock_changes"))
    return " ".join(said)


def _clock(other: Comparison, minute: float) -> str:
    """The clock's own time so many minutes into the day; a day ends at 24:00."""
    assert other.begins is not None
    at = other.begins + timedelta(minutes=float(minute))
    return "24:00" if minute >= DAY_MINUTES and at.hour == 0 else at.strftime("%H:%M")


def compared_table(curves: DayCurves, other: Comparison, t: Translator) -> Tree:
    """Hour by hour on the clock: what the shown day and the other had reached."""
    assert other.points is not None
    here = _on_the_hour(curves, other, t)
    rows = []
    for row in other.points.to_dict("records"):
        if row["minute"] % HOUR_MINUTES:
            continue
        came, went = here.get(round(row["minute"]), (None, None))
        told = (came, went, row["arrivals"] - other.carried_in, row["served"])
        rows.append([_clock(other, row["minute"]), *(number_or_none(value, t) for value in told)])
    shown, name = t.full_date(curves.day.start), compared_name(other, t)
    heads = [
        t("word.hour"),
        *(
            t("compare.column", what=t(f"figure.{what}"), day=day)
            for day in (shown, name)
            for what in ("arrivals", "served")
        ),
    ]
    return table(heads, rows, caption=t("compare.table", shown=shown, day=name))


def _on_the_hour(curves: DayCurves, other: Comparison, t: Translator) -> dict[int, tuple[float, float]]:
    told, start = curves.readings, other.begins
    if told is None or start is None:
        return {}
    found = {}
    carried = curves.carried_in or 0.0  # they stood there when the day began
    for at, came, went in zip(told["at"], told["arrivals"], told["served"], strict=True):
        minute = round((t.local(pd.Timestamp(at).to_pydatetime()).replace(tzinfo=None) - start).total_seconds() / 60)
        found[minute] = (came - carried, went)
    return found
