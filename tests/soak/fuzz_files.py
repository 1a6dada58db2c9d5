"""Whatever bytes arrive as a file: read, or refused in words. No crash, no hang, bounded memory.

    python -m tests.soak.fuzz_files --minutes 10 [--seed N] [--keep FOLDER]

Real files (the samples and, where present, the shared real data) are changed at random and read in a child process
that has a ceiling of memory and a time for each file; crafted ones (bombs, entities, huge declarations, circles) come
first. The last line is a JSON object of counts; exit status 1 when anything but an answer or a refusal came.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import resource
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.soak.crafted import crafted
from tests.soak.mutations import mutated

SAMPLES = ROOT / "tests" / "data" / "samples"
SECONDS = 30.0  # of computing, for one file; the machine may have other work
WAITING = 600.0
MEMORY = 1 << 30  # above what an idle child holds
SMALL_ENOUGH = 3 << 20
Case = tuple[str, bytes]  # name and content


def seeds(shared: Path | None) -> list[Case]:
    paths = [path for path in sorted(SAMPLES.iterdir()) if path.suffix != ".toml"]
    if shared is not None and (shared / "data").is_dir():
        kinds = (".xlsx", ".xls", ".ods", ".csv", ".json")
        paths += [path for path in sorted((shared / "data").rglob("*")) if path.suffix in kinds]
    return [(path.name, path.read_bytes()) for path in paths if path.stat().st_size < SMALL_ENOUGH]


def peak() -> int:
    """Bytes of memory this process has held at most."""
    told = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(told.split()[1]) * 1024


def child(pipe: Connection, memory: int) -> None:
    """Reads files until the pipe ends. Answers what became of each, and the memory held at most."""
    from tests.soak.reading import outcome

    held = peak()
    address = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (address + memory, address + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a reader's panic writes its own words
    while True:
        try:
            name, content, seed = pipe.recv()
        except EOFError:
            return
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        said = outcome(name, content, seed)
        pipe.send((said, peak() - held))


class Reader:
    """A child that is started again when it dies or does not answer in time."""

    def __init__(self, memory: int = MEMORY, seconds: float = SECONDS) -> None:
        self.memory, self.seconds = memory, seconds
        self.start()

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=child, args=(theirs, self.memory), daemon=True)
        self.process.start()
        theirs.close()

    def read(self, name: str, content: bytes, seed: int) -> tuple[str, int]:
        """What became of the file: `read`, `refused:<code>`, or a fault: `crash`, `hang`, `error:<words>`."""
        try:
            self.pipe.send((name, content, seed))
            began, computed = time.monotonic(), self.computed()
            while not self.pipe.poll(1.0):
                if self.computed() - computed > self.seconds or time.monotonic() - began > WAITING:
                    self.stop()
                    self.start()
                    return "hang", 0
            said: tuple[str, int] = self.pipe.recv()
            return said
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.process.join(10)
            status = self.process.exitcode
            self.start()
            return f"crash {status}", 0

    def computed(self) -> float:
        """Seconds of processor time the child has had."""
        try:
            told = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join(10)


def is_fault(said: str) -> bool:
    return said.split(":")[0].split()[0] not in ("read", "refused")


def run(minutes: float, seed: int, keep: Path, shared: Path | None) -> dict[str, Any]:
    reader = Reader()
    counts: Counter[str] = Counter()
    faults: list[dict[str, str]] = []
    most, slowest, files = 0, 0.0, 0

    def one(name: str, content: bytes, number: int) -> None:
        nonlocal most, slowest, files
        began = time.monotonic()
        said, held = reader.read(name, content, number)
        took = time.monotonic() - began
        files, most = files + 1, max(most, held)
        slowest = max(slowest, took)
        counts[said if len(said) < 80 else said[:80]] += 1
        if is_fault(said):
            keep.mkdir(parents=True, exist_ok=True)
            where = keep / f"{seed}-{number}-{name}"
            where.write_bytes(content)
            faults.append({"file": str(where), "said": said})
            print(f"{said}: {where}", file=sys.stderr, flush=True)

    number = 0
    for name, content in crafted():
        number += 1
        one(name, content, number)
    known = seeds(shared)
    chance = random.Random(seed)
    until = time.monotonic() + 60 * minutes
    while time.monotonic() < until:
        number += 1
        name, content = mutated(*chance.choice(known), chance)
        one(name, content, number)
    reader.stop()
    return {
        "figure": "fuzz_files",
        "files": files,
        "read": counts["read"],
        "refused": sum(times for said, times in counts.items() if said.startswith("refused")),
        "codes": {
            said.partition(":")[2]: times for said, times in sorted(counts.items()) if said.startswith("refused")
        },
        "faults": faults,
        "most_memory_mb": round(most / 2**20),
        "slowest_s": round(slowest, 1),
        "seed": seed,
    }


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--minutes", type=float, default=10)
    told.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    told.add_argument("--keep", type=Path, default=ROOT / "build" / "fuzz")
    asked = told.parse_args()
    shared = Path(os.environ.get("CAUDAL_TEST_SHARED", ROOT.parent / "shared"))
    done = run(asked.minutes, asked.seed, asked.keep, shared)
    print(json.dumps(done))
    sys.exit(1 if done["faults"] else 0)


if __name__ == "__main__":
    main()
