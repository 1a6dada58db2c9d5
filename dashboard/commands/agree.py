"""`caudal official`, `flag` and `duplicate`: what people decide about figures that do not agree."""

from __future__ import annotations

import getpass
import json
from typing import Any

import click
from sqlalchemy import Connection

from dashboard.commands.ground import stop
from dashboard.commands.place import no_site
from dashboard.delivering import domain_now, open_store, told_flag
from dashboard.settings import Settings
from data.accounts import record
from data.analytics.overlaps import KEEP_BOTH, OPEN
from data.clock import real_now
from data.deciding import decide_duplicate
from data.duplicates import NoSuchDuplicate, WrongDecision, duplicate_named, duplicates
from data.flags import NoReason as NoFlagReason
from data.flags import NoSuchFlag, clear_flag, open_flags
from data.officials import NoReason, UnknownSource, UnknownStage, choices, set_official
from data.sites import UnknownSite, sites
from data.store import reading, writing
from data.vocabulary import OFFICIAL_FOR
from layouts.agreement import flag_period, flag_sentence, flag_subject, party_name, verdict_words
from layouts.translator import Translator, translator

BY = click.option("--by", default=getpass.getuser, help="Quién lo decide / who decides it.")
REASON = click.option("--reason", default="", help="La razón; queda registrada / the reason; it is recorded.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Un objeto JSON por línea / one JSON object a line.")
SITE = click.option("--site", help="Solo este puesto / this site only.")
VERDICTS = click.Choice([KEEP_BOTH, "first-counts", "second-counts", OPEN])


