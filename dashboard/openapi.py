"""What /api/v1/openapi.json says: OpenAPI 3.1, written from the product's own words."""

from __future__ import annotations

from typing import Any

from callbacks.asked import LONGEST
from data.vocabulary import EVERY_LANE, AlertState, Dataset, Lane, Measure, Method, Stage, State

Schema = dict[str, Any]


def _words(words: Any) -> Schema:
    return {"type": "string", "enum": [str(word) for word in words]}


def _parameter(name: str, schema: Schema, says: str, required: bool = False, place: str = "query") -> Schema:
    return {"name": name, "in": place, "required": required, "description": says, "schema": schema}


TEXT: Schema = {"type": "string"}
MOMENT: Schema = {"type": "string", "description": "ISO 8601; without an offset it is the site's local time"}
NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}

SITE = _parameter("site", TEXT, "Site; without it the first one.")
FORMAT = _parameter("format", _words(("json", "csv")), "Form of the answer; Accept: text/csv does the same.")
FROM = _parameter("from", MOMENT, "Local date or time, included.")
TO = _parameter("to", MOMENT, "Local date or time, not included.")
AS_OF = _parameter("as_of", MOMENT, "Only what had been received by this moment.")
LANG = _parameter("lang", _words(("es", "en")), "Language of messages.")

SERIES_ROW: Schema = {
    "type": "object",
    "required": ["start", "value", "low", "high", "at_least", "state", "method", "source"],
    "properties": {
        "start": MOMENT,
        "value": {**NUMBER_OR_NULL, "description": "null where nothing was reported; 0 is a reported zero"},
        "low": NUMBER_OR_NULL,
        "high": NUMBER_OR_NULL,
        "at_least": {"type": "boolean"},
        "differs": {
            **NUMBER_OR_NULL,
            "description": "what the report of the whole day says, less this sum of its parts",
        },
        "state": _words(State),
        "method": {"type": ["string", "null"], "enum": [*map(str, Method), None]},
        "source": {"type": ["string", "null"]},
    },
}
ISSUE: Schema = {
    "type": "object",
    "required": ["line", "column", "code", "message"],
    "properties": {
        "line": {"type": ["integer", "null"]},
        "column": {"type": ["string", "null"]},
        "code": TEXT,
        "message": TEXT,
    },
}
RECEIPT: Schema = {
    "type": "object",
    "required": ["report", "accepted", "rejected", "already_received", "issues"],
    "properties": {
        "report": {"type": ["integer", "null"]},
        "accepted": {"type": "integer"},
        "rejected": {"type": "integer"},
        "already_received": {"type": "boolean"},
        "state": _words(("accepted", "partial", "refused", "undone")),
        "issues": {"type": "array", "items": ISSUE},
    },
}
ERROR: Schema = {"type": "object", "required": ["error", "message"], "properties": {"error": TEXT, "message": TEXT}}


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
        "/series": _get(
            "People per hour or operational day of one series.",
            {
                "type": "object",
                "required": ["site", "measure", "stage", "unit", "step", "as_of", "rows"],
                "properties": {
                    "site": TEXT,
                    "measure": _words(Measure),
                    "stage": _words(Stage),
                    "unit": TEXT,
                    "step": _words(LONGEST),
                    "as_of": {"type": ["string", "null"]},
                    "rows": {"type": "array", "items": SERIES_ROW},
                },
            },
            _parameter("measure", _words(Measure), "Measure; served without it."),
            _parameter("stage", _words(Stage), "Stage; the entry stage without it."),
            _parameter("lane", _words((EVERY_LANE, *Lane)), "Lane; everybody, whichever lane they took, without it."),
            _parameter("source", TEXT, "Source; the official one without it."),
            _parameter("step", _words(LONGEST), "Hours or operational days."),
            FROM,
            TO,
            AS_OF,
        ),
        "/queue": _get("Every station now, and the pressure.", _rows({"type": "object"}), AS_OF),
        "/coverage": _get(
            "Sectors and services against their standards, day by day.", _rows({"type": "object"}), FROM, TO
        ),
        "/alerts": _get(
            "Alerts with their transitions.",
            _rows({"type": "object"}),
            _parameter("state", _words(("open", "closed", "all", *AlertState)), "Which alerts; open without it."),
            LANG,
        ),
        "/reports": {
            **_get("The newest deliveries.", _rows({"type": "object"})),
            "post": {
                "summary": "Send a report as a file: CSV, XLSX or JSON in the canonical columns.",
                "parameters": [
                    _parameter("source", TEXT, "Who reports; a key has its own."),
                    _parameter("dataset", _words(Dataset), "What is reported; guessed from the columns without it."),
                    _parameter("issued_at", MOMENT, "When the report was written; the newest counts."),
                    _parameter("filename", TEXT, "Name under which the delivery is listed."),
                    _parameter("Idempotency-Key", TEXT, "The same key again changes nothing.", place="header"),
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
