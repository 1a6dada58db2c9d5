"""Referrals to State services: what is asked in an address, and its answer for a page, a file or a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from callbacks.asked import WrongAsk, window_ask
from callbacks.reads.ground import frame_of, moment_of
from callbacks.series import iso, known_at, number
from data.days import week_of
from data.referral_lines import referrals
from data.referral_shapes import REFERRAL_WINDOWS, REFERRALS_BY, Referrals, Sum
from data.referral_words import LIMITS, limits_source
from data.types import ClockReading, Frame, Scope, Site, Window
from data.vocabulary import WITHHELD_NEEDS, Need, State

WITHHELD = "withheld"
TABLES = (*REFERRALS_BY, WITHHELD)
STEPS = ("week", "range")
USUAL = "4w"
LONGEST = timedelta(days=740)
# Words of an address that would cross two tables or go below a week: never understood, so never passed over.
FINER = ("institution", "organisation", "pathway", "priority", "place", "stage", "shift", "hour", "day", "source")


@dataclass(frozen=True)
class ReferralAsk:
    """Whole weeks; `by`: the table a program asks for; `need`: only this row of it."""

    window: Window
    by: str = REFERRALS_BY[0]
    need: str = ""
    step: str = ""


@dataclass(frozen=True)
class ReferralModel:
    frame: Frame
    ask: ReferralAsk
    told: Referrals


def referral_ask(params: Mapping[str, str], site: Site, now: datetime) -> ReferralAsk:
    """From `window` or `from` and `to`, `by`, `need`, `step`; raises WrongAsk.

    Days that are no whole weeks are taken as the weeks they lie in; of a withheld need they are refused, as is
    everything else that goes below a week of the whole site.
    """
    need = _word(params, "need", tuple(map(str, Need)), "")
    withheld = need in WITHHELD_NEEDS
    by = _word(params, "by", TABLES, WITHHELD if withheld else REFERRALS_BY[0])
    kept = withheld or by == WITHHELD
    finer = next((name for name in FINER if params.get(name, "").strip()), None)
    crossed = "by" if need and by not in ("need", WITHHELD) else finer
    step = params.get("step", "").strip()
    if kept and (crossed or step not in ("", *STEPS)):
        raise WrongAsk(crossed or "step", params.get(crossed or "step", ""), "withheld_below_week")
    if crossed:
        raise WrongAsk(crossed, params.get(crossed, ""), "referrals_not_crossed")
    if step not in ("", *STEPS):
        raise WrongAsk("step", step, "referrals_by_week")
    asked = _window(params, site, now)
    weeks = Window(week_of(site, asked.start).start, week_of(site, asked.end - timedelta(seconds=1)).end)
    if kept and weeks != asked:
        name = "from" if weeks.start != asked.start else "to"
        raise WrongAsk(name, params.get(name, ""), "withheld_below_week")
    return ReferralAsk(weeks, WITHHELD if withheld else by, need, step)


def _window(params: Mapping[str, str], site: Site, now: datetime) -> Window:
    if params.get("from", "").strip() or params.get("to", "").strip():
        given = dict(params)
        if not given.get("to", "").strip():
            given["to"] = week_of(site, now).end.isoformat()
        asked = window_ask(given, site, now, timedelta(days=7), LONGEST)
        return Window(asked.start.astimezone(UTC), asked.end.astimezone(UTC))
    count = REFERRAL_WINDOWS[_word(params, "window", tuple(REFERRAL_WINDOWS), USUAL)]
    this = week_of(site, now)
    first = week_of(site, this.start - timedelta(days=7 * (count - 1)) + timedelta(days=1))
    return Window(first.start, this.end)


def _word(params: Mapping[str, str], name: str, allowed: tuple[str, ...], otherwise: str) -> str:
    word = params.get(name, "").strip() or otherwise
    if word and word not in allowed:
        raise WrongAsk(name, word, "unknown_value", allowed=", ".join(allowed))
    return word


def model(conn: Connection, scope: Scope, site: Site, ask: ReferralAsk, clock: ClockReading) -> ReferralModel:
    """As the asker may see it."""
    now = moment_of(scope, clock)
    told = referrals(conn, site, ask.window, scope.audience, now, scope.as_of, scope.mask_below)
    return ReferralModel(frame_of(conn, scope, clock), ask, told)


def answer(conn: Connection, scope: Scope, site: Site, ask: ReferralAsk, clock: ClockReading) -> dict[str, Any]:
    """Rows of the range (`grain` range), then of each of its weeks (week) and of longer reports (longer).

    `name` null: all of them together, the withheld ones left out.
    """
    told = model(conn, scope, site, ask, clock).told
    return {
        "site": site.site,
        "as_of": known_at(conn, site, scope.as_of),
        "from": iso(ask.window.start, site),
        "to": iso(ask.window.end, site),
        "by": ask.by,
        "limits_hours": {str(name): limit / timedelta(hours=1) for name, limit in LIMITS.items()},
        "limits_source": limits_source().source,
        "rows": [row for row in rows(told, site, ask.by) if _asked(row, ask)],
    }


def _asked(row: Mapping[str, Any], ask: ReferralAsk) -> bool:
    wanted = not ask.need or row["name"] in (ask.need, None) or row["state"] == State.MISSING
    return wanted and (not ask.step or (row["grain"] == "range") == (ask.step == "range"))


def rows(told: Referrals, site: Site, by: str) -> Iterator[dict[str, Any]]:
    """Of one of TABLES."""
    span = told.window
    if not told.reported:
        yield _row(span, "range", None, None, site)
    elif by != WITHHELD:
        yield _row(span, "range", None, told.total, site)
    table = told.withheld if by == WITHHELD else told.tables[by]
    for name, row in table.items():
        yield _row(span, "range", name, row, site)
    for period in told.periods:
        grain = "week" if period.span in told.weeks else "longer"
        if by != WITHHELD:
            yield _row(period.span, grain, None, period.total, site)
        for name, one in (period.withheld if by == WITHHELD else period.tables[by]).items():
            yield _row(period.span, grain, name, one, site)
    for week in told.silent:
        yield _row(week, "week", None, None, site)


def _row(span: Window, grain: str, name: str | None, row: Sum | None, site: Site) -> dict[str, Any]:
    """`row` None: nobody reported."""
    told = row is not None and not row.hidden
    states = row.states if row is not None and not row.states_hidden else None

    def of(count: float, base: float) -> float | int | None:
        return number(count) if base or count else None

    return {
        "start": iso(span.start, site),
        "end": iso(span.end, site),
        "grain": grain,
        "name": name,
        "referred": number(row.referred) if row is not None and told else None,
        "accepted": of(states.accepted, states.accepted_of) if states else None,
        "accepted_of": number(states.accepted_of) if states else None,
        "closed": of(states.closed, states.closed_of) if states else None,
        "closed_of": number(states.closed_of) if states else None,
        "overdue": of(states.overdue, states.overdue_of) if states else None,
        "overdue_of": number(states.overdue_of) if states else None,
        "overdue_derived": number(states.derived) if states else None,
        "at_least": row is not None and (row.reserved > 0 or row.reserved_states > 0),
        "at_least_one": row is not None and row.some,
        "contradicts": row is not None and row.odd > 0,
        "state": str(State.MISSING if row is None else State.OK if told else State.MASKED),
    }
