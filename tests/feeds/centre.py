"""What tests of feeds share: a centre, a feed of each kind in its store, and what its hours say."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from dashboard.feeding.pull import Pulled, pull
from dashboard.settings import Settings
from data.clock import real_now
from data.feeds import book
from data.feeds.config import Feed, read_feed
from data.feeds.records import record_of
from data.feeds.taking import At, Batch, take
from data.receipts import Receipt
from data.sources import DEFAULT
from data.store import writing

MAPPING = """
dataset = "flow"
source = "migraciones"

[submissions]

[constants]
site = "tumbes"
stage = "migration-control"
measure = "arrivals"
minutes = 60

[columns]
start = "turno/hora"
people = "conteo/personas"
"""

KOBO = """
name = "tumbes-kobo"
kind = "kobo"
mapping = "tumbes.toml"
every_minutes = 15

[kobo]
url = "{url}"
form = "aLlegadas"
token_env = "TEST_KOBO_TOKEN"
page_size = {page_size}
timeout_seconds = {timeout}
sweep_days = 9999
"""

ODK = """
name = "tumbes-odk"
kind = "odk"
mapping = "tumbes.toml"
every_minutes = 15

[odk]
url = "{url}"
project = 7
form = "llegadas"
user = "datos@odk.example"
password_env = "TEST_ODK_PASSWORD"
page_size = {page_size}
timeout_seconds = {timeout}
sweep_days = 9999
"""

PUSH = """
name = "tumbes-push"
kind = "push"
mapping = "tumbes.toml"
"""


def added(engine: Engine, config: str, mapping: str = MAPPING) -> Feed:
    made = read_feed(config, mapping)
    with writing(engine) as conn:
        book.add_feed(conn, made, config, mapping, real_now(), "test")
    return made


def pulled(engine: Engine, var: Path, name: str, **more: Any) -> Pulled:
    return pull(engine, Settings(var=var), name, "test", **{"pause": lambda seconds: True, **more})


class Sender:
    """Somebody who sends submissions, one after another, each a second later."""

    def __init__(self, engine: Engine, var: Path, feed: Feed) -> None:
        self.engine, self.var, self.feed = engine, var, feed
        self.real = real_now()

    def __call__(self, *submissions: dict[str, Any]) -> Receipt | None:
        self.real += timedelta(seconds=1)
        batch = Batch([record_of(one, self.feed) for one in submissions])
        return take(self.engine, self.feed, batch, At(self.real, self.real), self.var, DEFAULT, "test")
