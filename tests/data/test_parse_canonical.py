"""Canonical files: what a good row becomes, and what the rules of the centre say about the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from data import tables
from data.sources.canonical import DATASETS
from data.sources.recognition import by_tag
from data.vocabulary import Dataset
from tests.data.parsing import FLOW, GOOD, cells, codes, flow, read, workbook


def utc(*parts: int) -> pd.Timestamp:
    return pd.Timestamp(datetime(*parts, tzinfo=UTC))


def test_a_canonical_row_becomes_a_typed_line_in_utc():
    parsed = read(flow(GOOD))
    row = parsed.rows.iloc[0]
    assert parsed.dataset is Dataset.FLOW
    assert (row["site"], row["stage"], row["measure"], row["people"]) == ("tumbes", "migration-control", "served", 312)
    assert row["start"] == utc(2018, 10, 31, 19)
    assert row["end"] == utc(2018, 10, 31, 20)
    assert (row["lane"], row["sex"], row["method"], row["at_least"], row["line"]) == (
        "general",
        "",
        "counted",
        False,
        2,
    )
    assert pd.isna(row["low"])
    assert pd.isna(row["issued_at"])


def test_an_empty_count_is_no_report_and_zero_is_zero():
    parsed = read(
        flow(GOOD, "tumbes,migration-control,served,2018-10-31T15:00,60,", GOOD.replace("14:00,60,312", "16:00,60,0"))
    )
    assert parsed.rows["people"].tolist() == [312, 0]
    assert (parsed.rows_in, parsed.not_reported, parsed.rejected) == (3, 1, 0)
    assert [note.code for note in parsed.notes] == ["not_reported"]


def test_a_row_with_two_faults_is_rejected_once_and_both_are_told():
    parsed = read(flow(GOOD, "nowhere,migration-control,served,2018-10-31T15:00,60,-4"))
    assert (parsed.rejected, len(parsed.rows)) == (1, 1)
    assert sorted(codes(parsed)) == ["negative_count", "unknown_site"]
    assert {issue.line for issue in parsed.issues} == {3}


def test_a_spreadsheet_says_the_same_as_the_csv():
    text = flow(GOOD, "tumbes,vaccination,arrivals,2018-10-31,1440,800").strip()
    from_csv, from_book = read(text), read(workbook(cells(text)), "flujo.xlsx")
    pd.testing.assert_frame_equal(from_csv.rows, from_book.rows)


def test_json_says_the_same_as_the_csv():
    names, values = FLOW.split(","), GOOD.split(",")
    told = json.dumps([dict(zip(names, values, strict=True))])
    pd.testing.assert_frame_equal(read(flow(GOOD)).rows, read(told, "flujo.json").rows)


def test_real_date_cells_are_dates():
    rows = [FLOW.split(","), ["tumbes", "vaccination", "arrivals", datetime(2018, 10, 31), 1440, 5]]  # noqa: DTZ001
    assert read(workbook(rows), "flujo.xlsx").rows["start"].tolist() == [utc(2018, 10, 31, 5)]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_are_found(separator: str):
    assert read(flow(GOOD).replace(",", separator)).rows["people"].tolist() == [312]


def test_title_rows_and_an_hxl_row_are_passed_over():
    tags = ",".join(DATASETS[Dataset.FLOW].column(name).tag for name in FLOW.split(","))
    parsed = read(f"Reporte del turno,,,,,\n,,,,,\n{FLOW}\n{tags}\n{GOOD}\n")
    assert parsed.rows["line"].tolist() == [5]
    assert parsed.rows_in == 1


def test_hxl_tags_alone_are_enough():
    tags = ",".join(DATASETS[Dataset.FLOW].column(name).tag for name in FLOW.split(","))
    parsed = read(f"Puesto,Etapa,Medida,Inicio,Duración,Personas\n{tags}\n{GOOD}\n")
    assert parsed.rows["people"].tolist() == [312]


def test_spanish_words_of_the_vocabulary_are_understood():
    parsed = read(flow("CEBAF Tumbes,Control migratorio,Llegadas,2018-10-31T14:00,60,9"))
    assert parsed.rows.iloc[0][["site", "stage", "measure"]].tolist() == ["tumbes", "migration-control", "arrivals"]


def test_latin_1_is_read_right_and_said():
    text = flow(GOOD + ",Perú y Ñuñoa", extra=",reason")
    parsed = read(text.encode("cp1252"))
    assert parsed.rows["reason"].tolist() == ["Perú y Ñuñoa"]
    assert [note.code for note in parsed.notes] == ["encoding_latin1"]
    assert read(text.encode("utf-16")).rows["reason"].tolist() == ["Perú y Ñuñoa"]


def test_lines_are_numbered_as_a_spreadsheet_numbers_them():
    parsed = read(flow(GOOD, "", GOOD.replace("T14", "T15"), GOOD.replace("T14", "T16")))
    assert parsed.rows["line"].tolist() == [2, 4, 5]


def test_an_offset_is_honoured():
    assert read(flow(GOOD.replace("T14:00", "T14:00-03:00"))).rows["start"].tolist() == [utc(2018, 10, 31, 17)]


def test_a_day_ends_where_the_next_local_day_begins():
    parsed = read(flow(*(f"ohare,services,served,{day},1440,1" for day in ("2018-03-11", "2018-03-12", "2018-11-04"))))
    assert parsed.rows["minutes"].tolist() == [23 * 60, 24 * 60, 25 * 60]


def test_a_day_without_a_midnight_begins_at_its_first_moment():
    parsed = read(flow("santiago,services,served,2018-08-12,1440,1"))
    assert parsed.rows["start"].tolist() == [utc(2018, 8, 12, 4)]
    assert parsed.rows["minutes"].tolist() == [23 * 60]


def test_an_hour_that_the_clock_jumps_over_is_rejected():
    parsed = read(flow("ohare,services,served,2018-03-11T01:00,60,1", "ohare,services,served,2018-03-11T02:30,60,1"))
    assert parsed.rejected_by == {"nonexistent_time": 1}


def test_a_night_of_25_hours_arrives_whole():
    hours = [f"2018-11-04T{hour:02d}:00" for hour in (0, 1, 1, 2)]
    parsed = read(flow(*(f"ohare,services,served,{hour},60,{n}" for n, hour in enumerate(hours))))
    assert parsed.rows["start"].tolist() == [utc(2018, 11, 4, hour) for hour in (5, 6, 7, 8)]
    assert [note.code for note in parsed.notes] == ["ambiguous_time"]


def test_a_shift_may_end_in_the_hour_that_comes_twice_or_never():
    rows = (
        "ohare,services,served,2018-11-04T01:00,,5,2018-11-04T01:00",
        "ohare,services,served,2018-03-10T18:00,,5,2018-03-11T02:00",
    )
    parsed = read(flow(*rows, extra=",end"))
    assert parsed.rows["minutes"].tolist() == [60, 8 * 60]


def test_a_date_alone_is_the_operational_day_of_the_site():
    parsed = read(flow("night,services,served,2018-10-31,1440,1", "night,services,served,2018-10-31T00:00,1440,1"))
    assert parsed.rows["start"].tolist() == [utc(2018, 10, 31, 11)]
    assert parsed.rejected_by == {"day_starts_elsewhere": 1}  # midnight there is in the middle of two days


def test_of_two_rows_with_one_key_the_last_counts():
    parsed = read(flow(GOOD, GOOD.replace("312", "320"), GOOD.replace("T14", "T15"), GOOD.replace("T14", "T15")))
    assert parsed.rows["people"].tolist() == [320, 312]
    assert [(i.line, i.code, i.facts["other_line"]) for i in parsed.issues] == [
        (2, "conflicting_rows", 3),
        (4, "duplicate_row", 5),
    ]


def test_rows_written_at_different_times_are_revisions_and_all_stay():
    parsed = read(flow(GOOD + ",2018-11-01", GOOD.replace("312", "320") + ",2018-11-02", extra=",issued_at"))
    assert parsed.rows["people"].tolist() == [312, 320]
    # Who gives only the day wrote at its end.
    assert parsed.rows["issued_at"].tolist() == [utc(2018, 11, 2, 4, 59, 59), utc(2018, 11, 3, 4, 59, 59)]


def test_a_row_cannot_count_a_time_after_its_report():
    parsed = read(
        flow(
            "tumbes,services,served,2018-10-31T23:00,60,4,2018-10-31",
            "tumbes,services,served,2018-11-01,1440,0,2018-10-31",
            "tumbes,services,served,2018-10-31T20:00,60,4,2018-10-31T19:00",
            extra=",issued_at",
        )
    )
    assert parsed.rejected_by == {"after_report": 2}
    assert parsed.rows["line"].tolist() == [2]


def test_ten_minutes_ahead_are_forgiven():
    rows = ("tumbes,services,served,2019-06-15T12:09,15,1", "tumbes,services,served,2019-06-15T12:11,15,1")
    assert read(flow(*rows)).rejected_by == {"future_date": 1}


def test_a_published_range_holds_its_value():
    good, bad = "2019-06-14,1440,8000,7900,9612", "2019-06-13,1440,8000,8100,9612"
    parsed = read(flow(*(f"tumbes,migration-control,served,{row}" for row in (good, bad)), extra=",low,high"))
    assert parsed.rows[["low", "people", "high"]].iloc[0].tolist() == [7900, 8000, 9612]
    assert codes(parsed) == ["outside_range"]


def test_a_queue_reading_may_leave_out_what_nobody_counted():
    text = (
        "site,stage,at,waiting,counters_open,wait_minutes\n"
        "tumbes,services,2018-10-31T14:00,,11,\n"
        "tumbes,services,2018-10-31T15:00,,,\n"
        "tumbes,services,2018-10-31T16:00,240,11,95.5\n"
    )
    parsed = read(text)
    assert parsed.rows["counters_open"].tolist() == [11, 11]
    assert parsed.rows["waiting"].isna().tolist() == [True, False]
    assert (parsed.not_reported, str(parsed.rows["counters_open"].dtype)) == (1, "Int64")


def test_plans_and_announcements_may_be_of_days_to_come():
    roster = "site,stage,start,end,counters_planned\ntumbes,services,2019-07-01T08:00,2019-07-01T16:00,18\n"
    event = "site,at,title_es,title_en\ntumbes,2019-07-01,Visa humanitaria,Humanitarian visa\n"
    assert (read(roster).accepted, read(event).accepted) == (1, 1)


def test_formulas_count_as_their_saved_value_and_never_as_empty():
    import io

    import xlsxwriter

    saved = io.BytesIO()
    with xlsxwriter.Workbook(saved) as book:
        page = book.add_worksheet()
        for place, row in enumerate([FLOW.split(","), GOOD.split(","), GOOD.replace("T14", "T15").split(",")]):
            page.write_row(place, 0, row)
        page.write_formula("F2", "=300+12", None, 312)
        page.write_formula("F3", "=SUM(A1:A3)", None, "")
    parsed = read(saved.getvalue(), "flujo.xlsx")
    assert parsed.rows["people"].tolist() == [312]
    assert codes(parsed) == ["formula_cell"]
    assert [note.facts for note in parsed.notes if note.code == "formula_values"] == [{"cells": 1}]


def test_issues_past_the_limit_are_counted_not_listed():
    from data.sources import Limits

    bad = [GOOD.replace("T14", f"T{hour:02d}").replace("312", "-1") for hour in range(24)]
    parsed = read(flow(*bad), limits=Limits(issues=5))
    assert codes(parsed) == ["negative_count"] * 5 + ["more_issues"]
    assert parsed.rejected_by == {"negative_count": 24}


@pytest.mark.parametrize("dataset", list(Dataset))
def test_every_dataset_has_the_columns_of_its_table(dataset: Dataset):
    table = {
        Dataset.FLOW: tables.flow_line,
        Dataset.QUEUE: tables.queue_reading,
        Dataset.ROSTER: tables.roster_line,
        Dataset.SERVICE: tables.service_line,
        Dataset.STOCK: tables.stock_reading,
        Dataset.RESOURCE: tables.resource_reading,
        Dataset.REFERRAL: tables.referral_line,
        Dataset.PRESENT: tables.present_reading,
        Dataset.EVENT: tables.policy_event,
    }[dataset]
    added = {"line_id", "source", "report_id", "received_at"}  # by whoever stores the lines
    kept_apart = {"reason"}  # why a line differs from what was sent before, in line_reason
    assert set(DATASETS[dataset].names) - kept_apart == set(table.c.keys()) - added


@pytest.mark.parametrize("dataset", list(Dataset))
def test_every_column_of_a_dataset_has_a_tag_of_its_own(dataset: Dataset):
    assert len(by_tag(dataset)) == len(DATASETS[dataset].columns)


def test_a_dataset_is_known_by_its_headers():
    for dataset, spec in DATASETS.items():
        text = f"{','.join(spec.required)}\n{','.join(spec.column(name).example for name in spec.required)}\n"
        assert read(text.replace("cebaf-tumbes", "tumbes")).dataset is dataset
