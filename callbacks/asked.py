"""What somebody asks of the API, read from the words of an address. Local dates and times are the site's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from data.analytics.windows import day_on, local_date
from data.types import Site, Window
from data.vocabulary import Measure, Stage

# The longest window of each step: a longer question is several questions.
LONGEST = {"hour": timedelta(days=100), "day": timedelta(days=3700)}
FIRST_WINDOW = {"hour": timedelta(days=2), "day": timedelta(days=30)}


class WrongAsk(ValueError):
    """A parameter that cannot be meant; `allowed` are the words or the form it may take."""

    def __init__(self, name: str, value: str, allowed: str) -> None:
        super().__init__(f"{name}={value!r}: expected {allowed}")
        self.name, self.value, self.allowed = name, value, allowed


@dataclass(frozen=True)
class SeriesAsk:
    """One series, step by step, over a window."""

    site: Site
    measure: Measure
    stage: Stage
    step: str
    window: Window
    source: str | None = None  # None: the official one
    as_of: datetime | None = None


def series_ask(params: Mapping[str, str], site: Site, now: datetime) -> SeriesAsk:
    """From `measure, stage, source, step, from, to, as_of`; raises WrongAsk."""
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
        as_of=moment_ask(params, "as_of", site),
    )


def revisions_ask(params: Mapping[str, str]) -> dict[str, str | None]:
    """`measure, stage, source`, each only where it is asked for; raises WrongAsk."""
    return {
        "measure": _word(params, "measure", tuple(Measure), "") if params.get("measure") else None,
        "stage": _word(params, "stage", tuple(Stage), "") if params.get("stage") else None,
        "source": params.get("source") or None,
    }


def window_ask(params: Mapping[str, str], site: Site, now: datetime, usual: timedelta, longest: timedelta) -> Window:
    """`from` and `to`, half-open; without them the `usual` span up to the end of today."""
    end = moment_ask(params, "to", site) or day_on(site, local_date(site, now)).end
    start = moment_ask(params, "from", site) or end - usual
    if end <= start:
        raise WrongAsk("to", params.get("to", ""), "a moment after from")
    if end - start > longest:
        raise WrongAsk("from", params.get("from", ""), f"at most {longest.days} days before to")
    return Window(start, end)


def moment_ask(params: Mapping[str, str], name: str, site: Site) -> datetime | None:
    """A date is the start of the operational day; a time without an offset is the site's own."""
    text = params.get(name, "").strip()
    if not text:
        return None
    try:
        if len(text) == len("2018-10-31"):
            return day_on(site, date.fromisoformat(text)).start
        # In an address a plus sign arrives as a blank.
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise WrongAsk(name, text, "2018-10-31 or 2018-10-31T09:00") from None
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
        raise WrongAsk(name, word, ", ".join(allowed))
    return word
