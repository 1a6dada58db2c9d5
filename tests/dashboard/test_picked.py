"""The address says everything: what it cannot mean is refused, and what it says is the same in every browser."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from dashboard.view import BadAddress, Known, View, view_of, view_of_token
from data.types import PastSurge, Site, Window
from data.vocabulary import Audience, Language, SiteKind, Stage
from layouts.addresses import address, query
from layouts.board import Board

ENTRY = Stage.MIGRATION_CONTROL
NOW = datetime(2019, 6, 14, 17, tzinfo=UTC)  # noon in Lima
SURGE = PastSurge(date(2018, 10, 31), "vence el PTP", "PTP deadline")
LIMA, SANTIAGO = (
    Site(name, name, "PE", zone, SiteKind.REAL, 0, ENTRY, (ENTRY,), (), None, past_surges=surges)
    for name, zone, surges in (("tumbes", "America/Lima", (SURGE,)), ("arica", "America/Santiago", ()))
)
KNOWN = Known((LIMA, SANTIAGO), "tumbes", Language.ES, now=NOW)


def view(page: str = "flow", **words: str) -> View:
    return view_of(page, {name.rstrip("_"): word for name, word in words.items()}, KNOWN)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"from_": "2019-06-14T10:00", "to": "2019-06-14T09:00"}, "not_after_from"),
        ({"from_": "2019-06-14", "to": "2019-06-14"}, "not_after_from"),
        ({"from_": "2019-06-14"}, "missing_value"),
        ({"to": "2019-06-14"}, "missing_value"),
        ({"from_": "2018-06-14", "to": "2019-06-14"}, "window_too_long"),
        ({"from_": "2019-06-15", "to": "2019-06-16"}, "range_to_come"),
        ({"from_": "2019-06-14T09:30", "to": "2019-06-14T10:00"}, "not_a_whole_hour"),
        ({"from_": "ayer", "to": "2019-06-14"}, "bad_moment"),
        ({"from_": "0001-01-01", "to": "2019-06-14"}, "moment_out_of_years"),
        ({"compare": "mañana"}, "unknown_value"),
        ({"compare": "9999-12-31"}, "unknown_value"),
        ({"compare": "2019-06-31"}, "unknown_value"),
        ({"by": "name"}, "unknown_value"),
        ({"presence": "yes"}, "unknown_value"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_reason(words: dict[str, str], code: str):
    with pytest.raises(BadAddress) as refused:
        view(**words)
    assert refused.value.code == code


def test_a_range_is_in_the_sites_own_time_and_stands_in_the_place_of_a_window():
    asked = view(from_="2019-06-13T06:00", to="2019-06-14", window="7d")
    assert asked.scope(Audience.OPEN).span == Window(
        datetime(2019, 6, 13, 11, tzinfo=UTC), datetime(2019, 6, 14, 5, tzinfo=UTC)
    )
    assert asked.window == "range"
    there = view(from_="2019-06-13T06:00", to="2019-06-14", site="arica")
    assert there.picked.span is not None
    assert there.picked.span.start == datetime(2019, 6, 13, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "words",
    [
        {"from_": "2019-06-13T06:00", "to": "2019-06-14", "compare": "2018-10-31", "by": "sex", "presence": "1"},
        # The clock shows 23:00 twice.
        {"site": "arica", "from_": "2019-04-06T23:00-03:00", "to": "2019-04-06T23:00-04:00", "compare": "usual"},
        {"window": "48h", "compare": "last-week"},
    ],
)
def test_a_copied_address_gives_the_same(words: dict[str, str]):
    first = view(**words)
    again = view_of("flow", dict(parse_qsl(first.query())), KNOWN)
    assert again == first
    assert view_of_token(first.token(), KNOWN) == first
    assert again.scope(Audience.OPEN) == first.scope(Audience.OPEN)


def test_what_a_page_does_not_show_makes_no_board_of_its_own():
    words = {"from_": "2019-06-13", "to": "2019-06-14", "compare": "usual", "by": "sex"}
    assert view("situation", **words).scope(Audience.OPEN) == view("situation").scope(Audience.OPEN)
    queue = view("queue", **words)
    assert (queue.picked.span is not None, queue.picked.compare) == (True, "")
    assert view("situation", from_="nonsense").window == "today"


def board(page: str = "flow", **picks: str) -> Board:
    words = {name.rstrip("_"): word for name, word in picks.items()}
    window = "range" if "from" in words else "7d"
    return Board("7.1", page, "tumbes", "es", window, None, {}, picks=words, past_surges={"2018-10-31": "vence el PTP"})


def asked(href: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(href).query))


def test_another_site_keeps_what_means_something_there_too():
    same = {"from_": "2019-06-13T06:00", "to": "2019-06-14T00:00", "by": "sex"}
    there = asked(address(board(**same, compare="last-week"), "dark", site="arica"))
    assert there == {
        **{"site": "arica", "lang": "es", "look": "dark", "compare": "last-week"},
        **{"from": "2019-06-13T06:00", "to": "2019-06-14T00:00", "by": "sex"},
    }
    assert "compare" not in asked(address(board(compare="2018-10-31"), "dark", site="arica"))
    assert asked(address(board(compare="2018-10-31"), "light"))["compare"] == "2018-10-31"
    assert asked(address(board(compare="2019-05-02"), "dark", site="arica"))["compare"] == "2019-05-02"


def test_a_link_to_another_page_carries_what_that_page_shows():
    here = board(from_="2019-06-13T06:00", to="2019-06-14T00:00", compare="usual")
    assert asked(address(here, "light", page="queue"))["from"] == "2019-06-13T06:00"
    assert set(asked(address(here, "light", page="coverage"))) == {"site", "lang", "look"}
    window = address(here, "light", 0, window="48h", **{"from": None, "to": None})
    assert asked(window) == {"site": "tumbes", "lang": "es", "look": "light", "window": "48h", "compare": "usual"}
    assert query(board(), "light")["window"] == "7d"
