"""Everything that can be wrong with a file, and the sentence its sender reads in both languages.

A sentence says what was expected, what came and what to do: so it holds the facts of the case, and ends with advice.
"""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data.sources import Limits, Refused
from data.types import Issue
from data.vocabulary import Dataset, Language
from layouts.translator import translator
from tests.data.old_excel import old_workbook
from tests.data.parsing import FLOW, GOOD, cells, flow, read, workbook

LOCALES = Path(__file__).parents[2] / "layouts" / "locales"
BOOK = workbook(cells(flow(GOOD).strip()))


def instead(old: str, new: str) -> str:
    """One good row with one thing wrong."""
    assert old in GOOD
    return flow(GOOD.replace(old, new, 1))


def with_end(row: str) -> str:
    return flow(row, extra=",end")


def repacked(change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """The good workbook with its parts changed."""
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return saved.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    return repacked(lambda name, part: part.replace(old, new) if "sheet1" in name else part)


def bomb() -> bytes:
    return repacked(lambda _, part: part, {"xl/media/image1.png": b"\0" * (40 << 20)})


def locked() -> bytes:
    """The good workbook with the flag of an encrypted part."""
    raw = bytearray(BOOK)
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


SERVED_OVER = "site,stage,at,waiting,counters_open,ticket_issued,ticket_served\ntumbes,services,2018-10-31,1,1,80,90\n"
SERVICE = "site,organisation,sector,service,start,end,people\ntumbes,OIM,{},{},2018-10-31,2018-11-01,5\n"
MAPPING = """
dataset = "flow"
constants = { site = "tumbes", stage = "services", measure = "served", minutes = 60 }
columns = { start = "Hora", people = "Personas" }
"""
PEOPLE = "tumbes,migration-control,served,2018-10-31T14:00,60,12"

# What is wrong: code, bytes or text, name of the file, further arguments.
SHEET = """
dataset = "flow"
constants = { site = "tumbes", stage = "services", measure = "served", minutes = 60 }
columns = { start = "start", people = "people" }
file = { sheet = "Febrero" }
"""
BAD: list[tuple[str, str | bytes, str, dict[str, Any]]] = [
    ("wrong_extension", "%PDF-1.4", "reporte.pdf", {}),
    ("wrong_extension", flow(GOOD), "reporte", {}),
    ("extension_mismatch", flow(GOOD), "flujo.xlsx", {}),
    ("extension_mismatch", BOOK, "flujo.csv", {}),
    ("empty_file", "", "flujo.csv", {}),
    ("empty_file", b" \r\n\n", "flujo.xlsx", {}),
    ("html_file", "<html><body><table><tr><td>site</td></tr></table></body></html>", "flujo.xlsx", {}),
    ("html_file", "\ufeff<!-- x --><!DOCTYPE html><table>", "flujo.csv", {}),
    ("truncated_workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\1" * 600, "flujo.xls", {}),
    ("several_sheets", b"", "flujo.xlsx", {}),  # filled in below
    ("sheets_not_read", b"", "flujo.xlsx", {"mapping": SHEET}),  # filled in below
    ("sheet_chosen", b"", "flujo.xlsx", {}),
    ("formula_results_unknown", b"", "flujo.xls", {}),
    ("too_many_cells", flow(GOOD, GOOD.replace("312", "1,312")), "flujo.csv", {}),
    ("totals_left_out", flow(GOOD, "TOTAL,,,,,312"), "flujo.csv", {}),
    (
        "total_row",
        "site,organisation,item,at,quantity,unit\ntumbes,TOTAL,kits,2018-10-31,5,kits\n"
        "tumbes,UNICEF,kits,2018-10-31,5,kits\n",
        "existencias.csv",
        {},
    ),
    ("ambiguous_number", "Hora;Personas\n2018-10-31;1.312\n", "flujo.csv", {"mapping": MAPPING}),
    ("mixed_numbers", "Hora;Personas\n2018-10-31;1.312,0\n2018-11-01;1,312.0\n", "flujo.csv", {"mapping": MAPPING}),
    ("file_too_large", b"x" * (200 << 20), "flujo.csv", {}),
    ("binary_file", bytes(range(256)) * 20, "flujo.csv", {}),
    ("binary_file", flow(GOOD).replace("312", "3\x0012"), "flujo.csv", {}),
    ("binary_file", b"\xff\xfe\x00\xd8\x00", "flujo.csv", {}),
    ("binary_file", flow(GOOD).encode() + b"\x81\x8d", "flujo.csv", {}),
    ("truncated_workbook", BOOK[: len(BOOK) // 2], "flujo.xlsx", {}),
    ("truncated_workbook", BOOK[:-8], "flujo.xlsx", {}),
    ("truncated_workbook", in_sheet(b"</sheetData>", b""), "flujo.xlsx", {}),
    ("not_a_workbook", b"", "flujo.xlsx", {}),  # filled in below
    ("locked_workbook", locked(), "flujo.xlsx", {}),
    ("zip_bomb", bomb(), "flujo.xlsx", {}),
    ("zip_bomb", BOOK, "flujo.xlsx", {"limits": Limits(unpacked_bytes=1000)}),
    ("xml_entities", in_sheet(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'), "flujo.xlsx", {}),
    ("too_many_columns", ",".join(["a"] * 5000) + "\n" + ",".join(["1"] * 5000), "flujo.csv", {}),
    ("too_many_columns", in_sheet(b'r="F2"', b'r="XFD2"'), "flujo.xlsx", {}),
    ("too_many_rows", flow(GOOD, GOOD, GOOD), "flujo.csv", {"limits": Limits(rows=3)}),
    ("too_many_rows", in_sheet(b'r="F2"', b'r="F1048576"'), "flujo.xlsx", {"limits": Limits(rows=1_000_000)}),
    ("broken_csv", flow(GOOD) + '"tumbes,services\n' + GOOD + "\n", "flujo.csv", {}),
    ("broken_json", '{"rows": [', "flujo.json", {}),
    ("broken_json", "[1, 2]", "flujo.json", {}),
    ("broken_json", "[" * 100_000, "flujo.json", {}),
    ("sheet_not_found", BOOK, "flujo.xlsx", {"mapping": MAPPING + 'file = { sheet = "Octubre" }'}),
    ("only_header", FLOW + "\n", "flujo.csv", {}),
    ("only_header", workbook([FLOW.split(",")]), "flujo.xlsx", {}),
    ("duplicate_headers", "people," + FLOW + "\n5," + GOOD + "\n", "flujo.csv", {}),
    ("personal_column", flow(GOOD + ",AB123456", extra=",pasaporte"), "flujo.csv", {}),
    ("missing_columns", flow(GOOD).replace("people", "gente"), "flujo.csv", {}),
    ("missing_columns", "fecha,total\n2018-10-31,5\n", "flujo.csv", {}),
    ("missing_columns", "Hora,Total\n2018-10-31T14:00,5\n", "flujo.csv", {"mapping": MAPPING}),
    ("other_dataset", "Hora,Personas\n2018-10-31,5\n", "f.csv", {"mapping": MAPPING, "dataset": Dataset.QUEUE}),
    ("missing_value", instead("tumbes", ""), "flujo.csv", {}),
    ("missing_value", instead("2018-10-31T14:00", ""), "flujo.csv", {}),
    ("missing_value", instead(",60,", ",,"), "flujo.csv", {}),
    ("unknown_site", instead("tumbes", "tacna"), "flujo.csv", {}),
    ("unknown_stage", instead("migration-control", "aduana"), "flujo.csv", {}),
    ("stage_not_at_site", instead("migration-control", "transport"), "flujo.csv", {}),
    ("unknown_measure", instead("served", "miraron"), "flujo.csv", {}),
    ("unknown_lane", flow(GOOD + ",rápida", extra=",lane"), "flujo.csv", {}),
    ("unknown_category", flow(GOOD + ",turista", extra=",category"), "flujo.csv", {}),
    ("unknown_sex", flow(GOOD + ",M", extra=",sex"), "flujo.csv", {}),
    ("unknown_age_band", flow(GOOD + ",mayores", extra=",age_band"), "flujo.csv", {}),
    ("unknown_method", flow(GOOD + ",adivinado", extra=",method"), "flujo.csv", {}),
    ("unknown_country", flow(GOOD + ",Perú", extra=",country"), "flujo.csv", {}),
    ("unknown_sector", SERVICE.format("deportes", "water"), "servicio.csv", {}),
    ("unknown_service", SERVICE.format("wash", "masajes"), "servicio.csv", {}),
    ("formula_cell", instead("312", "=A1+5"), "flujo.csv", {}),
    ("formula_cell", workbook(cells(instead("312", "=A1+5").strip())), "flujo.xlsx", {}),
    ("error_cell", instead("312", "#DIV/0!"), "flujo.csv", {}),
    ("text_too_long", flow(GOOD + "," + "x" * 41, extra=",nationality"), "flujo.csv", {}),
    ("not_a_flag", flow(GOOD + ",quizá", extra=",at_least"), "flujo.csv", {}),
    ("not_a_number", instead("312", "muchas"), "flujo.csv", {}),
    ("not_a_number", instead("312", '"1,312"'), "flujo.csv", {}),
    ("negative_count", instead("312", "-5"), "flujo.csv", {}),
    ("absurd_count", instead("312", "3120000"), "flujo.csv", {}),
    ("fractional_count", instead("312", "31.2"), "flujo.csv", {}),
    ("not_a_time", instead("2018-10-31T14:00", "ayer"), "flujo.csv", {}),
    ("not_iso_time", instead("2018-10-31T14:00", "10/11/2018 14:00"), "flujo.csv", {}),
    ("impossible_date", instead("2018-10-31", "2018-10-32"), "flujo.csv", {}),
    ("impossible_date", instead("2018-10-31", "0218-10-31"), "flujo.csv", {}),
    ("nonexistent_time", flow("ohare,services,served,2018-03-11T02:30,60,1"), "flujo.csv", {}),
    ("swapped_date", b"", "flujo.xlsx", {}),  # filled in below
    ("future_date", instead("2018", "2091"), "flujo.csv", {}),
    ("after_report", flow(GOOD + ",2018-10-30", extra=",issued_at"), "flujo.csv", {}),
    ("minutes_not_allowed", instead(",60,", ",45,"), "flujo.csv", {}),
    ("over_the_hour", instead("T14:00", "T14:30"), "flujo.csv", {}),
    ("day_starts_elsewhere", instead(",60,", ",1440,"), "flujo.csv", {}),
    ("minutes_not_allowed", instead(",60,", ",una hora,"), "flujo.csv", {}),
    ("end_differs", with_end(GOOD + ",2018-10-31T16:00"), "flujo.csv", {}),
    ("end_before_start", with_end(GOOD.replace(",60,", ",,") + ",2018-10-31T12:00"), "flujo.csv", {}),
    ("period_too_long", with_end(GOOD.replace("2018", "2016").replace(",60,", ",,") + ",2018-10-31"), "flujo.csv", {}),
    ("outside_range", flow(GOOD + ",400,", extra=",low,high"), "flujo.csv", {}),
    ("served_over_issued", SERVED_OVER, "cola.csv", {}),
    ("duplicate_row", flow(GOOD, GOOD), "flujo.csv", {}),
    ("conflicting_rows", flow(GOOD, GOOD.replace("312", "313")), "flujo.csv", {}),
    ("more_issues", flow(GOOD.replace("312", "-1"), PEOPLE.replace("12", "-2")), "f.csv", {"limits": Limits(issues=1)}),
    (
        "rows_left_out",
        "Hora,Personas\n2018-10-31,5\n",
        "f.csv",
        {"mapping": MAPPING + '[[drop]]\ncolumn="Personas"\nis="5"'},
    ),
    ("unknown_columns", flow(GOOD + ",x", extra=",observaciones"), "flujo.csv", {}),
    ("encoding_latin1", flow(GOOD + ",Perú", extra=",nationality").encode("cp1252"), "flujo.csv", {}),
    ("formula_values", b"", "flujo.xlsx", {}),  # filled in below
    ("ambiguous_time", flow("ohare,services,served,2018-11-04T01:00,60,1"), "flujo.csv", {}),
    ("not_reported", instead("312", ""), "flujo.csv", {}),
]


def _zip_of_text() -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return saved.getvalue()


def _with_formula() -> bytes:
    import xlsxwriter

    saved = io.BytesIO()
    with xlsxwriter.Workbook(saved) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, FLOW.split(","))
        page.write_row(1, 0, GOOD.split(",")[:-1])
        page.write_formula("F2", "=300+12", None, 312)
    return saved.getvalue()


def _several(*titles: str) -> bytes:
    """Sheets with the good row each, the first of them under a title of its own."""
    book = openpyxl.Workbook()
    book.active.append(["Notas", "de la municipalidad"])
    for title in titles:
        page = book.create_sheet(title)
        for row in cells(flow(GOOD).strip()):
            page.append(row)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _swapped() -> bytes:
    rows = [[*GOOD.split(",")[:3], date(2018, d, 10) if d <= 12 else f"2018-10-{d}", 1440, 5] for d in range(1, 21)]
    return workbook([FLOW.split(","), *rows])


MADE = {
    "swapped_date": _swapped,
    "not_a_workbook": _zip_of_text,
    "formula_values": _with_formula,
    "several_sheets": lambda: _several("Enero", "Febrero"),
    "sheets_not_read": lambda: _several("Enero", "Febrero", "Marzo"),
    "sheet_chosen": lambda: _several("Enero"),
    "formula_results_unknown": lambda: old_workbook(cells(flow(GOOD).strip()), formulas={(1, 5): 312.0}),
}


def told(content: str | bytes, filename: str, arguments: dict[str, Any]) -> list[Issue]:
    try:
        parsed = read(content, filename, **arguments)
    except Refused as refused:
        return [refused.issue]
    return [*parsed.issues, *parsed.notes]


@pytest.mark.parametrize("case", BAD, ids=[f"{code}-{place}" for place, (code, *_) in enumerate(BAD)])
def test_the_sender_is_told_in_both_languages(case: tuple[str, str | bytes, str, dict[str, Any]]):
    code, content, filename, arguments = case
    issues = told(MADE[code]() if code in MADE else content, filename, arguments)
    issue = next((found for found in issues if found.code == code), None)
    assert issue is not None, f"expected {code}, found {[(i.code, dict(i.facts)) for i in issues]}"
    for language in Language:
        t = translator(language)
        sentence = t(f"issue.{code}", **issue.facts)
        assert "{" not in sentence
        assert len(re.findall(r"[.:;](\s|$)", sentence)) >= 2, sentence
        template = tomllib.loads((LOCALES / language / "issues.toml").read_text("utf-8"))["issue"][code]
        for fact in re.findall(r"{(\w+)}", template):
            assert t.fact(fact, issue.facts[fact]) in sentence


# Only a store knows what was told before: `test_tickets`.
OF_A_STORE = {"ticket_out_of_order"}


def test_every_sentence_has_a_case_that_shows_it():
    shown = {code for code, *_ in BAD} | OF_A_STORE
    for language in Language:
        assert set(tomllib.loads((LOCALES / language / "issues.toml").read_text("utf-8"))["issue"]) == shown


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Nombres y apellidos", ["Ana", "Luis", "Eva"]),
        ("Nombre", ["Ana", "Luis", "Eva"]),
        ("nombre del beneficiario", ["Ana", "Luis", "Eva"]),
        ("Full name", ["Ann", "Bob", "Eve"]),
        ("N.º de DNI", ["40112233", "71234567", "09876543"]),
        ("Fecha de nacimiento", ["1990-01-01", "1985-05-05", "2001-12-31"]),
        ("Celular", ["999888777", "987654321", "912345678"]),
        ("codigo", ["AB1234567", "CD7654321", "EF1112223"]),
        ("codigo", ["V-12345678", "V-8765432", "V-19283746"]),
        ("referencia", ["40112233", "71234567", "09876543"]),
        ("contacto", ["+51 999 888 777", "+58 412 1234567", "+593 98 765 4321"]),
        ("observaciones", ["sin novedad", "escribir a ana.perez@example.org", "todo bien"]),
    ],
)
def test_a_column_about_persons_is_refused_and_never_repeated(header: str, values: list[str]):
    rows = [f"{GOOD.replace('T14', f'T{place:02d}')},{value}" for place, value in enumerate(values)]
    with pytest.raises(Refused) as refused:
        read(flow(*rows, extra=f",{header}"))
    issue = refused.value.issue
    assert issue.code == "personal_column"
    said = repr(issue) + translator(Language.ES)(f"issue.{issue.code}", **issue.facts) + str(refused.value)
    assert header in said
    assert not any(value in said for value in values)


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Nombre del proyecto", ["Agua segura", "Kits", "Salud"]),
        ("Nombre del lugar", ["Patio norte", "Patio sur", "Carpa 1"]),
        ("Organization name", ["IOM", "UNICEF", "UNHCR"]),
        ("Pcode 2", ["HN160101", "HN130901", "CO054120"]),
        ("Id", ["7085251", "7085252", "7085259"]),
        ("presupuesto", ["12000000", "3500000", "25000000"]),
        ("fecha_corta", ["20181031", "20181101", "20181102"]),
    ],
)
def test_names_of_things_and_codes_of_places_are_not_persons(header: str, values: list[str]):
    rows = [f"{GOOD.replace('T14', f'T{place:02d}')},{value}" for place, value in enumerate(values)]
    assert read(flow(*rows, extra=f",{header}")).accepted == 3


