"""What stands beside an alert on every page: who has it and until when, what it was, what is silent, who was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Act, AlertCard, EscalationStep, Silence, Taken, Telling
from data.vocabulary import AlertState, Fate, Level
from layouts.parts import age, data, mark, table
from layouts.translator import Translator

# Words of the vocabulary that the subject of an alert may be made of.
SUBJECT_WORDS = ("stage", "measure", "sector", "service", "dataset", "source")


def shown_level(card: AlertCard) -> Level:
    return Level.NO_DATA if card.state in (AlertState.NO_DATA, AlertState.ERROR) else card.level


def rule_words(rule: str, t: Translator) -> str:
    """A rule that this release does not know keeps its own name."""
    return t.maybe(f"alert.{rule}.name") or rule


def subject_words(subject: str, t: Translator) -> str:
    return " · ".join(_word(part, t) for part in subject.split("/") if part)


def _word(part: str, t: Translator) -> str:
    return next((said for kind in SUBJECT_WORDS if (said := t.maybe(f"{kind}.{part}"))), part)


def sure_line(card: AlertCard, t: Translator) -> list[Any]:
    """How sure a surge or a collapse is and since when, in words; nothing where that is not what it rests on."""
    told = card.evidence
    if "sure" not in told or told.get("corrected") or not card.is_open:
        return []
    since = datetime.fromisoformat(told["since_at"])
    said = t("desk_alerts.sure", sure=told["sure"], chance_share=told["chance_share"], since_at=since)
    return [html.P(said, className="alert-sure quiet")]


def owner_words(taken: Taken) -> str:
    """An institution with the person who spoke for it; a person alone."""
    return taken.owner if taken.owner == taken.by else f"{taken.owner} ({taken.by})"


def taken_short(card: AlertCard, t: Translator) -> str:
    """For a line: who has it, and whether their time is over."""
    if card.taken is None:
        return ""
    key = "desk_alerts.taken_overdue" if card.taken.overdue else "word.taken_by"
    return t(key, name=owner_words(card.taken))


def taken_line(card: AlertCard, now: datetime, t: Translator, still: bool = False) -> list[Any]:
    """Who has it, since when, until when; overdue is told also before the next evaluation has written it down.

    `still`: for a page on which no age counts up.
    """
    taken = card.taken
    if taken is None:
        return []
    parts: list[Any] = [
        html.B(t("desk_alerts.taken", name=owner_words(taken))),
        " ",
        t.moment(taken.at) if still else age(taken.at),
    ]
    if taken.deadline is not None:
        overdue = card.is_open and (taken.overdue or taken.deadline <= now)
        words = t("desk_alerts.deadline_over" if overdue else "desk_alerts.deadline", deadline_at=taken.deadline)
        parts += [" · ", html.Span(words, className="overdue" if overdue else "")]
    return [*parts, *([" · ", html.Q(taken.note)] if taken.note else [])]


def untaken_line(card: AlertCard, steps: Sequence[EscalationStep], t: Translator) -> str:
    """Nobody has a critical alert: who was told of that, and who will be."""
    done = [act for act in card.acts if act.kind == "escalated"]
    said = [t("desk_alerts.nobody")]
    said += [
        t(f"desk_alerts.escalated{_reached(act)}", whom=_whom(str(act.facts.get("to")), t), told_time=act.at)
        for act in done
    ]
    told = {act.facts.get("escalation") for act in done}
    to_come = next((one for one in steps if one.step not in told), None)
    if to_come is not None:
        key = "desk_alerts.escalates_provisional" if to_come.provisional else "desk_alerts.escalates"
        said.append(t(key, after_minutes=to_come.minutes, whom=_whom(to_come.to, t)))
    return " ".join(said)


def _whom(to: str, t: Translator) -> str:
    return t.word("escalation_to", to)


def assessed_words(card: AlertCard, t: Translator) -> str:
    one = card.assessed
    if one is None:
        return ""
    return t("desk_alerts.assessed", outcome=t(f"assessed.{one.outcome}"), by=one.by, said_at=one.at)


def silenced_mark(card: AlertCard, t: Translator) -> list[Component]:
    one = card.silenced
    if one is None:
        return []
    words = t("desk_alerts.silenced", until_at=one.until)
    return [html.Span(words, className="alert-state silenced", title=f"{one.reason} ({one.who})", **data(silenced="1"))]


def unsent_mark(card: AlertCard, t: Translator) -> list[Component]:
    """Not delivered stands beside the alert itself, until it is."""
    bad = [one for one in card.tellings if one.fate in (Fate.FAILING, Fate.UNDELIVERED)]
    if not bad:
        return []
    return [html.Span(t("desk_alerts.unsent"), className="alert-state unsent", **data(unsent=str(len(bad))))]


def telling_words(one: Telling, t: Translator) -> str:
    said = [t("desk_alerts.telling", channel=one.channel, fate=t(f"fate.{one.fate}"), told_at=one.tried_at or one.at)]
    if one.fate in (Fate.FAILING, Fate.UNDELIVERED):
        said.append(t.n("desk_alerts.tries", one.attempts))
        if one.trouble:
            said.append(t.maybe(f"telling.trouble.{one.trouble}") or one.trouble)
    return " · ".join(said)


def silence_words(one: Silence, t: Translator) -> str:
    """What is silent: a rule, a subject, or both."""
    if one.rule and one.subject:
        return f"{rule_words(one.rule, t)} · {subject_words(one.subject, t)}"
    return rule_words(one.rule, t) if one.rule else subject_words(str(one.subject), t)


def silence_when(one: Silence, t: Translator) -> str:
    if one.start is not None and one.end is not None:
        return t("desk_alerts.from_to", begun_at=one.start, end_at=one.end)
    days = ", ".join(t.weekday(day) for day in one.days)
    begins = f"{one.from_minute // 60:02d}:{one.from_minute % 60:02d}"
    return t("desk_alerts.weekly", days=days, begins=begins, for_minutes=one.minutes)


def act_words(act: Act, t: Translator) -> str:
    """One line of an alert's story."""
    facts: dict[str, Any] = {"by": act.by or t("desk_alerts.by_itself"), "said_at": act.at}
    if act.kind == "acknowledged":
        owner = str(act.facts.get("owner") or act.by)
        until = act.facts.get("deadline")
        if until:
            facts["deadline_at"] = datetime.fromisoformat(until)
            said = t("desk_alerts.act.acknowledged_until", owner=owner, **facts)
        else:
            said = t("desk_alerts.act.acknowledged", owner=owner, **facts)
    elif act.kind == "assessed":
        said = t("desk_alerts.act.assessed", outcome=t(f"assessed.{act.facts['outcome']}"), **facts)
    elif act.kind == "escalated":
        waited = act.facts.get("waited_minutes", 0)
        whom = _whom(str(act.facts.get("to")), t)
        said = t(f"desk_alerts.act.escalated{_reached(act)}", whom=whom, waited_minutes=waited, **facts)
    else:
        said = t("desk_alerts.act.deadline_passed", owner=str(act.facts.get("owner", "")), **facts)
    return f"{said} «{act.note}»" if act.note else said


