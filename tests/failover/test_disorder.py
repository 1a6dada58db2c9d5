"""A thousand deliveries in random order from eight clients at a server that dies: the store ends as an orderly one."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random, SystemRandom

import pytest
from sqlalchemy import Engine, func, select, text

from data.ingest import ingest
from data.lines import LINES
from data.snapshots import kept_at
from data.store import reading
from data.tables import report, report_issue, report_site
from data.vocabulary import Dataset
from tests.dashboard.centre import Server, noon_zone
from tests.failover.centre import keys_of, open_posts
from tests.failover.deliveries import Delivery, deliveries, expected, sendings
from tests.failover.outages import Outages
from tests.failover.partners import Answer, Partners
from tests.failover.pictures import COUNTS, figures, picture

pytestmark = pytest.mark.long

NUMBER = 1000


@dataclass(frozen=True)
class Orderly:
    """The deliveries, and a store that received each of them once, in the order in which they were issued."""

    seed: int
    now: datetime
    zone: str
    told: list[Delivery]
    engine: Engine


@pytest.fixture(scope="module")
def orderly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orderly]:
    seed, now = SystemRandom().randrange(10**6), datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    made = in_order(seed, now, NUMBER, tmp_path_factory.mktemp("orderly"))
    yield made
    made.engine.dispose()


def in_order(seed: int, now: datetime, number: int, var: Path) -> Orderly:
    zone = noon_zone(now)
    told = deliveries(seed, now, zone, number)
    engine = open_posts(f"sqlite:///{var / 'caudal.sqlite'}", zone, now)
    for one in sorted(told, key=lambda one: one.issued_at or now):
        receipt = ingest(
            engine,
            one.content,
            one.name,
            source=one.source,
            dataset=one.dataset,
            now=datetime.now(UTC),
            var=var,
            idempotency_key=one.key,
            issued_at=None if one.in_file else one.issued_at,
        )
        assert (receipt.accepted, receipt.rejected) == (len(one.rows), one.bad), (one.name, receipt.issues[:3])
    return Orderly(seed, now, zone, told, engine)


@pytest.mark.parametrize("url", ["sqlite_url", "postgres_url"])
def test_a_thousand_deliveries_in_disorder_end_as_one_orderly_import(
    orderly: Orderly,
    url: str,
    var: Path,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
):
    print(f"seed {orderly.seed}, now {orderly.now.isoformat()}")  # shown when it fails
    told = disorder(orderly, request.getfixturevalue(url), var)
    record_property("figures", told)
    print(told)


def disorder(orderly: Orderly, url: str, var: Path) -> str:
    """Send, kill, start again, compare. Returns what it took, in a sentence."""
    engine = open_posts(url, orderly.zone, orderly.now)
    try:
        return sent_and_compared(orderly, engine, url, var)
    finally:
        engine.dispose()


def sent_and_compared(orderly: Orderly, engine: Engine, url: str, var: Path) -> str:
    secrets = keys_of(engine, orderly.now)
    order = sendings(orderly.told, orderly.seed)
    processes = "1" if url.startswith("sqlite") else "2"
    server = Server(var, {"CAUDAL_DATABASE_URL": url, "CAUDAL_WEB_PROCESSES": processes}).start()
    partners = Partners(server.url, secrets, order, orderly.seed)
    outages = Outages(server, Random(orderly.seed))
    began = time.monotonic()
    try:
        partners.start()
        outages.during(partners, len(order))
        took = time.monotonic() - began
        assert not partners.faults, partners.faults
        assert server.stop() == 0
    finally:
        server.kill()
    assert not outages.left_over
    assert not [words for words in partners.refusals if words.startswith("500")], partners.refusals
    assert "Traceback" not in server.log, server.log[-4000:]
    assert "locked" not in server.log

    assert len(partners.answers) == len(order)
    every_receipt_is_true(engine, partners.answers, var)
    nothing_is_half_written(engine)
    assert figures(engine) == expected(orderly.told)
    ends_alike(engine, orderly)
    slow = sorted(answer.seconds for answer in partners.answers)
    return (
        f"{len(order)} sendings of {len(orderly.told)} deliveries, {sum(len(one.rows) for one in orderly.told)} rows, "
        f"in {took:.0f} s ({len(order) / took:.1f}/s); killed {dict(outages.done)}; {partners.repeated} tries sent "
        f"again, {len(partners.refusals)} answered 503; p50 {slow[len(slow) // 2]:.2f} s, "
        f"p95 {slow[len(slow) * 95 // 100]:.2f} s"
    )


def every_receipt_is_true(engine: Engine, answers: list[Answer], var: Path) -> None:
    """What was acknowledged is in the store, once, with the counts that were told; its bytes are kept."""
    with reading(engine) as conn:
        entered = {row.report_id: row for row in conn.execute(select(report))}
    of: dict[str, set[int]] = {}
    for answer in answers:
        one, told = answer.delivery, answer.told
        row = entered[told["report"]]
        sha256 = hashlib.sha256(one.content).hexdigest()
        assert (row.source, row.sha256, row.dataset) == (one.source, sha256, str(one.dataset))
        assert (told["accepted"], told["rejected"]) == (row.accepted, row.rejected) == (len(one.rows), one.bad)
        assert told["state"] == row.state
        assert row.idempotency_key == (one.key if one.rows else None)
        assert one.issued_at is None or one.in_file or row.issued_at == one.issued_at
        assert hashlib.sha256(kept_at(var, sha256).read_bytes()).hexdigest() == sha256
        of.setdefault(one.name, set()).add(told["report"])
    assert {len(numbers) for numbers in of.values()} == {1}, [name for name, many in of.items() if len(many) > 1]
    # Nothing was entered that nobody holds a receipt for.
    assert set(entered) == set().union(*of.values())


def nothing_is_half_written(engine: Engine) -> None:
    """Of every report as many lines and issues as it says."""
    with reading(engine) as conn:
        reports = conn.execute(select(report)).all()
        lines: Counter[int] = Counter()
        for dataset in Dataset:
            number = LINES[dataset].c.report_id
            lines.update(dict(map(tuple, conn.execute(select(number, func.count()).group_by(number)))))
        number = report_site.c.report_id
        placed = dict(map(tuple, conn.execute(select(number, func.sum(report_site.c.lines)).group_by(number))))
        issues = set(conn.execute(select(report_issue.c.report_id)).scalars())
        if conn.dialect.name == "sqlite":
            assert conn.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert conn.execute(text("PRAGMA foreign_key_check")).all() == []
    for row in reports:
        accepted = row.accepted if row.state in COUNTS else 0
        assert (lines[row.report_id], placed.get(row.report_id, 0)) == (accepted, accepted), row
        assert (row.report_id in issues) == (row.rejected > 0), row


def ends_alike(engine: Engine, orderly: Orderly) -> None:
    """Lines, rollups, sums, completeness and doubts, at the same moment."""
    now = datetime.now(UTC) + timedelta(minutes=1)
    ours, theirs = picture(engine, now), picture(orderly.engine, now)
    for name, rows in theirs.items():
        missing, more = sorted(map(str, rows - ours[name])), sorted(map(str, ours[name] - rows))
        assert not missing, f"{name}: {len(missing)} are not there, such as {missing[:3]}, instead of {more[:3]}"
        assert not more, f"{name}: {len(more)} are too many, such as {more[:3]}"
