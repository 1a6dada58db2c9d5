"""What one person asks of the queue page, from the words of an address or the fields of the page, and the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from callbacks.what_if import Question, entry_station, told
from data.analytics.expects import of_plain
from data.types import QueueModel, Sentence, Station
from data.vocabulary import Stage
from layouts.translator import Translator
from layouts.what_if import MOST_ARRIVALS, MOST_COUNTERS, MOST_HOURS

EXPECTS = "expects"  # of what a board is asked about: what the headlines are worked out from


@dataclass(frozen=True)
class Standing:
    """What an answer is worked out from: the fields of a Station of the same names."""

    stage: Stage
    waiting: float | None
    negative: bool
    counters_open: int | None
    utilisation: float | None
    arriving_per_hour: float | None
    rate_per_counter_hour: float | None
    rate_low: float | None
    rate_high: float | None
    outdated: bool = False


def standing(station: Station) -> Standing:
    return Standing(**{name: getattr(station, name) for name in Standing.__dataclass_fields__})


def asked_about(model: QueueModel) -> dict[str, Any] | None:
    """For a board: plain values."""
    station = entry_station(model.stations, model.frame.site.entry_stage)
    if station is None:
        return None
    return {**asdict(standing(station)), "stage": str(station.stage), EXPECTS: model.expects}


def answered(about: Mapping[str, Any] | None, now: str, asked: Mapping[str, Any], t: Translator) -> list[str]:
    """In sentences; none where nothing is asked. `now`: the moment of the board, ISO 8601."""
    found, expects = None, None
    if about is not None:
        numbers = {name: value for name, value in about.items() if name != EXPECTS}
        found, expects = Standing(**{**numbers, "stage": Stage(about["stage"])}), about.get(EXPECTS)
    return sentences(found, asked, datetime.fromisoformat(now), t, expects)


def sentences(
    about: Standing | None,
    asked: Mapping[str, Any],
    now: datetime,
    t: Translator,
    expects: Mapping[str, Any] | None = None,
) -> list[str]:
    """`expects`: plain values of `data.analytics.expects`."""
    known = None if expects is None else of_plain(expects)
    asking = question(asked, about)
    if asking is None:
        return []
    return [t.sentence(one) for one in ((asking,) if isinstance(asking, Sentence) else told(about, asking, now, known))]


def question(asked: Mapping[str, Any], about: Standing | None) -> Question | Sentence | None:
    """From `ask_counters, ask_hours, ask_arrivals`, as text or numbers; what is left out stays as it is now. Or the
    sentence that says what is wrong; None where nothing is asked."""
    read = numbers_asked(asked)
    if isinstance(read, Sentence):
        return read
    if not read:
        return None
    counters = read.get("ask_counters")
    if counters is None and (about is None or about.counters_open is None):
        return Sentence("what_if.which_counters")
    open_now = 0 if about is None else about.counters_open or 0
    return Question(open_now if counters is None else int(counters), read.get("ask_hours"), read.get("ask_arrivals"))


def numbers_asked(asked: Mapping[str, Any]) -> dict[str, float] | Sentence:
    """By name, of those given; or what was expected of the first that is wrong."""
    given = {name: value for name in LIMITS if (value := asked.get(name)) not in (None, "")}
    read: dict[str, float] = {}
    for name, value in given.items():
        most, whole = LIMITS[name]
        number = _number(value, whole)
        least = 0.0 if name != "ask_hours" else 0.25
        if number is None or not least <= number <= most or (whole and not number.is_integer()):
            return Sentence(f"what_if.wrong_{name.removeprefix('ask_')}", {"most": most})
        read[name] = number
    return read


def wrong(asked: Mapping[str, Any]) -> Sentence | None:
    """What was expected, where a number is none or out of its limits."""
    read = numbers_asked(asked)
    return read if isinstance(read, Sentence) else None


LIMITS = {
    "ask_counters": (MOST_COUNTERS, True),
    "ask_hours": (MOST_HOURS, False),
    "ask_arrivals": (MOST_ARRIVALS, True),
}


SPACES = re.compile(r"[\s\u00a0\u202f]")
THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
WRITTEN = re.compile(r"[0-9]+([.,][0-9]+)?")


def _number(value: Any, whole: bool = False) -> float | None:
    """As people write it: a decimal comma, thousands apart. Of whole numbers 1,000 and 1.000 are a thousand."""
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, str):
            value = SPACES.sub("", value)
            value = THOUSANDS.sub("", value) if whole else value
            if not WRITTEN.fullmatch(value):
                return None
            value = value.replace(",", ".")
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 1e9 else None
