"""The command `caudal`. Each subject's commands stand in a module of `dashboard.commands`; here is only the table."""

from __future__ import annotations

import importlib
import sys

import click

from dashboard.settings import WrongSetting, load_settings
from data.store_gone import StoreGone
from layouts.translator import translator

# Command: the module that holds it. Only that one is imported: all of them together take seconds.
COMMANDS = {
    **dict.fromkeys(("demo", "replay"), "demo"),
    **dict.fromkeys(("serve", "migrate"), "serve"),
    **dict.fromkeys(("user", "screen", "token"), "people"),
    "doctor": "doctor",
    "detect": "detect",
    **dict.fromkeys(("import", "undo", "watch", "sources", "site", "template"), "reports"),
    "map": "mapping",
    **dict.fromkeys(("feed", "pull"), "feeds"),
    **dict.fromkeys(("official", "flag", "duplicate"), "agree"),
    "rejected": "rejected",
    "channels": "channels",
    "queue": "queue",
    "cadence": "cadence",
    "rules": "rules",
    "plan": "plan",
    "standards": "standards",
    "forecast": "forecast",
    **dict.fromkeys(("close", "unlock", "release"), "closing"),
}


class Table(click.Group):
    """Commands by their name in `COMMANDS`, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f"dashboard.commands.{COMMANDS[cmd_name]}")
        return next(command for command in module.COMMANDS if command.name == cmd_name)


@click.group(cls=Table, context_settings={"help_option_names": ["-h", "--help"]})
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
    try:
        caudal()
    except StoreGone as gone:
        sentence = translator(load_settings().language)(f"store.{gone.code}", path=str(gone.path))
        click.echo(f"caudal: {sentence}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
