"""Another day laid over the one that is shown, by the clock: in a colour of its own, with its date at the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from data.types import Comparison
from layouts.figures.base import numbers
from layouts.translator import Translator

COLOUR = "@series3"
HALF_HOUR = 30


def compared_curves(comparison: Comparison | None, t: Translator) -> list[dict[str, Any]]:
    if comparison is None or comparison.points is None:
        return []
    points, name = comparison.points, compared_name(comparison, t)
    x = on_day(comparison, points["minute"])
    return [
        _line(x, points["arrivals"], f"{name}: {t('figure.arrivals')}"),
        *(
            []
            if points["served"].isna().all()
            else [_line(x, points["served"], f"{name}: {t('figure.served')}", "dot")]
        ),
    ]


def compared_hours(comparison: Comparison | None, t: Translator) -> list[dict[str, Any]]:
    if comparison is None or comparison.hours is None:
        return []
    hours, name = comparison.hours, compared_name(comparison, t)
    x = on_day(comparison, hours["minute"] + HALF_HOUR)
    return [_line(x, hours["people"], f"{name}: {t('figure.arrivals')}")]


def on_day(comparison: Comparison, minutes: Iterable[float]) -> list[str]:
    """Minutes of the clock on the day that is shown, as plotly takes them."""
    assert comparison.begins is not None
    start = comparison.begins
    return [(start + timedelta(minutes=float(minute))).strftime("%Y-%m-%dT%H:%M") for minute in minutes]


def compared_name(comparison: Comparison, t: Translator) -> str:
    """vie 14 jun 2019, and what that day is remembered as."""
    if comparison.day is None:
        return t("compare.usual_name")
    on = t.full_date(comparison.day.start)
    return f"{on} ({comparison.name[str(t.language)]})" if comparison.name else on


def _line(x: list[str], y: Any, name: str, dash: str = "solid") -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": numbers(y, 0),
        "line": {"color": COLOUR, "width": 2, "dash": dash},
        "connectgaps": False,
        "hovertemplate": "%{y:,d}",
    }
