"""The summaries in the store: always what one orderly reading of everything received would give."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import tables
from data.ingest import undo
from data.queries import SeriesKey, flow_by_day, flow_by_hour, services_by_day
from data.store import create_store, reading
from data.types import Window
from tests.data.centre import (
    ARRIVALS,
    LAST_OF_OCTOBER,
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
from tests.stores import migrated

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def centre(any_engine):
    open_centre(any_engine)
    return any_engine


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory):
    """A migrated store with one site, to be copied: each example of a property gets its own."""
    path = tmp_path_factory.mktemp("store") / "caudal.sqlite"
    store = migrated(f"sqlite:///{path}")
    open_centre(store)
    with store.connect() as conn:
        conn.exec_driver_sql("ROLLBACK")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.exec_driver_sql("BEGIN")
    store.dispose()
    return path


deliveries = st.lists(
    st.tuples(
        st.integers(0, 23),  # first hour
        st.integers(1, 4),  # lines
        st.sampled_from([15, 30, 60, 240, 480, 1440]),
        st.integers(0, 99),
        st.sampled_from(["", "female", "male"]),
        st.sampled_from(["migraciones", "dtm"]),
    ),
    min_size=1,
    max_size=6,
)


def _content(first: int, lines: int, minutes: int, people: int, sex: str) -> bytes:
    begin = datetime(2018, 10, 30) + timedelta(hours=0 if minutes == 1440 else first)  # noqa: DTZ001 - local
    starts = [begin + timedelta(minutes=minutes * n) for n in range(min(lines, 3 if minutes == 1440 else lines))]
    before_today = [start for start in starts if start + timedelta(minutes=minutes) <= datetime(2018, 11, 1)]  # noqa: DTZ001
    return flow_csv(*((f"{start:%Y-%m-%dT%H:%M}", minutes, people) for start in before_today or starts[:1]), sex=sex)


def _order_does_not_matter(empty_store, sent, random, undone):
    numbered = list(enumerate(sent))
    disorderly = numbered + random.choices(numbered, k=3)
    random.shuffle(disorderly)
    found = []
    for order in (numbered, disorderly):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(empty_store, folder)
            store = create_store(f"sqlite:///{folder}/caudal.sqlite")
            reports = {}
            for place, (number, (*what, source)) in enumerate(order):
                receipt = send(
                    store,
                    Path(folder),
                    _content(*what),
                    now=LATER + timedelta(minutes=place),
                    issued_at=NOON + timedelta(minutes=number),
                    source=source,
                )
                if receipt.accepted:
                    reports[number] = receipt.report
            for number in sorted(undone & reports.keys()):
                undo(store, reports[number] or 0, LATER + timedelta(days=1), "test")
            found.append(contents(store))
            _same_as_read_from_lines(store)
            store.dispose()
    assert found[0] == found[1]


@pytest.mark.parametrize("examples", [4, pytest.param(40, marks=pytest.mark.long)])
def test_the_order_in_which_reports_arrive_and_arrive_again_does_not_matter(empty_store, examples):
    told = given(
        sent=deliveries, random=st.randoms(use_true_random=False), undone=st.sets(st.integers(0, 5), max_size=2)
    )
    settings(max_examples=examples, deadline=None)(told(_order_does_not_matter))(empty_store)


def _same_as_read_from_lines(store) -> None:
    """The rollups tell what the lines tell when they are read as known at the end of time."""
    window = Window(datetime(2018, 10, 29, 5, tzinfo=UTC), datetime(2018, 11, 3, 5, tzinfo=UTC))
    end_of_time = datetime(2100, 1, 1, tzinfo=UTC)
    with reading(store) as conn:
        for source in ("migraciones", "dtm"):
            key = SeriesKey("tumbes", "migration-control", "arrivals", source)
            for read in (flow_by_hour, flow_by_day):
                kept, told = read(conn, key, window), read(conn, key, window, as_of=end_of_time)
                pd.testing.assert_frame_equal(kept, told)


def test_only_the_hours_a_delivery_touches_are_written_again(centre, var):
    send(centre, var, flow_csv(*((f"2018-10-31T{h:02}:00", 60, 10) for h in range(24))))
    send(centre, var, hour_csv("09:00", 25), now=LATER)
    with reading(centre) as conn:
        hours = flow_by_hour(conn, ARRIVALS, LAST_OF_OCTOBER).set_index("hour")
    assert hours["received_at"].nunique() == 2
    assert hours.loc[hours["received_at"] == LATER, "people"].tolist() == [25]
    assert people_of_day(centre) == 255


def test_sources_stay_apart(centre, var):
    send(centre, var, hour_csv("09:00", 40))
    send(centre, var, hour_csv("09:00", 70), source="dtm")
    assert people_by_hour(centre) == {"09:00": 40}
    dtm = SeriesKey("tumbes", "migration-control", "arrivals", "dtm")
    assert people_by_hour(centre, key=dtm) == {"09:00": 70}


def test_lanes_stay_apart(centre, var):
    send(centre, var, hour_csv("09:00", 40))
    send(centre, var, hour_csv("09:00", 5, lane="priority"))
    priority = SeriesKey("tumbes", "migration-control", "arrivals", "migraciones", "priority")
    assert people_by_hour(centre) == {"09:00": 40}
    assert people_by_hour(centre, key=priority) == {"09:00": 5}


def test_a_daily_report_stays_daily(centre, var):
    send(centre, var, flow_csv(("2018-10-31T00:00", 1440, 6708), method="registered"))
    assert people_by_hour(centre) == {}
    assert people_of_day(centre) == 6708


def test_a_daily_report_and_later_its_hours_are_one_figure(centre, var):
    send(centre, var, flow_csv(("2018-10-31T00:00", 1440, 240), method="registered"))
    send(centre, var, flow_csv(*((f"2018-10-31T{h:02}:00", 60, 10) for h in range(24)), method="modelled"))
    with reading(centre) as conn:
        day = flow_by_day(conn, ARRIVALS, LAST_OF_OCTOBER).iloc[0]
    assert (day["people"], day["method"], day["minutes"], day["grain_minutes"]) == (240, "registered", 1440, 60)


def test_a_lower_bound_stays_one_in_the_day(centre, var):
    send(
        centre,
        var,
        flow_csv(
            *((f"2018-10-31T{h:02}:00", 60, 10, h == 7) for h in range(24)),
            columns=("start", "minutes", "people", "at_least"),
        ),
    )
    with reading(centre) as conn:
        assert flow_by_day(conn, ARRIVALS, LAST_OF_OCTOBER)["at_least"].tolist() == [True]
        assert flow_by_hour(conn, ARRIVALS, LAST_OF_OCTOBER)["at_least"].sum() == 1


def test_a_week_counts_for_no_day(centre, var):
    receipt = send(
        centre, var, flow_csv(("2018-10-22T00:00", "2018-10-29T00:00", 7000), columns=("start", "end", "people"))
    )
    assert receipt.accepted == 1
    with reading(centre) as conn:
        window = Window(datetime(2018, 10, 20, tzinfo=UTC), datetime(2018, 11, 1, tzinfo=UTC))
        assert flow_by_day(conn, ARRIVALS, window).empty


def test_a_day_of_a_site_where_it_begins_at_six(any_engine, var):
    open_centre(any_engine, SITE.replace('zone = "America/Lima"', 'zone = "America/Lima"\nday_start_hour = 6'))
    send(any_engine, var, flow_csv(*((f"2018-10-31T{h:02}:00", 60, 10) for h in range(24))))
    window = Window(datetime(2018, 10, 30, tzinfo=UTC), datetime(2018, 11, 2, tzinfo=UTC))
    with reading(any_engine) as conn:
        days = flow_by_day(conn, ARRIVALS, window)
    assert days["day"].dt.strftime("%d %H").tolist() == ["30 11", "31 11"]
    assert days["people"].tolist() == [60, 180]
    assert days["minutes"].tolist() == [360, 1080]


def test_years_of_days_in_one_file_are_all_summed(centre, var):
    first = datetime(2016, 1, 1)  # noqa: DTZ001 - local
    rows = [(f"{first + timedelta(days=n):%Y-%m-%dT00:00}", 1440, n) for n in range(900)]
    send(centre, var, flow_csv(*rows))
    window = Window(datetime(2016, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC))
    with reading(centre) as conn:
        days = flow_by_day(conn, ARRIVALS, window)
    assert days["people"].tolist() == list(range(900))


def service_csv(*rows: tuple[object, ...], columns: str = "start,end,shift,quantity,people") -> bytes:
    same = "tumbes,Cruz Roja Peruana,wash,water,litros"
    lines = [same + "," + ",".join(map(str, row)) for row in rows]
    return "\n".join(["site,organisation,sector,service,unit," + columns, *lines, ""]).encode()


def test_shifts_of_a_service_add_up_to_its_day(centre, var):
    shifts = service_csv(
        ("2018-10-31T06:00", "2018-10-31T14:00", "mañana", 1500, 300),
        ("2018-10-31T14:00", "2018-10-31T22:00", "tarde", 900, ""),
    )
    assert send(centre, var, shifts, source="cruz-roja").accepted == 2
    with reading(centre) as conn:
        day = services_by_day(conn, "tumbes", LAST_OF_OCTOBER).to_dict("records")
    assert [(row["quantity"], row["people"], row["lines"]) for row in day] == [(2400, 300, 2)]


def test_a_day_of_a_service_and_its_shifts_are_not_added(centre, var):
    send(centre, var, service_csv(("2018-10-31T06:00", "2018-10-31T14:00", "mañana", 1500, 300)), source="cruz-roja")
    send(centre, var, service_csv(("2018-10-31T00:00", "2018-11-01T00:00", "", 2500, 410)), source="cruz-roja")
    with reading(centre) as conn:
        day = services_by_day(conn, "tumbes", LAST_OF_OCTOBER).to_dict("records")
    assert [(row["quantity"], row["people"]) for row in day] == [(2500, 410)]


def test_an_undone_service_report_leaves_the_day(centre, var):
    receipt = send(
        centre, var, service_csv(("2018-10-31T06:00", "2018-10-31T14:00", "", 1500, 300)), source="cruz-roja"
    )
    undo(centre, receipt.report or 0, LATER, "maria")
    with reading(centre) as conn:
        assert services_by_day(conn, "tumbes", LAST_OF_OCTOBER).empty
        assert conn.execute(tables.service_line.select()).all() != []
