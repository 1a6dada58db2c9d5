"""Two days of a border post with everything that can happen to its figures, told in order, to be looked back at."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select

from data.alert_book import open_alerts
from data.alerts import evaluate
from data.closing import Who, close_period, release_report, unlock_period
from data.ingest import ingest, undo
from data.receipts import Receipt
from data.sites import add_site, load_site
from data.store import reading, writing
from data.tables import flow_line, official
from data.types import Window
from data.vocabulary import Dataset, Role
from tests.conftest import ROOT
from tests.data.desk import acknowledge

SITE = """
site = "norte"
name = "Norte"
country = "PE"
zone = "America/Lima"
kind = "simulation"
phase = "emergency"
entry_stage = "migration-control"
stages = ["vaccination", "migration-control"]
sectors = ["wash", "gbv", "food", "health"]
safe_capacity = {capacity}

[[source]]
source = "control"
organisation = "{owner}"
name = "Control"

[[source]]
source = "dtm"
organisation = "OIM"
name = "DTM"

[[official]]
stage = "migration-control"
measure = "arrivals"
source = "control"

[[official]]
stage = "migration-control"
measure = "served"
source = "control"

[[cadence]]
source = "control"
dataset = "flow"
minutes = {cadence}

[[cadence]]
source = "control"
dataset = "queue"
minutes = 30

[[cadence]]
source = "dtm"
dataset = "flow"
minutes = 60

[[standard]]
service = "meals"
phase = "emergency"
value = {meals}
per = "per-person-day"
denominator = "present"
unit = "raciones"
source = "a handbook"

[[standard]]
service = "latrines"
phase = "emergency"
value = 50
per = "people-per-unit"
denominator = "present"
unit = "letrinas"
source = "a handbook"
"""
FIRST = {"capacity": 1000, "owner": "Migraciones", "cadence": 60, "meals": 3}
BEGINS = datetime(2019, 6, 14, 5, tzinfo=UTC)  # midnight in Lima
ENDS = BEGINS + timedelta(hours=50)
HISTORY_DAYS = 20
NATIONALITIES = ("VE", "CO", "EC", "PE", "HT", "CU", "BR", "BO", "CL", "AR", "DO", "US")
HOUR = timedelta(hours=1)
REAL = datetime(2026, 1, 1, tzinfo=UTC)
COORDINATOR = Who("maria", Role.COORDINATION)

KILLED = """
import sys
from datetime import datetime
from pathlib import Path
from data.ingest import ingest
from data.store import create_store
url, var, file, now = sys.argv[1:]
def written(rows, of):
    print("written", rows, flush=True)
    sys.stdin.readline()
ingest(create_store(url), Path(file).read_bytes(), "grande.csv", source="control", now=datetime.fromisoformat(now),
       var=Path(var), idempotency_key="grande", progress=written)
