"""What the coming hours of a queue are worked out from: one default for the headline and for what-if."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from data.analytics.coming import ArrivalsBasis, Coming
from data.analytics.prospects import Standing
from data.analytics.rates import Rate
from data.analytics.staffing import Ahead
from data.analytics.stages import StageState
from data.analytics.steps import Steps


@dataclass(frozen=True)
class Expects:
    """`now`: epoch s, from which the steps of `ahead` count."""

    standing: Standing
    rate: Rate
    ahead: Ahead
    coming: Coming
    now: float


def expects(state: StageState, now: float) -> Expects | None:
    """None where one of its parts is unknown."""
    if state.standing is None or state.rate is None or state.ahead is None or state.coming is None:
        return None
    return Expects(state.standing, state.rate, state.ahead, state.coming, now)


def plain(known: Expects) -> dict[str, Any]:
    """For JSON."""
    coming, ahead = known.coming, known.ahead
    return {
        "standing": asdict(known.standing),
        "rate": asdict(known.rate),
        "ahead": {
            "since": ahead.counters.since.tolist(),
            "level": ahead.counters.level.tolist(),
            "planned": ahead.planned.tolist(),
        },
        "coming": {
            "start": coming.start,
            "basis": str(coming.basis),
            **{edge: np.asarray(getattr(coming, edge)).tolist() for edge in ("low", "mid", "high")},
        },
        "now": known.now,
    }


def of_plain(told: Mapping[str, Any]) -> Expects:
    ahead, coming = told["ahead"], told["coming"]
    low, mid, high = (np.array(coming[edge], dtype=float) for edge in ("low", "mid", "high"))
    return Expects(
        Standing(**told["standing"]),
        Rate(**told["rate"]),
        Ahead(
            Steps(np.array(ahead["since"], dtype=float), np.array(ahead["level"], dtype=float)),
            np.array(ahead["planned"], dtype=bool),
        ),
        Coming(coming["start"], low, mid, high, ArrivalsBasis(coming["basis"])),
        told["now"],
    )
