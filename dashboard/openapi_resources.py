"""Rows of the OpenAPI description about resources, scenarios and the board of requests."""

from __future__ import annotations

from dashboard.openapi_shapes import MOMENT, NUMBER_OR_NULL, TEXT, Schema, words
from data.scenario_shapes import NoNeed
from data.vocabulary import RequestMove, RequestState, ResourceGroup, Sector, Service

TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
YES: Schema = {"type": "boolean"}
AMOUNT: Schema = {"type": "number"}

RESOURCE_ROW: Schema = {
    "type": "object",
    "required": ["group", "kind", "organisation", "state", "quantity", "available", "updated_at", "stale", "source"],
    "properties": {
        "group": words(ResourceGroup),
        "kind": {**TEXT, "description": "as reported; of counters the stage"},
        "organisation": TEXT,
        "state": TEXT,
        "quantity": {"type": "number"},
        "available": {**NUMBER_OR_NULL, "description": "null where nobody said and the state does not tell"},
        "unit": TEXT_OR_NULL,
        "place": {**TEXT_OR_NULL, "description": "null: the site as a whole"},
        "updated_at": MOMENT,
        "age_hours": {"type": "number"},
        "stale": {**YES, "description": "too old to be taken for what there is now; no total has it"},
        "part": {**YES, "description": "of a whole the institution reports too; no total has both"},
        "source": TEXT,
    },
}
NEED_ROW: Schema = {
    "type": "object",
    "required": ["people_a_day", "stay_hours", "service", "required", "there_is", "shortfall", "why", "institutions"],
    "properties": {
        "people_a_day": {"type": "number"},
        "stay_hours": NUMBER_OR_NULL,
        "service": {"type": ["string", "null"], "enum": [*map(str, Service), None], "description": "null: counters"},
        "sector": {"type": ["string", "null"], "enum": [*map(str, Sector), None]},
        "required": {**NUMBER_OR_NULL, "description": "null where it is not worked out; `why` says why"},
        "there_is": {**NUMBER_OR_NULL, "description": "null where nobody reported it, or it is reserved"},
        "at_least": YES,
        "there_at": {**MOMENT, "type": ["string", "null"]},
        "stale": YES,
        "shortfall": {**NUMBER_OR_NULL, "description": "max(0, required - there_is), whole where it comes in pieces"},
        "unit": TEXT_OR_NULL,
        "why": {"type": ["string", "null"], "enum": [*map(str, NoNeed), None]},
        "institutions": {"type": "array", "items": TEXT, "description": "empty: nobody covers it here"},
        "counted": NUMBER_OR_NULL,
        "denominator": TEXT_OR_NULL,
        "standard": NUMBER_OR_NULL,
        "per": TEXT_OR_NULL,
        "standard_source": TEXT_OR_NULL,
        "provisional": YES,
        "reserved": YES,
        "by": {"type": "array", "items": {"type": "object"}},
    },
}
REQUEST_ROW: Schema = {
    "type": "object",
    "required": ["request", "at", "institution", "what", "quantity", "unit", "needed_by", "state", "overdue"],
    "properties": {
        "request": {"type": "integer"},
        **dict.fromkeys(("at", "needed_by"), MOMENT),
        **dict.fromkeys(("institution", "what", "unit", "reason", "by"), TEXT),
        **dict.fromkeys(("place", "over_at", "mark"), TEXT_OR_NULL),
        "service": {"type": ["string", "null"], "enum": [*map(str, Service), None]},
        **dict.fromkeys(("quantity", "offered", "confirmed", "delivered", "missing", "age_hours"), AMOUNT),
        "state": words(RequestState),
        "overdue": YES,
        "offering": {"type": "array", "items": TEXT},
        "offers": {"type": "array", "items": {"type": "object"}},
        "acts": {
            "type": "array",
            "items": {"type": "object", "properties": {"move": words(RequestMove), "at": MOMENT}},
        },
    },
}
