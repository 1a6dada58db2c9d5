"""Coverage gaps and surges in the store when part of what they are judged by is not reported any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data import alerts
from data.alert_book import alarm_spans, open_alerts, recent_alerts
from data.ingest import ingest
from data.sites import add_site, load_site
from data.store import reading, writing
from data.types import AlertCard
from data.vocabulary import AlertState, Dataset, Level
from tests.data.post import NOON, cards, open_calm_post, send

SITE = """
site = "n"
name = "N"
country = "PE"
zone = "America/Lima"
entry_stage = "migration-control"
stages = ["migration-control"]
sectors = ["wash", "food", "health"]

[[source]]
source = "ngo"

[[standard]]
service = "water"
phase = "emergency"
value = 15
per = "per-person-day"
denominator = "present"
unit = "l"
source = "x"

[[standard]]
service = "health-screening"
phase = "emergency"
value = 0.1
per = "per-person-day"
denominator = "present"
unit = "personas"
source = "x"
"""
MIDNIGHT = datetime(2019, 5, 20, 5, tzinfo=UTC)


class Centre:
    def __init__(self, engine: Engine, var: Path) -> None:
        self.engine, self.var = engine, var
        with writing(engine) as conn:
            add_site(conn, load_site(SITE), MIDNIGHT - timedelta(days=30), "test")

    def _send(self, dataset: Dataset, text: str, hour: float) -> None:
        receipt = ingest(self.engine, text.encode(), "f.csv", source="ngo", dataset=dataset, now=at(hour), var=self.var)
        assert receipt.rejected == 0

    def present(self, hour: float, people: int = 1000) -> None:
        self._send(Dataset.PRESENT, f"site,at,people\nn,{at(hour).isoformat()},{people}\n", hour)

    def delivered(self, first: float, last: float, quantity: float, what: str = "wash,water", unit: str = "l") -> None:
        header = "site,organisation,sector,service,start,end,quantity,unit\n"
        row = f"n,A,{what},{at(first).isoformat()},{at(last).isoformat()},{quantity},{unit}\n"
        self._send(Dataset.SERVICE, header + row, last)

    def evaluated(self, *hours: float) -> dict[str, AlertState]:
        for hour in hours:
            alerts.evaluate(self.engine, "n", at(hour), at(hour), "one")
        return {card.subject: card.state for card in self.open()}

    def open(self) -> tuple[AlertCard, ...]:
        with reading(self.engine) as conn:
            return open_alerts(conn, "n")

    def over(self) -> tuple[AlertCard, ...]:
        with reading(self.engine) as conn:
            return recent_alerts(conn, "n", 9)


def at(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


@pytest.fixture
def centre(any_engine: Engine, var: Path) -> Centre:
    return Centre(any_engine, var)


def test_a_gap_stays_open_when_nobody_counts_the_people_any_more(centre):
    centre.present(1)
    centre.delivered(0, 6, 300)
    assert centre.evaluated(6.1, 7.2) == {"wash/water": AlertState.FIRING}
    centre.delivered(24, 29, 300)
    assert centre.evaluated(29.1) == {"wash/water": AlertState.FIRING}
    assert centre.evaluated(30.2, 31.5) == {"wash/water": AlertState.NO_DATA}
    (card,) = centre.open()
    assert card.evidence["required"] == 3750  # what it fired for
    assert centre.over() == ()
    centre.present(32)
    centre.delivered(29, 32, 4500)
    assert centre.evaluated(32.1, 33.3) == {}
    (over,) = centre.over()
    assert [reason for _, _, reason in over.transitions][-3:] == ["no_data", "data_back", "back_to_normal"]


def test_a_gap_that_had_not_lasted_when_the_count_stopped_is_not_told_and_does_not_stay(centre):
    centre.present(6)
    centre.delivered(24, 29, 310)
    assert centre.evaluated(29.1, 29.9, 31, 33, 40, 60) == {}
    assert centre.over() == ()
    centre.present(61)
    centre.delivered(48, 61, 310)
    assert centre.evaluated(61.1, 62.2) == {"wash/water": AlertState.FIRING}


def test_few_people_attended_keep_the_gap_open_and_are_not_told(centre):
    screening = {"what": "health,health-screening", "unit": "personas"}
    centre.present(1)
    centre.delivered(0, 6, 10, **screening)
    assert centre.evaluated(6.1, 7.2) == {"health/health-screening": AlertState.FIRING}
    (told,) = centre.open()
    assert (told.evidence["delivered"], told.evidence["required"]) == (10, 25)
    centre.present(25)
    centre.delivered(24, 30, 3, **screening)
    assert centre.evaluated(30.1, 31.2, 32.3) == {"health/health-screening": AlertState.FIRING}
    (hidden,) = centre.open()
    assert hidden.evidence == {"sector": "health", "service": "health-screening", "masked": True}
    assert hidden.sentence.key == "alert.coverage_gap.sentence_masked"


def test_a_standard_that_no_longer_holds_ends_its_alert_and_says_why(centre):
    centre.present(1)
    centre.delivered(0, 6, 300)
    assert centre.evaluated(6.1, 7.2) == {"wash/water": AlertState.FIRING}
    with writing(centre.engine) as conn:
        stabilised = SITE.replace('country = "PE"', 'country = "PE"\nphase = "stabilised"')  # no standard for it
        add_site(conn, load_site(stabilised), at(8), "test")
    assert centre.evaluated(8.1) == {}
    (over,) = centre.over()
    assert over.transitions[-1][2] == "not_watched"


def test_hours_that_stop_coming_are_told_as_a_surge_nobody_can_judge(any_engine, var):
    open_calm_post(any_engine, var)

    def state(hours: float) -> AlertState | None:
        now = NOON + timedelta(hours=hours)
        alerts.evaluate(any_engine, "norte", now, now, "one")
        return next((card.state for card in cards(any_engine) if card.rule == "surge"), None)

    assert [state(hours) for hours in (2, 3.1, 5)] == [None, None, None]  # untold within its patience
    assert state(6.2) is AlertState.NO_DATA
    assert state(9) is AlertState.NO_DATA
    (card,) = [card for card in cards(any_engine) if card.rule == "surge"]
    assert card.evidence["hours_covered"] == 3
    send(any_engine, var, NOON, [64] * 9, NOON + timedelta(hours=9, minutes=1))
    assert state(9.1) is None
    with reading(any_engine) as conn:
        over = [card for card in recent_alerts(conn, "norte", 9) if card.rule == "surge"]
        assert [card.state for card in over] == [AlertState.RESOLVED]
        assert alarm_spans(conn, "norte", "surge", NOON - timedelta(days=56)) == ()  # no surge was on


def test_a_surge_with_an_unreported_hour_is_told_in_the_store(any_engine, var):
    open_calm_post(any_engine, var)
    send(any_engine, var, NOON, [600] * 6, NOON + timedelta(hours=6))
    send(any_engine, var, NOON + timedelta(hours=7), [600] * 5, NOON + timedelta(hours=12))
    now = NOON + timedelta(hours=12, minutes=5)
    alerts.evaluate(any_engine, "norte", now, now, "one")
    (card,) = [card for card in cards(any_engine) if card.rule == "surge"]
    assert (card.state, card.level) == (AlertState.FIRING, Level.CRITICAL)
    assert card.evidence["at_least"] is True
    assert card.sentence.key == "alert.surge.sentence_at_least"
