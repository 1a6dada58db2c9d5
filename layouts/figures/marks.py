"""Small marks over bars: a figure that says something else than before, one that came late; hovering says which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from layouts.figures.base import any_known, numbers
from layouts.translator import Translator


def corrected(x: Sequence[str], now: pd.Series, was: pd.Series, t: Translator) -> list[dict[str, Any]]:
    """A diamond on each corrected figure; nothing where none was."""
    if not any_known(was):
        return []
    chosen = (was.notna() & now.notna()).to_numpy()
    words = [t("revision.was", old=round(old)) for old in was[chosen]]
    return _marks(x, now, chosen, words, t("revision.corrected"), "diamond")


def late(x: Sequence[str], now: pd.Series, flags: pd.Series, t: Translator) -> list[dict[str, Any]]:
    """A triangle on each figure that was first told after it was expected."""
    if not flags.any():
        return []
    chosen = (flags.fillna(False).astype(bool) & now.notna()).to_numpy()
    return _marks(x, now, chosen, [t("revision.came_late")] * int(chosen.sum()), t("revision.late"), "triangle-down")


def _marks(
    x: Sequence[str], now: pd.Series, chosen: Any, words: list[str], name: str, shape: str
) -> list[dict[str, Any]]:
    if not chosen.any():
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": [at for at, one in zip(x, chosen, strict=True) if one],
            "y": numbers(now[chosen], 0),
            "customdata": words,
            "marker": {"symbol": f"{shape}-open", "size": 9, "color": "@ink", "line": {"width": 1.5}},
            "hovertemplate": "%{customdata}",
        }
    ]
