"""An alert rule in words: what it looks at, when it is told, what it would have done, and what is wrong with one."""

from __future__ import annotations

from typing import Any

from data.types import Episode, Rehearsal, SetRule
from data.vocabulary import RuleKind
from layouts.alert_words import rule_words
from layouts.translator import Translator


def params_words(rule: SetRule, t: Translator) -> str:
    """One sentence with every parameter."""
    said: dict[str, Any] = dict(rule.params)
    match rule.kind:
        case RuleKind.THRESHOLD:
            return _threshold(said, t)
        case RuleKind.PERCENT:
            facts = {name: said[name] / 100 for name in ("percent", "recovers_at")}
            return t(
                f"rules.says.percent_{said['side']}",
                over_share=facts["percent"],
                calm_share=facts["recovers_at"],
                hours=said["hours"],
                least=said["least_excess"],
            )
        case RuleKind.COMPOSITE:
            names = ", ".join(rule_words(name, t) for name in said["rules"])
            return t(f"rules.says.composite_{said['mode']}", names=names)
        case RuleKind.COVERAGE_GAP:
            what = t(f"service.{said['service']}") if said["service"] else t("rules.says.any_service")
            return t("rules.says.coverage_gap", what=what, below_share=said["below"], calm_share=said["recovers_at"])
        case RuleKind.STOCK_OUT:
            what = said["item"] or t("rules.says.any_item")
            return t(
                "rules.says.stock_out",
                what=what,
                hours=plain(said["lasts_hours"], t),
                calm=plain(said["recovers_at"], t),
            )
        case RuleKind.PRESSURE:
            return t("rules.says.pressure", level=str(rule.level), leave_share=said["leave_at"])
        case RuleKind.SOURCE_SILENT | RuleKind.OVERDUE_TASK | RuleKind.OVERDUE_REQUEST:
            return t(f"rules.says.{rule.kind}")
        case _:
            rate = float(said["false_alarms_per_month"])
            return t(f"rules.says.{rule.kind}", rate=plain(rate, t), least=said["least_excess"])


def _threshold(said: dict[str, Any], t: Translator) -> str:
    of, wait = said["of"], said["of"] == "wait"
    facts: dict[str, Any] = {"hours": said["hours"]}
    for name in ("limit", "recovers_at"):
        key = "limit" if name == "limit" else "calm"
        facts[key] = t.duration(said[name]) if wait else plain(said[name], t)
    where = t(f"stage.{said['stage']}") if said["stage"] else t("rules.says.entry")
    if said["lane"] != "general" and of != "present":
        where = f"{where}, {t('lane.' + said['lane'])}"
    return t(f"rules.says.{of}_{said['side']}", where=where, **facts)


def plain(value: float, t: Translator) -> str:
    """A number with as many decimals as it has, two at most."""
    return t.number(value, next((places for places in (0, 1) if round(value, places) == value), 2))


def patience_words(rule: SetRule, t: Translator) -> str:
    """When it is told, when it is over, when it has no data."""
    parts = [("pending", rule.pending), ("recovering", rule.recovering), ("no_data", rule.no_data)]
    return "; ".join(
        t(f"rules.patience.{name}", for_minutes=minutes) if minutes else t(f"rules.patience.{name}_0")
        for name, minutes in parts
    )


def who_words(rule: SetRule, t: Translator, local: str = "local") -> str:
    if rule.valid_from is None:
        return t("rules.built_in")
    who = t("desk.at_the_machine") if rule.set_by == local else rule.set_by
    return t("rules.set_by", who=who, set_at=rule.valid_from)


def rehearsal_words(done: Rehearsal, t: Translator) -> str:
    days = round((done.window.end - done.window.start).total_seconds() / 86400)
    said = t.n("rules.would", len(done.episodes), days=days)
    if done.unknown:
        said += " " + t("rules.would_unknown", unknown=done.unknown, hours=done.hours)
    return said


def episode_words(one: Episode, t: Translator) -> str:
    if one.end is None:
        return t("rules.episode_open", start_at=one.start)
    minutes = (one.end - one.start).total_seconds() / 60
    return t("rules.episode", start_at=one.start, end_at=one.end, length_minutes=minutes)


def wrong_words(code: str, facts: dict[str, Any], t: Translator) -> str:
    return t(f"rules.wrong.{code}", **facts)
