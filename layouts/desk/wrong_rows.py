"""Rows that were rejected: line, column, what came, why. What came is shown as its shape where it may be personal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Issue
from layouts.desk.around import scroll
from layouts.parts import table
from layouts.translator import Translator

FIRST = 20


def wrong_rows(issues: Sequence[Issue], t: Translator, most: int = FIRST) -> list[Any]:
    listed = [issue for issue in issues if issue.line is not None]
    rows: list[list[Any]] = [
        [t.number(issue.line or 0), issue.column or "–", html.Span(_came(issue), className="came"), reason(issue, t)]
        for issue in listed[:most]
    ]
    heads = [t(f"desk.wrong.{name}") for name in ("line", "column", "came", "why")]
    made: list[Any] = []
    if rows:
        made.append(scroll(table(heads, rows, "wrong-rows", t("desk.wrong.title")), t("desk.wrong.title")))
    if len(listed) > most:
        made.append(html.P(t.n("desk.wrong.more", len(listed) - most), className="quiet"))
    return made


def wrong_lines(issues: Sequence[Issue], rejected: int) -> int:
    """Lines of the file with something wrong. In a wide table one line holds several of the `rejected` figures."""
    if any(issue.code == "more_issues" for issue in issues):
        return rejected
    return len({issue.line for issue in issues if issue.line is not None})


def said(issues: Sequence[Issue], t: Translator, class_name: str = "said") -> list[Component]:
    """What concerns the whole file."""
    return [html.P(reason(issue, t), className=class_name) for issue in issues if issue.line is None]


def reason(issue: Issue, t: Translator) -> str:
    key = f"issue.{issue.code}"
    return t(key, **issue.facts) if t.has(key) else issue.code


def _came(issue: Issue) -> str:
    value = issue.facts.get("value")
    return "–" if value in (None, "") else str(value)
