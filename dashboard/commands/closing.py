"""`caudal close`, `unlock` and `release`: who vouches for a shift or a day, and who may change it afterwards."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy import Engine

from callbacks.asked import WrongAsk, period_ask
from dashboard.commands.ground import stop
from dashboard.delivering import domain_now, open_store
from dashboard.settings import Settings
from data.accounts import account_count, role_of
from data.clock import real_now
from data.closing import ClosingError, Who, close_period, release_report, unlock_period
from data.sites import UnknownSite
from data.sites import site as site_named
from data.store import reading
from data.types import Site, Window
from data.vocabulary import Role
from layouts.translator import Translator, translator

BY = click.option("--by", default=getpass.getuser, help="Quién decide (cuenta) / who decides (account).")


def said(command: Callable[..., None]) -> Callable[..., None]:
    """What stands against a closing, as a sentence."""

    @wraps(command)
    def run(settings: Settings, *args: Any, **kwargs: Any) -> None:
        t = translator(settings.language)
        try:
            command(settings, *args, **kwargs)
        except ClosingError as wrong:
            stop(t(f"closing.{wrong.code}", **wrong.facts))
        except WrongAsk as wrong:
            stop(t("closing.wrong_period", value=wrong.value))
        except UnknownSite as wrong:
            stop(str(wrong))

    return run


@click.command("close")
@click.argument("site")
@click.argument("period", metavar="DAY|START/END")
@BY
@click.option("--note", default="", help="Nota que queda con la aprobación / a note kept with it.")
@click.pass_obj
@said
def close(settings: Settings, site: str, period: str, by: str, note: str) -> None:
    """Aprobar las cifras de un día o turno; lo que llegue después espera / approve a day or shift."""
    store, place, window, kind, t = _asked(settings, site, period)
    close_period(store, place.site, window, kind, _who(store, by), domain_now(store), real_now(), note)
    click.echo(t("closing.closed", site=place.name, from_at=window.start, until_at=window.end, who=by))


@click.command("unlock")
@click.argument("site")
@click.argument("period", metavar="DAY|START/END")
@click.option("--reason", required=True, help="Por qué se abre / why it is opened.")
@BY
@click.pass_obj
@said
def unlock(settings: Settings, site: str, period: str, by: str, reason: str) -> None:
    """Abrir un día o turno cerrado; lo que esperaba cuenta desde ahora / open it again."""
    store, place, window, _, t = _asked(settings, site, period)
    let = unlock_period(store, place.site, window, _who(store, by), domain_now(store), real_now(), reason)
    click.echo(t.n("closing.unlocked", len(let), site=place.name, from_at=window.start, until_at=window.end))


@click.command("release")
@click.argument("report", type=int)
@click.option("--reason", required=True, help="Por qué se acepta / why it is let through.")
@BY
@click.pass_obj
@said
def release(settings: Settings, report: int, by: str, reason: str) -> None:
    """Que un reporte en espera cuente, con el periodo aún cerrado / let a waiting delivery count."""
    store = open_store(settings)
    release_report(store, report, _who(store, by), domain_now(store), real_now(), reason)
    click.echo(translator(settings.language)("closing.released", report=str(report)))


def _asked(settings: Settings, name: str, period: str) -> tuple[Engine, Site, Window, str, Translator]:
    store = open_store(settings)
    with reading(store) as conn:
        place = site_named(conn, name)
    window, kind = period_ask(period, place)
    return store, place, window, kind, translator(settings.language, place.zone)


def _who(store: Engine, name: str) -> Who:
    """An account of the store; where there is none yet, whoever sits at this machine may everything."""
    with reading(store) as conn:
        if account_count(conn) == 0:
            return Who(name, Role.ADMIN)
        role = role_of(conn, name)
    if role is None:
        raise ClosingError("no_account", who=name)
    return Who(name, role)


COMMANDS = (close, unlock, release)
