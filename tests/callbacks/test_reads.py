"""What the pages are told: real files in, models out, masked and dated."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, event

from callbacks import reads
from callbacks.asked import SeriesAsk, WrongAsk, moment_ask, series_ask
from callbacks.completeness import completeness
from callbacks.csv_form import as_csv
from callbacks.series import coverage, queue, reports, series
from data.analytics.windows import day_on
from data.ingest import ingest
from data.sites import add_site, load_site
from data.sites import site as site_named
from data.store import create_store, reading, writing
from data.types import ClockReading, Scope, SituationModel, Window
from data.vocabulary import Audience, Dataset, KpiName, Language, Level, Measure, Stage, State
from tests.stores import migrated

SITE = """
site = "norte"
name = "Norte"
country = "PE"
zone = "America/Lima"
kind = "simulation"
entry_stage = "migration-control"
stages = ["vaccination", "migration-control"]
sectors = ["wash", "gbv", "food"]
safe_capacity = 1000

[[source]]
source = "control"
organisation = "Migraciones"
name = "Control"

[[official]]
stage = "migration-control"
measure = "arrivals"
source = "control"

[[official]]
stage = "migration-control"
measure = "served"
source = "control"

[[cadence]]
source = "control"
dataset = "flow"
minutes = 60

[[standard]]
service = "latrines"
phase = "emergency"
value = 50
per = "people-per-unit"
denominator = "present"
unit = "letrinas"
source = "a handbook"

