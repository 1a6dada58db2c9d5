"""`caudal user`, `screen` and `token`: who may come in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import click
from sqlalchemy import Connection

from dashboard.commands.ground import stop, store_of
from dashboard.running import address_of_running
from dashboard.settings import Settings
from data import accounts, keys
from data.clock import real_now
from data.keys import AccountError
from data.sites import sites
from data.store import reading, writing
from data.vocabulary import Role
from layouts.pages import PAGES
from layouts.translator import Translator, translator


def said(command: Callable[..., None]) -> Callable[..., None]:
    """What is wrong with an account, as a sentence."""

    @wraps(command)
    def run(settings: Settings, *args: Any, **kwargs: Any) -> None:
        try:
            command(settings, *args, **kwargs)
        except AccountError as wrong:
            stop(translator(settings.language)(f"account.{wrong.code}", **wrong.facts))

    return run


@click.group()
def user() -> None:
    """Accounts of people."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role if role is not Role.SCREEN]), required=True)
@click.option("--organisation")
@click.option("--site", "only", multiple=True, help="May see this site only; may be repeated.")
@click.option("--password", help="For scripts; asked for when left out.")
@click.pass_obj
@said
def user_add(
    settings: Settings, name: str, role: str, organisation: str | None, only: tuple[str, ...], password: str | None
) -> None:
    """Create an account."""
    t = translator(settings.language)
    secret = password or _asked_password(t)
    with writing(store_of(settings)) as conn:
        accounts.add_account(conn, name, secret, Role(role), real_now(), organisation, only or None)
        accounts.record(conn, real_now(), "cli", "user-added", name, {"role": role})
    click.echo(t("cli.user_added", name=name, role=role))


@user.command("list")
@click.pass_obj
def user_list(settings: Settings) -> None:
    """Every account, its role and whether it can sign in."""
    t = translator(settings.language)
    with reading(store_of(settings)) as conn:
        everybody = accounts.directory(conn).accounts.values()
    for one in everybody:
        state = t("cli.disabled") if one.disabled else t("cli.active")
        click.echo("\t".join((one.name, one.role, one.organisation or "-", ",".join(one.sites or ("*",)), state)))
    if not everybody:
        click.echo(t("cli.no_users"))


@user.command("passwd")
@click.argument("name")
@click.option("--password", help="For scripts; asked for when left out.")
@click.pass_obj
@said
def user_passwd(settings: Settings, name: str, password: str | None) -> None:
    """Change a password; open sessions of the account end."""
    t = translator(settings.language)
    secret = password or _asked_password(t)
    with writing(store_of(settings)) as conn:
        accounts.set_password(conn, name, secret)
        accounts.record(conn, real_now(), "cli", "user-password", name)
    click.echo(t("cli.user_password", name=name))


@user.command("disable")
@click.argument("name")
@click.pass_obj
@said
def user_disable(settings: Settings, name: str) -> None:
    """Let an account sign in no more; its open sessions end."""
    with writing(store_of(settings)) as conn:
        accounts.disable_account(conn, name, real_now())
        accounts.record(conn, real_now(), "cli", "user-disabled", name)
    click.echo(translator(settings.language)("cli.user_disabled", name=name))


@click.group()
def screen() -> None:
    """Displays: each has a link that opens its board and nothing else."""


@screen.command("add")
@click.argument("name")
@click.option("--address", default="/wall", help="Where the link leads, such as /wall?site=cebaf-tumbes&distance=6.")
@click.option("--url", help="Address of this server as the screen reaches it.")
@click.pass_obj
@said
def screen_add(settings: Settings, name: str, address: str, url: str | None) -> None:
    """Create a display's link."""
    t = translator(settings.language)
    with writing(store_of(settings)) as conn:
        page, site, full = _screen_address(conn, settings, t, address)
        secret = keys.add_screen(conn, name, site, (page,), full, real_now())
        accounts.record(conn, real_now(), "cli", "screen-added", name, {"address": full})
    reached = url or address_of_running(settings.var)
    click.echo(t("cli.screen_added" if reached else "cli.screen_added_path", name=name))
    click.echo(f"{(reached or '').rstrip('/')}/screen/{secret}")


@screen.command("list")
@click.pass_obj
def screen_list(settings: Settings) -> None:
    """Every display and when it was last seen."""
    t = translator(settings.language)
    with reading(store_of(settings)) as conn:
        screens = accounts.directory(conn).screens.values()
    for one in screens:
        seen = t("cli.last_seen", at=one.last_seen.isoformat(" ", "minutes")) if one.last_seen else t("cli.never_seen")
        click.echo("\t".join((one.name, one.address, t("cli.revoked") if one.revoked else seen)))
    if not screens:
        click.echo(t("cli.no_screens"))


@screen.command("revoke")
@click.argument("name")
@click.pass_obj
@said
def screen_revoke(settings: Settings, name: str) -> None:
    """End a display's access; an open page notices at its next heartbeat."""
    with writing(store_of(settings)) as conn:
        keys.revoke_screen(conn, name, real_now())
        accounts.record(conn, real_now(), "cli", "screen-revoked", name)
    click.echo(translator(settings.language)("cli.screen_revoked", name=name))


@click.group()
def token() -> None:
    """Keys of programmes that send reports."""


@token.command("add")
@click.argument("name")
@click.option("--source", required=True, help="The source whose reports it may send.")
@click.pass_obj
@said
def token_add(settings: Settings, name: str, source: str) -> None:
    """Create a key, shown once."""
    with writing(store_of(settings)) as conn:
        secret = keys.add_token(conn, name, source, real_now())
        accounts.record(conn, real_now(), "cli", "token-added", name, {"source": source})
    click.echo(translator(settings.language)("cli.token_added", source=source), err=True)
    click.echo(secret)


@token.command("revoke")
@click.argument("name")
@click.pass_obj
@said
def token_revoke(settings: Settings, name: str) -> None:
    """End a key."""
    with writing(store_of(settings)) as conn:
        keys.revoke_token(conn, name, real_now())
        accounts.record(conn, real_now(), "cli", "token-revoked", name)
    click.echo(translator(settings.language)("cli.token_revoked", name=name))


def _screen_address(conn: Connection, settings: Settings, t: Translator, address: str) -> tuple[str, str, str]:
    """Page, site and the whole address, with the site named even where it was the default."""
    parts = urlsplit(address)
    page = next((page.name for page in PAGES.values() if page.path == parts.path), None)
    if page is None or parts.netloc:
        stop(t("cli.screen_address", address=address))
    asked = dict(parse_qsl(parts.query))
    places = [site.site for site in sites(conn)]
    site = asked.get("site") or settings.site or (places[0] if places else "")
    if site not in places:
        stop(t("cli.screen_site", site=site or "-", allowed=", ".join(places) or "-"))
    return page, site, f"{parts.path}?{urlencode({**asked, 'site': site})}"


def _asked_password(t: Translator) -> str:
    return str(click.prompt(t("cli.password"), hide_input=True, confirmation_prompt=t("cli.password_again"), type=str))


COMMANDS = (user, screen, token)
