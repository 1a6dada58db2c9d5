"""A board as a page: the Dash layout of its view and the first HTML, made once for everybody who asks for the same."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property

from callbacks.asking import answered
from dashboard.app import layout_json
from dashboard.coding import coded
from dashboard.encoded import Encoded
from dashboard.view import View
from data.types import Site
from layouts import ids, replay, tokens
from layouts.board import Board, Figure, Tree
from layouts.elements import plain_tree
from layouts.html import to_html
from layouts.pages import PAGES
from layouts.translator import translator
from layouts.what_if import question

# What a page lets one person ask, below what everybody sees; answered in callbacks/register.py.
QUESTIONS = {"queue": question}
ASKED_AT = 3  # after the headlines: what would help stands before the tables


@dataclass(frozen=True)
class Drawn:
    """One page as it stands, for everybody with the same view and rights."""

    html: str
    layout: bytes

    @cached_property
    def layout_brotli(self) -> bytes:
        return coded(self.layout, "br")


class Drawings:
    """Pages drawn, by what they show and how; as many as fit, the oldest go."""

    def __init__(self, keep: int = 256) -> None:
        self._keep = keep
        self._made: OrderedDict[tuple[str, View], Drawn] = OrderedDict()

    def of(self, encoded: Encoded, view: View, site: Site) -> Drawn:
        key = (encoded.etag, view)
        made = self._made.get(key)
        if made is None:
            t = translator(view.lang, site.zone)
            asked = encoded.board
            board = replace(asked, figures=_dressed(asked, view), picks={**asked.picks, **dict(view.asks)})
            component = PAGES[view.page].frame(board, view.look, t, view.distance)
            if view.replay:
                component["main"].children.children.insert(0, replay.bar(board, view.look, view.replay, t))
            # A question is about one moment.
            ask = None if view.replay else QUESTIONS.get(view.page)
            if ask is not None:
                said = answered(board.asked_about, board.clock["now"], dict(view.asks), t)
                component["main"].children.children.insert(ASKED_AT, ask(board, view.look, said, site.entry_stage, t))
            made = self._made[key] = Drawn(to_html(component), layout_json(without_words(plain_tree(component))))
            while len(self._made) > self._keep:
                self._made.popitem(last=False)
        return made


def without_words(tree: Tree) -> Tree:
    """The layout with its words left out: they stand in the first HTML, and assets/js/words.js keeps them."""
    if isinstance(tree, list):
        return [without_words(part) for part in tree]
    if not isinstance(tree, dict) or "props" not in tree:
        return tree
    props = dict(tree["props"])
    is_words = str(props.get("id", "")).startswith(ids.text(""))
    props["children"] = None if is_words else without_words(props.get("children"))
    return {**tree, "props": props}


def _dressed(board: Board, view: View) -> dict[str, Figure]:
    """Figures as a browser draws them: the look's colours for their names, and its template."""
    template = tokens.template(view.look, view.distance)
    resolved = {name: tokens.resolve(figure, view.look) for name, figure in board.figures.items()}
    return {
        name: {**figure, "layout": {**figure.get("layout", {}), "template": template}}
        for name, figure in resolved.items()
    }
