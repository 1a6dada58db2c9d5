"""Reports are never lost and never counted twice, whatever happens on the way in."""

from __future__ import annotations

import hashlib
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from data import snapshots, tables
from data.ingest import NoSuchReport, ingest, preview, undo
from data.lines import LINES
from data.queries import SeriesKey, deliveries, delivery, flow_by_hour
from data.receipts import Receipt, Sent, enter, unread
from data.revisions import NATURAL_KEY
from data.sources import Mapping
from data.sources.mapping import read_mapping
from data.store import create_store, reading, writing
from data.types import Window
from data.versions import version_of
from data.vocabulary import Dataset
from tests.data.centre import (
    ARRIVALS,
    NOON,
    SITE,
    contents,
    flow_csv,
    hour_csv,
    open_centre,
    people_by_hour,
    people_of_day,
    send,
)
from tests.data.cut_short import imported
from tests.processes import Forked

LATER = NOON + timedelta(hours=1)
SERVED = SeriesKey("tumbes", "migration-control", "served", "migraciones")


@pytest.fixture
def centre(any_engine):
    open_centre(any_engine)
    return any_engine


@pytest.fixture
def embedded(engine):
    open_centre(engine)
    return engine


def count(engine, table) -> int:
    with reading(engine) as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def version(engine) -> int:
    with reading(engine) as conn:
        return version_of(conn, "tumbes")


def test_a_report_sent_twice_counts_once(centre, var):
    nine = hour_csv("09:00", 40)
    first = send(centre, var, nine)
    before = version(centre)
    again = send(centre, var, nine, now=LATER)
    assert (first.accepted, first.already_received, first.state, first.sites) == (1, False, "accepted", ("tumbes",))
    assert (again.report, again.accepted, again.already_received) == (first.report, 1, True)
    assert people_by_hour(centre) == {"09:00": 40}
    assert (count(centre, tables.report), version(centre)) == (1, before)


def test_the_bytes_are_kept_as_they_came(embedded, var):
    nine = hour_csv("09:00", 40)
    send(embedded, var, nine)
    assert snapshots.kept(var, hashlib.sha256(nine).hexdigest()) == nine


def test_a_piece_of_a_file_whose_receiving_was_cut_short_goes_after_an_hour(embedded, var):
    whole = hour_csv("09:00", 40)
    send(embedded, var, whole)
    piece = snapshots.kept_at(var, hashlib.sha256(whole).hexdigest()).parent / ".part-x1y2z3"
    piece.write_bytes(whole[:20])
    began = datetime.fromtimestamp(piece.stat().st_mtime, UTC)
    assert snapshots.sweep(var, began + timedelta(minutes=59)) == 0
    assert snapshots.sweep(var, began + timedelta(minutes=61)) == 1
    assert not piece.exists()
    assert len(snapshots.all_kept(var)) == 1


def test_the_bytes_of_a_refused_file_are_kept_and_the_refusal_is_listed_once(centre, var):
    bad = b"<html><body>Sesion vencida</body></html>"
    first = send(centre, var, bad)
    again = send(centre, var, bad, now=LATER)
    assert (first.state, first.accepted, len(first.issues)) == ("refused", 0, 1)
    assert again.report == first.report
    assert snapshots.kept(var, hashlib.sha256(bad).hexdigest()) == bad
    with reading(centre) as conn:
        listed = deliveries(conn, "tumbes", 10)
        assert [(d.report_id, d.state) for d in listed] == [(first.report, "refused")]
        found = delivery(conn, listed[0].report_id)
    assert found is not None
    assert [issue.code for issue in found.issues] == [first.issues[0].code]


def test_a_file_refused_for_its_site_counts_once_the_site_exists(centre, var):
    tacna = flow_csv(("2018-10-31T09:00", 60, 7), site="tacna")
    assert send(centre, var, tacna).state == "refused"
    from tests.data.centre import SITE

    open_centre(centre, SITE.replace('"tumbes"', '"tacna"'))
    assert send(centre, var, tacna).accepted == 1


