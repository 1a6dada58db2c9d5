"""Every command stands in the table of the command line, under the module that holds it."""

from __future__ import annotations

import importlib
import pkgutil

import dashboard.commands
from dashboard.cli import COMMANDS


def test_every_command_is_in_the_table_and_no_other():
    found = {}
    for module in pkgutil.iter_modules(dashboard.commands.__path__):
        held = importlib.import_module(f"dashboard.commands.{module.name}")
        found |= {str(command.name): module.name for command in getattr(held, "COMMANDS", ())}
    assert found == COMMANDS
