"""What was shown at a moment is what is shown later as of that moment, whatever has happened since."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from callbacks.alerts_told import alerts
from callbacks.asked import FigureAsk, SeriesAsk
from callbacks.beside import sources_beside
from callbacks.boards import build
from callbacks.completeness import completeness
from callbacks.series import coverage, queue, reports, series
from dashboard.encoded import plain
from data.sites import site
from data.store import reading
from data.types import ClockReading, Scope, Window
from data.vocabulary import Audience, Language, Measure, Stage
from layouts.pages import PAGES
from layouts.translator import translator
from tests.callbacks.life import BEGINS, ENDS, HOUR, Life

VIEWS = [
    *((page, "today", audience) for page in PAGES for audience in Audience),
    *(("flow", window, Audience.OPEN) for window in ("yesterday", "48h", "7d")),
    ("queue", "48h", Audience.OPEN),
]
Screens = dict[tuple[str, str, str], Any]


def screens(engine: Engine, now: datetime, as_of: datetime | None = None) -> Screens:
    """Every page as everybody sees it; `now` is what the clock says."""
    shown: Screens = {}
    with reading(engine) as conn:
        for page, window, audience in VIEWS:
            scope = Scope("norte", Language.ES, audience, window, as_of)
            shown[page, window, audience] = plain(build(conn, page, scope, ClockReading(now, 1.0, False)))
    return shown


def answers(engine: Engine, now: datetime, as_of: datetime | None = None) -> Screens:
    """Every address of the API; what it says of itself stands apart."""
    with reading(engine) as conn:
        place = site(conn, "norte", as_of)
        clock = ClockReading(now, 1.0, False)
        window = Window(BEGINS - 24 * HOUR, ENDS)
        told: Screens = {}
        for step in ("hour", "day"):
            for measure in (Measure.ARRIVALS, Measure.SERVED):
                ask = SeriesAsk(place, measure, Stage.MIGRATION_CONTROL, step, window, as_of=as_of)
                told["series", step, measure] = series(conn, ask, now)
        for audience in Audience:
            scope = Scope("norte", Language.ES, audience, "today", as_of)
            told["queue", "", audience] = queue(conn, scope, clock)
            told["coverage", "", audience] = coverage(conn, scope, window, place, now)
        told["completeness", "", ""] = completeness(conn, place, None, now, as_of)
        for measure in (Measure.ARRIVALS, Measure.SERVED):
            figure = FigureAsk(place, Stage.MIGRATION_CONTROL, measure, window, as_of)
            told["reconciliation", measure, ""] = sources_beside(conn, figure, now)
        told["alerts", "all", ""] = alerts(conn, place, "all", translator(Language.ES, place.zone), now, as_of)
        told["reports", "", ""] = reports(conn, place, as_of)
    return {key: {name: part for name, part in answer.items() if name != "as_of"} for key, answer in told.items()}


def apart(shown: dict[str, Any]) -> dict[str, Any]:
    """A board without what must differ between a page that lives and the same page standing still."""
    clock = {name: value for name, value in shown["clock"].items() if name != "speed"}
    return {**{name: part for name, part in shown.items() if name not in ("version", "frozen")}, "clock": clock}


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        names = [*one, *(name for name in other if name not in one)]
        return [d for name in names for d in differences(one.get(name), other.get(name), f"{path}/{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [d for n, (a, b) in enumerate(zip(one, other, strict=True)) for d in differences(a, b, f"{path}/{n}")]
    return [] if one == other else [f"{path}: {one!r:.200} became {other!r:.200}"]


@pytest.mark.long
def test_as_of_ten_random_moments_equals_the_screens_recorded_then(any_engine: Engine, var: Path):
    life = Life(any_engine, var)
    life.begin()
    chance = random.Random(20190614)
    span = (ENDS - BEGINS) / 10
    # One in each tenth of the life, so that every incident lies between two of them.
    moments = [BEGINS + span * (n + chance.random()) for n in range(10)]
    recorded: dict[datetime, tuple[Screens, Screens]] = {}

    def record(until: datetime) -> None:
        for moment in moments:
            if moment <= until and moment not in recorded:
                recorded[moment] = screens(any_engine, moment), answers(any_engine, moment)

    for at, act in life.events():
        record(at)
        act(at)
    record(ENDS)
    _told_different_things([recorded[moment][0] for moment in moments])

    later = ENDS + timedelta(days=3)
    wrong = []
    for moment in moments:
        boards, told = recorded[moment]
        for key, then in screens(any_engine, later, moment).items():
            found = differences(apart(boards[key]), apart(then), "/".join(key))
            wrong += [f"{moment}: {one}" for one in found]
            assert then["frozen"] == moment.isoformat()
            assert then["clock"] == {"now": moment.isoformat(), "speed": 0.0, "replay": False}
        for key, answer in answers(any_engine, later, moment).items():
            wrong += [f"{moment}: {one}" for one in differences(told[key], answer, "/".join(key))]
    assert wrong == [], f"{len(wrong)} differences:\n" + "\n".join(wrong[:40])


def _told_different_things(shown: list[Screens]) -> None:
    """The life has what the proof is about: otherwise it would prove nothing."""
    situations = [one["situation", "today", Audience.OPEN] for one in shown]
    kpis = [{name: (kpi["value"], kpi["state"]) for name, kpi in one["kpis"].items()} for one in situations]
    assert len({str(one["arrivals_today"]) for one in kpis}) > 5
    assert len({one["alerts_open"][0] for one in kpis}) > 1
    text = [str(one["coverage", "today", Audience.OPEN]) for one in shown]
    assert any("masked" in one or "reservado" in one.lower() for one in text)
    sources = {one["kpis"]["arrivals_today"]["origin"] for one in situations}
    assert len(sources) == 2, "the official source was switched"
    lists = [str(one["reports", "today", Audience.OPEN]["texts"]["deliveries"]) for one in shown]
    assert any("deshecho" in one or "anulad" in one for one in lists)
    assert any("en espera" in one for one in lists)
    assert {one["wall", "today", Audience.OPEN]["kpis"]["wait_minutes"]["value"] is None for one in shown} == {False}


def test_no_page_of_the_past_changes_with_the_clock(any_engine: Engine, var: Path):
    life = Life(any_engine, var)
    life.begin()
    for at, act in life.events()[:20]:
        act(at)
    then = BEGINS + 3 * HOUR
    scope = Scope("norte", Language.ES, Audience.OPEN, "today", then)
    for page in PAGES:
        with reading(any_engine) as conn:
            one, other = (
                plain(build(conn, page, scope, ClockReading(now, 60.0, False)))
                for now in (then, then + timedelta(days=9))
            )
        assert one == other, page