def mapped(measure: str, hour: str = "hora", name: str = "socio") -> Mapping:
    return read_mapping(
        f"""
        dataset = "flow"
        source = "migraciones"
        [constants]
        site = "tumbes"
        stage = "migration-control"
        measure = "{measure}"
        minutes = 60
        [columns]
        start = "{hour}"
        people = "personas"
        [dates]
        order = "dmy"
        """,
        name,
    )


def test_the_same_bytes_count_once_as_the_mapping_of_now_reads_them(centre, var):
    content = b"hora,personas\n31/10/2018 09:00,40\n"
    first = send(centre, var, content, mapping=mapped("served"))
    again = send(centre, var, content, mapping=mapped("served"), now=NOON + timedelta(hours=1))
    assert (again.report, again.already_received) == (first.report, True)
    right = send(centre, var, content, mapping=mapped("arrivals"), now=NOON + timedelta(hours=2))
    assert (right.accepted, right.already_received) == (1, False)
    assert people_by_hour(centre) == {"09:00": 40}
    assert people_by_hour(centre, key=SERVED) == {}
    with reading(centre) as conn:
        before = delivery(conn, first.report or 0)
    assert before is not None
    assert before.state == "undone"


def test_two_mappings_of_one_workbook_read_two_sheets_and_both_count(centre, var):
    content = b"hora,personas\n31/10/2018 09:00,40\n"
    send(centre, var, content, mapping=mapped("arrivals", name="enero"))
    send(centre, var, content, mapping=mapped("served", name="febrero"))
    assert people_by_hour(centre) == people_by_hour(centre, key=SERVED) == {"09:00": 40}


def test_rows_that_were_rejected_count_once_they_are_understood(centre, var):
    content = (hour_csv("09:00", 40).decode() + "tacna,migration-control,arrivals,2018-10-31T09:00,60,7\n").encode()
    first = send(centre, var, content)
    assert (first.accepted, first.rejected) == (1, 1)
    again = send(centre, var, content, now=NOON + timedelta(minutes=1))
    assert (again.report, again.already_received) == (first.report, True)
    open_centre(centre, SITE.replace('"tumbes"', '"tacna"'))
    third = send(centre, var, content, now=NOON + timedelta(minutes=2))
    assert (third.accepted, third.rejected, third.already_received) == (2, 0, False)
    assert people_by_hour(centre) == {"09:00": 40}


def test_good_rows_count_and_bad_ones_are_listed_with_line_and_reason(centre, var):
    mixed = flow_csv(("2018-10-31T09:00", 60, 40), ("2018-10-31T10:00", 60, -3), ("2018-10-31T11:00", 60, 50))
    receipt = send(centre, var, mixed)
    assert (receipt.state, receipt.accepted, receipt.rejected) == ("partial", 2, 1)
    assert [(issue.line, issue.column) for issue in receipt.issues] == [(3, "people")]
    assert people_by_hour(centre) == {"09:00": 40, "11:00": 50}
    with reading(centre) as conn:
        kept = delivery(conn, receipt.report or 0)
    assert kept is not None
    assert [(i.line, i.column, i.code) for i in kept.issues] == [(i.line, i.column, i.code) for i in receipt.issues]
    assert (kept.rows, kept.accepted, kept.rejected) == (3, 2, 1)


def test_what_was_issued_later_counts_whichever_arrives_first(centre, var):
    old, new = hour_csv("09:00", 40), hour_csv("09:00", 55)
    send(centre, var, new, issued_at=LATER, now=LATER)
    send(centre, var, old, issued_at=NOON, now=LATER + timedelta(hours=1))
    assert people_by_hour(centre) == {"09:00": 55}


def test_issued_at_may_stand_in_the_rows(centre, var):
    new = hour_csv("09:00", 55, issued_at="2018-11-01T10:00")
    old = hour_csv("09:00", 40, issued_at="2018-11-01T08:00")
    send(centre, var, new)
    send(centre, var, old, now=LATER)
    assert people_by_hour(centre) == {"09:00": 55}


