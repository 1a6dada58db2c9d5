"""Eight clients at once: each takes the next delivery, sends it, and sends it again until it holds a receipt."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

from tests.failover.deliveries import Delivery

CLIENTS = 8
ANSWERED = (200, 201, 422)
# The server is away, or says that it could not: nothing is known to be stored.
AGAIN = (500, 502, 503, 504)
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """The last word about one sending, and what it took to get it."""

    delivery: Delivery
    status: int
    told: Mapping[str, Any]
    tries: int
    seconds: float  # of the try that was answered


class Partners:
    def __init__(self, url: str, secrets: Mapping[str, str], order: Iterable[Delivery], seed: int) -> None:
        self._url, self._secrets, self._seed = url, secrets, seed
        self._waiting: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        for one in order:
            self._waiting.put(one)
        self.answers: list[Answer] = []
        self.refusals: list[str] = []  # answers that were none: status and words
        self.faults: list[BaseException] = []
        self._threads = [threading.Thread(target=self._works, args=(n,), daemon=True) for n in range(CLIENTS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        return not self.faults and any(thread.is_alive() for thread in self._threads)

    @property
    def repeated(self) -> int:
        """Tries that brought no answer."""
        return sum(answer.tries - 1 for answer in self.answers)

    def _works(self, number: int) -> None:
        random = Random(self._seed * CLIENTS + number)
        try:
            with httpx.Client(base_url=self._url, timeout=PATIENCE_SECONDS) as client:
                while not self.faults:
                    self.answers.append(self._delivered(client, self._waiting.get_nowait(), random))
        except queue.Empty:
            return
        except BaseException as fault:
            self.faults.append(fault)

    def _delivered(self, client: httpx.Client, one: Delivery, random: Random) -> Answer:
        # One in twenty hangs up before the server can have answered, and sends again at once.
        patience = random.uniform(0.01, 0.5) if random.random() < 0.05 else PATIENCE_SECONDS
        tries = 0
        while not self.faults:
            tries += 1
            began = time.monotonic()
            try:
                response = client.post(
                    "/api/v1/reports",
                    params=one.asked,
                    content=one.content,
                    headers={**one.headers, "Authorization": f"Bearer {self._secrets[one.source]}"},
                    timeout=httpx.Timeout(PATIENCE_SECONDS, read=patience),
                )
            except httpx.TransportError:
                patience = PATIENCE_SECONDS
                time.sleep(random.uniform(0, 0.5))
                continue
            if response.status_code in ANSWERED:
                return Answer(one, response.status_code, response.json(), tries, time.monotonic() - began)
            self.refusals.append(f"{response.status_code} {response.text[:300]}")
            assert response.status_code in AGAIN, f"{one.name}: {self.refusals[-1]}"
            time.sleep(random.uniform(0.2, 1.0))
        raise AssertionError("another client met a fault")
