"""All reading SQL. A name says the grain, a docstring the columns; windows are half-open, moments aware in UTC.

Frames hold what was reported: a period nobody reported has no row, never a zero. `as_of` gives what was known then.
"""

from data.queries.deliveries import data_as_of, deliveries, delivery, first_received, known_sources
from data.queries.feeds import feed_states
from data.queries.flow import SeriesKey, flow_by_day, flow_by_hour, official_source, reported_until, series
from data.queries.queue import latest_present, latest_queue, present_readings, queue_readings, roster
from data.queries.rules import phase, policy_events, standards
from data.queries.services import service_totals, services_by_day, stock_latest

__all__ = [
    "SeriesKey",
    "data_as_of",
    "deliveries",
    "delivery",
    "feed_states",
    "first_received",
    "flow_by_day",
    "flow_by_hour",
    "known_sources",
    "latest_present",
    "latest_queue",
    "official_source",
    "phase",
    "policy_events",
    "present_readings",
    "queue_readings",
    "reported_until",
    "roster",
    "series",
    "service_totals",
    "services_by_day",
    "standards",
    "stock_latest",
]
