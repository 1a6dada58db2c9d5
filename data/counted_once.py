"""What two reported both is counted once: the one rule of every sum about services."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data.analytics.overlaps import FIRST_COUNTS, OPEN, SECOND_COUNTS, Ruling, Step, left_out
from data.duplicates import MOST_FLAGS, duplicates, rulings
from data.types import Duplicate, Window


def larger_counts(one: Duplicate) -> Ruling:
    """Until somebody decides, sums take the larger of the two, whichever it is: they are at least that."""

    def size(party: str) -> tuple[float, float]:
        told = one.facts.get(party, {})
        return (told.get("people") or 0.0, told.get("quantity") or 0.0)

    verdict = SECOND_COUNTS if size("second") > size("first") else FIRST_COUNTS
    return Ruling(one.sector, one.service, one.place, one.first, one.second, (Step(one.day, False, verdict),))


def once_each(
    conn: Connection, site: str, won: pd.DataFrame, days: tuple[Window, ...], as_of: datetime | None = None
) -> tuple[pd.DataFrame, np.ndarray, list[Duplicate]]:
    """Winning lines of some operational days without those that a decision left out; which of them somebody else
    reported too, undecided, as the larger of the two; and the pairs about which nobody decided yet."""
    decided = rulings(conn, site, as_of)
    if decided and not won.empty:
        won = won[~left_out(won, decided, days)]
    found = duplicates(conn, site, Window(days[0].start, days[-1].end), as_of, MOST_FLAGS)
    pending = [one for one in found if one.verdict == OPEN]
    # What several sources tell of one organisation is one delivery anyway: of those one source is chosen.
    two = [larger_counts(one) for one in pending if one.first[1] != one.second[1]]
    twice = left_out(won, two, days) if two and not won.empty else np.zeros(len(won), dtype=bool)
    return won, twice, pending