@click.command("official")
@click.argument("site", required=False)
@click.argument("stage", required=False)
@click.argument("measure", required=False, type=click.Choice([str(measure) for measure in OFFICIAL_FOR]))
@click.argument("source", required=False)
@click.option("--none", "nobody", is_flag=True, help="Ninguna fuente es oficial / no source is official.")
@REASON
@BY
@AS_JSON
@click.pass_obj
def official(
    settings: Settings,
    site: str | None,
    stage: str | None,
    measure: str | None,
    source: str | None,
    nobody: bool,
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    """Elegir la fuente oficial de una cifra; sin ETAPA, listarlas / choose the official source, or list them."""
    t = translator(settings.language)
    store = open_store(settings)
    now = domain_now(store)
    if stage is None:
        with reading(store) as conn:
            _list_officials(conn, t, site, now, as_json)
        return
    if measure is None or (source is None) == (not nobody):
        raise click.UsageError("caudal official SITE STAGE MEASURE SOURCE --reason …")
    try:
        with writing(store) as conn:
            name = source or ""
            set_official(conn, str(site), stage, measure, name, reason, by, now)
            facts = {"site": site, "source": name, "reason": reason}
            record(conn, real_now(), by, "official-source", f"{site}/{stage}/{measure}", facts)
    except UnknownSite:
        with reading(store) as conn:
            no_site(conn, str(site), t)
    except UnknownStage as wrong:
        stop(t("command_agree.no_stage", site=site, stage=stage, known=", ".join(wrong.known)))
    except UnknownSource as wrong:
        stop(t("command_agree.official_unknown", source=source, known=", ".join(wrong.known) or "–"))
    except NoReason:
        stop(t("command_agree.official_reason"))
    key = "official_set" if source else "official_cleared"
    click.echo(t(f"command_agree.{key}", source=source or "", measure=measure, stage=stage, site=site))


def _list_officials(conn: Connection, t: Translator, only: str | None, now: Any, as_json: bool) -> None:
    for place in sites(conn):
        if only not in (None, place.site):
            continue
        for (stage, measure), one in choices(conn, place.site, now).items():
            if as_json:
                row = {"site": place.site, "stage": stage, "measure": measure, "source": one.source or None}
                row |= {"reason": one.reason, "set_by": one.set_by, "valid_from": one.valid_from.isoformat()}
                click.echo(json.dumps(row, ensure_ascii=False))
            else:
                name = one.source or t("command_agree.official_row_none")
                click.echo("\t".join((place.site, stage, measure, name, one.set_by, one.reason)))


@click.group("flag")
def flag() -> None:
    """Cifras por confirmar / figures to confirm."""


@flag.command("list")
@SITE
@AS_JSON
@click.pass_obj
def flag_list(settings: Settings, site: str | None, as_json: bool) -> None:
    """Las que esperan respuesta / those that wait for an answer."""
    with reading(open_store(settings)) as conn:
        places = [one for one in sites(conn) if site in (None, one.site)]
        found = [(one, place) for place in places for one in open_flags(conn, place.site)]
    for one, place in found:
        t = translator(settings.language, place.zone)
        if as_json:
            click.echo(json.dumps(told_flag(one, t), ensure_ascii=False))
        else:
            words = (one.flag, one.site, flag_subject(one, t), flag_period(one, t), one.source, flag_sentence(one, t))
            click.echo("\t".join(words))
    if not found and not as_json:
        click.echo(translator(settings.language)("command_agree.no_flags"))


@flag.command("clear")
@click.argument("flag_id", metavar="ID")
@REASON
@BY
@click.pass_obj
def flag_clear(settings: Settings, flag_id: str, reason: str, by: str) -> None:
    """Cerrar una con su razón; la cifra sigue contando / answer one with a reason; the figure goes on counting."""
    t = translator(settings.language)
    store = open_store(settings)
    try:
        with writing(store) as conn:
            done = clear_flag(conn, flag_id, reason, by, domain_now(store))
            facts = {"site": done.site, "code": done.code, "reason": reason}
            record(conn, real_now(), by, "flag-cleared", flag_id, facts)
    except NoSuchFlag:
        stop(t("command_agree.no_such_flag", flag=flag_id))
    except NoFlagReason:
        stop(t("command_agree.official_reason"))
    click.echo(t("command_agree.flag_cleared", flag=flag_id, reason=done.why))


@click.group("duplicate")
def duplicate() -> None:
    """Posibles duplicados entre reportes / possible duplicates between reports."""


@duplicate.command("list")
@SITE
@AS_JSON
@click.pass_obj
def duplicate_list(settings: Settings, site: str | None, as_json: bool) -> None:
    """Los que se cruzan, y lo decidido / those that overlap, and what was decided."""
    with reading(open_store(settings)) as conn:
        places = [one for one in sites(conn) if site in (None, one.site)]
        found = [(one, place) for place in places for one in duplicates(conn, place.site)]
    for one, place in found:
        t = translator(settings.language, place.zone)
        if as_json:
            row: dict[str, Any] = {
                "flag": one.flag,
                "site": one.site,
                "day": one.day.isoformat(),
                "service": one.service,
            }
            row |= {"sector": one.sector, "place": one.place, "first": list(one.first), "second": list(one.second)}
            row |= {"facts": dict(one.facts), "verdict": one.verdict, "reason": one.reason, "who": one.who}
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            who = f"{party_name(one.first, one)} / {party_name(one.second, one)}"
            place_words = one.place or t("agreement.whole_site")
            words = (one.flag, one.site, t.date(one.day), t.word("service", one.service), place_words, who)
            click.echo("\t".join((*words, verdict_words(one, one.verdict, t))))
    if not found and not as_json:
        click.echo(translator(settings.language)("command_agree.no_duplicates"))


@duplicate.command("decide")
@click.argument("flag_id", metavar="ID")
@click.argument("verdict", type=VERDICTS)
@click.option("--onwards", is_flag=True, help="También los días que siguen / the following days as well.")
@REASON
@BY
@click.pass_obj
def duplicate_decide(settings: Settings, flag_id: str, verdict: str, onwards: bool, reason: str, by: str) -> None:
    """Decidir si dos reportes son uno; «open» deshace la decisión / decide whether two reports are one."""
    t = translator(settings.language)
    store = open_store(settings)
    try:
        with writing(store) as conn:
            decide_duplicate(conn, flag_id, verdict, reason, by, domain_now(store), onwards)
            facts = {"verdict": verdict, "onwards": onwards, "reason": reason}
            record(conn, real_now(), by, "duplicate-decided", flag_id, facts)
    except NoSuchDuplicate:
        stop(t("command_agree.no_such_duplicate", flag=flag_id))
    except WrongDecision:
        stop(t("command_agree.official_reason"))
    with reading(store) as conn:
        done = duplicate_named(conn, flag_id)
    assert done is not None, "what was decided stands"
    click.echo(t("command_agree.decided", flag=flag_id, verdict_text=verdict_words(done, verdict, t)))


COMMANDS = (official, flag, duplicate)
