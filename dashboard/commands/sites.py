"""Commands about border points: add one from its file, list them."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from dashboard.delivering import NOT_DONE, domain_now, open_store
from dashboard.settings import Settings
from data.accounts import record
from data.clock import real_now
from data.sites import WrongSiteFile, add_site, load_site, sites
from data.store import reading, writing
from layouts.translator import translator


@click.group("site")
def site() -> None:
    """Puestos de frontera / border points."""


@site.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", default=getpass.getuser, help="Quién lo decide / who decides it.")
@click.pass_context
def add(ctx: click.Context, file: Path, by: str) -> None:
    """Agregar un puesto, o actualizarlo, desde su archivo TOML / add or update a site from its TOML file."""
    settings: Settings = ctx.obj
    t = translator(settings.language)
    try:
        told = load_site(file)
    except (OSError, UnicodeDecodeError, WrongSiteFile) as wrong:
        click.echo(t("command_reports.wrong_site_file", path=str(file), reason=str(wrong)), err=True)
        ctx.exit(NOT_DONE)
    store = open_store(settings)
    now = domain_now(store)
    with writing(store) as conn:
        for one in add_site(conn, told, now, by):
            facts = {"kind": str(one.cadence.kind), "minutes": one.cadence.minutes, "by_file": file.name}
            record(conn, real_now(), by, "cadence-set", f"{told.site.site}/{one.source}/{one.dataset}", facts)
    click.echo(t("command_reports.site_added", name=told.site.name, code=told.site.site))


@site.command("list")
@click.pass_context
def show(ctx: click.Context) -> None:
    """Los puestos del almacén / the sites of the store."""
    settings: Settings = ctx.obj
    t = translator(settings.language)
    store = open_store(settings)
    with reading(store) as conn:
        known = sites(conn)
    if not known:
        click.echo(t("command_reports.no_sites"))
    for place in known:
        click.echo(f"{place.site}\t{place.name}\t{place.country}\t{place.zone}\t{place.kind}")
