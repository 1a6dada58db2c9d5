"""The detector's midnights: a night added is the same as all of them worked out, and so is what the store kept."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, select

from data import midnights
from data.analytics.detection.kept import from_text, to_text
from data.analytics.detection.lately import BACK, RUN_DAYS, Midnight, a_day_later, age, at_midnight
from data.analytics.detection.limits import limits
from data.analytics.seasonal import Past
from data.analytics.windows import local_date
from data.detecting import detection_of
from data.midnights import Memory, midnight_of
from data.queries import SeriesKey
from data.sites import site as site_named
from data.store import reading
from data.tables import detector_midnight
from data.vocabulary import Measure, Stage
from tests.data.post import NOON, START, open_calm_post, send

DAYS = BACK + 6
KEY = SeriesKey("norte", Stage.MIGRATION_CONTROL, Measure.ARRIVALS, "control")


def a_series(kind: str, seed: int = 5) -> Past:
    """Half a year that ends some nights after one on which a run begins; with a surge, days off and hours missing."""
    draw = np.random.default_rng(seed)
    first = date.fromordinal(date(2019, 1, 1).toordinal() // RUN_DAYS * RUN_DAYS + RUN_DAYS - BACK - 2)
    level = 60 * (1 + 0.5 * np.sin(np.arange(24) / 24 * 2 * np.pi)) * np.ones((DAYS, 1))
    level[-9:-4] *= 2.5
    people = draw.poisson(level).astype(float)
    people[draw.random(people.shape) < 0.05] = np.nan
    people[40:44] = np.nan
    special = np.zeros(DAYS, dtype=bool)
    special[-12] = True
    if kind == "daily":
        return Past(first, np.nansum(people, axis=1)[:, None], np.full(DAYS, np.nan), special)
    if kind == "begun lately":
        people[: BACK - 12] = np.nan
    totals = np.full(DAYS, np.nan)
    if kind == "totals":
        totals[-20:-12] = people[-20:-12].sum(axis=1)
        people[-20:-12] = np.nan
    return Past(first, people, totals, special)


@pytest.mark.parametrize("kind", ["hourly", "daily", "totals", "begun lately"])
def test_a_night_added_is_the_same_as_all_of_them(kind: str):
    past = a_series(kind)
    nights = [past.until(BACK + night).last(BACK).trimmed() for night in range(DAYS - BACK)]
    ages = [age(one.end) for one in nights]
    assert 0 in ages[1:], "no run takes over"
    known = at_midnight(nights[0], limits())
    spoke = 0
    for one in nights[1:]:
        known = a_day_later(from_text(to_text(known)), one, limits())
        assert to_text(known) == to_text(at_midnight(one, limits()))
        spoke += len(known.run.alarms)
    assert spoke or kind in ("daily", "begun lately")


def test_a_restart_begins_from_the_store(any_engine: Engine, var: Path, monkeypatch: pytest.MonkeyPatch):
    open_calm_post(any_engine, var)
    send(any_engine, var, NOON, [200] * 3, NOON + timedelta(hours=3))
    before = told(any_engine, NOON + timedelta(hours=3))
    assert midnights.save(any_engine) == 1
    assert midnights.save(any_engine) == 0
    monkeypatch.setattr(midnights, "memory", Memory())
    monkeypatch.setattr(midnights, "at_midnight", None)  # whatever worked weeks out again would fail
    assert told(any_engine, NOON + timedelta(hours=3)) == before

    # the next night is one day more, and a late hour of the day before another
    later = NOON + timedelta(hours=24)
    send(any_engine, var, NOON + timedelta(hours=3), [70] * 20, later)
    told(any_engine, later)
    send(any_engine, var, NOON + timedelta(hours=4), [75], later + timedelta(minutes=1))
    told(any_engine, later)
    monkeypatch.undo()
    kept = found(any_engine, later)
    midnights.save(any_engine)
    monkeypatch.setattr(midnights, "memory", Memory())
    assert to_text(found(any_engine, later)) == to_text(kept)
    monkeypatch.setattr(midnights, "memory", Memory())
    with any_engine.begin() as conn:
        conn.execute(detector_midnight.delete())
    assert to_text(found(any_engine, later)) == to_text(kept)


def test_a_correction_of_an_old_day_is_taken_in(any_engine: Engine, var: Path):
    open_calm_post(any_engine, var)
    found(any_engine, NOON)
    midnights.save(any_engine)
    was = found(any_engine, NOON)
    send(any_engine, var, START + timedelta(days=40), [300] * 6, NOON)
    now = found(any_engine, NOON)
    assert to_text(now) != to_text(was)
    midnights.memory.clear()
    assert to_text(found(any_engine, NOON)) == to_text(now)


def test_two_nights_of_a_series_are_kept(any_engine: Engine, var: Path):
    open_calm_post(any_engine, var)
    for day in range(4):
        found(any_engine, NOON + timedelta(days=day))
        midnights.save(any_engine)
    with reading(any_engine) as conn:
        assert sorted(conn.execute(select(detector_midnight.c.day)).scalars()) == ["2019-05-22", "2019-05-23"]


def test_what_another_release_kept_is_not_believed(engine: Engine, var: Path, monkeypatch: pytest.MonkeyPatch):
    open_calm_post(engine, var)
    kept = found(engine, NOON)
    midnights.save(engine)
    with engine.begin() as conn:
        conn.execute(detector_midnight.update().values(midnight=None))
    monkeypatch.setattr(midnights, "memory", Memory())
    monkeypatch.setattr(midnights, "FORM", midnights.FORM + 1)
    assert to_text(found(engine, NOON)) == to_text(kept)


def found(engine: Engine, now) -> Midnight:
    with reading(engine) as conn:
        site = site_named(conn, "norte")
        known = midnight_of(conn, site, KEY, local_date(site, now), frozenset(), limits())
    assert known is not None
    return known


def told(engine: Engine, now) -> str:
    with reading(engine) as conn:
        return repr(detection_of(conn, site_named(conn, "norte"), KEY, now))
