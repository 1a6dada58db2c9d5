"""Partners' real files through the way in: every row accounted for, every stored sum equal to an independent one.

The independent side reads with csv and openpyxl and adds in plain Python; it shares nothing with the parser.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy import Engine, func, select

from data import tables
from data.ingest import ingest
from data.queries import SeriesKey, flow_by_day, flow_by_hour
from data.receipts import Receipt
from data.sites import add_site, load_site
from data.sources import Parsed, parse
from data.sources.mapping import load_mapping
from data.store import reading, writing
from data.types import Window

NOW = datetime(2026, 11, 1, tzinfo=UTC)
EVER = Window(datetime(2010, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
SITES = {
    place.site: place for place in (load_site(path).site for path in (Path(__file__).parent / "sites").glob("*.toml"))
}
YEARS = (2016, 2017, 2018, 2019, 2020)


@pytest.fixture
def store(engine: Engine) -> Engine:
    with writing(engine) as conn:
        for path in sorted((Path(__file__).parent / "sites").glob("*.toml")):
            add_site(conn, load_site(path), NOW, "test")
    return engine


def parsed(path: Path, mapping: str) -> Parsed:
    return parse(path.read_bytes(), path.name, dataset=None, mapping=load_mapping(mapping), sites=SITES, now=NOW)


def sent(store: Engine, var: Path, path: Path, mapping: str) -> Receipt:
    how = load_mapping(mapping)
    assert how.source
    return ingest(store, path.read_bytes(), path.name, source=how.source, mapping=how, now=NOW, var=var)


def accounting(read: Parsed) -> dict[str, Any]:
    assert read.rows_in == read.accepted + read.rejected + read.not_reported
    return {
        "file_rows": read.file_rows,
        "rows_in": read.rows_in,
        "accepted": read.accepted,
        "not_reported": read.not_reported,
        **read.rejected_by,
    }


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sheet_rows(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        return list(book[sheet].iter_rows(values_only=True))
    finally:
        book.close()


def by_day(store: Engine, site: str, source: str, zone: str) -> dict[date, float]:
    with reading(store) as conn:
        days = flow_by_day(conn, SeriesKey(site, "migration-control", "arrivals", source), EVER)
    return {
        row.day.astimezone(ZoneInfo(zone)).date(): row.people for row in days.itertuples() if row.people is not None
    }


# Balkan route: one column of the sheet is one place.
PLACES = ("greek-islands", "greece-mainland", "fyrom", "serbia", "croatia", "hungary", "slovenia", "austria")


@pytest.fixture
def balkans(shared: Path) -> Path:
    return shared / "data" / "europe-2015-16-daily" / "arrivals analysis.xlsx"


def balkan_cells(path: Path) -> Iterator[tuple[str, date, Any]]:
    for row in sheet_rows(path, "arrivals")[1:]:
        assert isinstance(row[0], datetime)
        for site, value in zip(PLACES, row[1:9], strict=True):
            yield site, row[0].date(), value


@pytest.mark.filterwarnings("ignore:Unknown extension")
def test_balkan_route(store: Engine, var: Path, balkans: Path):
    told = {(site, day): value for site, day, value in balkan_cells(balkans) if isinstance(value, int | float)}
    silent = sum(not isinstance(value, int | float) for _, _, value in balkan_cells(balkans))
    assert accounting(parsed(balkans, "europe-2015-daily")) == {
        "file_rows": 102,
        "rows_in": 816,
        "accepted": len(told),
        "not_reported": silent,
    }
    assert silent == 10
    receipt = sent(store, var, balkans, "europe-2015-daily")
    assert (receipt.accepted, receipt.rejected) == (len(told), 0)
    for site in PLACES:
        days = by_day(store, site, "unhcr-balkans", SITES[site].zone)
        assert days == {day: people for (place, day), people in told.items() if place == site}
    hungary = by_day(store, "hungary", "unhcr-balkans", "Europe/Budapest")
    assert (hungary[date(2015, 10, 16)], hungary[date(2015, 10, 17)]) == (6353, 870)  # as AFP printed


# Italy: each day stands in several reports; the latest report that could have counted it is right.
@pytest.fixture
def italy(shared: Path) -> Path:
    return shared / "data" / "italy-landings-daily" / "sbarchi-per-giorno.csv"


def italy_by_reason(path: Path) -> tuple[dict[date, int], dict[str, int]]:
    latest: dict[date, tuple[str, int]] = {}
    counts: dict[str, int] = defaultdict(int)
    for row in csv_rows(path):
        if not row["Valore"]:
            counts["not_reported"] += 1
            continue
        if not row["Valore"].isdigit():
            counts["not_a_number"] += 1
            continue
        try:
            day = date.fromisoformat(row["Data"])
        except ValueError:
            counts["impossible_date"] += 1
            continue
        if day > date.fromisoformat(row["Data_Report"]):
            counts["after_report"] += 1
            continue
        counts["accepted"] += 1
        latest[day] = max(latest.get(day, ("", 0)), (row["Data_Report"], int(row["Valore"])), key=lambda told: told[0])
    return {day: people for day, (_, people) in latest.items()}, dict(counts)


def test_italy(store: Engine, var: Path, italy: Path):
    days, counts = italy_by_reason(italy)
    assert accounting(parsed(italy, "italy-landings")) == {"file_rows": 4352, "rows_in": 4352, **counts}
    receipt = sent(store, var, italy, "italy-landings")
    assert receipt.rejected == counts["not_a_number"] + counts["impossible_date"] + counts["after_report"]
    assert by_day(store, "italy-landings", "ministero-interno", "Europe/Rome") == days


def test_italy_rows_after_their_report_are_zeros_of_a_form(italy: Path):
    """Leaving them out changes no sum: it only keeps days nobody had counted from reading as days without landings."""
    left_out = [r for r in csv_rows(italy) if r["Valore"].isdigit() and r["Data"] > r["Data_Report"]]
    assert {row["Valore"] for row in left_out} == {"0"}


# Chicago O'Hare: hourly people, and the same files again for booths and waits.
@pytest.fixture
def ohare(shared: Path) -> Path:
    return shared / "data" / "cbp-airport-wait-ord"


def local_hour(row: dict[str, str]) -> datetime:
    zone = ZoneInfo("America/Chicago")
    return datetime.combine(date.fromisoformat(row["date"]), datetime.min.time(), zone) + timedelta(
        hours=int(row["hour"][:2])
    )


def test_ohare_people(store: Engine, var: Path, ohare: Path):
    told: dict[datetime, float] = {}
    for year in YEARS:
        path = ohare / f"ORD-{year}.csv"
        rows = csv_rows(path)
        told |= {local_hour(row).astimezone(UTC): float(row["all_total"]) for row in rows}
        read = parsed(path, "cbp-airport-flow")
        assert accounting(read) == {
            "file_rows": len(rows),
            "rows_in": len(rows),
            "accepted": len(rows),
            "not_reported": 0,
        }
        assert sent(store, var, path, "cbp-airport-flow").accepted == len(rows)
    with reading(store) as conn:
        key = SeriesKey("ord-terminal-5", "migration-control", "served", "us-cbp")
        hours = flow_by_hour(conn, key, EVER)
    assert {row.hour.to_pydatetime(): row.people for row in hours.itertuples()} == told
    assert sum(told.values()) == 22_888_691


def test_ohare_booths_and_waits(store: Engine, var: Path, ohare: Path):
    booths = waits = readings = 0
    for year in YEARS:
        path = ohare / f"ORD-{year}.csv"
        rows = csv_rows(path)
        readings += len(rows)
        booths += sum(int(row["all_booths"]) for row in rows)
        waits += sum(int(row["all_avg_wait"]) for row in rows)
        assert accounting(parsed(path, "cbp-airport-queue"))["accepted"] == len(rows)
        assert sent(store, var, path, "cbp-airport-queue").rejected == 0
    q = tables.queue_reading.c
    with reading(store) as conn:
        stored = conn.execute(
            select(func.count(), func.sum(q.counters_open), func.sum(q.wait_minutes), func.count(q.waiting))
        ).one()
    assert tuple(stored) == (readings, booths, waits, 0)


# 345W: activities with people reached, in total and by girls, boys, women and men.
PARTS = ("Niñas", "Niños", "Mujeres", "Hombres")


def expected_lines(rows: list[dict[str, Any]], total: str) -> tuple[int, dict[str, float]]:
    """Empty counts, and the sums of total and parts, of rows whose sector and dates are good."""
    silent, sums = 0, dict.fromkeys(("total", *PARTS), 0.0)
    for row in rows:
        values = {"total": row[total], **{part: row[part] for part in PARTS}}
        numbers = {name: None if value in ("", None) else float(value) for name, value in values.items()}
        if numbers["total"] and not any(numbers[part] for part in PARTS):
            numbers |= dict.fromkeys(PARTS)  # nobody broke this total down
        for name, number in numbers.items():
            if number is None and name != "total":
                silent += 1
            sums[name] += number or 0
    return silent, sums


def stored_sums(store: Engine) -> dict[str, float]:
    s = tables.service_line.c
    names = {("", ""): "total", ("female", "0-17"): PARTS[0], ("male", "0-17"): PARTS[1]}
    names |= {("female", "18+"): PARTS[2], ("male", "18+"): PARTS[3]}
    with reading(store) as conn:
        found = conn.execute(select(s.sex, s.age_band, func.sum(s.people)).group_by(s.sex, s.age_band))
        return {names[sex, age]: people for sex, age, people in found}


@pytest.mark.filterwarnings("ignore:Unknown extension")
def test_colombia_345w(store: Engine, var: Path, shared: Path):
    path = shared / "data" / "ocha-3w" / "whowhatwhere_345wdata_43.xlsx"
    header, _, *below = sheet_rows(path, "Records")
    rows = [dict(zip(header, row, strict=True)) for row in below]
    done = [row for row in rows if row["Estatus de la actividad"] != "Planeada"]
    silent, sums = expected_lines(done, "Número de personas alcanzadas")
    assert (len(rows), len(done)) == (4662, 4659)
    read = parsed(path, "ocha-345w")
    assert accounting(read) == {
        "file_rows": 4662,
        "rows_in": 5 * len(done),
        "accepted": 5 * len(done) - silent,
        "not_reported": silent,
    }
    receipt = sent(store, var, path, "ocha-345w")
    assert (receipt.accepted, receipt.rejected) == (read.accepted, 0)
    assert stored_sums(store) == sums
    quantities = sum(row["Alcanzado según unidad de actividad"] or 0 for row in done)
    s = tables.service_line.c
    with reading(store) as conn:
        assert conn.execute(select(func.sum(s.quantity))).scalar_one() == quantities
        totals = conn.execute(select(s.sector, func.sum(s.people)).where(s.sex == "").group_by(s.sector))
        by_sector = {sector: people for sector, people in totals}  # noqa: C416 - rows, not pairs
    told: dict[str, float] = defaultdict(float)
    for row in done:
        told[row["Área de responsabilidad o grupo"] or row["Sector / Cluster"]] += row["Número de personas alcanzadas"]
    assert by_sector["gbv"] == told["Violencia basada en género - PEAS"]
    assert by_sector["child-protection"] == told["Protección para la niñez"]
    assert by_sector["health"] == told["Salud"]
    assert by_sector["wash"] == told["Agua, Saneamiento e Higiene"]


UNFOLLOWED = {
    "Coordinación / Información",
    "Logística",
    "Transferencias Multipropósito",
    "IT y Telecomunicación",
}


def spanish_date(text: str) -> date:
    day, month, year = map(int, text.split("/"))
    return date(year, month, day)


def test_honduras_345w(store: Engine, var: Path, shared: Path):
    path = shared / "data" / "ocha-3w" / "whowhatwhere_345_honduras.csv"
    rows = [row for row in csv_rows(path)[1:] if row["ESTADO"] != "Planeada"]
    read = parsed(path, "ocha-345w")
    told = accounting(read)
    assert (told["file_rows"], told["rows_in"]) == (2730, 5 * len(rows))
    followed = [row for row in rows if row["SECTOR / CLUSTER"] not in UNFOLLOWED]
    dates = [(spanish_date(row["FECHA DE INICIO"]), spanish_date(row["FECHA DE FINALIZACIÓN"])) for row in followed]
    good = [
        row for row, (start, end) in zip(followed, dates, strict=True) if start <= end <= start + timedelta(days=399)
    ]
    _, sums = expected_lines([row for row in good if int(row["CANTIDAD"] or 0) >= 0], "PERSONAS ALCANZADAS")
    negative = [row for row in good if int(row["CANTIDAD"] or 0) < 0]
    assert told["negative_count"] == len(negative) == 1
    # The quantity belongs to the total's line alone, so its parts are accepted.
    assert sent(store, var, path, "ocha-345w").accepted == told["accepted"]
    parts = {name: sum(float(row[name] or 0) for row in negative) for name in PARTS}
    assert stored_sums(store) == {name: people + parts.get(name, 0) for name, people in sums.items()}
