"""The alert rules of a place: those it has set, in front of those that this release has; and setting one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from data.accounts import record
from data.analytics.kinds import BUILT_IN, broken, built
from data.analytics.rule import Rule
from data.analytics.rule_params import Wrong, WrongRule
from data.history import recorded_by
from data.rule_shapes import SetRule
from data.ruling import set_rule
from data.tables import alert_rule
from data.versions import raise_version
from data.vocabulary import Level, RuleKind


class UnknownRule(LookupError):
    """No rule of this name at this place."""


def own_rules(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> tuple[SetRule, ...]:
    """What the site has set itself and what is in force of it at a moment, switched off or not, by name."""
    r = alert_rule.c
    rows = conn.execute(
        select(alert_rule)
        .where(r.site == site, r.valid_from <= at, *recorded_by(alert_rule, as_of))
        .order_by(r.name, r.valid_from, r.recorded_at)
    )
    newest = {row.name: _of_row(row) for row in rows}
    return tuple(newest.values())


def rules_in_force(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> tuple[SetRule, ...]:
    """Every rule of the site: those of this release, or what the site has made of them, then its own."""
    own = {rule.name: rule for rule in own_rules(conn, site, at, as_of)}
    return (*(own.pop(rule.name, rule) for rule in BUILT_IN), *own.values())


def rule_history(conn: Connection, site: str, name: str) -> tuple[SetRule, ...]:
    """Everything that was ever set under a name, the newest first."""
    r = alert_rule.c
    order = (r.valid_from.desc(), r.recorded_at.desc())
    rows = conn.execute(select(alert_rule).where(r.site == site, r.name == name).order_by(*order))
    return tuple(_of_row(row) for row in rows)


def _of_row(row: Row[Any]) -> SetRule:
    return SetRule(
        name=row.name,
        kind=RuleKind(row.kind),
        params=row.params,
        level=Level(row.level),
        pending=row.pending,
        recovering=row.recovering,
        no_data=row.no_data,
        enabled=row.enabled,
        reason=row.reason,
        set_by=row.set_by,
        valid_from=row.valid_from,
        recorded_at=row.recorded_at,
    )


def running(own: Sequence[SetRule], defaults: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that are evaluated: `defaults` but for those that the site has set itself, then its own."""
    if not own:
        return tuple(defaults)
    known = {rule.name: rule for rule in (*BUILT_IN, *own)}
    kept = [rule for rule in defaults if rule.name not in {one.name for one in own}]
    return (*kept, *(_made(rule, known) for rule in own if rule.enabled))


def _made(rule: SetRule, known: dict[str, SetRule]) -> Rule:
    try:
        return built(rule, known)
    except (LookupError, TypeError, ValueError) as wrong:
        return broken(rule, wrong)


def set_rules(
    conn: Connection, site: str, entries: Sequence[SetRule], now: datetime, real_now: datetime, by: str
) -> tuple[SetRule, ...]:
    """Write rules down, in force from `now` on; those that say so already are left alone. With a line in the audit
    each; the site's version rises. Returns those that changed. Raises WrongRule for a composite of what is not there.
    """
    force = {rule.name: rule for rule in rules_in_force(conn, site, now)}
    known = {name: rule.kind for name, rule in force.items()} | {rule.name: rule.kind for rule in entries}
    told = {rule.name: rule for rule in (*force.values(), *entries)}
    wrongs = [wrong for rule in told.values() for wrong in _part_wrongs(rule, known)]
    # A new rule must not take the place of another one that has its name.
    wrongs += [_fixed(rule, force[rule.name].kind) for rule in entries if force.get(rule.name, rule).kind != rule.kind]
    if wrongs:
        raise WrongRule(wrongs)
    changed = [rule for rule in entries if rule.name not in force or force[rule.name].entry() != rule.entry()]
    for rule in changed:
        before = force.get(rule.name)
        set_rule(conn, alert_rule, site, rule.entry(), ("name",), now, by, valid_from=now)
        facts = {"rule": rule.entry(), "before": None if before is None else before.entry()}
        record(conn, real_now, by, "rule-set", f"{site}/{rule.name}", facts)
    if changed:
        raise_version(conn, site)
    return tuple(changed)


def rule_named(conn: Connection, site: str, name: str, at: datetime) -> SetRule:
    """Raises UnknownRule."""
    found = next((rule for rule in rules_in_force(conn, site, at) if rule.name == name), None)
    if found is None:
        raise UnknownRule(name)
    return found


def _fixed(rule: SetRule, kind: RuleKind) -> Wrong:
    return Wrong("fixed_kind", {"name": rule.name, "kind": str(kind)})


def _part_wrongs(rule: SetRule, known: Mapping[str, RuleKind]) -> list[Wrong]:
    """Parts of a composite that no rule has the name of, or that are composites themselves."""
    if rule.kind is not RuleKind.COMPOSITE:
        return []
    simple = [name for name, kind in known.items() if kind is not RuleKind.COMPOSITE]
    return [
        Wrong("part", {"name": part[:60], "allowed": ", ".join(sorted(simple))})
        for part in rule.params["rules"]
        if part not in simple
    ]
