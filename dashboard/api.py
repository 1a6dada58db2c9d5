"""/api/v1: reports in; series, queue, coverage, alerts and deliveries out. Masked like every page."""

from __future__ import annotations

from starlette.routing import Route

from dashboard.reports_in import post_report

ROUTES = [Route("/reports", post_report, methods=["POST"])]
