"""A thousand deliveries out of one seed: first reports, corrections of them, corrections of those, rows that are wrong.

What counts at the end is worked out here from what was written down, with no part of the product: of each key the
row whose delivery was issued last.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import xlsxwriter

from data.vocabulary import Dataset
from tests.failover import telling
from tests.failover.centre import SITES
from tests.failover.telling import HOUR, Months, Row

Key = tuple[str, ...]

# What a figure is about, and the figure, as the partner's file has them.
ABOUT = {
    Dataset.FLOW: ("site", "stage", "measure", "lane", "start", "end", "sex", "nationality"),
    Dataset.QUEUE: ("site", "stage", "lane", "at"),
    Dataset.PRESENT: ("site", "at"),
    Dataset.SERVICE: ("site", "organisation", "sector", "service", "start", "end", "shift", "unit", "sex", "place"),
    Dataset.STOCK: ("site", "organisation", "item", "unit", "at"),
    Dataset.REFERRAL: (
        *("site", "pathway", "need", "from_organisation", "to_institution", "priority", "start", "end"),
    ),
}
FIGURE = {
    Dataset.FLOW: "people",
    Dataset.QUEUE: "waiting",
    Dataset.PRESENT: "people",
    Dataset.SERVICE: "people",
    Dataset.STOCK: "quantity",
    Dataset.REFERRAL: "referred",
}
CSV, JSON, XLSX = "text/csv", "application/json", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNDATED = 20
WRONG = ({"site": "nowhere"}, {"start": "31/02/2018 99:00", "at": "31/02/2018 99:00"})


@dataclass(frozen=True)
class Delivery:
    """One file with how it is sent. `rows`: the good ones; `bad`: how many stand beside them. `issued_at` None: the
    partner says of no figure when it was written."""

    name: str
    dataset: Dataset
    source: str
    rows: tuple[Row, ...]
    issued_at: datetime | None
    bad: int
    media: str = CSV
    in_file: bool = False  # issued_at is a column of the file
    key: str | None = None
    content: bytes = b""

    @property
    def asked(self) -> dict[str, str]:
        """The question of its address."""
        told = {"dataset": str(self.dataset), "source": self.source, "filename": self.name}
        if self.issued_at is not None and not self.in_file:
            told["issued_at"] = self.issued_at.isoformat()
        return told

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": self.media, **({"Idempotency-Key": self.key} if self.key else {})}


def deliveries(seed: int, now: datetime, zone: str, number: int) -> list[Delivery]:
    """`number` different ones; the share that corrects others grows with it."""
    random, months = Random(seed), Months.before(now, zone)
    moments = iter(random.sample(range(300, 3600 * 24 * (telling.DAYS - 2)), 2 * number))
    made: list[Delivery] = [*_large(random, months, now), *_undated(random, months)]
    tellers, weights = zip(*((teller, teller[3]) for teller in telling.TELLERS), strict=True)
    while len(made) < number:
        issued = now - timedelta(seconds=next(moments))
        earlier = random.choice(made)
        if random.random() < 0.35 and earlier.issued_at is not None:
            since = (now - earlier.issued_at).total_seconds()
            later = now - timedelta(seconds=min(random.uniform(60, since - 1), since - 1))
            made.append(_correction(random, earlier, later))
            continue
        dataset, teller, sources, _ = random.choices(tellers, weights)[0]
        source, sites = random.choice(sources), random.sample(SITES, 2 if random.random() < 0.1 else 1)
        rows = tuple(row for site in sites for row in teller(random, months, source, site))
        over = max(row.get("end", row.get("at")) for row in rows)
        if over <= months.last:
            written = max(issued, over + timedelta(seconds=random.uniform(60, 7200)))
            made.append(Delivery("", dataset, source, rows, written, 0))
    return [_finished(random, one, place) for place, one in enumerate(made)]


def _large(random: Random, months: Months, now: datetime) -> Iterator[Delivery]:
    """Whole histories, some written down long before the reports of single days and some after all of them."""
    told = ((SITES, "migraciones", 30), (SITES, "dtm", 1), (SITES[:1], "migraciones", 15), (SITES[1:], "dtm", 10))
    for sites, source, days_ago in told:
        many = int((months.last - months.first) / HOUR) - 24 * days_ago
        rows = tuple(row for site in sites for row in telling.hours(random, months, source, site, many))
        yield Delivery("", Dataset.FLOW, source, rows, now - timedelta(days=days_ago, seconds=random.random()), 0)
    readings = tuple(telling.readings(random, "norte", months.first, 48 * 38))
    yield Delivery("", Dataset.QUEUE, "migraciones", readings, now - timedelta(days=1, seconds=2), 0)


def _undated(random: Random, months: Months) -> Iterator[Delivery]:
    """Each of a time of its own: what is received last corrects nothing else."""
    for n in range(UNDATED):
        rows = tuple(telling.readings(random, random.choice(SITES), months.first + 12 * n * HOUR, 16))
        yield Delivery("", Dataset.QUEUE, "patrulla", rows, None, 0)


def _correction(random: Random, earlier: Delivery, issued: datetime) -> Delivery:
    """All or some of its rows with other figures, written later."""
    figure = FIGURE[earlier.dataset]
    kept = [row for row in earlier.rows if random.random() < 0.7][:120] or [earlier.rows[0]]
    rows = tuple({**row, figure: max(6, round(row[figure] * random.uniform(0.5, 1.5)))} for row in kept)
    return replace(earlier, rows=rows, issued_at=issued)


def _finished(random: Random, one: Delivery, place: int) -> Delivery:
    """Its name, wrong rows, format, key and bytes."""
    refused = one.issued_at is not None and place % 100 == 99
    bad = random.randint(1, 3) if refused or random.random() < 0.1 else 0
    rows = () if refused else one.rows
    wrong = [{**random.choice(one.rows), **random.choice(WRONG)} for _ in range(bad)]
    if "start" in one.rows[0]:
        wrong = [{k: v for k, v in row.items() if k != "at"} for row in wrong]
    elif bad:
        wrong = [{k: v for k, v in row.items() if k != "start"} for row in wrong]
    media = random.choices((CSV, JSON, XLSX), (80, 12, 8))[0]
    in_file = one.issued_at is not None and len(rows) < 1000 and random.random() < 0.1
    key = f"envio-{place}" if in_file or random.random() < 0.3 else None
    ending = {CSV: "csv", JSON: "json", XLSX: "xlsx"}[media]
    named = replace(one, name=f"{place:04}.{ending}", rows=rows, bad=bad, media=media, in_file=in_file, key=key)
    return replace(named, content=_bytes(named, [*rows, *wrong]))


def _bytes(one: Delivery, rows: Iterable[Row]) -> bytes:
    written = [_written(one, row) for row in rows]
    names = list(written[0])
    if one.media == JSON:
        return json.dumps(written).encode()
    if one.media == XLSX:
        return _workbook(names, written)
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(written)
    return out.getvalue().encode()


def _written(one: Delivery, row: Row) -> dict[str, Any]:
    """A row as a file has it."""
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    if one.dataset is Dataset.FLOW:
        minutes = (row["end"] - row["start"]) // timedelta(minutes=1) if isinstance(row["start"], datetime) else 60
        told["minutes"] = minutes if minutes in (15, 60, 1440) else ""
        told["end"] = "" if told["minutes"] else told["end"]
    if one.in_file and one.issued_at is not None:
        told["issued_at"] = one.issued_at.isoformat()
    return told


def _workbook(names: list[str], rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, names)
        for line, row in enumerate(rows, start=1):
            sheet.write_row(line, 0, list(row.values()))
    return out.getvalue()


def key_of(dataset: Dataset, source: str, row: Row) -> Key:
    return (str(dataset), source, *(_word(row[name], name) for name in ABOUT[dataset]))


def _word(value: Any, name: str) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return "general" if name == "lane" and not value else str(value or "")


def expected(told: Iterable[Delivery]) -> dict[Key, float]:
    """The figure of each key that counts at the end."""
    found: dict[Key, float] = {}
    for one in sorted(told, key=lambda one: one.issued_at or datetime.min.replace(tzinfo=UTC)):
        for row in one.rows:
            found[key_of(one.dataset, one.source, row)] = float(row[FIGURE[one.dataset]])
    return found


def sendings(told: list[Delivery], seed: int) -> list[Delivery]:
    """All of them in random order, every fifth sent twice or three times: at once or much later."""
    random = Random(seed + 1)
    order = random.sample(told, len(told))
    for one in random.sample(told, len(told) // 5):
        at = order.index(one) if random.random() < 0.5 else random.randrange(len(order))
        order[at:at] = [one] * random.choice((1, 1, 2))
    return order
