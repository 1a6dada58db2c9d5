"""The server killed at random moments of its work, all of it or a part, and started again as its operator would."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from random import Random

import psutil

from tests.dashboard.centre import Server
from tests.failover.partners import Partners

# A power cut; the process that started the others alone, as the kernel picks one when memory runs out; one beside it:
# the worker, or one of several web processes.
EVERYTHING, FIRST, BESIDE = "everything", "the first process", "one beside it"
KINDS = (EVERYTHING,) * 5 + (FIRST,) * 4 + (BESIDE,) * 3
START_SECONDS = 60.0


class Outages:
    def __init__(self, server: Server, random: Random) -> None:
        self.server, self._random = server, random
        self.done: Counter[str] = Counter()
        self._ended: list[psutil.Process] = []

    def during(self, partners: Partners, sendings: int) -> None:
        """Until everybody has every receipt. Each kill waits for so many answers, then for a moment nobody chose."""
        kinds = self._random.sample(KINDS, len(KINDS))
        due = sorted(self._random.sample(range(sendings // 50, sendings - sendings // 20), len(kinds)))
        while partners.busy:
            if due and len(partners.answers) >= due[0]:
                due.pop(0)
                time.sleep(self._random.uniform(0, 0.5))
                self._kill(kinds.pop())
            time.sleep(0.01)
        if not partners.faults:
            assert not kinds, f"the deliveries were over before the server was killed as {kinds}"

    def _kill(self, kind: str) -> None:
        server = self.server.process
        assert server is not None
        family = psutil.Process(server.pid).children(recursive=True)
        if kind == EVERYTHING:
            os.killpg(server.pid, signal.SIGKILL)
        elif kind == FIRST:
            server.kill()
        else:
            family = self._random.sample(family, min(1, len(family)))
            for process in family:
                process.kill()
        self._ended += family
        self.done[kind] += 1
        if kind == BESIDE:
            return
        server.wait(10)
        self._start_again()
        if self._random.random() < 0.2:  # and the power fails again while everybody calls at once
            time.sleep(self._random.uniform(0, 1.0))
            self._kill(EVERYTHING)

    def _start_again(self) -> None:
        """What was left of the old server may hold the port a moment longer."""
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self.server.start()
                return
            except AssertionError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    @property
    def left_over(self) -> list[psutil.Process]:
        """Processes of servers that are no more, after the time they have to notice."""
        return psutil.wait_procs(self._ended, timeout=15)[1]
