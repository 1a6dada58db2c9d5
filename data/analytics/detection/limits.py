"""When an alarm opens, grows and ends: one setting for every series, and how many false alarms it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# False alarms per 30 days on calm simulated series, and the strength that gives no more of them in either world of
# the surge benchmark (seeds 101 and 303: people who come one by one, people who come by bus). Between and beyond
# these the strength is on the line through their logarithms.
CALIBRATED = ((3.0, 0.09), (1.0, 0.24), (1 / 3, 0.56))

ENDS = 0.05  # strength under which a bucket is quiet; a third of what opens at most
QUIET_HOURS = 3.0  # of quiet buckets before an alarm ends
LEAST_HOURS = 6.0  # an alarm is on at least
GROWN = 1.5  # times the level at which it was told last: told again
GROWN_SURE = 0.9  # probability of that
UP, DOWN = 1.2, 0.6  # times the usual level, from which something special is a surge, or to which a collapse


LEAST_PER_MONTH, MOST_PER_MONTH = 0.01, 30.0


@dataclass(frozen=True)
class Limits:
    """Strengths, -log10 of the probability that there is none, at which an alarm opens and under which it may end."""

    opens: float
    ends: float


def limits(per_month: float = 1.0) -> Limits:
    """For so many false alarms per 30 days and series at most ."""
    rates, strengths = np.array(CALIBRATED).T
    place = np.log(np.clip(per_month, LEAST_PER_MONTH, MOST_PER_MONTH))
    known = np.log(rates)[::-1]
    told = np.log(strengths)[::-1]
    if place <= known[0]:
        first, last = 0, 1
    elif place >= known[-1]:
        first, last = len(known) - 2, len(known) - 1
    else:
        last = int(np.searchsorted(known, place, side="left"))
        first = last - 1
    slope = (told[last] - told[first]) / (known[last] - known[first])
    opens = float(np.exp(told[first] + slope * (place - known[first])))
    return Limits(opens, min(ENDS, opens / 3))
