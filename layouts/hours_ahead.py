"""What stands under the charts of the hours to come: sentences and tables; and the choice of the target."""

from __future__ import annotations

from typing import Any

from data.types import ExpectedQueue, HourNeed, Needs, PlanKept
from data.vocabulary import Look
from layouts import elements as html
from layouts import ids
from layouts.addresses import address, path, query
from layouts.board import Board, Tree
from layouts.frozen import field
from layouts.parts import aria, table
from layouts.translator import Translator

TARGETS = (15, 30, 60, 120)
USUAL_TARGET = "30"


def needs_sentence(needs: Needs, t: Translator) -> str:
    """How many, when most, against those there are; then why, in words; then what it rests on."""
    if not needs.hours:
        return t(f"ahead.missing.{needs.missing}")
    worst = max(needs.hours, key=lambda one: one.counters)
    facts = {
        "target_minutes": needs.target_minutes,
        "share": t.percent(needs.share),
        "most": worst.counters,
        "most_time": worst.start,
        "least": min(one.counters for one in needs.hours),
    }
    same = facts["least"] == facts["most"]
    said = [t("ahead.needs_same" if same else "ahead.needs", **facts)]
    said += _against(needs, t)
    said += [_reason(reason, needs, t) for reason in ("too-few", "backlog", "chance") if _hours(reason, needs)]
    said.append(t(f"ahead.rests_on.{needs.arrivals}", rate=round(needs.rate or 0, 1)))
    return " ".join(said)


def _against(needs: Needs, t: Translator) -> list[str]:
    told = [one for one in needs.hours if one.planned is not None]
    short = [one for one in told if one.planned is not None and one.planned < one.counters]
    if short:
        return [t("ahead.plan_short", hours=len(short), known=len(told))]
    if told:
        return [t("ahead.plan_enough" if len(told) == len(needs.hours) else "ahead.plan_enough_known", hours=len(told))]
    over = sum(needs.open_now is not None and needs.open_now < one.counters for one in needs.hours)
    if needs.open_now is None:
        return [t("ahead.no_plan")]
    if over:
        return [t("ahead.open_short", open=needs.open_now, hours=over, known=len(needs.hours))]
    return [t("ahead.open_enough", open=needs.open_now)]


def _hours(reason: str, needs: Needs) -> list[HourNeed]:
    return [one for one in needs.hours if one.reason == reason]


def _reason(reason: str, needs: Needs, t: Translator) -> str:
    of = _hours(reason, needs)
    if len(of) == len(needs.hours):
        return t(f"need.{reason}")
    return t("ahead.reason_in", hours=len(of), known=len(needs.hours), why=_lowered(t(f"need.{reason}")))


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def needs_legend(needs: Needs, t: Translator) -> Tree:
    if not needs.hours:
        return ""
    shown = [("swatch-bar", "needed")]
    shown += [("swatch-planned", "planned")] if any(one.planned is not None for one in needs.hours) else []
    shown += [("swatch-served", "open_now")] if needs.open_now is not None else []
    return legend(shown, t)


def kept_legend(kept: PlanKept, t: Translator) -> Tree:
    if not any(planned is not None for _, planned in kept.steps):
        return ""
    return legend([("swatch-planned", "planned"), ("swatch-served", "open")], t)


def legend(shown: list[tuple[str, str]], t: Translator) -> Tree:
    return html.Ul(
        [html.Li([html.Span(className=f"swatch {swatch}"), t(f"ahead.{word}")]) for swatch, word in shown],
        className="legend",
    )


def needs_table(needs: Needs, t: Translator) -> Tree:
    rows: list[list[Any]] = [
        [
            t("ahead.hour", start_time=one.start),
            t.number(round(one.arriving)),
            t.number(round(one.waiting)),
            t.number(one.counters),
            t("ahead.silent") if one.planned is None else t.number(one.planned),
            t(f"ahead.reason.{one.reason}"),
        ]
        for one in needs.hours
    ]
    keys = ("word.hour", "ahead.arriving", "ahead.waiting", "ahead.needed", "ahead.planned", "ahead.why")
    return table([t(key) for key in keys], rows, "cards needs", t("panel.counters_needed.title"))


