"""A board: everything one page shares with all who watch it. Built once per version, encoded once.

As JSON:
    version    "<data version>.<tick>", compared for equality only
    as_of      newest report behind the board, ISO 8601 with offset, or null
    clock      {"now", "speed", "replay"}: the browser counts ages on it
    frozen     the moment the board was asked as of, ISO 8601, or null: then it follows the store
    page, site, lang, window
    picks      what somebody picked besides, as it stands in the address: from, to, compare, by, presence
    asked_about  the entry stage's queue, which a question on the page is about: the numbers of callbacks.asking
    past_surges  {"2018-10-31": its name}: days of the site to compare with
    sites      [{"site", "name", "kind"}]: where else one may look
    marks      ["reconstruction" | "simulation" | "replay"], the words are in texts["marks"]
    kpis       {name: KpiView as a dict}
    figures    {name: plotly figure as a plain dict; colours are token names such as "@arrivals"}
    texts      {name: a string, or a component tree as Dash encodes it, or a list of both}

A page is a function of its board: `page.frame(board, look, t)` gives the Dash layout, the first HTML and, for
`/lite`, the whole page. A change of the board reaches an open page as a delta of this JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from layouts.elements import plain_tree

Figure = dict[str, Any]
Tree = Any  # str | component dict | list of both


@dataclass(frozen=True)
class KpiView:
    """A headline ready to show. `text`, `note`, `origin` and `label` are in the board's language."""

    name: str
    label: str
    value: float | int | None
    text: str
    note: str = ""
    origin: str = ""
    state: str = "ok"
    as_of: str | None = None
    bound: str | None = None  # "low": at least
    word: str | None = None  # goes to data-text: a word instead of a number
    level: str | None = None
    approved: str | None = None  # who vouches for it
    method: str | None = None
    coverage: str = ""  # method and hours observed, in words
    holds: str = ""  # the condition of value and interval, in words


@dataclass(frozen=True)
class Board:
    version: str
    page: str
    site: str
    lang: str
    window: str
    as_of: str | None
    clock: dict[str, Any]
    frozen: str | None = None
    picks: dict[str, str] = field(default_factory=dict)
    past_surges: dict[str, str] = field(default_factory=dict)
    asked_about: dict[str, Any] | None = None
    marks: tuple[str, ...] = ()
    sites: tuple[dict[str, str], ...] = ()  # for the switch: site, name, kind
    kpis: dict[str, KpiView] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    texts: dict[str, Tree] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values only; components become what Dash itself would send."""
        plain = {k: v for k, v in self.__dict__.items() if k not in ("kpis", "texts")}
        return {
            **plain,
            "marks": list(self.marks),
            "sites": list(self.sites),
            "kpis": {name: asdict(view) for name, view in self.kpis.items()},
            "texts": {name: plain_tree(tree) for name, tree in self.texts.items()},
        }
