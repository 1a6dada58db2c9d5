"""What somebody asks of the API, read from the words of an address. Local dates and times are the site's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.analytics.windows import day_on, local_date
from data.types import Site, Window
from data.vocabulary import EVERY_LANE, Lane, Measure, Stage

# The longest window of each step: a longer question is several questions.
LONGEST = {
    "hour": timedelta(days=100),
    "day": timedelta(days=3700),
    "week": timedelta(days=3700),
    "month": timedelta(days=3700),
}
LONGEST_COMPARISON = timedelta(days=400)
FIRST_WINDOW = {
    "hour": timedelta(days=2),
    "day": timedelta(days=30),
    "week": timedelta(days=84),
    "month": timedelta(days=366),
}


# No border centre kept figures before them; arithmetic with time zones ends not far beyond.
FIRST_YEAR, LAST_YEAR = 2000, 2100


def in_our_years(at: datetime) -> bool:
    return FIRST_YEAR <= at.year <= LAST_YEAR


class WrongAsk(ValueError):
    """A parameter that cannot be meant. Locale key `address.<code>` with `name`, `value` and the facts says why."""

    def __init__(self, name: str, value: str, code: str, **facts: Any) -> None:
        super().__init__(f"{name}={value!r}: {code} {facts}")
        self.name, self.value, self.code, self.facts = name, value, code, facts


@dataclass(frozen=True)
class SeriesAsk:
    """One series, step by step, over a window."""

    site: Site
    measure: Measure
    stage: Stage
    step: str
    window: Window
    source: str | None = None  # None: the official one
    lane: str = EVERY_LANE
    as_of: datetime | None = None


def series_ask(params: Mapping[str, str], site: Site, now: datetime) -> SeriesAsk:
    """From `measure, stage, lane, source, step, from, to, as_of`; raises WrongAsk."""
    measure = _word(params, "measure", tuple(Measure), Measure.SERVED)
    stage = _word(params, "stage", tuple(Stage), site.entry_stage)
    step = _word(params, "step", tuple(LONGEST), "day")
    return SeriesAsk(
        site=site,
        measure=Measure(measure),
        stage=Stage(stage),
        step=step,
        window=window_ask(params, site, now, FIRST_WINDOW[step], LONGEST[step]),
        source=params.get("source") or None,
        lane=_word(params, "lane", (EVERY_LANE, *Lane), EVERY_LANE),
        as_of=moment_ask(params, "as_of", site),
    )


def revisions_ask(params: Mapping[str, str]) -> dict[str, str | None]:
    """`measure, stage, source`, each only where it is asked for; raises WrongAsk."""
    return {
        "measure": _word(params, "measure", tuple(Measure), "") if params.get("measure") else None,
        "stage": _word(params, "stage", tuple(Stage), "") if params.get("stage") else None,
        "source": params.get("source") or None,
    }


@dataclass(frozen=True)
class FigureAsk:
    """One figure of a site over a window, by every source."""

    site: Site
    stage: Stage
    measure: Measure
    window: Window
    as_of: datetime | None = None


def figure_ask(params: Mapping[str, str], site: Site, now: datetime) -> FigureAsk:
    """From `stage, measure, from, to, as_of`; raises WrongAsk."""
    stage = _word(params, "stage", tuple(Stage), site.entry_stage)
    measure = _word(params, "measure", tuple(Measure), Measure.SERVED)
    window = window_ask(params, site, now, FIRST_WINDOW["day"], LONGEST_COMPARISON)
    return FigureAsk(site, Stage(stage), Measure(measure), window, moment_ask(params, "as_of", site))


def window_ask(params: Mapping[str, str], site: Site, now: datetime, usual: timedelta, longest: timedelta) -> Window:
    """`from` and `to`, half-open; without them the `usual` span up to the end of today."""
    end = moment_ask(params, "to", site) or day_on(site, local_date(site, now)).end
    start = moment_ask(params, "from", site) or end - usual
    if end <= start:
        raise WrongAsk("to", params.get("to", ""), "not_after_from")
    if end - start > longest:
        raise WrongAsk("from", params.get("from", ""), "window_too_long", days=longest.days)
    return Window(start, end)


def moment_ask(params: Mapping[str, str], name: str, site: Site) -> datetime | None:
    """A date is the start of the operational day; a time without an offset is the site's own."""
    text = params.get(name, "").strip()
    if not text:
        return None
    try:
        # In an address a plus sign arrives as a blank.
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise WrongAsk(name, text, "bad_moment") from None
    if not in_our_years(at):
        raise WrongAsk(name, text, "moment_out_of_years", first=str(FIRST_YEAR), last=str(LAST_YEAR))
    if len(text) == len("2018-10-31"):
        return day_on(site, at.date()).start
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(site.zone))


def period_ask(text: str, site: Site) -> tuple[Window, str]:
    """A day (`2019-06-14`) or a shift (`2019-06-14T06:00/14:00`, `START/END`), with its kind; raises WrongAsk."""
    first, _, last = text.strip().partition("/")
    wrong = WrongAsk("period", text, "2019-06-14 or 2019-06-14T06:00/14:00")
    start = moment_ask({"period": first}, "period", site)
    if start is None:
        raise wrong
    if not last:
        if len(first) != len("2019-06-14"):
            raise wrong
        return day_on(site, date.fromisoformat(first)), "day"
    whole = last if "T" in last or len(last) == len("2019-06-14") else f"{first.partition('T')[0]}T{last}"
    end = moment_ask({"period": whole}, "period", site)
    if end is not None and end <= start and whole != last:
        end += timedelta(days=1)  # a night shift ends on the next day
    if end is None or end <= start:
        raise wrong
    return Window(start.astimezone(UTC), end.astimezone(UTC)), "shift"


def _word(params: Mapping[str, str], name: str, allowed: tuple[str, ...], otherwise: str) -> str:
    word = params.get(name) or otherwise
    if word not in allowed:
        raise WrongAsk(name, word, "unknown_value", allowed=", ".join(allowed))
    return word
