"""What the board of requests is made of, the fields that its forms share, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import ResourceRequest, Site
from layouts.desk.around import hidden, tag
from layouts.translator import Translator

TOLD = ("asked", "noted")
# Of a request, as its form has them and as an address can fill them in.
FIELDS = ("service", "what", "quantity", "unit", "needed_by", "institution", "place", "reason")
KNOWN = "institutions"  # the list of names that the boxes for an institution offer


@dataclass(frozen=True)
class RequestsShown:
    """`newest`: number of the newest request there is. `own`: the one institution this person speaks for, "" for any;
    `by`: whose session, "" for the person at the machine, who gave the name `remembered` last. `said`: what a form to
    be mended holds, or what an address fills in."""

    requests: Sequence[ResourceRequest]
    site: Site
    now: datetime
    newest: int
    institutions: Sequence[str]
    may_take_part: bool
    speaks_for: Callable[[str], bool]
    own: str
    by: str
    remembered: str
    hidden: Mapping[str, str]
    plain: Mapping[str, str]
    csv: str
    replay: bool = False
    as_of: datetime | None = None
    told: str = ""
    wrong: str = ""
    said: Mapping[str, str] = field(default_factory=dict)

    def typed(self, number: int = 0, move: str = "", offer: str = "") -> Mapping[str, str]:
        """What the form of an act (of request 0: that of asking) had held when it was turned away."""
        said = self.said
        same = said.get("request", "0") == str(number) and said.get("move", "") == move
        return said if same and said.get("offer", "") == offer else {}


def box(name: str, label: str, value: str, kind: str = "text", hint: str = "", **more: Any) -> Component:
    parts = [html.Span(label), tag("input", type=kind, name=name, value=value, **more)]
    return html.Label([*parts, *([html.Small(hint)] if hint else [])], className="field")


def institution(shown: RequestsShown, label: str, value: str) -> list[Any]:
    """Whoever speaks for one institution is not asked for which."""
    if shown.own:
        return hidden({"institution": shown.own})
    return [box("institution", label, value, required=True, maxLength=160, list=KNOWN, autoComplete="off")]


def who(shown: RequestsShown, typed: Mapping[str, str], t: Translator) -> list[Any]:
    """Whoever has a session is known; the person at the machine says who they are, once."""
    if shown.by:
        return []
    name = typed.get("by", shown.remembered)
    if name and not typed:
        return hidden({"by": name})
    return [box("by", t("requests.who"), name, required=True, maxLength=60, autoComplete="name")]


def number_box(name: str, label: str, value: str, **more: Any) -> Component:
    return box(name, label, value, "number", min="0", step="any", inputMode="decimal", **more)


def wrong_act_words(code: str, facts: Mapping[str, Any], t: Translator) -> str:
    told = dict(facts)
    if "move" in told:
        told["move"] = t(f"request_move.{told['move']}")
    return t(f"requests.wrong_act.{code}", **told)
