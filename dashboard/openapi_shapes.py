"""The rows and parameters of /api/v1, in the product's own words."""

from __future__ import annotations

from typing import Any

from data.published_shapes import PUBLISHED
from data.vocabulary import Dataset, Measure, Method, Rhythm, Stage, State

Schema = dict[str, Any]


def words(words: Any) -> Schema:
    return {"type": "string", "enum": [str(word) for word in words]}


def parameter(name: str, schema: Schema, says: str, required: bool = False, place: str = "query") -> Schema:
    return {"name": name, "in": place, "required": required, "description": says, "schema": schema}


TEXT: Schema = {"type": "string"}
MOMENT: Schema = {"type": "string", "description": "ISO 8601; without an offset it is the site's local time"}
NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}

SITE = parameter("site", TEXT, "Site; without it the first one.")
FORMAT = parameter("format", words(("json", "csv")), "Form of the answer; Accept: text/csv does the same.")
FROM = parameter("from", MOMENT, "Local date or time, included.")
TO = parameter("to", MOMENT, "Local date or time, not included.")
AS_OF = parameter("as_of", MOMENT, "Only what had been received by this moment.")
LANG = parameter("lang", words(("es", "en")), "Language of messages.")

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
        "state": words(State),
        "method": {"type": ["string", "null"], "enum": [*map(str, Method), None]},
        "source": {"type": ["string", "null"]},
        "revised_from": {**NUMBER_OR_NULL, "description": "What it had said before its last correction."},
        "late": {"type": "boolean", "description": "First told after it was expected, by the source's cadence."},
        "approved_by": {"type": ["string", "null"], "description": "Who closed the shift or day it lies in."},
    },
}
PART_ROW: Schema = {
    "type": "object",
    "required": ["start", "part", "value", "total", "state", "at_least", "method", "source"],
    "properties": {
        "start": MOMENT,
        "part": {"type": ["string", "null"], "description": "unclassified: what the total has beyond its parts"},
        "value": {**NUMBER_OR_NULL, "description": "null where masked or missing; below zero the parts exceed it"},
        "total": NUMBER_OR_NULL,
        "state": words(State),
        "at_least": {"type": "boolean"},
        "method": {"type": ["string", "null"], "enum": [*map(str, Method), None]},
        "source": {"type": ["string", "null"]},
    },
}
WHO_ROW: Schema = {
    "type": "object",
    "required": ["sector", "service", "column", "value", "at_least", "reserved"],
    "properties": {
        "sector": {"type": ["string", "null"], "description": "null: everything that was asked for"},
        "service": {"type": ["string", "null"], "description": "null: the sector's sum"},
        "column": {
            "type": ["string", "number", "null"],
            "description": "organisation, shift or place; the seconds since 1970 a day starts at; years times 12 and "
            "months; null: the service's sum",
        },
        "value": {**NUMBER_OR_NULL, "description": "contacts; null where nobody gave any or they are reserved"},
        "at_least": {"type": "boolean"},
        "reserved": {"type": "integer", "description": "rows whose number is not told"},
        "without_count": {"type": "integer"},
        "possible_duplicate": {"type": "boolean"},
        "left_out": {"type": "integer", "description": "rows that another organisation reported too, undecided"},
        "quantity": NUMBER_OR_NULL,
        "unit": {"type": ["string", "null"]},
        "organisations": {"type": "array", "items": TEXT},
    },
}
REFERRAL_ROW: Schema = {
    "type": "object",
    "required": ["start", "end", "grain", "name", "referred", "accepted", "closed", "overdue", "state"],
    "properties": {
        "start": MOMENT,
        "end": MOMENT,
        "grain": {**words(("range", "week", "longer")), "description": "longer: a report of more than a week"},
        "name": {
            "type": ["string", "null"],
            "description": "code of the need, institution, pathway or priority; null: all together",
        },
        "referred": {**NUMBER_OR_NULL, "description": "null where nobody reported or where it is reserved"},
        "accepted": NUMBER_OR_NULL,
        "accepted_of": {**NUMBER_OR_NULL, "description": "referred in the reports that say how many were accepted"},
        "closed": NUMBER_OR_NULL,
        "closed_of": NUMBER_OR_NULL,
        "overdue": NUMBER_OR_NULL,
        "overdue_of": NUMBER_OR_NULL,
        "overdue_derived": {**NUMBER_OR_NULL, "description": "of overdue, what follows from the limit of the priority"},
        "at_least": {"type": "boolean", "description": "a part is reserved"},
        "at_least_one": {"type": "boolean", "description": "reserved, but there is one at least"},
        "contradicts": {"type": "boolean", "description": "a report accepts more than it refers, or closes more"},
        "state": words(State),
    },
}
PRESENCE_ROW: Schema = {
    "type": "object",
    "required": ["at", "present", "counted", "expected", "unexplained", "state"],
    "properties": {
        "at": MOMENT,
        "present": {**NUMBER_OR_NULL, "description": "null where an hour was not reported since the last count"},
        "counted": NUMBER_OR_NULL,
        "expected": {**NUMBER_OR_NULL, "description": "what the count should have found"},
        "unexplained": NUMBER_OR_NULL,
        "state": words(("ok", "missing", "error")),
    },
}
PUBLISHED_ROW: Schema = {
    "type": "object",
    "required": ["what", "unit", "start", "end", "low", "high", "source", "then", "after", "at_least", "off"],
    "properties": {
        "what": words(PUBLISHED),
        "unit": words(("hours", "people")),
        "start": MOMENT,
        "end": {**MOMENT, "type": ["string", "null"]},
        "low": {**NUMBER_OR_NULL, "description": "as printed; null: up to `high`"},
        "high": {**NUMBER_OR_NULL, "description": "as printed; null: over `low`"},
        "source": {"type": "string"},
        "then": {"type": "object", "description": "low, mid and high as told at the moment, of a wait"},
        "after": {**NUMBER_OR_NULL, "description": "as it came, by everything reported since"},
        "at_least": {"type": "boolean", "description": "it is not over"},
        "off": {**NUMBER_OR_NULL, "description": "outside of what was printed, as a share of it; 0 inside"},
    },
}
CLOCK_ROW: Schema = {
    "type": "object",
    "required": ["clock", "arrivals", "served"],
    "properties": {"clock": TEXT, "arrivals": NUMBER_OR_NULL, "served": NUMBER_OR_NULL},
}
REVISION_ROW: Schema = {
    "type": "object",
    "required": ["at", "kind", "stage", "measure", "source", "start", "end", "from", "to", "report", "who", "reason"],
    "properties": {
        "at": MOMENT,
        "kind": words(("correction", "undo", "release")),
        "stage": words(Stage),
        "measure": words(Measure),
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
        "state": words(("accepted", "partial", "refused", "undone", "held")),
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
        "dataset": words(Dataset),
        "kind": {"type": ["string", "null"], "enum": [*map(str, Rhythm), None]},
        **dict.fromkeys(("expected", "on_time", "late", "missing", "pending", "due"), COUNT),
        "reporting_rate": RATE,
        "reporting_rate_on_time": RATE,
        "state": words(("fine", "late", "silent")),
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
        "state": words(("accepted", "partial", "refused", "undone", "held")),
    },
}
ERROR: Schema = {"type": "object", "required": ["error", "message"], "properties": {"error": TEXT, "message": TEXT}}
