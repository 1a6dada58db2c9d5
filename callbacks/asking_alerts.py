"""Which alerts somebody asks for, from the words of an address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from callbacks.asked import window_ask
from callbacks.picked import LEVELS, OUTCOMES, one_of, rule_named
from data.alert_history import Wanted
from data.types import Site

USUAL = timedelta(days=30)
LONGEST = timedelta(days=3700)
NAMES = ("rule", "level", "outcome", "from", "to")


def alerts_asked(params: Mapping[str, str], site: Site, now: datetime) -> Wanted | None:
    """From `rule, level, outcome, from, to`; None where none is given. Raises WrongAsk."""
    if not any(params.get(name) for name in NAMES):
        return None
    dated = params.get("from") or params.get("to")
    return Wanted(
        window_ask(params, site, now, USUAL, LONGEST) if dated else None,
        rule_named(params.get("rule", "").strip()),
        one_of("level", params.get("level", ""), LEVELS),
        one_of("outcome", params.get("outcome", ""), OUTCOMES),
    )
