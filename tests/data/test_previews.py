"""Before a delivery is written: what was understood of it, what it would change, and that nothing else is written."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from data import tables, waiting
from data.changes import changes_of
from data.ingest import NotAsAgreed, ingest, undo
from data.previews import as_shown, preview
from data.sources.mapping import load_mapping, read_mapping
from data.store import reading
from data.types import Changes
from data.vocabulary import Dataset
from tests.data.centre import NOON, flow_csv, open_centre, people_by_hour, send

THREE = flow_csv(("2018-10-31T08:00", 60, 40), ("2018-10-31T09:00", 60, 50), ("2018-10-31T10:00", 60, 60))


def shown(engine, content, filename="reporte.csv", **more):
    return preview(engine, content, filename, **{"source": "migraciones", "now": NOON, **more})


def test_a_first_delivery_is_all_new_and_nothing_is_kept(any_engine, var):
    open_centre(any_engine)
    seen = shown(any_engine, THREE)
    assert (seen.receipt.accepted, seen.receipt.rejected, seen.changes) == (3, 0, Changes(new=3))
    assert seen.receipt.sites == ("tumbes",)
    assert seen.period == (datetime(2018, 10, 31, 13, tzinfo=UTC), datetime(2018, 10, 31, 16, tzinfo=UTC))
    with reading(any_engine) as conn:
        assert conn.execute(select(tables.report)).first() is None
    assert list(var.rglob("*")) == [] or not (var / "received").exists()


def test_lines_that_revise_repeat_come_late_or_are_new_are_told_apart(any_engine, var):
    open_centre(any_engine)
    later = flow_csv(("2018-10-31T10:00", 60, 66), issued_at="2018-11-01T12:00")
    send(any_engine, var, THREE, issued_at=NOON - timedelta(hours=3))
    send(any_engine, var, later)
    mixed = flow_csv(
        ("2018-10-31T08:00", 60, 41, "2018-11-01T11:00"),  # revises 40
        ("2018-10-31T09:00", 60, 50, "2018-11-01T11:00"),  # says the same
        ("2018-10-31T10:00", 60, 99, "2018-11-01T11:00"),  # was written before the line that counts
        ("2018-10-31T11:00", 60, 70, "2018-11-01T11:00"),  # new
        columns=("start", "minutes", "people", "issued_at"),
    )
    seen = shown(any_engine, mixed)
    assert seen.changes == Changes(new=1, revised=1, equal=1, older=1)
    receipt = send(any_engine, var, mixed, agreed=as_shown(seen.mark))
    with reading(any_engine) as conn:
        assert changes_of(conn, Dataset.FLOW, receipt.report) == seen.changes


def test_what_was_undone_is_new_again(engine, var):
    open_centre(engine)
    receipt = send(engine, var, THREE)
    assert shown(engine, THREE).known.report == receipt.report
    undo(engine, receipt.report, NOON, "test")
    seen = shown(engine, THREE)
    assert seen.known is None
    assert seen.changes == Changes(new=3)


def test_only_what_was_shown_is_written(any_engine, var):
    open_centre(any_engine)
    seen = shown(any_engine, THREE)
    send(any_engine, var, flow_csv(("2018-10-31T09:00", 60, 55)))  # somebody else was quicker
    with pytest.raises(NotAsAgreed):
        send(any_engine, var, THREE, agreed=as_shown(seen.mark))
    with reading(any_engine) as conn:
        assert len(conn.execute(select(tables.report)).all()) == 1
    again = shown(any_engine, THREE)
    assert again.changes == Changes(new=2, revised=1)
    assert send(any_engine, var, THREE, agreed=as_shown(again.mark)).accepted == 3


def test_other_rules_or_another_mapping_are_not_what_was_shown(engine, var):
    open_centre(engine)
    seen = shown(engine, THREE)
    with pytest.raises(NotAsAgreed):
        send(engine, var, flow_csv(("2018-10-31T08:00", 60, 40)), agreed=as_shown(seen.mark))
    with pytest.raises(NotAsAgreed):  # by now every row would be refused
        send(engine, var, THREE, now=datetime(2018, 10, 1, tzinfo=UTC), agreed=as_shown(seen.mark))
    with pytest.raises(NotAsAgreed):
        send(engine, var, b"a,b\n1,2\n", agreed=as_shown(seen.mark))
    with reading(engine) as conn:
        assert conn.execute(select(tables.report)).first() is None


def test_each_column_says_what_it_became(engine):
    open_centre(engine)
    content = flow_csv(
        ("31 personas", "2018-10-31T08:00", 60, 40),
        ("nada", "2018-10-31T09:00", 60, -4),
        columns=("Observaciones", "start", "minutes", "people"),
        stage="Control Migratorio",
    )
    columns = {one.header: one for one in shown(engine, content).columns}
    assert columns["Observaciones"].into == ()
    assert columns["Observaciones"].written == "", "what is not used is not shown"
    assert (columns["stage"].into, columns["stage"].written, columns["stage"].read) == (
        ("stage",),
        "Control Migratorio",
        "migration-control",
    )
    assert columns["start"].read == datetime(2018, 10, 31, 13, tzinfo=UTC)
    assert columns["people"].read == 40


def test_a_mapping_is_told_with_its_constants_and_its_value_columns(engine):
    open_centre(engine)
    mapping = read_mapping(
        """
