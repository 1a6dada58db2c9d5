"""Referrals as files: every row that the page shows, week by week, under HXL tags, and what to know of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from callbacks import referrals
from callbacks.reads.ground import moment_of
from callbacks.tables_out import MIMES, About, Sheet, csv_bytes, xlsx_bytes
from data.referral_words import LIMITS, limits_source
from data.types import ClockReading, Scope, Site
from data.vocabulary import Audience, SiteKind
from layouts.referral_words import row_name, span_words
from layouts.translator import Translator

__all__ = ["FILES", "MIMES", "made"]

FILES = ("csv", "xlsx")
COLUMNS = {
    "table": "#meta+table",
    "site": "#loc+code",
    "start": "#date+start",
    "end": "#date+end",
    "grain": "#meta+grain",
    "name": "#meta+name",
    "code": "#meta+code",
    "referred": "#reached+referred",
    "accepted": "#reached+accepted",
    "accepted_of": "#meta+accepted",
    "closed": "#reached+closed",
    "closed_of": "#meta+closed",
    "overdue": "#reached+overdue",
    "overdue_of": "#meta+overdue",
    "overdue_derived": "#meta+derived",
    "at_least": "#meta+lowerbound",
    "at_least_one": "#meta+atleastone",
    "contradicts": "#meta+contradicts",
    "state": "#status",
}


def made(
    kind: str,
    conn: Connection,
    scope: Scope,
    site: Site,
    ask: referrals.ReferralAsk,
    clock: ClockReading,
    t: Translator,
) -> bytes:
    """A file of one of FILES: all tables in one (CSV), or a sheet each."""
    model = referrals.model(conn, scope, site, ask, clock)
    told = _about(scope, site, clock, model, t)
    sheets = [
        Sheet(t(f"referral_file.sheet.{by}"), tuple(COLUMNS), tuple(COLUMNS.values()), list(_rows(model, site, by, t)))
        for by in referrals.TABLES
    ]
    if kind == "csv":
        rows = [row for sheet in sheets for row in sheet.rows]
        return csv_bytes(Sheet(t("referrals.title"), tuple(COLUMNS), tuple(COLUMNS.values()), rows), told)
    return xlsx_bytes(sheets, (t("referral_file.about"), told))


def _rows(model: referrals.ReferralModel, site: Site, by: str, t: Translator) -> Iterator[list[Any]]:
    for row in referrals.rows(model.told, site, by):
        name = row["name"]
        said = {
            **row,
            "table": by,
            "site": site.site,
            "code": name,
            "name": t("referral_file.total") if name is None else row_name(by, name, t),
            "grain": t(f"referral_file.grain.{row['grain']}"),
            "state": t(f"state.{row['state']}"),
        }
        yield [int(cell) if isinstance(cell := said[column], bool) else cell for column in COLUMNS]


def _about(scope: Scope, site: Site, clock: ClockReading, model: referrals.ReferralModel, t: Translator) -> About:
    told, frame = model.told, model.frame
    mark = t("who_file.real") if site.kind is SiteKind.REAL else t(f"mark.{site.kind}")
    marks = [mark, *([t("mark.replay")] if frame.clock.replay else [])]
    hours = ", ".join(
        f"{t(f'priority.{name}')} {t.duration(limit / timedelta(minutes=1))}" for name, limit in LIMITS.items()
    )
    masked = scope.audience is not Audience.PROTECTION
    return (
        (t("who_file.site"), f"{site.name} ({site.site})"),
        (t("who_file.mark"), ", ".join(marks)),
        (t("who_file.as_of"), t("word.no_data") if told.newest is None else t.moment(scope.as_of or told.newest)),
        (t("who_file.made_at"), t.moment(moment_of(scope, clock))),
        (t("who_file.zone"), site.zone),
        (t("who_file.period"), span_words(told.window, t)),
        (t("who_file.sources"), ", ".join(told.sources) or t("word.no_data")),
        (t("referral_file.method"), t("referral_file.method_says")),
        (t("referral_file.limits"), t("referral_file.limits_say", limits=hours, source=limits_source().source)),
        (
            t("referral_file.weeks_without"),
            "; ".join(span_words(week, t) for week in told.silent) or t("referral_file.none"),
        ),
        (
            t("who_file.masking"),
            t("referral_file.masking_says", threshold=scope.mask_below) if masked else t("referral_file.masking_none"),
        ),
        (t("who_file.tags"), t("referral_file.tags_say")),
    )
