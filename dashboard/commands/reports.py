"""Commands of whoever sends and keeps reports: import, undo, sources, template; with those of sites and watching."""

from __future__ import annotations

import getpass
import json
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from dashboard.commands.progress import Progress, told
from dashboard.commands.sites import site
from dashboard.commands.watch import watch
from dashboard.commands.way import way_asked
from dashboard.delivering import DONE, NOT_DONE, answer, deliver, domain_now, open_store, status
from dashboard.settings import Settings
from data.holding import PeriodClosed
from data.ingest import NoSuchReport, undo
from data.queries import known_sources
from data.sources.template import write_template
from data.store import reading
from data.vocabulary import Dataset
from layouts.translator import Translator, translator

DATASETS = click.Choice([str(dataset) for dataset in Dataset])


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", help="Fuente que envía / the source that sends.")
@click.option("--dataset", type=DATASETS, help="Conjunto de datos / dataset; guessed from the headers if absent.")
@click.option("--mapping", help="Archivo .toml o nombre de un mapeo incluido / mapping file or packaged name.")
@click.option("--issued-at", help="Cuándo se escribió el reporte, ISO 8601 con zona / when it was written.")
@click.option("--reason", help="Por qué corrige lo enviado antes / why it corrects what was sent before.")
@click.option("--dry-run", is_flag=True, help="Leer y decir, sin guardar / read and tell, keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Un objeto JSON por archivo / one JSON object per file.")
@click.pass_context
def import_files(
    ctx: click.Context,
    paths: tuple[Path, ...],
    source: str | None,
    dataset: str | None,
    mapping: str | None,
    issued_at: str | None,
    reason: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Recibir archivos de reportes / receive files of reports."""
    settings: Settings = ctx.obj
    t = translator(settings.language)
    way = replace(way_asked(ctx, t, source, dataset, mapping, issued_at), reason=reason)
    store = open_store(settings)
    worst = DONE
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as wrong:
            _say_unreadable(t, path, wrong, as_json)
            worst = NOT_DONE
            continue
        try:
            with Progress(t, path.name) as progress:
                receipt = deliver(store, settings, way, content, path.name, dry_run=dry_run, progress=progress)
        except SQLAlchemyError as wrong:
            click.echo(
                t("command_reports.store_failed", path=str(path), reason=str(wrong.__cause__ or wrong)), err=True
            )
            ctx.exit(NOT_DONE)
        worst = max(worst, status(receipt))
        if as_json:
            click.echo(json.dumps({"file": str(path), **answer(receipt, t)}, ensure_ascii=False))
        else:
            told(t, path.name, receipt, dry_run=dry_run)
    ctx.exit(worst)


def _say_unreadable(t: Translator, path: Path, wrong: OSError, as_json: bool) -> None:
    sentence = t("command_reports.unreadable", path=str(path), reason=wrong.strerror or str(wrong))
    if as_json:
        issue = {"line": None, "column": None, "code": "unreadable", "message": sentence}
        nothing = {
            "report": None,
            "accepted": 0,
            "rejected": 0,
            "not_reported": 0,
            "already_received": False,
            "issues": [issue],
        }
        click.echo(json.dumps({"file": str(path), **nothing}, ensure_ascii=False))
    else:
        click.echo(sentence, err=True)


@click.command("undo")
@click.argument("report", type=int)
@click.option("--by", default=getpass.getuser, help="Quién lo decide / who decides it.")
@click.pass_context
def undo_report(ctx: click.Context, report: int, by: str) -> None:
    """Que un reporte deje de contar; sus bytes y su rastro quedan / make a report stop counting."""
    settings: Settings = ctx.obj
    t = translator(settings.language)
    store = open_store(settings)
    try:
        receipt = undo(store, report, domain_now(store), by)
    except NoSuchReport:
        click.echo(t("command_reports.no_such_report", report=str(report)), err=True)
        ctx.exit(NOT_DONE)
    except PeriodClosed as closed:
        window = closed.approval.window
        facts = {"site": closed.site, "from_at": window.start, "until_at": window.end, "who": closed.approval.who}
        t = translator(settings.language, closed.zone)
        click.echo(t("closing.undo_closed", report=str(report), **facts), err=True)
        ctx.exit(NOT_DONE)
    click.echo(t("command_reports.undone", report=str(report), source=receipt.source, rows=receipt.accepted))


@click.command("sources")
@click.pass_context
def list_sources(ctx: click.Context) -> None:
    """Quién reporta y cuándo lo hizo por última vez / who reports, and when they last did."""
    settings: Settings = ctx.obj
    t = translator(settings.language)
    store = open_store(settings)
    with reading(store) as conn:
        known = known_sources(conn)
    if known.empty:
        click.echo(t("command_reports.no_sources"))
    for row in known.to_dict("records"):
        last = row["last_received"]
        organisation = row["organisation"] if isinstance(row["organisation"], str) else "—"
        if row["reports"]:
            text = t.n("command_reports.source", int(row["reports"]), last=last.to_pydatetime())
        else:
            text = t("command_reports.source_silent")
        click.echo(f"{row['source']}\t{organisation}\t{text}")


@click.command("template")
@click.argument("dataset", type=DATASETS)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Archivo .csv o .xlsx / file to write.")
@click.option("--site", help="Puesto para los ejemplos / site for the examples.")
@click.pass_context
def template(ctx: click.Context, dataset: str, out: Path, site: str | None) -> None:
    """Escribir la plantilla de un conjunto de datos / write the empty file of a dataset."""
    settings: Settings = ctx.obj
    t = translator(settings.language)
    try:
        write_template(Dataset(dataset), out, site, t.maybe)
    except (OSError, ValueError) as wrong:
        click.echo(t("command_reports.template_failed", path=str(out), reason=str(wrong)), err=True)
        ctx.exit(NOT_DONE)
    click.echo(t("command_reports.template_written", path=str(out)))


COMMANDS = (import_files, undo_report, watch, list_sources, site, template)
