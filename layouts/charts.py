"""The charts: one row each. Adding a chart is a row, its figure function and its words `panel.<name>.*`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from data.types import Flag, FlowModel, QueueModel, SituationModel, Window
from data.vocabulary import Measure
from layouts import tables
from layouts.board import Figure, Tree
from layouts.figures.ahead import counters_needed
from layouts.figures.alarms import has_alarms, with_alarms
from layouts.figures.curves import cumulative
from layouts.figures.long import long_reports, long_table
from layouts.figures.presence import presence_figure
from layouts.figures.queues import counters_history, queue_history
from layouts.figures.rates import daily, hourly
from layouts.hours_ahead import (
    expected_sentence,
    expected_table,
    kept_sentence,
    needs_sentence,
    needs_table,
    plan_table,
)
from layouts.laid_over import compared_sentence, compared_table
from layouts.presence import presence_sentence, presence_table
from layouts.translator import Translator


@dataclass(frozen=True)
class Chart:
    """`draw`, `say` and `table` take the model of the chart's page; a wall has neither sentence nor table."""

    name: str
    page: str
    draw: Callable[[Any, Translator], Figure]
    say: Callable[[Any, Translator], str] | None = None
    table: Callable[[Any, Translator], Tree] | None = None
    asked: Callable[[Any], bool] | None = None  # None: it always stands there

    def stands(self, page: str, model: Any) -> bool:
        return self.page == page and (self.asked is None or self.asked(model))


def _curves(model: Any, t: Translator) -> Figure:
    return cumulative(model.curves, model.events, model.frame.clock.now, t)


def _read_curves(model: SituationModel | FlowModel, t: Translator) -> Figure:
    other = model.comparison if isinstance(model, FlowModel) else None
    return cumulative(model.curves, model.events, model.frame.clock.now, t, other, read=True)


def _flow_curves_say(model: FlowModel, t: Translator) -> str:
    said = [compared_sentence(model, t), tables.curves_sentence(model.curves, model.frame.clock.now, t)]
    return " ".join(part for part in said if part)


def _flow_curves_table(model: FlowModel, t: Translator) -> Tree:
    other, own = model.comparison, tables.curves_table(model.curves, t)
    return own if other is None or other.points is None else [compared_table(model.curves, other, t), own]


def _curves_table(model: Any, t: Translator) -> Tree:
    return tables.curves_table(model.curves, t)


def _caveat(name: str) -> Callable[[Any, Translator], str]:
    return lambda model, t: t(f"panel.{name}.caveat")


def _hourly_says(model: FlowModel, t: Translator) -> str:
    """The signs are explained where there are any."""
    hours = model.hours
    signs = [t("revision.sign_corrected")] if hours["people_was"].notna().any() else []
    signs += [t("revision.sign_late")] if hours["late"].fillna(False).any() else []
    return " ".join([t("panel.hourly.caveat"), *signs])


def _hours_window(model: FlowModel) -> Window:
    if model.frame.scope.window == "today" or model.hours.empty:
        return model.curves.day
    if model.window is not None and model.frame.scope.window == "range":
        return model.window
    first, last = model.hours["hour"].iloc[0], model.hours["hour"].iloc[-1]
    return Window(pd.Timestamp(first).to_pydatetime(), pd.Timestamp(last).to_pydatetime() + timedelta(hours=1))


def _at_entry(model: FlowModel, *measures: Measure) -> tuple[Flag, ...]:
    """The doubts about the figures drawn: those of the official source of the entry stage."""
    asked = measures or (Measure.ARRIVALS, Measure.SERVED)
    entry = model.frame.site.entry_stage
    drawn = {(str(one.measure), one.official) for one in model.sources if one.stage is entry and one.measure in asked}
    return tuple(
        flag
        for flag in model.doubts
        if flag.key.get("stage") == entry and (flag.key.get("measure"), flag.source) in drawn
    )


def _readings_window(model: QueueModel) -> Window:
    """The operational day around the readings, so that the axis says 00:00 to 24:00."""
    now = model.frame.clock.now
    if model.history.empty:
        return Window(now - timedelta(hours=24), now)
    first = pd.Timestamp(model.history["at"].min()).to_pydatetime()
    return Window(first, max(now, first + timedelta(hours=1)))