[[standard]]
service = "meals"
phase = "emergency"
value = 3
per = "per-person-day"
denominator = "present"
unit = "raciones"
source = "a handbook"
"""
MIDNIGHT = datetime(2019, 6, 14, 5, tzinfo=UTC)  # 00:00 in Lima
TEN = MIDNIGHT + timedelta(hours=10)


class Post:
    """A border post that sends files."""

    def __init__(self, engine: Engine, var: Path) -> None:
        self.engine, self.var = engine, var

    def send(self, dataset: Dataset, text: str, source: str = "control", now: datetime = TEN) -> None:
        receipt = ingest(self.engine, text.encode(), "r.csv", source=source, dataset=dataset, now=now, var=self.var)
        assert receipt.rejected == 0, receipt.issues

    def hours(self, measure: str, people: list[int | None], first: datetime = MIDNIGHT, now: datetime = TEN) -> None:
        rows = [
            f"norte,migration-control,{measure},{(first + timedelta(hours=n)).isoformat()},60,{count}"
            for n, count in enumerate(people)
            if count is not None
        ]
        self.send(Dataset.FLOW, "\n".join(["site,stage,measure,start,minutes,people", *rows]), now=now)

    def queue(self, at: datetime, waiting: int, counters: int, at_least: int = 0) -> None:
        head = "site,stage,at,waiting,counters_open,at_least"
        self.send(Dataset.QUEUE, f"{head}\nnorte,migration-control,{at.isoformat()},{waiting},{counters},{at_least}")

    def situation(self, now: datetime = TEN, **scope: object) -> SituationModel:
        asked = replace(Scope("norte", Language.ES, Audience.OPEN, "today"), **scope)  # type: ignore[arg-type]
        with reading(self.engine) as conn:
            return reads.situation(conn, asked, ClockReading(now, 1.0, False))


@pytest.fixture
def post(engine: Engine, var: Path) -> Post:
    with writing(engine) as conn:
        add_site(conn, load_site(SITE), MIDNIGHT, "test")
    return Post(engine, var)


@pytest.fixture(scope="module")
def busy_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """350 an hour arrive, 11 counters serve 10 each, 200 people waited at midnight."""
    var = tmp_path_factory.mktemp("busy")
    engine = migrated(f"sqlite:///{var / 'caudal.sqlite'}")
    with writing(engine) as conn:
        add_site(conn, load_site(SITE), MIDNIGHT, "test")
    post = Post(engine, var)
    post.hours("arrivals", [350] * 10)
    post.hours("served", [110] * 10)
    for hour in range(11):
        post.queue(MIDNIGHT + timedelta(hours=hour), 200 + 240 * hour, 11)
    engine.dispose()
    return var


@pytest.fixture
def busy(busy_store: Path, var: Path, sqlite_url: str) -> Iterator[Post]:
    """A copy of the busy store that one test may change."""
    shutil.copytree(busy_store, var, dirs_exist_ok=True)
    engine = create_store(sqlite_url)
    yield Post(engine, var)
    engine.dispose()


def test_every_headline_is_there_whatever_is_known(post):
    model = post.situation()
    assert set(model.kpis) == {str(name) for name in KpiName}
    for name in set(KpiName) - {KpiName.ALERTS_OPEN, KpiName.REPORTS_MISSING, KpiName.CONFIDENCE}:
        assert (model.kpis[name].state, model.kpis[name].value) == (State.MISSING, None), name


def test_an_empty_store_says_no_data_and_not_normal(post):
    model = post.situation()
    assert (model.pressure.level, model.pressure.at_least) == (Level.NO_DATA, True)
    assert model.sentence.key == "sentence.no_queue_data"
    assert [row.state for row in model.sectors] == [State.MISSING] * 3
    assert len(model.stations) == 2


def test_the_queue_its_wait_and_what_would_help(busy):
    model = busy.situation()
    entry = next(row for row in model.stations if row.stage is Stage.MIGRATION_CONTROL)
    assert (entry.waiting, entry.counters_open, entry.served_last_hour) == (2600, 11, 110)
    assert entry.rate_per_counter_hour == pytest.approx(10)
    assert entry.growth_per_hour == pytest.approx(240)
    assert (entry.never_clears, entry.time_to_clear_minutes) == (True, None)
    wait = model.kpis["wait_minutes"]
    assert wait.value == pytest.approx(2600 / 110 * 60)
    assert wait.low is not None
    assert wait.high is not None
    assert wait.low < wait.value < wait.high
    assert (wait.method, wait.state) == ("virtual", State.OK)
    assert model.kpis["time_to_clear_minutes"].state is State.NEVER
    assert model.sentence.key == "sentence.growing_counters"
    assert model.sentence.facts == {"stage": "migration-control", "growth": 240, "counters": 24}
    assert model.pressure.level is Level.CRITICAL


def test_the_curves_start_from_the_queue_carried_in_and_give_queue_and_wait(busy):
    curves = busy.situation().curves
    last = curves.points.iloc[-1]
    assert (curves.carried_in, curves.queue_now) == (200, 2600)
    assert (last["arrivals"], last["served"]) == (3700, 1100)
    # The 1,100th to be served was the 900th of the day: 900 / 350 h after midnight.
    assert curves.wait_from is not None
    assert (curves.wait_from - MIDNIGHT) / timedelta(hours=1) == pytest.approx(900 / 350, abs=1e-6)
    assert curves.wait_level == pytest.approx(1100)
    assert (curves.wait_to, curves.weekday) == (TEN, 4)


def test_entries_are_what_was_served_today_with_age_source_and_method(busy):
    entries = busy.situation().kpis["entries_today"]
    assert (entries.value, entries.as_of, entries.source) == (1100, TEN, "control")
    assert entries.at_least is False
    assert str(entries.method) == "counted"


def test_a_day_with_an_unreported_hour_is_at_least_and_its_curve_has_a_hole(post):
    post.hours("arrivals", [100, 100, None, 100])
    model = post.situation(now=MIDNIGHT + timedelta(hours=4))
    arrivals = model.kpis["arrivals_today"]
    assert (arrivals.value, arrivals.at_least) == (300, True)
    points = model.curves.points.set_index("at")["arrivals"]
    inside = points[(points.index > MIDNIGHT + timedelta(hours=2)) & (points.index < MIDNIGHT + timedelta(hours=3))]
    assert len(inside) >= 1
    assert inside.isna().all()
    assert points.iloc[-1] == 300
    assert model.curves.arrivals_at_least


def test_a_day_that_is_reported_from_its_fourth_hour_on_has_a_curve_from_there(post):
    post.hours("arrivals", [None, None, None, 40, 60])
    curves = post.situation(now=MIDNIGHT + timedelta(hours=5)).curves
    known = curves.points.dropna(subset=["arrivals"])
    assert known["at"].iloc[0] == MIDNIGHT + timedelta(hours=3)
    assert known["arrivals"].iloc[-1] == 100
    assert curves.arrivals_at_least


def test_a_head_count_that_did_not_see_the_end_of_the_line_is_a_lower_bound_everywhere(post):
    post.hours("arrivals", [350] * 10)
    post.hours("served", [110] * 10)
    for hour in range(11):
        post.queue(MIDNIGHT + timedelta(hours=hour), 200 + 240 * hour, 11, at_least=1)
    model = post.situation()
    assert model.kpis["queue_len"].at_least
    assert model.kpis["wait_minutes"].at_least
    assert model.curves.queue_at_least


def test_counts_without_any_head_count_give_a_lower_bound_of_the_queue(post):
    post.hours("arrivals", [100] * 10)
    post.hours("served", [40] * 10)
    queue_len = post.situation().kpis["queue_len"]
    assert (queue_len.value, queue_len.at_least) == (600, True)


def test_old_figures_keep_their_value_and_say_that_they_are_old(busy):
    model = busy.situation(now=TEN + timedelta(hours=3))
    assert (model.kpis["entries_today"].value, model.kpis["entries_today"].state) == (1100, State.STALE)
    assert model.kpis["queue_len"].state is State.STALE
    assert model.kpis["reports_missing"].value == 1


def test_without_an_official_source_nothing_is_guessed(engine, var):
    without = "\n".join(part for part in SITE.split("\n\n") if "[[official]]" not in part).replace(
        "[[source]]", "\n[[source]]"
    ).replace("[[cadence]]", "\n[[cadence]]").replace("[[standard]]", "\n[[standard]]")  # fmt: skip
    with writing(engine) as conn:
        add_site(conn, load_site(without), MIDNIGHT, "test")
    post = Post(engine, var)
    post.hours("arrivals", [100] * 10)
    kpi = post.situation().kpis["arrivals_today"]
    assert (kpi.value, kpi.state) == (None, State.MISSING)
    assert kpi.note is not None
    assert kpi.note.key == "sentence.no_official_source"


def test_today_is_the_sites_day_and_yesterday_can_be_asked(busy):
    late = MIDNIGHT + timedelta(hours=26)  # 02:00 of the 15th in Lima
    busy.hours("served", [7, 7], first=MIDNIGHT + timedelta(hours=24), now=late)
    assert busy.situation(now=late).kpis["entries_today"].value == 14
    assert busy.situation(now=late, window="yesterday").kpis["entries_today"].value == 1100


def test_a_moment_in_the_past_shows_what_was_known_then(busy):
    busy.hours("served", [200] * 10, now=TEN + timedelta(hours=1))  # a correction
    now = TEN + timedelta(hours=1, minutes=5)
    assert busy.situation(now=now).kpis["entries_today"].value == 2000
    assert busy.situation(now=now, as_of=TEN).kpis["entries_today"].value == 1100


def service(post: Post, *lines: str) -> None:
    head = "site,organisation,sector,service,start,end,quantity,unit,people"
    post.send(Dataset.SERVICE, "\n".join([head, *(f"norte,ONG,{line}" for line in lines)]), source="ong")


SHIFT = f"{MIDNIGHT.isoformat()},{TEN.isoformat()}"


def test_coverage_says_what_is_missing_in_units_and_presence_presses(busy):
    busy.send(Dataset.PRESENT, f"site,at,people\nnorte,{TEN.isoformat()},1200")
    service(busy, f"wash,latrines,{SHIFT},10,letrinas,")
    model = busy.situation()
    wash = model.sectors[0]
    assert wash.worst is not None
    assert (wash.sector, wash.worst.required, wash.worst.gap, wash.level) == ("wash", 24, 14, Level.CRITICAL)
    worst = model.kpis["coverage_worst_sector"]
    assert (worst.word, worst.value) == ("sector.wash", pytest.approx(10 / 24))
    presence = next(part for part in model.pressure.components if part.name == "presence")
    assert (presence.value, presence.level) == (pytest.approx(1.2), Level.CRITICAL)
    food = next(row for row in model.sectors if row.sector == "food")
    assert (food.state, food.level) == (State.MISSING, Level.NO_DATA)


def test_a_service_silent_for_days_says_since_when(busy):
    old = f"{(MIDNIGHT - timedelta(days=5)).isoformat()},{(MIDNIGHT - timedelta(days=4)).isoformat()}"
    service(busy, f"food,meals,{old},3000,raciones,")
    food = next(row for row in busy.situation().sectors if row.sector == "food")
    assert food.worst is not None
    assert (food.worst.state, food.worst.delivered) == (State.MISSING, None)
    assert food.worst.silent_since == MIDNIGHT - timedelta(days=4)


def test_small_counts_of_protected_sectors_stay_inside(busy):
    service(busy, f"gbv,gbv-response,{SHIFT},3,atenciones,3")

    def shown(audience: Audience):
        sectors = busy.situation(audience=audience).sectors
        return next(row for row in sectors if row.sector == "gbv").services[0]

    hidden = shown(Audience.OPEN)
    assert (hidden.delivered, hidden.contacts, hidden.state) == (None, None, State.MASKED)
    assert shown(Audience.PROTECTION).delivered == 3
    with reading(busy.engine) as conn:
        place = site_named(conn, "norte")
        scope = Scope("norte", Language.ES, Audience.OPEN, "today")
        told = coverage(conn, scope, Window(MIDNIGHT, MIDNIGHT + timedelta(days=1)), place, TEN)
    (row,) = [row for row in told["rows"] if row["sector"] == "gbv"]
    assert (row["delivered"], row["contacts"], row["masked"]) == (None, None, True)


def test_every_page_has_an_answer_in_every_window(busy):
    with reading(busy.engine) as conn:
        for name, read in reads.READS.items():
            for window in ("today", "yesterday", "48h", "7d", "30d"):
                scope = Scope("norte", Language.ES, Audience.OPEN, window)
                model = read(conn, scope, ClockReading(TEN, 1.0, False))
                assert set(model.kpis) == {str(kpi) for kpi in KpiName}, name


def plain(thing: object, path: str = "") -> None:
    """Everything but frames is made of Python's own values: a board is encoded, and numpy's are not."""
    assert not isinstance(thing, np.generic), path
    if isinstance(thing, Mapping):
        for key, part in thing.items():
            plain(part, f"{path}.{key}")
    elif isinstance(thing, tuple | list):
        for number, part in enumerate(thing):
            plain(part, f"{path}[{number}]")
    elif is_dataclass(thing):
        for part in fields(thing):
            plain(getattr(thing, part.name), f"{path}.{part.name}")


def test_no_number_of_a_model_is_numpys(busy):
    busy.send(Dataset.PRESENT, f"site,at,people\nnorte,{TEN.isoformat()},1200")
    service(busy, f"wash,latrines,{SHIFT},10,letrinas,", f"food,meals,{SHIFT},900,raciones,300")
    with reading(busy.engine) as conn:
        for name, read in reads.READS.items():
            plain(read(conn, Scope("norte", Language.ES, Audience.OPEN, "today"), ClockReading(TEN, 1.0, False)), name)


def test_of_two_who_count_people_present_neither_is_taken_until_one_is_official(post):
    head = "site,at,people"
    post.send(Dataset.PRESENT, f"{head}\nnorte,{TEN.isoformat()},900")
    assert post.situation().kpis["present"].value == 900
    post.send(Dataset.PRESENT, f"{head}\nnorte,{TEN.isoformat()},300", source="dtm")
    assert post.situation().kpis["present"].value is None
    chosen = '\n[[official]]\nstage = "migration-control"\nmeasure = "present"\nsource = "control"\n'
    with writing(post.engine) as conn:
        add_site(conn, load_site(SITE + chosen), MIDNIGHT, "test")
    assert post.situation().kpis["present"].value == 900


def test_people_of_the_priority_lane_are_people_of_the_day(post):
    head = "site,stage,measure,start,minutes,people,lane"
    rows = [
        f"norte,migration-control,arrivals,{(MIDNIGHT + timedelta(hours=n)).isoformat()},60,{people},{lane}"
        for lane, people, hours in (("general", 100, 10), ("priority", 40, 9))
        for n in range(hours)
    ]
    post.send(Dataset.FLOW, "\n".join([head, *rows]))
    came = post.situation().kpis["arrivals_today"]
    assert (came.value, came.at_least) == (1000 + 360, True)  # the last hour of the priority lane is missing
    with reading(post.engine) as conn:
        site = site_named(conn, "norte")
        asks = [
            series_ask({"measure": "arrivals", "lane": lane}, site, TEN) for lane in ("every", "general", "priority")
        ]
        assert [series(conn, ask, TEN)["rows"][-1]["value"] for ask in asks] == [1360, 1000, 360]


def test_a_day_told_by_some_of_its_shifts_is_at_least_their_sum(post):
    shifts = {0: 1000, 8: 1008}
    spans = {n: (MIDNIGHT + timedelta(hours=n), MIDNIGHT + timedelta(hours=n + 8)) for n in shifts}
    rows = [
        f"norte,migration-control,served,{start.isoformat()},{end.isoformat()},{shifts[n]}"
        for n, (start, end) in spans.items()
    ]
    evening = MIDNIGHT + timedelta(hours=17)
    post.send(Dataset.FLOW, "\n".join(["site,stage,measure,start,end,people", *rows]), now=evening)
    today, next_day = post.situation(now=evening), post.situation(now=evening + timedelta(days=1), window="yesterday")
    for model in (today, next_day):
        entries = model.kpis["entries_today"]
        assert (entries.value, entries.at_least, entries.as_of) == (2008, True, MIDNIGHT + timedelta(hours=16))


def test_hours_nobody_reported_are_in_the_flow_page_without_a_figure(post):
    post.hours("arrivals", [100, None, 100])
    with reading(post.engine) as conn:
        scope = Scope("norte", Language.ES, Audience.OPEN, "today")
        hours = reads.flow(conn, scope, ClockReading(TEN, 1.0, False)).hours
    assert len(hours) == 24
    assert hours["people"].head(3).isna().tolist() == [False, True, False]


def test_who_is_late_is_told_on_the_reports_page(busy):
    with reading(busy.engine) as conn:
        scope = Scope("norte", Language.ES, Audience.OPEN, "today")
        model = reads.reports(conn, scope, ClockReading(TEN + timedelta(hours=2), 1.0, False))
    now = TEN + timedelta(hours=2)
    assert [(row.dataset, row.late(now)) for row in model.reports] == [("flow", True), ("queue", False)]
    assert model.reports[1].cadence is None  # nothing was agreed for it
    assert len(model.deliveries) == 13


# --- the API's answers ---


def ask(post: Post, **params: str) -> SeriesAsk:
    with reading(post.engine) as conn:
        return series_ask(params, site_named(conn, "norte"), TEN)


def test_a_series_has_a_row_for_every_step_and_null_where_nothing_was_reported(post):
    post.hours("served", [100, None, 100, 100], now=MIDNIGHT + timedelta(hours=4))
    asked = ask(post, step="hour", **{"from": "2019-06-14", "to": "2019-06-14T04:00"})
    with reading(post.engine) as conn:
        told = series(conn, asked, TEN)
    assert [row["value"] for row in told["rows"]] == [100, None, 100, 100]
    assert told["rows"][0]["start"] == "2019-06-14T00:00:00-05:00"
    assert told["rows"][1] == {
        "start": "2019-06-14T01:00:00-05:00", "value": None, "low": None, "high": None, "at_least": False,
        "state": "missing", "method": None, "source": "control",
    }  # fmt: skip
    assert (told["measure"], told["stage"], told["unit"], told["step"]) == (
        "served",
        "migration-control",
        "people",
        "hour",
    )


def test_a_day_still_running_is_provisional_and_days_to_come_are_not_rows(busy):
    with reading(busy.engine) as conn:
        told = series(conn, ask(busy, step="day", **{"from": "2019-06-13", "to": "2019-06-20"}), TEN)
    assert [(row["value"], row["state"]) for row in told["rows"]] == [(None, "missing"), (1100, "provisional")]


def test_a_series_without_an_official_source_has_no_rows(busy):
    with reading(busy.engine) as conn:
        assert series(conn, ask(busy, stage="vaccination"), TEN)["rows"] == []


def test_local_dates_and_times_are_the_sites_and_nonsense_is_refused(post):
    with reading(post.engine) as conn:
        place = site_named(conn, "norte")
    assert moment_ask({"from": "2019-06-14"}, "from", place) == MIDNIGHT
    assert moment_ask({"from": "2019-06-14T10:00"}, "from", place) == TEN
    assert moment_ask({"from": "2019-06-14T15:00+00:00"}, "from", place) == TEN
    assert moment_ask({"from": "2019-06-14T15:00 00:00"}, "from", place) == TEN  # as a plus arrives unescaped
    for wrong in (
        {"from": "ayer"},
        {"step": "year"},
        {"measure": "people"},
        {"from": "2019-06-14", "to": "2019-06-13"},
    ):
        with pytest.raises(WrongAsk):
            series_ask(wrong, place, TEN)
    with pytest.raises(WrongAsk):
        series_ask({"step": "hour", "from": "2010-01-01", "to": "2019-01-01"}, place, TEN)
    assert series_ask({}, place, TEN).measure is Measure.SERVED


def test_csv_has_the_same_rows_and_no_cell_starts_a_formula(busy):
    with reading(busy.engine) as conn:
        told = series(conn, ask(busy, step="hour"), TEN)
    lines = as_csv(told).splitlines()
    assert lines[0] == "start,value,low,high,at_least,state,method,source"
    assert len(lines) == len(told["rows"]) + 1
    evil = {"rows": [{"organisation": "=HYPERLINK()", "people": -4}]}
    assert as_csv(evil).splitlines()[1] == "'=HYPERLINK(),-4"


def test_queue_and_reports_answers_are_plain_json(busy):
    import json

    with reading(busy.engine) as conn:
        scope = Scope("norte", Language.ES, Audience.OPEN, "today")
        told = queue(conn, scope, ClockReading(TEN, 1.0, False))
        listed = reports(conn, site_named(conn, "norte"))
    assert json.loads(json.dumps(told, allow_nan=False))["rows"][1]["waiting"] == 2600
    assert len(json.loads(json.dumps(listed, allow_nan=False))["rows"]) == 13


def test_a_board_asks_the_store_a_bounded_number_of_things(busy):
    asked: list[str] = []
    scope = Scope("norte", Language.ES, Audience.OPEN, "today")
    with reading(busy.engine) as conn:
        reads.situation(conn, scope, ClockReading(TEN, 1.0, False))

        @event.listens_for(busy.engine, "before_cursor_execute")
        def count(connection, cursor, statement, parameters, context, many):
            asked.append(statement)

        reads.situation(conn, scope, ClockReading(TEN, 1.0, False))
    # The last three: the rule that decides on the pressure level, who has taken what is open, the contingency plan.
    assert len(asked) <= 29


def test_operational_days_of_the_site_are_used(post):
    with reading(post.engine) as conn:
        place = site_named(conn, "norte")
    assert day_on(place, datetime(2019, 6, 14, tzinfo=UTC).date()).start == MIDNIGHT


# --- completeness ---


def test_the_completeness_of_the_api_is_the_matrix_of_the_page(busy):
    now = TEN + timedelta(hours=3)
    with reading(busy.engine) as conn:
        model = reads.reports(conn, Scope("norte", Language.ES, Audience.OPEN, "today"), ClockReading(now, 1.0, False))
        answer = completeness(conn, model.frame.site, None, now, None)
    (row,) = answer["rows"]
    rates = model.reports[0].rates
    assert [row[name] for name in ("expected", "on_time", "late", "missing", "pending")] == [
        *(rates.expected, rates.on_time, rates.late, rates.missing, rates.pending)
    ]
    # 00:00 to 09:00 came at 10:00 in one file, only the last within its grace; 10 and 11 never; 12 is not due.
    assert (rates.on_time, rates.late, rates.missing, rates.pending) == (1, 9, 2, 1)
    assert (row["reporting_rate"], row["reporting_rate_on_time"]) == (round(10 / 12, 4), round(1 / 12, 4))
    assert answer["total"]["due"] == 12
    assert as_csv(answer).splitlines()[0].startswith("source,organisation,dataset,kind,minutes,grace_minutes,from,to")


def test_the_completeness_of_a_window_counts_the_periods_that_begin_in_it(busy):
    now = TEN + timedelta(hours=3)
    window = Window(MIDNIGHT + timedelta(hours=8, minutes=30), TEN + timedelta(hours=1))
    with reading(busy.engine) as conn:
        (row,) = completeness(conn, site_named(conn, "norte"), window, now, None)["rows"]
        (then,) = completeness(conn, site_named(conn, "norte"), window, now, TEN - timedelta(minutes=1))["rows"]
    assert [one["state"] for one in row["periods"]] == ["on-time", "missing"]
    assert [one["state"] for one in then["periods"]] == ["pending"]  # as it was known before the file came
