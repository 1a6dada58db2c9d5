"""When alerts were on, shaded behind every chart of time; of lesser ones only a strip at its foot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from data.types import AlertSpan
from data.vocabulary import Level
from layouts.board import Figure
from layouts.figures.base import local_iso
from layouts.translator import Translator

# The gravest is drawn last. What is no level of pressure stands with the least.
ORDER = (Level.WATCH, Level.ALERT, Level.CRITICAL)
STRIP = 0.018  # of the height
DRAWN = "alarm"  # the name of its shapes


def with_alarms(figure: Figure, spans: Sequence[AlertSpan], t: Translator) -> Figure:
    """The figure with its bands, cut to the time it shows; itself where its axis is none of time, or nothing was on."""
    extent = _extent(figure)
    if extent is None or not spans:
        return figure
    bands = [band for level in ORDER for band in _bands(spans, level, extent, t)]
    if not bands:
        return figure
    layout = figure["layout"]
    return {**figure, "layout": {**layout, "shapes": [*bands, *layout.get("shapes", [])]}}


def has_alarms(figure: Figure | None) -> bool:
    return figure is not None and any(shape.get("name") == DRAWN for shape in figure["layout"].get("shapes", []))


def _extent(figure: Figure) -> tuple[str, str] | None:
    """First and last moment shown, as the site's clock writes them; such texts sort by time."""
    axis = figure.get("layout", {}).get("xaxis", {})
    if axis.get("type") != "date":
        return None
    shown = axis.get("range") or [at for trace in figure["data"] for at in trace.get("x", []) if isinstance(at, str)]
    return (min(shown), max(shown)) if shown else None


def _bands(spans: Sequence[AlertSpan], level: Level, extent: tuple[str, str], t: Translator) -> list[dict[str, Any]]:
    first, last = extent
    shapes = []
    for start, end in _joined([(one.window.start, one.window.end) for one in spans if _drawn_as(one.level) is level]):
        x0, x1 = local_iso([start, end], t)
        x0, x1 = max(x0, first), min(x1, last)
        if x0 < x1:
            shapes.append(
                {
                    "type": "rect",
                    "name": DRAWN,
                    "layer": "below",
                    "x0": x0,
                    "x1": x1,
                    "yref": "paper",
                    "y0": 0,
                    "y1": STRIP if level is Level.WATCH else 1,
                    "fillcolor": f"@alarm-{level}",
                    "line": {"width": 0},
                }
            )
    return shapes


def _drawn_as(level: Level) -> Level:
    return level if level in ORDER else Level.WATCH


def _joined(stretches: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Stretches that touch are one: forty alerts at once are one band, not forty coats of paint."""
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
