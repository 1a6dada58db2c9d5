"""What each page shows, read and worked out for who asks. Every answer is masked for the scope's audience."""

from collections.abc import Callable, Mapping
from typing import Any

from callbacks.reads.alerts import alerts
from callbacks.reads.coverage import coverage
from callbacks.reads.flow import flow
from callbacks.reads.queue import queue
from callbacks.reads.reports import reports
from callbacks.reads.situation import situation

# By the name a page asks under: (conn, scope, clock) -> the page's model.
READS: Mapping[str, Callable[..., Any]] = {
    "situation": situation,
    "flow": flow,
    "queue": queue,
    "coverage": coverage,
    "alerts": alerts,
    "reports": reports,
}

__all__ = ["READS", "alerts", "coverage", "flow", "queue", "reports", "situation"]
