"""Rates that change at known moments, and the queue they leave: the fluid model, piecewise linear in time.

Newell, Applications of queueing theory (1982), chapter 2: between two changes the queue is a straight line, so that
where it empties is found exactly, not by small steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HOURS_IN_A_YEAR = 8760.0


@dataclass(frozen=True)
class Steps:
    """A level per hour: `level[i]` holds from `since[i]` hours from now up to the next; the last goes on for good.

    `since` begins with 0.
    """

    since: np.ndarray
    level: np.ndarray

    def times(self, factor: float) -> Steps:
        return Steps(self.since, self.level * factor)

    def at(self, hours: np.ndarray) -> np.ndarray:
        return self.level[np.searchsorted(self.since, hours, side="right") - 1]


def steady(level: float) -> Steps:
    return Steps(np.zeros(1), np.array([float(level)]))


def together(first: Steps, second: Steps) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every moment at which one of the two changes, and both levels from there on."""
    if len(first.since) == len(second.since) == 1:
        return first.since, first.level, second.level
    since = np.union1d(first.since, second.since)
    return since, first.at(since), second.at(since)


def minus(first: Steps, second: Steps) -> Steps:
    since, one, other = together(first, second)
    return Steps(since, one - other)


def first_empty(waiting: float, change: Steps) -> float | None:
    """Hours until `waiting` and everything that `change` adds to it are first gone; None if not within a year."""
    if waiting <= 0:
        return 0.0
    if len(change.since) == 1:
        pace = -float(change.level[0])
        return waiting / pace if pace * HOURS_IN_A_YEAR >= waiting else None
    left = waiting + np.concatenate([[0.0], np.cumsum(change.level[:-1] * np.diff(change.since))])
    gone = np.flatnonzero(left <= 0)
    step = int(gone[0]) - 1 if len(gone) else len(left) - 1
    pace = -float(change.level[step])
    if pace <= 0:
        return None
    hours = float(change.since[step]) + float(left[step]) / pace
    return hours if hours <= HOURS_IN_A_YEAR else None


def queue_after(waiting: float, change: Steps, hours: float) -> float:
    """People waiting after so many hours. An empty queue stays empty until more come than are served."""
    ends = np.append(change.since[1:], np.inf)
    for since, until, level in zip(change.since, ends, change.level, strict=True):
        if since >= hours:
            break
        waiting = max(0.0, waiting + float(level) * (min(float(until), hours) - float(since)))
    return waiting
