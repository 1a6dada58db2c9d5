"""The command `caudal`. Each subject's commands stand in a module of `dashboard.commands`; here is only the table."""

from __future__ import annotations

import importlib
import sys

import click

from dashboard.settings import WrongSetting, load_settings
from data.store_file import StoreGone
from layouts.translator import translator

MODULES = ("demo", "serve", "reports", "mapping", "feeds", "agree", "rejected", "cadence", "closing")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="caudal", prog_name="caudal")
@click.pass_context
def caudal(ctx: click.Context) -> None:
    """Caudal: tablero de operaciones de un centro de frontera / operations dashboard of a border centre."""
    try:
        ctx.obj = load_settings()
    except WrongSetting as wrong:
        click.echo(f"caudal: {wrong}", err=True)
        sys.exit(2)


def main() -> None:
    for name in MODULES:
        for command in importlib.import_module(f"dashboard.commands.{name}").COMMANDS:
            caudal.add_command(command)
    try:
        caudal()
    except StoreGone as gone:
        sentence = translator(load_settings().language)(f"store.{gone.code}", path=str(gone.path))
        click.echo(f"caudal: {sentence}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
