"""What the operator can count on /metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()

viewers = Gauge("caudal_viewers", "Open event streams.", registry=registry)
built = Counter("caudal_boards_built", "Boards built.", ["page"], registry=registry)
failed = Counter("caudal_boards_failed", "Boards that could not be built.", ["page"], registry=registry)
build_seconds = Histogram(
    "caudal_board_build_seconds",
    "Time to read, work out and draw one board.",
    ["page"],
    buckets=(0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
    registry=registry,
)
events = Counter("caudal_events_sent", "Events handed to viewers.", registry=registry)
event_bytes = Counter("caudal_event_bytes", "Bytes of those events, before the network.", registry=registry)
lagging = Counter("caudal_viewers_lagging", "Times a viewer lagged and was told to fetch the board.", registry=registry)
event_lag = Histogram(
    "caudal_event_lag_seconds",
    "From seeing a new version to having told every viewer.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
    registry=registry,
)
requests = Counter("caudal_requests", "Requests answered.", ["kind", "status"], registry=registry)
reports = Counter("caudal_reports_received", "Deliveries received over the network.", ["state"], registry=registry)
feed_failures = Gauge(
    "caudal_feed_failures", "Tries of a feed that failed, one after the other.", ["feed"], registry=registry
)
feed_success_age = Gauge(
    "caudal_feed_success_age_seconds", "Real time since a feed was last read to its end.", ["feed"], registry=registry
)
notices = Gauge(
    "caudal_notices",
    "Notices of alerts that wait, fail or were given up on.",
    ["site", "fate"],
    registry=registry,
)
evaluation_age = Gauge(
    "caudal_evaluation_age_seconds", "Real time since the alerts of a site were evaluated.", ["site"], registry=registry
)
feed_age = Gauge(
    "caudal_feed_age_seconds", "Domain time since a source last reported.", ["site", "source"], registry=registry
)
