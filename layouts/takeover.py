"""A critical alert takes the display over until somebody has taken it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from data.types import AlertCard
from layouts.alert_words import rule_words, taken_short
from layouts.board import KpiView
from layouts.parts import age, mark
from layouts.translator import Translator


def takeover(cards: Sequence[AlertCard], numbers: Sequence[KpiView], t: Translator) -> list[Any]:
    """The sentence, its level, since when, and who has it; nothing where everything critical is in somebody's hands.

    Of several the newest that nobody has; how many more there are is said beside it, and under it the `numbers` that
    the display would show.
    """
    alone = sorted((card for card in cards if card.takes_over), key=lambda card: card.since, reverse=True)
    if not alone:
        return []
    first, others = alone[0], len(cards) - 1
    held = [card for card in cards if card.taken is not None]
    more = [t.n("word.more_alerts", others)] if others else []
    more += [f"{rule_words(card.rule, t)}: {taken_short(card, t)}" for card in held[:1]]
    return [
        html.Div(
            [
                html.P([mark(first.level), t("desk_alerts.takes_over")], className="takeover-level"),
                html.P(rule_words(first.rule, t), className="takeover-name"),
                html.P(t.sentence(first.sentence), className="takeover-says"),
                html.P(
                    [
                        html.Span([t("word.since"), " ", t.moment(first.since), " · ", age(first.since)]),
                        html.B(t("desk_alerts.nobody")),
                    ],
                    className="takeover-who",
                ),
                *([html.P(" · ".join(more), className="takeover-more")] if more else []),
                html.P(
                    [html.Span([f"{view.label} ", html.B(view.text), *_holds(view)]) for view in numbers],
                    className="takeover-numbers",
                ),
            ],
            className="takeover",
            role="alert",
        )
    ]


def _holds(view: KpiView) -> list[Any]:
    """A wait is never shown without what it holds for."""
    return [" ", html.Small(view.holds)] if view.holds else []
