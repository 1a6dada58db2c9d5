"""Figures that do not agree, on the pages: sources side by side, figures to confirm, possible duplicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from data.types import Duplicate, Flag, Reconciliation, SourceFigure
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import age, aria, mark, table
from layouts.translator import Translator

SHOWN = 30


def method_word(method: str | None, t: Translator) -> Tree:
    """Sign and word, so that neither colour nor shape says it alone."""
    if method is None:
        return html.Span("–", className="quiet", title=t("word.no_data"))
    sign = t.maybe(f"method_mark.{method}") or ""
    word = html.Span(t.word("method", method))
    return html.Span([html.Span(sign, className="method-mark", **aria(hidden="true")), " ", word], className="method")


def sources_beside(told: Sequence[Reconciliation], t: Translator, site: str) -> list[Any]:
    """One table for each figure, the official source first; what nobody reported is not there."""
    made: list[Any] = []
    for one in told:
        name = f"{t(f'measure.{one.measure}')} · {t(f'stage.{one.stage}')}"
        made.append(html.H3(name, className="figure-name"))
        made.append(html.P(_official(one, t, site), className="official-line"))
        if one.figures:
            keys = ("source", "value", "difference", "definition", "method", "hours", "reports", "as_of")
            rows = [_figure(figure, one, t) for figure in one.figures]
            made.append(
                html.Div(
                    table([t(f"agreement.{key}") for key in keys], rows, "by-source", name),
                    className="table-scroll",
                    tabIndex=0,
                    role="group",
                    **aria(label=name),
                )
            )
        else:
            made.append(html.P(t("agreement.no_sources"), className="quiet"))
    return made


def _official(one: Reconciliation, t: Translator, site: str) -> list[Any]:
    asked = {"site": site, "stage": str(one.stage), "measure": str(one.measure), "lang": str(t.language)}
    link = html.A(t("agreement.choose_official"), href=f"/decide/official?{urlencode(asked)}")
    if one.official is None:
        return [html.B(t("agreement.no_official")), " · ", link]
    facts = {"source": one.official, "set_by": one.set_by or "–", "reason": one.reason or ""}
    if one.since is None:
        return [t("agreement.official_always", **facts), " · ", link]
    return [t("agreement.official_since", **facts, since_at=one.since.isoformat()), " · ", link]


def _figure(one: SourceFigure, told: Reconciliation, t: Translator) -> list[Any]:
    name = t.word("source", one.source)
    beneath = [html.Span(one.organisation, className="beside")] if one.organisation and one.organisation != name else []
    tag: list[Any] = [" ", html.Span(t("agreement.official"), className="tag")] if one.official else []
    value: Any = t("word.no_report")
    if one.value is not None:
        value = ("≥\u00a0" if one.at_least else "") + t.number(round(one.value))
    seen: list[Any] = [t("agreement.hours_of", seen=round(one.hours), asked=round(one.hours_asked))]
    if one.first is not None and one.last is not None:
        seen.append(
            html.Span(t("agreement.days_seen", first=_when(one.first, t), last=_when(one.last, t)), className="beside")
        )
    return [
        html.Span([html.Span(name), *tag, *beneath]),
        html.B(value),
        _difference(one, told, t),
        one.definition or html.Span(t("agreement.no_definition"), className="quiet"),
        method_word(one.method, t),
        html.Span(seen),
        t.number(one.reports),
        age(one.as_of),
    ]


def _when(moment: Any, t: Translator) -> str:
    return f"{t.date(moment)} {t.time(moment)}"


def _difference(one: SourceFigure, told: Reconciliation, t: Translator) -> Any:
    if one.official or told.official is None:
        return html.Span(
            "–", className="quiet", title=t("agreement.official" if one.official else "agreement.no_official")
        )
    if one.difference is None:
        return html.Span(t("agreement.not_comparable"), className="quiet")
    rounded = round(one.difference)
    if rounded == 0:
        said: list[Any] = [t("agreement.same")]
    else:
        people = ("+" if rounded > 0 else "") + t.number(rounded)
        share = one.difference_share
        signed = "–" if share is None else ("+" if share > 0 else "−") + t.percent(abs(share))
        said = [html.B(t("agreement.differs", people=people, signed=signed))]
    if one.flagged:
        limit = t("agreement.over_limit", limit_share=told.limit_share)
        said = [mark("alert"), " ", *said, html.Span(limit, className="beside")]
    if one.compared < one.periods:
        counted = t("agreement.compared", compared=one.compared, periods=one.periods)
        said.append(html.Span(counted, className="beside"))
    return html.Span(said, className="difference")


def flag_sentence(flag: Flag, t: Translator) -> str:
    """What is asked, in a sentence; without figures where the audience may not see them."""
    if not flag.facts:
        return t(f"flag_code.{flag.code}")
    facts = {name: value for name, value in flag.facts.items() if name != "dimension"}
    facts["dimension_name"] = " + ".join(
        t.word("dimension", part) for part in str(flag.facts.get("dimension", "")).split(" + ")
    )
    alone = flag.code == "served_over_present" and flag.facts.get("arrived") is None
    return t(f"flag.{flag.code}{'_alone' if alone else ''}", **facts)


def flag_subject(flag: Flag, t: Translator) -> str:
    """Which figure it is: measure and stage, or service and organisation."""
    key: Mapping[str, str] = flag.key
    if "service" in key:
        words = [t.word("service", key["service"]), key.get("organisation", ""), key.get("place", "")]
        words.append(t.word("amount", key.get("amount", "")))
    else:
        words = [t.word("measure", key.get("measure", "")), t.word("stage", key.get("stage", ""))]
        words += [t.word("lane", key["lane"])] if key.get("lane", "general") != "general" else []
    return " · ".join(word for word in words if word)


def flag_period(flag: Flag, t: Translator) -> str:
    hours = (flag.end - flag.start).total_seconds() / 3600
    if hours <= 1:
        return f"{t.date(flag.start)} {t.time(flag.start)}"
    return t.date(flag.start) if hours <= 25 else f"{t.date(flag.start)} – {t.date(flag.end)}"


def doubts_table(flags: Sequence[Flag], t: Translator) -> Any:
    if not flags:
        return html.P(t("agreement.no_doubts"), className="quiet")
    rows: list[list[Any]] = [
        [
            flag_subject(flag, t),
            flag_period(flag, t),
            t.word("source", flag.source),
            flag_sentence(flag, t),
            html.A(t("agreement.give_reason"), href=f"/decide/flag/{flag.flag}?lang={t.language}"),
        ]
        for flag in flags[:SHOWN]
    ]
    keys = ("figure", "period", "source", "question", "decide")
    made: list[Any] = [table([t(f"agreement.{key}") for key in keys], rows, "doubts cards", t("panel.doubts.title"))]
    if len(flags) > SHOWN:
        made.append(html.P(t("agreement.more_doubts", shown=SHOWN), className="quiet"))
    return made


def duplicates_table(found: Sequence[Duplicate], t: Translator) -> Any:
    if not found:
        return html.P(t("agreement.no_duplicates"), className="quiet")
    rows: list[list[Any]] = []
    for one in found[:SHOWN]:
        decided = [] if one.verdict == "open" else [html.Span(_decided(one, t), className="beside")]
        link = t("agreement.decide" if one.verdict == "open" else "agreement.change")
        rows.append(
            [
                html.Span([html.B(t.word("service", one.service)), " · ", one.place or t("agreement.whole_site")]),
                t.date(one.day),
                html.Span(_said(one, t)),
                html.Span([verdict_words(one, one.verdict, t), *decided]),
                html.A(link, href=f"/decide/duplicate/{one.flag}?lang={t.language}"),
            ]
        )
    keys = ("word.service", "word.day", "agreement.who_says", "word.state", "agreement.decide")
    return table([t(key) for key in keys], rows, "duplicates", t("panel.duplicates.title"))


def _said(one: Duplicate, t: Translator) -> list[Any]:
    parts: list[Any] = []
    for party, facts in ((one.first, one.facts.get("first")), (one.second, one.facts.get("second"))):
        said = t("agreement.said", organisation=party_name(party, one), amount=amount_words(facts, t))
        parts += [html.Span(said, className="party"), html.Br()]
    return parts[:-1]


def party_name(party: tuple[str, str], one: Duplicate) -> str:
    """The organisation; with its source where one organisation came twice."""
    source, organisation = party
    return f"{organisation} ({source})" if one.first[1] == one.second[1] else organisation


def amount_words(facts: Mapping[str, Any] | None, t: Translator) -> str:
    if facts is None:
        return t("word.masked")
    said = []
    if facts.get("quantity") is not None:
        said.append(f"{t.number(facts['quantity'])} {t.word('unit', str(facts.get('unit') or ''))}".strip())
    if facts.get("people") is not None:
        said.append(t("word.contacts", number=facts["people"]))
    return " · ".join([*said, *([str(facts["shift"])] if facts.get("shift") else [])]) or t("agreement.nothing_said")


def verdict_words(one: Duplicate, verdict: str, t: Translator) -> str:
    counts = party_name(one.second if verdict == "second-counts" else one.first, one)
    return t(f"verdict.{verdict}", counts=counts)


def _decided(one: Duplicate, t: Translator) -> str:
    return t(
        "agreement.decided_by",
        verdict_text=t("agreement.onwards") if one.onwards else t.date(one.day),
        who=one.who or "–",
        decided_at=one.decided_at,
        reason=one.reason or "",
    )
