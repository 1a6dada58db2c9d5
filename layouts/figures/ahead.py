"""The hours to come: counters needed beside those planned and open, and the queue to expect."""

from __future__ import annotations

from typing import Any

from data.types import ExpectedQueue, Needs
from layouts.board import Figure
from layouts.figures.base import empty, label, layout, local_iso
from layouts.translator import Translator

# A bar of counters that nobody has stands this much above those there are; its number says how many.
ABOVE = 1.3


def counters_needed(needs: Needs, t: Translator) -> Figure:
    """A bar an hour with its number; hatched where more are needed than there are."""
    if not needs.hours:
        return empty("counters_needed", t, t(f"ahead.short.{needs.missing}"))
    lines = [value for value in (needs.open_now, *(one.planned for one in needs.hours)) if value is not None]
    few = [one.reason == "too-few" for one in needs.hours]
    within = [one.counters for one, over in zip(needs.hours, few, strict=True) if not over]
    most = max([1, needs.total or 0, *lines, *within])
    x = [t.time(one.start) for one in needs.hours]
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": t("ahead.needed"),
            "x": x,
            "y": [round(most * ABOVE, 1) if over else one.counters for one, over in zip(needs.hours, few, strict=True)],
            "customdata": [t.number(one.counters) for one in needs.hours],
            "marker": {"color": "@bar", "pattern": {"shape": ["/" if over else "" for over in few], "size": 6}},
            "hovertemplate": "%{customdata}",
        }
    ]
    # In a row over the chart, where no line crosses them.
    above = {"yref": "paper", "yanchor": "bottom", "xanchor": "center", "font": {"size": 12}}
    step = 2 if max(one.counters for one in needs.hours) > 99 else 1  # numbers of three digits need the room of two
    told = list(zip(x, needs.hours, strict=True))[::step]
    notes = [label(at, 1.0, t.number(one.counters), "@ink", **above) for at, one in told]
    if any(one.planned is not None for one in needs.hours):
        data.append(_line(x, [one.planned for one in needs.hours], t("ahead.planned"), "@series3", "dash"))
    if needs.open_now is not None:
        data.append(_line(x, [needs.open_now] * len(x), t("ahead.open_now"), "@served", "solid"))
    return {
        "data": data,
        "layout": layout(
            "counters_needed",
            t,
            xaxis={"type": "category", "tickangle": 0, "nticks": 7},
            yaxis={"range": [0, most * (ABOVE if any(few) else 1.1)], "nticks": 4, "tickformat": ",d"},
            margin={"t": 24},
            annotations=notes,
            bargap=0.25,
        ),
    }


def _line(x: list[str], y: list[Any], name: str, colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": 2.5, "dash": dash, "shape": "hvh"},
        "connectgaps": False,
        "hovertemplate": "%{y:,d}",
    }


def expected_band(expected: ExpectedQueue, t: Translator) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Traces and notes to lie behind the readings; none without hours."""
    if not expected.hours:
        return [], []
    x = local_iso([one.at for one in expected.hours], t)

    def edge(values: list[float], **more: Any) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": [round(value) for value in values],
            "line": {"width": 0, "color": "@arrivals"},
            "hoverinfo": "skip",
            **more,
        }

    low, mid, high = ([getattr(one, name) for one in expected.hours] for name in ("low", "mid", "high"))
    traces = [
        edge(high, name=t("ahead.expected_high")),
        edge(low, name=t("ahead.expected_low"), fill="tonexty", fillcolor="@between"),
        edge(
            mid,
            name=t("ahead.expected"),
            line={"width": 2, "color": "@arrivals", "dash": "dot"},
            hoverinfo="all",
            hovertemplate="%{y:,d}",
        ),
    ]
    place = len(x) * 2 // 3
    return traces, [
        label(x[place], round(high[place]), t("ahead.expected"), "@arrivals", xanchor="center", yanchor="bottom")
    ]
