"""/alerts/rules: the alert rules of a place, and changing one: typed, tried on the past, then saved as it was tried."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.access import Viewer
from dashboard.acting import name_of, require
from dashboard.desk import forms
from dashboard.desk.plain_page import Plain, place_asked, plain_page
from dashboard.desk.rule_form import fields_of, rule_of, typed_new, typed_of
from dashboard.shell import Shell
from dashboard.view import BadAddress
from data.alert_book import alert_sentence
from data.alert_rules import rule_history, rules_in_force, set_rules
from data.analytics.rule_params import Wrong, WrongRule
from data.pressure_levels import pressure_changes, ruled
from data.rehearsing import NotRehearsed, rehearse
from data.store import reading, writing
from data.types import Rehearsal, SetRule, Site
from data.vocabulary import AlertState, RuleKind
from layouts.alert_words import rule_words as name_words
from layouts.desk import rule_form
from layouts.desk import rules as page
from layouts.rule_words import wrong_words

PATH = "/alerts/rules"
CHANGES = 12  # of the pressure level, on the page
# A rule tried on three months is some seconds of work: no more of them at once than the boards can bear.
TRYING = anyio.CapacityLimiter(1)


def may_set(viewer: Viewer, site: str) -> bool:
    return viewer.may_operate and viewer.may_see_site(site)


async def show(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    asked = request.query_params
    plain, viewer, site = place_asked(request, asked, "alerts")
    now = shell.seen.now()

    def read() -> tuple[Any, ...]:
        with reading(shell.engine) as conn:
            rules = rules_in_force(conn, site.site, now)
            limits = ruled(conn, site.site, now).rows
            return rules, limits, pressure_changes(conn, site.site, now, CHANGES)

    rules, limits, changes = await anyio.to_thread.run_sync(read)
    t = plain.translator(shell, site)
    told = asked.get("told", "")
    shown = page.RulesShown(
        rules=rules,
        limits={row.name: (row.limits, row.unit) for row in limits},
        changes=changes,
        may_set=may_set(viewer, site.site),
        to=lambda path, **more: plain.to(f"{PATH}{path}", **more),
        back=plain.to("/alerts"),
        told=asked.get("name", "")[:60] if told in page.TOLD else "",
        how=told,
    )
    title = t("rules.title")
    return plain_page(request, plain, t, title, page.body(shown, t), lambda other: other.to(PATH), 200, "alerts")


async def edit(request: Request) -> Response:
    """`?name=`: of a rule that is there; `?kind=`: of a new one."""
    shell: Shell = request.app.state.shell
    asked = request.query_params
    plain, viewer, site = place_asked(request, asked, "alerts")
    require(viewer, site.site, may_set)
    name, kind = asked.get("name", ""), asked.get("kind", "")
    rules, _ = await _there(shell, site, name)
    there = next((rule for rule in rules if rule.name == name), None)
    if there is None and kind not in list(RuleKind):
        raise BadAddress("unknown_page", 404)
    typed = typed_new(RuleKind(kind)) if there is None else typed_of(there)
    return await _form(request, plain, viewer, site, typed)


async def _form(
    request: Request,
    plain: Plain,
    viewer: Viewer,
    site: Site,
    typed: Mapping[str, str],
    wrong: tuple[str, ...] = (),
    tried: rule_form.Tried | None = None,
) -> Response:
    shell: Shell = request.app.state.shell
    kind, name = RuleKind(typed["kind"]), typed.get("name", "")
    rules, before = await _there(shell, site, name)
    t = plain.translator(shell, site)
    token = forms.form_token(request)
    hidden = {"form": token[0], **plain.asked}
    names = [rule.name for rule in rules if rule.kind is not RuleKind.COMPOSITE and rule.name != name]
    shown = rule_form.FormShown(
        kind=kind,
        typed=typed,
        fields=fields_of(kind, typed, names),
        is_new=all(rule.name != name for rule in rules),
        by="" if viewer.local else viewer.name,
        hidden=hidden,
        back=plain.to(PATH),
        wrong=wrong,
        tried=tried,
        before=before,
    )

    def here(other: Plain) -> str:
        more = {"kind": str(kind)} if shown.is_new else {"name": name}
        return other.to(f"{PATH}/edit", **more)

    title = t("rules.new_title") if shown.is_new else t("rules.edit_title", name=name_words(name, t))
    body = rule_form.form_body(shown, title, t)
    answer = plain_page(request, plain, t, title, body, here, 400 if wrong else 200, "alerts")
    return forms.with_token(request, answer, token, "/alerts")


async def attempt(request: Request) -> Response:
    """The rule as it was typed, over the last 90 days; nothing is written."""
    shell: Shell = request.app.state.shell
    posted = await forms.small_form(request)
    plain, viewer, site = place_asked(request, posted.fields, "alerts")
    require(viewer, site.site, may_set)
    t = plain.translator(shell, site)
    if posted["kind"] not in list(RuleKind):
        raise BadAddress("unknown_page", 404)
    form = partial(_form, request, plain, viewer, site, posted.fields)
    needed = _needed(viewer, posted.fields)
    try:
        rule = rule_of(posted.fields)
    except WrongRule as wrong:
        return await form((*(t(key) for key in needed), *(_mend(one, t) for one in wrong.wrongs)))
    if needed:
        return await form(tuple(t(key) for key in needed))
    done = await anyio.to_thread.run_sync(partial(_tried, shell, site, rule, shell.seen.now()), limiter=TRYING)
    episodes = () if done is None else done.episodes
    peaks = tuple(alert_sentence(rule.name, AlertState.FIRING, one.evidence) for one in episodes)
    return await form((), rule_form.Tried(rule, done, peaks))


def _tried(shell: Shell, site: Site, rule: SetRule, now: datetime) -> Rehearsal | None:
    with reading(shell.engine) as conn:
        known = {one.name: one for one in rules_in_force(conn, site.site, now)}
        try:
            return rehearse(conn, site, rule, known, now)
        except NotRehearsed:
            return None


async def save(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    posted = await forms.small_form(request)
    plain, viewer, site = place_asked(request, posted.fields, "alerts")
    require(viewer, site.site, may_set)
    t = plain.translator(shell, site)
    if posted["kind"] not in list(RuleKind):
        raise BadAddress("unknown_page", 404)
    needed = _needed(viewer, posted.fields)
    by = name_of(viewer, posted["by"])

    def write(conn: Connection, rule: SetRule) -> bool:
        return bool(set_rules(conn, site.site, (rule,), shell.seen.now(), shell.seen.real_now(), by))

    def act(rule: SetRule) -> bool:
        with writing(shell.engine) as conn:
            return write(conn, rule)

    try:
        rule = rule_of(posted.fields)
        if needed:
            return await _form(request, plain, viewer, site, posted.fields, tuple(t(key) for key in needed))
        changed = await anyio.to_thread.run_sync(act, rule)
    except WrongRule as wrong:
        return await _form(request, plain, viewer, site, posted.fields, tuple(_mend(one, t) for one in wrong.wrongs))
    shell.wake.poke()
    told = "saved" if changed else "unchanged"
    return RedirectResponse(plain.to(PATH, told=told, name=rule.name), status_code=303)


def _needed(viewer: Viewer, typed: Mapping[str, str]) -> list[str]:
    found = [] if name_of(viewer, typed.get("by", "")) else ["rules.by_needed"]
    return found if typed.get("reason", "").strip() else [*found, "rules.reason_needed"]


def _mend(wrong: Wrong, t: Any) -> str:
    return wrong_words(wrong.code, dict(wrong.facts), t)


async def _there(shell: Shell, site: Site, name: str) -> tuple[tuple[SetRule, ...], tuple[SetRule, ...]]:
    """The rules in force, and what was ever set under a name."""

    def read() -> tuple[tuple[SetRule, ...], tuple[SetRule, ...]]:
        with reading(shell.engine) as conn:
            return rules_in_force(conn, site.site, shell.seen.now()), rule_history(conn, site.site, name)

    return await anyio.to_thread.run_sync(read)


ROUTES = [
    Route(PATH, show),
    Route(f"{PATH}/edit", edit),
    Route(f"{PATH}/try", attempt, methods=["POST"]),
    Route(f"{PATH}/save", save, methods=["POST"]),
]
