"""Cadences and deliveries in the store: agreed in a file, switched, known as of a moment, judged by what came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from data.cadences import ALWAYS, WrongCadence, cadences, set_cadence
from data.ingest import undo
from data.reporting import reporting
from data.rhythm import Reporting
from data.sites import WrongSiteFile, add_site, load_site
from data.sites import site as site_named
from data.store import create_store, migrate, reading, writing
from data.tables import audit, cadence, report_span
from data.types import Window
from data.versions import version_of
from data.vocabulary import Dataset, ReportState, Rhythm
from tests.data.centre import NOON, SITE, flow_csv, hour_csv, open_centre, send

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime(2018, 10, 31, 5, tzinfo=UTC)  # 00:00 at Tumbes
OCTOBER = Window(MIDNIGHT, MIDNIGHT + DAY)
SHIFTS = "safe_capacity = 200\nshifts = [6, 14, 22]"


def at(hour: float) -> datetime:
    return MIDNIGHT + hour * HOUR


def told(engine, now: datetime, as_of: datetime | None = None, window: Window | None = None) -> dict[str, Reporting]:
    with reading(engine) as conn:
        rows = reporting(conn, site_named(conn, "tumbes"), now, as_of, window)
    return {f"{row.source}/{row.dataset}": row for row in rows}


def states(row: Reporting) -> list[str]:
    return [str(one.state) for one in row.expectations]


def test_hours_of_a_file_that_says_minutes_only_are_hourly(any_engine, var):
    open_centre(any_engine)
    with reading(any_engine) as conn:
        (one,) = cadences(conn, "tumbes")
    assert (one.cadence.kind, one.cadence.minutes, one.cadence.grace_minutes) == (Rhythm.HOURLY, 60, 15)
    assert one.cadence.valid_from == ALWAYS
    send(any_engine, var, hour_csv("09:00", 40), now=at(10.1))
    send(any_engine, var, hour_csv("10:00", 40), now=at(11.5))
    row = told(any_engine, at(13.5), window=OCTOBER)["migraciones/flow"]
    assert states(row) == ["missing"] * 9 + ["on-time", "late", "missing", "missing", "pending"]
    assert row.contact.role == "jefe de turno"
    assert row.last_received == at(11.5)
    assert row.heard_until is not None
    assert told(any_engine, at(13.5))["migraciones/flow"].late(at(13.5))


def test_hours_missing_within_one_file_stay_missing(any_engine, var):
    open_centre(any_engine)
    rows = [(f"2018-10-31T{hour:02d}:00", 60, 5) for hour in (0, 1, 4)]
    send(any_engine, var, flow_csv(*rows), now=at(5))
    row = told(any_engine, at(6.5), window=OCTOBER)["migraciones/flow"]
    assert states(row) == ["late", "late", "missing", "missing", "on-time", "missing", "pending"]
    with writing(any_engine) as conn:
        now, site = at(6.5), site_named(conn, "tumbes")
        set_cadence(
            conn, site, "migraciones", Dataset.FLOW, Rhythm.DAILY, now=now, real_now=now, by="x", valid_from=MIDNIGHT
        )
    (day,) = told(any_engine, at(40), window=OCTOBER)["migraciones/flow"].expectations
    assert (day.state, day.covered) == (ReportState.MISSING, 3 / 24)


def test_readings_every_quarter_are_one_run_and_each_hour_has_its_reading(any_engine, var):
    open_centre(any_engine, SITE.replace('dataset = "flow"', 'dataset = "queue"'))
    head = "site,stage,at,waiting,counters_open"
    rows = [f"tumbes,migration-control,{at(n / 4).isoformat()},{n},3" for n in range(1, 17) if not 5 <= n <= 8]
    send(any_engine, var, "\n".join([head, *rows]).encode(), now=at(4), dataset=Dataset.QUEUE)
    with reading(any_engine) as conn:
        found = conn.execute(select(report_span.c.start, report_span.c.end, report_span.c.step_seconds)).all()
    assert sorted(map(tuple, found)) == [(at(0.25), at(1), 900), (at(2.25), at(4), 900)]
    row = told(any_engine, at(4.1), window=OCTOBER)["migraciones/queue"]
    assert states(row) == ["late", "missing", "late", "on-time", "pending"]


def test_an_undone_delivery_was_never_received_except_as_of_before(any_engine, var):
    open_centre(any_engine)
    first = send(any_engine, var, hour_csv("09:00", 40), now=at(10.1))
    send(any_engine, var, hour_csv("09:00", 44), now=at(10.4))  # a correction
    nine = Window(at(9), at(10))

    def state(now: float, as_of: float | None = None) -> str:
        then = None if as_of is None else at(as_of)
        return states(told(any_engine, at(now), then, nine)["migraciones/flow"])[0]

    assert state(11) == "on-time"
    undo(any_engine, first.report or 0, at(12), "maria")
    assert state(13) == "late"  # what counts now came after the grace
    assert state(11, as_of=11) == "on-time"
    assert state(10.2, as_of=10.2) == "on-time"


def test_a_switch_at_two_in_the_store_is_audited_and_the_past_keeps_its_own(any_engine, var):
    open_centre(any_engine, SITE.replace("safe_capacity = 200", SHIFTS))
    send(any_engine, var, hour_csv("09:00", 40), now=at(10.1))
    before = told(any_engine, at(14), window=OCTOBER)["migraciones/flow"]
    with writing(any_engine) as conn:
        site, version = site_named(conn, "tumbes"), version_of(conn, "tumbes")
        set_cadence(
            conn, site, "migraciones", Dataset.FLOW, Rhythm.SHIFT,
            now=at(14), real_now=NOON, by="rosa", reason="emergencia",
        )  # fmt: skip
        assert version_of(conn, "tumbes") == version + 1
        (row,) = conn.execute(select(audit)).all()
    assert (row.who, row.action, row.subject, row.at) == ("rosa", "cadence-set", "tumbes/migraciones/flow", NOON)
    assert (row.facts["kind"], row.facts["before"], row.facts["reason"]) == ("shift", "hourly", "emergencia")
    after = told(any_engine, at(23.5), window=OCTOBER)["migraciones/flow"]
    assert [(one.start, one.due) for one in after.expectations[:14]] == [
        (one.start, one.due) for one in before.expectations
    ]
    assert [(one.start, one.kind, one.state) for one in after.expectations[14:]] == [
        (at(14), Rhythm.SHIFT, ReportState.MISSING),
        (at(22), Rhythm.SHIFT, ReportState.PENDING),
    ]


def test_as_of_shows_the_cadence_that_had_been_decided_then(any_engine):
    open_centre(any_engine)
    with writing(any_engine) as conn:
        site = site_named(conn, "tumbes")
        for decided, kind in ((at(20), Rhythm.DAILY), (at(22), Rhythm.WEEKLY)):
            more = {"now": decided, "real_now": decided, "by": "rosa", "valid_from": at(14)}
            set_cadence(conn, site, "migraciones", Dataset.FLOW, kind, **more)
    for as_of, kind in ((at(19), Rhythm.HOURLY), (at(21), Rhythm.DAILY), (None, Rhythm.WEEKLY)):
        row = told(any_engine, as_of or at(23), as_of)["migraciones/flow"]
        assert row.cadence is not None
        assert row.cadence.kind is kind


def test_nobody_is_late_for_the_time_before_the_site_was_there(any_engine, var):
    with writing(any_engine) as conn:
        add_site(conn, load_site(SITE), at(8), "test")
    assert len(told(any_engine, at(10.5))["migraciones/flow"].expectations) == 3  # since 08:00
    send(any_engine, var, hour_csv("06:00", 40), now=at(10.4))
    assert len(told(any_engine, at(10.5))["migraciones/flow"].expectations) == 5  # since 06:00, as the report says


def test_a_site_file_changes_the_cadence_from_then_on_and_says_which(any_engine):
    open_centre(any_engine)
    newer = SITE.replace("minutes = 60", 'kind = "shift"\ngrace_minutes = 30').replace("safe_capacity = 200", SHIFTS)
    with writing(any_engine) as conn:
        (changed,) = add_site(conn, load_site(newer), at(14), "test")
        assert add_site(conn, load_site(newer), at(15), "test") == ()
        held = [one.cadence for one in cadences(conn, "tumbes")]
    assert (changed.cadence.kind, changed.cadence.shifts, changed.cadence.minutes) == (Rhythm.SHIFT, (6, 14, 22), 480)
    assert [(one.kind, one.valid_from) for one in held] == [(Rhythm.HOURLY, ALWAYS), (Rhythm.SHIFT, at(14))]
    moved = newer.replace("[6, 14, 22]", "[7, 19]")
    with writing(any_engine) as conn:
        add_site(conn, load_site(moved), at(16), "test")
        held = [one.cadence for one in cadences(conn, "tumbes")]
    assert [one.shifts for one in held] == [(), (6, 14, 22), (7, 19)]  # the past keeps its shifts


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('kind = "fortnightly"', "kind = 'fortnightly' is none of"),
        ('kind = "shift"', "needs the site's shifts"),
        ("minutes = 1500", "1 to 1440, or whole days"),
        ("minutes = 60\ngrace_minutes = -5", "grace_minutes = -5"),
        ("grace_minutes = 5", "expected kind"),
    ],
)
def test_a_cadence_that_cannot_be_is_named_in_the_site_file(wrong, says):
    with pytest.raises(WrongSiteFile, match=says):
        load_site(SITE.replace("minutes = 60", wrong))


def test_shifts_are_hours_of_the_day():
    with pytest.raises(WrongSiteFile, match="shifts"):
        load_site(SITE.replace("safe_capacity = 200", "shifts = [6, 30]"))


def test_a_shift_cannot_be_agreed_where_there_are_none(engine):
    open_centre(engine)
    with reading(engine) as conn:
        site = site_named(conn, "tumbes")
    with writing(engine) as conn, pytest.raises(WrongCadence) as wrong:
        set_cadence(conn, site, "migraciones", Dataset.FLOW, Rhythm.SHIFT, now=NOON, real_now=NOON, by="x")
    assert wrong.value.code == "no_shifts"


def test_a_store_of_the_first_release_keeps_its_cadences_and_knows_what_was_told(sqlite_url, postgres_url):
    for url in (sqlite_url, postgres_url):
        store = create_store(url)
        migrate(store, "0001")
        with writing(store) as conn:
            for statement in FIRST_RELEASE:
                conn.execute(text(statement))
        migrate(store)
        with reading(store) as conn:
            (kept,) = conn.execute(select(cadence)).all()
            assert (kept.kind, kept.minutes, kept.grace_minutes, kept.set_at) == ("hourly", 60, 15, ALWAYS)
            spans = conn.execute(select(report_span.c.dataset, report_span.c.start, report_span.c.end)).all()
        assert sorted(map(tuple, spans)) == [
            ("flow", at(9), at(11)),
            ("flow", at(12), at(13)),
            ("stock", at(9), at(9)),
        ]
        store.dispose()


_FLOW = (
    'insert into flow_line (site, stage, measure, start, line_id, "end", minutes, lane, source, category, sex,'
    " age_band, nationality, people, method, at_least, report_id, issued_at, received_at) values ('tumbes', 'services',"
    " 'served', '2018-10-31 {0}:00:00.000000', {0}, '2018-10-31 {1}:00:00.000000', 60, 'general', 'm', '', '', '', '',"
    " 5, 'counted', {2}, 1, '2018-10-31 19:00:00.000000', '2018-10-31 19:00:00.000000')"
)
_CAME = (
    "insert into report_site values ('tumbes', {0}, 'm', '{1}', '2018-10-31 19:00:00.000000',"
    " '2018-10-31 14:00:00.000000', '2018-10-31 18:00:00.000000', 3)"
)
FIRST_RELEASE = [
    "insert into cadence values ('tumbes', 'm', 'flow', '1970-01-01 00:00:00.000000', 60, 'test')",
    *(_FLOW.format(hour, hour + 1, "false") for hour in (14, 15, 17)),
    _CAME.format(1, "flow"),
    _CAME.format(2, "stock"),
    "insert into stock_reading (site, at, line_id, source, organisation, item, quantity, unit, report_id, issued_at,"
    " received_at) values ('tumbes', '2018-10-31 14:00:00.000000', 9, 'm', 'o', 'agua', 5, 'l', 2,"
    " '2018-10-31 19:00:00.000000', '2018-10-31 19:00:00.000000')",
]
