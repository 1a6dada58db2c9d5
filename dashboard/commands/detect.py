"""`caudal detect`: what the detector would have said of a series, row by row, without a server or a store."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import click

from dashboard.commands.stopping import stop
from data.analytics.detection.filling import filled
from data.analytics.detection.limits import LEAST_PER_MONTH, MOST_PER_MONTH, Limits, limits
from data.detection_file import WrongSeries, series_file, written
from data.national_holidays import countries, national_holidays
from layouts.translator import Translator, translator

NONE = "none"


class PerMonth(click.ParamType):
    """False alarms per 30 days, asked for in the operator's own language."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not LEAST_PER_MONTH <= number <= MOST_PER_MONTH:
            t = _words(ctx)
            self.fail(
                t("detect.option.per_month", came=str(value), least=str(LEAST_PER_MONTH), most=str(MOST_PER_MONTH))
            )
        return number


class Countries(click.ParamType):
    """Codes of the countries whose holidays count, or `none`."""

    name = "PE,EC"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        codes = tuple(code.strip().upper() for code in str(value).split(",") if code.strip())
        if codes == (NONE.upper(),):
            return ()
        if wrong := [code for code in codes if code not in countries()]:
            t = _words(ctx)
            self.fail(t("detect.option.holidays", came=", ".join(wrong), allowed=", ".join((*countries(), NONE))))
        return codes


def _words(ctx: click.Context | None) -> Translator:
    return translator("es" if ctx is None or ctx.obj is None else ctx.obj.language)


@click.command("detect")
@click.argument("source", metavar="IN.csv|INDIR", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT.csv|OUTDIR", type=click.Path(path_type=Path))
@click.option(
    "--per-month",
    type=PerMonth(),
    default=1.0,
    show_default=True,
    help="Falsas alarmas que se toleran en 30 días / false alarms allowed per 30 days.",
)
@click.option(
    "--holidays",
    type=Countries(),
    default="PE,EC",
    show_default=True,
    help="Países cuyos feriados cuentan, o none / countries whose holidays count, or none.",
)
@click.pass_context
def detect(ctx: click.Context, source: Path, target: Path, per_month: float, holidays: tuple[str, ...]) -> None:
    """Afluencias y caídas de una serie: bucket_start, arrivals, reported y, si hay, span_h; una carpeta, una por una.

    Surges and collapses of a series; of a folder, one after the other. Writes bucket_start, alarm, expected, upper,
    score, level, a row for each that came, each from the rows up to it alone.
    """
    t = _words(ctx)
    allowed = limits(per_month)
    if not source.is_dir():
        _one(source, target, allowed, holidays, t)
        return
    files = sorted(source.glob("*.csv"))
    if not files:
        stop(t("detect.wrong.no_files", path=str(source)))
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        stop(t("detect.wrong.unwritable", path=str(target), reason=wrong.strerror or str(wrong)))
    for file in files:
        _one(file, target / file.name, allowed, holidays, t)
    click.echo(t.n("detect.done", len(files), path=str(target)))


def _one(source: Path, target: Path, allowed: Limits, holidays: tuple[str, ...], t: Translator) -> None:
    try:
        series = series_file(source.read_bytes())
    except OSError as wrong:
        stop(t("detect.wrong.unreadable", path=str(source), reason=wrong.strerror or str(wrong)))
    except WrongSeries as wrong:
        stop(t(f"detect.wrong.{wrong.code}", path=source.name, **wrong.facts))
    series = series.with_holidays(national_holidays(holidays, series.past.first, series.past.end))
    said = written(series, filled(series.past, allowed, series.finer))
    # written whole or not at all: a half file would look like a series that ended
    half = target.with_name(target.name + ".part")
    try:
        half.write_text(said, encoding="utf-8")
        os.replace(half, target)
    except OSError as wrong:
        stop(t("detect.wrong.unwritable", path=str(target), reason=wrong.strerror or str(wrong)))


COMMANDS = (detect,)
