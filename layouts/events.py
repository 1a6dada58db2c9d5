"""Dated rules: those that hold, and how long until the next, counted on by the browser to the minute."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from data.types import FlowModel, PolicyEvent
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import data
from layouts.translator import Translator

BACK = timedelta(days=2)


def events_list(model: FlowModel, t: Translator) -> list[Any]:
    """From shortly before the window on."""
    since = (model.window or model.curves.day).start - BACK
    lines = [_line(event, model.frame.clock.now, t) for event in model.events if event.at >= since]
    return [html.Ul(lines, className="events")] if lines else []


def _line(event: PolicyEvent, now: datetime, t: Translator) -> Tree:
    said: list[Any] = [html.B(t.date(event.at)), " ", t.time(event.at), " · ", event.title.get(str(t.language), "")]
    if event.at > now:
        said += [" · ", countdown(event.at, now, t)]
    return html.Li(said)


def countdown(at: datetime, now: datetime, t: Translator) -> Tree:
    """The minute that runs counts whole, as in told.js."""
    minutes = math.ceil((at - now) / timedelta(minutes=1))
    words = {"left": t("events.left"), "holds": t("events.holds")}
    shown = words["left"].replace("{left}", t.duration(minutes))
    return html.Span(shown, className="countdown", **data(at=at.isoformat(), **words))