def test_of_two_reports_without_a_date_the_later_received_counts(centre, var):
    send(centre, var, hour_csv("09:00", 40))
    send(centre, var, hour_csv("09:00", 55), now=LATER)
    assert people_by_hour(centre) == {"09:00": 55}


def test_the_same_figures_issued_again_are_a_delivery_of_their_own(centre, var):
    nine = hour_csv("09:00", 40)
    send(centre, var, nine, issued_at=NOON - timedelta(hours=3))
    send(centre, var, hour_csv("09:00", 55), issued_at=NOON - timedelta(hours=2))
    back = send(centre, var, nine, issued_at=NOON - timedelta(hours=1))
    assert not back.already_received
    assert people_by_hour(centre) == {"09:00": 40}


def test_an_idempotency_key_makes_five_sends_one(centre, var):
    receipts = [send(centre, var, hour_csv("09:00", 40), idempotency_key="form-1") for _ in range(5)]
    assert [receipt.already_received for receipt in receipts] == [False, True, True, True, True]
    assert count(centre, tables.report) == 1


def test_a_key_that_stood_for_other_content_is_refused_and_says_so(centre, var):
    first = send(centre, var, hour_csv("09:00", 40), idempotency_key="form-1")
    other = send(centre, var, hour_csv("09:00", 41), idempotency_key="form-1", now=LATER)
    assert (other.state, other.issues[0].code) == ("refused", "idempotency_key_reused")
    assert other.issues[0].facts["report"] == str(first.report)
    assert people_by_hour(centre) == {"09:00": 40}
    assert send(centre, var, hour_csv("09:00", 41), idempotency_key="form-2", now=LATER).accepted == 1


def test_two_sources_may_use_the_same_key(centre, var):
    send(centre, var, hour_csv("09:00", 40), idempotency_key="1")
    assert send(centre, var, hour_csv("09:00", 41), idempotency_key="1", source="dtm").accepted == 1
    assert people_by_hour(centre) == {"09:00": 40}


def test_undoing_a_report_brings_back_what_it_had_replaced(centre, var):
    send(centre, var, hour_csv("09:00", 40))
    wrong = send(centre, var, hour_csv("09:00", 5555), now=LATER)
    before = version(centre)
    undone = undo(centre, wrong.report or 0, LATER, "maria")
    assert (undone.state, undone.sites) == ("undone", ("tumbes",))
    assert people_by_hour(centre) == {"09:00": 40}
    assert version(centre) == before + 1
    assert count(centre, tables.flow_line) == 2  # the lines stay


def test_undoing_the_only_report_leaves_no_report_not_zero(centre, var):
    only = send(centre, var, hour_csv("09:00", 40))
    undo(centre, only.report or 0, LATER, "maria")
    assert people_by_hour(centre) == {}
    assert people_of_day(centre) is None


def test_an_undone_delivery_may_come_again_and_counts_again(centre, var):
    nine = hour_csv("09:00", 40)
    first = send(centre, var, nine, idempotency_key="form-1")
    undo(centre, first.report or 0, LATER, "maria")
    again = send(centre, var, nine, idempotency_key="form-1", now=LATER + timedelta(hours=1))
    assert (again.already_received, again.accepted) == (False, 1)
    assert again.report != first.report
    assert people_by_hour(centre) == {"09:00": 40}


def test_only_a_report_that_counts_can_be_undone(centre, var):
    only = send(centre, var, hour_csv("09:00", 40))
    undo(centre, only.report or 0, LATER, "maria")
    for number in (only.report or 0, 999):
        with pytest.raises(NoSuchReport, match=str(number)):
            undo(centre, number, LATER, "maria")


