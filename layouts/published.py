"""What others printed about the site, beside what its own reports lead to, with a sentence on each difference."""

from __future__ import annotations

from typing import Any

from data.types import Beside, FlowModel, PublishedFigure, by_the_hour
from data.vocabulary import SiteKind
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import table
from layouts.translator import Translator

INSIDE = 0.02  # of what was published: closer than printed figures are
UNIT_MINUTES = 60.0


def published_texts(model: FlowModel, t: Translator) -> dict[str, Tree]:
    """Nothing where nobody entered a published figure whose moment has come."""
    at = by_the_hour(model.frame.clock.now)
    come = sum(one.over <= at for one in model.frame.site.published)
    if not come:
        return {}
    if model.beside is None:
        return {"published": html.P(t.n("published.come", come), className="quiet")}
    how = t("published.how", at=at)
    if model.frame.site.kind is SiteKind.RECONSTRUCTION:
        how = f"{how} {t('published.reconstruction')}"
    return {"published": html.Div([html.P(how, className="quiet"), _table(model.beside, t)])}


def _table(rows: tuple[Beside, ...], t: Translator) -> Tree:
    heads = [t(f"published.head.{name}") for name in ("what", "printed", "then", "after", "differs")]
    cells = [[_what(one, t), _printed(one.figure, t), _then(one, t), _after(one, t), _differs(one, t)] for one in rows]
    return table(heads, cells, "published-beside", caption=t("panel.published.title"))


def _what(one: Beside, t: Translator) -> Tree:
    figure = one.figure
    span = t.moment(figure.at)
    if figure.until is not None:
        span = t("published.span", start=figure.at, end=figure.until)
    return html.Span([html.B(t(f"published.what.{figure.what}")), html.Br(), span])


def _printed(figure: PublishedFigure, t: Translator) -> Tree:
    low, high = (None if value is None else _value(figure, value, t) for value in (figure.low, figure.high))
    if low is not None and high is not None:
        said = low if low == high else t("published.range", low=low, high=high)
    else:
        said = t("published.over", low=low) if high is None else t("published.up_to", high=high)
    named = html.A(figure.source, href=figure.url, rel="noreferrer") if figure.url else figure.source
    return html.Span([html.B(said), html.Br(), named])


def _value(figure: PublishedFigure, value: float, t: Translator) -> str:
    return t.duration(value * UNIT_MINUTES) if figure.what == "wait" else t.number(round(value))


def _then(one: Beside, t: Translator) -> Any:
    if one.figure.what != "wait":
        return ""
    if one.then is None:
        return t("published.not_known")
    low, mid, high = one.then
    said: list[Any] = [html.B(_value(one.figure, mid, t))]
    if low is not None and high is not None:
        said += [
            html.Br(),
            t("published.range", low=_value(one.figure, low, t), high=_value(one.figure, high, t)),
        ]
    if one.counters is not None:
        said += [html.Br(), t.n("published.counters", one.counters)]
    return html.Span(said)


def _after(one: Beside, t: Translator) -> Any:
    if one.after is None:
        return t("published.not_known")
    told = _value(one.figure, one.after, t)
    said: list[Any] = [html.B(t("published.at_least", value=told) if one.more or one.at_least else told)]
    if one.at != one.figure.at:
        said += [html.Br(), t("published.largest", at=one.at)]
    return html.Span(said)


def _differs(one: Beside, t: Translator) -> Tree:
    said = [_how_far(one, t)]
    if one.figure.what == "wait" and one.then is not None and one.after is not None:
        said.append(_foretold(one, t))
    if one.figure.fixes:
        said.append(t("published.fixes"))
    said.append(one.figure.note[str(t.language)])
    return html.Span(" ".join(word for word in said if word))


def _how_far(one: Beside, t: Translator) -> str:
    if one.off is None:
        return t(f"published.{'unknown' if one.inferred is None else 'not_over' if one.more else 'bound'}")
    if abs(one.off) <= INSIDE:
        return t("published.inside")
    return t("published.more" if one.off > 0 else "published.less", off_share=abs(one.off))


def _foretold(one: Beside, t: Translator) -> str:
    """Whether what was told then held."""
    assert one.then is not None
    assert one.after is not None
    low, mid, high = one.then
    if (low is None or one.after >= low) and (high is None or one.after <= high) and not one.more:
        return t("published.foretold_held")
    far = one.after / mid - 1 if mid > 0 else None
    if far is None or one.more:
        return ""
    return t("published.foretold_longer" if far > 0 else "published.foretold_shorter", off_share=abs(far))
