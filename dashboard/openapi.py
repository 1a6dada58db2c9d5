"""What /api/v1/openapi.json says: OpenAPI 3.1, written from the product's own words."""

from __future__ import annotations

from callbacks.asked import LONGEST
from callbacks.referrals import STEPS, TABLES
from callbacks.who import WINDOWS
from dashboard.openapi_resources import NEED_ROW, REQUEST_ROW, RESOURCE_ROW
from dashboard.openapi_shapes import (
    AS_OF,
    CLOCK_ROW,
    DELIVERY,
    ERROR,
    FORMAT,
    FROM,
    LANG,
    MOMENT,
    PART_ROW,
    PRESENCE_ROW,
    PUBLISHED_ROW,
    RATES_ROW,
    RECEIPT,
    REFERRAL_ROW,
    REVISION_ROW,
    SERIES_ROW,
    SITE,
    SOURCE_ROW,
    TEXT,
    TO,
    WHO_ROW,
    Schema,
    parameter,
    words,
)
from data.referral_shapes import REFERRAL_WINDOWS
from data.vocabulary import (
    EVERY_LANE,
    TOLD_BY,
    AlertState,
    Assessment,
    Dataset,
    Lane,
    Measure,
    Need,
    QuestionState,
    Sector,
    Stage,
)
from data.who_shapes import ACROSS, COUNTS


def _rows(item: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["site", "as_of", "rows"],
        "properties": {"site": TEXT, "as_of": {"type": ["string", "null"]}, "rows": {"type": "array", "items": item}},
    }


def _json(schema: Schema, says: str) -> Schema:
    return {"description": says, "content": {"application/json": {"schema": schema}}}


REFUSALS: Schema = {
    "400": _json(ERROR, "A value that does not exist, with the ones that do."),
    "401": _json(ERROR, "Nobody is signed in, or the key is not valid."),
    "403": _json(ERROR, "Not among the rights of this account or key."),
    "404": _json(ERROR, "No such site."),
}


def _get(says: str, schema: Schema, *parameters: Schema) -> Schema:
    answers = {"200": {**_json(schema, says)}, **REFUSALS}
    answers["200"]["content"]["text/csv"] = {"schema": TEXT}
    return {"get": {"summary": says, "parameters": [SITE, *parameters, FORMAT], "responses": answers}}


def _act(says: str, fields: Schema, required: tuple[str, ...] = ()) -> Schema:
    """`by` counts only from the machine itself: whoever has an account or a key acts under its name."""
    body = {"type": "object", "properties": fields, **({"required": list(required)} if required else {})}
    number = parameter("alert", {"type": "integer"}, "Number of the alert.", required=True, place="path")
    return {
        "post": {
            "summary": says,
            "parameters": [number, LANG],
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {
                "200": _json({"type": "object"}, "The alert as GET /alerts tells it."),
                "409": _json(ERROR, "The alert is over, or still to be confirmed."),
                "415": _json(ERROR, "No JSON was sent."),
                "422": _json(ERROR, "Something is missing or out of bounds."),
                **REFUSALS,
            },
        }
    }


