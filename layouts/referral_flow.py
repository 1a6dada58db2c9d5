"""Referrals as a flow: how many were referred, accepted and closed, drawn as streams; as bars on a narrow screen.

Heights are people. Made as text, each word escaped: the page is whole without a script.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from data.types import Sum, Tally
from layouts.html import Html
from layouts.referral_words import AT_LEAST
from layouts.translator import Translator

WIDTH, HEIGHT, TALL = 1000, 300, 214  # of the drawing; TALL: people of the fullest column
TOP, GAP, NODE = 34, 24, 12
COLUMNS = (16, 380, 744)


@dataclass(frozen=True)
class Node:
    """One place of the flow. `kind`: its colour; `people` before whatever comes after it."""

    kind: str
    people: float
    column: int


def nodes_of(states: Tally) -> tuple[list[Node], list[Node]]:
    """What became of those referred, and of those accepted; nobody's answer is a stream of its own.

    Where reports contradict themselves the streams are as reported, so that a column may hold more than the one before.
    """
    late = min(states.overdue, states.pending)
    answered = [
        Node("accepted", states.accepted, 1),
        Node("waiting", states.pending - late, 1),
        Node("overdue", late, 1),
        Node("unsaid", states.referred - states.accepted_of, 1),
    ]
    unsaid = max(0.0, states.accepted - states.closed - states.open)
    after = [Node("closed", states.closed, 2), Node("open", states.open, 2), Node("unsaid", unsaid, 2)]
    return [one for one in answered if one.people > 0], [one for one in after if one.people > 0]


def flow_picture(total: Sum, t: Translator) -> Html:
    """Of the periods whose states are shown; nothing where none are."""
    states = total.states
    if not states.referred:
        return Html("")
    bound = AT_LEAST if total.reserved_states else ""
    return Html(_streams(states, bound, t) + _bars(states, bound, t))


def _streams(states: Tally, bound: str, t: Translator) -> str:
    answered, after = nodes_of(states)
    columns = [[Node("referred", states.referred, 0)], answered, after]
    most = max(sum(one.people for one in column) for column in columns)
    scale = TALL / most
    places = [_placed(column, scale) for column in columns]
    name = escape(t("referrals.flow"))
    parts = [f'<svg class="flow-streams" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">']
    parts += _ribbons(columns[0], places[0], answered, places[1], scale)
    accepted = [place for place, one in enumerate(answered) if one.kind == "accepted"]
    if accepted:
        first = accepted[0]
        parts += _ribbons([answered[first]], [places[1][first]], after, places[2], scale)
    heads = [t(f"referrals.column.{name}") for name in ("referred", "answer", "outcome")]
    for x, head in zip(COLUMNS, heads, strict=True):
        parts.append(f'<text class="flow-head" x="{x}" y="14">{escape(head)}</text>')
    for column, tops in zip(columns, places, strict=True):
        parts += [_node(one, y, scale, bound, t) for one, y in zip(column, tops, strict=True)]
    return "".join([*parts, "</svg>"])


def _placed(column: list[Node], scale: float) -> list[float]:
    """Where each begins, from the top."""
    found, y = [], float(TOP)
    for one in column:
        found.append(y)
        y += max(one.people * scale, 2.0) + GAP
    return found


def _ribbons(
    left: list[Node], left_at: list[float], right: list[Node], right_at: list[float], scale: float
) -> list[str]:
    """From one node to those of the next column; what the node does not hold begins at its foot."""
    source, y = left[0], left_at[0]
    foot = y + source.people * scale
    x0, parts = COLUMNS[source.column] + NODE, []
    for one, at in zip(right, right_at, strict=True):
        x1, wide = COLUMNS[one.column], one.people * scale
        begin = min(y, max(left_at[0], foot - wide))
        bend = (x0 + x1) / 2
        path = (
            f"M{x0} {begin:.1f}C{bend} {begin:.1f} {bend} {at:.1f} {x1} {at:.1f}"
            f"V{at + wide:.1f}C{bend} {at + wide:.1f} {bend} {begin + wide:.1f} {x0} {begin + wide:.1f}Z"
        )
        parts.append(f'<path class="stream to-{one.kind}" d="{path}"/>')
        y += wide
    return parts


def _node(one: Node, y: float, scale: float, bound: str, t: Translator) -> str:
    x, height = COLUMNS[one.column], max(one.people * scale, 2.0)
    words = escape(t(f"referrals.node.{one.kind}"))
    return (
        f'<rect class="node is-{one.kind}" x="{x}" y="{y:.1f}" width="{NODE}" height="{height:.1f}"/>'
        f'<text class="flow-number" x="{x + NODE + 8}" y="{y + 15:.1f}">{bound}{t.number(round(one.people))}'
        f'<tspan class="flow-word" dx="6">{words}</tspan></text>'
    )


def _bars(states: Tally, bound: str, t: Translator) -> str:
    """The same for a narrow screen."""
    answered, after = nodes_of(states)
    columns = ([Node("referred", states.referred, 0)], answered, after)
    most = max(sum(one.people for one in column) for column in columns)
    parts = ['<div class="flow-bars" aria-hidden="true">']
    for name, column in zip(("referred", "answer", "outcome"), columns, strict=True):
        bars = "".join(
            f'<span class="is-{one.kind}" style="width:{100 * one.people / most:.2f}%"></span>' for one in column
        )
        keys = "".join(
            f'<li><span class="key is-{one.kind}"></span>{escape(t(f"referrals.node.{one.kind}"))} '
            f"<b>{bound}{t.number(round(one.people))}</b></li>"
            for one in column
        )
        head = escape(t(f"referrals.column.{name}"))
        parts.append(f'<section><h3>{head}</h3><p class="bar">{bars}</p><ul>{keys}</ul></section>')
    return "".join([*parts, "</div>"])


def flow_sentence(total: Sum, t: Translator) -> str:
    """What the picture says, in whole sentences."""
    if total.hidden:
        return t("referrals.says.reserved")
    states = total.states
    said = []
    if total.states_hidden:
        key = "only_referred_at_least" if total.reserved else "only_referred"
        said.append(t(f"referrals.says.{key}", people=round(total.referred)))
    else:
        if total.reserved or total.reserved_states:
            facts = {"people": round(total.referred), "told": round(states.referred)}
            said.append(t("referrals.says.partly", **facts))
        else:
            said.append(t("referrals.says.referred", people=round(states.referred)))
        for name in ("accepted", "closed", "overdue"):
            base = getattr(states, f"{name}_of")
            count = getattr(states, name)
            if base:
                facts = {"people": round(count), "base": round(base), "part_share": count / base}
                said.append(t(f"referrals.says.{name}", **facts))
            else:
                said.append(t(f"referrals.says.{name}_unsaid"))
        if total.reserved_states:
            said.append(t("referrals.says.partly_reserved"))
    if states.derived:
        said.append(t("referrals.says.derived", people=round(states.derived)))
    if total.odd:
        said.append(t("referrals.says.odd"))
    return " ".join(said)
