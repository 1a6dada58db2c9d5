"""The twins of the flow and the tables of referrals: each row a number, x of y, and a bar; nothing is ever zero
because nobody reported it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from data.types import Referrals, ShownPeriod, Sum, Window
from data.vocabulary import Priority
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import aria, data
from layouts.referral_flow import nodes_of
from layouts.referral_words import AT_LEAST, referred_words, row_name, share_of, share_words, span_words, state_words
from layouts.translator import Translator

STATES = ("accepted", "closed", "overdue")


def steps_table(total: Sum, t: Translator) -> Tree:
    """The numbers of the picture."""
    states, bound = total.states, AT_LEAST if total.reserved_states else ""
    answered, after = nodes_of(states)
    rows: list[Any] = []
    if states.referred:
        told = [("referred", "referred", states.referred)]
        told += [("answer", one.kind, one.people) for one in answered]
        told += [("outcome", one.kind, one.people) for one in after]
        rows = [
            html.Tr(
                [
                    html.Td(t(f"referrals.column.{column}")),
                    html.Th(t(f"referrals.node.{kind}"), scope="row"),
                    html.Td(bound + t.number(round(people))),
                ]
            )
            for column, kind, people in told
        ]
    else:
        rows = [
            html.Tr([html.Td(), html.Th(t("referrals.node.referred"), scope="row"), html.Td(referred_words(total, t))])
        ]
    return _table([t("referrals.head.step"), "", t("referrals.head.people")], rows, t("referrals.flow"), "steps")


def weeks_table(told: Referrals, t: Translator) -> Tree:
    """The newest first; weeks of which nobody reported stand among them."""
    rows: list[tuple[Window, ShownPeriod | None]] = [(one.span, one) for one in told.periods]
    rows += [(week, None) for week in told.silent]
    rows.sort(key=lambda row: (row[0].start, row[0].end), reverse=True)
    most = max((one.total.referred for one in told.periods), default=0.0)
    made = [_week(span, one, most, t) for span, one in rows]
    return _table(_heads("referrals.head.week", t), made, t("referrals.by_week"), "weeks")


def _week(span: Window, one: ShownPeriod | None, most: float, t: Translator) -> Tree:
    name: list[Any] = [span_words(span, t)]
    if one is None:
        silent = html.Td(t("word.no_report"), colSpan=4, className="silent")
        return html.Tr([html.Th(name, scope="row"), silent], className="is-silent")
    if not one.over:
        name.append(html.Small(t("referrals.running")))
    return _row(name, one.total, most, t)


def by_table(told: Referrals, by: str, limits: Mapping[Priority, timedelta], t: Translator) -> Tree:
    table, before = told.tables[by], told.before_tables.get(by, {})
    order = {str(priority): place for place, priority in enumerate(Priority)}
    names = sorted(
        table,
        key=lambda name: (order.get(name, len(order)) if by == "priority" else 0, -table[name].referred, name),
    )
    most = max((row.referred for row in table.values()), default=0.0)
    rows = []
    for name in names:
        said: list[Any] = [row_name(by, name, t)]
        if by == "priority" and name in order:
            said.append(html.Small(t("referrals.limit", limit_minutes=limits[Priority(name)] / timedelta(minutes=1))))
        rows.append(_row(said, table[name], most, t, referred_words(before.get(name), t)))
    return _table(
        [*_heads(f"referrals.head.{by}", t), t("referrals.head.before")],
        rows,
        t(f"referrals.by.{by}"),
        "by",
        before=True,
    )


def withheld_table(told: Referrals, t: Translator) -> Tree:
    most = max((row.referred for row in told.withheld.values()), default=0.0)
    rows = [_row([row_name("withheld", name, t)], row, most, t) for name, row in told.withheld.items()]
    return _table(_heads("referrals.head.need", t), rows, t("referrals.withheld"), "withheld")


def _heads(first: str, t: Translator) -> list[str]:
    return [t(first), t("referrals.head.referred"), *(t(f"referrals.head.{name}") for name in STATES)]


def _row(name: list[Any], row: Sum, most: float, t: Translator, before: str | None = None) -> Tree:
    share = row.referred / most if most else 0.0
    bar = html.Span(className="part-bar", style={"--share": f"{share:.4f}"}, **aria(hidden="true"))
    marks = [html.Span(t("referrals.odd"), className="wrong")] if row.odd else []
    cells = [
        html.Th([*name, *marks], scope="row"),
        html.Td(
            [html.B(referred_words(row, t)), bar], className="referred", **data(label=t("referrals.head.referred"))
        ),
        *(
            html.Td(_state(row, one, t), className=f"state-{one}", **data(label=t(f"referrals.head.{one}")))
            for one in STATES
        ),
    ]
    if before is not None:
        cells.append(html.Td(before, className="was", **data(label=t("referrals.head.before"))))
    return html.Tr(cells)


def _state(row: Sum, name: str, t: Translator) -> list[Any]:
    said = state_words(row, name, t)
    share = share_of(row, name)
    return [html.Small(said), html.B(share_words(row, name, t))] if share is not None else [html.I(said)]


def _table(heads: list[str], rows: list[Any], caption: str, kind: str, before: bool = False) -> Tree:
    return html.Table(
        [
            html.Caption(caption, className="visually-hidden"),
            html.Thead(html.Tr([html.Th(words, scope="col") for words in heads])),
            html.Tbody(rows),
        ],
        className=f"table-plain referral-table is-{kind}{' with-before' if before else ''}",
    )
