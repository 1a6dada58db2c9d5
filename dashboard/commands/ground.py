"""What commands of this subject share: the store of the settings, and stopping with a sentence."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from sqlalchemy import Engine

from dashboard.settings import Settings
from data.store import create_store, migrate

NOT_DONE = 2


def store_of(settings: Settings) -> Engine:
    engine = create_store(settings.store_url)
    migrate(engine)
    return engine


def stop(sentence: str) -> NoReturn:
    click.echo(f"caudal: {sentence}", err=True)
    sys.exit(NOT_DONE)
