"""Whatever arrives: only Refused is raised, and every row is accounted for once."""

from __future__ import annotations

import csv
import io
import json
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from data.sources import Limits, Refused
from data.sources.canonical import DATASETS
from data.sources.compound import alone
from data.sources.mapping import WrongMapping, read_mapping
from data.vocabulary import Dataset
from tests.data.old_excel import begin, old_workbook, record, stream
from tests.data.parsing import FLOW, GOOD, Parsed, cells, flow, read, workbook
from tests.soak.crafted import ods, table

SMALL = Limits(file_bytes=1 << 20, unpacked_bytes=8 << 20, rows=5_000, columns=200, cells=100_000, issues=20)
WORDS = ("tumbes", "ohare", "night", "services", "migration-control", "served", "arrivals", "general", "M", "female")
TIMES = ("2018-10-31", "2018-10-31T14:00", "2018-11-04T01:30", "2018-03-11T02:30-06:00", "31/10/2018", "2018-02-30")
NUMBERS = ("0", "7", "-3", "1e400", "12.5", "1,5", "60", "1440", "15", "999999999999", "nan", "inf", "")
cell = st.one_of(st.sampled_from(WORDS + TIMES + NUMBERS), st.text(max_size=12))


def survives(content: str | bytes, filename: str, **more: object) -> Parsed | None:
    try:
        return read(content, filename, limits=SMALL, **more)  # type: ignore[arg-type]
    except Refused as refused:
        assert refused.issue.code  # noqa: PT017 - either end is good, both are looked at
        return None


@settings(max_examples=250, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a.ods", "a.json", "a.txt", "a", "a.pdf"]))
def test_any_bytes(content: bytes, filename: str):
    survives(content, filename)


@settings(max_examples=250, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-8-sig"]))
def test_any_text_under_a_good_header(tail: str, encoding: str):
    survives((flow(GOOD) + tail).encode(encoding, errors="ignore"), "a.csv")


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(list(Dataset)))
def test_any_cells_in_any_dataset(data: st.DataObject, dataset: Dataset):
    names = DATASETS[dataset].names
    rows = data.draw(st.lists(st.lists(cell, min_size=len(names), max_size=len(names)), min_size=1, max_size=6))
    written = io.StringIO()
    csv.writer(written).writerows([names, *rows])
    parsed = survives(written.getvalue(), "a.csv", dataset=dataset)
    if parsed is not None:
        assert parsed.rows_in <= len(rows)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6000), st.binary(min_size=1, max_size=8)), min_size=1, max_size=8))
def test_a_workbook_with_any_bytes_changed(changes: list[tuple[int, bytes]]):
    raw = bytearray(workbook(cells(flow(GOOD).strip())))
    for place, piece in changes:
        at = place % len(raw)
        raw[at : at + len(piece)] = piece
    survives(bytes(raw), "a.xlsx")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(range(0, 0x1000)), st.binary(max_size=40)), max_size=12), st.booleans())
def test_any_records_in_an_old_workbook(told: list[tuple[int, bytes]], listed: bool):
    body = b"".join(record(number, content) for number, content in told)
    content = stream({"a": body}) if listed else begin(5) + body
    survives(alone("Workbook", content), "a.xls")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 2000))
def test_any_disk_around_an_old_workbook(piece: bytes, at: int):
    raw = bytearray(old_workbook(cells(flow(GOOD).strip())))
    raw[at : at + len(piece)] = piece
    survives(bytes(raw), "a.xls")


cell_tag = st.builds(
    '<table:{} table:number-columns-repeated="{}" office:value-type="{}" office:value="{}">{}</table:{}>'.format,
    st.shared(st.sampled_from(["table-cell", "covered-table-cell"]), key="tag"),
    st.sampled_from(["1", "2", "5000", "99999999999", "-1", "x"]),
    st.sampled_from(["float", "string", "date", "time", "boolean", "z"]),
    st.sampled_from(["1", "", "2018-10-31", "PT1H", "nan", "9" * 40]),
    st.sampled_from(["", "<text:p>x</text:p>"]),
    st.shared(st.sampled_from(["table-cell", "covered-table-cell"]), key="tag"),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(cell_tag, max_size=5), max_size=5), st.sampled_from(["1", "3", "1048576", "99999999999"]))
def test_any_cells_in_an_open_document(rows: list[list[str]], times: str):
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'.format
    survives(ods(table("".join(row(times, "".join(row_cells)) for row_cells in rows).encode())), "a.ods")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6))
def test_a_workbook_whose_sheet_has_any_bytes_changed(changes: list[tuple[int, bytes]]):
    saved = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(cells(flow(GOOD).strip())))) as old,
        zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            part = bytearray(old.read(entry))
            if entry.filename.endswith(("sheet1.xml", "sharedStrings.xml", "workbook.xml")):
                for place, piece in changes:
                    at = place % len(part)
                    part[at : at + len(piece)] = piece
            new.writestr(entry.filename, bytes(part))
    survives(saved.getvalue(), "a.xlsx")


json_value = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), cell),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(cell, inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(FLOW.split(",")), json_value), max_size=5))
def test_any_json(rows: list[dict[str, object]]):
    good = dict(zip(FLOW.split(","), GOOD.split(","), strict=True))
    survives(json.dumps([good, *rows]), "a.json")


toml_value = st.recursive(
    st.one_of(st.booleans(), st.integers(), cell, st.sampled_from(["Fecha", "Personas", "*", "A:B", "dmy"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["column", "first", "join", "date", "hours", "set", "into", "is"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)
KEYS = (
    "file",
    "constants",
    "columns",
    "each",
    "drop",
    "keep",
    "words",
    "dates",
    "numbers",
    "blank",
    "source",
    "issued_at",
)


def as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_toml(k)} = {as_toml(v)}" for k, v in value.items()) + "}"
    escaped = "".join(
        c if c.isprintable() and c not in '"\\' else f"\\u{ord(c):04x}" for c in str(value) if ord(c) < 0xD800
    )
    return f'"{escaped}"'


BASE = {
    "constants": {"site": "tumbes", "stage": "services", "measure": "served", "minutes": "1440"},
    "columns": {"start": "Fecha", "people": "Personas"},
}


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), toml_value, max_size=3), st.lists(st.tuples(cell, cell), max_size=4))
def test_any_mapping_on_any_table(entries: dict[str, object], rows: list[tuple[str, str]]):
    """A mapping is read or refused with its reasons; read, it meets any table without a crash."""
    text = "\n".join(f"{key} = {as_toml(value)}" for key, value in {"dataset": "flow", **BASE, **entries}.items())
    try:
        mapping = read_mapping(text)
    except WrongMapping as wrong:
        assert str(wrong)  # noqa: PT017
        return
    written = io.StringIO()
    csv.writer(written).writerows([("Fecha", "Personas"), *rows])
    survives(written.getvalue(), "a.csv", mapping=mapping)
