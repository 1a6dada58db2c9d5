"""What /api/v1/openapi.json says: OpenAPI 3.1, written from the product's own words."""

from __future__ import annotations

from typing import Any

from callbacks.asked import LONGEST
from data.vocabulary import EVERY_LANE, AlertState, Dataset, Lane, Measure, Method, Rhythm, Stage, State

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
        "revised_from": {**NUMBER_OR_NULL, "description": "What it had said before its last correction."},
        "late": {"type": "boolean", "description": "First told after it was expected, by the source's cadence."},
        "approved_by": {"type": ["string", "null"], "description": "Who closed the shift or day it lies in."},
    },
}
REVISION_ROW: Schema = {
    "type": "object",
    "required": ["at", "kind", "stage", "measure", "source", "start", "end", "from", "to", "report", "who", "reason"],
    "properties": {
        "at": MOMENT,
        "kind": _words(("correction", "undo", "release")),
        "stage": _words(Stage),
        "measure": _words(Measure),
        "source": TEXT,
        "start": MOMENT,
        "end": MOMENT,
        "from": NUMBER_OR_NULL,
        "to": {**NUMBER_OR_NULL, "description": "null where nothing counts any more, or masked is true"},
        "masked": {"type": "boolean"},
        "report": {"type": "integer"},
        "who": {"type": ["string", "null"]},
        "reason": {"type": ["string", "null"]},
    },
}
SOURCE_ROW: Schema = {
    "type": "object",
    "required": ["source", "official", "value", "at_least", "method", "difference", "difference_share", "flagged"],
    "properties": {
        "source": TEXT,
        "organisation": {"type": ["string", "null"]},
        "official": {"type": "boolean"},
        "value": {**NUMBER_OR_NULL, "description": "null where the source reported nothing in the window"},
        "at_least": {"type": "boolean"},
        "method": {"type": ["string", "null"], "enum": [*map(str, Method), None]},
        "definition": {"type": ["string", "null"], "description": "what it counts, in the source's words"},
        "hours": {"type": "number", "description": "reported, of hours_asked"},
        "hours_asked": {"type": "number"},
        "reports": {"type": "integer"},
        "difference": {**NUMBER_OR_NULL, "description": "less the official figure, over the periods both report"},
        "difference_share": NUMBER_OR_NULL,
        "flagged": {"type": "boolean", "description": "differs by more than limit_share of the official figure"},
    },
}
FLAG: Schema = {
    "type": "object",
    "required": ["flag", "code", "message", "start", "end", "needs_reason"],
    "properties": {
        **dict.fromkeys(("flag", "code", "message", "dataset", "source", "site"), TEXT),
        "key": {"type": "object"},
        "facts": {"type": "object"},
        "start": MOMENT,
        "end": MOMENT,
        "needs_reason": {"type": "boolean"},
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
    "required": ["report", "accepted", "rejected", "not_reported", "already_received", "issues"],
    "properties": {
        "report": {"type": ["integer", "null"]},
        "accepted": {"type": "integer"},
        "rejected": {"type": "integer"},
        "not_reported": {"type": "integer"},
        "already_received": {"type": "boolean"},
        "state": _words(("accepted", "partial", "refused", "undone", "held")),
        "issues": {"type": "array", "items": ISSUE},
        "flags": {"type": "array", "items": FLAG, "description": "figures that count and are asked about"},
    },
}
COUNT: Schema = {"type": "integer", "minimum": 0}
RATE: Schema = {"type": ["number", "null"], "description": "Of the reports due; null where none was."}
RATES_ROW: Schema = {
    "type": "object",
    "required": ["source", "dataset", "expected", "on_time", "late", "missing", "pending", "reporting_rate"],
    "properties": {
        "source": TEXT,
        "organisation": {"type": ["string", "null"]},
        "dataset": _words(Dataset),
        "kind": {"type": ["string", "null"], "enum": [*map(str, Rhythm), None]},
        **dict.fromkeys(("expected", "on_time", "late", "missing", "pending", "due"), COUNT),
        "reporting_rate": RATE,
        "reporting_rate_on_time": RATE,
        "state": _words(("fine", "late", "silent")),
        "periods": {"type": "array", "items": {"type": "object"}},
    },
}
DELIVERY: Schema = {
    "type": "object",
    "description": "rows = accepted + rejected + not_reported",
    "required": ["report", "source", "dataset", "rows", "accepted", "rejected", "not_reported", "state"],
    "properties": {
        **dict.fromkeys(("report", "rows", "accepted", "rejected", "not_reported"), COUNT),
        **dict.fromkeys(("source", "dataset", "filename", "received_at", "issued_at"), TEXT),
        "state": _words(("accepted", "partial", "refused", "undone", "held")),
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
            "People per hour, operational day, week or month of one series.",
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
            _parameter("step", _words(LONGEST), "Hours, operational days, weeks or months."),
            _parameter("hxl", _words(("0", "1")), "1 puts a row of HXL tags under the header of the CSV."),
            FROM,
            TO,
            AS_OF,
        ),
        "/reconciliation": _get(
            "One figure by every source, side by side and never added up; the official one first.",
            _rows(SOURCE_ROW),
            _parameter("stage", _words(Stage), "Stage; the entry stage without it."),
            _parameter("measure", _words(Measure), "Measure; served without it."),
            FROM,
            TO,
            AS_OF,
        ),
        "/queue": _get("Every station now, and the pressure.", _rows({"type": "object"}), AS_OF),
        "/coverage": _get(
            "Sectors and services against their standards, day by day.", _rows({"type": "object"}), FROM, TO, AS_OF
        ),
        "/alerts": _get(
            "Alerts with their transitions.",
            _rows({"type": "object"}),
            _parameter("state", _words(("open", "closed", "all", *AlertState)), "Which alerts; open without it."),
            AS_OF,
            LANG,
        ),
        "/revisions": _get(
            "Figures that say something else than they had said: from what to what, when, by whom, why.",
            _rows(REVISION_ROW),
            _parameter("measure", _words(Measure), "Only this measure."),
            _parameter("stage", _words(Stage), "Only this stage."),
            _parameter("source", TEXT, "Only this source."),
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
                "parameters": [_parameter("feed", TEXT, "Name of the feed.", required=True, place="path"), LANG],
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
                    _parameter("source", TEXT, "Who reports; a key has its own."),
                    _parameter("dataset", _words(Dataset), "What is reported; guessed from the columns without it."),
                    _parameter("issued_at", MOMENT, "When the report was written; the newest counts."),
                    _parameter("reason", TEXT, "Why it corrects what was sent before; X-Reason does the same."),
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
