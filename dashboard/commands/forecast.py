"""`caudal forecast`: the hours ahead of a site's official series, and how good such forecasts were."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
import numpy as np

from dashboard.commands.ground import stop
from dashboard.delivering import domain_now, open_store
from dashboard.settings import Settings
from data.analytics.buckets import moment
from data.analytics.seasonal import LEAST_DAYS
from data.backtesting import kept_backtest, official_series
from data.forecasting import Forecast, forecast_of
from data.sites import UnknownSite, site
from data.store import reading
from data.types import KeptBacktest
from data.vocabulary import Measure
from layouts.translator import Translator, translator


@click.command("forecast")
@click.option("--site", "site_name", required=True, help="El puesto / the site.")
@click.option("--hours", type=click.IntRange(1, 72), default=24, show_default=True, help="Horas / hours ahead.")
@click.option(
    "--measure",
    type=click.Choice([str(Measure.ARRIVALS), str(Measure.SERVED)]),
    help="Llegadas o ingresos; sin ella, la primera oficial / the first official one without it.",
)
@click.option("--json", "as_json", is_flag=True, help="Para programas / for programs.")
@click.pass_obj
def forecast(settings: Settings, site_name: str, hours: int, measure: str | None, as_json: bool) -> None:
    """Pronóstico de las próximas horas con su banda del 80 % / the next hours with their 80 % band."""
    store = open_store(settings)
    now = domain_now(store)
    t = translator(settings.language)
    with reading(store) as conn:
        try:
            place = site(conn, site_name)
        except UnknownSite:
            stop(t("forecast.command.unknown_site", site=site_name))
        t = translator(settings.language, place.zone)
        keys = [key for key in official_series(conn, place, now) if measure in (None, str(key.measure))]
        made = None if not keys else forecast_of(conn, place, keys[0], now, horizon_hours=hours)
        kept = None if not keys else kept_backtest(conn, place, keys[0], now)
    if made is None:
        stop(t("forecast.command.none", least=LEAST_DAYS))
    if as_json:
        click.echo(json.dumps(_told(made, kept), ensure_ascii=False))
    else:
        _say(made, t)


def _say(made: Forecast, t: Translator) -> None:
    ratio = t.number(made.level, 2)
    counted = t(f"forecast.{made.key.measure}")
    click.echo(t("forecast.command.level", counted=counted, source=made.key.source, ratio=ratio, days=made.days))
    click.echo(t("forecast.command.head"))
    for start, *band in zip(made.starts, made.low, made.mid, made.high, strict=True):
        cells = ["–" if np.isnan(one) else t.number(float(one)) for one in band]
        click.echo("\t".join([t.moment(moment(float(start))), *cells]))


def _told(made: Forecast, kept: KeptBacktest | None) -> dict[str, Any]:
    names = ("low", "mid", "high")
    rows = [
        {"start": moment(float(start)).isoformat(), **dict(zip(names, map(_number, band), strict=True))}
        for start, *band in zip(made.starts, made.low, made.mid, made.high, strict=True)
    ]
    return {
        "site": made.key.site,
        "stage": str(made.key.stage),
        "measure": str(made.key.measure),
        "source": made.key.source,
        "made_at": made.made_at.isoformat(),
        "step_hours": made.step_hours,
        "level": round(made.level, 3),
        "history_days": made.days,
        "wider": made.wider,
        "upstream": None if made.lead is None else asdict(made.lead),
        "rows": rows,
        "backtest": None if kept is None else kept.to_json()["found"],
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 1)


COMMANDS = (forecast,)
