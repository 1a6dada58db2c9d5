"""What the curves say at each quarter of an hour, as numbers beside the figure; reading.js makes a sentence of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from data.types import DayCurves
from layouts.figures.base import column, known, local_iso, numbers
from layouts.translator import Translator


def readings(curves: DayCurves, t: Translator) -> dict[str, Any] | None:
    """`at`, `arrivals` (from the queue carried in), `served`, `waiting`, `waited` (minutes), `joined` (in words)."""
    told = curves.readings
    if told is None or told.empty:
        return None
    joined = [
        at - timedelta(minutes=waited) if known(waited) else None
        for at, waited in zip(column(told, "at"), column(told, "waited_minutes"), strict=True)
    ]
    today = t.local(curves.day.start).date()
    return {
        "at": local_iso(told["at"], t),
        "arrivals": numbers(told["arrivals"], 0),
        "served": numbers(told["served"], 0),
        "waiting": numbers(told["waiting"], 0),
        "waited": numbers(told["waited_minutes"], 0),
        "joined": [
            None
            if at is None
            else t(
                "reading.time" if t.local(at).date() == today else "reading.day_and_time",
                day=t.date(at),
                time=t.time(at),
            )
            for at in joined
        ],
        "carried": None if curves.carried_in is None else round(curves.carried_in),
    }
