"""`/resources`: who has what now, by group, with its state, what of it is free, where it stands and how old that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from data.types import Frame, Holding, KindTotal, Register
from data.vocabulary import ResourceGroup, State
from layouts import elements
from layouts.desk.around import panel, scroll
from layouts.parts import data, marks_text, table
from layouts.resource_words import (
    available_words,
    kind_words,
    seen_words,
    state_words,
    total_words,
    with_unit,
)
from layouts.translator import Translator

ADDRESS = "/resources"
NEED = "/resources/need"
REQUESTS = "/requests"
FILES = ("xlsx", "csv")
HEADS = ("kind", "organisation", "state", "quantity", "available", "place", "updated")


def body(frame: Frame, found: Register, plain: Mapping[str, str], t: Translator) -> list[Any]:
    """`plain`: site, language and look of the address."""
    then = {} if frame.scope.as_of is None else {"as_of": frame.scope.as_of.isoformat()}
    return [
        *heading(frame, t("resources.title"), t),
        html.P(t("resources.says"), className="who-says"),
        *ways(ADDRESS, plain, then, t),
        *_silent(found, t),
        *(
            _group(group, found, frame, t)
            for group in ResourceGroup
            if any(one.group is group for one in found.holdings)
        ),
        *_nobody(found, t),
        _files(plain, then, t),
    ]


def heading(frame: Frame, title: str, t: Translator) -> list[Any]:
    """What the page is about, its marks and how old its data are; at an earlier moment, which."""
    stamps = marks_text(frame, t)
    parts: list[Any] = [
        html.Div(
            [
                html.H1(title),
                html.Span(frame.site.name, className="who-site"),
                html.Span(_as_of(frame, t), className="quiet"),
                html.Span(stamps, className="stamps"),
            ],
            className="page-title",
        )
    ]
    if frame.scope.as_of is not None:
        parts.append(html.P(t("frozen.says", moment=frame.scope.as_of), className="notice"))
    return parts


def _as_of(frame: Frame, t: Translator) -> str:
    if frame.data_as_of is None:
        return t("word.no_report")
    return t("resources.data_of", seen=seen_words(frame.data_as_of, frame.clock.now, t))


def ways(here: str, plain: Mapping[str, str], more: Mapping[str, str], t: Translator) -> list[Any]:
    """From each of these pages to the others, at the same place and moment."""
    query = urlencode({**plain, **more})
    pages = (
        (ADDRESS, "resources.link"),
        (NEED, "need.link"),
        (REQUESTS, "requests.link"),
        ("/coverage/who", "who.link"),
    )
    links = [html.A(t(words), href=f"{path}?{query}") for path, words in pages if path != here]
    return [html.P([part for link in links for part in (link, " ")], className="ways")]


def _silent(found: Register, t: Translator) -> list[Any]:
    if not found.silent_groups:
        return []
    names = ", ".join(t(f"resource_group.{group}").lower() for group in found.silent_groups)
    return [
        html.P(
            [html.B(t("resources.silent_groups")), ": ", names, ". ", html.Span(t("resources.silent_says"))],
            className="notice no-report",
            role="status",
            **data(silent=" ".join(map(str, found.silent_groups))),
        )
    ]


def _nobody(found: Register, t: Translator) -> list[Any]:
    """Institutions that report here, and nothing of what they have."""
    if not found.silent_organisations:
        return []
    names = [html.Li(name) for name in found.silent_organisations]
    inside = [
        html.Summary(t.n("resources.silent_count", len(found.silent_organisations))),
        html.Ul(names, className="history"),
    ]
    says = t("resources.silent_organisations_say")
    return [panel("resources-silent", t("resources.silent_organisations"), [html.Details(inside)], says)]


def _group(group: ResourceGroup, found: Register, frame: Frame, t: Translator) -> Any:
    rows: list[list[Any]] = []
    for total in found.totals:
        if total.group is not group:
            continue
        mine = [one for one in found.holdings if _of(one, total)]
        rows += [_holding(one, frame, t) for one in mine]
        if len(mine) > 1:
            rows.append(_total(total, t))
    made = table([t(f"resources.{name}") for name in HEADS], rows, "resources cards", t(f"resource_group.{group}"))
    return panel(f"resources-{group}", t(f"resource_group.{group}"), [scroll(made, t(f"resource_group.{group}"))])


def _of(one: Holding, total: KindTotal) -> bool:
    return (one.group, one.kind.casefold(), one.unit) == (total.group, total.kind.casefold(), total.unit)


def _holding(one: Holding, frame: Frame, t: Translator) -> list[Any]:
    old = one.standing is not State.OK
    seen: list[Any] = [seen_words(one.at, frame.clock.now, t)]
    if old:
        seen = [elements.Span(t("resources.stale"), className="stale-mark"), " ", *seen]
    name: list[Any] = [kind_words(one.kind, one.group, t)]
    if one.part:
        name.append(elements.Span(t("resources.part"), className="beside"))
    facts = data(
        quantity=amount_plain(one.quantity),
        available=amount_plain(one.available),
        at=one.at.isoformat(),
        stale=str(int(old)),
    )
    return [
        elements.Span(name, className="named-kind"),
        one.organisation,
        state_words(one.state, t),
        elements.Span(with_unit(one.quantity, one.unit, t), **facts),
        available_words(one.available, False, t),
        one.place or t("resources.whole_site"),
        elements.Span(seen),
    ]


def amount_plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _total(total: KindTotal, t: Translator) -> list[Any]:
    facts = data(total=amount_plain(total.quantity), old=amount_plain(total.old_quantity))
    return [
        elements.B(t("resources.total", kind=kind_words(total.kind, total.group, t))),
        t.n("resources.institutions", len(total.organisations)),
        "",
        elements.B(total_words(total, t), **facts),
        elements.B(available_words(total.available, total.available_at_least, t)),
        "",
        "",
    ]


def _files(plain: Mapping[str, str], then: Mapping[str, str], t: Translator) -> Any:
    query = urlencode({**plain, **then})
    links: Sequence[Any] = [
        html.A(t(f"resources.file.{name}"), href=f"{ADDRESS}.{name}?{query}", className="act quiet-act")
        for name in FILES
    ]
    return panel(
        "resources-files",
        t("who.files"),
        [html.P([part for link in links for part in (link, " ")], className="who-files")],
        t("resources.files_say"),
    )
