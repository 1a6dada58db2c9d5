"""`caudal queue`: the queue engine on numbers given by hand or in a file, without a server or a store."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click
import numpy as np

from callbacks.what_if import said_shortly
from dashboard.commands.stopping import stop
from dashboard.settings import Settings
from data.analytics.estimates import Estimate, estimates
from data.analytics.load_wait import Hall, as_it_went
from data.analytics.needed import Target
from data.analytics.what_if import Asked, Follows, exactly, what_follows
from data.counted_file import CountedFile, ReadAt, WrongTable, counted_file
from layouts.translator import Translator, translator


class Number(click.ParamType):
    """A finite number within its limits, asked for in the operator's own language."""

    name = "number"

    def __init__(self, least: float = 0.0, above: bool = False, most: float = 1e7, whole: bool = False) -> None:
        self.least, self.above, self.most, self.whole = least, above, most, whole

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        language = ctx.obj.language if ctx is not None and isinstance(ctx.obj, Settings) else "es"
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        low = number <= self.least if self.above else number < self.least
        if not math.isfinite(number) or low or number > self.most or (self.whole and number != round(number)):
            key = f"queue.option.{'whole' if self.whole else 'above' if self.above else 'number'}"
            self.fail(plain(translator(language)(key, came=str(value), least=self.least, most=self.most)), param, ctx)
        return number


@click.group("queue")
def queue() -> None:
    """Cuentas de una cola, sin servidor / arithmetic of a queue, without a server."""


@queue.command("whatif")
@click.option("--queue", "waiting", required=True, type=Number(), help="Personas en cola / people waiting.")
@click.option("--arrivals-per-hour", "arriving", required=True, type=Number(), help="Llegadas por hora / arrivals.")
@click.option(
    "--counters", required=True, type=Number(most=10_000, whole=True), help="Módulos abiertos / counters open."
)
@click.option(
    "--minutes-per-person", "minutes", required=True, type=Number(above=True, most=1440),
    help="Minutos por persona en un módulo / minutes each person takes.",
)  # fmt: skip
@click.option("--hours", type=Number(above=True, most=8760), help="Qué queda tras tantas horas / what holds then.")
@click.option("--within", default=30.0, show_default=True, type=Number(above=True, most=8760 * 60),
              help="Meta: minutos de espera / target: minutes of waiting.")  # fmt: skip
@click.option("--share", default=0.8, show_default=True, type=Number(most=0.999),
              help="Meta: parte que espera menos / target: share that waits less.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Para programas / for programs.")
@click.pass_context
def whatif(
    ctx: click.Context,
    waiting: float,
    arriving: float,
    counters: float,
    minutes: float,
    hours: float | None,
    within: float,
    share: float,
    as_json: bool,
) -> None:
    """Qué pasa con tantos módulos / what follows from so many counters."""
    t = translator(ctx.obj.language)
    asked = Asked(waiting, arriving, counters, exactly(60 / minutes), hours, Target(within / 60, share))
    found = what_follows(asked)
    sentence = plain(t.sentence(said_shortly(found)))
    if as_json:
        click.echo(json.dumps({**numbers_of(found), "sentence": sentence}, ensure_ascii=False))
        return
    click.echo(sentence)
    for key, facts in details(found):
        click.echo("  " + plain(t(f"queue.whatif.{key}", **facts)))


def numbers_of(found: Follows) -> dict[str, Any]:
    """Null: it never comes to that."""
    need = found.for_target
    return {
        "time_to_clear_minutes": rounded(minutes_of(found.clears)),
        "growth_per_hour": rounded(found.growth),
        "utilisation": rounded(found.utilisation),
        "capacity_per_hour": rounded(found.capacity),
        "counters_needed": found.counters_needed,
        "wait_minutes": rounded(minutes_of(found.wait)),
        "hours": found.asked.hours,
        "queue_after": rounded(found.after),
        "counters_for_target": {
            "counters": need.counters,
            "minutes": rounded(found.asked.target.hours * 60),
            "share": found.asked.target.share,
            "reason": str(need.reason),
        },
    }


