"""Questions about figures on the pages: what a figure is called, what it said, and the way to ask beside each one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from data.types import FigureName, Frame, Kpi, Seen, ServiceCoverage, WhoAsk
from data.vocabulary import KpiName
from layouts import elements as html
from layouts.board import Tree
from layouts.headlines import value_text
from layouts.parts import age, data
from layouts.translator import Translator
from layouts.who_table import Way, column_name

FIGURE, LIST = "/questions/figure", "/questions"
# Headlines about a day, which go on to be about it.
OF_A_DAY = (KpiName.ENTRIES_TODAY, KpiName.ARRIVALS_TODAY)


def figure_address(figure: FigureName, asked: Mapping[str, str]) -> str:
    """`asked`: site, language and what else of the page goes with its links."""
    return f"{FIGURE}?{urlencode({**asked, **figure.words})}"


def figure_words(figure: FigureName, t: Translator) -> str:
    """What a figure is called: a headline, a service against its standard, a cell of who does what."""
    words = figure.words
    if figure.metric == "coverage":
        return t("questions.figure.coverage", service=words["service"], day_name=_day(words["day"], t))
    if figure.metric == "who":
        said = " · ".join(part for part in _cell(words, t) if part)
        return said[:1].upper() + said[1:]
    if "day" in words:
        return t(f"questions.figure.{figure.metric}", day_name=_day(words["day"], t))
    return t(f"kpi.{figure.metric}.label")


def _cell(words: Mapping[str, str], t: Translator) -> list[str]:
    what = t.word("service", words["service"]) if words["service"] else t.word("sector", words["sector"])
    first, last = (datetime.fromisoformat(words[name]) for name in ("from", "to"))
    days = round((last - first).total_seconds() / 86_400)
    when = t.full_date(first) if days <= 1 else t("questions.figure.days", first=t.full_date(first), days=days)
    of = t(f"who.counts.{words['count']}") if words.get("count") else ""
    return [what, _column(words, t), words.get("organisation", ""), words.get("place", ""), of, when]


def _column(words: Mapping[str, str], t: Translator) -> str:
    column = words["column"]
    if not column:
        return t("who.total")
    key: Any = column
    if words["across"] == "day" and column[:1].isdigit():
        key = datetime.fromisoformat(column).timestamp()
    if words["across"] == "month":
        key = int(column) if column.isdecimal() else 0
    return column_name(words["across"], t)(key)


def _day(on: str, t: Translator) -> str:
    return t.full_date(datetime.combine(date.fromisoformat(on), datetime.min.time(), t.zone).replace(hour=12))


def seen_words(seen: Seen, t: Translator, metric: str = "") -> str:
    """What a figure said, whole: its number, and what it is a part of."""
    if seen.masked:
        return t("word.masked")
    said = _value(seen, t, metric)
    facts = seen.facts
    if seen.unit == "ratio" and facts.get("required") is not None:
        unit = t.word("unit", str(facts.get("unit_of", "")))
        done, needed = (t.number(round(facts.get(name) or 0)) for name in ("delivered", "required"))
        return f"{said} ({t('word.done_of', done=f'{done} {unit}'.strip(), needed=needed)})"
    return said


def _value(seen: Seen, t: Translator, metric: str) -> str:
    bound = "≥\u00a0" if seen.at_least and seen.value is not None and seen.unit != "level" else ""
    if seen.unit in ("contacts", "amount"):
        if seen.value is None:
            return t("word.no_report")
        unit = t.word("unit", str(seen.facts.get("unit_of", ""))) if seen.unit == "amount" else ""
        said = t("word.contacts", number=round(seen.value)) if seen.unit == "contacts" else t.number(round(seen.value))
        return f"{bound}{said} {unit}".strip()
    word = t.maybe(seen.word) if seen.word and seen.unit == "ratio" else None
    said = value_text(Kpi(metric, seen.value, seen.state, None, seen.unit, seen.word), t)
    return " · ".join(part for part in (word, f"{bound}{said}") if part)


def beside(frame: Frame, figure: FigureName, t: Translator, counts: bool = True) -> list[Any]:
    """The way to a figure's questions, and how many there are. `counts`: a script counts ages on."""
    told = next((one for one in frame.questions if one.figure == figure.key), None)
    href = figure_address(figure, asked_of(frame))
    if told is None:
        return [html.A(t("questions.ask"), href=href, className="ask")]
    if told.open:
        said = [t.n("questions.open_here", told.open), " · ", _age(told.oldest, frame, t, counts)]
    else:
        said = [t.n("questions.answered_here", told.answered)]
    return [html.A(said, href=href, className="ask ask-some", **data(open=str(told.open)))]


