"""`caudal demo` and `caudal replay`."""

from __future__ import annotations

import importlib
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from sqlalchemy import Engine

from dashboard.commands.serve import start
from dashboard.demo import DemoRefused, Opened, Progress, demo_reports, last_received, open_store, start_clock
from dashboard.settings import Settings
from data.clock import real_now, stop_replay, stored_replay
from data.demo import facts, programme
from data.demo.programme import SITES, SPEED, Programme
from data.store import create_store, reading, writing
from layouts.translator import Translator, translator

NOT_DONE = 2
PLAIN_LINES = 4  # of progress, where there is no terminal


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.option("--from", "opens", metavar="TIME", help="Lima time at which the replay opens, e.g. 2018-10-29T18:00.")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True, max=3600), default=SPEED, show_default=True)
@click.option("--site", help="Site that pages open on: cebaf-tumbes or simulacro-norte.")
@click.option("--var", type=click.Path(file_okay=False, path_type=Path), help="Folder of the store.")
@click.option("--no-serve", is_flag=True, help="Build the store and stop.")
@click.pass_obj
def demo(
    settings: Settings,
    port: int | None,
    opens: str | None,
    speed: float,
    site: str | None,
    var: Path | None,
    no_serve: bool,
) -> None:
    """Build the demonstration store, replay a surge as if live, and serve it."""
    t = translator(settings.language)
    given = {"port": port, "var": var, "site": _site(t, site)}
    settings = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
    wanted = Programme(_moment(t, opens) if opens else programme.OPENS)
    began = time.monotonic()
    try:
        opened = _open(settings, wanted, explicit=opens is not None)
    except DemoRefused as refused:
        stop(t(f"demo.{refused.code}", **refused.facts))
    engine = create_store(settings.store_url)
    _say_opened(t, engine, opened, time.monotonic() - began)
    if not no_serve:
        importlib.import_module("dashboard.server")  # takes seconds, which the replayed clock need not lose
    start_clock(engine, real_now(), opened.opens, speed)
    click.echo(t("demo.clock", opens=local(opened.opens), speed=speed_text(speed)))
    engine.dispose()
    if no_serve:
        click.echo(t("demo.ready", store=settings.store_url))
    else:
        start(settings)


def _open(settings: Settings, wanted: Programme, explicit: bool) -> Opened:
    if not sys.stderr.isatty():
        return open_store(settings.store_url, settings.var, wanted, explicit, real_now(), _plain())
    bar = Bar(
        TextColumn("caudal demo"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True)
    )
    with bar:
        task = bar.add_task("", total=None)
        return open_store(
            settings.store_url,
            settings.var,
            wanted,
            explicit,
            real_now(),
            lambda done, total: bar.update(task, completed=done, total=total),
        )


def _plain() -> Progress:
    said = 0

    def tell(done: int, total: int) -> None:
        nonlocal said
        if done * PLAIN_LINES // total > said:
            said = done * PLAIN_LINES // total
            click.echo(f"caudal demo: {done}/{total}", err=True)

    return tell


def _say_opened(t: Translator, engine: Engine, opened: Opened, seconds: float) -> None:
    with reading(engine) as conn:
        reports = demo_reports(conn)
    told = {
        "seconds": f"{seconds:.1f}",
        "reports": str(reports),
        "count": str(opened.partner_reports),
        "opens": local(opened.opens),
    }
    click.echo(t(f"demo.{opened.how}", **told))


def _moment(t: Translator, text: str) -> datetime:
    """A time of Lima within the reconstruction; otherwise the command ends."""
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        stop(t("demo.wrong_from", value=text))
    opens = written.astimezone(facts.LIMA) if written.tzinfo else written.replace(tzinfo=facts.LIMA)
    if not programme.earliest() <= opens <= programme.latest():
        bounds = {"earliest": local(programme.earliest()), "latest": local(programme.latest())}
        stop(t("demo.outside", value=text, **bounds))
    return opens


def _site(t: Translator, name: str | None) -> str | None:
    if name is not None and name not in SITES:
        stop(t("demo.no_site", value=name, sites=", ".join(SITES)))
    return name


@click.group()
def replay() -> None:
    """The replayed clock of a demonstration store."""


@replay.command("status")
@click.pass_obj
def replay_status(settings: Settings) -> None:
    """Where the replay is and how fast it runs."""
    t = translator(settings.language)
    with reading(_demo_store(t, settings)) as conn:
        running = stored_replay(conn)
    if running is None:
        click.echo(t("demo.no_replay"))
    else:
        click.echo(t("demo.replay_status", now=local(running.at(real_now())), speed=speed_text(running.speed)))


@replay.command("start")
@click.option("--from", "opens", metavar="TIME", help="Lima time to go on from; left out: where the reports end.")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True, max=3600), default=SPEED, show_default=True)
@click.pass_obj
def replay_start(settings: Settings, opens: str | None, speed: float) -> None:
    """Go on replaying, from where the reports end or from a later moment."""
    t = translator(settings.language)
    engine = _demo_store(t, settings)
    with reading(engine) as conn:
        reached = last_received(conn)
    begins = _moment(t, opens) if opens else reached or programme.OPENS
    if reached is not None and begins < reached:
        stop(t("demo.back", value=opens, now=local(reached)))
    start_clock(engine, real_now(), begins, speed)
    click.echo(t("demo.replay_started", now=local(begins), speed=speed_text(speed)))


@replay.command("stop")
@click.pass_obj
def replay_stop(settings: Settings) -> None:
    """End the replay: the clock is the real one again, and every figure of the past looks as old as it is."""
    t = translator(settings.language)
    with writing(_demo_store(t, settings)) as conn:
        stop_replay(conn)
    click.echo(t("demo.replay_stopped"))


def _demo_store(t: Translator, settings: Settings) -> Engine:
    if programme.noted(settings.var) is None:
        stop(t("demo.not_a_demo", var=str(settings.var)))
    return create_store(settings.store_url)


def local(at: datetime) -> str:
    return at.astimezone(facts.LIMA).strftime("%Y-%m-%d %H:%M")


def speed_text(speed: float) -> str:
    return f"{speed:g}"


def stop(sentence: str) -> NoReturn:
    click.echo(f"caudal: {sentence}", err=True)
    sys.exit(NOT_DONE)


COMMANDS = (demo, replay)
