"""People in the centre: the last count of heads, and who came and went since. Pure.

    present(t) = count before t + in - out since that count

An hour that nobody reported leaves the number unknown until the next count. Fewer than nobody is what the figures say
when one of them is wrong: it is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.analytics.buckets import HOUR, Buckets


@dataclass(frozen=True)
class Movement:
    """In less out by clock hour; NaN where one of the measures was not reported whole."""

    start: np.ndarray
    net: np.ndarray

    def between(self, since: float, until: float) -> float:
        """People more at `until` than at `since`, evenly spread inside an hour; NaN across an unreported hour."""
        if until <= since:
            return 0.0
        touched = (self.start + HOUR > since) & (self.start < until)
        start, net = self.start[touched], self.net[touched]
        share = (np.minimum(start + HOUR, until) - np.maximum(start, since)) / HOUR
        covered = float(share.sum()) * HOUR
        return float((net * share).sum()) if covered >= until - since - 1 else float("nan")


def movement(hours: np.ndarray, came: Sequence[Buckets], went: Sequence[Buckets]) -> Movement:
    """Over these clock hours. Without anybody who reports who comes, or who goes, nothing is known of any hour."""
    net = np.full(len(hours), 0.0 if came and went else np.nan)
    for sign, parts in ((1.0, came), (-1.0, went)):
        for part in parts:
            people = np.full(len(hours), np.nan)
            whole = part.where(part.whole)
            at = np.searchsorted(hours, whole.start)
            known = (at < len(hours)) & (hours[np.minimum(at, len(hours) - 1)] == whole.start) if len(hours) else []
            people[at[known]] = whole.people[known]
            net = net + sign * people
    return Movement(hours, net)


def present_at(moments: np.ndarray, counted_at: np.ndarray, counted: np.ndarray, moved: Movement) -> np.ndarray:
    """People in the centre at each moment; NaN before the first count and after an unreported hour."""
    found = np.full(len(moments), np.nan)
    last = np.searchsorted(counted_at, moments, side="right") - 1
    for place, (moment, count) in enumerate(zip(moments, last, strict=True)):
        if count >= 0:
            found[place] = counted[count] + moved.between(float(counted_at[count]), float(moment))
    return found


def expected_counts(counted_at: np.ndarray, counted: np.ndarray, moved: Movement) -> np.ndarray:
    """What each count should have found, from the one before it; NaN for the first and across unreported hours."""
    since = zip(counted_at[:-1], counted_at[1:], counted[:-1], strict=True)
    return np.array([np.nan, *(before + moved.between(float(a), float(b)) for a, b, before in since)])[: len(counted)]