DESCRIPTION: Schema = {
    "openapi": "3.1.0",
    "info": {
        "title": "Caudal",
        "version": "1",
        "description": "Reports in; series, queue, coverage, alerts and deliveries out. No report is not zero.",
    },
    "servers": [{"url": "/api/v1"}],
    "components": {
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer", "description": "caudal token add"},
            "session": {"type": "apiKey", "in": "cookie", "name": "caudal_session"},
        }
    },
    "security": [{"key": []}, {"session": []}, {}],
    "paths": {
        "/headlines": _get(
            "The headlines of the pages, each with the three parts of its confidence and the address to ask about it.",
            _rows({"type": "object"}),
            AS_OF,
            LANG,
        ),
        "/series": _get(
            "People per hour, operational day, week or month of one series.",
            {
                "type": "object",
                "required": ["site", "measure", "stage", "unit", "step", "as_of", "rows"],
                "properties": {
                    "site": TEXT,
                    "measure": words(Measure),
                    "stage": words(Stage),
                    "unit": TEXT,
                    "step": words(LONGEST),
                    "as_of": {"type": ["string", "null"]},
                    "rows": {"type": "array", "items": SERIES_ROW},
                },
            },
            parameter("measure", words(Measure), "Measure; served without it."),
            parameter("stage", words(Stage), "Stage; the entry stage without it."),
            parameter("lane", words((EVERY_LANE, *Lane)), "Lane; everybody, whichever lane they took, without it."),
            parameter("source", TEXT, "Source; the official one without it."),
            parameter("step", words(LONGEST), "Hours, operational days, weeks or months."),
            parameter("hxl", words(("0", "1")), "1 puts a row of HXL tags under the header of the CSV."),
            FROM,
            TO,
            AS_OF,
        ),
        "/reconciliation": _get(
            "One figure by every source, side by side and never added up; the official one first.",
            _rows(SOURCE_ROW),
            parameter("stage", words(Stage), "Stage; the entry stage without it."),
            parameter("measure", words(Measure), "Measure; served without it."),
            FROM,
            TO,
            AS_OF,
        ),
        "/breakdown": _get(
            "People of each operational day told apart; parts, unclassified and reserved ones sum to its total.",
            _rows(PART_ROW),
            parameter("by", words(TOLD_BY), "What they are told apart by; category without it."),
            parameter("measure", words(Measure), "Measure; served without it."),
            parameter("stage", words(Stage), "Stage; the entry stage without it."),
            parameter("source", TEXT, "Source; the official one without it."),
            FROM,
            TO,
            AS_OF,
        ),
        "/presence": _get(
            "People in the centre by the hour: last count + arrivals - exits and onward departures.",
            _rows(PRESENCE_ROW),
            FROM,
            TO,
            AS_OF,
        ),
        "/published": _get(
            "Figures that others printed beside what the engine would have told then and what came of it.",
            _rows(PUBLISHED_ROW),
            AS_OF,
        ),
        "/compare": _get(
            "Another day's cumulative arrivals and served by the site's clock, beside the last day of the range.",
            _rows(CLOCK_ROW),
            parameter("compare", TEXT, "yesterday (without it), last-week, usual, or a local date."),
            FROM,
            TO,
            AS_OF,
        ),
        "/queue": _get("Every station now, and the pressure.", _rows({"type": "object"}), AS_OF),
        "/coverage": _get(
            "Sectors and services against their standards, day by day.", _rows({"type": "object"}), FROM, TO, AS_OF
        ),
        "/who": _get(
            "Who does what, where and when: contacts by service and by organisation, shift, day, month or place.",
            _rows(WHO_ROW),
            parameter("across", words(ACROSS), "What the columns are; organisation without it."),
            parameter("sector", words(Sector), "Only this sector."),
            parameter("organisation", TEXT, "Only this organisation."),
            parameter("place", TEXT, "Only this place; - is the site as a whole."),
            parameter("count", words(COUNTS), "Of whom; everybody without it."),
            parameter("window", words(WINDOWS), "A named period; today without it, from and to go first."),
            FROM,
            TO,
            AS_OF,
        ),
        "/referrals": _get(
            "Referrals to State services by whole weeks, as a range and week by week; tables are never crossed.",
            _rows(REFERRAL_ROW),
            parameter("by", words(TABLES), "The table; need without it. withheld: violence, torture and trafficking."),
            parameter("need", words(Need), "Only this need; of a withheld one whole weeks only."),
            parameter("step", words(STEPS), "Only the weeks, or only the range; both without it."),
            parameter("window", words(REFERRAL_WINDOWS), "Named weeks; 4w without it, from and to go first."),
            FROM,
            TO,
            AS_OF,
        ),
        "/alerts": _get(
            "Alerts with their transitions.",
            _rows({"type": "object"}),
            parameter("state", words(("open", "closed", "all", *AlertState)), "Which alerts; open without it."),
            parameter("rule", TEXT, "Only alerts of this rule."),
            parameter("level", words(("watch", "alert", "critical")), "Only alerts of this level."),
            parameter("outcome", words((*Assessment, "none")), "Only alerts found to be this; none: not yet verified."),
            FROM,
            TO,
            AS_OF,
            LANG,
        ),
        "/alerts/{alert}/acknowledge": _act(
            "Take an open alert: who looks after it, until when.",
            {"note": TEXT, "owner": TEXT, "deadline": MOMENT, "by": TEXT},
        ),
        "/alerts/{alert}/assess": _act(
            "Say what an alert was found to be.",
            {"outcome": words(Assessment), "note": TEXT, "by": TEXT},
            ("outcome", "note"),
        ),
        "/alerts/{alert}/silence": _act(
            "Tell nobody of an alert, or of its whole rule, for at most 24 hours.",
            {
                "reason": TEXT,
                "scope": words(("this", "rule")),
                "until": MOMENT,
                "minutes": {"type": "integer"},
                "by": TEXT,
            },
            ("reason",),
        ),
        "/plan": _get(
            "The contingency plan: in force, proposed and why, and the log of its activations with every task.",
            _rows({"type": "object"}),
            AS_OF,
            LANG,
        ),
        "/questions": _get(
            "Questions about figures with their answers: what the figure said then, and what it says now.",
            _rows({"type": "object"}),
            parameter("state", words(QuestionState), "Only questions in this state."),
            parameter("figure_kind", TEXT, "Only about this headline, or coverage, or who."),
            parameter("owner", TEXT, "Only those that this organisation answers; - is the coordination."),
            parameter("words", TEXT, "Only those in which these words stand."),
            FROM,
            TO,
            AS_OF,
        ),
        "/resources": _get(
            "Who has what now, in which state, how much of it is free, where, and how old that is.",
            _rows(RESOURCE_ROW),
            AS_OF,
        ),
        "/need": _get(
            "What so many people a day take by the standards in force, what there is, and what is short of it.",
            _rows(NEED_ROW),
            parameter("people", {"type": "number", "minimum": 1}, "People a day; three published situations without."),
            parameter("stay", {"type": "number"}, "Hours each person stays; as observed over the last day without it."),
            AS_OF,
        ),
        "/requests": _get(
            "What institutions ask each other for, the newest first, with every offer and every step.",
            _rows(REQUEST_ROW),
            AS_OF,
            LANG,
        ),
        "/revisions": _get(
            "Figures that say something else than they had said: from what to what, when, by whom, why.",
            _rows(REVISION_ROW),
            parameter("measure", words(Measure), "Only this measure."),
            parameter("stage", words(Stage), "Only this stage."),
            parameter("source", TEXT, "Only this source."),
            FROM,
            TO,
            AS_OF,
        ),
        "/reports/completeness": _get(
            "Reports expected, on time, late, missing and not due yet; the two reporting rates as DHIS2 defines them.",
            _rows(RATES_ROW),
            FROM,
            TO,
            AS_OF,
        ),
        "/hooks/{feed}": {
            "post": {
                "summary": "Send one submission of a feed, or several: KoboToolbox or ODK JSON, read by its mapping.",
                "parameters": [parameter("feed", TEXT, "Name of the feed.", required=True, place="path"), LANG],
                "requestBody": {"required": True, "content": {"application/json": {}}},
                "responses": {
                    "201": _json(RECEIPT, "Received; rejected rows are listed."),
                    "200": _json(RECEIPT, "Known already, or it reports nothing."),
                    "409": _json(ERROR, "The feed is paused."),
                    "413": _json(RECEIPT, "Too large."),
                    "422": _json(RECEIPT, "Nothing of it could be read; the issue says why."),
                    **REFUSALS,
                },
            },
        },
        "/reports": {
            **_get("The newest deliveries.", _rows(DELIVERY), AS_OF),
            "post": {
                "summary": "Send a report as a file: CSV, XLSX or JSON in the canonical columns.",
                "parameters": [
                    parameter("source", TEXT, "Who reports; a key has its own."),
                    parameter("dataset", words(Dataset), "What is reported; guessed from the columns without it."),
                    parameter("issued_at", MOMENT, "When the report was written; the newest counts."),
                    parameter("reason", TEXT, "Why it corrects what was sent before; X-Reason does the same."),
                    parameter("filename", TEXT, "Name under which the delivery is listed."),
                    parameter("Idempotency-Key", TEXT, "The same key again changes nothing.", place="header"),
                    LANG,
                ],
                "requestBody": {
                    "required": True,
                    "content": {"text/csv": {}, "application/json": {}, "application/octet-stream": {}},
                },
                "responses": {
                    "201": _json(RECEIPT, "Received; rejected rows are listed."),
                    "200": _json(RECEIPT, "The same delivery had been received before."),
                    "413": _json(RECEIPT, "Too large."),
                    "422": _json(RECEIPT, "The file as a whole could not be read; the issue says why."),
                    **REFUSALS,
                },
            },
        },
    },
}
