"""`caudal rejected REPORT --out FILE`: the rejected rows of a delivery, to be put right and sent again."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.delivering import DONE, NOT_DONE, open_store
from dashboard.desk.rejected import Gone, rejected_of
from dashboard.settings import Settings
from data.queries import delivery
from data.sources.returned import MIME
from data.store import reading
from layouts.translator import translator


@click.command("rejected")
@click.argument("report", type=int)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Archivo .csv, .xlsx o .json / file to write."
)
@click.pass_context
def rejected(ctx: click.Context, report: int, out: Path) -> None:
    """Las filas rechazadas de un reporte, con su motivo / the rejected rows of a report, with the reason."""
    settings: Settings = ctx.obj
    t = translator(settings.language)
    store = open_store(settings)
    with reading(store) as conn:
        found = delivery(conn, report)
    rows = [] if found is None else [issue for issue in found.issues if issue.line is not None]
    if found is None or not rows:
        click.echo(t("command_rejected.none", report=str(report)), err=True)
        ctx.exit(NOT_DONE)
    ending = out.suffix.lower()
    if ending not in MIME:
        click.echo(t("command_rejected.ending", path=str(out), expected=", ".join(MIME)), err=True)
        ctx.exit(NOT_DONE)
    try:
        back = rejected_of(store, settings, found, t, ending)
        out.write_bytes(back.content)
    except Gone:
        click.echo(t("web.error.desk_bytes_gone", report=str(report)), err=True)
        ctx.exit(NOT_DONE)
    except OSError as wrong:
        click.echo(t("command_rejected.failed", path=str(out), reason=wrong.strerror or str(wrong)), err=True)
        ctx.exit(NOT_DONE)
    lines = len({issue.line for issue in rows})
    click.echo(t.n("command_rejected.written", lines, path=str(out)))
    ctx.exit(DONE)


COMMANDS = (rejected,)
