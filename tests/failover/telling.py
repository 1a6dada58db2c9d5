"""What a partner may write down: rows of each dataset about some time at some post. Figures are drawn, not counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from data.vocabulary import Dataset
from tests.failover.centre import OPENS

Row = dict[str, Any]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAYS = 40

ENTRY = "migration-control"
NATIONALITIES = ("VE", "CO", "EC", "HT")
SERVICES = {
    "cruz-roja": (("wash", "water", "litros"), ("food", "meals", "raciones"), ("health", "medical-attention", "")),
    "acnur": (("protection", "legal-orientation", "atenciones"), ("food", "meals", "raciones")),
    "minsa": (("health", "medical-attention", "atenciones"), ("health", "vaccination", "dosis")),
}
ORGANISATIONS = {"cruz-roja": "Cruz Roja Peruana", "acnur": "ACNUR", "minsa": "DIRESA"}


@dataclass(frozen=True)
class Months:
    """The time that is told of: whole days of a zone, the last one cut off before the run begins."""

    zone: str
    first: datetime  # a local midnight
    last: datetime  # nothing speaks of a later moment

    @classmethod
    def before(cls, now: datetime, zone: str) -> Months:
        today = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(zone, today - DAYS * DAY, now.replace(minute=0, second=0, microsecond=0) - 3 * HOUR)

    def opening(self, site: str, day: int) -> datetime:
        return self.first + day * DAY + OPENS[site] * HOUR


def hours(random: Random, months: Months, source: str, site: str, many: int = 0) -> list[Row]:
    """People by hour at the entry, of some hours on end or of so many from the beginning."""
    all_of_them = int((months.last - months.first) / HOUR)
    number = many or random.randint(3, 26)
    first = 0 if many else random.randrange(all_of_them - number)
    rows = []
    for n in range(first, min(first + number, all_of_them)):
        start = months.first + n * HOUR
        rows += [_flow(random, site, ENTRY, measure, start, HOUR) for measure in ("arrivals", "served")]
    return rows


def quarters(random: Random, months: Months, source: str, site: str) -> list[Row]:
    start = months.first + HOUR * random.randrange(int((months.last - months.first) / HOUR) - 4)
    quarter = HOUR / 4
    rows = []
    for n in range(random.randint(4, 12)):
        whole = _flow(random, site, ENTRY, "served", start + n * quarter, quarter, lane=random.choice(("", "priority")))
        rows.append(whole)
        if random.random() < 0.4:
            rows += [{**whole, "nationality": name, "people": random.randint(0, 30)} for name in NATIONALITIES[:3]]
    return rows


def shifts(random: Random, months: Months, source: str, site: str) -> list[Row]:
    """Three a day at a later stage, by sex."""
    stage = random.choice(("asylum-cepr", "transport"))
    first = months.first + 6 * HOUR + random.randrange(DAYS * 3 - 12) * 8 * HOUR
    rows = []
    for n in range(random.randint(2, 9)):
        start = first + n * 8 * HOUR
        for sex in ("", "female", "male"):
            rows.append({**_flow(random, site, stage, "served", start, 8 * HOUR), "sex": sex})
    return rows


def days(random: Random, months: Months, source: str, site: str) -> list[Row]:
    """Whole days, at the entry and after it, where somebody also tells the hours."""
    stage = random.choice((ENTRY, ENTRY, "asylum-cepr", "vaccination"))
    first = random.randrange(DAYS - 8)
    found = []
    for day in range(first, first + random.randint(2, 8)):
        for measure in ("arrivals", "served"):
            found.append(_flow(random, site, stage, measure, months.opening(site, day), DAY))
            if random.random() < 0.3:
                found += [{**found[-1], "sex": sex, "people": random.randint(50, 700)} for sex in ("female", "male")]
    return found


def weeks(random: Random, months: Months, source: str, site: str) -> list[Row]:
    start = months.opening(site, 7 * random.randrange(DAYS // 7 - 1))
    return [_flow(random, site, ENTRY, measure, start, 7 * DAY) for measure in ("arrivals", "served")]


def queue(random: Random, months: Months, source: str, site: str) -> list[Row]:
    start = months.first + HOUR * random.randrange(int((months.last - months.first) / HOUR) - 12)
    return list(readings(random, site, start, random.randint(6, 40)))


def present(random: Random, months: Months, source: str, site: str) -> list[Row]:
    start = months.first + HOUR * random.randrange(int((months.last - months.first) / HOUR) - 24)
    return [
        {"site": site, "at": start + n * HOUR, "people": random.randint(0, 900)} for n in range(random.randint(5, 24))
    ]


def services(random: Random, months: Months, source: str, site: str) -> list[Row]:
    """Shifts or days of what an organisation gives; some of it another organisation tells too."""
    whole = random.random() < 0.4
    length = DAY if whole else 8 * HOUR
    first = random.randrange(DAYS - 6)
    opening = months.opening(site, first) if whole else months.first + first * DAY + 6 * HOUR
    rows = []
    for n in range(random.randint(2, 5) if whole else random.randint(3, 12)):
        for sector, service, unit in SERVICES[source]:
            start, people = opening + n * length, random.randint(5, 400)
            row: Row = {"site": site, "organisation": ORGANISATIONS[source], "sector": sector, "service": service}
            row |= {"start": start, "end": start + length, "shift": "", "unit": unit, "sex": "", "people": people}
            row |= {"quantity": people * random.randint(1, 4) if unit else "", "place": random.choice(("", "Patio"))}
            rows.append(row)
            if random.random() < 0.2:
                rows += [{**row, "sex": sex, "people": random.randint(1, 200)} for sex in ("female", "male")]
    return rows


def stock(random: Random, months: Months, source: str, site: str) -> list[Row]:
    start = months.first + DAY * random.randrange(DAYS - 10)
    row = {"site": site, "organisation": ORGANISATIONS[source], "unit": "kits"}
    return [
        {**row, "item": item, "at": start + n * DAY, "quantity": random.randint(0, 5000)}
        for n in range(random.randint(3, 9))
        for item in ("kits de higiene", "mantas")
    ]


def referrals(random: Random, months: Months, source: str, site: str) -> list[Row]:
    start = months.opening(site, 7 * random.randrange(DAYS // 7 - 1))
    row = {"site": site, "start": start, "end": start + 7 * DAY, "from_organisation": ORGANISATIONS[source]}
    row |= {"to_institution": "UPE", "priority": "alta"}
    return [
        {**row, "pathway": pathway, "need": need, "referred": random.randint(6, 40), "accepted": random.randint(0, 6)}
        for pathway in ("NNA no acompañados", "violencia")
        for need in ("tutela", "albergue", "atención")
    ]


def _flow(random: Random, site: str, stage: str, measure: str, start: datetime, length: timedelta, **more: str) -> Row:
    usual = (60 + 40 * math.sin(start.hour / 24 * 2 * math.pi)) * (length / HOUR)
    # Now and then somebody writes a figure twice in one cell.
    people = round(usual * random.uniform(0.7, 1.3) * (30 if random.random() < 0.01 else 1))
    row: Row = {"site": site, "stage": stage, "measure": measure, "start": start, "end": start + length, "lane": ""}
    return row | {"sex": "", "nationality": "", "people": people, **more}


def readings(random: Random, site: str, start: datetime, number: int) -> Iterator[Row]:
    for n in range(number):
        row: Row = {"site": site, "stage": ENTRY, "at": start + n * HOUR / 2, "lane": ""}
        yield row | {"waiting": random.randint(0, 600), "counters_open": random.randint(1, 12)}


Teller = Callable[[Random, Months, str, str], list[Row]]

# Who tells what, and how often one of it among a hundred deliveries.
TELLERS: tuple[tuple[Dataset, Teller, tuple[str, ...], int], ...] = (
    (Dataset.FLOW, hours, ("migraciones", "dtm"), 26),
    (Dataset.FLOW, quarters, ("migraciones", "dtm"), 10),
    (Dataset.FLOW, shifts, ("migraciones", "acnur"), 7),
    (Dataset.FLOW, days, ("migraciones", "dtm", "minsa"), 10),
    (Dataset.FLOW, weeks, ("dtm",), 2),
    (Dataset.QUEUE, queue, ("migraciones", "dtm"), 14),
    (Dataset.PRESENT, present, ("migraciones", "cruz-roja"), 8),
    (Dataset.SERVICE, services, ("cruz-roja", "acnur", "minsa"), 17),
    (Dataset.STOCK, stock, ("cruz-roja", "acnur"), 3),
    (Dataset.REFERRAL, referrals, ("acnur",), 3),
)
