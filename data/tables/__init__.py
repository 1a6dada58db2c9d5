"""The store. Every fact table's key begins with the site, so that a distributed store can place rows by it."""

from __future__ import annotations

from data.tables.agreement import definition, duplicate_decision, duplicate_flag, line_flag, tolerance
from data.tables.alert_rules import alert_rule, pressure_change
from data.tables.alerts import alert, alert_transition, evaluation
from data.tables.base import RowId, Utc, metadata
from data.tables.closing import closing, hold
from data.tables.desk import report_mapping
from data.tables.desk_alerts import channel, delivery, escalation, notice, notice_alert, outbox, silence
from data.tables.detector import detector_midnight
from data.tables.feeds import feed, feed_instance, feed_part
from data.tables.forecasts import backtest
from data.tables.history import alert_moment, evaluation_log, line_reason, site_history, source_history
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
from data.tables.plans import plan_activation, plan_task_event, plan_version
from data.tables.questions import question, question_end
from data.tables.reports import report, report_issue, report_site, source
from data.tables.requests import request_act, resource_request
from data.tables.rollups import flow_daily, flow_hourly, service_daily
from data.tables.rules import cadence, official, site_phase, standard
from data.tables.sessions import ended_session
from data.tables.spans import report_span
from data.tables.standards import site_stay

__all__ = [
    "RowId",
    "Utc",
    "account",
    "alert",
    "alert_moment",
    "alert_rule",
    "alert_transition",
    "audit",
    "backtest",
    "cadence",
    "channel",
    "clock",
    "closing",
    "data_version",
    "definition",
    "delivery",
    "detector_midnight",
    "duplicate_decision",
    "duplicate_flag",
    "ended_session",
    "escalation",
    "evaluation",
    "evaluation_log",
    "feed",
    "feed_instance",
    "feed_part",
    "flow_daily",
    "flow_hourly",
    "flow_line",
    "hold",
    "line_flag",
    "line_reason",
    "metadata",
    "notice",
    "notice_alert",
    "official",
    "outbox",
    "plan_activation",
    "plan_task_event",
    "plan_version",
    "policy_event",
    "present_reading",
    "pressure_change",
    "question",
    "question_end",
    "queue_reading",
    "referral_line",
    "report",
    "report_issue",
    "report_mapping",
    "report_site",
    "report_span",
    "request_act",
    "resource_reading",
    "resource_request",
    "roster_line",
    "screen",
    "service_daily",
    "service_line",
    "silence",
    "site",
    "site_history",
    "site_phase",
    "site_stay",
    "source",
    "source_history",
    "standard",
    "stock_reading",
    "token",
    "tolerance",
]
