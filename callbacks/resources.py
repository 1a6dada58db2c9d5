"""Who has what: for the page, for `GET /api/v1/resources`, and as files. All three say the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from callbacks.about_file import about_file
from callbacks.reads.ground import frame_of, moment_of
from callbacks.series import Answer, iso, known_at, number
from callbacks.tables_out import Sheet, csv_bytes, xlsx_bytes
from data.holdings import REACH, who_has_what
from data.types import ClockReading, Frame, Holding, KindTotal, Register, Scope, Site
from data.vocabulary import State
from layouts.resource_words import kind_words, state_words
from layouts.translator import Translator

ROWS = {
    "group": "#capacity+group",
    "kind": "#capacity+kind",
    "organisation": "#org+impl+name",
    "state": "#status",
    "quantity": "#capacity+quantity",
    "available": "#capacity+available",
    "unit": "#indicator+unit",
    "place": "#loc+name",
    "updated_at": "#date+reported",
    "age_hours": "#meta+age+hours",
    "stale": "#meta+stale",
    "part": "#meta+part",
    "source": "#meta+source",
}
SUMS = {
    "group": "#capacity+group",
    "kind": "#capacity+kind",
    "unit": "#indicator+unit",
    "quantity": "#capacity+quantity",
    "available": "#capacity+available",
    "available_at_least": "#meta+lowerbound",
    "old_quantity": "#capacity+quantity+stale",
    "old_at": "#date+reported+stale",
    "organisations": "#org+impl",
}


@dataclass(frozen=True)
class ResourcesModel:
    frame: Frame
    register: Register
    now: datetime


def resources(conn: Connection, scope: Scope, site: Site, clock: ClockReading) -> ResourcesModel:
    now = moment_of(scope, clock)
    return ResourcesModel(frame_of(conn, scope, clock), who_has_what(conn, site, now, scope.as_of), now)


def answer(conn: Connection, scope: Scope, site: Site, clock: ClockReading) -> Answer:
    """`quantity` of a total is null where nobody reported it lately; `old_quantity` is beside it, never in it."""
    now = moment_of(scope, clock)
    found = who_has_what(conn, site, now, scope.as_of)
    return {
        "site": site.site,
        "as_of": known_at(conn, site, scope.as_of),
        "rows": [_row(one, site, now) for one in found.holdings],
        "totals": [_sum(one, site) for one in found.totals],
        "silent_groups": [str(group) for group in found.silent_groups],
        "silent_organisations": list(found.silent_organisations),
    }


def made(kind: str, conn: Connection, scope: Scope, site: Site, clock: ClockReading, t: Translator) -> bytes:
    """The rows as CSV, or as XLSX with the totals and what nobody reported."""
    model = resources(conn, scope, site, clock)
    found = model.register
    rows = Sheet(
        t("resources.file.rows"),
        tuple(ROWS),
        tuple(ROWS.values()),
        [[_told(_row(one, site, model.now), one, t)[name] for name in ROWS] for one in found.holdings],
    )
    silent = [kind_words(str(group), group, t) for group in found.silent_groups]
    told = about_file(
        model.frame,
        scope,
        clock,
        t,
        (t("who_file.method"), t("resources.file.method", days=round(REACH / timedelta(days=1)))),
        (t("resources.silent_groups"), ", ".join(silent) or "–"),
        (t("resources.silent_organisations"), ", ".join(found.silent_organisations) or "–"),
    )
    if kind == "csv":
        return csv_bytes(rows, told)
    sums = Sheet(
        t("resources.file.sums"),
        tuple(SUMS),
        tuple(SUMS.values()),
        [[_summed(_sum(one, site), one, t)[name] for name in SUMS] for one in found.totals],
    )
    return xlsx_bytes([rows, sums], (t("who_file.about"), told))


def _row(one: Holding, site: Site, now: datetime) -> dict[str, Any]:
    return {
        "group": str(one.group),
        "kind": one.kind,
        "organisation": one.organisation,
        "state": one.state,
        "quantity": number(one.quantity),
        "available": number(one.available),
        "unit": one.unit or None,
        "place": one.place or None,
        "updated_at": iso(one.at, site),
        "age_hours": round((now - one.at) / timedelta(hours=1), 1),
        "stale": one.standing is not State.OK,
        "part": one.part,
        "source": one.source,
    }


def _sum(one: KindTotal, site: Site) -> dict[str, Any]:
    return {
        "group": str(one.group),
        "kind": one.kind,
        "unit": one.unit or None,
        "quantity": number(one.quantity),
        "available": number(one.available),
        "available_at_least": one.available_at_least,
        "old_quantity": number(one.old_quantity),
        "old_at": iso(one.old_at, site),
        "organisations": list(one.organisations),
    }


def _told(row: dict[str, Any], one: Holding, t: Translator) -> dict[str, Any]:
    """In words where the words are the product's own."""
    words = {
        "group": t(f"resource_group.{one.group}"),
        "kind": kind_words(one.kind, one.group, t),
        "state": state_words(one.state, t),
    }
    return {**row, **words, "stale": int(row["stale"]), "part": int(row["part"])}


def _summed(row: dict[str, Any], one: KindTotal, t: Translator) -> dict[str, Any]:
    words = {"group": t(f"resource_group.{one.group}"), "kind": kind_words(one.kind, one.group, t)}
    more = {"organisations": "; ".join(one.organisations), "available_at_least": int(one.available_at_least)}
    return {**row, **words, **more}