def test_what_was_known_at_a_moment_can_be_asked_again(centre, var):
    moments = [NOON + timedelta(hours=n) for n in range(5)]
    send(centre, var, hour_csv("09:00", 40), now=moments[0])
    wrong = send(centre, var, hour_csv("09:00", 5555), now=moments[1])
    undo(centre, wrong.report or 0, moments[2], "maria")
    send(centre, var, hour_csv("09:00", 44), now=moments[3])
    known = [people_by_hour(centre, as_of=moment).get("09:00") for moment in moments]
    assert known == [40, 5555, 40, 44, 44]
    assert people_by_hour(centre, as_of=NOON - timedelta(seconds=1)) == {}
    assert [people_of_day(centre, as_of=moment) for moment in moments] == known


def test_a_preview_writes_nothing(embedded, var):
    before = version(embedded)
    seen = preview(embedded, hour_csv("09:00", 40), "reporte.csv", source="migraciones", now=NOON)
    assert (seen.report, seen.accepted, seen.sites) == (None, 1, ("tumbes",))
    assert (count(embedded, tables.report), version(embedded)) == (0, before)
    assert not (var / "received").exists()


def test_rows_without_a_count_are_no_report_and_no_fault(centre, var):
    receipt = send(centre, var, flow_csv(("2018-10-31T09:00", 60, ""), ("2018-10-31T10:00", 60, 0)))
    assert (receipt.accepted, receipt.rejected) == (1, 0)
    assert people_by_hour(centre) == {"10:00": 0}
    nothing = send(centre, var, flow_csv(("2018-10-31T12:00", 60, "")))
    assert (nothing.accepted, nothing.rejected, nothing.state) == (0, 0, "accepted")