def _queue_history(model: QueueModel, t: Translator) -> Figure:
    entry, now = model.frame.site.entry_stage, model.frame.clock.now
    shown = _readings_window(model)
    if model.expected.hours:
        shown = Window(shown.start, max(shown.end, model.expected.hours[-1].at))
    return queue_history(model.history, entry, model.events, shown, now, t, model.expected)


def _queue_says(model: QueueModel, t: Translator) -> str:
    said = (t("panel.queue_history.caveat"), expected_sentence(model.expected, t))
    return " ".join(part for part in said if part)


def _queue_table(model: QueueModel, t: Translator) -> Tree:
    return [*expected_table(model.expected, t), tables.readings_table(model.history, t)]


def _counters_table(model: QueueModel, t: Translator) -> Tree:
    return [tables.counters_table(model.history, str(model.frame.site.entry_stage), t), *plan_table(model.kept, t)]


CHARTS: tuple[Chart, ...] = (
    Chart(
        "cumulative",
        "situation",
        _read_curves,
        lambda model, t: tables.curves_sentence(model.curves, model.frame.clock.now, t),
        _curves_table,
    ),
    Chart("cumulative", "flow", _read_curves, _flow_curves_say, _flow_curves_table),
    Chart("cumulative", "wall", _curves),
    Chart(
        "hourly",
        "flow",
        lambda model, t: hourly(
            model.hours,
            model.events,
            _hours_window(model),
            model.frame.clock.now,
            t,
            _at_entry(model),
            model.comparison,
        ),
        _hourly_says,
        lambda model, t: tables.hours_table(model.hours, t),
    ),
    Chart(
        "daily",
        "flow",
        lambda model, t: daily(model.days, t, _at_entry(model, Measure.SERVED), model.events, model.frame.clock.now),
        _caveat("daily"),
        lambda model, t: tables.days_table(model.days, t),
    ),
    Chart(
        "long_reports",
        "flow",
        lambda model, t: long_reports(model.long, t, model.events, model.frame.clock.now),
        lambda model, t: t("long.says"),
        lambda model, t: long_table(model.long, t),
        asked=lambda model: bool(model.long),
    ),
    # Only where somebody asks who is in the centre.
    Chart(
        "presence",
        "flow",
        lambda model, t: presence_figure(model.presence, model.events, model.frame.clock.now, t),
        lambda model, t: presence_sentence(model.presence, t),
        lambda model, t: presence_table(model.presence, t),
        asked=lambda model: model.presence is not None,
    ),
    Chart(
        "queue_history",
        "queue",
        _queue_history,
        _queue_says,
        _queue_table,
    ),
    Chart(
        "counters_history",
        "queue",
        lambda model, t: counters_history(
            model.history,
            model.frame.site.entry_stage,
            _readings_window(model),
            t,
            model.events,
            model.frame.clock.now,
            model.kept,
        ),
        lambda model, t: kept_sentence(model.kept, str(model.frame.site.entry_stage), t),
        _counters_table,
    ),
    Chart(
        "counters_needed",
        "queue",
        lambda model, t: counters_needed(model.needs, t),
        lambda model, t: needs_sentence(model.needs, t),
        lambda model, t: needs_table(model.needs, t),
    ),
)


def figures_of(page: str, model: Any, t: Translator) -> dict[str, Figure]:
    alarms = model.frame.alarms
    return {chart.name: with_alarms(chart.draw(model, t), alarms, t) for chart in CHARTS if chart.stands(page, model)}


def texts_of(page: str, model: Any, t: Translator, figures: Mapping[str, Figure]) -> dict[str, Tree]:
    """What stands under each chart of a page: its sentence and its table. `figures`: the page's, by name."""
    texts: dict[str, Tree] = {}
    for chart in CHARTS:
        if chart.stands(page, model) and chart.say and chart.table:
            said = [chart.say(model, t), t("desk_alerts.alarms") if has_alarms(figures.get(chart.name)) else ""]
            texts[f"{chart.name}-sentence"] = " ".join(part for part in said if part)
            texts[f"{chart.name}-table"] = chart.table(model, t)
    return texts
