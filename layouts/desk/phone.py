"""The form of a shift on a phone: a few large fields, whole in one screen's reach, filled by assets/form/form.js."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from data.types import Site
from data.vocabulary import SERVICE_SECTOR, Service
from layouts.desk.around import select, tag
from layouts.parts import aria, data
from layouts.translator import Translator

KINDS = ("flow", "queue", "service", "present")
SPANS = ("hour", "before", "shift", "shift_before", "other")
USUAL_SHIFTS = (6, 14, 22)  # local hours, where a site's file names none
STATES = ("queued", "sent", "already", "rejected", "corrected")
SENTENCES = (
    *("no_storage", "not_a_number", "no_figure", "no_source", "no_time", "end_first", "no_organisation"),
    *("correcting", "correct", "remove", "remove_sure", "report", "clock_ahead", "clock_behind"),
    *("others_one", "others_other"),
)


def site_choices(site: Site, t: Translator) -> dict[str, Any]:
    """What a site has: its stages, the services of its sectors, the hours at which its shifts begin."""
    services = []
    for sector in site.sectors:
        own = [service for service in Service if SERVICE_SECTOR[service] in (sector, None)]
        choices = [{"value": f"{sector}/{service}", "label": t(f"service.{service}")} for service in own]
        services.append({"label": t(f"sector.{sector}"), "choices": choices})
    stages = [{"value": str(stage), "label": t(f"stage.{stage}")} for stage in site.stages]
    entry = str(site.entry_stage)
    shifts = sorted(site.shifts or USUAL_SHIFTS)
    told = {"site": site.site, "zone": site.zone, "entry": entry, "shifts": shifts}
    return {**told, "stages": stages, "services": services}


def words(t: Translator) -> dict[str, Any]:
    """Sentences that the script says; their facts stay in braces."""
    return {
        **{name: t(f"phone.{name}") for name in SENTENCES},
        "kinds": {name: t(f"phone.kind.{name}") for name in KINDS},
        "states": {name: t(f"phone.state.{name}") for name in STATES},
        "net": {name: t(f"phone.net.{name}") for name in ("online", "ready", "offline", "signed-out")},
    }


def body(
    sites: Sequence[Site],
    site: str,
    sources: Sequence[tuple[str, str]],
    organisation: str,
    account: str,
    other_lang: tuple[str, str],
    t: Translator,
) -> Any:
    """`account`: empty for the person at the machine; `other_lang`: the other language and this page in it."""
    return html.Div(
        [
            html.Header(
                [
                    html.A(t("web.product"), href=f"/reports?lang={t.language}", className="brand"),
                    html.Span("", id="net", role="status"),
                    html.A(
                        other_lang[0].upper(),
                        href=other_lang[1],
                        className="lang",
                        lang=other_lang[0],
                        **aria(label=t(f"word.read_in_{other_lang[0]}")),
                    ),
                ],
                className="phone-top",
            ),
            html.Main(
                [
                    html.H1(t("phone.title")),
                    *([html.P(t("phone.account", account=account), className="quiet")] if account else []),
                    html.Noscript(html.P(t("phone.no_script"), className="told")),
                    html.P("", id="storage", className="told bad", role="alert", hidden=True),
                    html.P("", id="clock", className="told", role="status", hidden=True),
                    html.P(
                        [
                            html.Span(t("phone.signed_out")),
                            " ",
                            html.A(t("phone.sign_in"), href="/login?next=/reports/form"),
                        ],
                        id="signin",
                        className="told",
                        hidden=True,
                    ),
                    html.P("", id="others", className="told", hidden=True),
                    _form(sites, site, sources, organisation, t),
                    html.Section(
                        [
                            html.H2(t("phone.list"), id="title-sent"),
                            html.P(t("phone.none"), id="none", className="quiet"),
                            html.Ol([], id="sent-list"),
                        ],
                        id="sent",
                        **aria(labelledby="title-sent"),
                    ),
                ]
            ),
        ],
        className="phone",
    )


def _form(
    sites: Sequence[Site], site: str, sources: Sequence[tuple[str, str]], organisation: str, t: Translator
) -> Any:
    kinds = [
        html.Label(
            [
                tag("input", type="radio", name="kind", value=name, checked=name == "flow"),
                html.Span(t(f"phone.kind.{name}")),
            ]
        )
        for name in KINDS
    ]
    chosen = sources[0][0] if len(sources) == 1 else ""
    choices = list(sources) if len(sources) == 1 else [("", t("desk.send.which_source")), *sources]
    return html.Form(
        [
            html.Fieldset([html.Legend(t("phone.what"), className="visually-hidden"), *kinds], className="kinds"),
            html.P("", id="correcting", className="told", role="status", hidden=True),
            _block(
                "flow queue service present",
                [
                    select("site", t("word.site"), [(one.site, one.name) for one in sites], site),
                    select("source", t("desk.source"), choices, chosen),
                ],
                only_hidden=len(sites) == 1 and len(sources) == 1,
            ),
            _block("flow queue", [select("stage", t("phone.stage"), [])]),
            _block(
                "service",
                [
                    select("service", t("phone.service"), []),
                    _text("organisation", t("word.organisation"), organisation),
                ],
            ),
            _block(
                "queue",
                [select("lane", t("phone.lane"), [(lane, t(f"lane.{lane}")) for lane in ("general", "priority")])],
            ),
            _block(
                "flow service",
                [
                    select("span", t("phone.when"), [(name, t(f"phone.span.{name}")) for name in SPANS], "hour"),
                    html.P("", id="period", className="period", hidden=True),
                    html.Div(
                        [_moment("start", t), _moment("end", t)], id="period-fields", className="block", hidden=True
                    ),
                ],
            ),
            _block("queue present", [_moment("at", t)]),
            _block(
                "flow", [html.Div([_number(name, t) for name in ("arrivals", "served", "left")], className="numbers")]
            ),
            _block(
                "queue",
                [
                    html.Div([_number(name, t) for name in ("waiting", "counters_open")], className="pair"),
                    html.Div([_number(name, t) for name in ("ticket_issued", "ticket_served")], className="pair"),
                ],
            ),
            _block(
                "service",
                [
                    html.Div([_number(name, t) for name in ("people", "quantity")], className="pair"),
                    _text("unit", t("phone.unit"), ""),
                ],
            ),
            _block("present", [_number("present", t)]),
            _block(
                "queue present",
                [
                    html.Label(
                        [tag("input", type="checkbox", name="at_least"), html.Span(t("phone.at_least"))],
                        className="check",
                    ),
                ],
            ),
            html.P(t("phone.empty_is"), className="quiet"),
            tag("button", type="submit", children=t("phone.send"), className="go"),
        ],
        id="report",
        noValidate=True,
    )


def _block(kinds: str, children: list[Any], only_hidden: bool = False) -> Any:
    """Fields of some kinds of report; the others do not show them."""
    return html.Div(children, className="block one-choice" if only_hidden else "block", **data(**{"for": kinds}))


def _number(name: str, t: Translator) -> Any:
    box = tag("input", type="text", name=name, inputmode="numeric", pattern="[0-9]*", maxlength="7", autoComplete="off")
    return html.Label([html.Span(t(f"phone.number.{name}")), box], className="field number")


def _text(name: str, label: str, value: str) -> Any:
    box = tag("input", type="text", name=name, value=value, maxlength="160", autoComplete="off")
    return html.Label([html.Span(label), box], className="field")


def _moment(name: str, t: Translator) -> Any:
    box = tag("input", type="datetime-local", name=name)
    return html.Label([html.Span(t(f"phone.moment.{name}")), box], className="field")
