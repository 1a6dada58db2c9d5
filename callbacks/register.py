"""Server callbacks: what one person asks. Nothing here runs because data changed; boards and deltas do that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dash import Dash, Input, Output
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask_caching import Cache
from sqlalchemy import Engine

from callbacks import reads
from callbacks.asking import sentences, standing, wrong
from callbacks.what_if import entry_station
from data.store import reading
from data.types import ClockReading, Scope
from data.versions import version_of
from layouts import ids
from layouts.addresses import ASKS
from layouts.translator import translator
from layouts.what_if import answer, complaint

Clock = Callable[[], ClockReading]
LONGEST_SAID = 20
# Who asks, about what: from the server's own session and address, never from what the browser sent.
Asker = Callable[[], Scope]


def register(app: Dash, engine: Engine, clock: Clock, asker: Asker, cache_url: str) -> None:
    cache = Cache(app.server, config=cache_config(cache_url))
    told = cache.memoize(timeout=120)(partial_of(answer_sentences, engine, clock))
    asked = [Input(place, "value") for place in (ids.ASK_COUNTERS, ids.ASK_HOURS, ids.ASK_ARRIVALS)]
    app.callback(Output(ids.ANSWER_COUNTERS, "children"), *asked, prevent_initial_call=True)(
        partial(question_answered, engine, clock, asker, told)
    )
    app.callback(Output(ids.ASK_WRONG, "children"), *asked, prevent_initial_call=True)(partial(question_wrong, asker))


def question_answered(
    engine: Engine,
    clock: Clock,
    asker: Asker,
    told: Callable[..., list[str]],
    counters: object,
    hours: object,
    arrivals: object,
) -> list[Component]:
    """Answered once for everybody who asks the same of the same data. What is no question leaves the answer to the
    one before, which the page marks as such (`question_wrong`)."""
    if wrong(_asked(counters, hours, arrivals)) is not None:
        raise PreventUpdate
    scope = asker()
    with reading(engine) as conn:
        version = version_of(conn, scope.site)
    minute = int(clock().now.timestamp() // 60)
    return answer(told(scope, version, minute, *(_plain(value) for value in (counters, hours, arrivals))))


def question_wrong(asker: Asker, counters: object, hours: object, arrivals: object) -> list[Component]:
    """What was expected; nothing where the numbers can be meant."""
    found = wrong(_asked(counters, hours, arrivals))
    return [] if found is None else complaint(found, translator(asker().language))


def _asked(*values: object) -> dict[str, str]:
    return {name: _plain(value) for name, value in zip(ASKS, values, strict=True)}


def _plain(value: object) -> str:
    """What a browser may send instead of a number is text that says no number."""
    return str(value)[:LONGEST_SAID] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def answer_sentences(
    engine: Engine, clock: Clock, scope: Scope, version: int, minute: int, counters: str, hours: str, arrivals: str
) -> list[str]:
    """`version` and `minute` are there for the memory: another value is another question."""
    with reading(engine) as conn:
        model = reads.queue(conn, scope, clock())
    site = model.frame.site
    station = entry_station(model.stations, site.entry_stage)
    asked = _asked(counters, hours, arrivals)
    about = None if station is None else standing(station)
    return sentences(about, asked, model.frame.clock.now, translator(scope.language, site.zone), model.expects)


def partial_of(act: Callable[..., list[str]], engine: Engine, clock: Clock) -> Callable[..., list[str]]:
    """As `functools.partial`, with a name of its own, which the cache needs; engine and clock stay out of its key."""

    def told(scope: Scope, version: int, minute: int, counters: str, hours: str, arrivals: str) -> list[str]:
        return act(engine, clock, scope, version, minute, counters, hours, arrivals)

    return told


def cache_config(cache_url: str) -> dict[str, object]:
    if cache_url:
        return {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": cache_url, "CACHE_KEY_PREFIX": "caudal:"}
    return {"CACHE_TYPE": "SimpleCache", "CACHE_THRESHOLD": 500}
