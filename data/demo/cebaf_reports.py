"""The reconstruction as the reports its source would have sent: lines of flow, days, queues, people present, events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
import pandas as pd

from data.demo import facts
from data.demo.counters import NOBODY_TOLD
from data.demo.door import CROWDED
from data.demo.printed_resources import resource_rows
from data.demo.reconstruction import SITE, Span, Stage, spans
from data.demo.shape import SLOT, Ints
from data.demo.streams import Stream, boundaries, local, quarters, sums
from data.types import Window
from data.vocabulary import AgeBand, Category, Dataset, Measure, Method
from data.vocabulary import Stage as StageName

SOURCE = "reconstruccion-cebaf"

# Days without a crowd are told by the hour once they are history: nothing within the hour is known of them.
BY_HOUR_FROM = timedelta(days=1)

# A published day was in the papers the next morning.
MORNING_AFTER = timedelta(hours=8)

# What was printed about single days beside their total. 31 October 2018: 2,586 sought refuge and 1,290 were minors.
PUBLISHED_PARTS: tuple[tuple[date, StageName, Measure, str, str, int], ...] = (
    (date(2018, 10, 31), StageName.MIGRATION_CONTROL, Measure.SERVED, Category.ASYLUM_CLAIM, "", 2586),
    (date(2018, 10, 31), StageName.MIGRATION_CONTROL, Measure.SERVED, "", AgeBand.AGE_UNDER_18, 1290),
    (date(2018, 10, 31), StageName.ASYLUM_CEPR, Measure.ARRIVALS, "", "", 2586),
    (date(2019, 6, 14), StageName.ASYLUM_CEPR, Measure.SERVED, "", "", 4700),
    (date(2019, 6, 15), StageName.ASYLUM_CEPR, Measure.SERVED, "", "", 4475),
    (date(2019, 6, 15), StageName.MIGRATION_CONTROL, Measure.SERVED, Category.ASYLUM_CLAIM, "", 4475),
)

# Announced before they came. The day on which each rule was announced is common knowledge, not one of the facts files.
EVENTS = (
    (
        facts.moment(date(2018, 9, 1)),
        facts.moment(date(2018, 10, 31), "23:59"),
        "Vence el plazo de ingreso para pedir el PTP",
        "Last moment to enter and ask for the PTP permit",
        "https://peru21.pe/peru/cientos-venezolanos-pernotaron-calles-tumbes-agotarse-pasajes-interprovinciales-438178",
    ),
    (
        facts.moment(date(2019, 6, 6), "18:00"),
        facts.moment(date(2019, 6, 15)),
        "Se exige visa humanitaria a venezolanos",
        "Humanitarian visa required of Venezuelans",
        "https://www.elcomercio.com/actualidad/venezolanos-migracion-peru-pasaporte-visa.html",
    ),
)


def streams() -> tuple[Stream, ...]:
    begins, ends = spans()[0].start, spans()[-1].end
    make = partial(_stream, begins=begins, ends=ends)
    return (
        make("cebaf-event", Dataset.EVENT, timedelta(days=1), timedelta(0), event_rows),
        make("cebaf-flow", Dataset.FLOW, SLOT, timedelta(minutes=5), flow_rows),
        make("cebaf-queue", Dataset.QUEUE, SLOT, timedelta(minutes=5), queue_rows),
        make("cebaf-present", Dataset.PRESENT, SLOT, timedelta(minutes=5), present_rows),
        make("cebaf-day", Dataset.FLOW, timedelta(days=1), MORNING_AFTER, day_rows),
        make("cebaf-resource", Dataset.RESOURCE, timedelta(days=1), MORNING_AFTER, resource_rows),
    )


def _stream(
    name: str,
    dataset: Dataset,
    every: timedelta,
    after: timedelta,
    rows: Callable[[Window], pd.DataFrame],
    begins: datetime,
    ends: datetime,
) -> Stream:
    return Stream(name, SITE, SOURCE, dataset, begins - every, ends, every, after, rows)


def _told_by_hour(window: Window) -> bool:
    """A long file that reaches back to days without a crowd tells hours; short ones and crowded days tell quarters."""
    return window.end - window.start > BY_HOUR_FROM


def _split(window: Window) -> list[tuple[Window, bool]]:
    """The window in parts, each with whether it is told by the hour."""
    cuts = {window.start, window.end}
    cuts.update(edge for crowd in CROWDED for edge in crowd if window.start < edge < window.end)
    edges = sorted(cuts)
    crowd = [any(first <= start < last for first, last in CROWDED) for start in edges[:-1]]
    return [
        (Window(start, end), _told_by_hour(window) and not crowded)
        for start, end, crowded in zip(edges, edges[1:], crowd, strict=False)
    ]


def _stages(span: Span) -> tuple[tuple[StageName, Stage], ...]:
    return (
        (StageName.VACCINATION, span.vaccination),
        (StageName.MIGRATION_CONTROL, span.control),
        (StageName.ASYLUM_CEPR, span.asylum),
    )


def flow_rows(window: Window) -> pd.DataFrame:
    """Arrivals and served of each stage, all modelled."""
    frames = []
    for span in spans():
        for part, by_hour in _split(window):
            starts, counts = quarters(span.start, span.slots, part, by_hour)
            for name, stage in _stages(span):
                told = starts >= stage.first_slot
                for measure, people in ((Measure.ARRIVALS, stage.arrivals), (Measure.SERVED, stage.served)):
                    frames.append(_flow(span, name, measure, people, starts[told], counts[told]))
    return pd.concat(frames, ignore_index=True)


def _flow(span: Span, stage: StageName, measure: Measure, people: Ints, starts: Ints, counts: Ints) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site": SITE,
            "stage": str(stage),
            "measure": str(measure),
            "start": local(span.start, starts),
            "minutes": counts * 15,
            "people": sums(people, starts, counts),
            "method": str(Method.MODELLED),
        }
    )


def day_rows(window: Window) -> pd.DataFrame:
    """Entries of whole days with the method and range of the published figure, and what was printed beside them."""
    rows = [
        _day(day.day, StageName.MIGRATION_CONTROL, Measure.SERVED, day.entries, day.method, low=day.low, high=day.high)
        for span in spans()
        for day in span.days
        if window.start < facts.moment(day.day, "24:00") <= window.end
    ]
    rows += [
        _day(day, stage, measure, people, Method.REGISTERED, category=category, age_band=age)
        for day, stage, measure, category, age, people in PUBLISHED_PARTS
        if window.start < facts.moment(day, "24:00") <= window.end
    ]
    columns = [
        "site",
        "stage",
        "measure",
        "start",
        "minutes",
        "people",
        "method",
        "category",
        "age_band",
        "low",
        "high",
    ]
    return pd.DataFrame(rows, columns=columns).astype({"low": "Int64", "high": "Int64"})


def _day(
    day: date,
    stage: StageName,
    measure: Measure,
    people: int,
    method: Method,
    *,
    category: str = "",
    age_band: str = "",
    low: int | None = None,
    high: int | None = None,
) -> dict[str, object]:
    return {
        "site": SITE,
        "stage": str(stage),
        "measure": str(measure),
        "start": day.isoformat(),
        "minutes": 1440,
        "people": people,
        "method": str(method),
        "category": str(category),
        "age_band": str(age_band),
        "low": low,
        "high": high,
    }


def queue_rows(window: Window) -> pd.DataFrame:
    """People in each line, and the counters of migration control where they are known or modelled."""
    frames = []
    for span in spans():
        for part, by_hour in _split(window):
            at = boundaries(span.start, span.slots, part, by_hour)
            for name, stage in _stages(span):
                frames.append(_queue(span, name, stage, at[at >= stage.first_slot]))
    return pd.concat(frames, ignore_index=True)


def _queue(span: Span, name: StageName, stage: Stage, at: Ints) -> pd.DataFrame:
    rows = pd.DataFrame({"site": SITE, "stage": str(name), "at": local(span.start, at)})
    rows["waiting"] = stage.waiting[at]
    rows["counters_open"] = pd.array([pd.NA] * len(at), dtype="Int64")
    rows["counters_total"] = pd.array([pd.NA] * len(at), dtype="Int64")
    if name is StageName.MIGRATION_CONTROL:
        slot = np.minimum(at, span.slots - 1)  # a reading tells what is open from then on
        opened = pd.Series(span.counters_open[slot], dtype="Int64")
        rows["counters_open"] = opened.mask(opened == NOBODY_TOLD)
        existing = pd.Series(span.counters_existing[slot], dtype="Int64")
        rows["counters_total"] = existing.mask(opened == NOBODY_TOLD)
    rows["method"] = str(Method.MODELLED)
    return rows


def present_rows(window: Window) -> pd.DataFrame:
    frames = []
    for span in spans():
        for part, by_hour in _split(window):
            at = boundaries(span.start, span.slots, part, by_hour)
            at = at[span.present[at] >= 0]
            frames.append(
                pd.DataFrame(
                    {
                        "site": SITE,
                        "at": local(span.start, at),
                        "people": span.present[at],
                        "method": str(Method.MODELLED),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def event_rows(window: Window) -> pd.DataFrame:
    """Events announced in the window."""
    rows = [
        {"site": SITE, "at": at.strftime("%Y-%m-%dT%H:%M"), "title_es": es, "title_en": en, "source_url": url}
        for announced, at, es, en, url in EVENTS
        if window.start < announced <= window.end
    ]
    return pd.DataFrame(rows, columns=["site", "at", "title_es", "title_en", "source_url"])