def asked_of(frame: Frame) -> dict[str, str]:
    """What of a page goes with its links: one of the past leads to figures as they were."""
    then = frame.scope.as_of
    asked = {"site": frame.site.site, "lang": str(frame.scope.language)}
    return asked if then is None else {**asked, "as_of": then.isoformat()}


def _age(at: datetime | None, frame: Frame, t: Translator, counts: bool) -> Tree:
    if at is None or counts:
        return age(at)
    return t("questions.ago", old_minutes=max(0.0, (frame.clock.now - at).total_seconds() / 60))


def headline_texts(frame: Frame, t: Translator, counts: bool = True) -> dict[str, Tree]:
    """`ask-<headline>`: what stands under each headline about its questions. The day is that of the headlines."""
    on = headline_date(frame)
    made: dict[str, Tree] = {}
    for name in KpiName:
        part = (("day", on),) if name in OF_A_DAY and on else ()
        made[f"ask-{name}"] = beside(frame, FigureName(str(name), part), t, counts)
    return made


def headline_date(frame: Frame) -> str:
    if frame.headline_day is None:
        return ""
    return frame.headline_day.start.astimezone(ZoneInfo(frame.site.zone)).date().isoformat()


def line_link(frame: Frame, one: ServiceCoverage, t: Translator) -> list[Any]:
    """Beside a line of the coverage page."""
    on = headline_date(frame)
    part = (("day", on), ("sector", str(one.sector)), ("service", str(one.service)))
    return beside(frame, FigureName("coverage", part), t) if on else []


def open_line(frame: Frame, t: Translator, counts: bool = True) -> Tree:
    """How many questions are open, and how old the oldest of them is."""
    number = sum(one.open for one in frame.questions)
    oldest = [one.oldest for one in frame.questions if one.oldest is not None]
    asked = asked_of(frame)
    href = f"{LIST}?{urlencode({**asked, 'state': 'open'} if number else asked)}"
    said: list[Any] = [t.n("questions.open", number) if number else t("questions.none_open")]
    if oldest:
        said += [" · ", t("questions.oldest"), " ", _age(min(oldest), frame, t, counts)]
    return html.A(said, href=href, className="questions-open", **data(questions_open=str(number)))


def cell_ways(frame: Frame, ask: WhoAsk, plain: Mapping[str, str], t: Translator) -> Way:
    """The address of each cell of who does what, by sector, service ("": the sector) and column (None: the total), and
    whether somebody asked about it. `plain`: site, language and look."""
    words = {"metric": "who", "across": ask.across}
    words |= {
        name: t.local(at).isoformat(timespec="minutes")
        for name, at in (("from", ask.window.start), ("to", ask.window.end))
    }
    words |= {} if not ask.organisation else {"organisation": ask.organisation}
    words |= {} if ask.place is None else {"place": ask.place or "-"}
    words |= {} if ask.count == "people" else {"count": ask.count}
    base = f"{FIGURE}?{urlencode({**plain, **asked_of(frame), **words})}"
    some = {one.figure for one in frame.questions if one.figure.startswith("who?")}
    part = {name: word for name, word in words.items() if name != "metric"}

    def way(sector: str, service: str, column: Any) -> tuple[str, bool]:
        own = {"sector": sector, "service": service, "column": "" if column is None else column_word(column)}
        asked = bool(some) and FigureName("who", tuple(sorted({**part, **own}.items()))).key in some
        return f"{base}&{urlencode(own)}", asked

    return way


def column_word(key: Any) -> str:
    """A column of the matrix as an address names it: days by when they begin, months by their number."""
    return datetime.fromtimestamp(key, UTC).isoformat(timespec="minutes") if isinstance(key, float) else str(key)
