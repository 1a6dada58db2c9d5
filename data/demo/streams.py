"""What a partner of the demo would send, and when: each stream is one file form, sent at its own pace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from data.demo import facts
from data.demo.shape import Ints, slots_between
from data.types import Window
from data.vocabulary import Dataset

QUARTERS_IN_HOUR = 4
STAMP = "%Y%m%dT%H%M"

# Files of history are long, so that few of them fill the store; the newest days come by the day, and the last one as
# partners send it, at most by the hour, so that one can see who reports on time.
LONG_FILE = timedelta(days=28)
DAY_BY_DAY = timedelta(days=2)
AT_PACE = timedelta(hours=6)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Stream:
    """`rows(window)` gives the canonical rows of the periods that end after its start and by its end.

    Periods end every `every`, counted from local midnight plus `offset`; the partner sends a period `after` its end,
    nothing during `silent`, and from there on everything that was held back.
    """

    name: str
    site: str
    source: str
    dataset: Dataset
    begins: datetime  # end of the period before the first one
    ends: datetime  # the last period ends here
    every: timedelta
    after: timedelta
    rows: Callable[[Window], pd.DataFrame]
    offset: timedelta = timedelta(0)
    silent: Window | None = None

    def due(self, now: datetime) -> datetime:
        """End of the last period that has been sent by `now`."""
        if self.silent is not None and self.silent.start <= now < self.silent.end:
            now = self.silent.start
        return self.period_end(min(now - self.after, self.ends))

    def period_end(self, at: datetime) -> datetime:
        """The last end of a period at or before a moment, never before the stream begins."""
        midnight = facts.moment(at.astimezone(facts.LIMA).date()) - timedelta(days=1) + self.offset
        return max(midnight + (at - midnight) // self.every * self.every, self.begins)


@dataclass(frozen=True)
class Delivery:
    """One file as it leaves the partner. The key makes a second sending of the same a repetition."""

    stream: Stream
    window: Window
    sent_at: datetime

    @property
    def filename(self) -> str:
        """Sorts by time within a stream."""
        return f"{self.stream.name}-{_stamp(self.window.end)}.csv"

    @property
    def key(self) -> str:
        return f"demo/{self.stream.name}/{_stamp(self.window.start)}/{_stamp(self.window.end)}"

    def content(self) -> bytes | None:
        """The canonical CSV, or None where the stream has nothing to say of this window."""
        rows = self.stream.rows(self.window)
        if rows.empty:
            return None
        return rows.to_csv(index=False, lineterminator="\n").encode()


def sent_end(stream: Stream, filename: str | None) -> datetime:
    """End of the last period already sent, from the name of the newest file of the stream."""
    if filename is None:
        return stream.begins
    stamp = filename.removeprefix(stream.name + "-").removesuffix(".csv")
    return max(datetime.strptime(stamp, STAMP).replace(tzinfo=facts.LIMA), stream.begins)


def _stamp(at: datetime) -> str:
    return at.astimezone(facts.LIMA).strftime(STAMP)


def history(streams: Sequence[Stream], until: datetime, in_time: Sequence[Window] = ()) -> list[Delivery]:
    """Everything sent by `until`, by when it was sent: a file every four weeks, then every day, then as it is due.

    `in_time`: stretches of the past of which reports came as they were due, so that they can be replayed.
    """
    found = []
    for stream in streams:
        last = stream.due(until)
        cuts = [stream.begins]
        while cuts[-1] < last:
            length = max(_length(cuts[-1], until, in_time), stream.every)
            cuts.append(min(stream.period_end(cuts[-1] + length), last))
        for start, end in pairwise(cuts):
            found.append(Delivery(stream, Window(start, end), min(end + stream.after, until)))
    return sorted(found, key=lambda delivery: (delivery.sent_at, delivery.stream.name))


def _length(cut: datetime, until: datetime, in_time: Sequence[Window]) -> timedelta:
    """Of the file of history that follows a cut."""
    left = until - AT_PACE - cut
    if left <= timedelta(0) or any(one.start <= cut < one.end for one in in_time):
        return HOUR
    left = min([left, *(one.start - cut for one in in_time if cut < one.start)])
    return min(left, max(timedelta(days=1), min(LONG_FILE, until - DAY_BY_DAY - cut)))


def quarters(start: datetime, slots: int, window: Window, by_hour: bool) -> tuple[Ints, Ints]:
    """First slots and lengths of the lines that cover a window; whole clock hours become one line each if `by_hour`."""
    first = min(max(slots_between(start, window.start), 0), slots)
    last = min(max(slots_between(start, window.end), 0), slots)
    at = np.arange(first, last, dtype=np.int64)
    if not by_hour or not len(at):
        return at, np.ones(len(at), dtype=np.int64)
    hour = at - at % QUARTERS_IN_HOUR
    whole_hours = (hour >= first) & (hour + QUARTERS_IN_HOUR <= last)
    line = np.where(whole_hours, hour, at)
    starts, counts = np.unique(line, return_counts=True)
    return starts, counts


def sums(people: Ints, starts: Ints, counts: Ints) -> Ints:
    """People of each line."""
    running = np.concatenate([[0], np.cumsum(people)])
    return running[starts + counts] - running[starts]


def boundaries(start: datetime, slots: int, window: Window, by_hour: bool) -> Ints:
    """Slot boundaries after the window's start and by its end; only those on the hour if `by_hour`, and the last."""
    first = max(slots_between(start, window.start) + 1, 0)
    last = min(slots_between(start, window.end), slots)
    at = np.arange(first, last + 1, dtype=np.int64)
    return at[(at % QUARTERS_IN_HOUR == 0) | (at == last)] if by_hour else at


def local(start: datetime, slots: Ints) -> list[str]:
    """Wall-clock times of slot boundaries as a partner writes them: 2019-06-08T05:15."""
    first = np.datetime64(start.astimezone(facts.LIMA).replace(tzinfo=None), "m")
    written: list[str] = np.datetime_as_string(first + slots * np.timedelta64(15, "m")).tolist()
    return written
