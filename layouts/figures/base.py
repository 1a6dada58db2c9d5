"""What every figure shares: local times on the axis, number signs, the rules of the place, empty answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from textwrap import wrap
from typing import Any

import pandas as pd

from data.types import PolicyEvent, Window
from data.vocabulary import Language
from layouts.board import Figure
from layouts.translator import GROUP, Translator

LONGEST_LINE = 44  # characters over a chart, so that a phone shows them all


def local_iso(moments: Iterable[datetime], t: Translator) -> list[str]:
    """Plotly knows no zones: it is given the site's wall clock."""
    return [t.local(pd.Timestamp(at).to_pydatetime()).strftime("%Y-%m-%dT%H:%M") for at in moments]


def numbers(values: Iterable[Any], decimals: int = 1) -> list[float | int | None]:
    """For JSON: missing stays null, a whole number is written as one."""
    plain: list[float | int | None] = []
    for value in values:
        if value is None or pd.isna(value):
            plain.append(None)
        else:
            rounded = round(float(value), decimals)
            plain.append(int(rounded) if rounded.is_integer() else rounded)
    return plain


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
    """Ticks at the site's round hours; the end of a day reads 24:00."""
    hours = (window.end - window.start) / timedelta(hours=1)
    step = 6 if hours <= 30 else 12 if hours <= 60 else 24
    ticks, words = [], []
    at = t.local(window.start).replace(minute=0, second=0, microsecond=0)
    end = t.local(window.end)
    while at <= end:
        if at >= t.local(window.start) and at.hour % min(step, 24) == 0:
            ticks.append(at)
            last = at == end and at.hour == 0
            if step == 24 or (at.hour == 0 and hours > 30):
                words.append(t.date(at))
            else:
                words.append("24:00" if last else at.strftime("%H:%M"))
        at += timedelta(hours=1)
    return {
        "type": "date",
        "range": local_iso([window.start, window.end], t),
        "tickvals": [at.strftime("%Y-%m-%dT%H:%M") for at in ticks],
        "ticktext": words,
        "hoverformat": "%H:%M",
    }


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
        words = event.title.get(str(t.language), "")
        if event.at > now:
            left = (event.at - now) / timedelta(minutes=1)
            words = t("figure.event_in", title=words, left_minutes=left)
        words = "<br>".join(wrap(words, LONGEST_LINE))
        late = (event.at - window.start) > (window.end - window.start) / 2
        annotations.append(
            label(
                x, 1.0, words, "@event", yref="paper", yanchor="bottom", xanchor="right" if late else "left", yshift=2
            )
        )
    return shapes, annotations
