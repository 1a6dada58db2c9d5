"""A day's people told apart by one dimension. Pure: winning lines of one series in, people by part out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.grains import BREAKDOWN, without_overlapping_bands
from data.vocabulary import Sex

UNCLASSIFIED = str(Sex.UNCLASSIFIED)  # the same word in every dimension
INTERVAL = ["lane", "start", "minutes"]


def parts_of(lines: pd.DataFrame, by: str) -> Mapping[str, float]:
    """People by part of one operational day, every lane together; empty where nobody told them apart by `by`.

    Parts crossed with other dimensions are added up over those. Of several ways in which one interval is told apart,
    and of reports of different length about one day, the one with the most people counts: it is closest to everybody.
    Two are never added to each other.
    """
    told = lines[lines[by] != ""]
    if told.empty:
        return {}
    broken = np.zeros(len(told), dtype=int)
    for place, dimension in enumerate(BREAKDOWN):
        broken |= (told[dimension] != "").to_numpy().astype(int) << place
    told = without_overlapping_bands(told.assign(broken=broken), [*INTERVAL, "broken"], BREAKDOWN)
    sums = _sums(told, [*INTERVAL, "broken"])
    # Where two sets have the same people, the one told apart by less.
    fullest = sums.sort_values(["people", "broken"], ascending=[False, True]).drop_duplicates(INTERVAL)
    told = told.merge(fullest[[*INTERVAL, "broken"]], on=[*INTERVAL, "broken"])
    grains = _sums(told, ["lane", "minutes"])
    finest = grains.sort_values(["people", "minutes"], ascending=[False, True]).drop_duplicates("lane")
    told = told.merge(finest[["lane", "minutes"]], on=["lane", "minutes"])
    return {str(part): float(people) for part, people in told.groupby(by)["people"].sum().items()}


def _sums(lines: pd.DataFrame, group: list[str]) -> pd.DataFrame:
    return lines.groupby(group)["people"].sum().reset_index()


def with_the_rest(parts: Mapping[str, float], total: float | None) -> tuple[dict[str, float], float | None]:
    """The parts without the unclassified ones, and what the total has beyond them; below zero they exceed it.

    Without a total of its own the parts are the total.
    """
    named = {part: people for part, people in parts.items() if part != UNCLASSIFIED}
    everybody = sum(parts.values()) if total is None and parts else total
    return named, None if everybody is None else everybody - sum(named.values())
