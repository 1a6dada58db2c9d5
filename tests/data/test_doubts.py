"""Soft rules: an unlikely figure is accepted, counts, and is asked about until it is mended or explained."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, select

from data.analytics.baseline import DAYS, daily_history, history
from data.analytics.buckets import Buckets
from data.analytics.doubts import Counts, Heads, served_over_present
from data.analytics.usual_of_many import second_lowest, usual_of_cells
from data.flags import NoReason, NoSuchFlag, clear_flag, open_flags
from data.ingest import undo
from data.store import reading, writing
from data.tables import line_flag
from data.types import Site
from data.vocabulary import SiteKind, Stage
from tests.data.centre import NOON, SITE, flow_csv, hour_csv, open_centre, people_by_hour, send
from tests.stores import migrated

HOUR = 3600.0
LATER = NOON + timedelta(hours=2)
LIMA = Site("x", "X", "PE", "America/Lima", SiteKind.REAL, 0, Stage.MIGRATION_CONTROL, (), (), None)
RNG = np.random.default_rng(7)


@pytest.fixture
def centre(any_engine: Engine) -> Engine:
    open_centre(any_engine)
    return any_engine


def codes(engine: Engine) -> list[str]:
    with reading(engine) as conn:
        return sorted(flag.code for flag in open_flags(conn, "tumbes"))


def queue_csv(at: str, waiting: int) -> bytes:
    return f"site,stage,at,waiting,counters_open\ntumbes,migration-control,2018-10-31T{at},{waiting},5\n".encode()


def present_csv(at: str, people: int) -> bytes:
    return f"site,at,people\ntumbes,2018-10-31T{at},{people}\n".encode()


def history_csv(people: int = 40, days: int = 30, hours: int = 24) -> bytes:
    first = date(2018, 10, 31) - timedelta(days=days)
    return flow_csv(
        *(
            (f"{first + timedelta(days=day)}T{hour:02d}:00", 60, people + hour % 3)
            for day in range(days)
            for hour in range(hours)
        )
    )


# --- the same usual, of many days at once


def test_the_usual_of_many_days_is_the_one_baseline_of_each():
    people = RNG.poisson(30, (150, 24)) * RNG.lognormal(0, 0.6, (150, 1))
    people[RNG.random(people.shape) < 0.15] = np.nan
    people[70] *= 12  # a surge, which must not become usual
    first = date(2018, 1, 1)
    dates = [first + timedelta(days=n) for n in range(len(people))]
    rows, slots = np.nonzero(~np.isnan(people))
    many = usual_of_cells(people, dates, rows, slots, 20)
    zero = datetime(2018, 1, 1, 5, tzinfo=UTC).timestamp()
    start = zero + (rows * 24 + slots) * HOUR
    whole = np.full(len(rows), 60.0)
    hours = Buckets(start, whole, people[rows, slots], whole == 0, np.full(len(rows), "counted", object), start)
    for day in range(0, 150, 9):
        one = history(hours.where(start < zero + (day + 1) * 24 * HOUR), dates[day], LIMA)
        for place in np.flatnonzero(rows == day):
            told = [many.low[place], many.mid[place], many.high[place]]
            expected = [np.nan] * 3 if one is None else one.hourly[:, slots[place]]
            np.testing.assert_allclose(told, expected)


def test_the_usual_of_many_daily_figures_is_the_one_baseline_of_each():
    totals = RNG.poisson(400, 150).astype(float)
    dates = [date(2018, 1, 1) + timedelta(days=n) for n in range(150)]
    many = usual_of_cells(totals[:, None], dates, np.arange(150), np.zeros(150, int), 1)
    for day in range(150):
        span = daily_history(dates, list(totals), dates[day], LIMA)
        expected = [np.nan] * 3 if span is None else [span.low, span.mid, span.high]
        np.testing.assert_allclose([many.low[day], many.mid[day], many.high[day]], expected)


def test_the_first_sieve_never_hides_what_the_usual_would_find():
    people = RNG.integers(0, 50, (120, 24)).astype(float)
    dates = [date(2018, 1, 1) + timedelta(days=n) for n in range(120)]
    rows, slots = np.nonzero(~np.isnan(people))
    mid = usual_of_cells(people, dates, rows, slots, 20).mid
    known = ~np.isnan(mid)
    assert known.sum() > 24 * (120 - DAYS)
    assert (second_lowest(people, rows, slots)[known] <= mid[known]).all()


# --- more served than there were


def counts(*people: float, at_least: bool = False) -> Counts:
    start = np.arange(len(people)) * HOUR
    return Counts(start, start + HOUR, np.array(people, dtype=float), np.full(len(people), at_least))


def heads(people: float, at: float = 0.0, at_least: bool = False) -> Heads:
    return Heads(np.array([at]), np.array([people], dtype=float), np.array([at_least]))


def test_the_hour_that_served_more_than_waited_and_came_is_named_once():
    found = served_over_present(counts(50, 300, 40), counts(40, 40, 40), heads(100), waiting=True)
    assert [(one.place, one.there, one.arrived) for one in found] == [(1, 100, 80)]


def test_who_was_there_may_be_served_to_the_last():
    assert served_over_present(counts(140, 40), counts(40, 40), heads(100), waiting=True) == []


@pytest.mark.parametrize(
    ("arrived", "waiting"),
    [
        (None, heads(10)),  # nobody reported arrivals
        (counts(5, 5, at_least=True), heads(10)),  # at least so many arrived
        (counts(5, 5), heads(10, at_least=True)),  # the end of the line was out of sight
        (counts(5), heads(10)),  # arrivals of the second hour are missing, which is not zero
    ],
)
def test_what_is_not_known_is_not_doubted(arrived, waiting):
    found = served_over_present(counts(2, 400), arrived, waiting, waiting=True)
    assert found == []


# --- in the store


def test_more_served_than_present_is_accepted_and_asks_for_a_reason(centre, var):
    send(centre, var, queue_csv("09:00", 100), source="cabos")
    send(centre, var, hour_csv("09:00", 40))
    receipt = send(centre, var, hour_csv("09:00", 400, measure="served"))
    assert (receipt.state, receipt.accepted) == ("accepted", 1)
    [flag] = receipt.flags
    assert (flag.code, flag.facts) == ("served_over_present", {"value": 400, "there": 100, "arrived": 40})
    with writing(centre) as conn, pytest.raises(NoReason):
        clear_flag(conn, flag.flag, "  ", "ana", LATER)
    with writing(centre) as conn:
        clear_flag(conn, flag.flag, "Se sumó la fila de la noche", "ana", LATER)
    assert codes(centre) == []
    with reading(centre) as conn:
        row = conn.execute(select(line_flag)).one()
        assert (row.ended_by, row.why, row.ended_at) == ("ana", "Se sumó la fila de la noche", LATER)
        assert [f.code for f in open_flags(conn, "tumbes", as_of=LATER - timedelta(minutes=1))] == [flag.code]
    with writing(centre) as conn, pytest.raises(NoSuchFlag):
        clear_flag(conn, flag.flag, "otra vez", "ana", LATER)


def test_a_reason_holds_until_the_figure_changes(centre, var):
    send(centre, var, present_csv("09:00", 100), source="indeci")
    [flag] = send(centre, var, hour_csv("09:00", 400, measure="served")).flags
    with writing(centre) as conn:
        clear_flag(conn, flag.flag, "dos filas", "ana", LATER)
    send(centre, var, hour_csv("10:00", 3), now=LATER)
    assert codes(centre) == []
    again = send(centre, var, hour_csv("09:00", 500, measure="served"), now=LATER)
    assert [one.facts["value"] for one in again.flags] == [500]


def test_a_head_count_that_comes_later_raises_the_doubt_too(centre, var):
    send(centre, var, hour_csv("09:00", 40))
    assert send(centre, var, hour_csv("09:00", 400, measure="served")).flags == ()
    receipt = send(centre, var, queue_csv("09:00", 100), source="cabos", now=LATER)
    assert [flag.code for flag in receipt.flags] == ["served_over_present"]
    assert receipt.flags[0].source == "migraciones", "the figure doubted is that of who served"


def test_a_correction_ends_the_doubt_by_itself(centre, var):
    send(centre, var, queue_csv("09:00", 100), source="cabos")
    send(centre, var, hour_csv("09:00", 40))
    send(centre, var, hour_csv("09:00", 400, measure="served"))
    assert codes(centre) == ["served_over_present"]
    send(centre, var, hour_csv("09:00", 40, measure="served"), now=LATER)
    assert codes(centre) == []
    with reading(centre) as conn:
        row = conn.execute(select(line_flag)).one()
    assert (row.ended_by, row.ended_at) == (None, LATER)


def test_an_undone_delivery_takes_its_doubts_along(centre, var):
    send(centre, var, queue_csv("09:00", 100), source="cabos")
    send(centre, var, hour_csv("09:00", 40))
    receipt = send(centre, var, hour_csv("09:00", 400, measure="served"))
    undo(centre, receipt.report or 0, LATER, "ana")
    assert codes(centre) == []


def test_ten_times_the_usual_hour_is_doubted_and_a_busy_one_is_not(centre, var):
    send(centre, var, history_csv())
    assert send(centre, var, hour_csv("09:00", 300)).flags == ()
    [flag] = send(centre, var, hour_csv("10:00", 4100)).flags
    assert (flag.code, flag.facts["value"], flag.facts["usual"], flag.facts["ratio"]) == ("times_usual", 4100, 41, 100)
    assert people_by_hour(centre)["10:00"] == 4100, "it counts"


def test_nothing_is_unusual_without_two_weeks_of_history(centre, var):
    send(centre, var, history_csv(days=13))
    assert send(centre, var, hour_csv("10:00", 4100)).flags == ()


def test_a_day_far_outside_its_history_is_doubted_both_ways(centre, var):
    first = date(2018, 10, 31) - timedelta(days=30)
    days = flow_csv(*((f"{first + timedelta(days=n)}T00:00", 1440, 900 + 10 * (n % 7)) for n in range(30)))
    send(centre, var, days)
    [high] = send(centre, var, flow_csv(("2018-10-31T00:00", 1440, 5000))).flags
    assert (high.code, high.facts["value"]) == ("outside_history", 5000)
    [low] = send(centre, var, flow_csv(("2018-10-31T00:00", 1440, 90)), now=LATER).flags
    assert (low.code, low.facts["value"]) == ("outside_history", 90)
    send(centre, var, flow_csv(("2018-10-31T00:00", 1440, 2500)), now=LATER + timedelta(hours=1))
    assert codes(centre) == [], "a surge of less than three times is no slip of the pen"


def test_a_total_that_is_not_the_sum_of_its_parts_is_doubted(centre, var):
    columns = ("start", "minutes", "people", "sex")
    good = [
        ("2018-10-31T09:00", 60, 100, ""),
        ("2018-10-31T09:00", 60, 60, "female"),
        ("2018-10-31T09:00", 60, 40, "male"),
    ]
    assert send(centre, var, flow_csv(*good, columns=columns)).flags == ()
    wrong = flow_csv(("2018-10-31T09:00", 60, 70, "female"), columns=columns)
    [flag] = send(centre, var, wrong, now=LATER).flags
    assert (flag.code, flag.facts) == ("parts_differ", {"value": 100, "sum": 110, "dimension": "sex"})
    send(centre, var, flow_csv(("2018-10-31T09:00", 60, 110, ""), columns=columns), now=LATER + timedelta(hours=1))
    assert codes(centre) == []


def test_one_part_alone_may_be_less_than_the_total(centre, var):
    columns = ("start", "minutes", "people", "nationality")
    rows = [("2018-10-31T09:00", 60, 100, ""), ("2018-10-31T09:00", 60, 80, "VE")]
    assert send(centre, var, flow_csv(*rows, columns=columns)).flags == ()


def test_a_day_that_is_not_the_sum_of_its_hours_is_doubted(centre, var):
    hours = [(f"2018-10-31T{hour:02d}:00", 60, 10) for hour in range(24)]
    [flag] = send(centre, var, flow_csv(*hours, ("2018-10-31T00:00", 1440, 300))).flags
    assert (flag.code, flag.facts) == ("day_differs", {"value": 300, "sum": 240})


def test_more_people_at_a_later_stage_than_were_let_in_is_doubted(centre, var):
    for day in ("30", "31"):
        entered = flow_csv((f"2018-10-{day}T00:00", 1440, 500), measure="served")
        send(centre, var, entered)
    buses = flow_csv(("2018-10-31T00:00", 1440, 1000), stage="transport", measure="served")
    assert send(centre, var, buses, source="buses").flags == (), "who came in yesterday travels today"
    more = flow_csv(("2018-10-31T00:00", 1440, 1400), stage="transport", measure="served")
    [flag] = send(centre, var, more, source="buses", now=LATER).flags
    assert (flag.code, flag.source) == ("later_stage_over", "buses")
    assert (flag.facts["value"], flag.facts["through"]) == (1400, 1000)


def test_a_quantity_of_services_far_from_usual_is_doubted(centre, var):
    head = "site,organisation,sector,service,start,end,quantity,unit\n"
    first = date(2018, 10, 31) - timedelta(days=30)
    past = "".join(
        f"tumbes,ADRA,food,meals,{first + timedelta(days=n)}T00:00,{first + timedelta(days=n + 1)}T00:00,300,raciones\n"
        for n in range(30)
    )
    send(centre, var, (head + past).encode(), source="adra")
    today = f"{head}tumbes,ADRA,food,meals,2018-10-31T00:00,2018-11-01T00:00,3000,raciones\n".encode()
    [flag] = send(centre, var, today, source="adra").flags
    assert (flag.code, flag.key["service"], flag.key["amount"]) == ("times_usual", "meals", "quantity")


def test_the_order_of_deliveries_does_not_change_which_figures_are_doubted(centre, var, tmp_path):
    parts = [
        history_csv(),
        hour_csv("10:00", 4100),
        queue_csv("09:00", 100),
        hour_csv("09:00", 40),
        hour_csv("09:00", 400, measure="served"),
        flow_csv(("2018-10-31T00:00", 1440, 4140)),
    ]
    for number in RNG.permutation(len(parts)):
        source = "cabos" if parts[number].startswith(b"site,stage,at") else "migraciones"
        send(centre, var, parts[number], source=source, issued_at=NOON + timedelta(minutes=int(number)))
    with reading(centre) as conn:
        found = {(flag.flag, flag.code) for flag in open_flags(conn, "tumbes")}
    other = migrated(f"sqlite:///{tmp_path / 'orderly.sqlite'}")
    open_centre(other, SITE)
    for number, part in enumerate(parts):
        source = "cabos" if part.startswith(b"site,stage,at") else "migraciones"
        send(other, var, part, source=source, issued_at=NOON + timedelta(minutes=number))
    with reading(other) as conn:
        orderly = {(flag.flag, flag.code) for flag in open_flags(conn, "tumbes")}
    other.dispose()
    assert found == orderly
    assert {code for _, code in found} == {"times_usual", "served_over_present"}
