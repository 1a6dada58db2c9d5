"""/decide/cadence: how often a source reports, switched from a moment on by whoever operates the centre."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from callbacks.asked import WrongAsk, moment_ask
from dashboard.access import LOCAL
from dashboard.answers import lang_of
from dashboard.deciding import WrongDecision, about, allowed, choices_field, decided
from dashboard.forms import Form, form_page, reason_field
from dashboard.shell import Shell
from dashboard.view import BadAddress, site_of
from data.cadences import Agreed, WrongCadence, cadences, set_cadence
from data.queries import known_sources
from data.store import reading
from data.types import Cadence, Site
from data.vocabulary import Dataset, Rhythm
from layouts.pages.calling import agreed_words
from layouts.translator import Translator, translator

LONGEST_NUMBER = 6  # digits of a count of minutes


async def cadence(request: Request) -> Response:
    """`?site=&source=&dataset=`: what was agreed, and a form to agree something else from a moment on."""
    shell: Shell = request.app.state.shell
    lang = lang_of(request)
    asked = request.query_params
    site = site_of(asked.get("site"), shell.known)
    viewer = allowed(request, None, site.site)
    source, dataset = asked.get("source", ""), asked.get("dataset", "")
    t = translator(lang, site.zone)
    back = f"/reports?{urlencode({'site': site.site, 'lang': lang})}"

    def read() -> tuple[list[str], list[Cadence]]:
        with reading(shell.engine) as conn:
            return list(known_sources(conn)["source"]), _of(cadences(conn, site.site), source, dataset)

    sources, agreed = await anyio.to_thread.run_sync(read)
    in_force = _in_force(agreed, shell.seen.now())
    if source not in sources or dataset not in list(Dataset):
        raise BadAddress("unknown_page", 404)

    def page(said: Mapping[str, str], wrong: str = "") -> Response:
        lines = [" · ".join((site.name, t.word("source", source), t.word("dataset", dataset)))]
        lines += [_told(one, t) for one in agreed] or [t("word.no_cadence")]
        fields = _fields(said, site, in_force, t)
        form = Form(
            t("cadence_form.title"), about(lines, t("cadence_form.says")), fields, t("cadence_form.send"), back, wrong
        )
        return form_page(request, lang, form, t)

    def write(conn: Connection, said: Mapping[str, str], now: datetime) -> dict[str, Any] | None:
        if not said.get("reason", "").strip():
            raise WrongDecision(t("form.reason_needed"))
        try:
            set_cadence(
                conn,
                site,
                source,
                Dataset(dataset),
                Rhythm(said.get("kind", "")),
                now=now,
                real_now=shell.seen.real_now(),
                by=viewer.name,
                valid_from=_from(said, site),
                minutes=_minutes(said, "minutes") if said.get("kind") == Rhythm.MINUTES else None,
                grace_minutes=_grace(said, in_force),
                reason=said["reason"].strip()[:1000],
            )
        except WrongCadence as wrong:
            raise WrongDecision(t(f"cadence_form.wrong.{wrong.code}", **wrong.facts)) from wrong
        except WrongAsk as wrong:
            raise WrongDecision(t("cadence.wrong_time", value=wrong.value)) from wrong
        except ValueError as wrong:
            raise WrongDecision(t("cadence_form.wrong.no_kind")) from wrong
        return None  # recorded by `set_cadence`

    return await decided(request, page, write, viewer, back, t)


def _of(agreed: tuple[Agreed, ...], source: str, dataset: str) -> list[Cadence]:
    return [one.cadence for one in agreed if (one.source, one.dataset) == (source, dataset)]


def _in_force(agreed: list[Cadence], now: datetime) -> Cadence | None:
    held = [one for one in agreed if one.valid_from <= now]
    return held[-1] if held else None


def _grace(said: Mapping[str, str], in_force: Cadence | None) -> int | None:
    """What was written; else that of the same rhythm now; else None, the usual of another one. Raises WrongCadence."""
    written = _minutes(said, "grace")
    if written is not None or in_force is None or said.get("kind") != in_force.kind:
        return written
    if in_force.kind is Rhythm.MINUTES and _minutes(said, "minutes") != in_force.minutes:
        return None
    return in_force.grace_minutes


def _told(one: Cadence, t: Translator) -> str:
    """What was agreed, and by whom."""
    who = t("desk.at_the_machine") if one.set_by == LOCAL.name else one.set_by
    return " · ".join((agreed_words(one, t).rstrip("."), *([t("cadence_form.by", who=who)] if who else [])))


def _from(said: Mapping[str, str], site: Site) -> datetime | None:
    """The moment written, local to the site; None: from now on."""
    at = moment_ask({"from": said.get("from", "")}, "from", site)
    return None if at is None else at.astimezone(ZoneInfo(site.zone))


def _minutes(said: Mapping[str, str], name: str) -> int | None:
    """Raises WrongCadence for what is no number of minutes."""
    text = said.get(name, "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise WrongCadence(name, **{name: text[:20]})
    return int(text)


def _fields(said: Mapping[str, str], site: Site, last: Cadence | None, t: Translator) -> str:
    """The kinds, how many minutes where that is the kind, from when, the grace, the reason."""
    kinds = [kind for kind in Rhythm if kind is not Rhythm.SHIFT or site.shifts]
    options = [(str(kind), t(f"rhythm.{kind}")) for kind in kinds]
    current = said.get("kind", str(last.kind) if last else "")
    minutes = said.get("minutes", str(last.minutes) if last and last.kind is Rhythm.MINUTES else "")
    number = 'inputmode="numeric"'
    since = said.get("from", "")
    boxes = (
        choices_field("kind", t("cadence_form.ask"), options, current),
        _box("minutes", t("cadence_form.minutes"), minutes, "", number),
        _box("from", t("cadence_form.from"), since, t("cadence_form.from_says"), 'type="datetime-local"'),
        _box("grace", t("cadence_form.grace"), said.get("grace", ""), t("cadence_form.grace_says"), number),
        reason_field(t, said),
    )
    return "".join(boxes)


def _box(name: str, label: str, value: str, says: str, more: str) -> str:
    hint = f'<p class="quiet">{escape(says)}</p>' if says else ""
    box = f'<input name="{name}" value="{escape(value)}" maxlength="20" autocomplete="off" {more}>'
    return f"<label>{escape(label)} {box}</label>{hint}"


ROUTES = [Route("/decide/cadence", cadence, methods=["GET", "POST"])]
