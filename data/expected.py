"""The forecast of a series as the queue engine takes it."""

from __future__ import annotations

import numpy as np

from data.analytics.coming import Coming
from data.forecasting import Forecast


def coming_of(forecast: Forecast | None) -> Coming | None:
    """None without a forecast by hours: a day's figure says nothing of its hours, and an hour that nobody ever
    reports is no hour in which nobody comes."""
    if forecast is None or forecast.step_hours != 1 or not len(forecast.starts):
        return None
    if any(np.isnan(edge).any() for edge in (forecast.low, forecast.mid, forecast.high)):
        return None
    # Whoever is sent them gets the very numbers that the headline was worked out from.
    low, mid, high = (np.round(edge, 2) for edge in (forecast.low, forecast.mid, forecast.high))
    return Coming(float(forecast.starts[0]), low, mid, high)
