"""The page that says how good the forecast was: what is forecast, how, and the figures of the last weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import BacktestRow, Frame, KeptBacktest, Lead, SeriesTried, Site
from layouts.desk.around import panel, scroll
from layouts.parts import marks_text, table
from layouts.translator import Translator

LEAST_DAYS = 14
SAYS = ("baseline", "level", "band")


def body(frame: Frame, tried: Sequence[SeriesTried], t: Translator) -> list[Any]:
    site, as_of = frame.site, frame.scope.as_of
    marks = html.Span(marks_text(frame, t), className="stamps")
    parts: list[Any] = [html.Div([html.H1(t("forecast.title")), marks], className="page-title")]
    if as_of is not None:
        parts.append(html.P(t("frozen.says", moment=as_of), className="notice"))
    how = [html.P(t(f"forecast.says.{name}")) for name in SAYS]
    parts.append(panel("method", t("forecast.what", site=site.name), how, class_name="forecast-method"))
    if not tried:
        parts.append(html.P(t("forecast.no_series"), className="notice"))
    names = {one.site: one.name for one in frame.sites}
    parts += [_series(number, one, site, names, t) for number, one in enumerate(tried)]
    if any(one.kept is not None and one.kept.found is not None for one in tried):
        parts.append(html.P(t("forecast.reading"), className="quiet"))
    return parts


def _series(number: int, one: SeriesTried, site: Site, names: Mapping[str, str], t: Translator) -> Component:
    heading = t("forecast.series", counted=t(f"forecast.{one.measure}"), source=one.source)
    kept = one.kept
    if kept is None:
        return panel(f"tried-{number}", heading, [html.P(t("forecast.not_yet"))])
    if kept.found is None:
        return panel(f"tried-{number}", heading, [html.P(hidden(kept, t)), *_leads(kept, site, names, t)])
    rows = [_cells(row, t) for row in kept.found.rows]
    heads = [t(f"forecast.head.{name}") for name in ("horizon", "n", "error", "share", "last", "eight", "coverage")]
    made = table(heads, rows, "tried cards", heading)
    says = t("forecast.of_days", days=kept.found.days, moment=kept.day, computed=kept.computed_at)
    return panel(f"tried-{number}", heading, [scroll(made, heading), *_leads(kept, site, names, t)], says)


def hidden(kept: KeptBacktest, t: Translator) -> str:
    """Why there are no figures."""
    if kept.history_days < LEAST_DAYS:
        return t.n("forecast.short", kept.history_days, least=LEAST_DAYS)
    return t("forecast.too_few", least=LEAST_DAYS)


def _cells(row: BacktestRow, t: Translator) -> list[Any]:
    return [
        horizon(row, t),
        t.number(row.n),
        t.number(row.error_people),
        _percent(row.error_share_median if row.horizon_hours else row.error_share, t),
        better(row.ratio_last_week, t),
        better(row.ratio_eight_weeks, t),
        t.percent(row.coverage),
    ]


def horizon(row: BacktestRow, t: Translator) -> str:
    return t.n("forecast.hours", row.horizon_hours) if row.horizon_hours else t("forecast.whole_day")


def better(ratio: float | None, t: Translator) -> str:
    """In words: a ratio under 1 is better than the other method."""
    if ratio is None:
        return "–"
    share = round(100 * abs(1 - ratio))
    if share == 0:
        return t("forecast.same")
    return t("forecast.better" if ratio < 1 else "forecast.worse", share=t.percent(share / 100))


def _percent(share: float | None, t: Translator) -> str:
    return "–" if share is None else t.percent(share)


def _leads(kept: KeptBacktest, site: Site, names: Mapping[str, str], t: Translator) -> list[Component]:
    if not site.upstream:
        return [html.P(t("forecast.lead.not_named"), className="quiet")]
    known = kept.leads or tuple(Lead(name, "", "", None, "no_feed") for name in site.upstream)
    return [html.P(lead_words(lead, names, t)) for lead in known]


def lead_words(lead: Lead, names: Mapping[str, str], t: Translator) -> str:
    """What a site upstream lets know: the lag with its interval, or why there is none.

    `names` of the sites in the store; of another one only its id is known.
    """
    name = names.get(lead.site) or lead.site.replace("-", " ").title()
    if lead.lag is None:
        return t(f"forecast.lead.{lead.state}", upstream=name)
    hours = {name: t.number(24 * days) for name, days in _days(lead).items()}
    said = t("forecast.lead.found", upstream=name, days=lead.lag.compared, **hours)
    if lead.ratio is None:
        return f"{said} {t('forecast.lead.untried')}"
    return f"{said} {t('forecast.lead.used' if lead.used else 'forecast.lead.not_used', change=better(lead.ratio, t))}"


def _days(lead: Lead) -> dict[str, float]:
    assert lead.lag is not None
    return {"lag": lead.lag.days, "low": lead.lag.low, "high": lead.lag.high}
