"""The store. Every fact table's key begins with the site, so that a distributed store can place rows by it."""

from __future__ import annotations

from data.tables.alerts import alert, alert_transition, evaluation
from data.tables.base import RowId, Utc, metadata
from data.tables.lines import (
    flow_line,
    policy_event,
    present_reading,
    queue_reading,
    referral_line,
    resource_reading,
    roster_line,
    service_line,
    stock_reading,
)
from data.tables.people import account, audit, screen, token
from data.tables.places import clock, data_version, site
from data.tables.reports import report, report_issue, report_site, source
from data.tables.rollups import flow_daily, flow_hourly, service_daily
from data.tables.rules import cadence, official, site_phase, standard
from data.tables.sessions import ended_session

__all__ = [
    "RowId",
    "Utc",
    "account",
    "alert",
    "alert_transition",
    "audit",
    "cadence",
    "clock",
    "data_version",
    "ended_session",
    "evaluation",
    "flow_daily",
    "flow_hourly",
    "flow_line",
    "metadata",
    "official",
    "policy_event",
    "present_reading",
    "queue_reading",
    "referral_line",
    "report",
    "report_issue",
    "report_site",
    "resource_reading",
    "roster_line",
    "screen",
    "service_daily",
    "service_line",
    "site",
    "site_phase",
    "source",
    "standard",
    "stock_reading",
    "token",
]
