"""Who does what where on its way out: the numbers of the page under HXL tags, no formula, and back in without loss."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, select

from callbacks import r4v, referral_files, who, who_files
from callbacks.partners import partners
from callbacks.who_files import FILES, made
from data.ingest import ingest
from data.places import site as site_named
from data.sources.mapping import load_mapping
from data.store import reading
from data.tables import service_line
from data.types import ClockReading, Scope, Site, WhoAsk, Window
from data.vocabulary import Audience, Language
from layouts.translator import translator
from tests.data.centre import NOON, SITE, open_centre, send
from tests.stores import migrated

# Hashtags and attributes of the published HXL 1.1 dictionary (hxlstandard.org/standard/1-1final/dictionary).
HASHTAGS = {
    "access",
    "activity",
    "adm1",
    "adm2",
    "adm3",
    "adm4",
    "adm5",
    "affected",
    "beneficiary",
    "capacity",
    "cause",
    "channel",
    "contact",
    "country",
    "crisis",
    "currency",
    "date",
    "description",
    "event",
    "frequency",
    "geo",
    "group",
    "impact",
    "indicator",
    "inneed",
    "item",
    "loc",
    "meta",
    "modality",
    "need",
    "operations",
    "org",
    "output",
    "population",
    "reached",
    "region",
    "respondee",
    "sector",
    "service",
    "severity",
    "status",
    "subsector",
    "targeted",
    "value",
}
ATTRIBUTES = {
    "activity",
    "adolescents",
    "adults",
    "approved",
    "canceled",
    "children",
    "cluster",
    "code",
    "dest",
    "elderly",
    "end",
    "f",
    "funder",
    "id",
    "impl",
    "ind",
    "infants",
    "label",
    "lat",
    "lon",
    "m",
    "name",
    "num",
    "occurred",
    "origin",
    "prog",
    "programme",
    "project",
    "provided",
    "refugees",
    "reported",
    "source",
    "start",
    "text",
    "type",
    "url",
    "used",
    "date",
    "description",
}
OURS = {"shift", "duplicate", "counted", "column", "lowerbound", "reserved", "missing", "sex", "age", "need", "mark"}
OURS |= {"table", "grain", "referred", "accepted", "closed", "overdue", "derived", "atleastone", "contradicts"}
DAY = Window(datetime(2018, 10, 31, 5, tzinfo=UTC), datetime(2018, 11, 1, 5, tzinfo=UTC))
CLOCK = ClockReading(NOON, 1.0, False)
HEAD = (
    "site,organisation,sector,service,start,end,shift,quantity,unit,people,sex,age_band,need,capacity,activity,place,"
    "issued_at\n"
)
ISSUED = "2018-10-31T20:00"
ROWS = [
    f"tumbes,ADRA,food,meals,2018-10-31T06:00,2018-10-31T14:00,mañana,300,raciones,280,,,,500,Desayuno,Patio,{ISSUED}",
    f"tumbes,ADRA,food,meals,2018-10-31T06:00,2018-10-31T14:00,mañana,,,60,female,0-17,,,Desayuno,Patio,{ISSUED}",
    f"tumbes,ADRA,food,meals,2018-10-31T06:00,2018-10-31T14:00,mañana,,,50,male,0-17,,,Desayuno,Patio,{ISSUED}",
    f"tumbes,ADRA,food,meals,2018-10-31T06:00,2018-10-31T14:00,mañana,,,12,female,18-59,gestantes,,Desayuno,Patio,{ISSUED}",
    f"tumbes,@SUMA(A1),wash,water,2018-10-31T14:00,2018-10-31T22:00,,4500,litros,,,,,6000,-2+3 tanques,+norte,{ISSUED}",
    f"tumbes,ADRA,wash,hygiene-kits,2018-10-31T14:00,2018-10-31T22:00,,40,kits,90,,,,,,,{ISSUED}",
    f"tumbes,ADRA,wash,hygiene-kits,2018-10-31T14:00,2018-10-31T22:00,,,,0,female,0-17,,,,,{ISSUED}",
    f"tumbes,COOPI,wash,hygiene-kits,2018-10-30T14:00,2018-10-30T22:00,,2,kits,3,,,,,,,{ISSUED}",
    f"tumbes,COOPI,health,vaccination,2018-10-01,2018-11-01,,,,1200,,,,,mensual,Zarumilla / Aguas Verdes,{ISSUED}",
]
SMALL = [
    f"tumbes,COOPI,wash,hygiene-kits,2018-10-31T14:00,2018-10-31T22:00,,3,kits,3,,,,,,,{ISSUED}",
    f"tumbes,COOPI,gbv,gbv-response,2018-10-31T06:00,2018-10-31T14:00,,,,2,,,,,,,{ISSUED}",
]


def opened(url: str) -> Engine:
    engine = migrated(url)
    open_centre(engine, SITE)
    return engine


@pytest.fixture
def centre(engine: Engine, var: Path) -> Engine:
    open_centre(engine, SITE)
    assert send(engine, var, (HEAD + "\n".join(ROWS) + "\n").encode(), source="gtrm").rejected == 0
    return engine


def small_too(centre: Engine, var: Path) -> None:
    later = NOON + timedelta(minutes=1)
    assert send(centre, var, (HEAD + "\n".join(SMALL) + "\n").encode(), source="gtrm", now=later).rejected == 0


def file(engine: Engine, kind: str, ask: WhoAsk, audience: Audience = Audience.PROTECTION, **more: Any) -> bytes:
    with reading(engine) as conn:
        site = site_named(conn, "tumbes")
        return made(kind, conn, scope(audience), site, ask, CLOCK, translator(Language.ES, site.zone), **more)


def scope(audience: Audience) -> Scope:
    return Scope("tumbes", Language.ES, audience, "today")


def place(engine: Engine) -> Site:
    with reading(engine) as conn:
        return site_named(conn, "tumbes")


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


EVER = Window(datetime(2018, 9, 30, 5, tzinfo=UTC), datetime(2018, 11, 2, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    "columns",
    [who_files.ROWS, who_files.SUMS, r4v.COLUMNS, referral_files.COLUMNS],
    ids=["rows", "sums", "5w", "referrals"],
)
def test_every_tag_is_of_the_published_list_or_declared_as_ours(columns: dict[str, str]):
    for tag in columns.values():
        hashtag, *attributes = tag.removeprefix("#").split("+")
        assert hashtag in HASHTAGS, tag
        assert set(attributes) <= ATTRIBUTES | OURS, tag
        assert re.fullmatch(r"#[a-z][a-z0-9]*(\+[a-z]+)*", tag)
    assert len(set(columns.values())) == len(columns)


def test_the_csv_says_what_the_page_says_and_how_it_was_made(centre: Engine):
    header, tags, *rows = cells(file(centre, "csv", WhoAsk(DAY)))
    assert tags[header.index("people")] == "#reached"
    gap = rows.index([])
    told = [dict(zip(header, row, strict=True)) for row in rows[:gap]]
    meals = next(row for row in told if row["service"] == "meals")
    assert (meals["people"], meals["girls"], meals["boys"], meals["women"]) == ("280", "60", "50", "")
    water = next(row for row in told if row["service"] == "water")
    assert (water["people"], water["quantity"], water["unit"]) == ("", "4500", "litros")
    about = {row[0]: row[1] for row in rows[gap + 1 :]}
    assert about["Puesto"] == "CEBAF Tumbes (tumbes)"
    assert about["Zona horaria"] == "America/Lima"
    assert about["Fuentes"] == "gtrm"
    assert set(about) >= {"Datos al", "Filtros", "Método", "Marca", "Cifras reservadas", "Período"}


@pytest.mark.parametrize(("need", "told"), [("SV", False), ("víctima de trata", False), ("discapacidad", True)])
def test_the_5w_file_crosses_no_withheld_need_with_hours(centre: Engine, var: Path, need: str, told: bool):
    line = "tumbes,ADRA,health,medical-attention,2018-10-31T06:00,2018-10-31T14:00,,,,"
    rows = [f"{line}90,,,,,,,{ISSUED}", f"{line}40,,,{need},,,,{ISSUED}"]
    later = NOON + timedelta(minutes=2)
    assert send(centre, var, (HEAD + "\n".join(rows) + "\n").encode(), source="gtrm", now=later).rejected == 0
    content = file(centre, "r4v.csv", WhoAsk(DAY), Audience.OPEN).decode()
    assert (need in content) is told
    assert "medical-attention" in content
    assert need in file(centre, "r4v.csv", WhoAsk(DAY)).decode()


def test_no_cell_can_start_a_formula(centre: Engine):
    for kind in FILES:
        content = file(centre, kind, WhoAsk(DAY))
        if kind.endswith("csv"):
            found = [cell for row in cells(content) for cell in row]
            assert not [cell for cell in found if cell[:1] in ("=", "+", "-", "@")]
            assert "'@SUMA(A1)" in found
        else:
            book = openpyxl.load_workbook(io.BytesIO(content))
            told = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
            assert not [cell for cell in told if cell.data_type == "f"]
            assert "@SUMA(A1)" in {cell.value for cell in told}


def test_the_workbook_reads_back_with_its_sums_and_its_metadata(centre: Engine):
    book = openpyxl.load_workbook(io.BytesIO(file(centre, "xlsx", WhoAsk(DAY, "organisation"))))
    assert book.sheetnames == ["5W", "Sumas", "Metadatos"]
    header, tags, *rows = list(book["Sumas"].iter_rows(values_only=True))
    assert tags == tuple(who_files.SUMS.values())
    sums = [dict(zip(header, row, strict=True)) for row in rows]
    kits = next(r for r in sums if r["service"] == "hygiene-kits" and r["column"] is None)
    everything = next(r for r in sums if r["sector"] is None)
    assert (kits["value"], everything["value"]) == (90, 370)
    with reading(centre) as conn:
        model = who.who(conn, scope(Audience.PROTECTION), place(centre), WhoAsk(DAY), CLOCK)
    assert model.matrix.total.value == 370


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LIBREOFFICE ABSENT: the workbook was not opened with it")
@pytest.mark.parametrize("kind", ["xlsx", "r4v.xlsx"])
def test_libreoffice_opens_the_workbook_and_saves_the_same_cells(centre: Engine, tmp_path: Path, kind: str):
    path = tmp_path / "caudal.xlsx"
    path.write_bytes(file(centre, kind, WhoAsk(EVER)))
    words = ("soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "ods:calc8")
    subprocess.run([*words, "--outdir", str(tmp_path), str(path)], check=True, timeout=120, capture_output=True)
    theirs, ours = (CalamineWorkbook.from_path(str(one)) for one in (tmp_path / "caudal.ods", path))
    assert theirs.sheet_names == ours.sheet_names
    for name in ours.sheet_names:
        told = [[str(cell) for cell in row] for row in theirs.get_sheet_by_name(name).to_python()]
        assert told == [[str(cell) for cell in row] for row in ours.get_sheet_by_name(name).to_python()], name


LINE = [c for c in service_line.c if c.name not in ("line_id", "report_id", "received_at")]


def stored(engine: Engine) -> list[tuple[Any, ...]]:
    with reading(engine) as conn:
        rows = conn.execute(select(*LINE)).all()
    return sorted((tuple(row) for row in rows), key=repr)


@pytest.mark.parametrize("kind", ["r4v.csv", "r4v.xlsx"])
def test_the_5w_layout_imports_back_without_loss(centre: Engine, var: Path, tmp_path: Path, kind: str):
    small_too(centre, var)
    content = file(centre, kind, WhoAsk(EVER))
    other = opened(f"sqlite:///{tmp_path / 'other.sqlite'}")
    how = load_mapping("r4v-5w")
    receipt = ingest(other, content, f"5w.{kind}", source="gtrm", mapping=how, now=NOON + timedelta(hours=1), var=var)
    assert receipt.rejected == 0, receipt.issues
    assert stored(other) == stored(centre)
    assert file(other, kind, WhoAsk(EVER)) == file(centre, kind, WhoAsk(EVER)) or kind.endswith("xlsx")
    other.dispose()


def test_what_is_reserved_stays_empty_in_every_file(centre: Engine, var: Path):
    small_too(centre, var)
    for kind in ("csv", "r4v.csv"):
        header, _, *rows = cells(file(centre, kind, WhoAsk(DAY), Audience.OPEN))
        count = "people" if kind == "csv" else "Total beneficiaries"
        who_is = "organisation" if kind == "csv" else "Implementing partner"
        told = [dict(zip(header, row, strict=True)) for row in rows if len(row) == len(header)]
        of_coopi = [row for row in told if row[who_is] == "COOPI"]
        assert len(of_coopi) == 2
        assert all(row[count] == "" for row in of_coopi)
        # ADRA's 90 kits of the same day would give COOPI's 3 away: their sum is told elsewhere.
        kits = [row[count] for row in told if row[who_is] == "ADRA" and "hygiene-kits" in row.values()]
        assert kits == [""]


def test_of_one_source_only_its_own_rows(centre: Engine, var: Path):
    more = f"tumbes,Cruz Roja,food,meals,2018-10-31T06:00,2018-10-31T14:00,,80,raciones,80,,,,,,Norte,{ISSUED}\n"
    send(centre, var, (HEAD + more).encode(), source="cruz-roja", now=NOON)
    for audience in Audience:
        header, _, *rows = cells(file(centre, "r4v.csv", WhoAsk(EVER), audience, source="cruz-roja"))
        assert [row[header.index("Implementing partner")] for row in rows] == ["Cruz Roja"]


def test_a_possible_duplicate_is_in_its_cell_and_once_in_the_sum(centre: Engine, var: Path):
    more = f"tumbes,Cruz Roja,food,meals,2018-10-31T07:00,2018-10-31T13:00,,200,raciones,200,,,,,,patio,{ISSUED}\n"
    send(centre, var, (HEAD + more).encode(), source="cruz-roja", now=NOON)
    with reading(centre) as conn:
        model = who.who(conn, scope(Audience.PROTECTION), place(centre), WhoAsk(DAY, sector="food"), CLOCK)
    [sector] = model.matrix.sectors
    [meals] = sector.services
    assert {key: (cell.value, cell.flagged) for key, cell in meals.cells.items()} == {
        "ADRA": (280, True),
        "Cruz Roja": (200, True),
    }
    assert (meals.total.value, meals.total.at_least, meals.total.twice) == (280, True, 1)
    assert (model.open_duplicates, model.matrix.duplicates) == (1, 1)
    header, _, *rows = cells(file(centre, "csv", WhoAsk(DAY, sector="food")))
    counted = {row[2]: row[header.index("counted")] for row in rows[: rows.index([])]}
    assert counted == {"ADRA": "1", "Cruz Roja": "0"}


def test_the_roster_says_what_each_covers_and_when_it_reported(centre: Engine):
    with reading(centre) as conn:
        _, told = partners(conn, scope(Audience.OPEN), place(centre), CLOCK)
    by_name = {one.organisation: one for one in told}
    assert by_name["ADRA"].services == ("hygiene-kits", "meals")
    assert by_name["ADRA"].places == ("", "Patio")
    assert by_name["COOPI"].sectors == ("health", "wash")
    assert by_name["COOPI"].state == "reported-by-others"
    assert by_name["gtrm"].state == "unasked"
    assert by_name["gtrm"].last_received == NOON
    assert by_name["Migraciones"].rates.missing > 0
