"""Server callbacks: what one person asks. Nothing here runs because data changed; boards and deltas do that."""

from __future__ import annotations

from collections.abc import Callable

from dash import Dash
from flask_caching import Cache
from sqlalchemy import Engine

from data.types import ClockReading


def register(app: Dash, engine: Engine, clock: Callable[[], ClockReading], cache_url: str) -> None:
    cache = Cache(app.server, config=cache_config(cache_url))
    del cache, engine, clock


def cache_config(cache_url: str) -> dict[str, object]:
    if cache_url:
        return {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": cache_url, "CACHE_KEY_PREFIX": "caudal:"}
    return {"CACHE_TYPE": "SimpleCache", "CACHE_THRESHOLD": 500}
