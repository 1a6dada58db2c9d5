"""Days laid over each other by the clock, also those of 23 and 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from data.analytics.buckets import HOUR, NO_HOURS, Buckets
from data.analytics.by_the_clock import hours_on_the_clock, minute_of, moment_at, on_the_clock
from data.analytics.windows import day_on
from data.types import Site
from data.vocabulary import SiteKind, Stage

ENTRY = Stage.MIGRATION_CONTROL
ARICA = Site("chacalluta", "Chacalluta", "CL", "America/Santiago", SiteKind.REAL, 0, ENTRY, (ENTRY,), (), None)
# In Chile midnight of 11 September 2022 came as 01:00; 2 April 2022 had two hours from 23:00.
SHORT, USUAL, LONG = (day_on(ARICA, on) for on in (date(2022, 9, 11), date(2022, 6, 1), date(2022, 4, 2)))


def ten_an_hour(day, hours):
    """Ten people every hour that really passes."""
    at = [day.start + timedelta(hours=n) for n in range(hours + 1)]
    people = np.arange(hours + 1) * 10.0
    return pd.DataFrame({"at": pd.DatetimeIndex(at), "arrivals": people, "served": people / 2})


def buckets_of(day, hours):
    start = day.start.timestamp() + np.arange(hours) * HOUR
    no = np.zeros(hours, dtype=bool)
    return Buckets(start, np.full(hours, 60.0), np.full(hours, 10.0), no, no.astype(object), start)


@pytest.mark.parametrize(("day", "hours"), [(SHORT, 23), (USUAL, 24), (LONG, 25)])
def test_every_day_ends_with_all_its_people_at_its_last_hour(day, hours):
    told = on_the_clock(ten_an_hour(day, hours), day, ARICA).set_index("minute")
    assert told.loc[1440, "arrivals"] == hours * 10
    assert told["arrivals"].is_monotonic_increasing
    by_hour = hours_on_the_clock(buckets_of(day, hours), NO_HOURS, day, ARICA)
    assert by_hour["people"].sum() == hours * 10


def test_the_repeated_hour_counts_whole_and_the_skipped_one_stays_empty():
    long = hours_on_the_clock(buckets_of(LONG, 25), NO_HOURS, LONG, ARICA).set_index("minute")["people"]
    assert (long[23 * 60], long[22 * 60]) == (20, 10)
    short = hours_on_the_clock(buckets_of(SHORT, 23), NO_HOURS, SHORT, ARICA).set_index("minute")["people"]
    assert len(short) == 23
    at_noon = on_the_clock(ten_an_hour(SHORT, 23), SHORT, ARICA).set_index("minute")
    noon_by_the_clock = minute_of(datetime(2022, 9, 11, 15, tzinfo=UTC), SHORT, ARICA)
    assert at_noon.loc[noon_by_the_clock, "arrivals"] == 110  # eleven hours had passed


def test_a_moment_of_the_clock_and_back():
    for minute in range(0, 1440, 15):
        assert minute_of(moment_at(minute, USUAL, ARICA), USUAL, ARICA) == minute


def test_before_the_first_report_and_after_the_last_nothing_is_said():
    told = on_the_clock(ten_an_hour(USUAL, 6), USUAL, ARICA).set_index("minute")["arrivals"]
    assert told[360] == 60
    assert told[375:].isna().all()
