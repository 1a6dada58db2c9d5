"""From a rule as it is set to the rule that runs, and the rules that this release has of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from data.analytics.composite import Composite
from data.analytics.lifecycle import Patience
from data.analytics.overdue import overdue_task, tasks_watched
from data.analytics.overdue_requests import overdue_request, requests_watched
from data.analytics.rule import FALSE_ALARMS, Finding, Recent, Rule
from data.analytics.rule_params import checked, usual_entry
from data.analytics.rules import Gap, coverage_gap, gaps_watched, pressure_high, reports_watched, source_silent
from data.analytics.stock_out import StockOut, stock_out, stock_watched
from data.analytics.surge import collapse, flow_watched, surge
from data.analytics.threshold import Percent, Threshold
from data.rule_shapes import SetRule
from data.vocabulary import RuleKind

Find = Callable[[Recent], tuple[Finding, ...]]
Watches = Callable[[Recent], frozenset[str]]
MINUTE = timedelta(minutes=1)

# As `data.analytics.rules.RULES` has them: a test compares the two.
BUILT_IN: tuple[SetRule, ...] = tuple(
    checked({"name": str(kind), **usual_entry(kind)})
    for kind in (
        *(RuleKind.SURGE, RuleKind.COLLAPSE, RuleKind.SOURCE_SILENT, RuleKind.PRESSURE),
        *(RuleKind.COVERAGE_GAP, RuleKind.STOCK_OUT, RuleKind.OVERDUE_TASK, RuleKind.OVERDUE_REQUEST),
    )
)


def built(rule: SetRule, known: Mapping[str, SetRule]) -> Rule:
    """`known`: every rule of the place by name, for those made of others. Raises LookupError for a part that is not."""
    find, watches = _made(rule, known)
    told = find if rule.name == rule.kind else partial(_of_kind, find, rule.kind)
    patience = Patience(rule.pending * MINUTE, rule.recovering * MINUTE, rule.no_data * MINUTE)
    return Rule(rule.name, told, patience, watches)


def _of_kind(find: Find, kind: RuleKind, recent: Recent) -> tuple[Finding, ...]:
    """A rule with a name of its own tells by whose sentence it is told."""
    return tuple(replace(found, evidence={**found.evidence, "kind": str(kind)}) for found in find(recent))


def _made(rule: SetRule, known: Mapping[str, SetRule]) -> tuple[Find, Watches]:
    said, level = dict(rule.params), rule.level
    match rule.kind:
        case RuleKind.SURGE:
            return partial(_flow, surge, said["false_alarms_per_month"], said["least_excess"], rule), flow_watched
        case RuleKind.COLLAPSE:
            return partial(_flow, collapse, said["false_alarms_per_month"], said["least_excess"], rule), flow_watched
        case RuleKind.THRESHOLD:
            threshold = Threshold(**said, level=level)
            return threshold.find, threshold.watched
        case RuleKind.PERCENT:
            percent = Percent(**said, level=level)
            return percent.find, percent.watched
        case RuleKind.PRESSURE:
            return partial(pressure_high, least=level, leave_at=said["leave_at"]), _entry
        case RuleKind.COVERAGE_GAP:
            gap = Gap(**said, level=level)
            return partial(coverage_gap, gap=gap), partial(gaps_watched, gap=gap)
        case RuleKind.STOCK_OUT:
            out = StockOut(**said, level=level)
            return partial(stock_out, rule=out), partial(stock_watched, rule=out)
        case RuleKind.SOURCE_SILENT:
            return partial(source_silent, level=level), reports_watched
        case RuleKind.OVERDUE_TASK:
            return partial(overdue_task, level=level), tasks_watched
        case RuleKind.OVERDUE_REQUEST:
            return partial(overdue_request, level=level), requests_watched
        case RuleKind.COMPOSITE:
            parts = tuple(built(known[name], known) for name in said["rules"])
            composite = Composite(said["mode"], parts, level)
            return composite.find, composite.watched


def _flow(
    find: Callable[..., tuple[Finding, ...]], per_month: float, least: float, rule: SetRule, recent: Recent
) -> tuple[Finding, ...]:
    return find(recent, per_month, least, rule.level)


def _entry(recent: Recent) -> frozenset[str]:
    return frozenset({str(recent.site.entry_stage)})


def other_rates(rules: Sequence[SetRule]) -> tuple[float, ...]:
    """How many false alarms per month the rules allow, beside what is usual."""
    asked = {rule.params["false_alarms_per_month"] for rule in rules if "false_alarms_per_month" in rule.params}
    return tuple(sorted(asked - {FALSE_ALARMS}))


def broken(rule: SetRule, wrong: Exception) -> Rule:
    """A stored rule that this release cannot make any more: it fails each time, and that is told."""

    def find(recent: Recent) -> tuple[Finding, ...]:
        raise ValueError(f"the stored rule {rule.name!r} cannot be made: {wrong!r}") from wrong

    return Rule(rule.name, find, Patience())
