"""Log lines with fields: for a person by default, as JSON where a program reads them. Real time."""

from __future__ import annotations

import logging
import sys

import structlog


def set_up_logs(log_format: str) -> None:
    lines = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            *(
                [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
                if log_format == "json"
                else [lines]
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    line = "%(asctime)s %(levelname)s %(name)s %(message)s"
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format=line)
    # Dash names every request at INFO.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
