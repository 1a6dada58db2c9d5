"""When an alarm opens, grows and ends: one setting for every series, and how many false alarms it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# False alarms per 30 days on calm simulated series, and the strength that gives no more of them in either world of
# the surge benchmark (seeds 101 and 303: people who come one by one, people who come by bus). Between and beyond
# these the strength is on the line through their logarithms.
CALIBRATED = ((3.0, 0.078), (1.0, 0.25), (1 / 3, 0.62), (0.1, 1.25))
COLLAPSE = 2.0  # times that for a collapse: a lull is commoner than a closed border
DAY = 24.0  # hours

ENDS = 0.05  # strength under which an hour is quiet; a third of what opens at most
DAY_ENDS = 0.1  # and under which a day is: one look, where hours are two dozen
QUIET_HOURS = 3.0  # of quiet buckets before an alarm ends
LEAST_HOURS = 6.0  # an alarm is on at least
FALLEN_HOURS = 6.0  # a collapse is told once it has been probable for so long: nobody needs a quiet hour told
GROWN = 1.5  # times the level at which it was told last: told again
GROWN_SURE = 0.9  # probability of that
LEAST_LEVEL, MOST_LEVEL = 0.1, 8.0  # times the usual: beyond these nothing is told again
UP, DOWN = 1.1, 0.6  # times the usual level, from which something special is a surge, or to which a collapse


LEAST_PER_MONTH, MOST_PER_MONTH = 0.01, 30.0


@dataclass(frozen=True)
class Limits:
    """Strength, -log10 of the probability that there is none, at which a surge opens."""

    opens: float

    @property
    def collapses(self) -> float:
        return COLLAPSE * self.opens

    def ends(self, step_hours: float) -> float:
        """Strength under which a bucket of this length is quiet."""
        return min(DAY_ENDS if step_hours >= DAY else ENDS, self.opens / 3)


def limits(per_month: float = 1.0) -> Limits:
    """For so many false alarms per 30 days and series at most."""
    rates, strengths = np.log(np.array(CALIBRATED).T[:, ::-1])
    place = np.log(np.clip(per_month, LEAST_PER_MONTH, MOST_PER_MONTH))
    last = int(np.clip(np.searchsorted(rates, place), 1, len(rates) - 1))
    slope = (strengths[last] - strengths[last - 1]) / (rates[last] - rates[last - 1])
    return Limits(float(np.exp(strengths[last] + slope * (place - rates[last]))))
