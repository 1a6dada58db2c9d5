"""Who does what where as files: the rows that are shown, their sums as the page has them, and what to know of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection

from callbacks import who
from callbacks.r4v import r4v_sheet
from callbacks.reads.ground import moment_of
from callbacks.series import number
from callbacks.tables_out import MIMES, About, Sheet, csv_bytes, xlsx_bytes
from data.analytics.who_cells import asked_rows
from data.types import ClockReading, Scope, Site, WhoAsk
from data.vocabulary import Audience, SiteKind
from data.who_lines import sources_of
from data.who_shapes import PARTS, WhoMatrix
from layouts.translator import Translator
from layouts.who_table import column_name

__all__ = ["FILES", "MIMES", "made"]

FILES = ("csv", "xlsx", "r4v.csv", "r4v.xlsx")
ROWS = {
    "country": "#country+code",
    "site": "#loc+code",
    "organisation": "#org+impl+name",
    "sector": "#sector",
    "service": "#service",
    "place": "#loc+name",
    "shift": "#meta+shift",
    "start": "#date+start",
    "end": "#date+end",
    "people": "#reached",
    "girls": "#reached+children+f",
    "boys": "#reached+children+m",
    "women": "#reached+adults+f",
    "men": "#reached+adults+m",
    "quantity": "#output+num",
    "unit": "#output+type",
    "note": "#status",
    "duplicate": "#meta+duplicate",
    "counted": "#meta+counted",
}
SUMS = {
    "sector": "#sector",
    "service": "#service",
    "column": "#meta+column",
    "value": "#reached",
    "at_least": "#meta+lowerbound",
    "reserved": "#meta+reserved",
    "without_count": "#meta+missing",
    "possible_duplicate": "#meta+duplicate",
    "left_out": "#meta+counted",
    "quantity": "#output+num",
    "unit": "#output+type",
    "organisations": "#org+impl",
}


def made(
    kind: str,
    conn: Connection,
    scope: Scope,
    site: Site,
    ask: WhoAsk,
    clock: ClockReading,
    t: Translator,
    source: str | None = None,
) -> bytes:
    """A file of one of FILES. `source`: of the 5W layout, only what one source reported."""
    model = who.who(conn, scope, site, ask, clock, 10**9)
    told = about(conn, scope, site, ask, clock, model, t)
    layout, _, ending = kind.rpartition(".")
    if layout:
        sheet = r4v_sheet(conn, scope, site, ask, model.shown, moment_of(scope, clock), source, told)
        return csv_bytes(sheet) if ending == "csv" else xlsx_bytes([sheet], (t("who_file.about"), told))
    rows = Sheet(t("who_file.rows"), tuple(ROWS), tuple(ROWS.values()), list(_rows(model, site, ask, t)))
    if ending == "csv":
        return csv_bytes(rows, told)
    sums = Sheet(t("who_file.sums"), tuple(SUMS), tuple(SUMS.values()), list(_sums(model.matrix, t)))
    return xlsx_bytes([rows, sums], (t("who_file.about"), told))


def about(
    conn: Connection, scope: Scope, site: Site, ask: WhoAsk, clock: ClockReading, model: who.WhoModel, t: Translator
) -> About:
    now, as_of = moment_of(scope, clock), model.frame.data_as_of
    mark = t("who_file.real") if site.kind is SiteKind.REAL else t(f"mark.{site.kind}")
    marks = [mark, *([t("mark.replay")] if model.frame.clock.replay else [])]
    masked = scope.audience is not Audience.PROTECTION
    last = ask.window.end - timedelta(minutes=1)
    return (
        (t("who_file.site"), f"{site.name} ({site.site})"),
        (t("who_file.mark"), ", ".join(marks)),
        (t("who_file.as_of"), t("word.no_data") if as_of is None else t.moment(scope.as_of or as_of)),
        (t("who_file.made_at"), t.moment(now)),
        (t("who_file.zone"), site.zone),
        (t("who_file.period"), f"{t.moment(ask.window.start)} – {t.moment(last)}"),
        (t("who_file.filters"), filters(ask, t) or t("who_file.no_filters")),
        (t("who_file.sources"), ", ".join(sources_of(conn, site, ask.window, scope.as_of)) or t("word.no_data")),
        (t("who_file.method"), t("who_file.method_says")),
        (
            t("who_file.masking"),
            t("who_file.masking_says", threshold=scope.mask_below) if masked else t("who_file.masking_none"),
        ),
        (
            t("who_file.duplicates"),
            t("who_file.duplicates_say", pairs=model.open_duplicates, rows=model.matrix.duplicates),
        ),
        (t("who_file.tags"), t("who_file.tags_say")),
    )


def filters(ask: WhoAsk, t: Translator) -> str:
    said = [
        f"{t('who.sector')}: {t.word('sector', ask.sector)}" if ask.sector else "",
        f"{t('who.organisation')}: {ask.organisation}" if ask.organisation else "",
        f"{t('who.place')}: {ask.place or t('who.whole_site')}" if ask.place is not None else "",
        f"{t('who.columns')}: {t(f'who.across.{ask.across}')}",
        f"{t('who.count')}: {t(f'who.counts.{ask.count}')}" if ask.count != "people" else "",
    ]
    return "; ".join(part for part in said if part)


def _rows(model: who.WhoModel, site: Site, ask: WhoAsk, t: Translator) -> Iterator[list[Any]]:
    shown, rows = model.shown, model.shown.doings
    words = {name: [rows.words[name][code] for code in part.tolist()] for name, part in rows.codes.items()}
    which = np.flatnonzero(asked_rows(shown, ask)).tolist()
    for row in sorted(which, key=lambda k: (rows.start[k], words["sector"][k], words["service"][k])):
        gone = bool(shown.hidden[row])
        people = None if gone else number(float(rows.numbers["people"][row]))
        parts = [None if shown.hidden_parts[name][row] else number(float(rows.numbers[name][row])) for name in PARTS]
        reserved = gone or any(shown.hidden_parts[name][row] for name in PARTS)
        yield [
            site.country,
            site.site,
            *(words[name][row] for name in ("organisation", "sector", "service", "place", "shift")),
            *(_local(at, t) for at in (rows.start[row], rows.end[row])),
            people,
            *parts,
            None if gone else number(float(rows.numbers["quantity"][row])),
            words["unit"][row],
            t("who_file.reserved") if reserved else t("who_file.given"),
            1 if rows.flagged[row] else 0,
            1 if rows.counted[row] else 0,
        ]


def _sums(told: WhoMatrix, t: Translator) -> Iterator[list[Any]]:
    named = column_name(told.ask.across, t)
    for row in who.rows(told):
        column = row["column"]
        said = {**row, "column": None if column is None else named(column)}
        said["organisations"] = "; ".join(row["organisations"])
        yield [int(cell) if isinstance(cell := said[name], bool) else cell for name in SUMS]


def _local(seconds: float, t: Translator) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(t.zone).isoformat(timespec="minutes")
