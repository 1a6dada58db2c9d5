"""`caudal rules`: the alert rules of a place, listed, written as TOML and read back, set, switched off, tried."""

from __future__ import annotations

import getpass
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dashboard.commands.ground import stop
from dashboard.commands.place import site_asked
from dashboard.commands.rule_changes import changed_rule, given, mend
from dashboard.delivering import domain_now, open_store
from dashboard.settings import Settings
from data.alert_book import alert_sentence
from data.alert_rules import rules_in_force, set_rules
from data.analytics.rule_params import WrongRule
from data.clock import real_now
from data.rehearsing import DAYS, NotRehearsed, rehearse
from data.rule_file import WrongRuleFile, read_rules, rules_text
from data.sites import sites
from data.store import reading, writing
from data.types import SetRule, Site
from data.vocabulary import AlertState
from layouts.alert_words import rule_words
from layouts.rule_words import (
    episode_words,
    params_words,
    patience_words,
    rehearsal_words,
    who_words,
)
from layouts.translator import Translator, translator

BY = click.option("--by", default=getpass.getuser, help="Quién lo decide / who decides it.")
REASON = click.option("--reason", default="", help="Por qué / why.")
PARAM = click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Un parámetro, en TOML / one parameter, as TOML: limit=500, of=arrivals.",
)


@click.group("rules")
def rules() -> None:
    """Reglas de alerta de un puesto / alert rules of a post."""


@rules.command("list")
@click.argument("site_name", metavar="SITE", required=False)
@click.pass_obj
def show(settings: Settings, site_name: str | None) -> None:
    """Las que rigen, también las de origen / those in force, built-in ones too."""
    store = open_store(settings)
    now, t = domain_now(store), translator(settings.language)
    with reading(store) as conn:
        places = sites(conn) if site_name is None else (site_asked(conn, site_name, t),)
        found = [(place, rules_in_force(conn, place.site, now)) for place in places]
    click.echo(t("rules.head"))
    for place, held in found:
        told = translator(settings.language, place.zone)
        for rule in held:
            click.echo("\t".join(_cells(place, rule, told)))


def _cells(place: Site, rule: SetRule, t: Translator) -> list[str]:
    return [
        place.site,
        rule.name,
        t(f"rule_kind.{rule.kind}"),
        t("rules.on" if rule.enabled else "rules.off"),
        t(f"level.{rule.level}"),
        params_words(rule, t),
        patience_words(rule, t),
        who_words(rule, t),
    ]


@rules.command("export")
@click.argument("site_name", metavar="SITE")
@click.argument("path", type=click.Path(dir_okay=False), required=False)
@click.pass_obj
def write_file(settings: Settings, site_name: str, path: str | None) -> None:
    """Todas en TOML, a un archivo o a la salida / all of them as TOML, to a file or the output."""
    store, t = open_store(settings), translator(settings.language)
    now = domain_now(store)
    with reading(store) as conn:
        text = rules_text(rules_in_force(conn, site_asked(conn, site_name, t).site, now))
    if path is None:
        click.echo(text, nl=False)
    else:
        Path(path).write_text(text, encoding="utf-8")


@rules.command("import")
@click.argument("site_name", metavar="SITE")
@click.argument("path", type=click.Path(dir_okay=False, allow_dash=True))
@BY
@click.pass_obj
def read_file(settings: Settings, site_name: str, path: str, by: str) -> None:
    """Lo que dice un archivo rige desde ahora; con un error no se cambia nada / what a file says holds from now on;
    with one mistake nothing is changed."""
    store, t = open_store(settings), translator(settings.language)
    now = domain_now(store)
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        stop(t("rules.no_file", path=path, error=str(wrong)))
    try:
        wanted = read_rules(text)
        with writing(store) as conn:
            changed = set_rules(conn, site_asked(conn, site_name, t).site, wanted, now, real_now(), by)
    except WrongRuleFile as wrong:
        mend([(place, one) for place, one in wrong.wrongs], t)
    except WrongRule as wrong:
        mend([("", one) for one in wrong.wrongs], t)
    click.echo(t("rules.imported", changed=len(changed), same=len(wanted) - len(changed)))


