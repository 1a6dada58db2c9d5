"""The desk around the alerts: its history with filters, what is silent, the channels, and how it works."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from data.types import AlertCard, AlertsModel, Channel, DeskFigures, Silence
from data.vocabulary import Assessment, Level, Look
from layouts import ids
from layouts.addresses import path, query
from layouts.alert_words import (
    owner_words,
    rule_words,
    silence_when,
    silence_words,
    telling_words,
)
from layouts.board import Board, Tree
from layouts.frozen import field
from layouts.parts import data, mark, table
from layouts.translator import Translator

LEVELS = (Level.WATCH, Level.ALERT, Level.CRITICAL)
RULES = (
    *(
        "surge",
        "collapse",
        "pressure",
        "coverage_gap",
        "stock_out",
        "source_silent",
        "overdue_task",
        "overdue_request",
        "evaluation",
    ),
)


def history(model: AlertsModel, t: Translator) -> Component:
    if not model.closed:
        scope = model.frame.scope
        asked = scope.span or scope.rule or scope.level or scope.outcome
        return html.P(t("desk_alerts.no_matches" if asked else "word.no_history"), className="quiet")
    where = urlencode({"site": model.frame.site.site, "lang": str(t.language)})
    keys = ["word.since", "word.rule", "word.what"]
    keys += [f"desk_alerts.{name}" for name in ("taken_after", "outcome", "ended", "story")]
    rows = [_past(card, where, t) for card in model.closed]
    return table([t(key) for key in keys], rows, "history-table cards", t("panel.closed.title"))


def _past(card: AlertCard, where: str, t: Translator) -> list[Any]:
    taken = next((act for act in card.acts if act.kind == "acknowledged"), None)
    if taken is None or card.fired_at is None or card.taken is None:
        after: Any = html.Span(t("word.no_data"), className="quiet")
    else:
        waited = t.duration((taken.at - card.fired_at).total_seconds() / 60)
        after = f"{waited} · {owner_words(card.taken)}"
    outcome = t(f"assessed.{card.assessed.outcome}") if card.assessed else t("desk_alerts.not_assessed")
    level = html.Span(t(f"level.{card.level}"), className="visually-hidden")
    name: list[Any] = [mark(card.level), level, rule_words(card.rule, t)]
    return [
        t.moment(card.since),
        html.Span(name, className="level"),
        t.sentence(card.sentence),
        after,
        html.Span(outcome, className="" if card.assessed else "quiet"),
        t.moment(card.ended_at or card.updated),
        html.A(t("desk_alerts.see"), href=f"/alerts/{card.alert_id}?{where}"),
    ]


def history_filter(board: Board, look: Look | str, t: Translator) -> Component:
    """Its state is the address. Its place is one of words (drawings.py): a browser has the fields, Dash has not."""
    without: dict[str, str | None] = dict.fromkeys(("from", "to", "rule", "level", "outcome"))
    kept = query(board, look, **without, window=None)
    hidden = [field("hidden", name, value) for name, value in kept.items()]
    picks = board.picks
    rules = dict.fromkeys([*RULES, picks["rule"]] if picks.get("rule") else RULES)
    fields = [
        _choice("rule", [(name, rule_words(name, t)) for name in rules], picks, t),
        _choice("level", [(str(level), t(f"level.{level}")) for level in LEVELS], picks, t),
        _choice("outcome", [(name, t(f"assessed.{name}")) for name in (*map(str, Assessment), "none")], picks, t),
        *(_day(name, picks, t) for name in ("from", "to")),
    ]
    form = html.Form(
        [*hidden, *fields, html.Button(t("desk_alerts.filter"), type="submit")], action=path("alerts"), method="get"
    )
    asked = {name: picks[name] for name in ("from", "to", "rule", "level", "outcome") if picks.get(name)}
    csv = {"site": board.site, "lang": board.lang, "state": "all", "format": "csv", **asked}
    export = html.A(t("desk_alerts.export"), href=f"/api/v1/alerts?{urlencode(csv)}")
    return html.Div([form, html.P(export)], id=ids.text("history-filter"), className="picker-form history-filter")


def _choice(name: str, options: list[tuple[str, str]], picks: dict[str, str], t: Translator) -> Tree:
    made = [_option(value, words, picks.get(name, "")) for value, words in (("", t("desk_alerts.any")), *options)]
    select: Any = {"type": "Select", "namespace": "html", "props": {"name": name, "children": made}}
    return html.Label([html.Span(t(f"desk_alerts.{name}")), select])


def _option(value: str, words: str, chosen: str) -> Tree:
    return {
        "type": "Option",
        "namespace": "html",
        "props": {"value": value, "children": words, "selected": value == chosen},
    }


def _day(name: str, picks: dict[str, str], t: Translator) -> Tree:
    value = picks[name][: len("2019-06-14")] if picks.get(name) else None
    return html.Label([html.Span(t(f"desk_alerts.{name}")), field("date", name, value)])


def silences_list(model: AlertsModel, t: Translator) -> list[Any]:
    where = urlencode({"site": model.frame.site.site, "lang": str(t.language)})
    door = html.A(t("desk_alerts.form.silences_new"), href=f"/alerts/silences?{where}")
    rules = html.A(t("rules.door"), href=f"/alerts/rules?{where}")
    plan = html.A(t("plan.door"), href=f"/plan?{where}")
    link = html.P([html.Span(door, className="act-operating"), " ", rules, " ", plan], className="desk-doors")
    if not model.silences:
        return [html.P(t("desk_alerts.none_silent"), className="quiet"), link]
    return [html.Ul([html.Li(silence_line(one, t)) for one in model.silences]), link]


def silence_line(one: Silence, t: Translator) -> list[Any]:
    said = t("desk_alerts.silence_by", reason=one.reason, who=one.who)
    return [html.B(silence_words(one, t)), " · ", silence_when(one, t), " · ", html.Span(said, className="quiet")]


def channels_panel(model: AlertsModel, t: Translator) -> list[Any]:
    if not model.channels:
        parts: list[Any] = [html.P(t("channels.none"), className="quiet")]
    else:
        head = ("channels.name", "channels.kind", "channels.hears", "channels.state")
        rows = [_channel(one, t) for one in model.channels]
        parts = [table([t(key) for key in head], rows, "channels", t("panel.channels.title"))]
        if model.frame.clock.replay or model.frame.site.kind != "real":
            parts.append(html.P(t("channels.blocked"), className="quiet"))
    if model.unsent:
        parts.append(html.H3(t("channels.unsent_title"), className="unsent-title"))
        lines = [
            t(
                "channels.unsent_line",
                number=str(one.notice_id),
                kind=t(f"notice_kind.{one.kind}"),
                at=one.at,
                words=telling_words(one, t),
            )
            for one in model.unsent
        ]
        parts.append(html.Ul([html.Li(line) for line in lines], className="unsent-list"))
    return parts


def _channel(one: Channel, t: Translator) -> list[Any]:
    if one.step:
        hears = t("channels.at_step", level=one.least_level, step=one.step)
    else:
        hears = t("channels.at_once", level=one.least_level)
    if one.in_drills:
        hears = f"{hears} · {t('channels.drills')}"
    if one.failing:
        how: Any = html.Span(t.n("channels.failing", one.failing), className="unsent")
    elif one.waiting:
        how = t.n("channels.waiting", one.waiting)
    else:
        how = t("channels.well_sent", sent_at=one.sent_at) if one.sent_at else t("channels.well")
    return [one.name, one.kind, hears, how]


def desk_figures(seen: DeskFigures | None, t: Translator) -> list[Component]:
    """Each with what it is worked out from; where there is nothing to tell of, that."""
    if seen is None:
        return []
    none = t("desk_figures.none")
    rows = [
        (
            "acknowledge",
            none if seen.acknowledge_minutes is None else t.duration(seen.acknowledge_minutes),
            t("desk_figures.of_alerts", part=seen.acknowledged, whole=seen.alerts),
        ),
        (
            "verify",
            none if seen.verify_minutes is None else t.duration(seen.verify_minutes),
            t("desk_figures.of_alerts", part=seen.assessed, whole=seen.alerts),
        ),
        (
            "false_share",
            none if seen.false_share is None else t.percent(seen.false_share),
            t("desk_figures.of_assessed", part=seen.discarded, whole=seen.assessed),
        ),
        ("per_hour", t.number(seen.per_hour, 2), t("desk_figures.at_most", number=seen.busiest_hour)),
    ]
    return [
        html.Div(
            [
                html.Span(t(f"desk_figures.{name}"), className="kpi-label"),
                html.Span(value, className="small-value"),
                html.Span(note, className="kpi-note"),
            ],
            className="small-kpi",
            **data(figure=name),
        )
        for name, value, note in rows
    ]
