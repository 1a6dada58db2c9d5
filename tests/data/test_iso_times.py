"""Times read together are those that are read one by one."""

from __future__ import annotations

from datetime import UTC

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.sources.iso_times import iso_together
from data.sources.moments import read

NUMBER = st.integers(0, 99).map("{:02d}".format)
WRITTEN = st.builds(
    "{}-{}-{}{}{}:{}{}{}".format,
    st.sampled_from(["1969", "1970", "2018", "2024", "2200", "2201", "0001"]),
    *(NUMBER, NUMBER, st.sampled_from(["T", " ", "x"]), NUMBER, NUMBER),
    st.one_of(st.just(""), NUMBER.map(":{}".format)),
    st.sampled_from(["", "Z", "z", " Z", "-05:00", "+05:30", "-0500", "+24:00", "-05:60"]),
)
SPOILT = st.builds(
    lambda text, place, sign: text[: place % len(text)] + sign + text[place % len(text) + 1 :],
    *(WRITTEN, st.integers(0, 40), st.sampled_from("0-:٣a. ")),
)


@given(st.lists(st.one_of(WRITTEN, SPOILT, st.just(""), st.just("31/10/2018")), min_size=1, max_size=40))
def test_a_time_read_with_others_is_the_time_that_it_is_alone(texts: list[str]):
    together = iso_together(texts)
    for text, wall, fixed in zip(texts, together.wall, together.fixed, strict=True):
        alone = read(text).at
        if not np.isnat(wall):
            assert alone is not None
            assert alone.tzinfo is None
            assert np.datetime64(alone, "us") == wall
        if not np.isnat(fixed):
            assert alone is not None
            assert alone.tzinfo is not None
            assert np.datetime64(alone.astimezone(UTC).replace(tzinfo=None), "us") == fixed


def test_the_usual_ways_of_writing_a_time_are_all_read_together():
    together = iso_together(
        ["2019-06-14T18:00", "2019-06-14 18:00:30", "2019-06-14T18:00-05:00", "2019-06-14T23:00:00Z"]
    )
    assert [str(wall) for wall in together.wall[:2]] == ["2019-06-14T18:00:00.000000", "2019-06-14T18:00:30.000000"]
    assert [str(fixed) for fixed in together.fixed[2:]] == ["2019-06-14T23:00:00.000000"] * 2
    assert np.isnat(together.fixed[:2]).all()
    assert np.isnat(together.wall[2:]).all()


def test_a_day_the_calendar_does_not_have_is_left_to_be_told():
    assert np.isnat(iso_together(["2019-02-29T10:00", "2019-04-31T10:00", "2019-06-14T24:00"]).wall).all()
    assert read("2019-02-29T10:00").problem == "impossible_date"


def test_a_small_z_and_a_space_before_the_offset_are_understood():
    assert read("2018-10-31T14:00z").at == read("2018-10-31T14:00 Z").at == read("2018-10-31T14:00+00:00").at
