"""Lines of a CSV with more cells than the header: none of them is read, each is counted, and its sender is told why."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.sources.guards import DEFAULT
from data.sources.mapping import read_mapping
from data.sources.proposing import propose
from data.sources.returned import rejected_rows
from tests.data.parsing import FLOW, GOOD, Parsed, cells, codes, flow, read, workbook

SPILLED = "tumbes,migration-control,served,2018-10-31T15:00,60,1,234"
MAPPING = """
dataset = "flow"
constants = { site = "tumbes", stage = "services", measure = "served", minutes = 1440 }
columns = { start = "Fecha", people = "Personas" }
"""
SIGNS = MAPPING + 'numbers = { decimal = ".", thousands = "," }\n'
WIDE = """
dataset = "flow"
constants = { site = "tumbes", stage = "services", measure = "served", minutes = 1440 }
columns = { start = "Fecha" }
each = [
    { column = "Mujeres", into = "people", set = { sex = "female" } },
    { column = "Hombres", into = "people", set = { sex = "male" } },
]
"""


def people(parsed: Parsed) -> list[float]:
    return parsed.rows["people"].tolist()


def test_a_thousand_without_quotes_is_rejected_and_not_read_as_one():
    parsed = read(flow(GOOD, SPILLED))
    assert people(parsed) == [312]
    assert (parsed.rows_in, parsed.rejected, parsed.rejected_by) == (2, 1, {"too_many_cells": 1})
    (issue,) = parsed.issues
    assert (issue.line, issue.code, dict(issue.facts)) == (3, "too_many_cells", {"columns": 6, "cells": 7})
    assert parsed.rejected_lines == {3}


@pytest.mark.parametrize("tail", [",", ",,,", ", ,"])
def test_blank_cells_behind_the_last_column_are_no_cells(tail):
    assert people(read(flow(GOOD + tail))) == [312]
    assert people(read(flow(GOOD, GOOD.replace("14:00", "15:00") + tail))) == [312, 312]


def test_every_row_may_be_too_long():
    parsed = read(flow(SPILLED, SPILLED.replace("15:00", "16:00")))
    assert (parsed.accepted, parsed.rejected, codes(parsed)) == (0, 2, ["too_many_cells"] * 2)


def test_a_row_that_is_too_long_neither_repeats_nor_contradicts_a_good_one():
    """Its cells stand in wrong columns: what they seem to say of another row means nothing."""
    parsed = read(flow(GOOD, SPILLED.replace("15:00", "14:00")))
    assert people(parsed) == [312]
    assert codes(parsed) == ["too_many_cells"]


def test_a_row_that_is_too_long_is_rejected_though_its_count_looks_empty():
    parsed = read(flow(GOOD, "tumbes,migration-control,served,2018-10-31T15:00,60,,234"))
    assert (parsed.rejected, parsed.not_reported) == (1, 0)


def test_lines_that_all_end_in_a_separator_are_checked_too():
    parsed = read(f"{FLOW},\n{GOOD},\n{SPILLED},\n")
    assert (people(parsed), codes(parsed)) == ([312], ["too_many_cells"])


def test_a_sheet_saved_with_remarks_in_a_column_without_a_name_is_read():
    """A spreadsheet writes every line with as many cells as its header line: nothing was cut."""
    parsed = read(f"{FLOW},,\n{GOOD},,revisado\n{GOOD.replace('14:00', '15:00')},,\n")
    assert (people(parsed), parsed.rejected) == ([312, 312], 0)


def test_titles_above_the_header_do_not_hide_a_cut_number():
    parsed = read(f"Reporte diario\n\n{flow(GOOD, SPILLED)}")
    assert (people(parsed), codes(parsed), parsed.issues[0].line) == ([312], ["too_many_cells"], 5)


def test_a_tag_names_a_column_that_has_no_header():
    parsed = read(
        "site,stage,measure,start,minutes,\n#loc+site,#loc+stage,#indicator+measure,#date+start,#meta+minutes,#affected\n"
        f"{GOOD}\n{SPILLED}\n"
    )
    assert (people(parsed), codes(parsed)) == ([312], ["too_many_cells"])


def test_a_long_row_far_down_a_long_file_is_found():
    days = [date(2008, 1, 1) + timedelta(days=n) for n in range(3000)]
    rows = [GOOD.replace("2018-10-31T14:00,60", f"{day},1440") for day in days]
    parsed = read(flow(*rows, SPILLED))
    assert (parsed.accepted, parsed.rejected_by) == (3000, {"too_many_cells": 1})


@pytest.mark.parametrize("row", ["31/10/2018,1,234", "31 de octubre, 2018,312"])
def test_a_partners_own_file_too(row):
    parsed = read(f"Fecha,Personas\n2018-10-30,5\n{row}\n", mapping=MAPPING)
    assert (people(parsed), codes(parsed), parsed.issues[0].line) == ([5], ["too_many_cells"], 3)


def test_semicolons_leave_commas_alone():
    parsed = read("Fecha;Personas\n2018-10-30;1,234\n2018-10-31;2,345\n", mapping=SIGNS)
    assert people(parsed) == [1234, 2345]


def test_a_row_of_several_values_is_rejected_once_for_each():
    """Each value cell of such a table is a row of its own, so that the sums of the receipt hold."""
    parsed = read("Fecha,Mujeres,Hombres\n2018-10-30,5,6\n2018-10-31,1,234,7\n", mapping=WIDE)
    assert (people(parsed), parsed.rows_in, parsed.rejected) == ([5, 6], 4, 2)
    assert codes(parsed) == ["too_many_cells"]


def test_a_row_that_a_mapping_would_leave_out_is_not_left_out_unread():
    """Its cells stand in other columns than they should: nobody knows what stood where the mapping looks."""
    keep = MAPPING + 'keep = [{ column = "Puesto", is = ["Tumbes"] }]\n'
    parsed = read("Fecha,Personas,Puesto\n2018-10-30,5,Tumbes\n2018-10-31,1,234,Tumbes\n", mapping=keep)
    assert (people(parsed), codes(parsed)) == ([5], ["too_many_cells"])


def test_a_short_row_is_read_as_if_its_missing_cells_were_empty():
    """Nothing moves where a line stops early. Without its count it is no report; without what must stand, a fault."""
    parsed = read(flow(GOOD, "tumbes,migration-control,served,2018-10-31T15:00,60", extra=",lane"))
    assert (people(parsed), parsed.not_reported, parsed.rejected) == ([312], 1, 0)
    moved = "site,stage,measure,people,start,minutes"
    parsed = read(f"{moved}\ntumbes,services,served,7,2018-10-31T15:00,60\ntumbes,services,served,7\n")
    assert (people(parsed), parsed.rejected_by) == ([7], {"missing_value": 1})


def test_rows_given_back_are_rejected_again_until_they_are_mended():
    content, names = flow(GOOD, SPILLED).encode(), ("caudal: fila", "caudal: motivo")
    back = rejected_rows(content, "a.csv", None, {3: "de más"}, names, DEFAULT).content
    assert codes(read(back)) == ["too_many_cells"]
    assert people(read(back.replace(b",1,234,", b",1234,,"))) == [1234]
    book = rejected_rows(content, "a.csv", None, {3: "de más"}, names, DEFAULT, ".xlsx").content
    assert codes(read(book, "a.xlsx")) == ["too_many_cells"], "what was cut stays cut in a workbook"


def test_a_proposal_is_made_from_the_whole_rows_and_says_which_are_not():
    rows = [f"2018-10-{day:02},{day}" for day in range(1, 20)]
    proposal = propose("\n".join(["Fecha,Personas", *rows, "2018-10-20,1,234"]).encode(), "a.csv")
    assert [line.name for line in proposal.lines] == ["start", "people"]
    assert (proposal.rows, proposal.too_long) == (20, (21,))


def test_a_workbook_may_hold_remarks_beside_its_table():
    """Its cells are cells: nothing in them can be cut in two."""
    rows = cells(flow(GOOD).strip())
    assert people(read(workbook([rows[0], [*rows[1], "revisado"]]), "a.xlsx")) == [312]


NUMBERS = "Fecha,Llegadas\n13/07/2015,1,204\n14/07/2015,987\n15/07/2015,2,310\n"


@pytest.mark.parametrize(("header", "middle"), [("Fecha,Llegadas", ""), ("Fecha,Turno,Llegadas", "A,")])
def test_a_row_of_figures_is_no_second_header(header, middle):
    """The first row is cut in two, as long as three columns, and its date stands under Fecha."""
    lines = [f"{day}/07/2015,{middle}{figure}" for day, figure in ((13, "1,204"), (14, "987"), (15, "2,310"))]
    content = "\n".join([header, *lines]) + "\n"
    proposal = propose(content.encode(), "a.csv")
    assert (proposal.rows, proposal.too_long) == (3, (2, 4))
    assert next(line for line in proposal.lines if line.name == "people").columns[0].header == "Llegadas"
    mapping = MAPPING.replace("Personas", "Llegadas") + 'dates = { order = "dmy" }\n'
    parsed = read(content, mapping=mapping)
    assert (people(parsed), parsed.rejected_by) == ([987], {"too_many_cells": 2})


def test_every_row_cut_in_two_is_rejected():
    content = NUMBERS.replace("987", "1,987")
    assert propose(content.encode(), "a.csv").too_long == (2, 3, 4)
    mapping = MAPPING.replace("Personas", "Llegadas") + 'dates = { order = "dmy" }\n'
    assert read(content, mapping=mapping).rejected_by == {"too_many_cells": 3}


def test_a_blank_cell_too_many_does_not_hide_a_cut_number():
    """The column of notes takes what was cut off, and the blank note goes over the edge."""
    rows = ["13/07/2016,10:00,1,204,", "14/07/2016,11:00,987,", "15/07/2016,12:00,2,310,"]
    content = "\n".join(["Fecha,Hora,Personas,Nota", *rows]) + "\n"
    mapping = MAPPING.replace("minutes = 1440", "minutes = 60").replace(
        'start = "Fecha"', 'start = { date = "Fecha", hours = "Hora" }'
    )
    mapping += 'dates = { order = "dmy" }\n'
    parsed = read(content, mapping=mapping)
    assert (people(parsed), parsed.rejected_by) == ([987], {"too_many_cells": 2})
    assert propose(content.encode(), "a.csv").too_long == (2, 4)
    back = rejected_rows(
        content.encode(),
        "a.csv",
        read_mapping(mapping),
        dict.fromkeys((2, 4), "de más"),
        ("caudal: fila", "caudal: motivo"),
        DEFAULT,
    ).content
    assert codes(read(back, mapping=mapping)) == ["too_many_cells"] * 2


def test_lines_that_all_end_in_a_separator_hold_no_cut_number_though_two_of_their_cells_look_like_one():
    content = "Fecha,Mujeres,Hombres\n2018-10-30,12,345,\n2018-10-31,1,234,\n"
    assert people(read(content, mapping=WIDE)) == [12, 345, 1, 234]


NAMES = ("caudal: fila", "caudal: motivo")
day = st.tuples(st.integers(0, 400_000), st.booleans())


@settings(max_examples=120, deadline=None)
@given(st.lists(day, min_size=1, max_size=12), st.integers(0, 3), st.sampled_from(",;\t|"))
def test_a_number_counts_as_it_was_written_or_its_row_is_rejected(days: list[tuple[int, bool]], blanks: int, sign: str):
    """Thousands with commas, some in quotes and some not, blank cells behind the rows: no figure is ever another."""
    written, whole = [f"Fecha{sign}Personas"], []
    for place, (number, quoted) in enumerate(days):
        text = f'"{number:,}"' if quoted else f"{number:,}"
        written.append(f"2018-10-{place + 1:02}{sign}{text}" + sign * blanks)
        if quoted or sign != "," or number < 1000:
            whole.append(number)
    parsed = read("\n".join(written) + "\n", mapping=f"{SIGNS}file = {{ delimiter = {json.dumps(sign)} }}\n")
    cut = len(days) - len(whole)
    assert people(parsed) == whole
    assert parsed.rejected_by == ({"too_many_cells": cut} if cut else {})
