"""Alerts as stored transitions: evaluated by the worker whether or not anyone looks, decided once however many run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, delete, insert, select

from data.alert_acts import alerts_lock
from data.alert_book import card, evaluated_at, open_alerts, recent_alerts
from data.alert_desk import follow_up
from data.alert_moments import log_turn
from data.alert_moves import FAILURE, Outcome, apply, failure
from data.alert_rules import own_rules, running
from data.analytics.lifecycle import Patience, Seen
from data.analytics.rule import Finding, Recent, Rule
from data.analytics.rules import RULES
from data.disclosure import INSIDE
from data.pressure_levels import log_change
from data.sites import UnknownSite
from data.store import lock, reading, writing
from data.tables import evaluation
from data.types import AlertCard, Pressure
from data.versions import raise_version, version_of
from data.vocabulary import NOT_EVALUATED, Level
from data.watch import recent

log = structlog.get_logger()

# A clock that is put right, or two machines that do not quite agree, step back by less; a new replay by more.
STEPS_BACK = timedelta(minutes=2)
# Deliveries that arrive while the rules look make them look again, but not for ever.
LOOKS = 3


@dataclass(frozen=True)
class Evaluated:
    """The alerts that moved, and the data version up to which the site has been looked at."""

    version: int
    moved: tuple[AlertCard, ...] = ()


@dataclass(frozen=True)
class _Look:
    """What the rules said of the store at one moment. `turn` is the evaluation that had been the last one by then."""

    version: int
    turn: Row[Any] | None
    outcomes: tuple[Outcome, ...]
    pressure: Pressure | None = None


def evaluate(
    engine: Engine, site: str, now: datetime, real_now: datetime, worker: str, mask_below: int = INSIDE
) -> Evaluated:
    """Run every rule for the site at domain time `now` and store what changed.

    The rules look at one moment of the store, without keeping anybody out. What they said is written in turns: who
    finds that another evaluation came between does nothing, so that an alert opens once. Raises UnknownSite.
    """
    for looks_left in reversed(range(LOOKS)):
        look = _looked(engine, site, now, mask_below)
        if not look.outcomes:
            break
        with writing(engine) as conn:
            lock(conn, alerts_lock(site))
            if _turn(conn, site) != look.turn:
                break
            version = version_of(conn, site)
            if version != look.version and looks_left:
                continue  # a delivery came between: it might be just the one that was missed
            conn.execute(delete(evaluation).where(evaluation.c.site == site))
            conn.execute(insert(evaluation).values(site=site, evaluated_at=now, real_at=real_now, worker=worker))
            log_turn(conn, site, now)
            if look.pressure is not None:
                log_change(conn, site, now, look.pressure)
            changed = apply(conn, site, look.outcomes, now)
            moved = list(dict.fromkeys([*changed, *follow_up(conn, site, changed, now, real_now)]))
            raised = raise_version(conn, site) if moved else version
            # What the evaluation itself wrote is no reason for another one.
            seen = raised if version == look.version else look.version
            return Evaluated(seen, tuple(card(conn, alert_id) for alert_id in moved))
    return Evaluated(look.version)


def _turn(conn: Connection, site: str) -> Row[Any] | None:
    return conn.execute(select(evaluation).where(evaluation.c.site == site)).one_or_none()


def _looked(engine: Engine, site: str, now: datetime, mask_below: int) -> _Look:
    """Without outcomes where this moment has been evaluated already."""
    with reading(engine) as conn:
        version, turn = version_of(conn, site), _turn(conn, site)
        if turn is not None and turn.evaluated_at - STEPS_BACK <= now <= turn.evaluated_at:
            return _Look(version, turn, ())
        rules = running(own_rules(conn, site, now), RULES)
        try:
            seen = recent(conn, site, now, mask_below)
        except UnknownSite:
            raise
        except Exception as wrong:
            log.exception("site_not_evaluated", site=site)
            return _Look(version, turn, (*_blind(rules), failure(NOT_EVALUATED, Patience(), wrong)))
    works = Outcome(NOT_EVALUATED, Patience(), (Finding(FAILURE, Seen.CLEAR, Level.WATCH),))
    return _Look(version, turn, (*_outcomes(rules, seen), works), seen.pressure)


def _blind(rules: tuple[Rule, ...]) -> tuple[Outcome, ...]:
    """Rules that were given nothing to look at: what is open has no data, and nothing is gone."""
    return tuple(Outcome(rule.name, rule.patience, (), failed=True) for rule in rules)


def _outcomes(rules: tuple[Rule, ...], seen: Recent) -> list[Outcome]:
    found = []
    for rule in rules:
        try:
            watched = None if rule.watches is None else rule.watches(seen)
            found.append(Outcome(rule.name, rule.patience, rule.find(seen), watched))
        except Exception as wrong:
            log.exception("rule_failed", rule=rule.name, site=seen.site.site)
            found.append(failure(rule.name, rule.patience, wrong))
    return found


__all__ = ["Evaluated", "evaluate", "evaluated_at", "open_alerts", "recent_alerts"]
