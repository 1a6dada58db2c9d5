"""How the files of a command are to be read, as its options say."""

from __future__ import annotations

from datetime import datetime

import click

from dashboard.delivering import NOT_DONE, Way
from data.sources.mapping import WrongMapping, load_mapping
from data.vocabulary import Dataset
from layouts.translator import Translator


def way_asked(
    ctx: click.Context, t: Translator, source: str | None, dataset: str | None, mapping: str | None, issued: str | None
) -> Way:
    """How the files are to be read; ends the command with a sentence where that is not clear."""
    try:
        read_by = None if mapping is None else load_mapping(mapping)
    except WrongMapping as wrong:
        click.echo(t("command_reports.wrong_mapping", reason=str(wrong)), err=True)
        ctx.exit(NOT_DONE)
    whose = source or (read_by.source if read_by is not None else None)
    if not whose:
        click.echo(t("command_reports.no_source"), err=True)
        ctx.exit(NOT_DONE)
    issued_at = None
    if issued is not None:
        try:
            issued_at = datetime.fromisoformat(issued)
        except ValueError:
            issued_at = None
        if issued_at is None or issued_at.tzinfo is None:
            click.echo(t("command_reports.wrong_issued_at", value=issued), err=True)
            ctx.exit(NOT_DONE)
    return Way(whose, None if dataset is None else Dataset(dataset), read_by, issued_at)
