"""What the demo's partners send: when, in which files, and that nothing is sent twice or left out."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from itertools import pairwise

import pandas as pd
import pytest

from data.demo import cebaf_reports, drill_reports, facts, programme
from data.demo.drill_reports import SILENT_FOR, SILENT_FROM, SILENT_SOURCE
from data.demo.simulated_services import PARTNERS
from data.demo.streams import Delivery, Stream, history, sent_end
from data.types import Window
from data.vocabulary import SERVICE_SECTOR, Dataset, SiteKind

OPENS = programme.OPENS
STREAMS = programme.streams(programme.Programme(OPENS))


def stream(name: str) -> Stream:
    return next(one for one in STREAMS if one.name == name)


def rows(one: Stream, start: datetime, end: datetime) -> pd.DataFrame:
    return one.rows(Window(start, end))


def arrivals(flow: pd.DataFrame) -> int:
    return int(flow.loc[(flow.stage == "vaccination") & (flow.measure == "arrivals"), "people"].sum())


@pytest.mark.parametrize("one", STREAMS, ids=lambda one: one.name)
def test_history_covers_every_period_once_and_nothing_after_the_opening(one: Stream) -> None:
    windows = [delivery.window for delivery in history([one], OPENS)]
    assert windows[0].start == one.begins
    assert all(left.end == right.start for left, right in pairwise(windows))
    assert windows[-1].end == one.due(OPENS)
    assert all(delivery.sent_at <= OPENS for delivery in history([one], OPENS))
    assert all(delivery.window.end <= delivery.sent_at for delivery in history([one], OPENS))


def test_a_remembered_day_and_its_eve_came_hour_by_hour_as_it_was_due() -> None:
    [october] = [day for day in programme.remembered() if day.end < OPENS]
    sent = history([stream("cebaf-queue")], OPENS, programme.remembered())
    windows = [one.window for one in sent]
    assert windows[0].start == stream("cebaf-queue").begins
    assert all(left.end == right.start for left, right in pairwise(windows))
    of_day = [one for one in sent if october.start <= one.window.start < october.end]
    assert [one.window.end - one.window.start for one in of_day] == 27 * [timedelta(hours=1)]
    assert all(one.sent_at - one.window.end == one.stream.after for one in of_day)
    before = [one for one in sent if one.window.end <= october.start]
    assert before[-1].window.end == october.start, "what was before it was known when it began"


def test_long_and_short_files_tell_the_same_people() -> None:
    flow = stream("cebaf-flow")
    start = facts.moment(date(2019, 5, 20), "00:15")
    long = rows(flow, start, start + timedelta(days=3))
    short = pd.concat(
        [rows(flow, start + timedelta(hours=6 * n), start + timedelta(hours=6 * (n + 1))) for n in range(12)]
    )
    key = ["stage", "measure"]
    assert long.groupby(key)["people"].sum().to_dict() == short.groupby(key)["people"].sum().to_dict()
    assert set(long["minutes"]) == {15, 60}
    assert set(short["minutes"]) == {15}


def test_a_crowd_is_told_by_the_quarter_even_in_long_files() -> None:
    week = rows(stream("cebaf-flow"), facts.moment(date(2019, 6, 10)), facts.moment(date(2019, 6, 17)))
    assert set(week["minutes"]) == {15}


def test_every_modelled_line_says_so() -> None:
    day = Window(facts.moment(date(2019, 6, 13)), facts.moment(date(2019, 6, 15)))
    for name in ("cebaf-flow", "cebaf-queue", "cebaf-present"):
        assert set(stream(name).rows(day)["method"]) == {"modelled"}


def test_nobody_made_up_services_for_the_real_centre() -> None:
    assert {one.dataset for one in cebaf_reports.streams()} == {
        *(Dataset.FLOW, Dataset.QUEUE, Dataset.PRESENT, Dataset.EVENT, Dataset.RESOURCE)
    }
    # Of what it had at hand only what was printed, each with where.
    printed = facts.table("cebaf_resources")
    assert printed["source"].str.startswith("http").all()
    told = rows(stream("cebaf-resource"), facts.moment(date(2018, 9, 1)), facts.moment(date(2019, 7, 1)))
    assert told[["kind", "quantity"]].values.tolist() == printed[["kind", "quantity"]].values.tolist()
    kinds = {file.site.site: file.site.kind for file in programme.site_files()}
    assert kinds == {"cebaf-tumbes": SiteKind.RECONSTRUCTION, "simulacro-norte": SiteKind.SIMULATION}
    assert not next(file for file in programme.site_files() if file.site.site == "cebaf-tumbes").standard


def test_every_invented_organisation_says_that_it_is_invented() -> None:
    assert all("simulad" in partner.organisation for partner in PARTNERS)
    assert all(SERVICE_SECTOR[offer.service] is offer.sector for partner in PARTNERS for offer in partner.offers)


def test_a_rule_is_known_once_announced_and_not_before() -> None:
    events = stream("cebaf-event")
    before = rows(events, events.begins, facts.moment(date(2019, 6, 6)))
    after = rows(events, facts.moment(date(2019, 6, 6)), facts.moment(date(2019, 6, 8)))
    assert before["at"].tolist() == ["2018-10-31T23:59"]
    assert after["at"].tolist() == ["2019-06-15T00:00"]


def test_the_kitchen_is_silent_for_hours_and_then_sends_what_it_held_back() -> None:
    meals = next(one for one in STREAMS if one.source == SILENT_SOURCE and one.dataset is Dataset.SERVICE)
    quiet = programme.drill_begins(OPENS) + SILENT_FROM
    last = meals.due(quiet)
    assert meals.due(quiet + SILENT_FOR - timedelta(minutes=1)) == last
    afterwards = meals.due(quiet + SILENT_FOR)
    assert afterwards - last >= SILENT_FOR - timedelta(hours=1)
    assert len(rows(meals, last, afterwards)) == (afterwards - last) // timedelta(hours=1)


def test_more_people_are_screened_than_come_and_latrines_run_short() -> None:
    begins = programme.drill_begins(OPENS)
    until = begins + timedelta(hours=12)
    flow = rows(stream("simulacro-flow"), begins, until)
    health = rows(stream("service-1h-simulacro-salud"), begins, until)
    assert health.loc[health.service == "health-screening", "quantity"].sum() > arrivals(flow)
    present = rows(stream("simulacro-present"), begins, until)["people"].iloc[-1]
    assert present / 50 > 2 * 22


def test_a_file_name_says_where_to_go_on_after_a_restart() -> None:
    flow = stream("cebaf-flow")
    delivery = Delivery(flow, Window(OPENS, OPENS + timedelta(minutes=45)), OPENS + timedelta(minutes=50))
    assert sent_end(flow, delivery.filename) == OPENS + timedelta(minutes=45)
    assert sent_end(flow, None) == flow.begins


def test_files_hold_the_canonical_columns() -> None:
    day = Window(facts.moment(date(2019, 6, 14)), facts.moment(date(2019, 6, 15)))
    content = Delivery(stream("cebaf-day"), day, day.end).content()
    assert content is not None
    table = pd.read_csv(io.BytesIO(content))
    total = table[(table.stage == "migration-control") & table.category.isna()].iloc[0]
    assert (total.people, total.low, total.high, total.method) == (8100, 8000, 9612, "estimated")


def test_the_drill_follows_the_opening_of_the_replay() -> None:
    other = facts.moment(date(2018, 10, 29), "18:20")
    flow = next(one for one in drill_reports.streams(programme.drill_begins(other)) if one.name == "simulacro-flow")
    surge = rows(flow, other + timedelta(hours=6), other + timedelta(hours=7))
    usual = rows(flow, other - timedelta(days=7, hours=-6), other - timedelta(days=7, hours=-7))
    arrivals = [
        part.loc[(part.stage == "vaccination") & (part.measure == "arrivals"), "people"].sum()
        for part in (surge, usual)
    ]
    assert arrivals[0] > 3 * arrivals[1]
