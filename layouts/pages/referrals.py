"""`/referrals`: referrals to State services as a flow, by weeks, need, institution, pathway and priority; files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from dash import html

from data.types import REFERRAL_WINDOWS, REFERRALS_BY, Frame, Referrals
from data.vocabulary import Priority
from layouts.desk.around import button, form, hidden, panel, scroll, select, tag
from layouts.parts import aria, data, marks_text
from layouts.referral_flow import flow_picture, flow_sentence
from layouts.referral_tables import by_table, steps_table, weeks_table, withheld_table
from layouts.referral_words import referred_words, share_of, share_words, span_words, state_words
from layouts.translator import Translator

ADDRESS = "/referrals"
ASKED = ("window", "from", "to", "as_of")
FILES = ("xlsx", "csv")
HEADLINES = ("referred", "accepted", "closed", "overdue")


def body(
    frame: Frame,
    told: Referrals,
    asked: Mapping[str, str],
    plain: Mapping[str, str],
    limits: Mapping[Priority, timedelta],
    limits_source: str,
    threshold: int | None,
    t: Translator,
) -> list[Any]:
    """`asked`: the words of the address as written; `plain`: site, language and look of it; `threshold`: under which
    counts are reserved, None for whoever sees them all."""
    query = {name: asked[name] for name in ASKED if asked.get(name)}
    newest = [] if told.newest is None else [html.Span(t("referrals.newest", received=told.newest), className="quiet")]
    stamps = [*newest, *marks_text(frame, t)]
    parts: list[Any] = [
        html.Div(
            [
                html.H1(t("referrals.title")),
                html.Span(frame.site.name, className="who-site"),
                html.Span(stamps, className="stamps"),
            ],
            className="page-title",
        ),
        *([html.P(t("frozen.says", moment=frame.scope.as_of), className="notice")] if frame.scope.as_of else []),
        panel("referrals-ask", t("referrals.ask"), [_filters(frame, told, asked, plain, t)], class_name="who-ask"),
    ]
    if not told.reported:
        parts.append(
            panel("referrals-flow", span_words(told.window, t), [html.P(t("referrals.nothing"), className="notice")])
        )
    else:
        parts += [_headlines(told, t), _flow(told, t), *_tables(told, limits, t), _withheld(told, t)]
    parts.append(_how(told, limits, limits_source, threshold, t))
    parts.append(
        panel(
            "referrals-files",
            t("referrals.files"),
            [
                html.P(t("referrals.files_say")),
                html.P(
                    [
                        html.A(
                            t(f"referrals.file.{name}"),
                            href=f"{ADDRESS}.{name}?{urlencode({**plain, **query})}",
                            className="act quiet-act",
                        )
                        for name in FILES
                    ],
                    className="who-files",
                ),
            ],
        )
    )
    return parts


def _headlines(told: Referrals, t: Translator) -> Any:
    """Four numbers, each with x of y and what it was as many weeks before."""
    cards = []
    for name in HEADLINES:
        if name == "referred":
            value, beside = referred_words(told.total, t), ""
            before = referred_words(told.before, t)
            plain = "" if told.total.hidden else str(round(told.total.referred))
        else:
            value = share_words(told.total, name, t) or state_words(told.total, name, t)
            beside = state_words(told.total, name, t) if share_of(told.total, name) is not None else ""
            before = share_words(told.before, name, t) or state_words(told.before, name, t)
            share = share_of(told.total, name)
            plain = "" if share is None else str(round(share, 4))
        cards.append(
            html.Div(
                [
                    html.Span(t(f"referrals.head.{name}"), className="kpi-label"),
                    html.B(value, className="kpi-value"),
                    html.Span(beside, className="kpi-beside"),
                    html.Small(t.n("referrals.before", len(told.weeks), value=before)),
                ],
                className="referral-kpi",
                **data(kpi=f"referrals_{name}", value=plain),
            )
        )
    return html.Section(
        [html.H2(t("panel.headlines.title"), id="title-referral-heads", className="visually-hidden"), *cards],
        className="panel referral-kpis",
        **data(panel="referrals-headlines"),
        **aria(labelledby="title-referral-heads"),
    )


def _flow(told: Referrals, t: Translator) -> Any:
    weeks = weeks_table(told, t)
    return panel(
        "referrals-flow",
        t("referrals.flow"),
        [
            flow_picture(told.total, t),
            html.P(flow_sentence(told.total, t), className="chart-sentence"),
            html.Details(
                [html.Summary(t("word.see_table")), scroll(steps_table(told.total, t), t("referrals.flow"))],
                className="twin",
            ),
            html.H3(t("referrals.by_week"), className="referral-h3"),
            scroll(weeks, t("referrals.by_week")),
        ],
        says=span_words(told.window, t),
    )


def _tables(told: Referrals, limits: Mapping[Priority, timedelta], t: Translator) -> list[Any]:
    made = [
        panel(
            f"referrals-{by}",
            t(f"referrals.by.{by}"),
            [scroll(by_table(told, by, limits, t), t(f"referrals.by.{by}"))],
            class_name="referral-by",
        )
        for by in REFERRALS_BY
    ]
    return [html.Div(made, className="referral-tables")]


def _withheld(told: Referrals, t: Translator) -> Any:
    rows = (
        [scroll(withheld_table(told, t), t("referrals.withheld"))]
        if told.withheld
        else [html.P(t("referrals.withheld_none"), className="quiet")]
    )
    return panel("referrals-withheld", t("referrals.withheld"), [html.P(t("referrals.withheld_say")), *rows])


def _how(
    told: Referrals, limits: Mapping[Priority, timedelta], source: str, threshold: int | None, t: Translator
) -> Any:
    words, _, url = source.partition(", http")
    link: list[Any] = [html.A(words, href=f"http{url}", rel="noreferrer")] if url else [source]
    hours = ", ".join(
        f"{t(f'priority.{name}')} {t.duration(limit / timedelta(minutes=1))}" for name, limit in limits.items()
    )
    said: list[Any] = [
        html.Li(t("referrals.how.week")),
        html.Li(t("referrals.how.closed")),
        html.Li([t("referrals.how.overdue", limits=hours), " ", t("word.source"), " ", *link, "."]),
        html.Li(t("referrals.how.time")),
        html.Li(t("referrals.how.missing")),
        html.Li(
            t("referrals.how.masked_none") if threshold is None else t("referrals.how.masked", threshold=threshold)
        ),
    ]
    if told.twice:
        said.append(html.Li(t.n("referrals.how.twice", told.twice)))
    if told.sources:
        said.append(html.Li(t("referrals.how.sources", names=", ".join(t.word("source", one) for one in told.sources))))
    return panel("referrals-how", t("referrals.how.title"), [html.Ul(said, className="referral-how")])


def _filters(frame: Frame, told: Referrals, asked: Mapping[str, str], plain: Mapping[str, str], t: Translator) -> Any:
    own = bool(asked.get("from") or asked.get("to"))
    windows = [(name, t(f"referrals.window.{name}")) for name in REFERRAL_WINDOWS]
    if own:
        windows.insert(0, ("", t("who.window.range")))
    kept = {name: asked[name] for name in ("as_of",) if asked.get(name)}
    fields: Sequence[Any] = [
        *hidden({name: plain[name] for name in ("lang", "look")} | kept),
        select("site", t("word.site"), [(one.site, one.name) for one in frame.sites], plain["site"]),
        select("window", t("referrals.period"), windows, "" if own else asked.get("window") or "4w"),
        _date("from", t("who.from"), asked),
        _date("to", t("who.to"), asked),
        button(t("who.show")),
    ]
    return form(ADDRESS, fields, method="get", class_name="who-form")


def _date(name: str, label: str, asked: Mapping[str, str]) -> Any:
    box = tag("input", type="date", name=name, value=asked.get(name, "")[:10])
    return html.Label([html.Span(label), box], className="field")
