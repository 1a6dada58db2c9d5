"""Words, numbers, dates and durations of one language. A key becomes a `str` at the moment of drawing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data.types import Sentence, in_language
from data.vocabulary import Language

LOCALES = Path(__file__).parent / "locales"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GROUP = "\u202f"  # narrow no-break space: "3.500" means two things in a binational room
MINUS = "\u2212"
# Facts whose values are words of the vocabulary: {stage} = "transport" is shown as t("stage.transport").
WORDS = (
    "stage",
    "sector",
    "service",
    "measure",
    "lane",
    "method",
    "level",
    "dataset",
    "rule",
    "unit",
    "state",
    "source",
    "rhythm",
    "basis",
    "sure",
)


class MissingWord(KeyError):
    """A key that the language does not have; a test finds it before a viewer does."""


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Every key of every file of a language, dotted."""
    words: dict[str, str] = {}
    for path in sorted((LOCALES / language).glob("*.toml")):
        for key, text in _flat(tomllib.loads(path.read_text("utf-8"))):
            if key in words:
                raise ValueError(f"{path.name}: {key} stands in two files")
            words[key] = text
    return words


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs = []
    for key, value in table.items():
        dotted = f"{prefix}{key}"
        pairs += _flat(value, dotted + ".") if isinstance(value, dict) else [(dotted, str(value))]
    return pairs


# A board says the same hours again at every version: what a moment is called is worked out once.
@lru_cache(maxsize=20_000)
def _local(zone: ZoneInfo, at: datetime) -> datetime:
    return at.astimezone(zone)


@lru_cache(maxsize=20_000)
def _time(zone: ZoneInfo, at: datetime) -> str:
    return at.astimezone(zone).strftime("%H:%M")


@lru_cache(maxsize=20_000)
def _wall_clock(zone: ZoneInfo, at: datetime) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


@lru_cache(maxsize=20_000)
def _iso(zone: ZoneInfo, microseconds: int) -> str:
    return (EPOCH + timedelta(microseconds=microseconds)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")


class Told(str):
    """A fact in words. In a sentence `{people:persona|personas}` is the form that goes with its number."""

    def __format__(self, spec: str) -> str:
        if "|" not in spec:
            return str(self)
        one, other = spec.split("|")
        return one if self == "1" else other


class Translator:
    def __init__(self, language: Language, zone: str = "UTC") -> None:
        self.language = language
        self.zone = ZoneInfo(zone)
        self._words = catalogue(language)
        self._decimal = "," if language is Language.ES else "."

    def __call__(self, key: str, /, **facts: Any) -> str:
        if key not in self._words:
            raise MissingWord(f"{key} is not in layouts/locales/{self.language}")
        text = self._words[key]
        return text.format(**{name: Told(self.fact(name, value)) for name, value in facts.items()}) if facts else text

    def n(self, key: str, count: float, /, **facts: Any) -> str:
        """The form for a number: `<key>.one` or `<key>.other`, with {count}."""
        return self(f"{key}.{'one' if count == 1 else 'other'}", count=count, **facts)

    def maybe(self, key: str) -> str | None:
        return self._words.get(key)

    def has(self, key: str) -> bool:
        return key in self._words

    def sentence(self, sentence: Sentence | None) -> str:
        """A fact that leads the sentence takes its capital."""
        if sentence is None:
            return ""
        said = self(sentence.key, **sentence.facts)
        return said[:1].upper() + said[1:] if self._words[sentence.key].startswith("{") else said

    def fact(self, name: str, value: Any) -> str:
        """A fact as a reader sees it; its name says what it is."""
        if value is None:
            return self("word.no_data")
        if isinstance(value, Mapping):
            return in_language(value, self.language)
        if isinstance(value, datetime):
            return self.time(value) if name.endswith("_time") else self.moment(value)
        if name.endswith("_at") and isinstance(value, str):
            return self.moment(datetime.fromisoformat(value))
        if name.endswith("_minutes") and not isinstance(value, str):
            return self.duration(value)
        if name.endswith("_share") and not isinstance(value, str):
            return self.percent(value)
        if isinstance(value, list | tuple):
            return ", ".join(self.fact(name, one) for one in value)
        if name in WORDS or name.rsplit("_", 1)[-1] in WORDS:
            return self.word(name.rsplit("_", 1)[-1], str(value))
        if isinstance(value, bool):
            return self("word.yes" if value else "word.no")
        if isinstance(value, int | float):
            if name == "ratio":
                return self.number(value, 1)  # 3,0 times: the decimal says that it is a measure
            part = isinstance(value, float) and abs(value) < 100 and not float(value).is_integer()
            return self.number(value, 1 if part else 0)
        return str(value)

    def word(self, kind: str, value: str) -> str:
        """A word of the vocabulary; a partner's own word stays as it is."""
        return self._words.get(f"{kind}.{value}", value)

    def number(self, value: float, decimals: int = 0) -> str:
        text = f"{abs(value):,.{decimals}f}".replace(",", GROUP).replace(".", self._decimal)
        negative = value < 0 and any(digit in "123456789" for digit in text)
        return (MINUS if negative else "") + text

    def percent(self, ratio: float) -> str:
        return f"{self.number(100 * ratio)}{GROUP}%"

    def duration(self, minutes: float) -> str:
        """11 h 10 min; 45 min; 2 d 4 h."""
        whole = round(minutes)
        if whole < 60:
            return f"{whole}\u00a0min"
        hours, rest = divmod(whole, 60)
        if hours < 48:
            return f"{hours}\u00a0h\u00a0{rest:02d}\u00a0min" if rest else f"{hours}\u00a0h"
        days, hours = divmod(hours, 24)
        return f"{days}\u00a0d\u00a0{hours}\u00a0h" if hours else f"{days}\u00a0d"

    def short_duration(self, minutes: float) -> str:
        """For a headline: 11 h 10."""
        whole = round(minutes)
        if whole < 60 or whole >= 48 * 60:
            return self.duration(minutes)
        return f"{whole // 60}\u00a0h\u00a0{whole % 60:02d}"

    def local(self, at: datetime) -> datetime:
        return _local(self.zone, at)

    def time(self, at: datetime) -> str:
        return _time(self.zone, at)

    def wall_clock(self, at: datetime | int) -> str:
        """The site's clock at a moment (microseconds since 1970), to the minute: 2019-06-14T12:30."""
        return _iso(self.zone, at) if isinstance(at, int) else _wall_clock(self.zone, at)

    def date(self, at: datetime) -> str:
        """vie 14 jun"""
        local = self.local(at)
        return f"{self(f'date.day.{local.weekday()}')} {local.day} {self(f'date.month.{local.month}')}"

    def day_and_month(self, at: datetime) -> str:
        """14 jun"""
        local = self.local(at)
        return f"{local.day} {self(f'date.month.{local.month}')}"

    def full_date(self, at: datetime) -> str:
        """vie 14 jun 2019"""
        return f"{self.date(at)} {self.local(at).year}"

    def moment(self, at: datetime) -> str:
        return f"{self.date(at)} {self.local(at).year}, {self.time(at)}"

    def weekday(self, weekday: int) -> str:
        return self(f"date.weekday.{weekday}")


def translator(language: Language | str, zone: str = "UTC") -> Translator:
    return Translator(Language(language), zone)
