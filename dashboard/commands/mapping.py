"""`caudal map`: propose a mapping for a file nobody described, and say what was understood of it."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands.reports import DATASETS
from dashboard.delivering import DONE, NOT_DONE, limits_of, reason
from dashboard.map_file import mapping_text, sureness, unused_reason
from dashboard.settings import Settings
from data.sources import Refused
from data.sources.proposing import FILL_IN, Proposal, propose
from data.vocabulary import Dataset, Language
from layouts.translator import Translator, translator

MOST_UNUSED = 40


@click.command(
    "map",
    epilog="""\b
Un mapeo es un archivo .toml que dice cómo se lee la planilla de un socio. / A mapping is a .toml file that says how a
partner's sheet is read. Tres pasos / three steps:
  1. caudal map planilla.xlsx --out socio.toml
  2. Abra socio.toml, escriba lo que falta donde dice ??? / open it and fill in every ???
  3. caudal import planilla.xlsx --mapping socio.toml --dry-run
\b
Partes del mapeo / parts of a mapping:
  dataset, source     qué cuenta el archivo y quién lo envía / what it counts and who sends it
  [columns]           columna de Caudal = encabezado / Caudal's column = header
  [constants]         lo que vale igual en todas las filas / what is the same in all rows
  [dates] [numbers]   cómo se escriben fechas y números / how dates and numbers are written
  [[each]]            una línea por columna de valores / one line for each value column
  [[drop]] [[keep]]   filas que no cuentan, o las que sí / rows that do not count, or those that do
  [words.sector]      palabra del socio = palabra de Caudal / partner's word = Caudal's word
""",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", help="Hoja del libro / sheet of the workbook; the best one if absent.")
@click.option("--dataset", type=DATASETS, help="Conjunto de datos / dataset; guessed from the columns if absent.")
@click.option("--out", type=click.Path(path_type=Path), help="Archivo .toml que se escribe / file to write.")
@click.option("--lang", type=click.Choice([str(one) for one in Language]), help="Idioma de los comentarios / language.")
@click.pass_context
def propose_mapping(
    ctx: click.Context, file: Path, sheet: str | None, dataset: str | None, out: Path | None, lang: str | None
) -> None:
    """Proponer un mapeo para un archivo / propose a mapping for a file.

    Lee los encabezados y las filas, y dice de cada columna qué entendió y por qué. Sin --out solo lo cuenta.
    Reads headers and rows, and says of each column what it understood and why. Without --out it only tells.
    """
    settings: Settings = ctx.obj
    t = translator(lang or settings.language)
    if out is not None and out.exists():
        click.echo(t("map.told.exists", path=str(out)), err=True)
        ctx.exit(NOT_DONE)
    try:
        content = file.read_bytes()
        asked = Dataset(dataset) if dataset else None
        proposal = propose(content, file.name, sheet=sheet, dataset=asked, limits=limits_of(settings))
    except OSError as wrong:
        click.echo(t("command_reports.unreadable", path=str(file), reason=wrong.strerror or str(wrong)), err=True)
        ctx.exit(NOT_DONE)
    except Refused as refused:
        click.echo(t("map.told.refused", file=file.name, reason=reason(refused.issue, t)), err=True)
        ctx.exit(NOT_DONE)
    tell(proposal, t)
    if out is not None:
        text = mapping_text(proposal, str(out), t)
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(text, encoding="utf-8")
        except OSError as wrong:
            click.echo(t("map.told.failed", path=str(out), reason=str(wrong)), err=True)
            ctx.exit(NOT_DONE)
        blanks = sum(FILL_IN in line.split("   #")[0] for line in text.splitlines() if not line.startswith("#"))
        click.echo()
        click.echo(
            t("map.told.written" if blanks else "map.told.complete", path=str(out), file=str(file), blanks=blanks)
        )
    ctx.exit(DONE)


def tell(proposal: Proposal, t: Translator) -> None:
    """What was understood of each column, for a person at a terminal."""
    click.echo(t("map.told.file", file=proposal.filename, dataset=str(proposal.dataset), rows=proposal.rows))
    if proposal.sheet:
        click.echo(t("map.told.sheet", sheet=proposal.sheet))
    if proposal.too_long:
        click.echo("  " + t("map.told.too_long", rows=len(proposal.too_long), line=proposal.too_long[0]))
    for header, rows in proposal.swapped.items():
        click.echo("  " + t("map.told.swapped", column=header, rows=rows))
    for note in proposal.notes:
        click.echo("  " + reason(note, t))
    _section(t("map.told.understood"))
    for line in proposal.lines:
        headers = " + ".join(column.header for column in line.columns)
        _row(headers, line.name, sureness(line.score, line.why, t), line.columns[0].examples)
    if proposal.parts:
        _section(t("map.told.each"))
        for part in proposal.parts:
            whose = ", ".join(f"{name} = {value}" for name, value in part.set.items())
            _row(part.column.header, "people", whose, part.column.examples)
    if proposal.constants or not proposal.times.order:
        _section(t("map.told.constants"))
    for constant in proposal.constants:
        value = t("map.told.blank") if constant.value == FILL_IN else constant.value
        click.echo(f"  {constant.name} = {value}  ({t(f'map.why.{constant.why}')})")
    if not proposal.times.order:
        click.echo("  " + t("map.order_open", example=proposal.times.example))
    if proposal.words:
        _section(t("map.told.words"))
    for name, words in proposal.words.items():
        missing = sum(word.word == FILL_IN for word in words)
        click.echo("  " + t("map.told.words_line", column=name, known=len(words) - missing, open=missing))
    if proposal.unused:
        _section(t("map.told.unused"))
    for column, guess in proposal.unused[:MOST_UNUSED]:
        why = unused_reason(column, guess, proposal.dataset, t)
        click.echo("  " + t("map.unused_line", header=column.header, reason=why))
    if len(proposal.unused) > MOST_UNUSED:
        click.echo(f"  … {len(proposal.unused) - MOST_UNUSED}")
    if proposal.personal:
        click.echo()
        click.echo(t("map.personal", headers=", ".join(proposal.personal)))


def _section(title: str) -> None:
    click.echo()
    click.echo(title)


def _row(header: str, column: str, says: str, examples: tuple[str, ...]) -> None:
    shown = f"  [{', '.join(examples[:2])}]" if examples else ""
    click.echo(f"  {header} → {column}  ({says}){shown}" if says else f"  {header} → {column}{shown}")


COMMANDS = (propose_mapping,)