def test_a_document_in_the_wrong_cell_is_shown_as_a_shape():
    parsed = read(flow(GOOD, instead("312", "AB1234567").splitlines()[1]))
    issue = next(issue for issue in parsed.issues if issue.code == "not_a_number")
    assert issue.facts["value"] == "AA9999999"


def test_a_sheet_that_claims_a_billion_cells_costs_nothing():
    claimed = in_sheet(b'<dimension ref="A1:F2"', b'<dimension ref="A1:XFD1048576"')
    assert read(claimed, "flujo.xlsx").accepted == 1


@pytest.mark.parametrize("column", ["stage", "people", "start"])
@pytest.mark.parametrize(
    "letters", ["a" * 1_000_000, "a" * 500_000 + "@" + "a" * 500_000, "1 " * 500_000, "a@" * 500_000]
)
def test_a_cell_of_a_million_letters_is_looked_at_in_a_moment(column, letters):
    """A search that begins at every letter of it would take minutes, and the server would answer nobody meanwhile."""
    values = dict(zip(FLOW.split(","), GOOD.split(","), strict=True)) | {column: letters}
    parsed = read(flow(",".join(values.values())))
    assert (len(parsed.rows), parsed.rejected) == (0, 1)
    assert all(len(str(issue.facts)) < 1000 for issue in parsed.issues)
