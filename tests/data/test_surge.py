"""What the surge rule says: of calm weeks, of holes in the reports, and of the reconstruction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data.analytics.baseline import history
from data.analytics.buckets import HOUR, Buckets
from data.analytics.detection.filling import filled
from data.analytics.detection.lately import Detection
from data.analytics.detection.limits import limits
from data.analytics.lifecycle import Life, Seen, step
from data.analytics.rule import Recent
from data.analytics.rules import RULES
from data.analytics.seasonal import Past
from data.analytics.surge import collapse, flow_watched, surge
from data.analytics.windows import day_on, local_date
from data.past import places
from data.types import Window
from data.vocabulary import Level
from tests.data.recently import CALM, NOON, SITE, calm_weeks, hours_until, seen, without


def test_three_times_the_usual_for_half_a_day_is_a_surge_with_its_evidence():
    people = calm_weeks()
    people[-12:] *= 3
    (found,) = surge(seen(hours_until(NOON, people)))
    assert (found.seen, found.subject) == (Seen.BREACH, "migration-control/arrivals")
    assert found.evidence["ratio"] >= 1.5
    assert found.evidence["observed"] - found.evidence["expected"] == found.evidence["excess"]


def test_calm_weeks_are_not_a_surge():
    (found,) = surge(seen(hours_until(NOON, calm_weeks())))
    assert found.seen is Seen.CLEAR


def test_two_people_instead_of_one_is_not_a_surge():
    people = np.ones(6 * 7 * 24)
    people[-12:] = 2
    (found,) = surge(seen(hours_until(NOON, people)))
    assert found.seen is not Seen.BREACH


def test_without_a_usual_there_is_nothing_to_judge_by():
    short = surge(seen(hours_until(NOON, calm_weeks(weeks=1)[-5 * 24 :])))
    nothing = surge(seen(hours_until(NOON, np.zeros(0))))
    assert [found.seen for (found,) in (short, nothing)] == [Seen.NO_DATA] * 2


def test_without_an_official_source_nothing_is_watched():
    nobody = seen(hours_until(NOON, calm_weeks()), source=None)
    assert (surge(nobody), collapse(nobody), flow_watched(nobody)) == ((), (), frozenset())


def test_hours_that_stop_coming_blind_the_rule_and_it_says_since_when():
    (found,) = surge(seen(hours_until(NOON - timedelta(hours=4), calm_weeks())))
    assert found.seen is Seen.BLIND
    assert found.evidence["last_at"] == (NOON - timedelta(hours=4)).isoformat()
    assert (found.evidence["hours_covered"], found.evidence["hours"]) == (8, 12)


@pytest.mark.parametrize("back", [2, 5, 11])
def test_an_unreported_hour_does_not_hide_a_surge(back):
    people = calm_weeks()
    people[-60:] *= 10
    (found,) = surge(seen(without(hours_until(NOON, people), back)))
    assert (found.seen, found.level) == (Seen.BREACH, Level.CRITICAL)
    assert found.evidence["at_least"] is True
    assert found.evidence["hours"] - found.evidence["hours_covered"] == 1
    assert 8 < found.evidence["ratio"] < 11


def test_an_unreported_hour_is_not_an_hour_without_people():
    hours = without(hours_until(NOON, calm_weeks()), 4)
    (found,) = surge(seen(hours))
    assert found.seen is Seen.CLEAR
    missing = seen(hours).history.compared(11, 12)  # type: ignore[union-attr]
    assert missing.usual.mid == pytest.approx(11 * 60, rel=0.05)  # type: ignore[union-attr]
    assert missing.whole.mid == pytest.approx(12 * 60, rel=0.05)  # type: ignore[union-attr]


def test_too_few_hours_to_be_calm_are_not_calm():
    (found,) = surge(seen(without(hours_until(NOON, calm_weeks()), 1, 3, 5, 7, 9)))
    assert found.seen is Seen.BLIND
    assert found.evidence["hours_covered"] == 7


def test_what_was_held_back_and_came_in_one_hour_is_no_surge():
    people = calm_weeks()
    people[-2] += people[-8:-2].sum()
    (found,) = surge(seen(without(hours_until(NOON, people), 2, 3, 4, 5, 6, 7)))
    assert found.seen is not Seen.BREACH


def test_few_hours_are_enough_where_they_outweigh_the_whole_window():
    people = calm_weeks()
    people[-12:] *= 10
    (found,) = surge(seen(without(hours_until(NOON, people), 1, 3, 5, 7, 9)))
    assert found.seen is Seen.BREACH
    assert found.evidence["at_least"] is True


def opened(hours: Buckets) -> Buckets:
    """Of a post that is closed from midnight to four, and then reports nothing."""
    return hours.where((hours.start // HOUR - 5) % 24 >= 4)


def test_a_post_that_closes_at_night_is_judged_by_its_own_hours():
    morning = NOON - timedelta(hours=6)
    people = calm_weeks()
    (calm,) = surge(seen(opened(hours_until(morning, people)), morning))
    assert calm.seen is Seen.CLEAR
    people[-24:] *= 10
    (busy,) = surge(seen(opened(hours_until(morning, people)), morning))
    assert busy.seen is Seen.BREACH
    assert "at_least" not in busy.evidence
    night = NOON - timedelta(hours=8, minutes=15)
    (asleep,) = surge(seen(opened(hours_until(night.replace(minute=0), calm_weeks())), night))
    assert asleep.seen is Seen.NO_DATA  # nobody expects anything before four


def test_where_nobody_ever_comes_and_that_is_reported_it_is_calm():
    quiet = seen(hours_until(NOON, np.zeros(6 * 7 * 24)))
    assert [found.seen for rule in (surge, collapse) for found in rule(quiet)] == [Seen.CLEAR, Seen.CLEAR]


def test_far_fewer_than_usual_is_a_collapse_with_its_evidence_and_no_surge():
    people = calm_weeks()
    people[-12:] = 5
    fallen = seen(hours_until(NOON, people))
    (found,) = collapse(fallen)
    assert (found.seen, found.level) == (Seen.BREACH, Level.ALERT)
    assert found.evidence["ratio"] <= 0.2
    assert found.evidence["excess"] < -400
    assert [one.seen for one in surge(fallen)] == [Seen.CLEAR]


def test_hours_that_stop_coming_are_no_collapse():
    (found,) = collapse(seen(hours_until(NOON - timedelta(hours=4), calm_weeks())))
    assert found.seen is Seen.NO_DATA


SANTIAGO = replace(SITE, zone="America/Santiago")
NEXT_DAY = {
    "forward": datetime(2024, 9, 8, 4, tzinfo=UTC),  # 8 September 2024 begins at one o'clock
    "back": datetime(2024, 4, 6, 3, tzinfo=UTC),  # 6 April 2024 has 25 hours
}


@pytest.mark.parametrize("change", list(NEXT_DAY))
def test_the_rule_sees_on_the_day_the_clock_changes(change):
    for passed in (1, 2, 3, 5, 11, 23, 24, 25, 26, 36, 48):
        now = NEXT_DAY[change] + timedelta(hours=passed)
        people = calm_weeks(weeks=8)
        people[-60:] *= 10
        (found,) = surge(seen(hours_until(now, people), now, site=SANTIAGO))
        assert found.seen is Seen.BREACH, f"{passed} h after"
        assert "at_least" not in found.evidence
        assert 8 < found.evidence["ratio"] < 11
        (calm,) = surge(seen(hours_until(now, calm_weeks(weeks=8)), now, site=SANTIAGO))
        assert calm.seen is Seen.CLEAR


def test_a_capped_series_says_that_it_is_one():
    people = calm_weeks()
    people[-24:] *= 2
    (found,) = surge(seen(hours_until(NOON, people), measure="served"))
    assert found.subject == "migration-control/served"
    assert found.evidence["measure"] == "served"


def firings(measure: str, first: datetime, last: datetime) -> list[str]:
    """Local times at which a surge alert opened, evaluated a quarter of an hour after each hour."""
    from data.demo.cebaf_reports import flow_rows

    lima = ZoneInfo("America/Lima")
    rows = flow_rows(Window(first - timedelta(days=62), last))
    rows = rows[(rows["measure"] == measure) & (rows["stage"] == "migration-control")]
    clock = rows["start"].str.slice(0, 13)
    by_hour = rows["people"].astype(float).groupby(clock).sum()
    starts = np.array([datetime.fromisoformat(f"{h}:00-05:00").timestamp() for h in by_hour.index])
    n = len(starts)
    whole = Buckets(
        starts, np.full(n, 60.0), by_hour.to_numpy(), np.zeros(n, dtype=bool),
        np.array(["modelled"] * n, dtype=object), starts + HOUR,
    )  # fmt: skip
    (rule,) = [rule for rule in RULES if rule.name == "surge"]
    days = (last - first).days + 62
    on = local_date(SITE, last)
    people = np.full((days, 24), np.nan)
    day, slot = places(SITE, starts, on - timedelta(days=days), days)
    people[day, slot] = whole.people
    past = Past(on - timedelta(days=days), people, np.full(days, np.nan), np.zeros(days, dtype=bool))
    life: Life | None = None
    opened, began, alarms = [], None, []
    for told in filled(past, limits(), first=62):
        begins = day_on(SITE, past.first + timedelta(days=told.day)).start
        for hour, verdict in enumerate(told.verdicts):
            now = begins + timedelta(hours=hour + 1, minutes=15)
            upto = whole.where(whole.end <= now.timestamp())
            found = Detection(verdict, float(upto.end[-1]), 1.0, 60, 24 * 60.0)
            window = day_on(SITE, local_date(SITE, begins))
            spans = [*alarms, *([Window(began, now)] if began else [])]
            known = history(
                upto.where(upto.start > upto.start[-1] - 60 * 24 * HOUR), local_date(SITE, begins), SITE, spans
            )
            recent = Recent(SITE, now, upto, window, known, found, measure, "reconstruccion", (), CALM, (), ())
            life, change = step(life, surge(recent)[0].seen, now, rule.patience)
            if change and change.reason == "limit_passed":
                began = now
                opened.append(now.astimezone(lima).strftime("%d %b"))
            if change and life is None and began:
                alarms.append(Window(began, now))
                began = None
    return opened


@pytest.mark.slow
def test_june_2019_is_told_on_the_day_it_begins():
    assert firings("arrivals", datetime(2019, 5, 16, 5, tzinfo=UTC), datetime(2019, 6, 14, 5, tzinfo=UTC)) == ["08 Jun"]


@pytest.mark.slow
def test_october_2018_is_told_when_arrivals_outgrow_the_post_days_before_entries_do():
    first, last = datetime(2018, 10, 9, 5, tzinfo=UTC), datetime(2018, 10, 31, 5, tzinfo=UTC)
    told = firings("arrivals", first, last)
    # The crowd that was published from the 23rd on begins on the 19th; on the 28th it had shrunk, and grew anew.
    assert told[-2:] == ["19 Oct", "29 Oct"]
    # 14 October is a Sunday of 2,462 entries in the reference: one false alarm in these weeks, and no more.
    assert len(told) <= 3
    assert "19 Oct" in firings("served", first, last)