def strip(cards: Sequence[AlertCard], now: datetime, t: Translator, most: int = 2) -> list[Component]:
    """For the head of every page: what somebody has taken, and what is critical, until it is over."""
    told = [card for card in cards if card.taken is not None or shown_level(card) is Level.CRITICAL]
    lines: list[Component] = [
        html.Div(
            [
                mark(shown_level(card)),
                html.Span(
                    [html.B(rule_words(card.rule, t)), " · ", *(taken_line(card, now, t) or [t("desk_alerts.nobody")])]
                ),
                *silenced_mark(card, t),
            ],
            className="strip-line",
        )
        for card in told[:most]
    ]
    if len(told) > most:
        lines.append(html.Div(t.n("word.more_alerts", len(told) - most), className="strip-line quiet"))
    return lines


def _reached(act: Act) -> str:
    """Acts of before channels were counted say nothing of it."""
    return "_nobody" if act.facts.get("reached") == 0 else ""


def evidence_table(card: AlertCard, t: Translator) -> Component:
    """Everything that the alert rests on, a row each."""
    rows = [
        [t.maybe(f"evidence.{name}") or name, t.fact(name, value)]
        for name, value in card.evidence.items()
        if not isinstance(value, dict)
    ]
    return table([t("word.what"), t("word.value")], rows, caption=t("word.evidence"))
