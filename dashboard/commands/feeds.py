"""Commands about feeds: add one from its file, list, pause, resume, remove; and pull one now."""

from __future__ import annotations

import getpass
import json
import os
import socket
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from dashboard.commands.progress import told
from dashboard.delivering import NOT_DONE, answer, open_store, status
from dashboard.feeding.pull import pull
from dashboard.feeding.trouble import Trouble
from dashboard.settings import Settings
from data.analytics.feeding import standing
from data.clock import real_now
from data.feeds import book
from data.feeds.config import load_feed
from data.queries import feed_states
from data.store import reading, writing
from data.types import FeedState
from data.vocabulary import FeedStanding
from layouts.feeds import trouble_words
from layouts.translator import Translator, translator


@click.group()
def feed() -> None:
    """Fuentes que Caudal lee por sí mismo / feeds that Caudal reads by itself."""


@feed.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", default=getpass.getuser, help="Quién lo decide / who decides it.")
@click.pass_context
def add(ctx: click.Context, file: Path, by: str) -> None:
    """Agregar una fuente, o actualizarla, desde su archivo TOML / add or update a feed from its TOML file."""
    settings: Settings = ctx.obj
    t = translator(settings.language)
    try:
        made, config, mapping = load_feed(file)
        with writing(open_store(settings)) as conn:
            is_new = book.add_feed(conn, made, config, mapping, real_now(), by)
            others = book.beside(conn, made)
    except ValueError as wrong:  # WrongFeed is one
        click.echo(t("feed.wrong_file", path=str(file), reason=str(wrong)), err=True)
        ctx.exit(NOT_DONE)
    click.echo(t("feed.added" if is_new else "feed.updated", name=made.name, source=made.source))
    if others:
        click.echo(t("feed.beside", name=made.name, others=", ".join(others), source=made.source))
    if made.kind == "push":
        click.echo(t("feed.how_to_push", address=f"/api/v1/hooks/{made.name}", name=made.name, source=made.source))


@feed.command("list")
@click.option("--json", "as_json", is_flag=True, help="Un objeto JSON por fuente / one JSON object per feed.")
@click.pass_obj
def show(settings: Settings, as_json: bool) -> None:
    """Cómo va cada fuente / how each feed is doing."""
    t = translator(settings.language)
    with reading(open_store(settings)) as conn:
        now = real_now()
        states = [replace(one, standing=standing(one, now, is_silent=False)) for one in feed_states(conn)]
    if as_json:
        for state in states:
            click.echo(json.dumps({**_plain(state), "message": _trouble(t, state)}, ensure_ascii=False))
        return
    if not states:
        click.echo(t("feed.none"))
    for state in states:
        click.echo("\t".join((state.name, state.kind, state.source, _said(t, state))))


def _plain(state: FeedState) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(state).items() if name not in ("cursor", "organisation")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in plain.items()}


def _said(t: Translator, state: FeedState) -> str:
    if state.paused:
        return t("feed.paused")
    if state.failed_at is not None:
        since = state.failed_at.astimezone().strftime("%Y-%m-%d %H:%M")
        return t.n("feed.fails", state.failures, since=since, reason=_trouble(t, state) or "")
    if state.standing is FeedStanding.UNREAD:
        return t("feeds_table.says.unread")
    if state.succeeded_at is None:
        return t("feed.never")
    at = state.succeeded_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return t("feed.well", at=at, submissions=state.submissions)


def _trouble(t: Translator, state: FeedState) -> str | None:
    return None if state.error is None else trouble_words(state.error, state.error_facts, t)


@feed.command("remove")
@click.argument("name")
@click.pass_context
def remove(ctx: click.Context, name: str) -> None:
    """Olvidar una fuente; lo que trajo queda y cuenta / forget a feed; what it brought stays."""
    _changed(ctx, name, "removed")


@feed.command("pause")
@click.argument("name")
@click.pass_context
def pause(ctx: click.Context, name: str) -> None:
    """No leerla hasta nuevo aviso / do not read it until further notice."""
    _changed(ctx, name, "is_paused")


@feed.command("resume")
@click.argument("name")
@click.pass_context
def resume(ctx: click.Context, name: str) -> None:
    """Volver a leerla / read it again."""
    _changed(ctx, name, "resumed")


def _changed(ctx: click.Context, name: str, what: str) -> None:
    settings: Settings = ctx.obj
    t = translator(settings.language)
    try:
        with writing(open_store(settings)) as conn:
            if what == "removed":
                book.remove_feed(conn, name, real_now())
            elif what == "is_paused":
                book.pause_feed(conn, name, real_now())
            else:
                book.resume_feed(conn, name, real_now())
    except book.UnknownFeed:
        click.echo(t("feed.unknown", name=name), err=True)
        ctx.exit(NOT_DONE)
    click.echo(t(f"feed.{what}", name=name))


@click.command("pull")
@click.argument("name")
@click.option("--sweep", is_flag=True, help="Releer lo reciente: ediciones y borrados / read lately again.")
@click.option("--json", "as_json", is_flag=True, help="Un objeto JSON / one JSON object.")
@click.pass_context
def pull_feed(ctx: click.Context, name: str, sweep: bool, as_json: bool) -> None:
    """Leer una fuente ahora / read a feed now."""
    settings: Settings = ctx.obj
    t = translator(settings.language)
    holder = f"{socket.gethostname()}:{os.getpid()}"
    try:
        pulled = pull(open_store(settings), settings, name, holder, sweep=sweep)
    except book.UnknownFeed:
        _not_done(ctx, name, "unknown", t("feed.unknown", name=name), as_json)
    except Trouble as trouble:
        _not_done(ctx, name, trouble.code, trouble_words(trouble.code, trouble.facts, t), as_json)
    if as_json:
        receipts = [answer(receipt, t) for receipt in pulled.receipts]
        click.echo(json.dumps({"feed": name, "read": pulled.read, "error": None, "receipts": receipts}))
    else:
        for receipt in pulled.receipts:
            told(t, name, receipt)
        if not pulled.receipts:
            click.echo(t("feed.nothing_new", name=name, read=pulled.read))
    ctx.exit(max((status(receipt) for receipt in pulled.receipts), default=0))


def _not_done(ctx: click.Context, name: str, code: str, sentence: str, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps({"feed": name, "error": code, "message": sentence}, ensure_ascii=False))
    else:
        click.echo(f"caudal: {sentence}", err=True)
    ctx.exit(NOT_DONE)


COMMANDS = (feed, pull_feed)
