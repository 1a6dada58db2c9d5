"""The invented site as its partners report it: flow and queues by the control post, services, stock, roster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import numpy as np
import pandas as pd

from data.demo.shape import SLOT, Ints, slots_between
from data.demo.simulated_referrals import ROUTES, people_rows, referral_rows
from data.demo.simulated_resources import HELD, Has, resource_rows
from data.demo.simulated_services import PARTNERS, STOCK, Item, Offer, Partner, left_in_stock, people
from data.demo.simulation import SITE, STAFF, Drill, Line, drill, steps
from data.demo.streams import Stream, boundaries, local, quarters, sums
from data.types import Window
from data.vocabulary import Dataset, Lane, Measure, Stage

POST = "simulacro-control"
SAFE_CAPACITY = 1800

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REFERRALS_AFTER = timedelta(hours=30)  # the morning after next, when urgent ones have passed their limit
SHIFT = timedelta(hours=8)
SHIFT_BEGINS = timedelta(hours=6)  # shifts change at 06:00, 14:00 and 22:00
SLOTS_PER_HOUR = 4

# The kitchen's phone is dead for some hours of the surge; afterwards it sends what it held back.
SILENT_SOURCE, SILENT_FROM, SILENT_FOR = "simulacro-comedor", timedelta(hours=2), timedelta(hours=7)

# Lines are told by the hour in files longer than this, by the quarter in shorter ones.
BY_HOUR_FROM = timedelta(days=1)


def streams(begins: datetime) -> tuple[Stream, ...]:
    """Everything the partners send around a drill that begins then."""
    site = drill(begins)
    post = partial(_stream, site, POST)
    return (
        post("simulacro-flow", Dataset.FLOW, SLOT, timedelta(minutes=4), partial(flow_rows, site)),
        post("simulacro-queue", Dataset.QUEUE, SLOT, timedelta(minutes=4), partial(queue_rows, site)),
        post("simulacro-present", Dataset.PRESENT, HOUR, timedelta(minutes=6), partial(present_rows, site)),
        post("simulacro-roster", Dataset.ROSTER, timedelta(days=1), timedelta(0), partial(roster_rows, site)),
        post("simulacro-people", Dataset.FLOW, DAY, timedelta(minutes=40), partial(people_rows, site)),
        *(
            _stream(site, source, f"referral-{source}", Dataset.REFERRAL, DAY, REFERRALS_AFTER, rows)
            for source in sorted({route.source for route in ROUTES})
            for rows in [partial(referral_rows, site, source)]
        ),
        *(stream for partner in PARTNERS for stream in _service_streams(site, partner)),
        *(
            _stream(site, item.source, f"stock-{item.source}", Dataset.STOCK, SHIFT, HOUR / 3, rows, SHIFT_BEGINS)
            for item in STOCK
            for rows in [partial(stock_rows, site, item)]
        ),
        *(
            _stream(site, source, f"resource-{source}", Dataset.RESOURCE, SHIFT, HOUR / 2, rows, SHIFT_BEGINS)
            for source in dict.fromkeys(one.source for one in HELD)
            for rows in [partial(_held_rows, site, [one for one in HELD if one.source == source])]
        ),
    )


def _service_streams(site: Drill, partner: Partner) -> list[Stream]:
    found = []
    for hours, every, after, offset in ((1, HOUR, HOUR / 4, timedelta(0)), (8, SHIFT, HOUR / 2, SHIFT_BEGINS)):
        offers = tuple(offer for offer in partner.offers if offer.hours == hours)
        if offers:
            name = f"service-{hours}h-{partner.source}"
            rows = partial(service_rows, site, partner, offers)
            found.append(_stream(site, partner.source, name, Dataset.SERVICE, every, after, rows, offset))
    return found


def _stream(
    site: Drill,
    source: str,
    name: str,
    dataset: Dataset,
    every: timedelta,
    after: timedelta,
    rows: Callable[[Window], pd.DataFrame],
    offset: timedelta = timedelta(0),
) -> Stream:
    silent = None
    if source == SILENT_SOURCE:
        silent = Window(site.begins + SILENT_FROM, site.begins + SILENT_FROM + SILENT_FOR)
    first = site.start + offset
    return Stream(name, SITE, source, dataset, first, _end(site), every, after, rows, offset, silent)


def _end(site: Drill) -> datetime:
    return site.start + site.slots * SLOT


def _stages(site: Drill) -> tuple[tuple[Stage, Line], ...]:
    return (
        (Stage.VACCINATION, site.vaccination),
        (Stage.MIGRATION_CONTROL, site.control),
        (Stage.ASYLUM_CEPR, site.asylum),
        (Stage.CHILD_PROTECTION_UPE, site.children),
        (Stage.TRANSPORT, site.transport),
    )


def flow_rows(site: Drill, window: Window) -> pd.DataFrame:
    """Arrivals and served of each stage; those served by the buses are onward departures too."""
    by_hour = window.end - window.start > BY_HOUR_FROM
    starts, counts = quarters(site.start, site.slots, window, by_hour)
    told = [
        (stage, measure, series)
        for stage, line in _stages(site)
        for measure, series in ((Measure.ARRIVALS, line.arrivals), (Measure.SERVED, line.served))
    ]
    told.append((Stage.TRANSPORT, Measure.ONWARD, site.transport.served))
    frames = [
        pd.DataFrame(
            {
                "site": SITE,
                "stage": str(stage),
                "measure": str(measure),
                "start": local(site.start, starts),
                "minutes": counts * 15,
                "people": sums(series, starts, counts),
                "method": "counted",
            }
        )
        for stage, measure, series in told
    ]
    return pd.concat(frames, ignore_index=True)


def queue_rows(site: Drill, window: Window) -> pd.DataFrame:
    """Readings of every line, and of the priority lane of migration control, which is part of its line."""
    by_hour = window.end - window.start > BY_HOUR_FROM
    at = boundaries(site.start, site.slots, window, by_hour)
    slot = np.minimum(at, site.slots - 1)  # a reading tells what is open from then on
    lines = [(stage, Lane.GENERAL, line) for stage, line in _stages(site)]
    lines.append((Stage.MIGRATION_CONTROL, Lane.PRIORITY, site.priority))
    frames = []
    for stage, lane, line in lines:
        rows = pd.DataFrame({"site": SITE, "stage": str(stage), "lane": str(lane), "at": local(site.start, at)})
        rows["waiting"] = line.waiting[at]
        general = stage is Stage.MIGRATION_CONTROL and lane is Lane.GENERAL
        rows["counters_open"] = site.counters_open[slot] if general else pd.array([pd.NA] * len(at), dtype="Int64")
        rows["counters_total"] = site.counters_existing[slot] if general else pd.array([pd.NA] * len(at), dtype="Int64")
        rows["wait_minutes"] = _measured_wait(line, at) if lane is Lane.PRIORITY else np.nan
        frames.append(rows.astype({"counters_open": "Int64", "counters_total": "Int64"}))
    return pd.concat(frames, ignore_index=True)


def _measured_wait(line: Line, at: Ints) -> np.ndarray:
    """Minutes the person served now had waited, first in, first out."""
    arrived = np.cumsum(np.concatenate([[0], line.arrivals])).astype(np.float64)
    served = arrived - line.waiting
    joined = np.interp(served[at], arrived, np.arange(len(arrived)))
    return np.maximum(np.rint((at - joined) * 15), 0.0)


def present_rows(site: Drill, window: Window) -> pd.DataFrame:
    at = boundaries(site.start, site.slots, window, by_hour=True)
    people_there = site.present[at]
    return pd.DataFrame(
        {
            "site": SITE,
            "at": local(site.start, at),
            "people": people_there,
            "safe_capacity": SAFE_CAPACITY,
            "method": "counted",
        }
    )


def roster_rows(site: Drill, window: Window) -> pd.DataFrame:
    """The shifts of the two days that follow each midnight of the window; later plans replace earlier ones."""
    midnights = boundaries(site.start, site.slots, window, by_hour=False)
    midnights = midnights[midnights % 96 == 0]
    if not len(midnights):
        return pd.DataFrame(columns=["site", "stage", "start", "end", "counters_planned"])
    shifts = np.unique((midnights[:, None] + np.array([24, 56, 88])[None, :]).ravel())
    since = shifts / SLOTS_PER_HOUR - (site.begins - site.start) / HOUR
    return pd.DataFrame(
        {
            "site": SITE,
            "stage": str(Stage.MIGRATION_CONTROL),
            "start": local(site.start, shifts),
            "end": local(site.start, shifts + 32),
            "counters_planned": steps(since, STAFF),
        }
    )


def service_rows(site: Drill, partner: Partner, offers: tuple[Offer, ...], window: Window) -> pd.DataFrame:
    """One row per offer and period that ends in the window; a standing thing is told as it stands at the end."""
    rows = [
        row
        for offer in offers
        for last in _period_ends(site, offer.hours, window)
        for row in _offer_rows(site, partner, offer, last)
    ]
    columns = [
        *("site", "organisation", "sector", "service", "start", "end", "quantity", "unit", "people"),
        *("sex", "age_band", "capacity"),
    ]
    whole = {"quantity": "Int64", "people": "Int64", "capacity": "Int64"}
    return pd.DataFrame(rows, columns=columns).astype(whole)


def _period_ends(site: Drill, hours: int, window: Window) -> list[int]:
    """Hours since the start of the drill's history at which a reported period ends."""
    first = slots_between(site.start, window.start) // SLOTS_PER_HOUR + 1
    last = slots_between(site.start, window.end) // SLOTS_PER_HOUR
    begins = SHIFT_BEGINS // HOUR if hours == SHIFT // HOUR else 0
    return [hour for hour in range(max(first, hours + begins), last + 1) if (hour - begins) % hours == 0]


