"""Dates that a spreadsheet of another country turned round: none of them counts, and the sender is told which."""

from __future__ import annotations

from datetime import date

import pytest

from data.sources.proposing import propose
from tests.data.parsing import codes, read, workbook

MAPPING = """
dataset = "flow"
constants = { site = "tumbes", stage = "services", measure = "served", minutes = 1440 }
columns = { start = "Fecha", people = "Personas" }
dates = { order = "dmy" }
"""
HOURS = MAPPING.replace("1440", "60").replace('start = "Fecha"', 'start = { date = "Fecha", hours = "Hora" }')


def day_first(day: int) -> date | str:
    """What a spreadsheet that expects the month first makes of day/10/2018."""
    return date(2018, day, 10) if day <= 12 else f"{day}/10/2018"


def test_date_cells_turned_round_are_rejected_and_the_texts_count():
    parsed = read(
        workbook([["Fecha", "Personas"], *([day_first(d), d] for d in range(1, 21))]), "a.xlsx", mapping=MAPPING
    )
    assert parsed.rows["people"].tolist() == list(range(13, 21))
    assert parsed.rejected_by == {"swapped_date": 12}
    assert (parsed.issues[0].line, parsed.issues[0].facts["value"]) == (2, "2018-01-10")


def test_beside_a_column_of_hours_too():
    rows = [["Fecha", "Hora", "Personas"], *([day_first(d), "10:00", d] for d in range(1, 21))]
    assert read(workbook(rows), "a.xlsx", mapping=HOURS).rejected_by == {"swapped_date": 12}


def test_a_proposal_says_so_and_takes_no_period_from_their_steps():
    proposal = propose(workbook([["Fecha", "Llegadas"], *([day_first(d), d] for d in range(1, 21))]), "a.xlsx")
    assert dict(proposal.swapped) == {"Fecha": 12}
    assert [line.name for line in proposal.lines] == ["start", "people"]
    assert (proposal.times.order, proposal.times.minutes, proposal.times.period) == ("dmy", 1440, None)


@pytest.mark.parametrize(
    "dates",
    [
        [date(2018, 10, d) if d <= 12 else f"{d}/10/2018" for d in range(1, 21)],  # typed on from the 13th
        [date(2018, 10, d) for d in range(1, 21)],
        [day_first(d) for d in (1, 2, 13, 14)],  # too few
        [*(day_first(d) for d in range(1, 21)), "5/11/2018"],  # a text that a spreadsheet would have taken
        [*(day_first(d) for d in range(1, 21)), date(2018, 11, 20)],
    ],
)
def test_what_may_be_right_is_read(dates):
    parsed = read(workbook([["Fecha", "Personas"], *([day, 5] for day in dates)]), "a.xlsx", mapping=MAPPING)
    assert (parsed.accepted, codes(parsed)) == (len(dates), [])
