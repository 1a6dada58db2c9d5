"""Goods on the shelves and how long they last; who is served less than others."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import Any

from data.types import Equity, EquityGroup, StockLeft, Window
from data.vocabulary import Level, State
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import age, mark, table
from layouts.translator import Translator

SHORT = 3.0  # hours: from here on whole ones are told, which do not change at every look
SOON, LATER = 24.0, 48.0  # hours: the usual limit of the rule that tells of it, and twice that


def stock_tree(stock: Sequence[StockLeft], t: Translator) -> Tree:
    if not stock:
        return html.P(t("coverage.stock_none"), className="quiet")
    keys = ("coverage.item", "coverage.left", "coverage.on_shelf", "coverage.use", "word.who", "word.age")
    rows = [
        [
            html.Span([mark(_level(one)), html.Span(one.item)], className="service"),
            html.B(left_words(one, t)),
            f"{t.number(round(one.quantity))} {t.word('unit', one.unit)}",
            _use(one, t),
            one.organisation,
            age(one.at),
        ]
        for one in stock
    ]
    return table([t(key) for key in keys], rows, "stock cards", t("panel.stock.title"))


def _level(one: StockLeft) -> Level:
    if one.hours_left is None:
        return Level.NORMAL if one.idle else Level.NO_DATA
    return Level.ALERT if one.hours_left < SOON else Level.WATCH if one.hours_left < LATER else Level.NORMAL


def left_words(one: StockLeft, t: Translator) -> str:
    if one.state is State.STALE:
        return t("coverage.stock_old")
    if one.hours_left is None:
        return t("coverage.stock_idle" if one.idle else "coverage.stock_unknown")
    if one.hours_left <= 0:
        return t("coverage.stock_out")
    hours = one.hours_left if one.hours_left < SHORT else floor(one.hours_left)
    return t("coverage.stock_lasts", length_minutes=hours * 60)


def _use(one: StockLeft, t: Translator) -> str:
    if one.use_per_hour is None:
        return t("word.no_data")
    return t("coverage.used", amount=one.use_per_hour, unit=one.unit, seen_minutes=one.hours_seen * 60)


def equity_tree(found: Sequence[Equity], day: Window | None, t: Translator) -> Tree:
    if not found or day is None:
        return html.P(t("coverage.equity_none"), className="quiet")
    keys = ("word.service", "coverage.by", "coverage.groups", "coverage.equity_gap")
    rows = [
        [
            t(f"service.{one.service}"),
            t(f"coverage.by_{one.by}"),
            html.Ul([html.Li(_group(group, one, t)) for group in one.groups], className="groups"),
            _gap(one, t),
        ]
        for one in found
    ]
    says = html.P(t("coverage.equity_day", day_name=t.full_date(day.start)), className="quiet")
    return [says, table([t(key) for key in keys], rows, "equity cards", t("panel.equity.title"))]


def _group(group: EquityGroup, one: Equity, t: Translator) -> list[Any]:
    name = t.word(one.by, group.part)
    if group.contacts is None:
        return [f"{name}: {t('word.masked')}"]
    contacts = t("word.contacts", number=round(group.contacts))
    if group.rate is None:
        why = "word.masked" if group.masked else "coverage.no_arrivals_apart"
        return [f"{name}: {contacts} · {t(why)}"]
    facts = {"contacts": contacts, "arrivals": t.number(round(group.arrivals or 0)), "percent": t.percent(group.rate)}
    return [f"{name}: {t('coverage.rate', **facts)}"]


def _gap(one: Equity, t: Translator) -> Tree:
    if one.gap is None or one.worst is None:
        return html.Span(t("coverage.equity_unknown"), className="quiet")
    return html.Span(t("coverage.gap_points", points=round(-100 * one.gap), group_name=t.word(one.by, one.worst)))
