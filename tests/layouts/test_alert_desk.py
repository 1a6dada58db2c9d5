"""Alerts as readers see them: bands on charts, the takeover, notices that fit, marks in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import plotly.graph_objects as go
import pytest

from data.types import (
    AlertCard,
    AlertSpan,
    Assessed,
    Notice,
    Sentence,
    Silenced,
    Taken,
    ToldAlert,
    Window,
)
from data.vocabulary import OF_QUESTIONS, AlertState, Assessment, Language, Level, Look, NoticeKind
from layouts.alert_words import rule_words, subject_words, taken_line, untaken_line
from layouts.figures.alarms import has_alarms, with_alarms
from layouts.html import to_html
from layouts.notices import LONGEST, notice_text, notice_title
from layouts.takeover import takeover
from layouts.tokens import resolve
from layouts.translator import translator
from tests.layouts.models import SITE

NOON = datetime(2019, 6, 14, 17, tzinfo=UTC)  # 12:00 in Lima
HOUR = timedelta(hours=1)
T = translator("es", "America/Lima")
AXIS = {"type": "date", "range": ["2019-06-14T00:00", "2019-06-15T00:00"]}
FACTS = {"ratio": 2.4, "observed": 900, "expected": 375, "hours": 12, "stage": "migration-control"}


def span(start: float, end: float, level: Level = Level.CRITICAL) -> AlertSpan:
    return AlertSpan(Window(NOON + start * HOUR, NOON + end * HOUR), level)


def figure(**axis: object) -> dict:
    event = {"type": "line", "x0": "2019-06-14T06:00", "x1": "2019-06-14T06:00"}
    bars = {"type": "bar", "x": ["2019-06-14T12:00", "2019-06-15T12:00"], "y": [1, 2]}
    return {"data": [bars], "layout": {"xaxis": {**AXIS, **axis}, "shapes": [event]}}


def bands(*spans: AlertSpan, **axis: object) -> list[tuple[str, str, str]]:
    drawn = with_alarms(figure(**axis), spans, T)
    go.Figure(resolve(drawn, Look.LIGHT))
    return [(s["x0"], s["x1"], s["fillcolor"]) for s in drawn["layout"]["shapes"] if s.get("name") == "alarm"]


def test_a_firing_interval_is_a_band_behind_what_is_drawn():
    drawn = with_alarms(figure(), (span(-2, 1),), T)
    band, event = drawn["layout"]["shapes"]
    assert (band["x0"], band["x1"], band["layer"]) == ("2019-06-14T10:00", "2019-06-14T13:00", "below")
    assert event["type"] == "line"
    assert has_alarms(drawn)
    assert not has_alarms(figure())


def test_bands_that_touch_are_one_and_the_gravest_lies_on_top():
    assert bands(span(-2, 0), span(-1, 1), span(3, 4, Level.ALERT), span(1, 2)) == [
        ("2019-06-14T15:00", "2019-06-14T16:00", "@alarm-alert"),
        ("2019-06-14T10:00", "2019-06-14T14:00", "@alarm-critical"),
    ]


def test_a_band_never_widens_its_chart():
    assert bands(span(-100, 100)) == [("2019-06-14T00:00", "2019-06-15T00:00", "@alarm-critical")]
    assert bands(span(40, 50)) == []
    # Days without a range of their own: from the first midnight to the last.
    assert bands(span(-100, 100), range=None) == [("2019-06-14T00:00", "2019-06-16T00:00", "@alarm-critical")]
    assert bands(span(-2, 1), type="category") == []


def told(number: int, level: Level = Level.CRITICAL, rule: str = "surge") -> ToldAlert:
    sentence = Sentence(f"alert.{rule}.sentence", FACTS)
    return ToldAlert(number, rule, "x", AlertState.FIRING, level, NOON, sentence)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind not in OF_QUESTIONS])
@pytest.mark.parametrize("count", [1, 2, 40])
def test_every_notice_fits_and_says_where_since_when_and_how_to_get_there(
    language: Language, kind: NoticeKind, count: int
):
    t = translator(language, "America/Lima")
    alerts = tuple(told(number) for number in range(count))
    site = replace(SITE, name="Centro Binacional de Atención en Frontera de " + "Tumbes " * 12)
    notice = Notice(17, kind, 1, NOON, {"to": "central"}, site, alerts)
    link = "https://caudal.example.org/alerts?site=cebaf-tumbes&lang=es"
    text = notice_text(notice, alerts, ["simulation", "replay"], link, "America/Lima", t)
    assert len(text) <= LONGEST
    for said in (site.name, link, "America/Lima", "17", t("level.critical"), t("notice.mark.simulation")):
        assert said in text, said
    title = notice_title(notice, alerts, ["simulation"], t)
    assert title.startswith(f"[{t('mark.simulation')}] ")
    assert (str(count) in title) == (count > 1)


def test_a_rule_that_nobody_knows_any_more_is_told_by_its_name():
    alerts = (told(1, rule="vieja_regla"),)
    notice = Notice(1, NoticeKind.OVER, 0, NOON, {}, SITE, alerts)
    assert "vieja_regla" in notice_text(notice, alerts, [], "", "America/Lima", T)
    assert rule_words("vieja_regla", T) == "vieja_regla"


def card(number: int = 1, **more: object) -> AlertCard:
    sentence = Sentence("alert.surge.sentence", FACTS)
    steps = ((NOON, AlertState.FIRING, "limit_passed"),)
    facts = {"level": Level.CRITICAL, "state": AlertState.FIRING, "since": NOON, "transitions": steps, **more}
    return AlertCard(
        alert_id=number, rule="surge", subject="x", updated=NOON, evidence=FACTS, sentence=sentence, **facts
    )


TAKEN = Taken("Rosa", "DIRESA", "llamé", NOON, NOON + HOUR)


def test_only_a_critical_alert_in_nobodys_hands_takes_the_display_over():
    hushed = Silenced(1, NOON + HOUR, "relevo", "Rosa")
    for one in (card(level=Level.ALERT), card(taken=TAKEN), card(silenced=hushed), card(state=AlertState.RECOVERING)):
        assert takeover((one,), (), T) == []
    both = to_html(takeover((card(taken=TAKEN), card(2, since=NOON + HOUR)), (), T))
    assert "Nadie la ha tomado todavía." in both
    assert "la tiene DIRESA (Rosa)" in both


def test_an_overdue_taker_is_told_before_the_next_evaluation_writes_it_down():
    early, late = (to_html(taken_line(card(taken=TAKEN), NOON + minutes * HOUR / 60, T)) for minutes in (59, 60))
    assert "plazo: " in early
    assert "el plazo venció" in late
    assert 'class="overdue"' in late
    over = card(taken=TAKEN, state=AlertState.RESOLVED)
    assert "venció" not in to_html(taken_line(over, NOON + 9 * HOUR, T)), "of an alert that is over nobody is late"


def test_who_is_told_next_of_an_alert_that_nobody_takes_is_said():
    from data.escalation import DEFAULTS

    assert "coordinación (umbral provisional)" in untaken_line(card(), DEFAULTS, T)


def test_a_subject_is_told_in_words():
    assert subject_words("migration-control/arrivals", T) == "control migratorio · llegadas"


def test_an_outcome_stands_with_who_said_so():
    from layouts.alert_words import assessed_words

    one = card(assessed=Assessed(Assessment.DISCARD, "Rosa", "falsa", NOON))
    assert assessed_words(one, T).startswith("Verificada: descartada — Rosa")
