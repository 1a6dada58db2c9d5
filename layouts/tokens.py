"""Colours, type sizes and the plotly template of each look. `assets/css/look.css` says the same; a test compares."""

from __future__ import annotations

from functools import cache
from typing import Any

from data.vocabulary import Look

FONT = "Inter, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

DARK = {
    "background": "#111827",
    "panel": "#111827",
    "ink": "#F3F4F6",
    "muted": "#AEB8C6",
    "faint": "#8B95A5",
    "rule": "#2A3444",
    "grid": "#222C3B",
    "link": "#56B4E9",
    "arrivals": "#56B4E9",
    "served": "#2FC49A",
    "series3": "#CC79A7",
    "series4": "#D55E00",
    "between": "rgba(86,180,233,0.16)",
    "band": "rgba(174,184,198,0.20)",
    "bar": "#3D7CA3",
    "bar-soft": "#2B4A60",
    "event": "#E69F00",
    "normal": "#7FA8C9",
    "watch": "#F0E442",
    "alert": "#E69F00",
    "critical": "#FF6B4A",
    "no-data": "#8B95A5",
    "track": "#263143",
    "alarm-watch": "rgba(240,228,66,0.45)",
    "alarm-alert": "rgba(230,159,0,0.13)",
    "alarm-critical": "rgba(255,107,74,0.17)",
}
LIGHT = {
    "background": "#F6F7F9",
    "panel": "#FFFFFF",
    "ink": "#111827",
    "muted": "#4B5666",
    "faint": "#5F6B7B",
    "rule": "#DCE1E8",
    "grid": "#E8ECF1",
    "link": "#0060A0",
    "arrivals": "#0072B2",
    "served": "#007F5C",
    "series3": "#A6437F",
    "series4": "#B04A00",
    "between": "rgba(0,114,178,0.10)",
    "band": "rgba(75,86,102,0.15)",
    "bar": "#6FA3C7",
    "bar-soft": "#B9D0E2",
    "event": "#8A4B00",
    "normal": "#5B86A8",
    "watch": "#F0E442",
    "alert": "#E69F00",
    "critical": "#9B1C1C",
    "no-data": "#6B7585",
    "track": "#E4E8EE",
    "alarm-watch": "rgba(150,138,0,0.50)",
    "alarm-alert": "rgba(230,159,0,0.14)",
    "alarm-critical": "rgba(155,28,28,0.11)",
}
TOKENS: dict[Look, dict[str, str]] = {Look.DARK: DARK, Look.LIGHT: LIGHT}

# Font of axes and labels in px by viewing distance; 0 is the desk. A browser scales charts with the screen.
CHART_PX = {0: 13, 3: 22, 6: 38, 10: 44}
# What is said inside a chart (queue, wait, names of curves) must be read from there too; ticks need not.
LABEL_PX = {0: 13, 3: 24, 6: 56, 10: 64}


def tokens(look: Look | str) -> dict[str, str]:
    return TOKENS[Look(look)]


@cache
def template(look: Look | str, distance: int = 0) -> dict[str, Any]:
    """The plotly template: everything of a figure that is not about its numbers."""
    colour = tokens(look)
    size, said = CHART_PX.get(distance, CHART_PX[0]), LABEL_PX.get(distance, LABEL_PX[0])
    axis = {
        "automargin": True,
        "showline": False,
        "zeroline": False,
        "gridcolor": colour["grid"],
        "linecolor": colour["rule"],
        "tickfont": {"color": colour["muted"], "size": size},
        "title": {"font": {"color": colour["muted"], "size": size}},
        "ticks": "outside",  # clear ticks keep the words of the two axes apart
        "ticklen": round(size * 0.45),
        "tickcolor": "rgba(0,0,0,0)",
    }
    return {
        "layout": {
            "font": {"family": FONT, "color": colour["ink"], "size": size},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [colour["arrivals"], colour["served"], colour["series3"], colour["series4"]],
            "showlegend": False,
            "hovermode": "x unified",
            "hoverlabel": {
                "bgcolor": colour["panel"],
                "bordercolor": colour["rule"],
                "font": {"color": colour["ink"], "family": FONT, "size": max(13, size - 4)},
            },
            # Room for what stands over the plot and for the last hour's name.
            "margin": {"l": 4, "r": round(said * 2.5), "t": round(said * 3), "b": 4},
            "xaxis": {**axis, "showgrid": False, "ticklabeloverflow": "allow", "tickangle": 0},
            "yaxis": axis,
            "annotationdefaults": {"font": {"color": colour["ink"], "size": said}, "showarrow": False},
        }
    }


def resolve(figure: Any, look: Look | str) -> Any:
    """The same figure with colour names such as "@arrivals" turned into the look's colours."""
    colour = tokens(look)
    if isinstance(figure, str):
        return colour.get(figure[1:], figure) if figure.startswith("@") else figure
    if isinstance(figure, list | tuple):
        return [resolve(part, look) for part in figure]
    if isinstance(figure, dict):
        return {key: resolve(value, look) for key, value in figure.items()}
    return figure
