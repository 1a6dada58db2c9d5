"""One file through everything that reads it: the canonical way, a mapping, and the proposal of a mapping."""

from __future__ import annotations

from data.sources import Limits, Refused, parse
from data.sources.mapping import read_mapping
from data.sources.proposing import propose
from data.vocabulary import Language
from layouts.translator import translator
from tests.data.parsing import NOW, SITES

# As a server with the settings of a fresh set-up, but for what a fuzzer can afford.
LIMITS = Limits()
MAPPINGS = [
    read_mapping(text)
    for text in (
        """
        dataset = "flow"
        constants = { site = "tumbes", stage = "migration-control", measure = "served", minutes = 60 }
        columns.start = ["Fecha y hora", "Fecha", "date", "Data", "#date"]
        columns.people = ["Personas atendidas", "Personas", "Valore"]
        dates = { order = "dmy" }
        """,
        """
        dataset = "service"
        constants = { site = "tumbes", organisation = "x", service = "other" }
        columns = { start = "FECHA DE INICIO", sector = "SECTOR / CLUSTER", quantity = "CANTIDAD" }
        dates = { order = "dmy", period = "month" }
        words = { sector = { "*" = "health" } }
        """,
    )
]


def outcome(name: str, content: bytes, seed: int) -> str:
    """`read`, `refused:<code>` with words in every language, or `error:` and what was raised instead."""
    try:
        if seed % 3 == 0:
            propose(content, name, limits=LIMITS)
        else:
            mapping = None if seed % 3 == 1 else MAPPINGS[seed // 3 % len(MAPPINGS)]
            parsed = parse(content, name, dataset=None, mapping=mapping, sites=SITES, now=NOW, limits=LIMITS)
            if parsed.rows_in != parsed.accepted + parsed.rejected + parsed.not_reported:
                return "error: rows are not accounted for"
    except Refused as refused:
        for language in Language:
            said = translator(language)(f"issue.{refused.issue.code}", **refused.issue.facts)
            if "{" in said.replace(str(refused.issue.facts.get("found", "")), ""):
                return f"error: no words for {refused.issue.code}"
        return f"refused:{refused.issue.code}"
    except BaseException as wrong:
        return f"error: {type(wrong).__name__}: {str(wrong)[:200]}"
    return "read"
