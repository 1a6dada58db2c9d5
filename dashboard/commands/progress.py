"""How far an import is, and what came of it: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from dashboard.delivering import reason
from data.receipts import Receipt
from layouts.agreement import flag_period, flag_sentence, flag_subject
from layouts.translator import Translator

# A log gets a line for each tenth of a delivery, and none for one that is done at once.
STEPS = 10
WORTH_A_LINE = 50_000


class Progress:
    """Called with rows written and rows to write."""

    def __init__(self, t: Translator, name: str, words: str = "command_reports") -> None:
        """`words`: the part of the locale that says what is done: reading, writing, progress."""
        self.t, self.name, self.words = t, name, words
        self.on_terminal = sys.stderr.isatty()
        self.said = 0
        self.bar: Bar | None = None

    def __enter__(self) -> Progress:
        if self.on_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self.bar.start()
            self.bar.add_task(self.t(f"{self.words}.reading", file=self.name), total=None)
        return self

    def __call__(self, done: int, rows: int) -> None:
        if self.bar is not None:
            task = self.bar.task_ids[0]
            said = self.t(f"{self.words}.writing", file=self.name)
            self.bar.update(task, description=said, completed=done, total=rows)
        elif rows >= WORTH_A_LINE and done * STEPS // rows > self.said:
            self.said = done * STEPS // rows
            click.echo(self.t(f"{self.words}.progress", file=self.name, done=done, rows=rows), err=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()


def told(t: Translator, name: str, receipt: Receipt, *, dry_run: bool = False) -> None:
    """What became of a file, for a person: one line, then each rejected row with its place and reason."""
    if receipt.state == "refused" and not receipt.rejected:
        for issue in receipt.issues:
            click.echo(t("command_reports.refused", file=name, reason=reason(issue, t)), err=True)
        return
    # Refused for its rows alone, it is a report of which nothing counts: told like one of which a part does.
    state = "partial" if receipt.state == "refused" else receipt.state
    kind = "dry_run" if dry_run else "already" if receipt.already_received else state
    click.echo(
        t(
            f"command_reports.{kind}",
            file=name,
            report=str(receipt.report or 0),
            dataset=receipt.dataset,
            accepted=receipt.accepted,
            rejected=receipt.rejected,
            not_reported=receipt.not_reported,
        )
    )
    for note in receipt.notes:
        click.echo("  " + reason(note, t))
    for issue in receipt.issues:
        if issue.line is None:
            click.echo("  " + reason(issue, t))
        else:
            place = "row" if issue.column is None else "cell"
            facts = {"row": issue.line, "header": issue.column or "", "reason": reason(issue, t)}
            click.echo("  " + t(f"command_reports.{place}", **facts))
    if receipt.flags:
        click.echo("  " + t("command_agree.flags_found"))
    for flag in receipt.flags:
        click.echo(f"  {flag.flag}  {flag_subject(flag, t)}, {flag_period(flag, t)}: {flag_sentence(flag, t)}")