def details(found: Follows) -> list[tuple[str, dict[str, Any]]]:
    """Locale keys under `queue.whatif` and their facts, in order."""
    asked, need = found.asked, found.for_target
    lines: list[tuple[str, dict[str, Any]]] = [
        ("capacity", {"people": found.capacity, "people_each": asked.rate.value})
    ]
    if found.utilisation is not None:
        lines.append(("load", {"load_share": found.utilisation}))
    if found.nearly_full and not found.grows:
        lines.append(("nearly_full", {"people": -found.growth}))
    if found.wait is not None and asked.waiting > 0:
        lines.append(("wait", {"wait_minutes": found.wait * 60}))
    if found.after is not None:
        lines.append(("after", {"after_minutes": (asked.hours or 0) * 60, "people": round(found.after)}))
    if found.counters_needed is not None:
        facts: dict[str, Any] = {"counters": found.counters_needed}
        if asked.hours is None:
            lines.append(("needed" if asked.waiting > 0 else "needed_empty", facts))
        else:
            lines.append(("needed_within", {**facts, "after_minutes": asked.hours * 60}))
    target = {"counters": need.counters, "target_share": asked.target.share, "target_minutes": asked.target.hours * 60}
    lines.append((f"target_{need.reason}", target))
    return lines


@queue.command("estimate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--waiting-at",
    type=click.Choice([str(one) for one in ReadAt]),
    help="Cuándo se contó `waiting`: al inicio o al final de cada período; sin decirlo, lo que mejor cuadre / when "
    "`waiting` was counted: at the start or the end of each bucket; unsaid, whichever fits better.",
)
@click.option(
    "--no-plan",
    is_flag=True,
    help="No tomar los módulos de las filas siguientes como plan / do not take the counters of later rows as the plan.",
)
@click.option("--json", "as_json", is_flag=True, help="Para programas / for programs.")
@click.pass_context
def estimate(ctx: click.Context, file: Path, waiting_at: str | None, no_plan: bool, as_json: bool) -> None:
    """Cola, espera y ritmo de un CSV: start, arrivals, served, counters_open y, si hay, waiting.

    Con `wait_minutes` (esperas medidas, por hora) dice además la espera por personas y módulos.

    Queue, wait and rate by bucket of a CSV; with `wait_minutes` (measured) also the wait by people and counters.
    """
    t = translator(ctx.obj.language)
    try:
        table = counted_file(file.read_bytes(), ReadAt(waiting_at) if waiting_at else None)
    except OSError as wrong:
        stop(t("queue.wrong.unreadable", path=str(file), reason=wrong.strerror or str(wrong)))
    except WrongTable as wrong:
        stop(plain(t(f"queue.wrong.{wrong.code}", path=file.name, **wrong.facts)))
    # Here, since it knows of deliveries too: what-if needs neither a store nor its libraries.
    from dashboard.commands.progress import Progress

    with Progress(t, file.name, "queue.progress") as progress:
        rows = estimates(table.counted, not no_plan, progress)
    load = load_waits(table)
    if as_json:
        told = {
            "bucket_minutes": table.counted.hours * 60,
            "waiting_counted_at": table.read_at,
            "counters": "open" if no_plan else "plan",
            "rows": [
                {**row_of(row, name), **load_of(load[:, place])}
                for place, (row, name) in enumerate(zip(rows, table.names, strict=True))
            ],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in shown(rows, table, load, t):
        click.echo(plain(line).rstrip())


def row_of(row: Estimate, name: str | None) -> dict[str, Any]:
    """One bucket; waits in minutes, `interval` and `rate_interval` hold 80 %; null is unknown.

    Of a queue that is a lower bound the `interval` has no upper end: its wait is at least the lower one, 9 in 10 times.
    """
    rate = row.rate
    return {
        "start": name,
        "queue": rounded(row.queue),
        "at_least": row.at_least,
        "unexplained": rounded(row.unexplained),
        "wait_minutes": rounded(minutes_of(row.wait)),
        "interval": None if row.low is None else [rounded(minutes_of(row.low)), rounded(minutes_of(row.high))],
        "head_wait_minutes": rounded(minutes_of(row.head_wait)),
        "realised_wait_minutes": rounded(minutes_of(row.realised)),
        "rate": None if rate is None else rounded(rate.value),
        "rate_interval": None if rate is None else [rounded(rate.low), rounded(rate.high)],
        "rate_hours": None if rate is None else rounded(rate.hours),
        "utilisation": rounded(row.utilisation),
        "growth_per_hour": rounded(row.growth),
        "data_error": "negative_queue" if row.negative else None,
    }


def load_waits(table: CountedFile) -> np.ndarray:
    """(3, buckets) low, middle and high mean wait (minutes) by people served and counters, as measured waits taught
    it; NaN where the table has no measured waits or is not by the hour."""
    counted = table.counted
    if counted.hours != 1 or not np.isfinite(table.measured_minutes).any():
        return np.full((3, len(counted.start)), np.nan)
    hall = Hall(counted.start, table.hour_of_day, counted.served, counted.counters)
    return as_it_went(hall, table.measured_minutes)


def load_of(told: np.ndarray) -> dict[str, Any]:
    low, middle, high = (None if np.isnan(one) else rounded(float(one)) for one in told)
    return {"load_wait_minutes": middle, "load_wait_interval": None if low is None else [low, high]}


def shown(rows: list[Estimate], table: CountedFile, load: np.ndarray, t: Translator) -> list[str]:
    """Columns of one width each, and what a reader must know of them."""
    unknown = t("word.no_data")
    by_load = bool(np.isfinite(load).any())
    columns = ("start", "queue", "wait", "interval", "rate", "rate_interval", *(("load_wait",) if by_load else ()))
    lines = [[t(f"queue.column.{name}") for name in columns]]
    for row, name, (low, middle, high) in zip(rows, table.names, load.T.tolist(), strict=True):
        cells = [name or "–"]
        for told in (
            None if row.queue is None else t.number(round(row.queue)),
            None if row.wait is None else t.duration(row.wait * 60),
        ):
            cells.append(unknown if told is None else t("queue.at_least", told=told) if row.at_least else told)
        ends = (row.low, row.high)
        told_ends = [t.duration(end * 60) for end in ends if end is not None]
        if row.at_least:
            cells.append(t("queue.at_least", told=told_ends[0]) if told_ends else "")
        else:
            cells.append("–".join(told_ends) if len(told_ends) == 2 else "")
        rate = row.rate
        cells.append(unknown if rate is None else t.number(rate.value, 1))
        cells.append("" if rate is None else f"{t.number(rate.low, 1)}–{t.number(rate.high, 1)}")
        if by_load:
            known = not math.isnan(middle)
            cells.append(f"{t.duration(middle)} ({t.duration(low)}–{t.duration(high)})" if known else "")
        lines.append(cells)
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    out = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    out += ["", t("queue.estimate.method"), *([t("queue.estimate.load_wait")] if by_load else [])]
    if any(row.at_least for row in rows):
        out.append(t("queue.estimate.at_least"))
    if table.read_at is not None:
        out.append(t(f"queue.estimate.waiting_{table.read_at}"))
    if wrong := [name or "–" for row, name in zip(rows, table.names, strict=True) if row.negative]:
        out.append(t.n("queue.estimate.negative", len(wrong), start=wrong[0]))
    return out


def minutes_of(hours: float | None) -> float | None:
    return None if hours is None else hours * 60


def rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def plain(text: str) -> str:
    """A terminal and a program compare plain spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


COMMANDS = (queue,)
