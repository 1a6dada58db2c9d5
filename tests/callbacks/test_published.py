"""Figures that others printed, beside what the engine makes of the site's reports: from a real store to the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from callbacks.boards import build
from callbacks.flow_answers import published
from data.ingest import ingest
from data.published import published_beside
from data.site_files import WrongSiteFile
from data.sites import add_site, load_site, site
from data.store import reading, writing
from data.types import Beside, ClockReading, PublishedFigure, Scope
from data.vocabulary import Audience, Dataset, Language, Look
from layouts.html import to_html
from layouts.pages import PAGES
from layouts.translator import translator

SITE = """
site = "norte"
name = "Norte"
country = "PE"
zone = "America/Lima"
kind = "simulation"
entry_stage = "migration-control"
stages = ["migration-control"]
sectors = ["wash"]

[[source]]
source = "control"
name = "Control"

[[official]]
stage = "migration-control"
measure = "arrivals"
source = "control"

[[official]]
stage = "migration-control"
measure = "served"
source = "control"
"""
PRINTED = """
[[published]]
at = {at}
what = "{what}"
{numbers}
source = "La prensa"
url = "https://example.org/nota"
note_es = "Sin hora exacta."
note_en = "Without an exact hour."
{more}
"""
MIDNIGHT = datetime(2019, 6, 14, 5, tzinfo=UTC)  # 00:00 in Lima
NOON = MIDNIGHT + timedelta(hours=12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def printed(what: str, numbers: str, at: str = "2019-06-14T04:00:00", more: str = "") -> str:
    return SITE + PRINTED.format(at=at, what=what, numbers=numbers, more=more)


@pytest.fixture
def beside(engine: Engine, var: Path) -> Callable[..., Beside]:
    """People come 60 an hour and 100 are served, from midnight to noon; at four in the morning 300 stand in line."""

    def told(file: str, served: tuple[int, ...] = (100,) * 12, now: datetime = NOON) -> Beside:
        with writing(engine) as conn:
            add_site(conn, load_site(file), MIDNIGHT - 40 * DAY, "test")
        rows = [
            f"norte,migration-control,{measure},{(MIDNIGHT + n * HOUR).isoformat()},60,{people}"
            for measure, counts in (("arrivals", (60,) * 12), ("served", served))
            for n, people in enumerate(counts)
            if people >= 0
        ]
        lines = {
            Dataset.FLOW: ["site,stage,measure,start,minutes,people", *rows],
            Dataset.QUEUE: [
                "site,stage,at,waiting,counters_open",
                *(f"norte,migration-control,{(MIDNIGHT + n * HOUR).isoformat()},{460 - 40 * n},10" for n in range(5)),
            ],
        }
        for dataset, text in lines.items():
            sent = ingest(
                engine, "\n".join(text).encode(), "r.csv", source="control", dataset=dataset, now=NOON, var=var
            )
            assert sent.rejected == 0, sent.issues
        with reading(engine) as conn:
            [one] = published_beside(conn, site(conn, "norte"), now)
        return one

    return told


def test_who_joined_behind_three_hundred_waited_until_three_hundred_were_served(beside: Callable[..., Beside]):
    one = beside(printed("wait", "low = 2.0\nhigh = 2.5"))
    assert one.after == pytest.approx(3.0)
    assert one.counters == 10
    assert one.then is not None
    assert one.then[1] == pytest.approx(3.0, rel=0.05)  # ten counters that served a hundred an hour before
    assert one.off == pytest.approx(0.2)


def test_counters_that_close_later_make_the_wait_longer_than_what_was_told_then(beside: Callable[..., Beside]):
    one = beside(printed("wait", "high = 7.0"), served=(100,) * 4 + (50,) * 8)
    assert one.after == pytest.approx(6.0)
    assert one.then is not None
    assert one.then[1] == pytest.approx(3.0, rel=0.05)
    assert one.off == 0.0


def test_a_pause_is_waited_through(beside: Callable[..., Beside]):
    assert beside(printed("wait", "low = 5.0"), served=(100,) * 6 + (0, 0) + (100,) * 4).after == pytest.approx(5.0)


def test_an_unreported_hour_leaves_it_open(beside: Callable[..., Beside]):
    one = beside(printed("wait", "low = 5.0"), served=(100,) * 5 + (-1,) + (100,) * 6)
    assert (one.after, one.more) == (1.0, True)
    assert one.off is None, "at least an hour says nothing about five"


def test_what_is_not_over_is_at_least(beside: Callable[..., Beside]):
    one = beside(printed("wait", "low = 1.5"), now=MIDNIGHT + 6 * HOUR)
    assert (one.after, one.more, one.off) == (2.0, True, 0.0)


def test_people_in_line_and_entries(beside: Callable[..., Beside]):
    assert beside(printed("waiting", "low = 240.0\nhigh = 250.0")).off == pytest.approx(0.2)


def test_entries_are_cut_within_the_hour(beside: Callable[..., Beside]):
    one = beside(printed("entries", "low = 150.0", more="until = 2019-06-14T05:30:00"))
    assert one.after == pytest.approx(150)


def test_entries_with_an_unreported_hour_are_unknown(beside: Callable[..., Beside]):
    until = "until = 2019-06-14T07:00:00"
    one = beside(printed("entries", "low = 150.0", more=until), served=(100,) * 5 + (-1,) + (100,) * 6)
    assert (one.after, one.off) == (None, None)


def test_the_longest_wait_of_a_stretch_is_meant(beside: Callable[..., Beside]):
    one = beside(
        printed("wait", "low = 3.0", at="2019-06-13T16:00:00", more="until = 2019-06-14T04:00:00"),
    )
    assert one.at == MIDNIGHT + 4 * HOUR
    assert one.after == pytest.approx(3.0)


def test_a_figure_is_kept_as_it_was_written_and_hidden_until_its_moment(engine: Engine):
    file = load_site(printed("wait", "low = 1.0\nhigh = 2.0", more="fixes = true"))
    with writing(engine) as conn:
        add_site(conn, file, MIDNIGHT - DAY, "test")
    with reading(engine) as conn:
        kept = site(conn, "norte")
        assert kept.published == file.site.published
        assert published_beside(conn, kept, MIDNIGHT) == ()
    [one] = kept.published
    assert (one.at, one.fixes, one.note["en"]) == (MIDNIGHT + 4 * HOUR, True, "Without an exact hour.")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (printed("wait", ""), "expected low or high"),
        (printed("wait", "low = 3.0\nhigh = 2.0"), "low = 3.0 is above high = 2.0"),
        (printed("waiting", "low = -1.0"), "expected a number from 0"),
        (printed("entries", "low = 1.0"), "entries need until"),
        (printed("queue", "low = 1.0"), "'queue' is none of wait"),
        (printed("wait", "low = 1.0", more="until = 2019-06-14T03:00:00"), "is not after at"),
        (
            printed("wait", "low = 1.0").replace("https://example.org/nota", "javascript:alert(1)"),
            "expected an address",
        ),
        (printed("wait", "low = 1.0").replace("Sin hora exacta.", " "), "note_es is empty"),
    ],
)
def test_a_wrong_entry_is_told(words: str, says: str):
    with pytest.raises(WrongSiteFile, match=says):
        load_site(words)


def test_the_page_says_the_difference_only_where_somebody_asks(beside: Callable[..., Beside], engine: Engine):
    beside(printed("wait", "low = 2.0\nhigh = 2.5"))
    scope = Scope("norte", Language.ES, Audience.OPEN, "today")

    def page(**asked: bool) -> str:
        with reading(engine) as conn:
            board = build(conn, "flow", replace(scope, **asked), ClockReading(NOON, 1.0, False))
        return to_html(PAGES["flow"].frame(board, Look.LIGHT, translator(Language.ES, "America/Lima"), 0))

    closed, opened = page(), page(published=True)
    assert "1 cifra publicada para comparar." in closed
    assert "Sin hora exacta." not in closed
    assert "20\u202f% más que lo publicado." in opened
    assert "Sin hora exacta." in opened
    assert 'href="https://example.org/nota"' in opened


def test_the_api_tells_the_same(beside: Callable[..., Beside], engine: Engine):
    one = beside(printed("wait", "low = 2.0\nhigh = 2.5"))
    with reading(engine) as conn:
        [row] = published(conn, site(conn, "norte"), NOON, None)["rows"]
    assert (row["after"], row["off"], row["unit"]) == (one.after, one.off, "hours")
    assert row["then"]["mid"] == one.then[1]
    assert row["start"] == "2019-06-14T04:00:00-05:00"


@pytest.mark.parametrize(("inferred", "more", "off"), [(3.0, False, 0.0), (1.0, True, None), (5.0, True, 0.25)])
def test_how_far_from_a_range(inferred: float, more: bool, off: float | None):
    figure = PublishedFigure(MIDNIGHT, "wait", None, 2.0, 4.0, "x", "", "a", "b")
    one = Beside(figure, MIDNIGHT, None, inferred, more)
    assert one.off == (None if more and inferred == 3.0 else off)


def test_nobody_is_a_figure_too_and_no_number_is_none(beside: Callable[..., Beside]):
    assert beside(printed("waiting", "high = 0.0")).off == 1.0, "300 where nobody was told: all of it"
    for number in ("nan", "inf", "-inf"):
        with pytest.raises(WrongSiteFile, match="expected a number from 0"):
            load_site(printed("wait", f"low = {number}"))
    with pytest.raises(WrongSiteFile, match="more than 31 days"):
        load_site(printed("wait", "low = 1.0", more="until = 2019-08-14T04:00:00"))


def test_a_wait_is_told_once_it_could_be_known(beside: Callable[..., Beside], engine: Engine):
    beside(printed("wait", "low = 2.0\nhigh = 2.5"))
    with reading(engine) as conn:
        place = site(conn, "norte")
        assert published_beside(conn, place, MIDNIGHT + 6 * HOUR) == ()
        assert len(published_beside(conn, place, MIDNIGHT + 7 * HOUR)) == 1


def test_a_part_that_was_counted_proves_no_less(beside: Callable[..., Beside], engine: Engine, var: Path):
    beside(printed("entries", "low = 900.0", more="until = 2019-06-14T06:00:00"))
    text = "site,stage,measure,start,minutes,people,at_least\n" + "".join(
        f"norte,migration-control,served,{(MIDNIGHT + n * HOUR).isoformat()},60,100,true\n" for n in range(12)
    )
    sent = ingest(engine, text.encode(), "p.csv", source="control", dataset=Dataset.FLOW, now=NOON + HOUR, var=var)
    assert sent.rejected == 0, sent.issues
    with reading(engine) as conn:
        [one] = published_beside(conn, site(conn, "norte"), NOON)
    assert (one.after, one.at_least, one.off) == (200, True, None)
