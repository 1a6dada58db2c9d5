"""How a command says that nothing was done."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

NOT_DONE = 2


def stop(sentence: str) -> NoReturn:
    click.echo(f"caudal: {sentence}", err=True)
    sys.exit(NOT_DONE)
