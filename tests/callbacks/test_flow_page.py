"""The flow page from a real store: a day laid over another, people told apart, who is there, and what it costs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from callbacks import reads
from callbacks.boards import build
from callbacks.flow_answers import breakdown_ask, compare, compare_scope, parts, present
from data.analytics.windows import day_on
from data.ingest import ingest
from data.site_files import WrongSiteFile
from data.sites import add_site, load_site, site
from data.store import reading, writing
from data.types import ClockReading, FlowModel, Scope, Window
from data.vocabulary import Audience, Dataset, Language, Look
from layouts.html import to_html
from layouts.laid_over import compared_sentence
from layouts.pages import PAGES
from layouts.translator import translator

SITE = """
site = "norte"
name = "Norte"
country = "PE"
zone = "America/Lima"
kind = "simulation"
entry_stage = "migration-control"
stages = ["migration-control", "transport"]
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

[[past_surge]]
day = 2019-05-31
name_es = "cierre del puente"
name_en = "bridge closed"

[[past_surge]]
day = 2019-07-01
name_es = "nunca visto"
name_en = "not yet"
"""
MIDNIGHT = datetime(2019, 6, 14, 5, tzinfo=UTC)  # 00:00 in Lima
TEN = MIDNIGHT + timedelta(hours=10)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCOPE = Scope("norte", Language.ES, Audience.OPEN, "today")
CLOCK = ClockReading(TEN, 1.0, False)


class Post:
    def __init__(self, engine: Engine, var: Path) -> None:
        self.engine, self.var = engine, var

    def send(self, dataset: Dataset, head: str, rows: list[str]) -> None:
        text = "\n".join([head, *rows]).encode()
        told = ingest(self.engine, text, "r.csv", source="control", dataset=dataset, now=TEN, var=self.var)
        assert told.rejected == 0, told.issues

    def hours(self, measure: str, first: datetime, people: list[int], stage: str = "migration-control") -> None:
        rows = [f"norte,{stage},{measure},{(first + n * HOUR).isoformat()},60,{one}" for n, one in enumerate(people)]
        self.send(Dataset.FLOW, "site,stage,measure,start,minutes,people", rows)

    def flow(self, now: datetime = TEN, **asked: Any) -> FlowModel:
        with reading(self.engine) as conn:
            return reads.flow(conn, replace(SCOPE, **asked), ClockReading(now, 1.0, False))

    def html(self, language: Language = Language.ES, **asked: Any) -> str:
        with reading(self.engine) as conn:
            board = build(conn, "flow", replace(SCOPE, language=language, **asked), CLOCK)
        return to_html(PAGES["flow"].frame(board, Look.LIGHT, translator(language, "America/Lima"), 0))


@pytest.fixture
def post(engine: Engine, var: Path) -> Post:
    with writing(engine) as conn:
        add_site(conn, load_site(SITE), MIDNIGHT - 40 * DAY, "test")
    told = Post(engine, var)
    told.hours("arrivals", MIDNIGHT - 21 * DAY, [20] * (21 * 24 + 10))
    told.hours("served", MIDNIGHT - 21 * DAY, [15] * (21 * 24 + 10))
    told.hours("arrivals", MIDNIGHT - 14 * DAY, [200] * 24)  # 31 May
    return told


def test_a_past_surge_lies_over_the_day_by_the_clock_with_both_dates(post: Post):
    model = post.flow(compare="2019-05-31")
    other = model.comparison
    assert other is not None
    assert other.points is not None
    assert (other.minute, other.here, other.there) == (600, 200, 2000)
    points = other.points.set_index("minute")["arrivals"]
    assert (points[600], points[1440]) == (2000, 4800)
    t = translator("es", "America/Lima")
    said = compared_sentence(model, t).replace("\u202f", " ")
    assert "A esta hora (10:00) el vie 31 may 2019 (cierre del puente) habían llegado 2 000" in said
    html = post.html(compare="2019-05-31")
    for chart in ("cumulative", "hourly"):
        legend = html[html.index(f'id="text-{chart}-legend"') :][:1200]
        assert "vie 14 jun 2019" in legend
        assert "vie 31 may 2019 (cierre del puente)" in legend
    assert "bridge closed" in post.html(Language.EN, compare="2019-05-31")
    assert "nunca visto" not in html, "a day to come is nothing to compare with"


@pytest.mark.parametrize(
    ("asked", "trouble"),
    [("2019-06-14", "same-day"), ("2019-07-01", "to-come"), ("2019-01-01", "nothing-reported"), ("yesterday", None)],
)
def test_what_cannot_be_laid_over_says_why(post: Post, asked: str, trouble: str | None):
    other = post.flow(compare=asked).comparison
    assert other is not None
    assert other.trouble == trouble
    assert (other.points is None) == (trouble is not None)
    assert post.html(compare=asked)


def test_the_usual_is_compared_with_too(post: Post):
    other = post.flow(compare="usual").comparison
    assert other is not None
    assert (other.minute, other.here, other.there) == (600, 200, 200)


def test_at_the_sites_midnight_everything_turns_to_the_new_day(post: Post):
    for now, today in ((MIDNIGHT + DAY - timedelta(seconds=1), MIDNIGHT), (MIDNIGHT + DAY, MIDNIGHT + DAY)):
        model = post.flow(now, compare="yesterday", by="sex", presence=True)
        assert model.comparison is not None
        assert model.breakdown is not None
        assert model.presence is not None
        assert model.comparison.day == Window(today - DAY, today)
        assert [day.day.start for day in model.breakdown.days] == [today]
        assert model.presence.window == Window(today, now)


def test_a_range_shows_its_own_hours_and_the_curves_of_its_last_day(post: Post):
    span = Window(MIDNIGHT - 15 * DAY, MIDNIGHT - 13 * DAY)
    model = post.flow(window="range", span=span)
    assert len(model.hours) == 48
    assert model.hours["people"].iloc[-1] == 200
    assert model.curves.day == Window(MIDNIGHT - 14 * DAY, MIDNIGHT - 13 * DAY)
    assert model.curves.points["arrivals"].max() == 4800
    assert model.kpis["arrivals_today"].value == 200, "headlines stay those of today"


def test_people_are_told_apart_and_small_parts_stay_inside(post: Post):
    told_apart = {"12": {"female": 200, "male": 150}, "13": {"female": 3, "male": 300}}
    rows = [
        f"norte,migration-control,served,2019-06-{day},1440,{sex},{people}"
        for day, parts_of_day in told_apart.items()
        for sex, people in parts_of_day.items()
    ]
    post.send(Dataset.FLOW, "site,stage,measure,start,minutes,sex,people", rows)
    span = Window(MIDNIGHT - 2 * DAY, MIDNIGHT)
    told = post.flow(window="range", span=span, by="sex").breakdown
    assert told is not None
    first, second = told.days
    assert (first.total, first.parts, first.rest) == (360, {"female": 200, "male": 150}, 10)
    # The rest is the same by every dimension: hidden with the small part here, it would be shown there.
    assert (second.parts, second.rest, second.reserved) == ({"female": None, "male": None}, 57, 303)
    html = post.html(window="range", span=span, by="sex")
    panel = re.sub("<[^>]+>", " ", html[html.index('id="text-breakdown"') : html.index('id="panel-presence"')])
    assert "reservado" in panel
    assert "hombres" in panel
    assert "720" in panel
    inside = post.flow(window="range", span=span, by="sex", audience=Audience.PROTECTION).breakdown
    assert inside is not None
    assert inside.days[1].parts == {"female": 3, "male": 300}
    with reading(post.engine) as conn:
        ask = breakdown_ask({"by": "sex", "from": "2019-06-12", "to": "2019-06-14"}, site(conn, "norte"), TEN)
        answer = parts(conn, ask, SCOPE, TEN)
    cells = {(row["start"][:10], row["part"]): (row["value"], row["state"]) for row in answer["rows"]}
    assert cells["2019-06-13", "female"] == (None, "masked")
    assert cells["2019-06-13", "male"] == (None, "masked")
    assert cells["2019-06-13", "unclassified"][0] == 57
    for day in ("2019-06-12", "2019-06-13"):
        assert sum(value or 0 for (on, _), (value, _) in cells.items() if on == day) == 360


def test_where_nobody_tells_people_apart_the_panel_says_so(post: Post):
    assert "Nadie reporta atendidas en control migratorio por nacionalidad" in post.html(by="nationality")
    assert "Elija cómo dividir" in post.html()


def test_presence_is_count_and_flow_and_a_contradiction_is_told(post: Post):
    post.hours("onward", MIDNIGHT, [5] * 6 + [300] * 2 + [5] * 2, "transport")
    rows = [f"norte,{(MIDNIGHT + n * HOUR).isoformat()},{people}" for n, people in ((0, 100), (4, 170))]
    post.send(Dataset.PRESENT, "site,at,people", rows)
    told = post.flow(presence=True).presence
    assert told is not None
    path = told.path.set_index("at")["present"]
    assert path[MIDNIGHT + 3 * HOUR] == 100 + 3 * 15
    assert path[MIDNIGHT + 7 * HOUR] == 170 + 2 * 15 + 20 - 300
    assert told.impossible == 4
    assert [one.unexplained for one in told.counts] == [None, 10]
    html = post.html(presence=True)
    assert "Error de datos" in html
    assert "imposible: menos de cero" in html
    with reading(post.engine) as conn:
        norte = site(conn, "norte")
        answer = present(conn, norte, day_on(norte, date(2019, 6, 14)), TEN, None)
    states = {row["at"][11:16]: (row["present"], row["state"]) for row in answer["rows"]}
    assert states["07:00"] == (-80, "error")
    assert {flow["measure"]: flow["people"] for flow in answer["flows"]}["exits"] is None


def test_the_api_lays_the_same_day_over(post: Post):
    with reading(post.engine) as conn:
        scope = compare_scope({"compare": "2019-05-31"}, SCOPE, site(conn, "norte"), TEN)
        answer = compare(conn, scope, CLOCK)
    assert (answer["compared"][:10], answer["name"]["es"]) == ("2019-05-31", "cierre del puente")
    assert {row["clock"]: row["arrivals"] for row in answer["rows"]}["10:00"] == 2000


def test_a_plain_page_asks_the_store_nothing_more_than_before(post: Post):
    asked: list[str] = []
    event.listen(post.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    post.flow()
    asked.clear()
    post.flow()
    plain = len(asked)
    assert not [one for one in asked if "flow_line.sex !=" in one]
    asked.clear()
    post.flow(by="sex")
    assert [one for one in asked if "flow_line.sex !=" in one]
    asked.clear()
    post.flow(compare="2019-05-31")
    post.flow(compare="2019-05-31")
    assert len(asked) - 2 * plain <= 8, "the other day is read once"


def test_a_past_surge_needs_a_day_and_both_names_and_stands_once():
    with pytest.raises(WrongSiteFile, match=r"past_surge.*name_en is missing"):
        load_site(SITE.replace('name_en = "not yet"\n', ""))
    with pytest.raises(WrongSiteFile, match="name_es is empty"):
        load_site(SITE.replace("nunca visto", " "))
    with pytest.raises(WrongSiteFile, match="2019-05-31 stands there twice"):
        load_site(SITE.replace("2019-07-01", "2019-05-31"))
    with pytest.raises(WrongSiteFile, match="expected date"):
        load_site(SITE.replace("2019-07-01", '"2019-07-01"'))
