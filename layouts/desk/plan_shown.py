"""What the page of the contingency plan is made of, and the fields that its forms share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Activation, AlertCard, PlanState, PlanVersion, PolicyEvent, Site
from layouts.desk.around import hidden, tag
from layouts.translator import Translator

TOLD = ("level", "task")
# In the form, in place of a level: none is in force any more. No level has this name.
END = "-"


@dataclass(frozen=True)
class PlanShown:
    """`activations` and `versions`: the newest first. `by`: whose session, "" for the person at the machine, who gave
    the name `remembered` last. `as_of`: the page tells what was known then. `wrong` and `said`: of a form to be mended.
    """

    state: PlanState
    site: Site
    activations: Sequence[Activation]
    versions: Sequence[PlanVersion]
    cards: Mapping[int, AlertCard]
    rules_off: Sequence[str]
    may_activate: bool
    may_tick: bool
    by: str
    remembered: str
    hidden: Mapping[str, str]
    query: str
    csv: str
    next_rule: PolicyEvent | None = None  # the next dated one
    as_of: datetime | None = None
    told: str = ""
    wrong: str = ""
    said: Mapping[str, str] | None = None

    @property
    def now(self) -> datetime:
        return self.state.now

    def typed(self, task: str) -> Mapping[str, str]:
        """What the form of a task ("" for that of the level) had held when it was turned away."""
        said = self.said or {}
        return said if said.get("task", "") == task else {}


def who(shown: PlanShown, label: str, typed: Mapping[str, str], ask: bool = False) -> list[Any]:
    """Whoever has a session is known; the person at the machine says who they are, once where it is not `ask`."""
    if shown.by:
        return []
    name = typed.get("by", shown.remembered)
    if name and not ask:
        return hidden({"by": name})
    return [text("by", label, name, required=True, maxLength=60, autoComplete="name")]


def text(name: str, label: str, value: str, **more: Any) -> Component:
    return html.Label([html.Span(label), tag("input", type="text", name=name, value=value, **more)], className="field")


def since_words(at: datetime, now: datetime, t: Translator) -> str:
    """The time, with its day where that is another one."""
    return t.time(at) if t.local(at).date() == t.local(now).date() else t.moment(at)
