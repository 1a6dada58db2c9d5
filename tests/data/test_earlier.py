"""What whole hours had said before is worked out in a shorter way, which must say the same as the long one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data import earlier, grains
from data.days import days_of
from data.frames import NAIVE
from data.site_files import load_site
from data.types import Window
from tests.data.centre import SITE

PLACE = load_site(SITE).site
BEGINS = datetime(2018, 10, 31, 5, tzinfo=UTC)
DAYS = days_of(PLACE, Window(BEGINS, BEGINS + timedelta(days=2)))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

# Hour of the two days, people, minutes after which it was issued, and after which it was received.
LINE = st.tuples(st.integers(0, 47), st.integers(0, 3), st.integers(0, 4), st.integers(0, 4))


def frame(told: list[tuple[int, int, int, int]]) -> pd.DataFrame:
    rows = [
        {
            **{"stage": "migration-control", "measure": "arrivals", "lane": "general", "source": "migraciones"},
            **{"start": BEGINS + hour * HOUR, "minutes": 60, **dict.fromkeys(grains.BREAKDOWN, "")},
            **{"people": float(people), "low": None, "high": None, "at_least": False, "method": "counted"},
            **{"issued_at": BEGINS + issued * MINUTE, "received_at": BEGINS + came * MINUTE, "line_id": number},
        }
        for number, (hour, people, issued, came) in enumerate(told)
    ]
    lines = pd.DataFrame(rows)
    for name in ("start", "issued_at", "received_at"):
        lines[name] = lines[name].dt.tz_convert(None).astype(NAIVE).dt.tz_localize("UTC")
    return lines.astype({"low": float, "high": float})


@settings(deadline=None, max_examples=40)
@given(st.lists(LINE, min_size=1, max_size=12))
def test_marks_of_whole_hours_are_those_of_any_lines(told: list[tuple[int, int, int, int]]):
    lines = frame(told)
    assert earlier._whole_hours(lines, PLACE)
    short = earlier._marks_of_hours(lines, DAYS)
    assert short == earlier._marks_of_any(lines, PLACE, DAYS)


def test_quarters_parts_and_half_hours_take_the_long_way():
    lines = frame([(0, 1, 0, 0), (0, 2, 1, 1)])
    assert not earlier._whole_hours(lines.assign(minutes=15), PLACE)
    assert not earlier._whole_hours(lines.assign(sex="female"), PLACE)
    assert not earlier._whole_hours(lines.assign(start=lines["start"] + 30 * MINUTE), PLACE)
    assert not earlier._whole_hours(lines.assign(lane=["general", "priority"]), PLACE)


def test_marks_of_a_stretch_and_of_the_day_after_it_stand_together():
    told = [(3, 1, 0, 0), (3, 2, 1, 1), (30, 3, 0, 0), (30, 1, 1, 1)]
    whole = earlier.marks(frame(told), PLACE, DAYS)
    apart = [earlier.marks(frame(told[n : n + 2]), PLACE, DAYS[n // 2 : n // 2 + 1]) for n in (0, 2)]
    assert apart[0].and_those_of(apart[1]) == whole
    assert len(whole.hours) == 2
