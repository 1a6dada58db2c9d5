"""What a correction changes of what was said: the touched days judged anew, and where the answer is another one.

Whoever keeps the state of each midnight (`Told.state`) has the days from the touched one on judged again from there by
`filled`, with the corrected counts, and both compared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from data.analytics.detection.filling import Told
from data.analytics.detection.opening import Event
from data.analytics.detection.stream import Verdict


@dataclass(frozen=True)
class Changed:
    """One bucket of which something else is said now."""

    day: int
    bucket: int  # of the day
    was: Verdict
    now: Verdict

    @property
    def corrected(self) -> bool:
        """Its own count is another one."""
        return not np.array_equal(self.was.people, self.now.people, equal_nan=True)

    @property
    def undone(self) -> bool:
        """An alarm opened here and does not any more."""
        return self.was.event is Event.OPENED and self.now.event is not Event.OPENED

    @property
    def opened(self) -> bool:
        """An alarm opens here and did not before."""
        return self.now.event is Event.OPENED and self.was.event is not Event.OPENED


def changed(before: Iterable[Told], after: Iterable[Told]) -> Iterator[Changed]:
    """Of the days in both: buckets with another count, alarm or event. Days judged by other buckets than before are
    compared by their last one."""
    told = {day.day: day for day in before}
    for day in after:
        if day.day not in told or not day.verdicts or not told[day.day].verdicts:
            continue
        was, now = told[day.day].verdicts, day.verdicts
        if len(was) != len(now):
            was, now = was[-1:], now[-1:]
        for bucket, (old, new) in enumerate(zip(was, now, strict=True)):
            found = Changed(day.day, bucket, old, new)
            if found.corrected or (old.alarm, old.event) != (new.alarm, new.event):
                yield found
