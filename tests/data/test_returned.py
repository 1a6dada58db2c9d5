"""Rejected rows given back: the sender's own columns, the reason beside each, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest

from data.sources import DEFAULT
from data.sources.mapping import read_mapping
from data.sources.returned import harmless, rejected_rows
from tests.data.parsing import GOOD, flow, read

NAMES = ("caudal: fila", "caudal: motivo")


def given_back(content, filename="flujo.csv", mapping=None, ending=None):
    raw = content.encode() if isinstance(content, str) else content
    parsed = read(raw, filename, mapping=mapping)
    reasons = {issue.line: issue.code for issue in parsed.issues if issue.line}
    return parsed, rejected_rows(raw, filename, mapping, reasons, NAMES, DEFAULT, ending)


def table(content: bytes, delimiter=","):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def test_only_the_bad_rows_come_back_with_their_line_and_reason():
    parsed, back = given_back(flow(GOOD, GOOD.replace("312", "-3").replace("14:00", "15:00"), GOOD.replace("14", "16")))
    assert parsed.rejected == 1
    header, *rows = table(back.content)
    assert header[-2:] == list(NAMES)
    assert header[:-2] == ["site", "stage", "measure", "start", "minutes", "people"]
    assert rows == [["tumbes", "migration-control", "served", "2018-10-31T15:00", "60", "-3", "3", "negative_count"]]


def test_put_right_it_is_read_as_if_our_columns_were_not_there():
    _, back = given_back(flow(GOOD.replace("312", "-3")))
    parsed = read(back.content.replace(b",-3,", b",3,"), "flujo.csv")
    assert (parsed.accepted, parsed.rejected, parsed.notes) == (1, 0, ())
    assert [one.header for one in parsed.columns][-1] == "people"


def test_a_row_whose_own_cells_were_emptied_is_no_row():
    _, back = given_back(flow(GOOD, GOOD.replace("312", "-3")))
    rows = table(back.content)
    emptied = "\n".join([",".join(rows[0]), ",,,,,,3,negative_count", GOOD + ",4,x"])
    assert read(emptied).rows_in == 1


def test_titles_tags_delimiter_and_fixed_rows_stay_where_a_mapping_expects_them():
    mapping = read_mapping(
        'dataset = "flow"\n[file]\nheader_row = 3\ndelimiter = ";"\n[constants]\nsite = "tumbes"\nminutes = 60\n'
        'stage = "migration-control"\nmeasure = "served"\n[columns]\nstart = "Hora"\npeople = "Personas"\n'
    )
    content = "Reporte del turno;\n;\nHora;Personas\n#date;#affected\n2018-10-31T14:00;12\n2018-10-31T15:00;doce\n"
    _, back = given_back(content, mapping=mapping)
    rows = table(back.content, ";")
    assert [row[0] for row in rows] == ["Reporte del turno", "", "Hora", "#date", "2018-10-31T15:00"]
    assert rows[2][2:] == list(NAMES)
    mended = read(back.content.replace(b"doce", b"12"), mapping=mapping)
    assert (mended.accepted, mended.rejected) == (1, 0)


def test_a_workbook_comes_back_as_one_on_the_same_sheet_and_columns():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Turno"
    for row in (["", "Turno de la mañana"], ["", "Hora", "Personas"], ["", "2018-10-31T14:00", -3]):
        sheet.append(row)
    raw = io.BytesIO()
    book.save(raw)
    mapping = read_mapping(
        'dataset = "flow"\n[file]\nsheet = "Turno"\ncolumns = "B:F"\n[constants]\nsite = "tumbes"\nminutes = 60\n'
        'stage = "migration-control"\nmeasure = "served"\n[columns]\nstart = "Hora"\npeople = "Personas"\n'
    )
    _, back = given_back(raw.getvalue(), "turno.xlsx", mapping)
    assert back.ending == ".xlsx"
    page = openpyxl.load_workbook(io.BytesIO(back.content))["Turno"]
    assert [cell.value for cell in page[2]] == [None, "Hora", "Personas", None, None, None, *NAMES]
    assert [cell.value for cell in page[3]] == [None, "2018-10-31T14:00", -3, None, None, None, 3, "negative_count"]
    page["C3"] = 3
    mended = io.BytesIO()
    page.parent.save(mended)
    assert read(mended.getvalue(), "turno.xlsx", mapping=mapping).accepted == 1


def test_json_comes_back_as_json():
    row = dict(zip(flow().strip().split(","), GOOD.split(","), strict=True))
    parsed, back = given_back(json.dumps([row, {**row, "people": "x"}]), "flujo.json")
    assert parsed.rejected == 1
    [again] = json.loads(back.content)
    assert again["people"] == "x"
    assert again[NAMES[1]] == "not_a_number"


def test_a_second_return_replaces_the_notes_of_the_first():
    _, first = given_back(flow(GOOD, GOOD.replace("312", "-3")))
    _, second = given_back(first.content)
    header, row = table(second.content)
    assert header.count(NAMES[0]) == 1
    assert row[-2:] == ["2", "negative_count"]


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\tx", "- entrega de kits"])
def test_no_spreadsheet_runs_what_comes_back(cell):
    assert harmless(cell).startswith("'")


@pytest.mark.parametrize("cell", ["-5", "+3", "-3.5", "--", "-", "Agua = vida", ""])
def test_numbers_and_dashes_stay_as_they_are(cell):
    assert harmless(cell) == cell


def test_a_text_made_harmless_is_read_back_as_it_was():
    service = "site,organisation,sector,service,start,end,people,activity\n"
    line = "tumbes,COOPI,wash,water,2018-10-31T08:00,2018-10-31T16:00,{people},- Reparto de agua\n"
    parsed, back = given_back(service + line.format(people="x"))
    assert parsed.rejected == 1
    assert b"'- Reparto" in back.content
    mended = read(back.content.replace(b",x,", b",12,"))
    assert list(mended.rows["activity"]) == ["- Reparto de agua"]


def test_a_workbook_from_a_text_file_keeps_formulas_as_text():
    service = "site,organisation,sector,service,start,end,people,activity\n"
    line = "tumbes,COOPI,wash,water,2018-10-31T08:00,2018-10-31T16:00,x,=1+1\n"
    _, back = given_back(service + line, ending=".xlsx")
    page = openpyxl.load_workbook(io.BytesIO(back.content)).active
    cell = page["H2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
