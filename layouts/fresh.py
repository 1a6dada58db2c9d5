"""How fresh a panel's source is: until when its data reach, how old that is, how often it should come, and a word.

The browser counts towards the deadlines by itself, so that the word turns with the server gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from data.types import Frame, Reporting
from data.vocabulary import Dataset
from layouts import elements as html
from layouts.board import Tree
from layouts.pages.calling import rhythm_text
from layouts.parts import age, aria, data
from layouts.translator import Translator

# What feeds each panel; None: everything that is reported.
FED: Mapping[str, Dataset | None] = {
    "cumulative": Dataset.FLOW,
    "hourly": Dataset.FLOW,
    "daily": Dataset.FLOW,
    "stations": Dataset.QUEUE,
    "pressure": Dataset.QUEUE,
    "queue_history": Dataset.QUEUE,
    "counters_history": Dataset.QUEUE,
    "sectors": Dataset.SERVICE,
    "services": Dataset.SERVICE,
    "reporting": None,
    "deliveries": None,
}
PANELS: Mapping[str, tuple[str, ...]] = {
    "situation": ("cumulative", "stations", "sectors"),
    "flow": ("cumulative", "hourly", "daily"),
    "queue": ("stations", "pressure", "queue_history", "counters_history"),
    "coverage": ("sectors", "services"),
    "reports": ("reporting", "deliveries"),
    "lite": ("cumulative", "stations", "sectors"),
}


def fresh_texts(page: str, frame: Frame, t: Translator) -> dict[str, Tree]:
    """The badges of a page's panels, by the name of their place."""
    now, counts = frame.clock.now, page != "lite"  # where no script counts, the age is written
    return {f"fresh-{panel}": badge(*feed(frame, FED[panel]), now, t, counts) for panel in PANELS.get(page, ())}


def feed(frame: Frame, dataset: Dataset | None) -> tuple[Reporting | None, bool]:
    """The source that speaks for a panel: the official one, else the one that is or will be late first.

    And whether it is one of several, so that it must be named.
    """
    rows = [row for row in frame.reports if row.every is not None and dataset in (None, row.dataset)]
    official = [row for row in rows if dataset is Dataset.FLOW and row.source == frame.official_source]
    asked = official or rows
    return min(asked, key=_first_late, default=None), len({row.source for row in asked}) > 1


def _first_late(row: Reporting) -> float:
    return float("inf") if row.late_at is None else row.late_at.timestamp()


def badge(row: Reporting | None, named: bool, now: datetime, t: Translator, counts: bool = True) -> Tree:
    """`named`: the source is one of several."""
    if row is None or row.cadence is None:
        return _badge("none", "", [], {}, t)
    state = "silent" if row.silent(now) else "late" if row.late(now) else "fine"
    known = row.heard_until or row.last_received
    said: list[Any] = [t("fresh.never")]
    if known is not None:
        same = t.local(known).date() == t.local(now).date()
        facts = {"time": t.time(known)} if same else {"time": t.time(known), "day": t.date(known)}
        old = age(known) if counts else t("fresh.ago", old_minutes=max(0.0, (now - known).total_seconds() / 60))
        said = [t("fresh.until" if same else "fresh.until_day", **facts), " · ", old]
    deadlines = {name: at.isoformat() if at else "" for name, at in (("late", row.late_at), ("silent", row.silent_at))}
    source = f"{row.contact.organisation or row.source}: " if named else ""
    return _badge(state, source, [" · ", *said, " · ", rhythm_text(row.cadence, t)], deadlines, t)


def _badge(state: str, source: str, said: Sequence[Any], deadlines: Mapping[str, str], t: Translator) -> Tree:
    return html.Span(
        [
            html.Span(className="fresh-sign", **aria(hidden="true")),
            html.Span(source, className="fresh-source"),
            html.Span(t(f"fresh.{state}"), className="fresh-word"),
            *said,
        ],
        className="fresh",
        **data(fresh=state, **deadlines),
    )
