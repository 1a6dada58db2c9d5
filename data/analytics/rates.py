"""How fast the counters really serve, learned from departures while people were waiting, never from a nominal time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Student t, 80 % two-sided, by degrees of freedom: half a dozen hours are few.
T80 = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363)
HOURS_USED = 6
SMALLEST_SPREAD = 0.05  # of the rate: six equal hours do not make the seventh certain


@dataclass(frozen=True)
class Rate:
    """People per counter-hour (or per hour of the whole stage when counters are unreported), with its 80 % interval."""

    value: float
    low: float
    high: float
    hours: int


def service_rate(served: np.ndarray, counter_hours: np.ndarray, queue: np.ndarray) -> Rate | None:
    """mu = departures while Q > 0 / counter-hours while Q > 0, as the median of the newest six such hours.

    Arrays by whole hour, oldest first: people served, counter-hours staffed, smallest queue seen in the hour; NaN
    where unknown. Hours without a queue say how many came, not how fast the counters are, and are left out. None
    when no hour qualifies.
    """
    with np.errstate(invalid="ignore"):
        usable = (queue > 0) & (counter_hours > 0) & (served > 0)
    rates = (served[usable] / counter_hours[usable])[-HOURS_USED:]
    if len(rates) == 0:
        return None
    people = served[usable][-HOURS_USED:]
    middle = float(np.median(rates))
    spread = 1.4826 * float(np.median(np.abs(rates - middle)))
    chance = middle / np.sqrt(max(1.0, float(np.mean(people))))
    error = max(spread, chance, SMALLEST_SPREAD * middle) * 1.2533 / np.sqrt(len(rates))
    reach = T80[min(len(rates), len(T80)) - 1] * error
    return Rate(middle, float(max(middle - reach, middle / 4)), float(middle + reach), len(rates))


def counter_hours(hours: np.ndarray, read_at: np.ndarray, counters: np.ndarray, carry: float = 7200.0) -> np.ndarray:
    """Counter-hours staffed in each hour from readings of open counters; a reading holds for at most `carry` seconds.

    `hours` epoch s of each hour's start; NaN where no reading speaks for the hour.
    """
    known = ~np.isnan(counters)
    read_at, counters = read_at[known], counters[known]
    if len(read_at) == 0:
        return np.full(len(hours), np.nan)
    # Four looks an hour follow 15-minute readings exactly and cost nothing.
    looks = hours[:, None] + (np.arange(4) * 900.0)[None, :]
    last = np.searchsorted(read_at, looks, side="right") - 1
    following = np.minimum(last + 1, len(read_at) - 1)
    # An hour whose first reading comes after its start takes that reading from the start on.
    use = np.where(last >= 0, last, following)
    fresh = np.abs(looks - read_at[use]) <= carry
    values = np.where(fresh, counters[use], np.nan)
    with np.errstate(all="ignore"):
        seen = np.isfinite(values).any(axis=1)
        mean = np.where(seen, np.nansum(values, axis=1) / np.maximum(np.isfinite(values).sum(axis=1), 1), np.nan)
    return mean
