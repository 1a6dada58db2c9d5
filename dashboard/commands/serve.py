"""`caudal serve`, `migrate`, `user`, `screen`, `token` and `doctor`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import click
from sqlalchemy import Connection, Engine, select

from dashboard.logs import set_up_logs
from dashboard.settings import Settings
from dashboard.start_rules import StartRefused, check_start, url_of
from data import accounts
from data.accounts import AccountError
from data.clock import real_now
from data.sites import sites
from data.store import create_store, migrate, reading, writing
from data.tables import evaluation
from data.vocabulary import Role
from layouts.pages import PAGES
from layouts.translator import Translator, translator

NOT_DONE = 2


def store_of(settings: Settings) -> Engine:
    engine = create_store(settings.store_url)
    migrate(engine)
    return engine


def stop(sentence: str) -> None:
    click.echo(f"caudal: {sentence}", err=True)
    sys.exit(NOT_DONE)


def said(command: Callable[..., None]) -> Callable[..., None]:
    """What is wrong with an account, as a sentence."""

    @wraps(command)
    def run(settings: Settings, *args: Any, **kwargs: Any) -> None:
        try:
            command(settings, *args, **kwargs)
        except AccountError as wrong:
            stop(translator(settings.language)(f"account.{wrong.code}", **wrong.facts))

    return run


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--behind-proxy", is_flag=True, default=None, help="A proxy with a certificate stands in front.")
@click.option("--worker/--no-worker", default=True, help="Start the process that evaluates alerts, too.")
@click.pass_obj
def serve(settings: Settings, worker: bool, **flags: Any) -> None:
    """Serve the dashboard and evaluate its alerts."""
    given = {name: value for name, value in flags.items() if value is not None}
    start(settings.model_copy(update=given), worker)


def start(settings: Settings, with_worker: bool = True) -> None:
    """Migrate, ask the rules, serve until told to stop."""
    from dashboard.server import serve as serve_until_stopped  # Dash takes a second to load; other commands need none

    t = translator(settings.language)
    set_up_logs(settings.log_format)
    engine = store_of(settings)
    try:
        with reading(engine) as conn:
            check_start(settings, accounts.account_count(conn))
        serve_until_stopped(settings, engine, real_now, with_worker)
    except StartRefused as refused:
        stop(t(f"cli.{refused.code}", **refused.facts))
    except OSError as taken:
        stop(t("cli.port_taken", host=settings.host, port=settings.port, reason=taken.strerror or str(taken)))
    finally:
        engine.dispose()


@click.command("migrate")
@click.pass_obj
def migrate_store(settings: Settings) -> None:
    """Bring the store to the tables of this release."""
    store_of(settings).dispose()
    click.echo(translator(settings.language)("cli.migrated"))


@click.group()
def user() -> None:
    """Accounts of people."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role for role in Role if role is not Role.SCREEN]), required=True)
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
        secret = accounts.add_screen(conn, name, site, (page,), full, real_now())
        accounts.record(conn, real_now(), "cli", "screen-added", name, {"address": full})
    click.echo(t("cli.screen_added", name=name))
    click.echo(f"{(url or url_of(settings)).rstrip('/')}/screen/{secret}")


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
        accounts.revoke_screen(conn, name, real_now())
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
        secret = accounts.add_token(conn, name, source, real_now())
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
        accounts.revoke_token(conn, name, real_now())
        accounts.record(conn, real_now(), "cli", "token-revoked", name)
    click.echo(translator(settings.language)("cli.token_revoked", name=name))


@click.command()
@click.option("--settings", "list_settings", is_flag=True, help="Print every setting, its value and what it does.")
@click.pass_obj
def doctor(settings: Settings, list_settings: bool) -> None:
    """Say what is well and what is not."""
    if list_settings:
        for name, field in Settings.model_fields.items():
            click.echo(f"CAUDAL_{name.upper()}={_plain(getattr(settings, name))}\n    {field.description}")
        return
    t = translator(settings.language)
    good = True
    for fine, sentence in examined(settings, t):
        click.echo(f"{t('cli.doctor_ok') if fine else t('cli.doctor_wrong')}\t{sentence}")
        good = good and fine
    sys.exit(0 if good else NOT_DONE)


def examined(settings: Settings, t: Translator) -> list[tuple[bool, str]]:
    """(well or not, what) for the store, the folder, the disk and the worker."""
    free = shutil.disk_usage(settings.var if settings.var.exists() else settings.var.absolute().parent).free / 1e9
    found = [(free > 1, t("cli.doctor_space", path=str(settings.var), free=round(free, 1)))]
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        probe = settings.var / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
        found.append((True, t("cli.doctor_var", path=str(settings.var))))
        engine = store_of(settings)
        with reading(engine) as conn:
            places = [site.site for site in sites(conn)]
            people = accounts.account_count(conn)
            evaluated = {row.site: row.real_at for row in conn.execute(select(evaluation))}
    except Exception as wrong:  # whatever it is, the operator is to read it here and not in a traceback
        found.append((False, f"{t('cli.doctor_store', url=_without_password(settings.store_url))}: {wrong}"))
        return found
    found.append((True, t("cli.doctor_store", url=_without_password(settings.store_url))))
    found.append((True, t("cli.doctor_migrations")))
    found.append((bool(places), t("cli.doctor_sites", sites=", ".join(places) or "-")))
    found.append((True, t("cli.doctor_accounts", number=people)))
    for place in places:
        at = evaluated.get(place)
        fresh = at is not None and (datetime.now(UTC) - at).total_seconds() < 300
        when = t("cli.doctor_never") if at is None else at.isoformat(" ", "seconds")
        found.append((fresh, f"{t('cli.doctor_worker', site=place)}: {when}"))
    return found


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
    return str(page), site, f"{parts.path}?{urlencode({**asked, 'site': site})}"


def _asked_password(t: Translator) -> str:
    return str(click.prompt(t("cli.password"), hide_input=True, confirmation_prompt=t("cli.password_again"), type=str))


def _plain(value: object) -> str:
    return "" if value is None else _without_password(str(value))


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":***@") if parts.password else url


COMMANDS = (serve, migrate_store, user, screen, token, doctor)
