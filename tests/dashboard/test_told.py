"""What the browser says by itself: the reading of the curves and the countdown, asked with the clock in hand."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from layouts.events import countdown
from layouts.reading import SAYINGS
from layouts.translator import translator

ASSET = Path(__file__).parents[2] / "assets/js/told.js"
pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not on this machine")

READING = {
    "at": ["2019-06-14T14:00", "2019-06-14T14:15", "2019-06-14T14:30", "2019-06-15T00:00"],
    "arrivals": [3000, 3210, None, 4000],
    "served": [2400, 2480, 2500, 3000],
    "waiting": [600, 730, None, None],
    "waited": [None, 155, None, None],
    "joined": [None, "a las 11:40", None, None],
    "carried": 0,
}


def told(*asked: list[Any]) -> list[Any]:
    script = """
      const told = require(process.argv[1]);
      const asked = JSON.parse(require('fs').readFileSync(0, 'utf8'));
      process.stdout.write(JSON.stringify(asked.map(([name, ...given]) => told[name](...given))));
    """
    text = json.dumps(asked)
    done = subprocess.run(["node", "-e", script, str(ASSET)], input=text, capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


def words(lang: str) -> dict[str, str]:
    t = translator(lang)
    return {name: t(f"reading.{name}") for name in SAYINGS}


def test_the_curves_are_read_in_whole_sentences() -> None:
    carried = {**READING, "carried": 680}
    unknown = {**READING, "carried": None}
    es = words("es")
    said = [
        one.replace("\u202f", " ").replace("\u00a0", " ")
        for one in told(
            *(["curves", READING, n, es] for n in range(4)), ["curves", carried, 1, es], ["curves", unknown, 1, es]
        )
    ]
    tail = "quien pasa en ese momento llegó a las 11:40"
    assert said[1] == f"A las 14:15: llegaron 3 210, atendidas 2 480, esperan 730; {tail} y esperó 2 h 35 min."
    assert "no se sabe cuándo llegó" in said[0]
    assert said[2] == "A las 14:30: sin reporte."
    assert said[3].startswith("A las 24:00: llegaron 4 000, atendidas 3 000; falta un reporte")
    assert "llegaron 3 210 (con 680 que ya esperaban)" in said[4]
    assert "esperan al menos 730" in said[5]
    assert "At 14:15" in told(["curves", READING, 1, words("en")])[0]


def test_keys_lead_a_quarter_or_an_hour_and_not_beyond_the_ends() -> None:
    steps = [
        ("ArrowRight", False),
        ("ArrowLeft", True),
        ("PageDown", False),
        ("Home", False),
        ("End", False),
        ("a", False),
    ]
    assert told(*(["step", READING, 1, key, shift] for key, shift in steps)) == [2, 0, 3, 0, 3, None]


def test_numbers_and_durations_read_as_the_servers() -> None:
    t = translator("es")
    amounts, minutes = (0, 7, 999, 3210, 1234567, -20), (0, 28, 59.4, 60, 155, 670, 2879, 2880, 4500)
    assert told(*(["number", one] for one in amounts)) == [t.number(one) for one in amounts]
    assert told(*(["duration", one] for one in minutes)) == [t.duration(one) for one in minutes]


def test_the_countdown_reaches_zero_at_the_very_minute() -> None:
    t = translator("es", "America/Lima")
    at = datetime(2019, 6, 15, 5, tzinfo=UTC)  # midnight in Lima
    before = (
        timedelta(days=6, hours=17),
        timedelta(minutes=1),
        timedelta(seconds=59),
        timedelta(seconds=1),
        timedelta(0),
    )
    given = {"left": t("events.left"), "holds": t("events.holds")}
    moments = [at - one for one in (*before, timedelta(seconds=-30))]
    said = told(*(["left", at.isoformat(), moment.timestamp() * 1000, given] for moment in moments))
    assert [one.replace("\u00a0", " ") for one in said] == [
        *("faltan 6 d 17 h", "faltan 1 min", "faltan 1 min", "faltan 1 min", "ya rige", "ya rige"),
    ]
    for moment, shown in zip(moments[:4], said, strict=False):
        assert countdown(at, moment, t)["props"]["children"] == shown, "the server says the same"
