"""Pages on which a person decides about a figure: its official source, a doubt, a possible duplicate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.access import Viewer
from dashboard.answers import lang_of
from dashboard.forms import Form, form_page, is_ours, read_form, reason_field
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from dashboard.view import BadAddress, site_of
from data.accounts import record
from data.analytics.overlaps import VERDICTS
from data.deciding import decide_duplicate
from data.disclosure import masked_duplicates, masked_flags
from data.duplicates import NoSuchDuplicate, duplicate_named
from data.flags import NoSuchFlag, clear_flag, flag_named
from data.officials import Choice, UnknownSource, choices, set_official
from data.queries import known_sources
from data.store import reading, writing
from data.types import Duplicate, Flag, Site
from data.vocabulary import OFFICIAL_FOR, Measure, Role
from layouts.agreement import amount_words, flag_period, flag_sentence, flag_subject, party_name, verdict_words
from layouts.translator import Translator, translator

DECIDING = frozenset({Role.SECTOR_LEAD, Role.PROTECTION, Role.COORDINATION, Role.ADMIN})
EXPLAINING = DECIDING | {Role.PARTNER}


def _allowed(request: Request, roles: frozenset[Role] | None, site: str) -> Viewer:
    """Who asks, if they may decide here. `roles` None: who operates the centre."""
    viewer = viewer_of(request)
    may = viewer.may_operate if roles is None else viewer.local or viewer.role in roles
    if viewer.program or not may:
        raise Refused(403, "forbidden")
    if not viewer.may_see_site(site):
        raise Refused(403, "forbidden_site", site=site)
    return viewer


async def official(request: Request) -> Response:
    """`?site=&stage=&measure=`: choose the official source of a figure."""
    shell: Shell = request.app.state.shell
    lang = lang_of(request)
    asked = request.query_params
    site = site_of(asked.get("site"), shell.known)
    stage = _one_of("stage", asked.get("stage") or str(site.entry_stage), site.stages)
    measure = _one_of("measure", asked.get("measure") or str(Measure.SERVED), OFFICIAL_FOR)
    viewer = _allowed(request, None, site.site)
    t = translator(lang, site.zone)
    back = f"/flow?{urlencode({'site': site.site, 'lang': lang})}"

    def read() -> tuple[list[str], Choice | None]:
        with reading(shell.engine) as conn:
            chosen = choices(conn, site.site, shell.seen.now()).get((stage, measure))
            return list(known_sources(conn)["source"]), chosen

    sources, chosen = await anyio.to_thread.run_sync(read)

    def page(said: Mapping[str, str], wrong: str = "") -> Response:
        current = said.get("source", chosen.source if chosen else "")
        options = [("", t("form.official_none")), *((name, t.word("source", name)) for name in sources)]
        field = _choices("source", t("form.official_ask", measure=measure, stage=stage), options, current)
        fields = field + reason_field(t, said)
        form = Form(t("form.official_title"), "", fields, t("form.official_send"), back, wrong)
        return form_page(request, lang, form, t)

    def write(conn: Connection, said: Mapping[str, str], now: datetime) -> dict[str, Any]:
        name, reason = said.get("source", ""), said.get("reason", "")
        set_official(conn, site.site, stage, measure, name, reason, viewer.name, now)
        facts = {"site": site.site, "source": name, "before": chosen.source if chosen else "", "reason": reason}
        return {"action": "official-source", "subject": f"{site.site}/{stage}/{measure}", "facts": facts}

    return await _decided(request, page, write, viewer, back, t)


async def flag(request: Request) -> Response:
    """A doubt about a figure is answered with a reason."""
    shell: Shell = request.app.state.shell
    lang = lang_of(request)
    name = request.path_params["flag"]

    def read() -> Flag | None:
        with reading(shell.engine) as conn:
            return flag_named(conn, name)

    found = await anyio.to_thread.run_sync(read)
    if found is None:
        raise BadAddress("unknown_page", 404)
    viewer = _allowed(request, EXPLAINING, found.site)
    site = site_of(found.site, shell.known)
    t = translator(lang, site.zone)
    back = f"/reports?{urlencode({'site': site.site, 'lang': lang})}"
    [seen] = masked_flags((found,), viewer.audience)
    about = " · ".join((flag_subject(seen, t), flag_period(seen, t), t.word("source", seen.source)))
    before = _said([about, flag_sentence(seen, t)], t("form.flag_says"))

    def page(said: Mapping[str, str], wrong: str = "") -> Response:
        if found.ended_at is not None:
            wrong = t("form.gone")
        fields = reason_field(t, said)
        form = Form(t("form.flag_title"), before, fields, t("form.flag_send"), back, wrong)
        return form_page(request, lang, form, t)

    def write(conn: Connection, said: Mapping[str, str], now: datetime) -> dict[str, Any]:
        reason = said.get("reason", "")
        clear_flag(conn, name, reason, viewer.name, now)
        facts = {"site": found.site, "code": found.code, "reason": reason}
        return {"action": "flag-cleared", "subject": name, "facts": facts}

    return await _decided(request, page, write, viewer, back, t)


async def duplicate(request: Request) -> Response:
    """Whether two reports are one, and which counts."""
    shell: Shell = request.app.state.shell
    lang = lang_of(request)
    name = request.path_params["flag"]

    def read() -> Duplicate | None:
        with reading(shell.engine) as conn:
            return duplicate_named(conn, name)

    found = await anyio.to_thread.run_sync(read)
    if found is None:
        raise BadAddress("unknown_page", 404)
    viewer = _allowed(request, DECIDING, found.site)
    site: Site = site_of(found.site, shell.known)
    t = translator(lang, site.zone)
    back = f"/coverage?{urlencode({'site': site.site, 'lang': lang})}"
    [seen] = masked_duplicates((found,), viewer.audience)
    place = found.place or t("agreement.whole_site")
    lines = [" · ".join((t.word("service", found.service), place, t.date(found.day)))]
    for party, facts in ((seen.first, seen.facts.get("first")), (seen.second, seen.facts.get("second"))):
        lines.append(t("agreement.said", organisation=party_name(party, seen), amount=amount_words(facts, t)))
    before = _said(lines, t("form.duplicate_says"))

    def page(said: Mapping[str, str], wrong: str = "") -> Response:
        options = [(verdict, verdict_words(found, verdict, t)) for verdict in VERDICTS]
        fields = _choices("verdict", t("form.duplicate_title"), options, said.get("verdict", found.verdict))
        ticked = " checked" if said.get("onwards") or (not said and found.onwards) else ""
        label = escape(t("form.duplicate_onwards"))
        fields += f'<label class="tick"><input type="checkbox" name="onwards" value="1"{ticked}> {label}</label>'
        fields += reason_field(t, said)
        form = Form(t("form.duplicate_title"), before, fields, t("form.duplicate_send"), back, wrong)
        return form_page(request, lang, form, t)

    def write(conn: Connection, said: Mapping[str, str], now: datetime) -> dict[str, Any]:
        verdict, reason, onwards = said.get("verdict", ""), said.get("reason", ""), bool(said.get("onwards"))
        decide_duplicate(conn, name, verdict, reason, viewer.name, now, onwards)
        facts = {"site": found.site, "verdict": verdict, "onwards": onwards, "reason": reason}
        return {"action": "duplicate-decided", "subject": name, "facts": facts}

    return await _decided(request, page, write, viewer, back, t)


Page = Callable[..., Response]
Write = Callable[[Connection, Mapping[str, str], datetime], dict[str, Any]]


async def _decided(request: Request, page: Page, write: Write, viewer: Viewer, back: str, t: Translator) -> Response:
    """The form, or what was written by it; the decision and its audit row in one transaction."""
    shell: Shell = request.app.state.shell
    if request.method == "GET":
        return page({})
    said = await read_form(request)
    if not is_ours(request, said):
        return page(said, t("form.expired"))

    def act() -> None:
        with writing(shell.engine) as conn:
            written = write(conn, said, shell.seen.now())
            record(conn, shell.seen.real_now(), viewer.name, **written)

    try:
        await anyio.to_thread.run_sync(act)
    except UnknownSource:
        return page(said, t("form.unknown_source"))
    except (NoSuchFlag, NoSuchDuplicate):
        return page(said, t("form.gone"))
    except ValueError:  # no reason, or a verdict that the form does not offer
        return page(said, t("form.reason_needed"))
    shell.wake.poke()
    return RedirectResponse(back, status_code=303)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in [str(one) for one in allowed]:
        raise BadAddress("unknown_value", name=name, value=value[:60], allowed=", ".join(allowed))
    return value


def _choices(name: str, question: str, options: list[tuple[str, str]], current: str) -> str:
    made = "".join(
        f'<label class="tick"><input type="radio" name="{name}" value="{escape(value)}" required'
        f"{' checked' if value == current else ''}> {escape(words)}</label>"
        for value, words in options
    )
    return f"<fieldset><legend>{escape(question)}</legend>{made}</fieldset>"


def _said(lines: list[str], after: str) -> str:
    told = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="decide-about">{told}</ul><p class="quiet">{escape(after)}</p>'


ROUTES = [
    Route("/decide/official", official, methods=["GET", "POST"]),
    Route("/decide/flag/{flag}", flag, methods=["GET", "POST"]),
    Route("/decide/duplicate/{flag}", duplicate, methods=["GET", "POST"]),
]
