"""Which figures came late: first told after the report about their time was due."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.analytics.reporting import Due


@dataclass(frozen=True)
class Lateness:
    """The reports that were due of one source, in order, and when its first delivery ever came."""

    dues: Sequence[Due] = ()
    began: datetime | None = None

    def late(self, start: datetime, received: datetime) -> bool:
        """Whether what began at `start` was first told too late. Nothing was due of a source before it reported."""
        place = bisect_right(self.dues, start, key=lambda due: due.period.start) - 1
        if place < 0 or self.began is None or start >= self.dues[place].period.end:
            return False
        return self.began <= self.dues[place].at < received
