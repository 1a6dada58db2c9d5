"""One computation feeds every screen: single flight, only what is watched, bounded queues, the last good board."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from dashboard.delta import applied
from dashboard.encoded import BoardKey, Stamp
from dashboard.hub import LONGEST_QUEUE, MOST_OF_THE_PAST, Busy, Hub
from data.types import Scope
from data.vocabulary import Audience, Language
from layouts.board import Board, KpiView
from tests.dashboard.centre import awaited

NOW = datetime(2018, 10, 31, 14, 0, tzinfo=UTC)


def key(page: str = "situation", site: str = "cebaf-tumbes") -> BoardKey:
    return BoardKey(page, Scope(site, Language.ES, Audience.OPEN, "today"))


class Centre:
    """A store of one number per site, drawn as a board; counts how often it was asked."""

    def __init__(self) -> None:
        self.people = 3491
        self.version = 1
        self.builds: list[BoardKey] = []
        self.broken = False
        self.gate = threading.Event()
        self.gate.set()
        self.slow_past = threading.Event()
        self.slow_past.set()

    def build(self, asked: BoardKey) -> Board:
        self.builds.append(asked)
        self.gate.wait(5)
        if asked.of_the_past:
            self.slow_past.wait(5)
        if self.broken:
            raise RuntimeError("the disk is gone")
        kpi = KpiView("entries_today", "Ingresos", self.people, str(self.people))
        series = {"data": [{"type": "scatter", "x": list(range(300)), "y": [self.people] * 300}], "layout": {}}
        return Board(
            version=f"{self.version}.0",
            page=asked.page,
            site=asked.scope.site,
            lang="es",
            window="today",
            as_of=None,
            clock={"now": NOW.isoformat(), "speed": 1.0, "replay": False},
            kpis={"entries_today": kpi},
            figures={"flow": series},
        )


@pytest.fixture
def centre():
    return Centre()


def run(centre: Centre, scenario, apart: bool = False, **kwargs):
    async def go():
        with ThreadPoolExecutor(2) as builders, ThreadPoolExecutor(1) as historians:
            if apart:
                kwargs["historians"] = historians
            return await scenario(Hub(centre.build, builders, lambda: NOW, **kwargs))

    return awaited(go())


def events(raw: bytes) -> list[tuple[str, dict]]:
    pieces = [piece.split("\n") for piece in raw.decode().split("\n\n") if piece]
    return [(head.removeprefix("event: "), orjson.loads(body.removeprefix("data: "))) for head, body in pieces]


def test_a_hundred_who_ask_at_once_get_one_build(centre):
    async def scenario(hub):
        return await asyncio.gather(*(hub.board(key()) for _ in range(100)))

    boards = run(centre, scenario)
    assert len(centre.builds) == 1
    assert len({id(board.body) for board in boards}) == 1


def test_only_watched_boards_are_rebuilt(centre):
    async def scenario(hub):
        await hub.board(key("flow"))
        await hub.board(key("situation"))
        watcher = hub.watch(key("situation"))
        centre.builds.clear()
        centre.version, centre.people = 2, 3500
        await hub.saw(Stamp({"cebaf-tumbes": 2}))
        return await watcher.next(1)

    run(centre, scenario)
    assert [asked.page for asked in centre.builds] == ["situation"]


def test_a_change_at_another_site_rebuilds_nothing(centre):
    async def scenario(hub):
        await hub.board(key())
        hub.watch(key())
        centre.builds.clear()
        await hub.saw(Stamp({"simulacro-norte": 7}))

    run(centre, scenario)
    assert centre.builds == []


def test_a_viewer_hears_what_changed_and_holds_the_same_board(centre):
    async def scenario(hub):
        old = await hub.board(key())
        watcher = hub.watch(key())
        centre.version, centre.people = 2, 3500
        await hub.saw(Stamp({"cebaf-tumbes": 2}))
        return old, await hub.board(key()), await watcher.next(1)

    old, new, raw = run(centre, scenario)
    [(name, facts)] = events(raw)
    assert name == "delta"
    assert (facts["from"], facts["to"]) == (old.json["version"], new.json["version"])
    held = {**applied(old.json, facts["changes"]), "version": facts["to"]}
    assert held == new.json


def test_time_alone_tells_the_new_version_and_nothing_else(centre):
    async def scenario(hub):
        await hub.board(key())
        watcher = hub.watch(key())
        centre.version = 2
        await hub.saw(Stamp({}, minute=1))
        return await watcher.next(1)

    raw = run(centre, scenario)
    [(name, facts)] = events(raw)
    assert (name, facts["changes"]) == ("delta", [])
    assert len(raw) < 160


def test_a_viewer_who_lags_is_told_to_fetch(centre):
    async def scenario(hub):
        await hub.board(key())
        slow = hub.watch(key())
        for version in range(2, LONGEST_QUEUE + 4):
            centre.version, centre.people = version, centre.people + 1
            await hub.saw(Stamp({"cebaf-tumbes": version}))
        return await slow.next(1)

    told = events(run(centre, scenario))
    assert told[0][0] == "version"
    assert len(told) <= LONGEST_QUEUE


def test_a_board_that_cannot_be_built_leaves_the_last_good_one_and_recovers(centre):
    async def scenario(hub):
        good = await hub.board(key())
        watcher = hub.watch(key())
        centre.broken = True
        await hub.saw(Stamp({"cebaf-tumbes": 2}))
        during = await hub.board(key())
        silent = await watcher.next(0.05)
        centre.broken, centre.version, centre.people = False, 3, 4000
        await hub.saw(Stamp({"cebaf-tumbes": 3}))
        return good, during, silent, await watcher.next(1)

    good, during, silent, told = run(centre, scenario)
    assert during.body == good.body
    assert silent is None
    assert events(told)[0][0] == "delta"


def test_a_first_board_that_cannot_be_built_is_an_error_for_who_asked(centre):
    centre.broken = True
    with pytest.raises(RuntimeError, match="disk"):
        run(centre, lambda hub: hub.board(key()))


def test_data_that_came_while_a_board_was_built_are_in_the_next(centre):
    async def scenario(hub):
        hub.watch(key())
        centre.gate.clear()
        first = asyncio.create_task(hub.board(key()))
        while not centre.builds:
            await asyncio.sleep(0.005)
        centre.version = 2
        seen = asyncio.create_task(hub.saw(Stamp({"cebaf-tumbes": 2})))
        await asyncio.sleep(0.01)
        centre.gate.set()
        await asyncio.gather(first, seen)
        return await hub.board(key())

    assert run(centre, scenario).stamp == (2, 0)
    assert len(centre.builds) == 2


def past(second: int) -> BoardKey:
    return BoardKey("flow", replace(key().scope, as_of=NOW - timedelta(seconds=second)))


def test_a_live_board_does_not_wait_for_boards_of_the_past(centre):
    async def scenario(hub):
        centre.slow_past.clear()
        asked = [asyncio.create_task(hub.board(past(n))) for n in range(60)]
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await hub.board(key("wall"))
        waited = time.monotonic() - began
        refused = [one for one in asked if one.done()]
        centre.slow_past.set()
        await asyncio.gather(*asked, return_exceptions=True)
        return waited, [one.exception() for one in refused], [one.exception() for one in asked]

    waited, refused, all_told = run(centre, scenario, apart=True)
    assert waited < 1
    assert len(refused) == 60 - MOST_OF_THE_PAST
    assert all(isinstance(why, Busy) for why in refused)
    assert all_told.count(None) == MOST_OF_THE_PAST


def test_the_same_moment_of_the_past_is_built_once_for_all_and_kept_a_while(centre):
    async def scenario(hub):
        await asyncio.gather(*(hub.board(past(1)) for _ in range(40)))
        await hub.board(past(1))
        for n in range(2, 40):
            await hub.board(past(n))
        return sum(one.of_the_past for one in hub._boards)

    assert run(centre, scenario, apart=True) <= MOST_OF_THE_PAST
    assert centre.builds.count(past(1)) == 1


def test_a_board_owed_for_long_is_not_called_live_until_it_is_built(centre, monkeypatch):
    monkeypatch.setattr("dashboard.hub.LONGEST_OWED_SECONDS", 1.0)

    async def scenario(hub):
        await hub.board(key())
        hub.watch(key())
        live = [not hub.behind(key())]
        centre.broken = True
        await hub.saw(Stamp({"cebaf-tumbes": 2}))
        live.append(not hub.behind(key()))
        await asyncio.sleep(1.2)
        live.append(not hub.behind(key()))
        centre.broken = False
        await hub.saw(Stamp({"cebaf-tumbes": 3}))
        live.append(not hub.behind(key()))
        centre.gate.clear()  # stuck, not failing
        stuck = asyncio.create_task(hub.saw(Stamp({"cebaf-tumbes": 4})))
        await asyncio.sleep(1.2)
        live.append(not hub.behind(key()))
        centre.gate.set()
        await stuck
        return [*live, not hub.behind(key())]

    assert run(centre, scenario) == [True, True, False, True, False, True]


def test_boards_that_differ_never_share_a_version(centre):
    async def scenario(hub):
        hub.watch(key())
        old = await hub.board(key())
        centre.people = 1  # changed between the look at the version and the read
        await hub.saw(Stamp({}, minute=1))
        return old, await hub.board(key())

    old, new = run(centre, scenario)
    assert old.json["version"] != new.json["version"]
    assert orjson.loads(new.body)["version"] == new.json["version"]


def test_memory_is_bounded_however_many_addresses_are_asked(centre):
    async def scenario(hub):
        hub.watch(key("wall"))
        await hub.board(key("wall"))
        for number in range(40):
            await hub.board(key(site=f"site-{number}"))
        built = len(centre.builds)
        await hub.board(key("wall"))
        return len(hub._boards), len(centre.builds) - built

    assert run(centre, scenario, keep=8) == (8, 0)


def test_telling_a_thousand_viewers_takes_no_thousand_builds(centre):
    async def scenario(hub):
        watchers = [hub.watch(key()) for _ in range(1000)]
        await hub.board(key())
        centre.version, centre.people = 2, 3500
        started = time.perf_counter()
        await hub.saw(Stamp({"cebaf-tumbes": 2}))
        spent = time.perf_counter() - started
        return spent, {await watcher.next(1) for watcher in watchers}

    spent, told = run(centre, scenario)
    assert len(centre.builds) == 2
    assert len(told) == 1
    assert spent < 1
