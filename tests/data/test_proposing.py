"""`caudal map` on files made for it, in both languages: what it proposes, what it leaves open, what it never shows."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.map_file import mapping_text, quoted
from data.sources import Refused
from data.sources.mapping import WrongMapping, read_mapping
from data.sources.proposing import Proposal, propose
from data.vocabulary import Dataset, Language
from layouts.translator import translator
from tests.data.parsing import read, workbook

# Columns of files nobody mapped before: headers, a row, and what a person would say of each.
MADE: dict[str, tuple[list[str], list[list[object]], Dataset, dict[str, str]]] = {
    "daily, Spanish": (
        ["Fecha", "Puesto fronterizo", "N.º de personas que ingresaron", "Observaciones"],
        [[f"{day}/06/2019", "Aguas Verdes", 300 + day, "sin novedad"] for day in range(1, 29)],
        Dataset.FLOW,
        {"start": "Fecha", "site": "Puesto fronterizo", "people": "N.º de personas que ingresaron"},
    ),
    "daily, English": (
        ["Reporting date", "Border crossing", "Individuals", "Remarks"],
        [[f"2019-06-{day:02d}", "North", 300 + day, "calm"] for day in range(1, 29)],
        Dataset.FLOW,
        {"start": "Reporting date", "site": "Border crossing", "people": "Individuals"},
    ),
    "hourly, Spanish": (
        ["Dia", "Franja horaria", "Llegadas"],
        [["14/06/2019", f"{hour:02d}:00 - {hour + 1:02d}:00", 40 + hour] for hour in range(23)],
        Dataset.FLOW,
        {"start": "Dia", "people": "Llegadas"},
    ),
    "queue, Spanish": (
        ["Fecha y hora", "Personas en espera", "Ventanillas abiertas"],
        [[f"2019-06-14T{hour:02d}:00", 100 + hour, 8] for hour in range(24)],
        Dataset.QUEUE,
        {"at": "Fecha y hora", "waiting": "Personas en espera", "counters_open": "Ventanillas abiertas"},
    ),
    "queue, English": (
        ["Time of reading", "People waiting", "Open counters"],
        [[datetime(2019, 6, 14) + timedelta(hours=hour), 100 + hour, 8] for hour in range(24)],  # noqa: DTZ001
        Dataset.QUEUE,
        {"at": "Time of reading", "waiting": "People waiting", "counters_open": "Open counters"},
    ),
    "services, Spanish": (
        ["Institución", "Sector", "Tipo de servicio", "Fecha de atención", "Turno", "Mujeres", "Hombres", "Total"],
        [["OIM", "Salud", "Vacunación", f"2019-06-{day:02d}", "mañana", 5, 6, 11] for day in range(1, 20)],
        Dataset.SERVICE,
        {"organisation": "Institución", "sector": "Sector", "service": "Tipo de servicio", "shift": "Turno"}
        | {"start": "Fecha de atención", "each Mujeres": "Mujeres", "each Hombres": "Hombres", "each Total": "Total"},
    ),
    "services, English": (
        ["Implementing organisation", "Cluster", "Activity", "Start date", "End date", "District", "People reached"],
        [
            ["IOM", "Health", "Vaccination", f"2019-06-{day:02d}", f"2019-06-{day:02d}", "Zarumilla", 9]
            for day in range(1, 9)
        ],
        Dataset.SERVICE,
        {"organisation": "Implementing organisation", "sector": "Cluster", "activity": "Activity", "end": "End date"}
        | {"start": "Start date", "place": "District", "people": "People reached"},
    ),
    "stock, Spanish": (
        ["Organización", "Insumo", "Existencias", "Unidad de medida", "Fecha de corte"],
        [["Cruz Roja", "kits de higiene", 800 - day, "kits", f"2019-06-{day:02d}"] for day in range(1, 9)],
        Dataset.STOCK,
        {"organisation": "Organización", "item": "Insumo", "quantity": "Existencias", "unit": "Unidad de medida"}
        | {"at": "Fecha de corte"},
    ),
    "presence, English": (
        ["Date and time", "People present", "Method"],
        [[f"2019-06-14T{hour:02d}:00", 900 + hour, "counted"] for hour in range(24)],
        Dataset.PRESENT,
        {"at": "Date and time", "people": "People present", "method": "Method"},
    ),
    "two languages in one header": (
        ["Fecha / Date", "Llegadas / Arrivals", "Salidas / Exits"],
        [[f"{day}/06/2019", 300 + day, 20 + day] for day in range(1, 29)],
        Dataset.FLOW,
        {"start": "Fecha / Date", "people": "Llegadas / Arrivals"},
    ),
}


def proposed(proposal: Proposal) -> dict[str, str]:
    entries = {line.name: line.columns[0].header for line in proposal.lines}
    return entries | {f"each {part.column.header}": part.column.header for part in proposal.parts}


@pytest.mark.parametrize("name", MADE)
def test_columns_nobody_described_are_understood(name: str):
    headers, rows, dataset, wanted = MADE[name]
    proposal = propose(workbook([headers, *rows]), "socio.xlsx")
    assert proposal.dataset == dataset
    found = proposed(proposal)
    assert {entry: found.get(entry) for entry in wanted} == wanted


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("language", Language)
def test_every_proposal_is_a_mapping_that_only_asks_for_its_blanks(name: str, language: Language):
    headers, rows, _, _ = MADE[name]
    text = mapping_text(propose(workbook([headers, *rows]), "socio.xlsx"), "socio.toml", translator(language))
    with pytest.raises(WrongMapping) as wrong:
        read_mapping(text)
    assert {complaint.rpartition("still")[1] for complaint in str(wrong.value).split("; ")} == {"still"}
    filled = filled_in(text)
    assert read(workbook([headers, *rows]), "socio.xlsx", mapping=filled).accepted > 0


def filled_in(text: str) -> str:
    """The blanks as a person fills them for this centre."""
    said = {"site": "tumbes", "stage": "services", "measure": "served", "source": "socio", "minutes": "60"}
    lines = []
    for line in text.splitlines():
        entry, _, _ = line.partition("   #")
        name = entry.partition(" = ")[0]
        if entry.endswith('= "???"') and not line.startswith("#"):
            entry = f'{name} = "{said.get(name, "tumbes")}"'
        lines.append(entry)
    return "\n".join(lines)


def test_the_unit_beside_a_quantity_is_no_quantity():
    table = (
        b"Fecha;Cantidad entregada;Unidad;Servicio;Sector\n2019-06-01;5;litros;Agua;Agua\n2019-06-02;7;kits;Agua;Agua\n"
    )
    lines = {line.name: line.columns[0].header for line in propose(table, "x.csv").lines}
    assert (lines["quantity"], lines["unit"]) == ("Cantidad entregada", "Unidad")


def test_what_the_file_does_not_say_is_left_open():
    proposal = propose(b"Fecha;Total\n03/04/2019;5\n05/06/2019;7\n", "x.csv")
    blanks = {constant.name for constant in proposal.constants if constant.value == "???"}
    assert {"site", "stage", "measure"} <= blanks
    text = mapping_text(proposal, "x.toml", translator("es"))
    assert tomllib.loads(text)["dates"]["order"] == "???"


def test_signs_of_numbers_that_read_two_ways_are_left_open_and_clear_ones_are_written():
    clear = propose(b"Fecha;Total\n2019-06-01;1.234,5\n2019-06-02;2.345,0\n", "x.csv")
    assert tomllib.loads(mapping_text(clear, "x.toml", translator("es")))["numbers"] == {
        "decimal": ",",
        "thousands": ".",
    }
    open_ones = propose(b"Fecha;Total\n2019-06-01;1.234\n2019-06-02;2.345\n", "x.csv")
    assert tomllib.loads(mapping_text(open_ones, "x.toml", translator("es")))["numbers"]["decimal"] == "???"


def test_words_are_translated_and_those_not_recognised_wait_as_comments():
    rows = "Institución;Cluster;Actividad;Fecha;Personas\n"
    rows += "OIM;Agua, saneamiento e higiene;Distribución de agua segura;2019-06-01;5\n"
    rows += "OIM;Logística;Bodega;2019-06-02;5\nOIM;Salud;Vacunación;2019-06-03;7\n"
    text = mapping_text(propose(rows.encode(), "x.csv"), "x.toml", translator("es"))
    words = tomllib.loads(text)["words"]
    assert words["service"] == {"Distribución de agua segura": "water", "*": "other"}
    assert '# "Logística" = "???"' in text


def test_columns_about_persons_are_named_and_never_shown():
    rows = "Fecha;Nombres y apellidos;Pasaporte;Total\n" + "".join(
        f"2019-06-{day:02d};Ana Pérez;AB12345{day:02d};5\n" for day in range(1, 20)
    )
    proposal = propose(rows.encode(), "x.csv")
    assert proposal.personal == ("Nombres y apellidos", "Pasaporte")
    for language in Language:
        text = mapping_text(proposal, "x.toml", translator(language))
        assert "Nombres y apellidos" in text
        assert "Pérez" not in text
        assert "AB12345" not in text


def test_a_group_above_its_headers_is_named_in_the_proposal():
    rows = [["Fecha", "Mujeres", "", "Hombres", ""], ["", "0-17", "18+", "0-17", "18+"]]
    rows += [[f"2019-06-{day:02d}", 1, 2, 3, 4] for day in range(1, 9)]  # type: ignore[list-item]
    parts = {part.column.header: dict(part.set) for part in propose(workbook(rows), "x.xlsx").parts}
    assert parts == {
        "Mujeres > 0-17": {"sex": "female", "age_band": "0-17"},
        "Mujeres > 18+": {"sex": "female", "age_band": "18+"},
        "Hombres > 0-17": {"sex": "male", "age_band": "0-17"},
        "Hombres > 18+": {"sex": "male", "age_band": "18+"},
    }


def test_women_without_girls_beside_them_are_of_any_age():
    rows = "Fecha;Institución;Servicio;Mujeres;Hombres\n2019-06-14;OIM;Vacunación;5;6\n"
    parts = propose(rows.encode(), "x.csv").parts
    assert [dict(part.set) for part in parts] == [{"sex": "female"}, {"sex": "male"}]
    children = rows.replace("Hombres", "Hombres;Niñas;Niños").replace(";5;6", ";5;6;7;8")
    parts = propose(children.encode(), "x.csv").parts
    assert [part.set["age_band"] for part in parts] == ["18+", "18+", "0-17", "0-17"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=14), min_size=2, max_size=5), min_size=1, max_size=8))
def test_whatever_stands_in_a_table_the_proposal_is_toml(rows: list[list[str]]):
    """Headers and cells of any signs: quotes, controls, line breaks and ??? of their own break no line of the file."""
    text = "\n".join(";".join(quoted(cell).replace("\\", "") for cell in row) for row in rows)
    try:
        proposal = propose(("Fecha;Total\n2019-06-01;5\n" + text).encode("utf-8", "ignore"), "x.csv")
    except Refused:
        return
    for language in Language:
        tomllib.loads(mapping_text(proposal, "x.toml", translator(language)))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_quoted_so_that_it_comes_back(text: str):
    whole = text.encode("utf-8", "ignore").decode()
    assert tomllib.loads(f"x = {quoted(whole)}")["x"] == whole
