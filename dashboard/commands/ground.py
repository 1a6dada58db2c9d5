"""What commands of this subject share: the store of the settings, and stopping with a sentence."""

from __future__ import annotations

from sqlalchemy import Engine

from dashboard.commands.stopping import NOT_DONE as NOT_DONE
from dashboard.commands.stopping import stop as stop
from dashboard.settings import Settings
from data.store import create_store, migrate


def store_of(settings: Settings) -> Engine:
    engine = create_store(settings.store_url)
    migrate(engine)
    return engine
