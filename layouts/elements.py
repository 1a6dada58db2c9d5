"""Pieces of HTML as Dash sends them, made directly: what a board's texts are made of.

`elements.Td("9", className="sum")` is what `dash.html.Td("9", className="sum")` becomes on its way to the browser. A
board has a thousand of them and is built at every version; making a component of each first costs fifty times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NAMESPACE = "dash_html_components"


class Element(dict[str, Any]):
    """An element whose children are plain already, down to the last: nobody needs to look into it again."""


def plain_tree(tree: Any) -> Any:
    """Components become what Dash itself would send."""
    if type(tree) is str or type(tree) is Element:
        return tree
    if isinstance(tree, list | tuple):
        return [plain_tree(part) for part in tree]
    if hasattr(tree, "to_plotly_json"):
        return plain_tree(tree.to_plotly_json())
    if isinstance(tree, dict):
        return {key: plain_tree(value) for key, value in tree.items()}
    return tree


def _element(kind: str) -> Callable[..., Element]:
    def made(children: Any = None, **props: Any) -> Element:
        if children is not None and type(children) is not str and type(children) is not Element:
            children = plain_tree(children)
        return Element(props={"children": children, **props}, type=kind, namespace=NAMESPACE)

    return made


A = _element("A")
B = _element("B")
Br = _element("Br")
Button = _element("Button")
Caption = _element("Caption")
Dd = _element("Dd")
Details = _element("Details")
Div = _element("Div")
Dl = _element("Dl")
Dt = _element("Dt")
Form = _element("Form")
H3 = _element("H3")
I = _element("I")  # noqa: E741
Label = _element("Label")
Li = _element("Li")
Nav = _element("Nav")
P = _element("P")
Small = _element("Small")
Span = _element("Span")
Summary = _element("Summary")
Table = _element("Table")
Tbody = _element("Tbody")
Td = _element("Td")
Th = _element("Th")
Thead = _element("Thead")
Tr = _element("Tr")
Ul = _element("Ul")
