"""Several sources of one figure: side by side over what both report, never added up, one official or none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from data.chosen import official_sources
from data.officials import NoReason, UnknownSource, UnknownStage, choices, set_official
from data.reconciling import figures_to_compare, reconciliation
from data.sites import add_site, load_site
from data.sites import site as site_named
from data.store import reading, writing
from data.tables import official
from data.types import Reconciliation, SourceFigure, Window
from data.vocabulary import Measure, Method, Stage
from tests.data.centre import SITE, flow_csv, open_centre, send

LIMA = ZoneInfo("America/Lima")
WEEK = Window(datetime(2019, 6, 8, tzinfo=LIMA), datetime(2019, 6, 15, tzinfo=LIMA))
NOW = datetime(2019, 6, 16, 17, tzinfo=UTC)
SERVED = Measure.SERVED
GATE = Stage.MIGRATION_CONTROL
DEFINED = """
[[definition]]
source = "acaps"
stage = "migration-control"
measure = "served"
words = "Personas que llegaron, con o sin registro"

[[tolerance]]
name = "source-difference"
value = 0.25
"""


@pytest.fixture
def centre(any_engine: Engine) -> Engine:
    open_centre(any_engine)
    return any_engine


def beside(engine: Engine, window: Window = WEEK, as_of: datetime | None = None, now: datetime = NOW) -> Reconciliation:
    with reading(engine) as conn:
        return reconciliation(conn, site_named(conn, "tumbes"), GATE, SERVED, window, now, as_of)


def by_name(told: Reconciliation) -> dict[str, SourceFigure]:
    return {figure.source: figure for figure in told.figures}


def choose(engine: Engine, name: str, at: datetime = NOW) -> None:
    with writing(engine) as conn:
        set_official(conn, "tumbes", GATE, SERVED, name, "GTRM, acta 20", "ana", at)


def week_csv(people: int, **more: str) -> bytes:
    rows = [("2019-06-08T00:00", "2019-06-15T00:00", people)]
    return flow_csv(*rows, columns=("start", "end", "people"), measure="served", **more)


def days_csv(*people: int, first: int = 8) -> bytes:
    rows = [(f"2019-06-{first + place:02d}T00:00", 1440, count) for place, count in enumerate(people)]
    return flow_csv(*rows, measure="served")


def four_sources(engine: Engine, var) -> None:
    """Made after the four figures published for one week of June 2019, which differ by more than a factor of two."""
    send(engine, var, days_csv(2000, 2100, 2500, 2600, 2700, 3100, 3600), source="migraciones", now=NOW)  # 18,600
    send(engine, var, week_csv(15_000, method="registered", at_least="true"), source="acnur", now=NOW)
    send(engine, var, week_csv(34_000, method="estimated"), source="acaps", now=NOW)
    send(engine, var, week_csv(40_000, method="estimated", at_least="true"), source="gtrm", now=NOW)


def test_four_published_figures_of_one_week_stand_side_by_side(centre, var):
    four_sources(centre, var)
    with writing(centre) as conn:
        add_site(conn, load_site(SITE + DEFINED.replace("0.25", "0.10")), NOW, "test")
    choose(centre, "migraciones")
    told = beside(centre)
    found = by_name(told)
    assert [figure.source for figure in told.figures] == ["migraciones", "acaps", "acnur", "gtrm"]
    assert {name: one.value for name, one in found.items()} == {
        "migraciones": 18_600,
        "acnur": 15_000,
        "acaps": 34_000,
        "gtrm": 40_000,
    }
    assert {name: one.difference for name, one in found.items() if not one.official} == {
        "acnur": -3_600,
        "acaps": 15_400,
        "gtrm": 21_400,
    }
    assert found["gtrm"].difference_share == pytest.approx(21_400 / 18_600)
    assert all(one.flagged for one in found.values() if not one.official)
    assert (found["acaps"].method, found["acaps"].definition) == (
        Method.ESTIMATED,
        "Personas que llegaron, con o sin registro",
    )
    assert (found["gtrm"].at_least, found["migraciones"].at_least) == (True, False)
    assert (found["migraciones"].hours, found["migraciones"].hours_asked, found["migraciones"].reports) == (168, 168, 1)
    assert (told.official, told.reason, told.set_by) == ("migraciones", "GTRM, acta 20", "ana")


def test_without_an_official_source_nothing_is_compared(centre, var):
    four_sources(centre, var)
    told = beside(centre)
    assert told.official is None
    assert {one.difference for one in told.figures} == {None}
    assert not any(one.flagged for one in told.figures)


def test_the_share_from_which_a_difference_is_flagged_is_the_sites_own(centre, var):
    four_sources(centre, var)
    with writing(centre) as conn:
        add_site(conn, load_site(SITE + DEFINED), NOW, "test")
    choose(centre, "migraciones")
    told = beside(centre)
    assert told.limit_share == 0.25
    assert {name: one.flagged for name, one in by_name(told).items() if not one.official} == {
        "acnur": False,  # 19 % under
        "acaps": True,
        "gtrm": True,
    }


def test_only_days_that_both_report_are_compared(centre, var):
    send(centre, var, days_csv(2000, 2100, 2500), source="migraciones", now=NOW)
    send(centre, var, days_csv(2550, 9000, first=10), source="dtm", now=NOW)
    choose(centre, "migraciones")
    dtm = by_name(beside(centre))["dtm"]
    assert (dtm.value, dtm.periods, dtm.compared, dtm.difference) == (11_550, 2, 1, 50)
    assert not dtm.flagged
    assert by_name(beside(centre))["migraciones"].at_least, "four days of the week are missing"


def test_a_running_day_is_compared_over_the_hours_both_report(centre, var):
    def hours(*people: int) -> bytes:
        return flow_csv(*((f"2019-06-16T{h:02d}:00", 60, n) for h, n in enumerate(people)), measure="served")

    send(centre, var, hours(100, 100, 100, 100), source="migraciones", now=NOW)
    send(centre, var, hours(90, 100), source="dtm", now=NOW)
    choose(centre, "migraciones")
    today = Window(datetime(2019, 6, 16, tzinfo=LIMA), datetime(2019, 6, 17, tzinfo=LIMA))
    dtm = by_name(beside(centre, today))["dtm"]
    assert (dtm.value, dtm.difference, dtm.hours) == (190, -10, 2)


def test_a_day_without_report_is_no_zero_in_a_comparison(centre, var):
    send(centre, var, days_csv(2000), source="migraciones", now=NOW)
    send(centre, var, week_csv(15_000), source="acnur", now=NOW)
    choose(centre, "migraciones")
    acnur = by_name(beside(centre))["acnur"]
    assert (acnur.compared, acnur.difference, acnur.flagged) == (0, None, False)


def test_what_came_later_is_not_in_a_comparison_of_before(centre, var):
    send(centre, var, days_csv(2000), source="migraciones", now=NOW)
    send(centre, var, days_csv(3000), source="dtm", now=NOW + timedelta(hours=2))
    choose(centre, "migraciones")
    before = NOW + timedelta(hours=1)
    assert [one.source for one in beside(centre, as_of=before, now=before).figures] == ["migraciones"]
    assert len(beside(centre).figures) == 2


def test_an_official_source_is_chosen_with_a_reason_and_the_past_keeps_its_own(centre, var):
    four_sources(centre, var)
    choose(centre, "migraciones", NOW)
    later = NOW + timedelta(days=1)
    choose(centre, "acnur", later)
    with reading(centre) as conn:
        key = (str(GATE), str(SERVED))
        assert choices(conn, "tumbes", NOW + timedelta(hours=1))[key].source == "migraciones"
        assert choices(conn, "tumbes", later)[key].source == "acnur"
        assert len(conn.execute(select(official).where(official.c.measure == SERVED)).all()) == 2
    choose(centre, "", later + timedelta(hours=1))
    assert beside(centre, now=later + timedelta(hours=2)).official is None


def test_a_choice_nobody_can_mean_is_refused(centre, var):
    four_sources(centre, var)
    with writing(centre) as conn:
        with pytest.raises(UnknownSource) as wrong:
            set_official(conn, "tumbes", GATE, SERVED, "dtm", "porque sí", "ana", NOW)
        assert wrong.value.known == ("acaps", "acnur", "gtrm", "migraciones")
        with pytest.raises(UnknownStage):
            set_official(conn, "tumbes", Stage.ASYLUM_CEPR, SERVED, "acnur", "porque sí", "ana", NOW)
        with pytest.raises(NoReason):
            set_official(conn, "tumbes", GATE, SERVED, "acnur", "", "ana", NOW)


def test_the_page_speaks_of_the_entry_and_of_what_several_report(centre, var):
    four_sources(centre, var)
    send(centre, var, flow_csv(("2019-06-10T00:00", 1440, 9), stage="transport"), source="buses", now=NOW)
    send(centre, var, flow_csv(("2019-06-10T00:00", 1440, 8), stage="vaccination"), source="diresa", now=NOW)
    send(centre, var, flow_csv(("2019-06-10T00:00", 1440, 7), stage="vaccination"), source="ops", now=NOW)
    with reading(centre) as conn:
        found = figures_to_compare(conn, site_named(conn, "tumbes"), WEEK, None)
    assert found == ((GATE, Measure.ARRIVALS), (GATE, SERVED), (Stage.VACCINATION, Measure.ARRIVALS))


def test_a_figure_whose_official_source_was_taken_back_has_none(centre, var):
    four_sources(centre, var)
    choose(centre, "migraciones", NOW)
    choose(centre, "", NOW + timedelta(hours=1))
    with reading(centre) as conn:
        assert (GATE, SERVED) in official_sources(conn, "tumbes", NOW)
        assert (GATE, SERVED) not in official_sources(conn, "tumbes", NOW + timedelta(hours=1)), "nor the one before"
