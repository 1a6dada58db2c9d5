"""The 345W files of two countries, and a third one's, through one mapping: people reached equal what pandas adds up.

The independent side reads the files with pandas alone; it shares nothing with the way in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import Engine

from data.analytics.who_sums import matrix
from data.ingest import ingest
from data.receipts import Receipt
from data.sites import add_site, load_site
from data.sources.mapping import load_mapping
from data.store import reading, writing
from data.types import WhoAsk, WhoMatrix, Window
from data.vocabulary import Audience
from data.who_where import doings_of, shown_doings
from tests.data.centre import send
from tests.data.test_real_files import NOW, PARTS, SITES, UNFOLLOWED
from tests.data.test_real_files import store as store  # a fixture

COUNTS = {"people": "people", "girls": "Niñas", "boys": "Niños", "women": "Mujeres", "men": "Hombres"}
GUATEMALA = """
site = "guatemala-345w"
name = "Guatemala (345W)"
country = "GT"
zone = "America/Guatemala"
kind = "real"
entry_stage = "migration-control"
stages = ["migration-control", "services"]
sectors = ["health", "protection"]
phase = "stabilised"
"""

pytestmark = pytest.mark.filterwarnings("ignore:Unknown extension", "ignore:The default engine")


def sent_file(store: Engine, var: Path, path: Path, mapping: str) -> Receipt:
    how = load_mapping(mapping)
    return ingest(store, path.read_bytes(), path.name, source=how.source or "socio", mapping=how, now=NOW, var=var)


def window_of(site: str) -> Window:
    zone = ZoneInfo(SITES[site].zone)
    return Window(*(datetime(year, 1, 1, tzinfo=zone).astimezone(UTC) for year in (2020, 2022)))


def asked(store: Engine, site: str, across: str, count: str = "people", window: Window | None = None) -> WhoMatrix:
    """As somebody sees it who may see small counts."""
    whole = window or window_of(site)
    with reading(store) as conn:
        shown = shown_doings(conn, SITES[site], whole, Audience.PROTECTION, NOW)
        lately = doings_of(conn, SITES[site], Window(NOW, NOW))
    return matrix(shown, WhoAsk(whole, across, count=count), SITES[site], NOW, lately)


def by_sector(told: WhoMatrix) -> dict[str, float]:
    return {one.sector: one.total.value for one in told.sectors if one.total.value is not None}


def by_column(told: WhoMatrix) -> dict[object, float]:
    return {key: cell.value for key, cell in told.totals.items() if cell.value is not None}


def sums(frame: pd.DataFrame, by: str, of: str) -> dict[object, float]:
    """Only where somebody gave a number."""
    return {key: value for key, value in frame.groupby(by)[of].sum(min_count=1).items() if pd.notna(value)}


def told_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """Parts that are all nought beside a total are no parts: nobody told it apart."""
    parts = frame[list(PARTS)].apply(pd.to_numeric)
    nought = parts.fillna(0).eq(0).all(axis=1) & frame["people"].gt(0)
    return frame.assign(**{name: parts[name].mask(nought) for name in PARTS})


@pytest.fixture
def colombia(shared: Path) -> Path:
    return shared / "data" / "ocha-3w" / "whowhatwhere_345wdata_43.xlsx"


@pytest.fixture
def honduras(shared: Path) -> Path:
    return shared / "data" / "ocha-3w" / "whowhatwhere_345_honduras.csv"


def colombian(path: Path) -> pd.DataFrame:
    read = pd.read_excel(path, sheet_name="Records", skiprows=[1])
    read = read[read["Estatus de la actividad"] != "Planeada"]
    month = pd.to_datetime(read["Report date"], dayfirst=True)
    words = {
        "Seguridad Alimentaria y Nutrición": "food",
        "Salud": "health",
        "Educación": "education",
        "Agua, Saneamiento e Higiene": "wash",
        "Alojamientos y Asentamientos": "shelter",
        "Recuperación Temprana e Infraestructura": "integration",
        "Protección": "protection",
        "Acción contra minas": "protection",
        "Protección para la niñez": "child-protection",
        "Violencia basada en género - PEAS": "gbv",
    }
    return told_apart(
        read.assign(
            people=read["Número de personas alcanzadas"],
            sector=read["Área de responsabilidad o grupo"].fillna(read["Sector / Cluster"]).map(words),
            who=read["Acrónimo de la organización"].str.strip(),
            where=[
                " / ".join(part.strip() for part in pair if isinstance(part, str))
                for pair in zip(read["Estado"], read["Municipio"], strict=True)
            ],
            month=month.dt.year * 12 + month.dt.month - 1,
        )
    )


def test_colombia_by_sector_organisation_place_and_month(store: Engine, var: Path, colombia: Path):
    told = colombian(colombia)
    assert told["sector"].notna().all()
    assert sent_file(store, var, colombia, "ocha-345w").rejected == 0
    for count, column in COUNTS.items():
        matrix_of = {
            across: asked(store, "colombia-345w", across, count) for across in ("organisation", "place", "month")
        }
        assert by_sector(matrix_of["month"]) == sums(told, "sector", column), count
        assert by_column(matrix_of["organisation"]) == sums(told, "who", column), count
        assert by_column(matrix_of["place"]) == sums(told, "where", column), count
        assert by_column(matrix_of["month"]) == sums(told, "month", column), count
        assert matrix_of["month"].total.value == told[column].sum(), count


def honduran(path: Path) -> pd.DataFrame:
    read = pd.read_csv(path, dtype=str, skiprows=[1])
    read = read[(read["ESTADO"] != "Planeada") & ~read["SECTOR / CLUSTER"].isin(UNFOLLOWED)]
    first, last = (pd.to_datetime(read[name], dayfirst=True) for name in ("FECHA DE INICIO", "FECHA DE FINALIZACIÓN"))
    read = read[(first <= last) & ((last - first).dt.days <= 399)]
    counts = {name: pd.to_numeric(read[name]) for name in PARTS}
    negative = pd.to_numeric(read["CANTIDAD"]) < 0  # with its total is rejected, its parts stand
    words = {
        "Seguridad Alimentaria": "food",
        "Agua, Saneamiento e Higiene": "wash",
        "Salud": "health",
        "Protección": "protection",
        "Educación": "education",
        "Nutrición": "nutrition",
        "Recuperación Temprana": "integration",
        "Manejo y gestión de Campamentos (CCCM)": "shelter",
        "Alojamiento de emergencia (Shelter)": "shelter",
    }
    read = read.assign(
        **counts,
        people=pd.to_numeric(read["PERSONAS ALCANZADAS"]),
        sector=read["SECTOR / CLUSTER"].map(words),
        who=read["ORGANIZACIÓN IMPLEMENTADORA"].str.strip(),
        month=first.dt.year * 12 + first.dt.month - 1,
    )
    read = told_apart(read)
    return read.assign(people=read["people"].mask(negative, read[list(PARTS)].sum(axis=1, min_count=1)))


def test_honduras_through_the_same_mapping(store: Engine, var: Path, honduras: Path):
    everything = honduran(honduras)
    told = everything[everything["month"].between(2020 * 12, 2022 * 12 - 1)]
    assert len(everything) - len(told) == 3  # dated elsewhere: beyond the window that is asked for
    receipt = sent_file(store, var, honduras, "ocha-345w")
    assert receipt.sites == ("honduras-345w",)
    for count, column in COUNTS.items():
        months = asked(store, "honduras-345w", "month", count)
        assert by_sector(months) == sums(told, "sector", column), count
        assert by_column(months) == sums(told, "month", column), count
        assert by_column(asked(store, "honduras-345w", "organisation", count)) == sums(told, "who", column), count


def test_a_third_country_needs_its_site_and_nothing_else(store: Engine, var: Path, colombia: Path, tmp_path: Path):
    """Rows of Colombia's file under another country's name: without a site of it refused, with one they count."""
    book = openpyxl.load_workbook(colombia)
    sheet = book["Records"]
    header = [cell.value for cell in sheet[1]]
    sheet.delete_rows(200, sheet.max_row)
    country = header.index("Country code") + 1
    for row in range(3, sheet.max_row + 1):
        sheet.cell(row, country).value = "GT"
    path = tmp_path / "guatemala.xlsx"
    book.save(path)
    assert sent_file(store, var, path, "ocha-345w").accepted == 0
    with writing(store) as conn:
        add_site(conn, load_site(GUATEMALA), NOW, "test")
    receipt = sent_file(store, var, path, "ocha-345w")
    assert (receipt.sites, receipt.rejected) == (("guatemala-345w",), 0)
    expected = colombian(path)["people"].sum()
    site = load_site(GUATEMALA).site
    whole = window_of("colombia-345w")
    with reading(store) as conn:
        shown = shown_doings(conn, site, whole, Audience.PROTECTION, NOW)
        told = matrix(shown, WhoAsk(whole, "month"), site, NOW, doings_of(conn, site, Window(NOW, NOW)))
    assert told.total.value == expected


def test_a_country_with_two_sites_names_neither(store: Engine, var: Path, colombia: Path):
    second = GUATEMALA.replace("guatemala", "colombia-sur").replace('"GT"', '"CO"').replace("Guatemala (", "Sur (")
    with writing(store) as conn:
        add_site(conn, load_site(second.replace("America/Guatemala", "America/Bogota")), NOW, "test")
    assert sent_file(store, var, colombia, "ocha-345w").accepted == 0


def test_an_activity_with_its_unit_beside_parts_without_one_counts_once(store: Engine, var: Path):
    """As the 345W mapping writes them: the total in kits, its girls and women in no unit."""
    head = "site,organisation,sector,service,start,end,quantity,unit,people,sex,age_band,activity,place\n"
    same = "colombia-345w,NRC,wash,hygiene-kits,2021-03-01,2021-04-01"
    rows = [f"{same},40,kits,90,,,1 · kits,Cauca", f"{same},,,60,female,0-17,1 · kits,Cauca"]
    rows.append(f"{same},,,30,female,18+,1 · kits,Cauca")
    send(store, var, (head + "\n".join(rows) + "\n").encode(), source="ocha-345w", now=NOW)
    told = {count: asked(store, "colombia-345w", "month", count).total.value for count in ("people", "girls", "women")}
    assert told == {"people": 90, "girls": 60, "women": 30}


def pieces(told: WhoMatrix) -> Iterator[float]:
    for sector in told.sectors:
        for one in sector.services:
            yield from (cell.value for cell in one.cells.values() if cell.value is not None)


def test_parts_of_the_real_matrix_sum_to_its_totals(store: Engine, var: Path, colombia: Path):
    sent_file(store, var, colombia, "ocha-345w")
    for across in ("organisation", "place", "month"):
        told = asked(store, "colombia-345w", across)
        assert sum(pieces(told)) == told.total.value == sum(by_sector(told).values()) == sum(by_column(told).values())
