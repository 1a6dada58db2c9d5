"""What was printed of who had what at CEBAF Tumbes, as carried in `facts/cebaf_resources.csv` with its sources."""

from __future__ import annotations

from datetime import date

import pandas as pd

from data.demo import facts
from data.demo.reconstruction import SITE
from data.types import Window


def resource_rows(window: Window) -> pd.DataFrame:
    """What was printed of who had what; of the bus trips only the month was, they stand on the day of the deadline."""
    printed = facts.table("cebaf_resources")
    at = [facts.moment(date.fromisoformat(day), "12:00") for day in printed["date"]]
    inside = [window.start < moment <= window.end for moment in at]
    told = printed[inside][["organisation", "kind", "quantity", "state"]].reset_index(drop=True)
    told["site"] = SITE
    told["at"] = [moment.strftime("%Y-%m-%dT%H:%M") for moment, wanted in zip(at, inside, strict=True) if wanted]
    return told
