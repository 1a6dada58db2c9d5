"""Who came in, who went out and who is there: the figures behind the chart, and where they do not add up."""

from __future__ import annotations

from typing import Any

from data.types import Flowing, HeadCount, Presence
from data.vocabulary import Measure
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import table
from layouts.translator import Translator

DIRECTION = {
    Measure.ARRIVALS: "in",
    Measure.SERVED: "entry",
    Measure.EXITS: "out",
    Measure.ONWARD: "out",
}
MOST_COUNTS = 200


def presence_texts(told: Presence | None, t: Translator) -> dict[str, Tree]:
    return {} if told is None else {"presence-flows": _flows(told, t)}


def presence_sentence(told: Presence, t: Translator) -> str:
    """How it is worked out, and every place where the figures contradict each other."""
    said = [t("presence.how")]
    silent = [t(f"measure.{flow.measure}") for flow in told.flows if flow.counts and flow.people is None]
    if silent:
        said.append(t("presence.silent", measures=", ".join(silent)))
    if told.source is None:
        said.append(t("presence.no_counter"))
    if told.impossible:
        said.append(t("presence.impossible_says", hours=told.impossible))
    off = [abs(one.unexplained) for one in told.counts if one.unexplained is not None and abs(one.unexplained) >= 0.5]
    if off:
        said.append(t("presence.unexplained_says", counts=len(off), most=round(max(off))))
    elif any(one.expected is not None for one in told.counts):
        said.append(t("presence.explained"))
    return " ".join(said)


def _flows(told: Presence, t: Translator) -> Tree:
    """One row per direction; what nobody reports is named, never zero."""
    heads = [t(f"presence.{name}") for name in ("what", "direction", "people")]
    heads += [t("word.method"), t("presence.hours"), t("agreement.source")]
    rows = [_flow(flow, t) for flow in told.flows]
    last = told.counts[-1] if told.counts else None
    rows.append(
        [
            t("presence.present"),
            "",
            _people(None if last is None else last.people, last is not None and last.at_least, t),
            "",
            "" if last is None else t("presence.counted_at", at=last.at),
            "" if told.source is None else t.word("source", told.source),
        ]
    )
    return table(heads, rows, "presence-flows", caption=t("panel.presence.title"))


def _flow(flow: Flowing, t: Translator) -> list[Any]:
    what = (
        t(f"measure.{flow.measure}")
        if flow.stage is None
        else t("presence.at_stage", measure=str(flow.measure), stage=str(flow.stage))
    )
    observed = t("agreement.hours_of", seen=round(flow.hours), asked=round(flow.hours_asked))
    return [
        what,
        t(f"presence.direction_{DIRECTION[flow.measure]}"),
        _people(flow.people, flow.at_least, t),
        "" if flow.method is None else t(f"method.{flow.method}"),
        observed if flow.people is not None else "",
        "" if flow.source is None else t.word("source", flow.source),
    ]


def _people(people: float | None, at_least: bool, t: Translator) -> str:
    if people is None:
        return t("word.no_report")
    return ("≥\u00a0" if at_least else "") + t.number(round(people))


def presence_table(told: Presence, t: Translator) -> Tree:
    """Each count beside what was expected of it; and hours at which fewer than nobody would be there."""
    rows: list[tuple[Any, list[Any]]] = [(one.at, _count(one, t)) for one in told.counts]
    wrong = told.path[told.path["present"] < -0.5]
    for at, people in zip(wrong["at"], wrong["present"], strict=True):
        moment = at.to_pydatetime()
        cells = [
            t.moment(moment),
            "",
            t.number(round(people)),
            "",
            html.Span(t("presence.impossible"), className="wrong"),
        ]
        rows.append((moment, cells))
    rows.sort(key=lambda row: row[0], reverse=True)
    heads = [
        t("word.hour"),
        *(t(f"presence.{name}") for name in ("counted", "expected", "unexplained")),
        t("word.note"),
    ]
    return table(heads, [cells for _, cells in rows[:MOST_COUNTS]], caption=t("panel.presence.title"))


def _count(one: HeadCount, t: Translator) -> list[Any]:
    should = t("presence.unknown") if one.expected is None else t.number(round(one.expected))
    off = "" if one.unexplained is None else _signed(one.unexplained, t)
    return [t.moment(one.at), _people(one.people, one.at_least, t), should, off, ""]


def _signed(people: float, t: Translator) -> str:
    return ("+" if people >= 0.5 else "") + t.number(round(people))


def opener(asked: bool, href: str, t: Translator, words: str = "presence") -> Tree:
    """A door to the panel, which is read only where somebody asks."""
    return html.P(html.A(t(f"{words}.{'close' if asked else 'open'}"), href=href), className="quiet")
