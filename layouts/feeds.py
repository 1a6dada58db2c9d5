"""Feeds on the desk: which forms and databases Caudal reads by itself, and whether that works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from data.types import FeedState
from data.vocabulary import FeedStanding
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import age, table
from layouts.translator import Translator

COLUMNS = ("feed", "reports", "standing", "read", "brought", "next")


def feeds_table(feeds: Sequence[FeedState], t: Translator) -> Tree | str:
    """ "" where there is none: the panel is then not seen."""
    if not feeds:
        return ""
    cells = (_named, _of, _stands, _read, _brought, _next)
    rows = [[cell(one, t) for cell in cells] for one in feeds]
    return table([t(f"feeds_table.{name}") for name in COLUMNS], rows, "feeds cards", t("panel.feeds.title"))


def trouble_words(code: str, facts: Mapping[str, Any], t: Translator) -> str:
    """The sentence of a failure. Rows that could not be read are told in the words of their issue."""
    if code == "unreadable":
        key = f"issue.{facts.get('issue')}"
        said = {name: value for name, value in facts.items() if name != "issue"}
        return t("feed.trouble.unreadable", reason=t(key, **said) if t.has(key) else str(facts.get("issue")))
    key = f"feed.trouble.{code}"
    return t(key, **facts) if t.has(key) else code


def _named(one: FeedState, t: Translator) -> list[Any]:
    return [html.Span(one.name, className="feed-name"), html.Span(t(f"feed.kind.{one.kind}"), className="beside")]


def _of(one: FeedState, t: Translator) -> list[Any]:
    return [one.organisation or one.source, html.Span(t.word("dataset", one.dataset), className="beside")]


def _stands(one: FeedState, t: Translator) -> list[Any]:
    """The word, and what it means for whoever reads it: what happened, and what to do."""
    word = html.Span(t(f"feed_standing.{one.standing}"), className=f"feed-word feed-{one.standing}")
    told = []
    if one.standing is FeedStanding.FAILING and one.failed_at is not None:
        told.append(t.n("feeds_table.fails", one.failures, since_at=one.failed_at))
    if one.error is not None and one.standing is FeedStanding.FAILING:
        told.append(trouble_words(one.error, one.error_facts, t))
    says = t.maybe(f"feeds_table.says.{one.standing}")
    return [word, html.Span(" ".join([*told, *([says] if says else [])]), className="beside feed-says")]


def _read(one: FeedState, t: Translator) -> list[Any]:
    if one.kind == "push":
        return [t("feeds_table.not_read")]
    if one.tried_at is None:
        return [t("feeds_table.never")]
    if one.succeeded_at is None:
        return [_moment(one.tried_at, t), html.Span(t("feeds_table.never_well"), className="beside")]
    last = [_moment(one.tried_at, t), " · ", age(one.tried_at)]
    well = [html.Span(t("feeds_table.well", at=one.succeeded_at), className="beside")] if one.failed_at else []
    return [*last, *well]


def _brought(one: FeedState, t: Translator) -> list[Any]:
    count = t.n("feeds_table.rows" if one.kind == "sql" else "feeds_table.forms", one.submissions)
    told: list[Any] = [count if one.submissions else t("feeds_table.nothing")]
    if one.last_report is not None:
        link = html.A(t("feeds_table.last", report=str(one.last_report)), href=f"/reports/{one.last_report}")
        fate = [" · ", t(f"delivery_state.{one.last_state}")] if one.last_state else []
        told.append(html.Span([link, *fate], className="beside"))
    return told


def _next(one: FeedState, t: Translator) -> list[Any]:
    if one.paused:
        return ["–"]
    if one.every_seconds is None:
        return [t("feeds_table.when_sent" if one.kind == "push" else "feeds_table.when_asked")]
    every = html.Span(t("rhythm_page.minutes", every_minutes=one.every_seconds / 60), className="beside")
    return [_moment(one.next_at, t) if one.next_at else "–", every]


def _moment(at: datetime, t: Translator) -> str:
    return t("feeds_table.at", day=t.date(at), time=t.time(at))