dataset = "flow"
source = "migraciones"
[constants]
site = "tumbes"
stage = "migration-control"
measure = "arrivals"
minutes = 60
[columns]
start = {date = "Fecha", hours = "Hora"}
[dates]
order = "dmy"
[[each]]
column = "Hombres"
set = {sex = "male"}
[[each]]
column = "Mujeres"
set = {sex = "female"}
[[drop]]
column = "Fecha"
is = "Total"
"""
    )
    content = b"Fecha,Hora,Hombres,Mujeres,Nota\n31/10/2018,08:00,10,12,x\nTotal,,10,12,\n"
    seen = shown(engine, content, mapping=mapping)
    columns = {one.header: one for one in seen.columns if one.header}
    assert columns["Fecha"].into == ("start",)
    assert columns["Fecha"].chooses
    assert columns["Hora"].into == ("start",)
    assert (columns["Hombres"].read, columns["Mujeres"].read) == (10, 12)
    assert columns["Mujeres"].meaning == {"sex": "female"}
    assert columns["Nota"].into == ()
    assert {one.into[0]: one.read for one in seen.columns if not one.header}["stage"] == "migration-control"


def test_every_packaged_mapping_keeps_its_text(engine, var):
    mapping = load_mapping("italy-landings")
    assert read_mapping(mapping.toml, mapping.name) == mapping


def test_the_mapping_of_a_delivery_is_kept_with_it(any_engine, var):
    open_centre(any_engine)
    mapping = read_mapping(
        'dataset = "flow"\nname = "propio"\n[constants]\nsite = "tumbes"\nstage = "migration-control"\n'
        'measure = "arrivals"\nminutes = 60\n[columns]\nstart = "Hora"\npeople = "Personas"\n'
    )
    receipt = send(any_engine, var, b"Hora,Personas\n2018-10-31T08:00,40\n", mapping=mapping)
    with reading(any_engine) as conn:
        row = conn.execute(select(tables.report_mapping)).one()
    assert (row.report_id, row.mapping) == (receipt.report, "propio")
    assert replace(read_mapping(row.toml, row.mapping)) == mapping


def test_bytes_wait_for_their_own_sender_and_for_a_day(var):
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    sha256 = waiting.put_aside(var, "maria", io.BytesIO(b"abc" * 900_000), now)
    assert waiting.waiting(var, "maria", sha256) == b"abc" * 900_000
    assert waiting.waiting(var, "pedro", sha256) is None
    assert waiting.sweep(var, now + timedelta(hours=23)) == 0
    assert waiting.sweep(var, now + timedelta(hours=25)) == 1
    assert waiting.waiting(var, "maria", sha256) is None
    other = waiting.put_aside(var, "maria", io.BytesIO(b"x"), now)
    waiting.discard(var, "maria", other)
    assert waiting.waiting(var, "maria", other) is None
    assert [name for _, _, files in os.walk(var) for name in files] == []


def test_submissions_that_add_up_are_accepted_as_they_were_shown(any_engine, var):
    open_centre(any_engine)
    mapping = read_mapping(
        """
        dataset = "flow"
        source = "migraciones"
        [submissions]
        combine = "sum"
        [constants]
        site = "tumbes"
        stage = "migration-control"
        measure = "arrivals"
        minutes = 60
        [columns]
        start = "hora"
        people = "personas"
        """,
        "kobo",
    )
    told = [{"_id": n, "_uuid": f"u{n}", "hora": "2018-10-31T09:00", "personas": str(n)} for n in (4, 6)]
    content = json.dumps(told).encode()
    seen = shown(any_engine, content, "kobo.json", mapping=mapping)
    assert (seen.receipt.accepted, seen.changes) == (2, Changes(new=1))
    how = {"source": "migraciones", "now": NOON, "var": var, "mapping": mapping, "agreed": as_shown(seen.mark)}
    receipt = ingest(any_engine, content, "kobo.json", **how)
    assert receipt.state == "accepted"
    assert people_by_hour(any_engine) == {"09:00": 10}
