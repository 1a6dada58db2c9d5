"""A tree of Dash components as HTML: the first document of a page and the pages without script."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

VOID = {"br", "hr", "img", "input", "meta", "link", "col"}
ATTRIBUTE = {
    "htmlFor": "for",
    "colSpan": "colspan",
    "rowSpan": "rowspan",
    "tabIndex": "tabindex",
    "encType": "enctype",
    "dateTime": "datetime",
    "autoComplete": "autocomplete",
}
# What Dash components look like without their script.
BOOTSTRAP = {
    "Container": ("div", "container-fluid"),
    "Row": ("div", "row"),
    "Col": ("div", "col"),
    "Badge": ("span", "badge"),
    "Nav": ("ul", "nav"),
    "NavItem": ("li", "nav-item"),
    "NavLink": ("a", "nav-link"),
    "Table": ("table", "table"),
}
FLAGS = {"open", "required", "disabled", "checked", "multiple", "selected", "hidden"}
FIRST = ("id", "data-kpi", "data-value", "data-text", "data-state", "data-as-of", "data-panel", "data-version")
OWN_PROPS = {
    "className",
    "children",
    "figure",
    "config",
    "responsive",
    "n_clicks",
    "external_link",
    "fluid",
    "active",
    "summary",
}


class Html(str):
    """HTML that was made already, its words escaped: a table of thousands of cells is not made of elements first."""


def to_html(tree: Any) -> str:
    if tree is None:
        return ""
    if type(tree) is Html:
        return tree
    if isinstance(tree, list | tuple):
        return "".join(to_html(part) for part in tree)
    if hasattr(tree, "to_plotly_json"):
        tree = tree.to_plotly_json()
    if isinstance(tree, Mapping) and "type" in tree and "props" in tree:
        return _element(str(tree["type"]), str(tree.get("namespace", "")), tree["props"])
    return escape(str(tree), quote=False)


def _element(kind: str, namespace: str, props: Mapping[str, Any]) -> str:
    if kind == "Graph":
        # The chart itself needs its script; its place and its name are there from the start.
        return f'<div id="{escape(str(props.get("id", "")))}" class="{escape(str(props.get("className", "")))}"></div>'
    tag, own_class = BOOTSTRAP.get(kind, (kind.lower(), "")) if "bootstrap" in namespace else (kind.lower(), "")
    classes = " ".join(
        word for word in (own_class, "active" if props.get("active") else "", props.get("className") or "") if word
    )
    attributes = (f' class="{escape(classes)}"' if classes else "") + "".join(
        _attribute(name, props[name]) for name in sorted(props, key=_place) if name not in OWN_PROPS
    )
    body = "" if tag in VOID else f"{to_html(props.get('children'))}</{tag}>"
    return f"<{tag}{attributes}>{body}"


def _place(name: str) -> tuple[int, str]:
    """One order for all: Dash gives data-… and aria-… in an order of their own at each start."""
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    shown = ATTRIBUTE.get(name, name)
    if name == "style":
        value = ";".join(f"{_kebab(key)}:{part}" for key, part in value.items())
    elif shown in FLAGS:
        return f" {shown}" if value else ""
    return f' {shown}="{escape(str(value))}"'


def _kebab(name: str) -> str:
    return name if name.startswith("--") else "".join(f"-{c.lower()}" if c.isupper() else c for c in name)
