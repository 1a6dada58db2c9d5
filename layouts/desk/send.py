"""The form by which a file is sent, as it stands on the reports page of whoever may send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from data.vocabulary import Dataset
from layouts.desk.around import button, form, hidden, select, tag
from layouts.parts import data
from layouts.translator import Translator

ENDINGS = ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods,.json"
TEMPLATES = (Dataset.FLOW, Dataset.QUEUE, Dataset.SERVICE, Dataset.PRESENT)


def send_form(
    sources: Sequence[tuple[str, str]],
    may_name: bool,
    mappings: Sequence[str],
    most_mb: int,
    carried: Mapping[str, str],
    t: Translator,
) -> list[Any]:
    """`sources`: name and label; `may_name`: a source nobody knows yet may be written; `carried`: hidden fields."""
    query = f"?lang={t.language}"
    file = html.Label(
        [
            html.Span(t("desk.send.choose"), className="drop-words"),
            html.Small(t("desk.send.limit", limit=most_mb)),
            tag("input", type="file", name="file", accept=ENDINGS, required=True),
        ],
        className="drop",
        **data(most=str(most_mb * 2**20), too_large=t("web.error.desk_too_large", limit=most_mb)),
    )
    choices = list(sources) if len(sources) == 1 else [("", t("desk.send.which_source")), *sources]
    datasets = [("", t("desk.guess")), *((str(name), t.word("dataset", name)) for name in Dataset)]
    more: list[Any] = [
        select("mapping", t("desk.mapping"), [("", t("desk.no_mapping")), *((name, name) for name in mappings)]),
        select("dataset", t("desk.dataset"), datasets),
    ]
    if may_name:
        new = tag("input", type="text", name="new_source", maxlength="80", autoComplete="off")
        more.append(html.Label([html.Span(t("desk.send.new_source")), new], className="field"))
    templates: list[Any] = []
    for name in TEMPLATES:
        templates += [html.A(t.word("dataset", name), href=f"/reports/template/{name}.xlsx{query}"), " "]
    return [
        form(
            "/reports/send",
            [
                *hidden(carried),
                file,
                html.Div(
                    [
                        select("source", t("desk.source"), choices, sources[0][0] if len(sources) == 1 else ""),
                        html.Details([html.Summary(t("desk.send.more")), html.Div(more, className="choices")]),
                        html.Div(
                            [button(t("desk.send.look")), html.Small(t("desk.send.nothing_yet"))], className="acts"
                        ),
                    ],
                    className="send-rest",
                ),
            ],
            class_name="send once",
            encType="multipart/form-data",
        ),
        html.P(
            [
                html.A(t("desk.send.by_phone"), href=f"/reports/form{query}"),
                html.Span([t("desk.send.templates"), " ", *templates], className="templates"),
            ],
            className="send-also",
        ),
    ]
