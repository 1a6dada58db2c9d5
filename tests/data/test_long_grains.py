"""Weeks and months: from days where they are whole, else as reported, never spread over days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callbacks.asked import series_ask
from callbacks.series import series
from data.long_grains import long_figures, only_long
from data.sites import site as site_named
from data.store import reading
from data.types import Window
from layouts.figures.long import long_reports, long_table
from layouts.html import to_html
from layouts.translator import translator
from tests.data.centre import ARRIVALS, flow_csv, open_centre, people_of_day, send

DAY = timedelta(days=1)
OCTOBER = Window(datetime(2018, 10, 1, 5, tzinfo=UTC), datetime(2018, 11, 1, 5, tzinfo=UTC))
DECEMBER = datetime(2018, 12, 1, 17, tzinfo=UTC)
SPAN = ("start", "end", "people")


def span(first: int, last: int, people: float) -> tuple[str, str, float]:
    """From a day of October, from midnight to midnight."""
    end = "2018-11-01" if last == 32 else f"2018-10-{last:02d}"
    return f"2018-10-{first:02d}T00:00", f"{end}T00:00", people


@pytest.fixture
def centre(any_engine, var):
    open_centre(any_engine)
    return any_engine


def figures(engine, step: str, as_of: datetime | None = None) -> list[tuple[int, float | None]]:
    with reading(engine) as conn:
        found = long_figures(conn, site_named(conn, "tumbes"), ARRIVALS, step, OCTOBER, as_of)
    return [((one.start - 5 * timedelta(hours=1)).day, figure and figure.people) for one, figure in found.items()]


def test_a_weeks_report_is_the_weeks_figure_and_no_days(centre, var):
    send(centre, var, flow_csv(span(8, 15, 700), columns=SPAN), now=DECEMBER)
    assert figures(centre, "week") == [(1, None), (8, 700), (15, None), (22, None), (29, None)]
    assert people_of_day(centre) is None
    with reading(centre) as conn:
        (only,) = only_long(conn, site_named(conn, "tumbes"), OCTOBER)
    assert (only.people, only.end - only.start) == (700, 7 * DAY)
    t = translator("es", "America/Lima")
    (drawn,) = long_reports([only], t)["data"]
    assert drawn["line"]["dash"] == "dot"
    assert drawn["y"] == [100, 100, None]
    assert "modelado" in to_html(long_table([only], t))


def test_whole_days_give_the_week_and_its_own_report_is_flagged_where_it_differs(centre, var):
    days = [(f"2018-10-{day:02d}T00:00", f"2018-10-{day + 1:02d}T00:00", 90) for day in range(8, 15)]
    send(centre, var, flow_csv(*days, columns=SPAN), now=DECEMBER)
    send(centre, var, flow_csv(span(8, 15, 700), columns=SPAN), now=DECEMBER + DAY)
    with reading(centre) as conn:
        place = site_named(conn, "tumbes")
        week = [one for one in long_figures(conn, place, ARRIVALS, "week", OCTOBER).values() if one]
        assert [(one.people, one.differs, one.whole) for one in week] == [(630, 70, True)]
        assert only_long(conn, place, OCTOBER) == ()
    assert figures(centre, "week", as_of=DECEMBER)[1] == (8, 630)


def test_some_days_never_make_a_week_of_days_and_a_report_together(centre, var):
    send(centre, var, flow_csv(span(8, 9, 90), columns=SPAN), now=DECEMBER)
    with reading(centre) as conn:
        week = next(
            one for one in long_figures(conn, site_named(conn, "tumbes"), ARRIVALS, "week", OCTOBER).values() if one
        )
    assert (week.people, week.at_least, week.whole) == (90, True, False)
    send(centre, var, flow_csv(span(8, 15, 700), columns=SPAN), now=DECEMBER)
    assert figures(centre, "week")[1] == (8, 700)


def test_a_sources_own_weeks_begin_where_it_begins_them(centre, var):
    rows = [span(7, 14, 100), span(14, 21, 200)]  # from Sunday
    send(centre, var, flow_csv(*rows, columns=SPAN), now=DECEMBER)
    assert figures(centre, "week") == [(7, 100), (14, 200), (21, None), (28, None)]


def test_the_api_tells_months(centre, var):
    send(centre, var, flow_csv(span(1, 32, 3100), columns=SPAN), now=DECEMBER)
    with reading(centre) as conn:
        place = site_named(conn, "tumbes")
        params = {"measure": "arrivals", "step": "month", "from": "2018-09-01", "to": "2018-12-01"}
        rows = series(conn, series_ask(params, place, DECEMBER), DECEMBER)["rows"]
    assert [(row["start"][:10], row["end"][:10], row["value"], row["state"]) for row in rows] == [
        ("2018-09-01", "2018-10-01", None, "missing"),
        ("2018-10-01", "2018-11-01", 3100, "ok"),
        ("2018-11-01", "2018-12-01", None, "missing"),
    ]
