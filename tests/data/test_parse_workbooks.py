"""Workbooks of other formats and other hands: .xls and .ods, several sheets, merged headers, sums."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from data.sources import Refused
from data.sources.compound import alone, streams
from tests.data.old_excel import old_workbook
from tests.data.parsing import FLOW, GOOD, codes, flow, read, workbook
from tests.soak import crafted
from tests.soak.crafted import ods, table

HEAD = """
dataset = "flow"
constants = { site = "tumbes", stage = "services", measure = "served", minutes = 1440 }
columns = { start = ["Fecha", "Date"], people = ["Personas", "People"] }
"""
DAYS = [["2018-10-30", 5], ["2018-10-31", 7]]


def book(sheets: dict[str, list[list[Any]]], hidden: Sequence[str] = (), merged: Sequence[str] = ()) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        page = made.create_sheet(title)
        for row in rows:
            page.append(row)
        page.sheet_state = "hidden" if title in hidden else "visible"
        for place in merged:
            page.merge_cells(place)
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def refused(content: bytes | str, filename: str, **more: Any) -> str:
    with pytest.raises(Refused) as found:
        read(content, filename, **more)
    return found.value.issue.code


STRING = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def open_document(rows: list[list[str]]) -> bytes:
    """Cells as XML; a text is a string cell."""
    cells = [
        c
        if c.startswith("<")
        else f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
        for row in rows
        for c in ["<table:table-row>", *row, "</table:table-row>"]
    ]
    return ods(table("".join(cells).encode()))


def number(value: float, formula: str = "") -> str:
    said = f' table:formula="{formula}"' if formula else ""
    return f'<table:table-cell office:value-type="float" office:value="{value}"{said}/>'


# Old Excel and OpenDocument.
def test_old_excel_and_open_document_hold_the_same_rows_as_a_csv():
    for content, name in (
        (old_workbook([FLOW.split(","), GOOD.split(",")]), "f.xls"),
        (open_document([FLOW.split(","), GOOD.split(",")]), "f.ods"),
    ):
        assert read(content, name).rows.drop(columns="line").equals(read(flow(GOOD)).rows.drop(columns="line"))


def test_a_formula_without_a_saved_result_is_rejected_in_every_format():
    xls = old_workbook([["Fecha", "Personas"], *DAYS], formulas={(1, 1): None, (2, 1): 7.0})
    hollow = '<table:table-cell table:formula="of:=SUM([.A1])"/>'
    calc = open_document([["Fecha", "Personas"], ["2018-10-30", hollow], ["2018-10-31", number(7, "of:=3+4")]])
    for content, name, notes in (
        (xls, "f.xls", ["formula_values", "formula_results_unknown"]),
        (calc, "f.ods", ["formula_values"]),
    ):
        parsed = read(content, name, mapping=HEAD)
        assert (parsed.rows["people"].tolist(), codes(parsed)) == ([7], ["formula_cell"])
        assert [note.code for note in parsed.notes] == notes


def test_a_locked_workbook_of_any_format_asks_for_its_password_to_be_removed():
    files = dict([*crafted.old_workbooks(), *crafted.opendocuments()])
    for name in ("locked.xls", "encrypted.xlsx", "locked.ods"):
        assert refused(files[name], name) == "locked_workbook", name
    assert refused(files["word.xls"], "word.xls") == "not_a_workbook"


def test_a_web_page_or_text_under_the_name_of_old_excel_is_told_apart():
    assert refused("<html><table><tr><td>x</td></tr></table></html>", "f.xls") == "html_file"
    assert refused(flow(GOOD), "f.ods") == "extension_mismatch"


def test_a_workbook_saved_under_another_workbooks_ending_is_read():
    assert read(workbook([FLOW.split(","), GOOD.split(",")]), "f.xls").accepted == 1


@pytest.mark.parametrize("size", [10, 4096, 5000, 80_000, 8_000_000])
def test_a_stream_put_alone_into_a_compound_file_comes_out_whole(size: int):
    content = bytes(place % 251 for place in range(size))
    assert streams(alone("Workbook", content))["Workbook"]()[:size] == content


# Several sheets.
META = [["Campo", "Significado"], ["Fecha", "día del reporte"], ["Personas", "atendidas"], ["Elaborado", "OIM"]]


def test_a_workbook_with_metadata_sheets_first_is_read_where_the_data_are_and_says_so():
    parsed = read(book({"Leame": META, "Datos": [["Fecha", "Personas"], *DAYS]}), "f.xlsx", mapping=HEAD)
    assert parsed.rows["people"].tolist() == [5, 7]
    assert [(n.code, n.facts["sheet"]) for n in parsed.notes] == [("sheet_chosen", "Datos")]


def test_two_sheets_with_the_same_columns_are_not_chosen_between_in_silence():
    sheets = {"Enero": [["Fecha", "Personas"], *DAYS], "Febrero": [["Fecha", "Personas"], ["2018-02-01", 9]]}
    assert refused(book(sheets), "f.xlsx", mapping=HEAD) == "several_sheets"
    named = HEAD + 'file = { sheet = "Febrero" }\n'
    assert read(book(sheets), "f.xlsx", mapping=named).rows["people"].tolist() == [9]
    hidden = read(book(sheets, hidden=["Enero"]), "f.xlsx", mapping=HEAD)
    assert hidden.rows["people"].tolist() == [9]


# Headers.
def test_one_header_in_two_languages_is_found_by_either():
    for header in ("Fecha / Date", "Fecha (Date)", "Fecha\nDate", "Date | Fecha", "Fecha - Date"):
        parsed = read(workbook([[header, "Personas / People"], *DAYS]), "f.xlsx", mapping=HEAD)
        assert parsed.rows["people"].tolist() == [5, 7], header
    only_spanish = HEAD.replace('["Fecha", "Date"]', '"Fecha"').replace('["Personas", "People"]', '"Personas"')
    assert read(workbook([["Date / Fecha", "People / Personas"], *DAYS]), "f.xlsx", mapping=only_spanish).accepted == 2


def test_a_part_of_a_header_that_says_something_else_is_not_the_header():
    mapping = HEAD.replace('["Personas", "People"]', '"Personas"')
    for header in ("Personas (rechazadas)", "Personas / Familias", "Personas\nrechazadas"):
        assert refused(workbook([["Fecha", header], *DAYS]), "f.xlsx", mapping=mapping) == "missing_columns", header


WOMEN = """
dataset = "flow"
constants = { site = "tumbes", stage = "services", measure = "served", minutes = 1440 }
columns = { start = "Fecha" }
each = [
  { column = "Mujeres > 0-17", set = { sex = "female", age_band = "0-17" } },
  { column = "Hombres > 0-17", set = { sex = "male", age_band = "0-17" } },
]
"""


def test_a_header_under_a_merged_group_is_named_with_it():
    rows = [
        ["Reporte diario", "", "", "", ""],
        ["Fecha", "Mujeres", "", "Hombres", ""],
        ["", "0-17", "18+", "0-17", "18+"],
        ["2018-10-31", 1, 2, 3, 4],
    ]
    merged = ("A1:E1", "A2:A3", "B2:C2", "D2:E2")
    parsed = read(book({"Datos": rows}, merged=merged), "f.xlsx", mapping=WOMEN)
    assert parsed.rows[["sex", "people"]].to_numpy().tolist() == [["female", 1], ["male", 3]]
    plain = WOMEN.replace("Mujeres > 0-17", "0-17").replace("Hombres > 0-17", "18+")
    assert refused(book({"Datos": rows}, merged=merged), "f.xlsx", mapping=plain) == "duplicate_headers"


def test_duplicated_broken_and_empty_headers_matter_only_where_they_are_used():
    rows = [["Fecha", "", 'UNIT"|trans}}', "Nota", "Nota", "Personas\natendidas"]]
    rows += [["2018-10-31", "", "x", "a", "b", 5]]  # type: ignore[list-item]
    mapping = HEAD.replace('"People"', '"Personas atendidas"')
    assert read(workbook(rows), "f.xlsx", mapping=mapping).accepted == 1
    assert (
        refused(workbook(rows), "f.xlsx", mapping=mapping + 'words = {}\n[[drop]]\ncolumn = "x"\n') == "missing_columns"
    )


# Sums at the foot.
@pytest.mark.parametrize("label", ["TOTAL", "Total general", "Totales:", "SUB-TOTAL", "Grand total"])
def test_a_sum_at_the_foot_is_not_counted_once_more(label: str):
    rows = [["Institución", "Personas"], ["OIM", 5], ["ACNUR", 7], [label, 12], ["Fuente: registro del puesto", ""]]
    mapping = """
    dataset = "service"
    constants = { site = "tumbes", sector = "health", service = "other", start = 2018-10-31, end = 2018-11-01 }
    columns = { organisation = "Institución", people = "Personas" }
    """
    parsed = read(workbook(rows), "f.xlsx", mapping=mapping)
    assert parsed.rows["people"].sum() == 12
    assert [(n.code, n.facts["lines"]) for n in parsed.notes if n.code != "not_reported"] == [("totals_left_out", "4")]


def test_an_organisation_whose_name_begins_with_total_stays_and_a_total_above_other_rows_is_rejected():
    rows = [["Institución", "Personas"], ["Total", 12], ["OIM", 5], ["Total Energies", 7]]
    mapping = """
    dataset = "service"
    constants = { site = "tumbes", sector = "health", service = "other", start = 2018-10-31, end = 2018-11-01 }
    columns = { organisation = "Institución", people = "Personas" }
    """
    parsed = read(workbook(rows), "f.xlsx", mapping=mapping)
    assert (parsed.rows["organisation"].tolist(), codes(parsed)) == (["OIM", "Total Energies"], ["total_row"])


def test_sheets_with_the_same_columns_that_the_mapping_does_not_name_are_told():
    """Next month's sheet, behind the one that the mapping was written for."""
    head = [["Fecha", "Personas"]]
    sheets = {"Febrero": head + DAYS, "Marzo": head + DAYS, "Notas": [["Fecha", "Texto"], ["2018-10-30", "x"]]}
    sheets["Abril"] = head
    parsed = read(book(sheets), "f.xlsx", mapping=HEAD + 'file = { sheet = "Febrero" }\n')
    assert parsed.accepted == 2
    assert [(note.code, note.facts["others"]) for note in parsed.notes] == [("sheets_not_read", "Marzo")]
