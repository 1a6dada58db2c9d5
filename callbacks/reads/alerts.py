"""The alerts page: what is open and who has it, what was, what is silent, who is told, and how the desk works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from callbacks.reads.ground import Ground, ground
from data.alert_book import evaluated_at
from data.alert_history import Wanted, desk_figures, history
from data.analytics.proposing_level import proposed_by_alert
from data.channels import channels
from data.escalation import escalation_steps
from data.silences import silences
from data.tellings import marked, unsent
from data.types import AlertsModel, ClockReading, PlanLevel, Scope, Window
from data.vocabulary import Assessment

SHOWN = 50
SHOWN_WHEN_ASKED = 500
# Over how long the desk's figures are told where nobody asks for a time of their own.
USUAL = timedelta(days=30)
COUNTED = 5000
UNSENT_SHOWN = 20


def alerts(conn: Connection, scope: Scope, clock: ClockReading) -> AlertsModel:
    base = ground(conn, scope, clock)
    site, now = base.frame.site, base.now
    window = scope.span or Window(now - USUAL, now)
    window = Window(window.start, max(min(window.end, now), window.start + timedelta(minutes=1)))
    asked = bool(scope.span or scope.rule or scope.level or scope.outcome)
    wanted = Wanted(scope.span, scope.rule, scope.level, scope.outcome, only_over=True)
    over = history(conn, scope.site, wanted, SHOWN_WHEN_ASKED if asked else SHOWN, scope.as_of)
    counted = history(conn, scope.site, Wanted(window), COUNTED, scope.as_of)
    return AlertsModel(
        frame=base.frame,
        kpis=base.kpis,
        open=base.alerts,
        closed=marked(conn, site, over, now, scope.as_of),
        evaluated_at=evaluated_at(conn, scope.site, scope.as_of),
        silences=silences(conn, site, now, scope.as_of),
        channels=tuple(replace(one, address="") for one in channels(conn, scope.site)),
        unsent=unsent(conn, scope.site, now, scope.as_of)[:UNSENT_SHOWN],
        figures=desk_figures(counted, window),
        escalation=escalation_steps(conn, scope.site, now, scope.as_of),
        proposes=_proposed(base),
    )


def _proposed(base: Ground) -> Mapping[int, PlanLevel]:
    """By the number of the alert; one that was found false proposes nothing."""
    state = base.frame.plan
    if state is None or state.version is None:
        return {}
    plan, found = state.version.plan, {}
    for card in base.alerts:
        level = proposed_by_alert(plan, card.rule, card.level)
        if level is not None and (card.assessed is None or card.assessed.outcome is not Assessment.DISCARD):
            found[card.alert_id] = level
    return found