"""

HEADS = {
    "flow": "site,stage,measure,start,minutes,people",
    "queue": "site,stage,at,waiting,counters_open",
    "service": "site,organisation,sector,service,start,end,quantity,unit,people",
    "present": "site,at,people",
}

Event = tuple[datetime, Callable[[datetime], object]]


def usual(hour: int) -> int:
    return round(60 + 40 * math.sin((hour - 6) / 24 * 2 * math.pi))


def came(at: datetime) -> int:
    """Three times as many from the first morning to the second."""
    hours = (at - BEGINS) / HOUR
    people = usual(int(hours) % 24)
    return people * 3 if 8 <= hours < 32 else people


class Life:
    def __init__(self, engine: Engine, var: Path) -> None:
        self.engine, self.var = engine, var
        self.receipts: dict[str, Receipt] = {}

    def events(self) -> list[Event]:
        return sorted([*self._routine(), *self._incidents()], key=lambda event: event[0])

    def begin(self) -> None:
        self._rules(BEGINS - 2 * HOUR)
        start = BEGINS - timedelta(days=HISTORY_DAYS)
        hours = [start + HOUR * n for n in range(HISTORY_DAYS * 24)]
        for source in ("control", "dtm"):
            rows = [self._flow(m, at, usual(n % 24)) for n, at in enumerate(hours) for m in ("arrivals", "served")]
            self._send("historia", "flow", rows, BEGINS - HOUR, source)

    def _routine(self) -> Iterator[Event]:
        for n in range(50):
            at = BEGINS + HOUR * n
            yield at + timedelta(hours=1, minutes=5), self._hour(at)
            for minutes in (0, 30):
                moment = at + timedelta(minutes=minutes)
                yield moment + timedelta(minutes=2), self._queue(moment)
                yield moment + timedelta(minutes=7), self._evaluate
            if n % 6 == 5:
                yield at + timedelta(minutes=50), self._services(at)

    def _incidents(self) -> Iterator[Event]:
        def at(hours: float) -> datetime:
            return BEGINS + HOUR * hours

        nine = BEGINS + 9 * HOUR
        yield at(13.2), lambda now: self._corrected("corrige", nine, 390, now)
        yield at(15.4), lambda now: undo(self.engine, self._report("corrige"), now, "ana")
        yield at(16.1), lambda now: self._corrected("otra", nine, 205, now)
        yield at(17.3), self._acknowledge
        yield at(18.6), self._official
        yield at(20.2), lambda now: self._rules(now, meals=2)
        yield at(22.4), self._unmasked
        yield at(26.2), self._close
        yield at(27.3), lambda now: self._corrected("espera", BEGINS + 10 * HOUR, 999, now)
        yield at(30.7), self._let_through
        yield at(33.1), self._killed
        yield at(35.3), self._again
        yield at(37.8), lambda now: self._rules(now, meals=2, cadence=120)
        yield at(41.2), lambda now: self._rules(now, meals=2, cadence=120, capacity=400, owner="Migraciones Norte")
        yield at(43.1), self._unlock
        yield at(43.9), lambda now: undo(self.engine, self._report("gbv"), now, "ana")

    def _rules(self, now: datetime, **changed: object) -> None:
        with writing(self.engine) as conn:
            add_site(conn, load_site(SITE.format(**{**FIRST, **changed})), now, "test")

    def _official(self, now: datetime) -> None:
        """Since the morning, it is decided in the evening, the arrivals of DTM are the official ones."""
        from data.ruling import set_rule
        from data.versions import raise_version

        entry = {"stage": "migration-control", "measure": "arrivals", "source": "dtm", "reason": "acta 14"}
        with writing(self.engine) as conn:
            set_rule(conn, official, "norte", entry, ("stage", "measure"), now, "maria", BEGINS + 6 * HOUR)
            raise_version(conn, "norte")

    def _hour(self, at: datetime) -> Callable[[datetime], object]:
        def send(now: datetime) -> None:
            people = came(at)
            rows = [self._flow("arrivals", at, people), self._flow("served", at, min(people, 130))]
            self._send(f"hora {at}", "flow", rows, now, "control")
            self._send(f"hora {at}", "flow", [self._flow("arrivals", at, people + 7)], now, "dtm")

        return send

    def _queue(self, at: datetime) -> Callable[[datetime], object]:
        waiting = 40 if at < BEGINS + 8 * HOUR else 400
        rows = [f"norte,migration-control,{at.isoformat()},{waiting},6"]
        return lambda now: self._send(f"cola {at}", "queue", rows, now, "control")

    def _services(self, at: datetime) -> Callable[[datetime], object]:
        span = f"{(at - 6 * HOUR).isoformat()},{at.isoformat()}"
        rows = [f"norte,WFP,food,meals,{span},500,raciones,500", f"norte,UNFPA,gbv,gbv-response,{span},3,atenciones,3"]
        people = [f"norte,{at.isoformat()},{600 if at < BEGINS + 20 * HOUR else 900}"]

        def send(now: datetime) -> None:
            self._send(f"servicios {at}", "service", rows, now, "aliados")
            self._send(f"presentes {at}", "present", people, now, "control")

        return send

    def _unmasked(self, now: datetime) -> None:
        span = f"{(BEGINS + 11 * HOUR).isoformat()},{(BEGINS + 17 * HOUR).isoformat()}"
        rows = [f"norte,UNFPA,gbv,gbv-response,{span},30,atenciones,30"]
        self._send("gbv", "service", rows, now, "aliados")

    def _corrected(self, name: str, at: datetime, people: int, now: datetime) -> None:
        rows = [self._flow("arrivals", at, people), self._flow("arrivals", at + HOUR, people)]
        self._send(name, "flow", rows, now, "control", reason="el cuaderno decía otra cosa")

    def _acknowledge(self, now: datetime) -> None:
        with reading(self.engine) as conn:
            [surge] = [card for card in open_alerts(conn, "norte") if card.rule == "surge"]
        acknowledge(self.engine, surge.alert_id, "Ana", "vamos", now)

    def _close(self, now: datetime) -> None:
        close_period(self.engine, "norte", Window(BEGINS, BEGINS + 24 * HOUR), "day", COORDINATOR, now, REAL)

    def _unlock(self, now: datetime) -> None:
        day = Window(BEGINS, BEGINS + 24 * HOUR)
        unlock_period(self.engine, "norte", day, COORDINATOR, now, REAL, "atenciones contadas dos veces")

    def _let_through(self, now: datetime) -> None:
        assert self.receipts["espera"].state == "held"
        release_report(self.engine, self._report("espera"), COORDINATOR, now, REAL, "visto")

    def _large(self) -> Path:
        """Corrections of two hours that everybody looks at, and so many lines of a quiet stage that it takes long."""
        file = self.var / "grande.csv"
        rows = [self._flow("arrivals", BEGINS + n * HOUR, 230) + "," for n in (28, 29)]
        start = BEGINS - timedelta(days=HISTORY_DAYS)
        rows += [
            f"norte,vaccination,served,{(start + timedelta(minutes=15) * n).isoformat()},15,20,{kind}"
            for n in range(HISTORY_DAYS * 96)
            for kind in ("", *NATIONALITIES)
        ]
        file.write_text("\n".join([HEADS["flow"] + ",nationality", *rows, ""]))
        return file

    def _killed(self, now: datetime) -> None:
        """A large delivery whose process dies with half of its lines written and nothing committed."""
        url = self.engine.url.render_as_string(hide_password=False)
        words = [sys.executable, "-c", KILLED, url, str(self.var), str(self._large()), now.isoformat()]
        process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("written")
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()
        lines = select(func.count()).select_from(flow_line).where(flow_line.c.minutes == 15)
        for _ in range(100):  # PostgreSQL notices that its client is gone a moment later
            with reading(self.engine) as conn:
                if conn.execute(lines).scalar_one() == 0:
                    break
            time.sleep(0.05)
        with reading(self.engine) as conn:
            assert conn.execute(lines).scalar_one() == 0

    def _again(self, now: datetime) -> None:
        """Its sender sends it again; that it takes ten minutes to write is part of what was shown when."""
        self.receipts["grande"] = ingest(
            self.engine,
            self._large().read_bytes(),
            "grande.csv",
            source="control",
            now=now - timedelta(minutes=10),
            var=self.var,
            idempotency_key="grande",
            clock=lambda: now,
        )
        assert self.receipts["grande"].accepted > 10_000

    def _evaluate(self, now: datetime) -> None:
        evaluate(self.engine, "norte", now, REAL, "test")

    def _report(self, name: str) -> int:
        report = self.receipts[name].report
        assert report is not None
        return report

    def _flow(self, measure: str, at: datetime, people: int) -> str:
        return f"norte,migration-control,{measure},{at.isoformat()},60,{people}"

    def _send(
        self, name: str, dataset: str, rows: list[str], now: datetime, source: str, reason: str | None = None
    ) -> None:
        content = "\n".join([HEADS[dataset], *rows, ""]).encode()
        receipt = ingest(
            self.engine,
            content,
            f"{name}.csv",
            source=source,
            dataset=Dataset(dataset),
            now=now,
            var=self.var,
            reason=reason,
        )
        assert receipt.rejected == 0, receipt.issues
        self.receipts[name] = receipt
