"""A folder into which partners drop files: each is taken once it is complete."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from watchfiles import watch as changes_in

from dashboard.commands.progress import Progress, told
from dashboard.commands.way import way_asked
from dashboard.delivering import NOT_DONE, Way, deliver, open_store
from dashboard.settings import Settings
from data.receipts import seen
from data.store import reading
from data.vocabulary import Dataset
from layouts.translator import Translator, translator

# What programs call a file that they are still writing.
UNFINISHED = (".part", ".tmp", ".crdownload", ".partial", ".filepart")

Look = tuple[int, int]  # bytes, modified at (ns)


def look_at(folder: Path) -> dict[Path, Look]:
    """Files of a folder that might be deliveries, each as it is now."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or path.suffix.lower() in UNFINISHED:
            continue
        try:
            state = path.stat()
        except FileNotFoundError:
            continue
        if path.is_file():
            found[path] = (state.st_size, state.st_mtime_ns)
    return found


def complete(before: dict[Path, Look], now: dict[Path, Look], at_ns: int, settle_seconds: float) -> list[Path]:
    """Files that did not change between two looks and were last written `settle_seconds` ago or earlier."""
    still = (path for path, look in now.items() if before.get(path) == look)
    return [path for path in still if at_ns - now[path][1] >= settle_seconds * 1e9]


@click.command("watch")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--source", help="Fuente que envía / the source that sends.")
@click.option("--dataset", type=click.Choice([str(dataset) for dataset in Dataset]))
@click.option("--mapping", help="Archivo .toml o nombre de un mapeo incluido / mapping file or packaged name.")
@click.option("--settle", default=2.0, show_default=True, help="Segundos sin cambios antes de tomar un archivo.")
@click.pass_context
def watch(
    ctx: click.Context, folder: Path, source: str | None, dataset: str | None, mapping: str | None, settle: float
) -> None:
    """Recibir lo que se deje en una carpeta, hasta que se detenga / receive what is dropped into a folder."""
    settings: Settings = ctx.obj
    t = translator(settings.language)
    way = way_asked(ctx, t, source, dataset, mapping, None)
    if not folder.is_dir():
        click.echo(t("command_reports.no_folder", path=str(folder)), err=True)
        ctx.exit(NOT_DONE)
    store = open_store(settings)
    click.echo(t("command_reports.watching", path=str(folder)))
    taken: dict[Path, Look] = {}
    before: dict[Path, Look] = {}
    # The looks come of themselves too: some network drives tell nobody of a change.
    pause = max(50, int(settle * 500))
    for _ in changes_in(folder, recursive=False, rust_timeout=pause, yield_on_timeout=True, raise_interrupt=False):
        now = look_at(folder)
        for path in complete(before, now, time.time_ns(), settle):
            if taken.get(path) != now[path] and _take(store, settings, way, path, t):
                taken[path] = now[path]
        before = now


def _take(store: Engine, settings: Settings, way: Way, path: Path, t: Translator) -> bool:
    """Receive one file; False when it must be tried again."""
    try:
        content = path.read_bytes()
        with reading(store) as conn:
            # Also what was undone or refused: only a person decides that it should count after all.
            if seen(conn, way.source, hashlib.sha256(content).hexdigest()):
                click.echo(t("command_reports.seen_before", path=str(path)))
                return True
        with Progress(t, path.name) as progress:
            receipt = deliver(store, settings, way, content, path.name, sent_by="watch", progress=progress)
    except (OSError, SQLAlchemyError) as wrong:
        click.echo(t("command_reports.try_again", path=str(path), reason=str(wrong)), err=True)
        return False
    told(t, path.name, receipt)
    return True
