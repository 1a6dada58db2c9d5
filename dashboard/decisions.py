"""Pages on which a person decides about a figure: its official source, a doubt, a possible duplicate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.answers import lang_of
from dashboard.deciding import about, allowed, choices_field, decided
from dashboard.forms import Form, form_page, reason_field
from dashboard.shell import Shell
from dashboard.view import BadAddress, site_of
from data.analytics.overlaps import VERDICTS
from data.deciding import decide_duplicate
from data.disclosed_doubts import told_duplicates, told_flags
from data.duplicates import duplicate_named
from data.flags import clear_flag, flag_named
from data.officials import Choice, choices, set_official
from data.queries import known_sources
from data.store import reading
from data.types import Duplicate, Flag, Site
from data.vocabulary import OFFICIAL_FOR, Measure, Role
from layouts.agreement import amount_words, flag_period, flag_sentence, flag_subject, party_name, verdict_words
from layouts.translator import translator

DECIDING = frozenset({Role.SECTOR_LEAD, Role.PROTECTION, Role.COORDINATION, Role.ADMIN})
EXPLAINING = DECIDING | {Role.PARTNER}


async def official(request: Request) -> Response:
    """`?site=&stage=&measure=`: choose the official source of a figure."""
    shell: Shell = request.app.state.shell
    lang = lang_of(request)
    asked = request.query_params
    site = site_of(asked.get("site"), shell.known)
    stage = _one_of("stage", asked.get("stage") or str(site.entry_stage), site.stages)
    measure = _one_of("measure", asked.get("measure") or str(Measure.SERVED), OFFICIAL_FOR)
    viewer = allowed(request, None, site.site)
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
        field = choices_field("source", t("form.official_ask", measure=measure, stage=stage), options, current)
        fields = field + reason_field(t, said)
        form = Form(t("form.official_title"), "", fields, t("form.official_send"), back, wrong)
        return form_page(request, lang, form, t)

    def write(conn: Connection, said: Mapping[str, str], now: datetime) -> dict[str, Any]:
        name, reason = said.get("source", ""), said.get("reason", "")
        set_official(conn, site.site, stage, measure, name, reason, viewer.name, now)
        facts = {"site": site.site, "source": name, "before": chosen.source if chosen else "", "reason": reason}
        return {"action": "official-source", "subject": f"{site.site}/{stage}/{measure}", "facts": facts}

    return await decided(request, page, write, viewer, back, t)


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
    viewer = allowed(request, EXPLAINING, found.site)
    site = site_of(found.site, shell.known)
    t = translator(lang, site.zone)
    back = f"/reports?{urlencode({'site': site.site, 'lang': lang})}"
    now, threshold = shell.seen.now(), shell.known.mask_below

    def shown() -> Flag:
        with reading(shell.engine) as conn:
            return told_flags(conn, site, (found,), viewer.audience, now, None, threshold)[0]

    seen = await anyio.to_thread.run_sync(shown)
    subject = " · ".join((flag_subject(seen, t), flag_period(seen, t), t.word("source", seen.source)))
    before = about([subject, flag_sentence(seen, t)], t("form.flag_says"))

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

    return await decided(request, page, write, viewer, back, t)


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
    viewer = allowed(request, DECIDING, found.site)
    site: Site = site_of(found.site, shell.known)
    t = translator(lang, site.zone)
    back = f"/coverage?{urlencode({'site': site.site, 'lang': lang})}"
    now, threshold = shell.seen.now(), shell.known.mask_below

    def shown() -> Duplicate:
        with reading(shell.engine) as conn:
            return told_duplicates(conn, site, (found,), viewer.audience, now, None, threshold)[0]

    seen = await anyio.to_thread.run_sync(shown)
    place = found.place or t("agreement.whole_site")
    lines = [" · ".join((t.word("service", found.service), place, t.date(found.day)))]
    for party, facts in ((seen.first, seen.facts.get("first")), (seen.second, seen.facts.get("second"))):
        lines.append(t("agreement.said", organisation=party_name(party, seen), amount=amount_words(facts, t)))
    before = about(lines, t("form.duplicate_says"))

    def page(said: Mapping[str, str], wrong: str = "") -> Response:
        options = [(verdict, verdict_words(found, verdict, t)) for verdict in VERDICTS]
        fields = choices_field("verdict", t("form.duplicate_title"), options, said.get("verdict", found.verdict))
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

    return await decided(request, page, write, viewer, back, t)


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in [str(one) for one in known]:
        raise BadAddress("unknown_value", name=name, value=value[:60], allowed=", ".join(known))
    return value


ROUTES = [
    Route("/decide/official", official, methods=["GET", "POST"]),
    Route("/decide/flag/{flag}", flag, methods=["GET", "POST"]),
    Route("/decide/duplicate/{flag}", duplicate, methods=["GET", "POST"]),
]
