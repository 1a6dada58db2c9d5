"""Which figures stand doubted at the end depends on what was reported, not on what came first or how much with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.flags import open_flags
from data.store import reading
from tests.data.centre import NOON, flow_csv, hour_csv, open_centre, send
from tests.data.test_doubts import queue_csv
from tests.stores import migrated

LATER = NOON + timedelta(days=2)


@pytest.fixture
def centre(any_engine: Engine) -> Engine:
    open_centre(any_engine)
    return any_engine


def doubted(engine: Engine) -> list[tuple[object, ...]]:
    with reading(engine) as conn:
        return sorted((flag.start, flag.code, flag.source, str(flag.facts)) for flag in open_flags(conn, "tumbes"))


def test_a_doubt_of_the_day_before_does_not_refuse_the_next_day(centre, var):
    send(centre, var, queue_csv("09:00", 100))
    send(centre, var, hour_csv("09:00", 40))
    [flag] = send(centre, var, hour_csv("09:00", 400, measure="served")).flags
    assert send(centre, var, flow_csv(("2018-11-01T02:00", 60, 30), measure="served")).state == "accepted"
    next_day = b"site,stage,at,waiting,counters_open\ntumbes,migration-control,2018-11-01T03:00,90,5\n"
    assert send(centre, var, next_day).state == "accepted"
    with reading(centre) as conn:
        assert [one.flag for one in open_flags(conn, "tumbes")] == [flag.flag]


def test_parts_of_an_hour_stay_doubted_when_another_hour_of_the_day_comes(centre, var):
    rows = [("2018-10-31T09:00", 60, people, sex) for people, sex in ((100, ""), (80, "female"), (70, "male"))]
    [flag] = send(centre, var, flow_csv(*rows, columns=("start", "minutes", "people", "sex"))).flags
    assert flag.code == "parts_differ"
    send(centre, var, hour_csv("15:00", 30))
    send(centre, var, flow_csv(("2018-10-31T00:00", 1440, 130)))
    assert [code for _, code, _, _ in doubted(centre)] == ["parts_differ"]
    send(centre, var, hour_csv("09:00", 150), now=LATER)
    assert doubted(centre) == []


@pytest.fixture
def other_stores(tmp_path: Path) -> Iterator[list[Engine]]:
    made: list[Engine] = []
    yield made
    for store in made:
        store.dispose()


def in_every_order(stores: list[Engine], folder: Path, parts: list[tuple[str, bytes]]) -> list[tuple[object, ...]]:
    """What is doubted in the end, the same whichever came first."""
    found = []
    for order in permutations(range(len(parts))):
        store = migrated(f"sqlite:///{folder / ('-'.join(map(str, order)) + '.sqlite')}")
        stores.append(store)
        open_centre(store)
        for number in order:
            source, part = parts[number]
            send(store, folder, part, source=source, now=LATER, issued_at=NOON + timedelta(minutes=number))
        found.append(doubted(store))
    assert all(one == found[0] for one in found), found
    return found[0]


def whole_days(*days: str, people: int, **same: str) -> bytes:
    return flow_csv(*((f"2018-10-{day}T00:00", 1440, people) for day in days), **same)


def test_hours_of_two_days_ago_do_not_silence_the_report_of_a_day(other_stores, tmp_path):
    """A source's days are asked where it told no hours of the day and the one before."""
    hours = flow_csv(*((f"2018-10-28T{hour:02}:00", 60, 5) for hour in range(24)), measure="served")
    heads = b"site,at,people\ntumbes,2018-10-30T00:00,50\n"
    days = whole_days("29", "30", people=1000, measure="served")
    found = in_every_order(
        other_stores, tmp_path, [("migraciones", hours), ("migraciones", heads), ("migraciones", days)]
    )
    assert [(code, source) for _, code, source, _ in found] == [("served_over_present", "migraciones")]


def test_whoever_let_people_in_is_compared_whoever_reports_last(other_stores, tmp_path):
    """Nobody is official for who was served at the entry: of two who tell both days it is always the same one."""
    parts = [
        ("norte", whole_days("30", "31", people=500, measure="served")),
        ("sur", whole_days("30", "31", people=900, measure="served")),
        ("buses", whole_days("31", people=1400, measure="served", stage="transport")),
    ]
    [(_, code, source, facts)] = in_every_order(other_stores, tmp_path, parts)
    assert (code, source) == ("later_stage_over", "buses")
    assert "'through': 1000.0" in str(facts)


def test_a_day_nobody_reported_lies_between_and_nothing_is_compared(other_stores, tmp_path):
    parts = [
        ("migraciones", whole_days("28", people=500, measure="served")),
        ("migraciones", whole_days("30", people=500, measure="served")),
        ("buses", whole_days("28", "30", people=1400, measure="served", stage="transport")),
    ]
    assert in_every_order(other_stores, tmp_path, parts) == []
