"""`caudal cadence`: how often a source reports, switched from a moment on; and the list of what was agreed."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from dashboard.commands.ground import stop
from dashboard.commands.place import moment_asked, site_asked
from dashboard.delivering import domain_now, open_store
from dashboard.settings import Settings
from data.cadences import ALWAYS, Agreed, WrongCadence, cadences, set_cadence
from data.clock import real_now
from data.queries import known_sources
from data.rhythm import Cadence
from data.sites import sites
from data.store import reading, writing
from data.types import Site
from data.vocabulary import Dataset, Rhythm
from layouts.pages.calling import rhythm_text
from layouts.translator import Translator, translator


class Words(click.Group):
    """`caudal cadence SITE …` is `caudal cadence set SITE …`: the switch is what one comes for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["set", *args]
        return super().parse_args(ctx, args)


@click.group("cadence", cls=Words)
def cadence() -> None:
    """Cada cuánto reporta una fuente / how often a source reports: caudal cadence SITE SOURCE DATASET KIND."""


@cadence.command("set")
@click.argument("site_name", metavar="SITE")
@click.argument("source")
@click.argument("dataset", type=click.Choice([str(dataset) for dataset in Dataset]))
@click.argument("kind", type=click.Choice([str(kind) for kind in Rhythm]))
@click.option("--from", "since", metavar="TIME", help="Desde cuándo, hora del puesto / from when; now without it.")
@click.option("--minutes", type=int, help="Cada cuántos minutos, con KIND minutes / how many, with KIND minutes.")
@click.option("--grace", type=int, help="Minutos de gracia tras el periodo / minutes of grace after the period.")
@click.option("--reason", default="", help="Por qué / why.")
@click.option("--by", default=getpass.getuser, help="Quién lo decide / who decides it.")
@click.pass_obj
def set_one(
    settings: Settings,
    site_name: str,
    source: str,
    dataset: str,
    kind: str,
    since: str | None,
    minutes: int | None,
    grace: int | None,
    reason: str,
    by: str,
) -> None:
    """Cambiar la frecuencia desde un momento; lo anterior conserva la suya / switch the cadence from a moment on."""
    store = open_store(settings)
    now = domain_now(store)
    t = translator(settings.language)
    with writing(store) as conn:
        place = site_asked(conn, site_name, t)
        t = translator(settings.language, place.zone)
        _known(source, known_sources(conn)["source"], t)
        try:
            made = set_cadence(
                conn,
                place,
                source,
                Dataset(dataset),
                Rhythm(kind),
                now=now,
                real_now=real_now(),
                by=by,
                valid_from=moment_asked(since, place, t),
                minutes=minutes,
                grace_minutes=grace,
                reason=reason,
            )
        except WrongCadence as wrong:
            stop(t(f"cadence.wrong.{wrong.code}", **wrong.facts))
        mine = [one.cadence for one in cadences(conn, place.site) if (one.source, one.dataset) == (source, dataset)]
    _say(source, dataset, made, [one for one in mine if one.valid_from > made.valid_from], now, t)


def _say(source: str, dataset: str, made: Cadence, after: list[Cadence], now: datetime, t: Translator) -> None:
    facts: dict[str, Any] = {"source": source, "dataset": dataset, "from_at": made.valid_from}
    if made.kind is Rhythm.NONE:
        click.echo(t("cadence.ends", **facts))
    else:
        click.echo(t("cadence.set", rhythm_text=rhythm_text(made, t), grace_minutes=made.grace_minutes, **facts))
    if after:
        click.echo(t("cadence.until", until_at=after[0].valid_from, rhythm_text=rhythm_text(after[0], t)))
    if made.valid_from < now:
        click.echo(t("cadence.past"))


@cadence.command("list")
@click.argument("site_name", metavar="SITE", required=False)
@click.pass_obj
def show(settings: Settings, site_name: str | None) -> None:
    """Lo acordado, con su historia / what was agreed, with its history."""
    store = open_store(settings)
    t = translator(settings.language)
    with reading(store) as conn:
        places = sites(conn) if site_name is None else (site_asked(conn, site_name, t),)
        found = [(place, cadences(conn, place.site)) for place in places]
    if not any(agreed for _, agreed in found):
        click.echo(t("cadence.none"))
        return
    click.echo(t("cadence.head"))
    for place, agreed in found:
        told = translator(settings.language, place.zone)
        for one in agreed:
            click.echo(_line(place, one, told))


def _line(place: Site, one: Agreed, t: Translator) -> str:
    since = t("cadence.always") if one.cadence.valid_from == ALWAYS else t.moment(one.cadence.valid_from)
    cells = [
        f"{place.site}/{one.source}",
        one.dataset,
        rhythm_text(one.cadence, t),
        t.duration(one.cadence.grace_minutes),
        since,
        one.cadence.set_by,
        one.cadence.reason,
    ]
    return "\t".join(cells)


def _known(source: str, known: Iterable[str], t: Translator) -> None:
    names = list(known)
    if source not in names:
        stop(t("cadence.no_source", name=source, known=names))


COMMANDS = (cadence,)
