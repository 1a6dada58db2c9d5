"""What a detector knows of a series between two buckets: small, the same size for ever, kept as JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

import numpy as np


class Kind(StrEnum):
    SURGE = "surge"
    COLLAPSE = "collapse"


@dataclass(frozen=True)
class Open:
    """An alarm that is on."""

    kind: Kind
    hours: float  # since it opened, to the end of the newest bucket
    quiet_hours: float  # of reported buckets, one after the other, that speak of nothing special
    reference: float  # level over the usual at which it was told last
    grown: int  # times it was told again because it grew


@dataclass(frozen=True)
class State:
    """`belief` over the levels of the moment; `owed`: people expected in the unreported buckets since the last report;
    `people` and `expected`: the last week of buckets, NaN unreported. `falling_hours`: for which a collapse has been
    probable."""

    step_hours: float
    belief: np.ndarray
    owed: float
    heard: bool  # whether anything was ever reported
    people: np.ndarray
    expected: np.ndarray
    alarm: Open | None
    falling_hours: float = 0.0

    @classmethod
    def new(cls, step_hours: float, belief: np.ndarray) -> Self:
        return cls(step_hours, belief, 0.0, False, np.zeros(0), np.zeros(0), None)

    def at_step(self, step_hours: float) -> State:
        """The same for buckets of another length: a series told by the day begins to be told by the hour."""
        if step_hours == self.step_hours:
            return self
        return replace(self, step_hours=step_hours, owed=0.0, people=np.zeros(0), expected=np.zeros(0))

    def to_json(self) -> dict[str, Any]:
        """Numbers are kept whole, so that a restored state gives the same alarms."""
        alarm = self.alarm
        return {
            "step_hours": self.step_hours,
            "belief": self.belief.tolist(),
            "owed": self.owed,
            "heard": self.heard,
            "people": [None if np.isnan(one) else one for one in self.people.tolist()],
            "expected": self.expected.tolist(),
            "alarm": None if alarm is None else {**vars(alarm), "kind": str(alarm.kind)},
            "falling_hours": self.falling_hours,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        alarm = kept["alarm"]
        return cls(
            kept["step_hours"],
            np.array(kept["belief"], dtype=float),
            kept["owed"],
            kept["heard"],
            np.array([np.nan if one is None else one for one in kept["people"]], dtype=float),
            np.array(kept["expected"], dtype=float),
            None if alarm is None else Open(**{**alarm, "kind": Kind(alarm["kind"])}),
            kept["falling_hours"],
        )
