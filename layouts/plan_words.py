"""The contingency plan in words: its levels, where it stands in one line, why a level is proposed, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from data.types import PlanLevel, PlanState, PlanTrigger, Reason, in_language
from data.vocabulary import Level, TaskState
from layouts import elements as html
from layouts.parts import data, mark
from layouts.translator import Translator

# How a text by language is written in the file.
EXAMPLE = '{ es = "…", en = "…" }'


def level_words(level: PlanLevel, t: Translator, alone: bool = False) -> str:
    """nivel 2 «Amarillo»; `alone`: where no sentence stands around it."""
    return t("plan.level_alone" if alone else "plan.level", number=level.number, name=said(level.name, t))


def said(words: Mapping[str, str], t: Translator) -> str:
    return in_language(words, t.language)


def trigger_words(trigger: PlanTrigger, t: Translator) -> str:
    if trigger.rule is None:
        return t("plan.document.trigger_pressure", reach=reach_words(trigger.least, t))
    return t("plan.document.trigger_rule", rule=_rule(trigger.rule, t), reach=reach_words(trigger.least, t))


def reach_words(least: Level, t: Translator) -> str:
    """Nothing is above the gravest."""
    return t(f"level.{least}") if least is Level.CRITICAL else t("plan.at_least", level=str(least))


def reason_words(one: Reason, t: Translator) -> str:
    facts: dict[str, Any] = {"reach": reach_words(one.trigger.least, t), "at": one.since}
    if one.sign.rule is None:
        told = t("plan.proposed.reason_pressure", **facts)
    else:
        told = t("plan.proposed.reason_rule", rule=_rule(one.sign.rule, t), **facts)
    return f"{told} ({t('plan.proposed.doubt')})" if one.sign.doubtful else told


def _rule(name: str, t: Translator) -> str:
    return t.maybe(f"alert.{name}.name") or name


def strip(state: PlanState | None, t: Translator) -> str:
    """One line for every board; empty where nothing is in force and nothing is proposed."""
    if state is None or state.version is None:
        return ""
    on, wanted = state.running, state.to_activate
    if on is None:
        return "" if wanted is None else _since("proposed", "since_day", wanted.level, wanted.since, state.now, t)
    parts = [_since("active", "active_day", on.level, on.since, state.now, t)]
    parts.append(t("plan.strip.done", done=on.done, asked=on.asked_for))
    late = len(on.overdue(state.now))
    parts += [t.n("plan.strip.overdue", late)] if late else []
    if wanted is not None:
        parts.append(_since("raise", "raise_day", wanted.level, wanted.since, state.now, t))
    return " · ".join(parts)


def _since(key: str, key_of_day: str, level: PlanLevel, since: datetime, now: datetime, t: Translator) -> str:
    """The time alone says which only on its own day."""
    words = level_words(level, t)
    if t.local(since).date() == t.local(now).date():
        return t(f"plan.strip.{key}", level=words, since_time=since)
    return t(f"plan.strip.{key_of_day}", level=words, day=f"{t.date(since)}, {t.time(since)}")


def strip_line(state: PlanState | None, t: Translator) -> list[Any]:
    """The line with its sign: filled where a level is in force, hollow where one is only proposed."""
    words = strip(state, t)
    if not words or state is None:
        return []
    late = state.running is not None and bool(state.running.overdue(state.now))
    sign = mark(Level.ALERT if late or state.running is None else Level.WATCH)
    standing = "proposed" if state.running is None else "overdue" if late else "active"
    return [html.Span([sign, html.Span(words)], className="plan-line", **data(plan=standing))]


def state_words(state: TaskState, t: Translator) -> str:
    return t(f"task_state.{state}")


def wrong_words(code: str, facts: Mapping[str, Any], t: Translator) -> str:
    """What is wrong with a plan file: what was expected, what came."""
    plain = {name: value if isinstance(value, int) else str(value) for name, value in facts.items()}
    more = {"example": EXAMPLE} if code == "words" else {}
    return t(f"plan.wrong.{code}", **plain, **more)


def wrong_act_words(code: str, facts: Mapping[str, Any], t: Translator) -> str:
    told = dict(facts)
    if "task_state" in told:
        told["stood"] = t(f"task_state.{told.pop('task_state')}")
    if "move" in told:
        told["move"] = t(f"plan_move.{told['move']}")
    return t(f"plan.wrong_act.{code}", **told)
