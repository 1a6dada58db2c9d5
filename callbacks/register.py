"""Server callbacks: what one person asks. Nothing here runs because data changed; boards and deltas do that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dash import Dash, Input, Output, html
from dash.development.base_component import Component
from flask_caching import Cache
from sqlalchemy import Engine

from callbacks import reads
from callbacks.what_if import Question, entry_station
from callbacks.what_if import told as told_of
from data.store import reading
from data.types import ClockReading, Scope
from data.versions import version_of
from layouts import ids
from layouts.translator import translator
from layouts.what_if import MOST_COUNTERS

Clock = Callable[[], ClockReading]
# Who asks, about what: from the server's own session and address, never from what the browser sent.
Asker = Callable[[], Scope]


def register(app: Dash, engine: Engine, clock: Clock, asker: Asker, cache_url: str) -> None:
    cache = Cache(app.server, config=cache_config(cache_url))
    told = cache.memoize(timeout=120)(partial_of(counters_sentences, engine, clock))
    app.callback(Output(ids.ANSWER_COUNTERS, "children"), Input(ids.ASK_COUNTERS, "value"), prevent_initial_call=True)(
        partial(counters_answered, engine, clock, asker, told)
    )


def counters_answered(
    engine: Engine, clock: Clock, asker: Asker, told: Callable[..., list[str]], counters: object
) -> list[Component]:
    """Answered once for everybody who asks the same of the same data."""
    scope = asker()
    if not isinstance(counters, int | float) or not 0 <= counters <= MOST_COUNTERS:
        return [html.P(translator(scope.language)("what_if.ask", most=MOST_COUNTERS))]
    with reading(engine) as conn:
        version = version_of(conn, scope.site)
    minute = int(clock().now.timestamp() // 60)
    return [html.P(sentence) for sentence in told(scope, version, minute, int(counters))]


def counters_sentences(
    engine: Engine, clock: Clock, scope: Scope, version: int, minute: int, counters: int
) -> list[str]:
    """`version` and `minute` are there for the memory: another value is another question."""
    with reading(engine) as conn:
        model = reads.queue(conn, scope, clock())
    site = model.frame.site
    station = entry_station(model.stations, site.entry_stage)
    t = translator(scope.language, site.zone)
    return [t.sentence(sentence) for sentence in told_of(station, Question(counters), model.frame.clock.now)]


def partial_of(act: Callable[..., list[str]], engine: Engine, clock: Clock) -> Callable[..., list[str]]:
    """As `functools.partial`, with a name of its own, which the cache needs; engine and clock stay out of its key."""

    def told(scope: Scope, version: int, minute: int, counters: int) -> list[str]:
        return act(engine, clock, scope, version, minute, counters)

    return told


def cache_config(cache_url: str) -> dict[str, object]:
    if cache_url:
        return {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": cache_url, "CACHE_KEY_PREFIX": "caudal:"}
    return {"CACHE_TYPE": "SimpleCache", "CACHE_THRESHOLD": 500}
