"""A partner's wording without code: what the mapping language can say, and what it answers when it is misused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from data.sources import Refused
from data.sources.mapping import PACKAGED, WrongMapping, load_mapping, packaged, read_mapping
from data.vocabulary import Dataset
from tests.data.parsing import codes, read, workbook

HEAD = """
dataset = "flow"
source = "alcaldia"
[constants]
site = "tumbes"
stage = "services"
measure = "served"
minutes = 1440
"""
SIMPLE = HEAD + '[columns]\nstart = ["Fecha", "Date"]\npeople = "Personas"\n'


def day(*parts: int) -> pd.Timestamp:
    return pd.Timestamp(datetime(*parts, 5, tzinfo=UTC))  # midnight at Tumbes


def test_a_header_is_found_in_either_language_whatever_its_accents():
    for header in ("Fecha", "FECHA ", "date"):
        assert read(f"{header},PERSONAS\n2018-10-31,5\n", mapping=SIMPLE).rows["start"].tolist() == [day(2018, 10, 31)]


def test_titles_above_and_an_hxl_row_below_the_header_are_no_rows():
    text = "Municipalidad de Zarumilla,\nReporte,Octubre\nFecha,Personas\n#date,#affected\n2018-10-31,5\n"
    parsed = read(text, mapping=SIMPLE)
    assert (parsed.rows["line"].tolist(), parsed.rows_in, parsed.source) == ([5], 1, "alcaldia")


def test_day_first_dates_and_thousands_marks_are_read_when_named():
    mapping = SIMPLE + '[dates]\norder = "dmy"\n[numbers]\ndecimal = ","\nthousands = "."\n'
    parsed = read("Fecha;Personas\n31/10/2018;1.234\n1/11/18;2.345,0\n2/11/2018;12.34\n", mapping=mapping)
    assert parsed.rows["people"].tolist() == [1234, 2345]
    assert parsed.rows["start"].tolist() == [day(2018, 10, 31), day(2018, 11, 1)]
    assert codes(parsed) == ["not_a_number"]


def test_number_cells_of_a_workbook_need_no_style():
    mapping = SIMPLE + '[numbers]\ndecimal = ","\nthousands = "."\n'
    rows = [["Fecha", "Personas"], [datetime(2018, 10, 31), 1.0], ["2018-11-01", "1.234"]]  # noqa: DTZ001
    assert read(workbook(rows), "x.xlsx", mapping=mapping).rows["people"].tolist() == [1, 1234]


def test_a_wide_table_gives_one_row_for_each_place():
    mapping = """
    dataset = "flow"
    constants = { stage = "services", measure = "arrivals", minutes = 1440 }
    columns = { start = "Día" }
    [[each]]
    column = "Tumbes"
    set = { site = "tumbes" }
    [[each]]
    column = ["Turno de noche", "Noche"]
    set = { site = "night" }
    """
    parsed = read("Día,Tumbes,Noche\n2018-10-31,5,\n2018-11-01,6,-7\n", mapping=mapping)
    assert parsed.rows[["site", "people", "line"]].to_numpy().tolist() == [["tumbes", 5, 2], ["tumbes", 6, 3]]
    assert (parsed.rows_in, parsed.not_reported, parsed.rejected, parsed.file_rows) == (4, 1, 1, 2)
    assert [(issue.line, issue.column) for issue in parsed.issues] == [(3, "Turno de noche")]


def test_a_total_and_its_parts_are_lines_of_their_own_and_unbroken_parts_are_no_report():
    mapping = """
    dataset = "service"
    constants = { site = "tumbes", organisation = "OIM", sector = "health", service = "vaccination" }
    columns = { start = "Mes", quantity = "Dosis", unit = "Unidad" }
    dates = { period = "month" }
    [[each]]
    column = "Total"
    total = true
    [[each]]
    column = "Niñas"
    set = { sex = "female", age_band = "0-17" }
    without = ["quantity", "unit"]
    [[each]]
    column = "Niños"
    set = { sex = "male", age_band = "0-17" }
    without = ["quantity", "unit"]
    """
    text = "Mes,Dosis,Unidad,Total,Niñas,Niños\n2018-09-01,9,dosis,12,7,0\n"
    text += "2018-10-01,9,dosis,12,0,0\n2018-12-01,0,dosis,0,0,0\n"
    parsed = read(text, mapping=mapping)
    told = parsed.rows[["line", "sex", "people", "quantity"]].fillna(-1).to_numpy().tolist()
    assert told == [
        [2, "", 12, 9],
        [2, "female", 7, -1],
        [2, "male", 0, -1],
        [3, "", 12, 9],
        [4, "", 0, 0],
        [4, "female", 0, -1],
        [4, "male", 0, -1],
    ]
    assert parsed.not_reported == 2
    assert parsed.rows["end"].iloc[0] == day(2018, 10, 1)
    assert parsed.rows["end"].iloc[-1] == day(2019, 1, 1)


def test_dates_and_hour_ranges_are_put_together():
    mapping = (
        HEAD.replace("1440", "60") + '[columns]\nstart = { date = "Fecha", hours = "Hora" }\npeople = "Personas"\n'
    )
    rows = "Fecha,Hora,Personas\n2018-10-31,0000 - 0100,1\n2018-10-31,2300 - 0000,2\n"
    rows += "2018-10-31,14:30,3\n2018-10-31,9,4\n2018-10-31,tarde,5\n"
    parsed = read(rows, mapping=mapping)
    local = parsed.rows["start"].dt.tz_convert("America/Lima").dt.strftime("%d %H:%M").tolist()
    assert local == ["31 00:00", "31 23:00", "31 09:00"]
    assert sorted(codes(parsed)) == ["not_a_time", "over_the_hour"]


def test_the_end_of_a_range_may_date_a_reading():
    mapping = """
    dataset = "queue"
    constants = { site = "ohare", stage = "services" }
    columns = { at = { date = "d", hours = "h", edge = "end" }, counters_open = "b" }
    """
    parsed = read("d,h,b\n2018-10-31,2300 - 0000,4\n2018-03-11,0100 - 0200,5\n", mapping=mapping)
    local = parsed.rows["at"].dt.tz_convert("America/Chicago").dt.strftime("%m-%d %H:%M").tolist()
    assert local == ["11-01 00:00", "03-11 03:00"]


def test_wordings_beginnings_and_the_rest_are_translated():
    mapping = """
    dataset = "service"
    constants = { site = "tumbes" }
    columns.start = "d"
    columns.end = "d2"
    columns.organisation = "o"
    columns.people = "p"
    columns.service = "a"
    columns.sector = { first = ["sub", "s"] }
    columns.activity = { join = ["o", "a"], with = " · " }
    dates = { last_day = true }
    words.sector = { "Protección" = "protection", "Niñez" = "child-protection" }
    words.service = { "Información, orientación*" = "legal-orientation", "*" = "other" }
    """
    rows = "d,d2,o,p,a,sub,s\n2018-10-01,2018-10-31,OIM,5,Información  ORIENTACION,,Proteccion\n"
    rows += '2018-10-01,2018-10-31,OIM,5,"información, orientación legal",niñez,Protección\n'
    rows += "2018-10-01,2018-10-31,OIM,5,Otra,,Deportes\n"
    parsed = read(rows, mapping=mapping)
    assert parsed.rows["sector"].tolist() == ["protection", "child-protection"]
    assert parsed.rows["service"].tolist() == ["other", "legal-orientation"]
    assert parsed.rows["activity"].tolist()[0] == "OIM · Información ORIENTACION"
    assert parsed.rows["end"].tolist()[0] == day(2018, 11, 1)
    assert [(i.line, i.column, i.code) for i in parsed.issues] == [(4, "sub + s", "unknown_sector")]


def test_own_words_for_no_report_and_rows_left_out():
    mapping = 'blank = ["no enviado", "999"]\n' + SIMPLE + '[[keep]]\ncolumn = "Estado"\nis = ["Final"]\n'
    rows = "Fecha,Personas,Estado\n2018-10-31,5,final\n2018-11-01,No enviado,Final\n"
    rows += "2018-11-02,999,Final\n2018-11-03,7,Borrador\n"
    parsed = read(rows, mapping=mapping)
    assert (parsed.rows["people"].tolist(), parsed.not_reported, parsed.rows_in) == ([5], 2, 3)
    assert [(n.code, n.facts["rows"]) for n in parsed.notes if n.code == "rows_left_out"] == [("rows_left_out", 1)]


def test_the_rest_is_what_is_neither_listed_nor_known():
    mapping = """
    dataset = "service"
    constants = { site = "tumbes", organisation = "OIM", sector = "health" }
    columns.start = "d"
    columns.people = "p"
    columns.service = "a"
    dates = { period = "day" }
    words.service = { "Controles" = "health-screening", "*" = "other" }
    """
    rows = "d,p,a\n2018-10-01,5,Atención médica\n2018-10-02,5,Controles\n2018-10-03,5,Taller\n2018-10-04,5,Meals\n"
    assert read(rows, mapping=mapping).rows["service"].tolist() == [
        *("medical-attention", "health-screening", "other", "meals"),
    ]


def test_a_sheet_by_name_and_a_range_of_columns():
    rows = [["Fecha", "Personas", "", "Personas"], ["2018-10-31", 5, "", 99]]
    mapping = SIMPLE + '[file]\nsheet = "Hoja de datos"\ncolumns = "A:B"\nheader_row = 1\n'
    assert read(workbook(rows, "Hoja de datos"), "x.xlsx", mapping=mapping).rows["people"].tolist() == [5]


def test_an_optional_column_may_be_absent_and_a_needed_one_may_not():
    mapping = SIMPLE + 'issued_at = { column = "Emitido", optional = true }\n'
    assert read("Fecha,Personas\n2018-10-31,5\n", mapping=mapping).rows["issued_at"].isna().all()
    with pytest.raises(Refused) as refused:
        read("Fecha,Total\n2018-10-31,5\n", mapping=mapping)
    assert (refused.value.issue.code, refused.value.issue.facts["missing"]) == ("missing_columns", "Personas")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("dataset = ", "not a TOML file"),
        ('dataset = "flujo"', "expected one of flow"),
        (SIMPLE + "[dates]\norder = 'ymd'", "expected one of iso, dmy, mdy"),
        (SIMPLE.replace('people = "Personas"', ""), "people: nothing in the mapping fills it"),
        (SIMPLE.replace("people =", "gente ="), "gente: flow has no such column"),
        (SIMPLE + "[numbers]\ndecimal = '.'\nthousands = '.'", "decimal is"),
        (SIMPLE + "[colums]\nx = 1", "unknown entry 'colums'"),
        (SIMPLE + "lane = { of = 1 }", "expected a header"),
        (SIMPLE + "[file]\ncolumns = '1:9'", "expected letters"),
        (SIMPLE + "[file]\nheader_row = 0", "the number of a row"),
        (SIMPLE + "[words.lane]\nx = 1", "expected wording = word"),
        (SIMPLE + "[each]\ncolumn = 'x'", "written [[each]]"),
        ("issued_at = 2020-01-01\n" + SIMPLE, "with its offset"),
    ],
)
def test_a_wrong_mapping_says_what_was_expected(text: str, complaint: str):
    with pytest.raises(WrongMapping, match=re.escape(complaint)):
        read_mapping(text)


def test_a_mapping_that_is_not_there_names_the_packaged_ones(tmp_path: Path):
    for asked in ("no-such-mapping", tmp_path / "x.toml"):
        with pytest.raises(WrongMapping, match="italy-landings"):
            load_mapping(asked)


@pytest.mark.parametrize("name", [*packaged(), "README"])
def test_every_packaged_mapping_can_be_read(name: str):
    mapping = load_mapping(name)
    assert mapping.dataset in Dataset
    assert mapping.source
    assert (PACKAGED / f"{name}.toml").read_text("utf-8").startswith("#")
