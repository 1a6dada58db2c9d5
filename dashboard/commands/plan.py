"""`caudal plan`: the contingency plan of a place, shown, checked, written as TOML and read back, with its versions."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from dashboard.commands.ground import stop
from dashboard.commands.place import site_asked
from dashboard.delivering import domain_now, open_store
from dashboard.settings import Settings
from data.accounts import record
from data.alert_book import open_alerts
from data.analytics.rule_params import Wrong
from data.clock import real_now
from data.plan_book import plan_state
from data.plan_checks import WrongPlan, rule_wrongs
from data.plan_file import plan_text, read_plan
from data.plans import plan_in_force, plan_versions, proposing_rules, set_plan
from data.store import reading, writing
from data.types import PlanVersion, Site
from layouts.plan_words import level_words, said, trigger_words, wrong_words
from layouts.translator import Translator, translator

BY = click.option("--by", default=getpass.getuser, help="Quién lo decide / who decides it.")
FILE = click.Path(dir_okay=False, allow_dash=True)


@click.group("plan")
def plan() -> None:
    """Plan de contingencia de un puesto / contingency plan of a post."""


@plan.command("show")
@click.argument("site_name", metavar="SITE")
@click.pass_obj
def show(settings: Settings, site_name: str) -> None:
    """El plan que rige, y el nivel en vigor y el propuesto / the plan in force, its level in force and proposed."""
    store, t = open_store(settings), translator(settings.language)
    now = domain_now(store)
    with reading(store) as conn:
        place = site_asked(conn, site_name, t)
        state = plan_state(conn, place.site, open_alerts(conn, place.site), now)
    t = translator(settings.language, place.zone)
    version = _there(state.version, place, t)
    click.echo(_head(version, t))
    for level in version.plan.levels:
        click.echo(f"\n{level_words(level, t, alone=True)}: {said(level.description, t)}")
        for trigger in level.triggers:
            click.echo(f"  < {trigger_words(trigger, t)}{_provisional(trigger.provisional, t)}")
        for one in level.actions:
            lead = t("plan.document.lead", lead_minutes=one.lead_minutes)
            who = ", ".join(part for part in (one.institution, one.role, one.phone) if part)
            click.echo(f"  - {said(one.words, t)} · {who} · {lead}{_provisional(one.provisional, t)}")
    none = t("plan.command.none")
    on, found = state.running, state.proposal
    click.echo("\n" + t("plan.command.in_force", level=level_words(on.level, t) if on else none))
    if found is not None:
        click.echo(t("plan.command.proposed", level=level_words(found.level, t), at=found.since))


def _provisional(is_so: bool, t: Translator) -> str:
    return f" ({t('plan.provisional')})" if is_so else ""


@plan.command("import")
@click.argument("site_name", metavar="SITE")
@click.argument("path", type=FILE)
@click.option("--reason", default="", help="Por qué / why.")
@BY
@click.pass_obj
def read_file(settings: Settings, site_name: str, path: str, reason: str, by: str) -> None:
    """El plan de un archivo rige desde ahora como versión nueva; con un error no se cambia nada / the plan of a file is
    in force from now on as a new version; with one mistake nothing is changed."""
    store, t = open_store(settings), translator(settings.language)
    text, now = _text(path, t), domain_now(store)
    try:
        with writing(store) as conn:
            place = site_asked(conn, site_name, t)
            wanted = read_plan(text, proposing_rules(conn, place.site, now))
            made = set_plan(conn, place.site, wanted, now, by, reason.strip())
            if made is not None:
                facts = {"sha": made.sha, "reason": made.reason, "edition": wanted.edition}
                record(conn, real_now(), by, "plan-set", f"{place.site}/{made.number}", facts)
    except WrongPlan as wrong:
        _mend(wrong.wrongs, t)
    if made is None:
        click.echo(t("plan.command.unchanged", site=place.site))
    else:
        click.echo(t("plan.command.imported", site=place.site, number=made.number, sha=made.sha[:12]))


@plan.command("check")
@click.argument("site_name", metavar="SITE")
@click.argument("path", type=FILE, required=False)
@click.pass_obj
def check(settings: Settings, site_name: str, path: str | None) -> None:
    """Revisar un archivo, o el plan que rige, sin cambiar nada / look a file over, or the plan in force; no change."""
    store, t = open_store(settings), translator(settings.language)
    now = domain_now(store)
    text = None if path is None else _text(path, t)
    with reading(store) as conn:
        place = site_asked(conn, site_name, t)
        known = proposing_rules(conn, place.site, now)
        held = plan_in_force(conn, place.site, now)
    try:
        wanted = _there(held, place, t).plan if text is None else read_plan(text, known)
    except WrongPlan as wrong:
        _mend(wrong.wrongs, t)
    wrongs = rule_wrongs(wanted, known)
    if wrongs:
        _mend(wrongs, t)
    actions = sum(len(level.actions) for level in wanted.levels)
    click.echo(t("plan.command.good", levels=len(wanted.levels), actions=actions))


@plan.command("export")
@click.argument("site_name", metavar="SITE")
@click.argument("path", type=click.Path(dir_okay=False), required=False)
@click.option("--version", "number", type=int, help="Una versión anterior / an earlier version.")
@click.pass_obj
def write_file(settings: Settings, site_name: str, path: str | None, number: int | None) -> None:
    """El plan en TOML, a un archivo o a la salida / the plan as TOML, to a file or the output."""
    store, t = open_store(settings), translator(settings.language)
    now = domain_now(store)
    with reading(store) as conn:
        place = site_asked(conn, site_name, t)
        found = plan_in_force(conn, place.site, now)
        if number is not None:
            found = next((one for one in plan_versions(conn, place.site) if one.number == number), None)
            if found is None:
                stop(t("plan.command.no_version", site=place.site, number=number))
    text = plan_text(_there(found, place, t).plan)
    if path is None:
        click.echo(text, nl=False)
    else:
        Path(path).write_text(text, encoding="utf-8")


@plan.command("history")
@click.argument("site_name", metavar="SITE")
@click.pass_obj
def history(settings: Settings, site_name: str) -> None:
    """Todas las versiones, la más nueva primero / every version, the newest first."""
    store, t = open_store(settings), translator(settings.language)
    with reading(store) as conn:
        place = site_asked(conn, site_name, t)
        found = plan_versions(conn, place.site)
    t = translator(settings.language, place.zone)
    click.echo(t("plan.command.head"))
    for one in found:
        cells = (str(one.number), t.moment(one.valid_from), one.set_by, one.plan.edition, one.reason, one.sha[:12])
        click.echo("\t".join(cells))


def _head(version: PlanVersion, t: Translator) -> str:
    one, at = version.plan, version.valid_from
    facts: dict[str, str | int | datetime] = {"number": version.number, "by": version.set_by, "at": at}
    return t("plan.command.document", title=said(one.title, t), document=one.document, edition=one.edition, **facts)


def _text(path: str, t: Translator) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        stop(t("plan.command.no_file", path=path, error=str(wrong)))


def _mend(wrongs: Sequence[tuple[str, Wrong]], t: Translator) -> NoReturn:
    for place, one in wrongs:
        words = wrong_words(one.code, one.facts, t)
        click.echo(t("plan.wrong.in_file", place=place, said=words) if place else words, err=True)
    stop(t.n("plan.nothing_changed", len(wrongs)))


def _there(version: PlanVersion | None, place: Site, t: Translator) -> PlanVersion:
    if version is None:
        stop(t("plan.command.no_plan", site=place.site))
    return version


COMMANDS = (plan,)
