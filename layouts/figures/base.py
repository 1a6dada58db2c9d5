"""What every figure shares: local times on the axis, number signs, the rules of the place, empty answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from data.types import PolicyEvent, Window
from data.vocabulary import Language
from layouts.board import Figure
from layouts.translator import GROUP, Translator

# Up to so many hours, a tick every so many.
TICKS = ((14, 3), (30, 6), (60, 12), (24 * 9, 24))
LONGEST_LINE = 44  # characters over a chart, so that a phone shows them all
LINE_PIXELS = 18
DEFAULT_ROOM = 40  # above a drawing with nothing over it but its own labels


def local_iso(moments: Iterable[datetime | int], t: Translator) -> list[str]:
    """Plotly knows no zones: it is given the site's wall clock."""
    at = pd.DatetimeIndex(moments).as_unit("us").asi8.tolist() if isinstance(moments, pd.Series) else moments
    return list(map(t.wall_clock, at))


def numbers(values: Iterable[Any], decimals: int = 1) -> list[float | int | None]:
    """For JSON: missing stays null, a whole number is written as one."""
    told = values.tolist() if isinstance(values, pd.Series | np.ndarray) else values
    return [_number(value, decimals) for value in told]


def _number(value: Any, decimals: int) -> float | int | None:
    if not known(value):
        return None
    rounded = round(float(value), decimals)
    return int(rounded) if rounded.is_integer() else rounded


def known(value: Any) -> bool:
    """Whether a cell of a frame holds something: what is missing there is None, or is not even equal to itself."""
    return value is not None and bool(value == value)


def any_known(cells: pd.Series) -> bool:
    """Whether a column of numbers holds any."""
    return not bool(np.isnan(cells.to_numpy(dtype=float)).all())


def column(frame: pd.DataFrame, name: str) -> list[Any]:
    """The cells as a list: looking at one after another in a frame costs more than all that is drawn of them."""
    cells: list[Any] = frame[name].tolist()
    return cells


def layout(name: str, t: Translator, **more: Any) -> dict[str, Any]:
    sign = "," if t.language is Language.ES else "."
    return {"uirevision": name, "separators": f"{sign}{GROUP}", **more}


def empty(name: str, t: Translator, words: str | None = None) -> Figure:
    """An empty frame is a normal input: it says so, and draws no zero."""
    return {
        "data": [],
        "layout": layout(
            name,
            t,
            xaxis={"visible": False},
            yaxis={"visible": False},
            annotations=[
                label(0.5, 0.5, words or t("word.no_report"), "@faint", xref="paper", yref="paper", xanchor="center")
            ],
        ),
    }


def label(x: Any, y: Any, text: str, colour: str = "@ink", **more: Any) -> dict[str, Any]:
    font = {"color": colour, **more.pop("font", {})}
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": font, **more}


def hour_axis(window: Window, t: Translator) -> dict[str, Any]:
    """Ticks at the site's round hours, or at its midnights where days are many; a day ends at 24:00."""
    hours = (window.end - window.start) / timedelta(hours=1)
    step = next((step for most, step in TICKS if hours <= most), 24 * 5)
    end = t.local(window.end)
    midnight = t.local(window.start).replace(hour=0, minute=0, second=0, microsecond=0)
    # Local clock times, one after another: a day of 23 hours has its 18:00 too.
    at = [midnight + timedelta(hours=n) for n in range(0, round(hours) + 49, step)]
    ticks = [one for one in at if t.local(window.start) <= one <= end]
    return {
        "type": "date",
        "range": local_iso([window.start, window.end], t),
        "tickvals": [one.strftime("%Y-%m-%dT%H:%M") for one in ticks],
        "ticktext": [_tick(one, hours, one == end, t) for one in ticks],
        "hoverformat": "%H:%M",
    }


def _tick(at: datetime, hours: float, last: bool, t: Translator) -> str:
    if at.hour == 0 and hours > 30:
        return t.date(at)
    return "24:00" if last and at.hour == 0 else at.strftime("%H:%M")


def event_marks(
    events: Sequence[PolicyEvent], window: Window, now: datetime, t: Translator
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rules that fall in the window: a dashed line, its name, and how long until it holds."""
    shapes, annotations = [], []
    for event in events:
        if not window.start <= event.at <= window.end:
            continue
        [x] = local_iso([event.at], t)
        shapes.append(
            {
                "type": "line",
                "x0": x,
                "x1": x,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": "@event", "width": 1.5, "dash": "dash"},
            }
        )
        words = wrap(event.title.get(str(t.language), ""), LONGEST_LINE)
        if event.at > now:
            words.append(t("figure.left", left_minutes=(event.at - now) / timedelta(minutes=1)))
        late = (event.at - window.start) > (window.end - window.start) / 2
        side = "right" if late else "left"
        over = {"yref": "paper", "yanchor": "bottom", "yshift": 3, "xanchor": side, "align": side}
        annotations.append(label(x, 1.0, "<br>".join(words), "@event", **over))
    return shapes, annotations


def room_above(notes: Sequence[dict[str, Any]], least: int) -> dict[str, int]:
    """Margin for the names of rules above a drawing, so that they stay off the title of its panel."""
    lines = max((str(note["text"]).count("<br>") + 1 for note in notes), default=0)
    return {"t": max(least, LINE_PIXELS * lines + 8)}
