"""`caudal standards`: the standards of a place, listed, set, withdrawn, switched by phase, as TOML and back."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from dashboard.commands.ground import stop
from dashboard.commands.place import moment_asked, site_asked
from dashboard.delivering import domain_now, open_store
from dashboard.settings import Settings
from data.analytics.standard_entry import Wrong, WrongStandard
from data.analytics.standards import DENOMINATORS, NEED
from data.clock import real_now
from data.published_standards import published
from data.queries.board import phase_and_stay
from data.sites import sites
from data.standards_book import every_standard, overruled, set_standards, switch_to
from data.standards_file import WrongStandardsFile, entry_of, published_text, read_standards, standards_text
from data.store import reading, writing
from data.types import HeldStandard
from data.vocabulary import Phase, Service, Stay
from layouts.standard_words import held_words, since_words, wrong_words
from layouts.translator import Translator, translator

BY = click.option("--by", default=getpass.getuser, help="Quién lo decide / who decides it.")
REASON = click.option("--reason", default="", help="Por qué / why.")
SINCE = click.option(
    "--from", "since", metavar="TIME", help="Desde cuándo, hora del puesto / from when; now without it."
)


@click.group("standards")
def standards() -> None:
    """Normas de un puesto: cuánto para cuántos / standards of a post: how much for how many."""


@standards.command("list")
@click.argument("site_name", metavar="SITE", required=False)
@click.pass_obj
def show(settings: Settings, site_name: str | None) -> None:
    """Las que rigen, de las dos fases / those in force, of both phases."""
    store = open_store(settings)
    now, t = domain_now(store), translator(settings.language)
    with reading(store) as conn:
        places = sites(conn) if site_name is None else (site_asked(conn, site_name, t),)
        found = [
            (place, every_standard(conn, place.site, now), phase_and_stay(conn, place.site, now)) for place in places
        ]
    for place, held, (phase, stay) in found:
        told = translator(settings.language, place.zone)
        click.echo(f"{place.site}\t{told(f'phase_name.{phase}')}\t{told(f'stay.{stay}')}")
        if not held:
            click.echo(told("standards.none"))
        for one in held:
            click.echo("\t".join(_cells(one, told)))


def _cells(one: HeldStandard, t: Translator) -> list[str]:
    told = one.standard
    return [
        f"  {told.service}/{told.phase}",
        held_words(one, t),
        t(f"denominator.{told.denominator}"),
        told.source,
        since_words(one, t),
        told.reason,
    ]


@standards.command("set")
@click.argument("site_name", metavar="SITE")
@click.argument("service", type=click.Choice([str(one) for one in Service]))
@click.argument("phase", type=click.Choice([str(one) for one in Phase]))
@click.argument("value", type=float, required=False)
@click.option("--per", type=click.Choice(tuple(NEED)))
@click.option("--denominator", type=click.Choice(DENOMINATORS))
@click.option("--unit")
@click.option("--source", help="Quién la publicó y dónde / who published it and where.")
@click.option("--provisional/--approved", default=None)
@click.option("--transit", type=float, help="Valor si la estadía es menor de un día / value for stays under a day.")
@click.option("--withdraw", is_flag=True, help="Desde entonces, sin norma / no standard from then on.")
@SINCE
@REASON
@BY
@click.pass_obj
def set_one(
    settings: Settings,
    site_name: str,
    service: str,
    phase: str,
    value: float | None,
    per: str | None,
    denominator: str | None,
    unit: str | None,
    source: str | None,
    provisional: bool | None,
    transit: float | None,
    withdraw: bool,
    since: str | None,
    reason: str,
    by: str,
) -> None:
    """Fijar una norma; lo que no se dice queda como estaba / set a standard; what is not said stays as it was."""
    store = open_store(settings)
    now, t = domain_now(store), translator(settings.language)
    with writing(store) as conn:
        place = site_asked(conn, site_name, t)
        t = translator(settings.language, place.zone)
        held = every_standard(conn, place.site, now)
        same = [one for one in held if (str(one.standard.service), one.standard.phase) == (service, phase)]
        entry: dict[str, Any] = {"service": service, "phase": phase, "provisional": True}
        entry |= {**entry_of(same[0]), "withdrawn": False} if same else {}
        said = {"value": value, "per": per, "denominator": denominator, "unit": unit, "source": source}
        said |= {"provisional": provisional, "transit_value": transit, "reason": reason}
        entry |= {name: told for name, told in said.items() if told is not None}
        entry |= {"withdrawn": withdraw, "valid_from": moment_asked(since, place, t)}
        try:
            changed = set_standards(conn, place.site, [entry], now, real_now(), by)
            later = bool(changed) and overruled(conn, place.site, entry, entry["valid_from"], now)
        except WrongStandard as wrong:
            _mend([("", one) for one in wrong.wrongs], t)
    click.echo(t("standards.told_overruled") if later else t.n("standards.changed", len(changed)))


@standards.command("phase")
@click.argument("site_name", metavar="SITE")
@click.argument("phase", type=click.Choice([str(one) for one in Phase]), required=False)
@click.option("--stay", type=click.Choice([str(one) for one in Stay]), help="Cuánto se quedan / how long people stay.")
@SINCE
@REASON
@BY
@click.pass_obj
def switch(
    settings: Settings,
    site_name: str,
    phase: str | None,
    stay: str | None,
    since: str | None,
    reason: str,
    by: str,
) -> None:
    """Cambiar de fase, o la estadía; sin decirlo, mostrarlas / switch the phase or the stay; without, show them."""
    store = open_store(settings)
    now, t = domain_now(store), translator(settings.language)
    with writing(store) as conn:
        place = site_asked(conn, site_name, t)
        t = translator(settings.language, place.zone)
        at = moment_asked(since, place, t)
        if phase is not None:
            switch_to(conn, place.site, Phase(phase), now, real_now(), by, reason, at)
        if stay is not None:
            switch_to(conn, place.site, Stay(stay), now, real_now(), by, reason, at)
        now_phase, now_stay = phase_and_stay(conn, place.site, max(at or now, now))
    click.echo(t("standards.stands", phase_name=t(f"phase_name.{now_phase}"), stay_name=t(f"stay.{now_stay}")))


OUT = click.argument("path", type=click.Path(dir_okay=False, path_type=Path), required=False)


@standards.command("export")
@click.argument("site_name", metavar="SITE")
@OUT
@click.pass_obj
def export(settings: Settings, site_name: str, path: Path | None) -> None:
    """Escribirlas como TOML, en un archivo o a la salida / write them as TOML, to a file or to the output."""
    store = open_store(settings)
    now, t = domain_now(store), translator(settings.language)
    with reading(store) as conn:
        place = site_asked(conn, site_name, t)
        text = standards_text(every_standard(conn, place.site, now), *phase_and_stay(conn, place.site, now))
    _write(text, path)


@standards.command("published")
@OUT
def library(path: Path | None) -> None:
    """Las que alguien publicó, con su fuente, como TOML / those that somebody published, as TOML."""
    _write(published_text(published().entries), path)


def _write(text: str, path: Path | None) -> None:
    if path is None:
        sys.stdout.write(text)
    else:
        path.write_text(text, encoding="utf-8")


@standards.command("import")
@click.argument("site_name", metavar="SITE")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True)
@BY
@click.pass_obj
def take(settings: Settings, site_name: str, path: Path, dry_run: bool, by: str) -> None:
    """Leerlas de TOML; lo que ya rige igual no cambia / read them from TOML; what holds already does not change."""
    store = open_store(settings)
    now, t = domain_now(store), translator(settings.language)
    try:
        file = read_standards(path.read_text(encoding="utf-8"))
    except WrongStandardsFile as wrong:
        _mend(wrong.wrongs, t)
    except (OSError, UnicodeDecodeError) as wrong:
        stop(t("plan.command.no_file", path=str(path), error=str(wrong)))
    with writing(store) as conn:
        place = site_asked(conn, site_name, t)
        changed = list(set_standards(conn, place.site, file.entries, now, real_now(), by))
        if file.phase and switch_to(conn, place.site, Phase(file.phase), now, real_now(), by, path.name):
            changed.append("phase")
        if file.stay and switch_to(conn, place.site, Stay(file.stay), now, real_now(), by, path.name):
            changed.append("stay")
        if dry_run:
            conn.rollback()
    for name in changed:
        click.echo(f"  {name}")
    click.echo(t.n("standards.would_change" if dry_run else "standards.changed", len(changed)))


def _mend(wrongs: Sequence[tuple[str, Wrong]], t: Translator) -> NoReturn:
    for place, one in wrongs:
        said = wrong_words(one.code, dict(one.facts), t)
        click.echo(f"{place}: {said}" if place else said, err=True)
    stop(t("standards.nothing_changed"))


COMMANDS = (standards,)