def kept_sentence(kept: PlanKept, stage: str, t: Translator) -> str:
    """Where there is a roster, whether as many were open as it says."""
    said = [t("panel.counters_history.caveat", stage=stage)]
    if not any(planned is not None for _, planned in kept.steps):
        return " ".join([*said, t("ahead.kept.none")])
    if not kept.compared_minutes:
        return " ".join([*said, t("ahead.kept.unknown")])
    if not kept.most_short or kept.most_short_at is None:
        return " ".join([*said, t("ahead.kept.whole", known_minutes=kept.compared_minutes)])
    facts = {"short_minutes": kept.short_minutes, "known_minutes": kept.compared_minutes}
    facts |= {"people": kept.most_short}
    said.append(t("ahead.kept.short", **facts, most_at=kept.most_short_at.isoformat()))
    return " ".join(said)


def plan_table(kept: PlanKept, t: Translator) -> list[Tree]:
    if not kept.steps:
        return []
    rows: list[list[Any]] = [
        [f"{t.date(at)} {t.time(at)}", t("ahead.silent") if planned is None else t.number(planned)]
        for at, planned in kept.steps
    ]
    return [table([t("word.since"), t("ahead.planned")], rows, caption=t("ahead.planned"))]


def expected_sentence(expected: ExpectedQueue, t: Translator) -> str:
    if not expected.hours:
        return "" if expected.missing == "past" else t(f"ahead.no_band.{expected.missing}")
    last = expected.hours[-1]
    if not any(round(one.high) for one in expected.hours):
        return t("ahead.band_empty", last_time=last.at, basis=t(f"basis.{expected.counters}"))
    facts = {"low": round(last.low), "high": round(last.high), "people": round(last.mid), "last_time": last.at}
    return t("ahead.band", **facts, basis=t(f"basis.{expected.counters}"))


def expected_table(expected: ExpectedQueue, t: Translator) -> list[Tree]:
    if not expected.hours:
        return []
    rows: list[list[Any]] = [
        [f"{t.date(one.at)} {t.time(one.at)}", *(t.number(round(n)) for n in (one.mid, one.low, one.high))]
        for one in expected.hours
    ]
    keys = ("word.hour", "ahead.expected", "ahead.expected_low", "ahead.expected_high")
    return [table([t(key) for key in keys], rows, caption=t("ahead.expected"))]


def targets(board: Board, look: Look | str, t: Translator) -> Tree:
    """Links and a form whose whole state is the address; a place of words, for its field."""
    chosen = board.picks.get("target", USUAL_TARGET)
    links = [_link(str(minutes), chosen, board, look, t) for minutes in TARGETS]
    other = chosen not in map(str, TARGETS)
    hidden = [field("hidden", name, value) for name, value in query(board, look, target=None).items()]
    number = field("number", "target", chosen, min=5, max=1440, step=1, required=True)
    form = html.Form(
        [*hidden, html.Label([html.Span(t("ahead.minutes")), number]), html.Button(t("picker.show"), type="submit")],
        action=path("queue"),
        method="get",
    )
    words = t.duration(float(chosen)) if other else t("ahead.other_target")
    summary = html.Summary(words, className="pick", **(aria(current="true") if other else {}))
    door = html.Details([summary, html.Div(form, className="picker-form")], className="picker-door")
    name = t("ahead.target")
    row = html.Nav(
        [html.Span(name, className="picker-name"), html.Ul([html.Li(one) for one in (*links, door)])],
        className="picker-row",
        **aria(label=name),
    )
    return html.Div(row, id=ids.text("targets"), className="picker")


def _link(minutes: str, chosen: str, board: Board, look: Look | str, t: Translator) -> Tree:
    target = None if minutes == USUAL_TARGET else minutes
    current = aria(current="true") if minutes == chosen else {}
    return html.A(t.duration(float(minutes)), href=address(board, look, target=target), className="pick", **current)