def _offer_rows(site: Drill, partner: Partner, offer: Offer, last: int) -> list[dict[str, object]]:
    here = people(site)
    amounts = offer.amount(here)[last - offer.hours : last]
    quantity = int(amounts[-1]) if offer.standing else int(amounts.sum())
    start, end = local(site.start, np.array([last - offer.hours, last]) * SLOTS_PER_HOUR)
    row: dict[str, object] = {
        "site": SITE,
        "organisation": partner.organisation,
        "sector": str(offer.sector),
        "service": str(offer.service),
        "start": start,
        "end": end,
        "quantity": quantity,
        "unit": offer.unit,
        "people": quantity if offer.counts_people else None,
        "sex": "",
        "age_band": "",
        "capacity": int(steps(here.since, offer.capacity)[last - 1]) if offer.capacity else None,
    }
    parts = [
        {**row, "sex": str(sex), "age_band": str(age), "quantity": None, "people": round(quantity * share)}
        for (sex, age), share in offer.split.items()
    ]
    return [row, *parts]


def _held_rows(site: Drill, held: Sequence[Has], window: Window) -> pd.DataFrame:
    return resource_rows(site, held, _period_ends(site, SHIFT // HOUR, window))


def stock_rows(site: Drill, item: Item, window: Window) -> pd.DataFrame:
    organisation = next(partner.organisation for partner in PARTNERS if partner.source == item.source)
    left = left_in_stock(item, people(site))
    ends = np.array(_period_ends(site, SHIFT // HOUR, window), dtype=np.int64)
    return pd.DataFrame(
        {
            "site": SITE,
            "organisation": organisation,
            "item": item.item,
            "at": local(site.start, ends * SLOTS_PER_HOUR),
            "quantity": left[ends - 1] if len(ends) else [],
            "unit": item.unit,
        }
    )