@rules.command("set")
@click.argument("site_name", metavar="SITE")
@click.argument("name")
@click.option("--kind", help="Tipo, si es nueva / kind, of a new one.")
@PARAM
@click.option("--level", help="watch, alert, critical")
@click.option("--pending", type=int, help="Minutos que debe durar / minutes it must last.")
@click.option("--recovering", type=int, help="Minutos de calma / minutes of calm.")
@click.option("--no-data", type=int, help="Minutos de silencio / minutes of silence.")
@REASON
@BY
@click.pass_obj
def set_one(
    settings: Settings, site_name: str, name: str, kind: str | None, params: tuple[str, ...], by: str, **said: Any
) -> None:
    """Una regla nueva o cambiada, desde ahora / a new or changed rule, from now on."""
    kept = {key: value for key, value in said.items() if value is not None}
    _change(settings, site_name, name, by, {"kind": kind, "params": given(params), **kept, "enabled": True})


@rules.command("disable")
@click.argument("site_name", metavar="SITE")
@click.argument("name")
@REASON
@BY
@click.pass_obj
def disable(settings: Settings, site_name: str, name: str, reason: str, by: str) -> None:
    """Apagar una regla; «set» la vuelve a encender / switch a rule off; “set” switches it on again."""
    _change(settings, site_name, name, by, {"enabled": False, "reason": reason}, must_be=True)


def _change(
    settings: Settings, site_name: str, name: str, by: str, said: dict[str, Any], must_be: bool = False
) -> None:
    store = open_store(settings)
    now, t = domain_now(store), translator(settings.language)
    try:
        with writing(store) as conn:
            place = site_asked(conn, site_name, t)
            t = translator(settings.language, place.zone)
            rule = changed_rule(conn, place, name, now, said, t, must_be)
            changed = set_rules(conn, place.site, (rule,), now, real_now(), by)
    except WrongRule as wrong:
        mend([(name, one) for one in wrong.wrongs], t)
    click.echo(t("rules.saved" if changed else "rules.unchanged", name=name))
    click.echo(params_words(rule, t))


@rules.command("dry-run")
@click.argument("site_name", metavar="SITE")
@click.argument("name")
@click.option("--kind", help="Tipo, si es nueva / kind, of a new one.")
@PARAM
@click.option("--days", type=click.IntRange(1, 366), default=DAYS, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def dry_run(
    settings: Settings, site_name: str, name: str, kind: str | None, params: tuple[str, ...], days: int, as_json: bool
) -> None:
    """Lo que habría hecho en los últimos días, sin guardar nada / what it would have done, without saving anything."""
    store = open_store(settings)
    now, t = domain_now(store), translator(settings.language)
    began = time.perf_counter()
    try:
        with reading(store) as conn:
            place = site_asked(conn, site_name, t)
            t = translator(settings.language, place.zone)
            rule = changed_rule(conn, place, name, now, {"kind": kind, "params": given(params)}, t)
            known = {one.name: one for one in rules_in_force(conn, place.site, now)}
            done = rehearse(conn, place, replace(rule, enabled=True), known, now, days)
    except WrongRule as wrong:
        mend([(name, one) for one in wrong.wrongs], t)
    except NotRehearsed:
        stop(t("rules.not_tried"))
    took = time.perf_counter() - began
    if as_json:
        told = [
            {
                "start": one.start.isoformat(),
                "end": None if one.end is None else one.end.isoformat(),
                "peak_at": one.peak_at.isoformat(),
                "level": str(one.level),
                "evidence": dict(one.evidence),
            }
            for one in done.episodes
        ]
        answer = {"site": place.site, "rule": rule.entry(), "days": days, "hours": done.hours, "unknown": done.unknown}
        click.echo(json.dumps({**answer, "episodes": told}, ensure_ascii=False))
        return
    click.echo(f"{rule_words(name, t)}: {params_words(rule, t)}")
    click.echo(rehearsal_words(done, t))
    for one in done.episodes:
        peak = t.sentence(alert_sentence(rule.name, AlertState.FIRING, one.evidence))
        click.echo(f"  {episode_words(one, t)} · {t(f'level.{one.level}')}")
        click.echo(f"    {t('rules.peak', peak_at=one.peak_at)} {peak}")
    click.echo(t("rules.took", seconds=t.number(took, 1)))


COMMANDS = (rules,)