def test_many_hands_with_the_same_delivery_count_it_once(centre, var):
    day = flow_csv(*((f"2018-10-31T{hour:02}:00", 60, 10) for hour in range(24)))
    receipts = []
    threads = [threading.Thread(target=lambda: receipts.append(send(centre, var, day))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(receipt.already_received for receipt in receipts) == [False, True, True, True, True, True]
    assert people_of_day(centre) == 240


def test_parts_of_a_day_sent_at_the_same_moment_all_count(centre, var):
    sent = [hour_csv(f"{hour:02}:00", 10) for hour in range(24)]
    threads = [threading.Thread(target=send, args=(centre, var, content)) for content in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert people_of_day(centre) == 240
    assert len(people_by_hour(centre)) == 24


def _import(
    centre: Engine, var: Path, file: Path, said: Path, at_once: int = 20_000, stage_from: int = 10**9, dies_at: int = 0
) -> Forked:
    url = centre.url.render_as_string(hide_password=False)
    return Forked(imported, url, var, file, said, at_once, stage_from, dies_at)


# Killed while lines are put aside, while they are written, and once they are written but not yet summed.
@pytest.mark.parametrize(("stage_from", "step"), [(1_000, 1), (1_000, 4), (10**9, 2), (10**9, 3)])
def test_a_process_killed_in_the_middle_of_an_import_leaves_nothing_and_a_second_try_all(
    centre, var, tmp_path, stage_from, step
):
    if centre.dialect.name == "postgresql":
        step = min(step, 3)  # it puts nothing aside, so takes one step less
    nationalities = [f"N{n:02}" for n in range(7)]
    rows = ((f"2018-10-{d:02}T{h:02}:00", 60, 1, n) for d in range(1, 29) for h in range(24) for n in nationalities)
    path = tmp_path / "octubre.csv"
    path.write_bytes(flow_csv(*rows, columns=("start", "minutes", "people", "nationality")))
    said = tmp_path / "said"
    assert _import(centre, var, path, said, 2_000, stage_from, step).wait(120) == -signal.SIGKILL
    assert not said.exists()
    assert [count(centre, table) for table in (tables.report, tables.flow_line, tables.flow_daily)] == [0, 0, 0]
    assert _import(centre, var, path, said, 2_000, stage_from).wait(120) == 0
    assert said.read_text() == "new"
    assert [count(centre, table) for table in (tables.report, tables.flow_line)] == [1, 28 * 24 * 7]
    with reading(centre) as conn:
        people = conn.execute(select(func.sum(tables.flow_daily.c.people))).scalar_one()
        numbers = conn.execute(select(func.min(tables.flow_line.c.line_id), func.max(tables.flow_line.c.line_id))).one()
    assert people == 28 * 24 * 7
    assert numbers[1] - numbers[0] == 28 * 24 * 7 - 1
    assert numbers[0] % 2**24 == 0


def test_two_processes_with_the_same_delivery_both_succeed_and_it_counts_once(embedded, var, tmp_path):
    path = tmp_path / "dia.csv"
    path.write_bytes(flow_csv(*((f"2018-10-31T{hour:02}:00", 60, 10) for hour in range(24))))
    said = [tmp_path / name for name in ("one", "other")]
    both = [_import(embedded, var, path, file) for file in said]
    assert [process.wait(60) for process in both] == [0, 0]
    assert sorted(file.read_text() for file in said) == ["already", "new"]
    assert people_of_day(embedded) == 240


def test_every_dataset_has_its_table_and_its_key():
    assert set(LINES) == set(NATURAL_KEY) == set(Dataset)
    for dataset, key in NATURAL_KEY.items():
        assert set(key) <= set(LINES[dataset].c.keys())


def test_the_key_of_a_line_is_the_one_that_the_reader_of_files_uses():
    from data.sources.canonical import DATASETS

    for dataset, key in NATURAL_KEY.items():
        own = {"start" if name == "end" and dataset is Dataset.FLOW else name for name in DATASETS[dataset].key}
        assert set(key) - {"source", "minutes"} == own - {"site"}, dataset


def test_orderly_and_disorderly_receiving_give_the_same(engine, postgres_url, var):
    from data.store import migrate

    open_centre(engine)
    other = create_store(postgres_url)
    migrate(other)
    open_centre(other)
    sent = [
        (hour_csv("09:00", 40), NOON),
        (hour_csv("09:00", 44), LATER),
        (flow_csv(("2018-10-31T00:00", 1440, 900)), NOON),
        (flow_csv(*((f"2018-10-31T{h:02}:00", 60, 10 + h) for h in range(24))), NOON - timedelta(hours=1)),
    ]
    for content, issued in sent:
        send(engine, var, content, issued_at=issued)
    for content, issued in [*reversed(sent), sent[0]]:
        send(other, var, content, issued_at=issued)
    assert contents(engine) == contents(other)
    other.dispose()


def test_the_way_in_takes_every_keyword_of_its_description():
    assert ingest.__kwdefaults__ is not None


def test_a_file_with_personal_data_is_refused_and_its_bytes_are_not_kept(embedded, var):
    content = (
        b"site,stage,measure,start,minutes,people,pasaporte\n"
        b"tumbes,migration-control,served,2019-06-14T09:00,60,1,AB123456\n"
    )
    receipt = ingest(embedded, content, "lista.csv", source="migraciones", now=NOON, var=var)
    assert receipt.state == "refused"
    assert [issue.code for issue in receipt.issues] == ["personal_column"]
    assert not snapshots.kept_at(var, hashlib.sha256(content).hexdigest()).exists()
    with reading(embedded) as conn:
        [listed] = deliveries(conn, None, 5)
    assert listed.state == "refused"


def test_rows_of_a_delivery_are_accepted_rejected_or_without_a_report(embedded, var):
    content = (
        b"site,stage,measure,start,minutes,people\n"
        b"tumbes,migration-control,served,2018-10-31T09:00,60,12\n"
        b"tumbes,migration-control,served,2018-10-31T10:00,60,\n"
        b"tumbes,migration-control,served,2018-10-31T11:00,60,\n"
        b"tumbes,migration-control,served,2018-10-31T12:00,60,-1\n"
    )
    first = ingest(embedded, content, "horas.csv", source="migraciones", now=NOON, var=var)
    again = ingest(embedded, content, "horas.csv", source="migraciones", now=NOON, var=var)
    assert (again.already_received, again.report) == (True, first.report)
    with reading(embedded) as conn:
        [listed] = deliveries(conn, "tumbes", 5)
    for told in (first, again, listed):
        assert (told.accepted, told.rejected, told.not_reported) == (1, 1, 2)
    assert listed.rows == 4


def test_the_first_figures_sent_again_after_a_correction_take_the_correction_back(centre, var):
    forty, fifty = hour_csv("09:00", 40), hour_csv("09:00", 50)
    send(centre, var, forty)
    send(centre, var, fifty, now=LATER)
    back = send(centre, var, forty, now=LATER + timedelta(hours=1))
    assert not back.already_received
    assert people_by_hour(centre) == {"09:00": 40}
    assert send(centre, var, forty, now=LATER + timedelta(hours=2)).report == back.report


def test_a_retry_with_its_key_never_takes_a_later_correction_back(centre, var):
    forty = hour_csv("09:00", 40)
    first = send(centre, var, forty, idempotency_key="n1")
    send(centre, var, hour_csv("09:00", 50), now=LATER, idempotency_key="n2")
    assert send(centre, var, forty, now=LATER, idempotency_key="n1").report == first.report
    assert people_by_hour(centre) == {"09:00": 50}


def test_a_key_that_stood_for_another_dataset_is_refused(centre, var):
    nine = hour_csv("09:00", 40)
    send(centre, var, nine, idempotency_key="n1")
    other = send(centre, var, nine, idempotency_key="n1", dataset=Dataset.PRESENT)
    assert (other.state, [issue.code for issue in other.issues]) == ("refused", ["idempotency_key_reused"])


def test_kept_bytes_without_an_entry_are_found(embedded, var):
    send(embedded, var, hour_csv("09:00", 40))
    snapshots.keep(var, b"received, and then the power went")
    with reading(embedded) as conn:
        [lost] = unread(conn, var)
    assert lost.read_bytes() == b"received, and then the power went"


def test_bytes_that_count_are_kept_when_read_in_another_way_they_look_personal(embedded, var):
    """The same file under another dataset is refused; what counts was read from it and stays."""
    head = b"site,stage,measure,start,minutes,people,telefono"
    text = head + b"\ntumbes,migration-control,arrivals,2018-10-31T09:00,60,4,\n"
    sha256 = snapshots.keep(var, text)
    with writing(embedded) as conn:
        sent = Sent("migraciones", "a.csv", sha256, len(text), Dataset.FLOW, None, NOON, None, None)
        enter(conn, sent, Receipt(None, 1, 0, False, (), "flow", "migraciones", "accepted"), 1, NOON, None)
    refused = send(embedded, var, text, dataset=Dataset.QUEUE)
    assert [issue.code for issue in refused.issues] == ["personal_column"]
    assert snapshots.kept(var, sha256) == text


def test_a_report_that_says_it_was_written_tomorrow_is_refused(centre, var):
    tomorrow = send(centre, var, hour_csv("09:00", 40), issued_at=NOON + timedelta(days=1))
    assert (tomorrow.state, [issue.code for issue in tomorrow.issues]) == ("refused", ["issued_in_future"])
    assert send(centre, var, hour_csv("09:00", 40), issued_at=NOON).state == "accepted"


def test_a_correction_that_says_only_its_day_counts_after_what_came_that_day(centre, var):
    hours = {"start": "2018-11-01T09:00"}
    first = flow_csv((60, 40), columns=("minutes", "people"), **hours)
    mended = flow_csv((60, 50, "2018-11-01"), columns=("minutes", "people", "issued_at"), **hours)
    send(centre, var, first)
    send(centre, var, mended, now=LATER)
    with reading(centre) as conn:
        today = flow_by_hour(conn, ARRIVALS, Window(NOON - timedelta(hours=12), NOON))
    assert today["people"].tolist() == [50]
