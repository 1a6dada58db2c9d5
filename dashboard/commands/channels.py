"""`caudal channels`: by which ways people are told of alerts. An address is typed, kept, and never shown again."""

from __future__ import annotations

import getpass
import json
import re
import sys
from dataclasses import asdict
from datetime import datetime

import click
from sqlalchemy import Connection

from dashboard.commands.ground import stop
from dashboard.commands.place import site_asked
from dashboard.delivering import open_store
from dashboard.settings import Settings
from dashboard.telling.guard import Allowed
from dashboard.telling.ways import WrongAddress, checked, send
from data.accounts import record
from data.channels import UnknownChannel, add_channel, channel_named, channels, remove_channel
from data.clock import real_now
from data.store import reading, writing
from data.types import Channel
from data.vocabulary import Language, Level, SiteKind
from layouts.translator import Translator, translator

BY = click.option("--by", default=getpass.getuser, help="Quién lo decide / who decides it.")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,79}")
LEVELS = click.Choice([str(level) for level in (Level.WATCH, Level.ALERT, Level.CRITICAL)])
ADDRESS = """Dirección de Apprise, como mailto://, jsons:// o tgram://; «-» la lee de la entrada; sin ella se pregunta /
an Apprise address; “-” reads it from the input; it is asked for when left out."""


@click.group("channels")
def channel() -> None:
    """Canales por los que se avisa / ways by which people are told of alerts."""


@channel.command("add")
@click.argument("site")
@click.argument("name")
@click.option("--address", help=ADDRESS)
@click.option("--language", type=click.Choice([str(one) for one in Language]), default="es")
@click.option("--least", type=LEVELS, default=str(Level.ALERT), help="Desde qué nivel / from which level on.")
@click.option(
    "--step",
    type=click.IntRange(0, 9),
    default=0,
    help="0: enseguida; si no, en ese paso de la escalada / 0: at once; else at this step of the escalation.",
)
@click.option("--in-drills", is_flag=True, help="También en repeticiones y simulacros / in replays and drills too.")
@BY
@click.pass_obj
def channel_add(
    settings: Settings,
    site: str,
    name: str,
    address: str | None,
    language: str,
    least: str,
    step: int,
    in_drills: bool,
    by: str,
) -> None:
    """Agregar un canal, o cambiar el que lleva ese nombre / add a channel, or change the one of this name."""
    t = translator(settings.language)
    if not NAME.fullmatch(name):
        stop(t("command_channels.bad_name"))
    secret = sys.stdin.readline().strip() if address == "-" else address
    if not secret:
        secret = str(click.prompt(t("command_channels.address"), hide_input=True, type=str)).strip()
    try:
        kind = checked(secret, Allowed.of(settings.channel_hosts))
    except WrongAddress as wrong:
        stop(t("command_channels.wrong", reason=t(f"telling.trouble.{wrong.code}")))
    wanted = Channel(site, name, kind, secret, Language(language), Level(least), step, in_drills)
    with writing(open_store(settings)) as conn:
        site_asked(conn, site, t)
        is_new = add_channel(conn, wanted, real_now(), by)
        facts = {"kind": kind, "least_level": least, "step": step, "in_drills": in_drills}
        record(conn, real_now(), by, "channel-added" if is_new else "channel-changed", f"{site}/{name}", facts)
    click.echo(t("command_channels.added" if is_new else "command_channels.updated", name=name, site=site, kind=kind))


@channel.command("list")
@click.option("--site", help="Solo este puesto / this site only.")
@click.option("--json", "as_json", is_flag=True, help="Un objeto JSON por línea / one JSON object a line.")
@click.pass_obj
def channel_list(settings: Settings, site: str | None, as_json: bool) -> None:
    """Los canales y cómo van; sus direcciones no se muestran / channels and how they do; never their addresses."""
    t = translator(settings.language)
    with reading(open_store(settings)) as conn:
        found = channels(conn, site)
    for one in found:
        if as_json:
            click.echo(json.dumps(_plain(one), ensure_ascii=False))
            continue
        hears = t("channels.at_step" if one.step else "channels.at_once", level=one.least_level, step=one.step)
        words = (one.site, one.name, one.shown, str(one.language), hears, _how(one, t))
        click.echo("\t".join((*words, t("channels.drills")) if one.in_drills else words))
    if not found and not as_json:
        click.echo(t("command_channels.none"))


def _plain(one: Channel) -> dict[str, object]:
    told = {name: value for name, value in asdict(one).items() if name not in ("address", "shown")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}


def _how(one: Channel, t: Translator) -> str:
    if one.failing:
        return t.n("channels.failing", one.failing)
    return t.n("channels.waiting", one.waiting) if one.waiting else t("channels.well")


@channel.command("test")
@click.argument("site")
@click.argument("name")
@click.pass_obj
def channel_test(settings: Settings, site: str, name: str) -> None:
    """Mandar un mensaje de prueba / send a test message."""
    t = translator(settings.language)
    with reading(open_store(settings)) as conn:
        place = site_asked(conn, site, t)
        one = _channel(conn, t, site, name)
    own = translator(one.language, place.zone)
    title, text = own("notice.test.title", place=place.name), own("notice.test.text", channel=name, place=place.name)
    if place.kind is not SiteKind.REAL:
        title, text = f"[{own(f'mark.{place.kind}')}] {title}", f"{own(f'notice.mark.{place.kind}')}\n{text}"
    mark = f"caudal-test-{site}-{name}-{real_now():%Y%m%d%H%M%S}"
    answer = send(one.address, title, text, Level.WATCH, mark, Allowed.of(settings.channel_hosts))
    if not answer.good:
        reason = t(f"telling.trouble.{answer.trouble}")
        stop(t("command_channels.test_failed", name=name, reason=reason, said=answer.said or "").strip())
    click.echo(t("command_channels.tested", name=name))


@channel.command("remove")
@click.argument("site")
@click.argument("name")
@BY
@click.pass_obj
def channel_remove(settings: Settings, site: str, name: str, by: str) -> None:
    """Retirar un canal; su dirección se borra, su registro queda / remove a channel; its log stays."""
    t = translator(settings.language)
    with writing(open_store(settings)) as conn:
        site_asked(conn, site, t)
        try:
            remove_channel(conn, site, name, real_now())
        except UnknownChannel:
            stop(t("command_channels.unknown", name=name, site=site))
        record(conn, real_now(), by, "channel-removed", f"{site}/{name}")
    click.echo(t("command_channels.removed", name=name, site=site))


def _channel(conn: Connection, t: Translator, site: str, name: str) -> Channel:
    try:
        return channel_named(conn, site, name)
    except UnknownChannel:
        stop(t("command_channels.unknown", name=name, site=site))


COMMANDS = (channel,)
