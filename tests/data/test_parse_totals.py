"""Sums that stand among the rows they add up: nothing counts twice."""

from __future__ import annotations

import pytest

from tests.data.parsing import FLOW, read

SERVICE = """
dataset = "service"
constants = { site = "tumbes", sector = "health", service = "medical-attention" }
columns = { organisation = "Organización", start = "Fecha", people = "Personas" }
dates = { order = "dmy", period = "day" }
"""


@pytest.mark.parametrize(
    ("column", "parts"),
    [
        ("nationality", ("VE", "CO")),
        ("sex", ("female", "male")),
        ("age_band", ("0-17", "18+")),
        ("category", ("asylum-claim", "transit")),
    ],
)
@pytest.mark.parametrize("word", ["Total", "TOTAL GENERAL"])
def test_the_sum_of_a_breakdown_is_the_total(column, parts, word):
    row = "tumbes,migration-control,arrivals,2018-10-23,1440,"
    lines = [f"{row}{n},{part}" for part, n in ((parts[0], 100), (word, 150), (parts[1], 50))]
    parsed = read("\n".join([f"{FLOW},{column}", *lines]) + "\n")
    assert parsed.rows[column].tolist() == [parts[0], "", parts[1]]
    assert parsed.rows["people"].tolist() == [100, 150, 50]


def test_the_sum_of_the_organisations_is_rejected():
    rows = [
        f"{day}/10/2018;{who};{n}" for day in (13, 14) for who, n in (("Cruz Roja", 100), ("TOTAL", 150), ("OIM", 50))
    ]
    parsed = read("\n".join(["Fecha;Organización;Personas", *rows]) + "\n", mapping=SERVICE)
    assert (parsed.rows["people"].sum(), parsed.rejected_by) == (300, {"total_row": 2})
    assert (parsed.issues[0].column, parsed.issues[0].facts["value"]) == ("Organización", "TOTAL")


def test_a_sum_that_the_mapping_names_is_what_the_mapping_says():
    named = SERVICE + 'words.organisation = { total = "Total Refugio" }\n'
    parsed = read("Fecha;Organización;Personas\n13/10/2018;Total;7\n14/10/2018;OIM;7\n", mapping=named)
    assert parsed.rows["organisation"].tolist() == ["Total Refugio", "OIM"]
