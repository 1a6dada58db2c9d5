"""`/coverage/partners`: the roster of the mechanism."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from data.types import Frame, Partner
from layouts.desk.around import panel, scroll
from layouts.pages.who import ADDRESS
from layouts.parts import age, marks_text, table
from layouts.translator import Translator

HEADS = (
    *("organisation", "sectors", "services", "places", "last_period", "last_received"),
    *("completeness", "timeliness", "state"),
)
MOST_PLACES = 6


def body(frame: Frame, partners: Sequence[Partner], days: int, plain: Mapping[str, str], t: Translator) -> list[Any]:
    stamps = [*marks_text(frame, t), age(frame.data_as_of)]
    rows = [_row(one, days, plain, t) for one in partners]
    made = table([t(f"partners.{name}") for name in HEADS], rows, "partners cards", t("partners.title"))
    content = [scroll(made, t("partners.title"))] if rows else [html.P(t("partners.none"))]
    return [
        html.Div(
            [
                html.H1(t("partners.title")),
                html.Span(frame.site.name, className="who-site"),
                html.Span(stamps, className="stamps"),
            ],
            className="page-title",
        ),
        *([html.P(t("frozen.says", moment=frame.scope.as_of), className="notice")] if frame.scope.as_of else []),
        panel("partners", t("partners.title"), content, t("partners.says", days=days)),
        html.P(html.A(t("partners.back"), href=f"{ADDRESS}?{urlencode(plain)}")),
    ]


def _row(one: Partner, days: int, plain: Mapping[str, str], t: Translator) -> list[Any]:
    asked = urlencode({**plain, "organisation": one.organisation, "window": f"{days}d", "across": "day"})
    beside = [t("partners.by", source=", ".join(one.sources))] if one.sources else []
    places = [place or t("partners.whole_site") for place in one.places]
    more = [f"+{len(places) - MOST_PLACES}"] if len(places) > MOST_PLACES else []
    return [
        html.Span(
            [
                html.A(one.organisation, href=f"{ADDRESS}?{asked}"),
                *(html.Span(words, className="beside") for words in beside),
            ]
        ),
        ", ".join(t.word("sector", name) for name in one.sectors) or t("partners.nothing"),
        ", ".join(t.word("service", name) for name in one.services) or "–",
        ", ".join([*places[:MOST_PLACES], *more]) or "–",
        "–" if one.last_period is None else t.moment(one.last_period),
        "–" if one.last_received is None else t.moment(one.last_received),
        _share(one.rates.reporting_rate, one.rates.on_time + one.rates.late, one.rates.due, t),
        _share(one.rates.reporting_rate_on_time, one.rates.on_time, one.rates.due, t),
        html.Span(t(f"partners.is.{one.state}"), className=f"partner-{one.state}"),
    ]


def _share(share: float | None, received: int, due: int, t: Translator) -> str:
    if share is None:
        return t("partners.nothing_due")
    return t("partners.of", share=t.percent(share), received=received, due=due)
