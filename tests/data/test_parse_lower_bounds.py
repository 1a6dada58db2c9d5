"""A part that was rejected or not reported leaves the others as the least there was; a total says it all the same."""

from __future__ import annotations

import pytest

from tests.data.parsing import FLOW, read

ROW = "tumbes,migration-control,arrivals,{day},1440,"


def at_least(*rows: str, extra: str = ",sex") -> list[bool]:
    text = "\n".join([FLOW + extra, *(ROW.format(day="2018-11-01") + row for row in rows)])
    flags: list[bool] = read(text + "\n").rows["at_least"].tolist()
    return flags


@pytest.mark.parametrize("part", [",female", "1.2.3,female", "-4,female", "5,mujerez"])
def test_the_parts_that_are_left_are_a_lower_bound(part):
    assert at_least("60,male", part, "3,other") == [True, True]


@pytest.mark.parametrize(
    "rows",
    [
        ("60,male", "50,female"),
        ("60,male", ",female", "110,"),  # the total stands beside them
        ("60,male", ",female", "110,Total"),
        ("60,male", ","),  # no total is no missing part
        ("60,male", "5x,female", "50,female"),  # the part came after all
        ("60,male", "60,male"),  # a repeat is no lost part
    ],
)
def test_what_is_whole_stays_exact(rows):
    assert not any(at_least(*rows))


def test_only_the_parts_of_the_same_breakdown_interval_and_series_are_meant():
    assert at_least("60,male,", ",female,", "70,,VE", "40,,CO", extra=",sex,nationality") == [True, False, False]
    rows = [ROW.format(day="2018-11-01") + "60,male", ROW.format(day="2018-11-02") + ",female"]
    rows += [rows[1].replace("arrivals", "served").replace(",female", "7,male")]
    assert not read("\n".join([FLOW + ",sex", *rows]) + "\n").rows["at_least"].any()
