"""Reads: what was reported, when, by whom; nothing that nobody said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from data.ingest import undo
from data.queries import (
    data_as_of,
    deliveries,
    delivery,
    flow_by_day,
    flow_by_hour,
    known_sources,
    latest_present,
    latest_queue,
    policy_events,
    present_readings,
    queue_readings,
    roster,
    series,
    service_totals,
    services_by_day,
    stock_latest,
)
from data.queries.reporting import last_received, unasked
from data.store import reading
from data.types import Window
from data.vocabulary import Dataset
from tests.data.centre import ARRIVALS, LAST_OF_OCTOBER, NOON, flow_csv, hour_csv, open_centre, send

LATER = NOON + timedelta(hours=1)
TEN = datetime(2018, 10, 31, 15, tzinfo=UTC)  # ten in the morning at Tumbes


@pytest.fixture
def centre(any_engine):
    open_centre(any_engine)
    return any_engine


def file(header: str, *rows: str) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


QUEUE = "site,stage,at,waiting,counters_open,lane"


def test_every_read_of_an_empty_centre_is_empty_and_typed(centre):
    with reading(centre) as conn:
        for read in (
            flow_by_hour(conn, ARRIVALS, LAST_OF_OCTOBER),
            flow_by_hour(conn, ARRIVALS, LAST_OF_OCTOBER, as_of=NOON),
            flow_by_day(conn, ARRIVALS, LAST_OF_OCTOBER),
            flow_by_day(conn, ARRIVALS, LAST_OF_OCTOBER, as_of=NOON),
            queue_readings(conn, "tumbes", LAST_OF_OCTOBER),
            latest_queue(conn, "tumbes", NOON),
            present_readings(conn, "tumbes", LAST_OF_OCTOBER),
            roster(conn, "tumbes", LAST_OF_OCTOBER),
            service_totals(conn, "tumbes", LAST_OF_OCTOBER),
            services_by_day(conn, "tumbes", LAST_OF_OCTOBER),
            stock_latest(conn, "tumbes", NOON),
            series(conn, "tumbes", LAST_OF_OCTOBER),
        ):
            assert read.empty
            assert {str(kind) for kind in read.dtypes} <= {"str", "float64", "int64", "bool", "datetime64[us, UTC]"}
        assert latest_present(conn, "tumbes", NOON) is None
        assert data_as_of(conn, "tumbes") is None
        assert policy_events(conn, "tumbes", LAST_OF_OCTOBER) == ()
        assert deliveries(conn, "tumbes", 10) == ()
        assert delivery(conn, 1) is None


def test_figures_have_the_same_types_in_both_stores_and_both_ways_of_reading(centre, var):
    send(centre, var, flow_csv(*((f"2018-10-31T{h:02}:00", 60, 10) for h in range(24))))
    with reading(centre) as conn:
        for read in (flow_by_hour, flow_by_day):
            now, then = read(conn, ARRIVALS, LAST_OF_OCTOBER), read(conn, ARRIVALS, LAST_OF_OCTOBER, as_of=NOON)
            pd.testing.assert_frame_equal(now, then)
            assert str(now.iloc[:, 0].dtype) == "datetime64[us, UTC]"
            assert str(now["people"].dtype) == "float64"


def test_a_window_holds_its_beginning_and_not_its_end(centre, var):
    send(centre, var, flow_csv(*((f"2018-10-31T{h:02}:00", 60, h) for h in range(24))))
    with reading(centre) as conn:
        hours = flow_by_hour(conn, ARRIVALS, Window(TEN, TEN + timedelta(hours=2)))
    assert hours["people"].tolist() == [10, 11]


def test_the_latest_queue_is_one_reading_for_each_stage_and_lane(centre, var):
    send(
        centre,
        var,
        file(
            QUEUE,
            "tumbes,migration-control,2018-10-31T09:00,300,11,general",
            "tumbes,migration-control,2018-10-31T10:00,320,12,general",
            "tumbes,migration-control,2018-10-31T09:30,40,2,priority",
            "tumbes,transport,2018-10-31T09:45,15,,general",
        ),
    )
    with reading(centre) as conn:
        now = latest_queue(conn, "tumbes", TEN).set_index(["stage", "lane"])
        before = latest_queue(conn, "tumbes", TEN - timedelta(minutes=1)).set_index(["stage", "lane"])
        gone = latest_queue(conn, "tumbes", TEN + timedelta(hours=24, minutes=1))
    assert now["waiting"].to_dict() == {
        ("migration-control", "general"): 320,
        ("migration-control", "priority"): 40,
        ("transport", "general"): 15,
    }
    assert pd.isna(now.loc[("transport", "general"), "counters_open"])
    assert before.loc[("migration-control", "general"), "waiting"] == 300
    assert gone.empty  # a day later nothing is known


def test_a_corrected_reading_counts_and_the_old_one_is_what_was_known_then(centre, var):
    send(centre, var, file(QUEUE, "tumbes,migration-control,2018-10-31T09:00,300,11,general"))
    send(centre, var, file(QUEUE, "tumbes,migration-control,2018-10-31T09:00,330,11,general"), now=LATER)
    with reading(centre) as conn:
        assert queue_readings(conn, "tumbes", LAST_OF_OCTOBER)["waiting"].tolist() == [330]
        assert queue_readings(conn, "tumbes", LAST_OF_OCTOBER, as_of=NOON)["waiting"].tolist() == [300]


def test_people_present_are_the_newest_count_with_its_capacity(centre, var):
    header = "site,at,people,safe_capacity"
    send(centre, var, file(header, "tumbes,2018-10-31T09:00,900,200", "tumbes,2018-10-31T10:00,1250,"))
    with reading(centre) as conn:
        now = latest_present(conn, "tumbes", TEN)
        before = latest_present(conn, "tumbes", TEN - timedelta(minutes=1))
    assert now is not None
    assert (now.people, now.safe_capacity, now.at) == (1250, None, TEN)
    assert before is not None
    assert (before.people, before.safe_capacity, before.source) == (900, 200, "migraciones")


def test_counters_planned_are_read_by_shift(centre, var):
    header = "site,stage,start,end,counters_planned"
    send(centre, var, file(header, "tumbes,migration-control,2018-10-31T06:00,2018-10-31T14:00,18"))
    with reading(centre) as conn:
        assert roster(conn, "tumbes", LAST_OF_OCTOBER)["counters_planned"].tolist() == [18]


SERVICE = "site,organisation,sector,service,start,end,quantity,unit,people,sex,capacity"


def test_a_service_by_sex_is_one_row_and_its_capacity_is_not_added(centre, var):
    shift = "tumbes,Encuentros,wash,water,2018-10-31T06:00,2018-10-31T14:00"
    send(centre, var, file(SERVICE, shift + ",700,litros,120,female,3000", shift + ",500,litros,80,male,3000"))
    with reading(centre) as conn:
        rows = service_totals(conn, "tumbes", LAST_OF_OCTOBER).to_dict("records")
    assert [(row["quantity"], row["people"], row["capacity"]) for row in rows] == [(1200, 200, 3000)]


def test_a_day_and_the_shifts_that_fill_it_are_not_both_totals(centre, var):
    base = "tumbes,Encuentros,wash,water"
    shifts = (
        f"{base},2018-10-31T00:00,2018-10-31T12:00,700,litros,,,",
        f"{base},2018-10-31T12:00,2018-11-01T00:00,500,litros,,,",
    )
    send(centre, var, file(SERVICE, *shifts, f"{base},2018-10-31T00:00,2018-11-01T00:00,1100,litros,,,"))
    with reading(centre) as conn:
        assert service_totals(conn, "tumbes", LAST_OF_OCTOBER)["quantity"].tolist() == [700, 500]


def test_stock_is_the_newest_count_of_each_item(centre, var):
    header = "site,organisation,item,at,quantity,unit"
    send(
        centre,
        var,
        file(
            header,
            "tumbes,UNICEF,kits de higiene,2018-10-30T09:00,800,kits",
            "tumbes,UNICEF,kits de higiene,2018-10-31T09:00,650,kits",
            "tumbes,UNICEF,carpas,2018-10-20T09:00,12,carpas",
        ),
    )
    with reading(centre) as conn:
        stock = stock_latest(conn, "tumbes", TEN)
    assert stock.set_index("item")["quantity"].to_dict() == {"carpas": 12, "kits de higiene": 650}


def test_policy_events_have_their_title_in_both_languages(centre, var):
    header = "site,at,title_es,title_en,kind,source_url"
    row = "tumbes,2018-10-31T00:00,Vence el plazo del PTP,PTP deadline,deadline,"
    send(centre, var, file(header, row))
    with reading(centre) as conn:
        (event,) = policy_events(conn, "tumbes", LAST_OF_OCTOBER)
    assert (event.title["es"], event.title["en"], event.kind) == ("Vence el plazo del PTP", "PTP deadline", "deadline")
    assert event.source_url is None


def test_who_reports_although_nothing_was_agreed_is_listed_apart(centre, var):
    send(centre, var, hour_csv("09:00", 40))
    send(centre, var, hour_csv("09:00", 44), source="dtm", now=LATER)
    with reading(centre) as conn:
        assert last_received(conn, "tumbes") == {("migraciones", "flow"): NOON}
        assert last_received(conn, "tumbes", as_of=TEN) == {}
        assert unasked(conn, "tumbes", TEN) == {("dtm", "flow"): LATER}
        assert unasked(conn, "tumbes", LATER) == {}


def test_the_age_of_the_data_is_that_of_what_the_newest_report_tells(centre, var):
    send(centre, var, hour_csv("09:00", 40))
    newest = send(centre, var, hour_csv("10:00", 44), now=LATER)
    send(centre, var, hour_csv("07:00", 44), now=LATER)  # a backlog
    nine = datetime(2018, 10, 31, 14, tzinfo=UTC)
    with reading(centre) as conn:
        assert data_as_of(conn, "tumbes") == nine + timedelta(hours=2)
    undo(centre, newest.report or 0, LATER, "maria")
    with reading(centre) as conn:
        assert data_as_of(conn, "tumbes") == nine + timedelta(hours=1)


def test_goods_counted_now_make_no_queue_younger(centre, var):
    stock = f"site,organisation,item,at,quantity,unit\ntumbes,Cruz Roja,frazadas,{NOON.isoformat()},5,frazadas".encode()
    send(centre, var, stock, dataset=Dataset.STOCK)
    with reading(centre) as conn:
        assert data_as_of(conn, "tumbes") == NOON  # nobody speaks of people
    send(centre, var, hour_csv("09:00", 40), now=LATER)
    with reading(centre) as conn:
        assert data_as_of(conn, "tumbes") == datetime(2018, 10, 31, 15, tzinfo=UTC)


def test_the_desk_of_a_site_lists_its_own_deliveries_newest_first(centre, var):
    from tests.data.centre import SITE

    open_centre(centre, SITE.replace('"tumbes"', '"tacna"'))
    send(centre, var, hour_csv("09:00", 40))
    send(centre, var, hour_csv("10:00", 41), now=LATER)
    send(centre, var, flow_csv(("2018-10-31T09:00", 60, 7), site="tacna"), now=LATER)
    with reading(centre) as conn:
        assert [d.received_at for d in deliveries(conn, "tumbes", 10)] == [LATER, NOON]
        assert len(deliveries(conn, "tacna", 10)) == 1
        assert len(deliveries(conn, None, 10)) == 3
        assert len(deliveries(conn, None, 2)) == 2
        assert [d.organisation for d in deliveries(conn, "tumbes", 1)] == ["Migraciones"]


def test_sources_are_known_with_their_reports(centre, var):
    send(centre, var, hour_csv("09:00", 40))
    send(centre, var, hour_csv("09:00", 40), source="dtm")
    with reading(centre) as conn:
        known = known_sources(conn).set_index("source")
    assert known["reports"].to_dict() == {"dtm": 1, "migraciones": 1}
    assert known.loc["dtm", "name"] == "dtm"


def test_every_series_of_a_window_is_listed(centre, var):
    send(centre, var, hour_csv("09:00", 40))
    send(centre, var, hour_csv("09:00", 5, lane="priority"))
    with reading(centre) as conn:
        found = series(conn, "tumbes", LAST_OF_OCTOBER)
    assert found["lane"].tolist() == ["general", "priority"]
