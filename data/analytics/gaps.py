"""Unreported hours and the report after them, which may hold everybody who came meanwhile."""

from __future__ import annotations

import numpy as np

MORE = 1.2  # what was owed over the hour itself, from which it may be a backlog


def gap_sums(told: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Of each slot of a line, what was expected of it and of the unreported ones right before it.

    Before the first report nothing is owed.
    """
    so_far = np.concatenate([[0.0], np.cumsum(expected)])
    here = np.arange(len(told))
    last = np.maximum.accumulate(np.where(told, here, -1))
    before = np.concatenate([[-1], last[:-1]])
    first = np.where(before >= 0, before + 1, here)
    return so_far[1:] - so_far[first]


def backlog(people: np.ndarray, told: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Hours (days x slots) right after a gap that look more like all of the gap than like an hour."""
    mean = np.maximum(expected.ravel(), 1e-9)
    held = gap_sums(told.ravel(), mean)
    late = told.ravel() & (held > MORE * mean) & (people.ravel() > np.sqrt(mean * held))
    return late.reshape(people.shape)
