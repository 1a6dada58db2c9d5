"""A midnight of the detector as text and back: numbers stay whole, so that a restored one gives the same alarms."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from data.analytics.detection.belief import Usual
from data.analytics.detection.evidence import Evidence
from data.analytics.detection.lately import Midnight, Placed, Run
from data.analytics.detection.opening import Event
from data.analytics.detection.state import Kind, State
from data.analytics.detection.stream import Verdict
from data.analytics.dispersion import Dispersion

Json = dict[str, Any]


def to_text(midnight: Midnight) -> str:
    usual = midnight.usual
    return json.dumps(
        {
            "on": midnight.on.isoformat(),
            "usual": None if usual is None else _usual(usual),
            "run": _run(midnight.run),
            "young": _run(midnight.young),
        },
        separators=(",", ":"),
    )


def from_text(text: str) -> Midnight:
    kept = json.loads(text)
    usual = None if kept["usual"] is None else _usual_again(kept["usual"])
    return Midnight(date.fromisoformat(kept["on"]), usual, _run_again(kept["run"]), _run_again(kept["young"]))


def _usual(usual: Usual) -> Json:
    noise = {**vars(usual.noise), "uneven": usual.noise.uneven.tolist()}
    return {**vars(usual), "expected": usual.expected.tolist(), "noise": noise}


def _usual_again(kept: Json) -> Usual:
    noise = kept["noise"]
    scales = tuple((slots, phi, alpha) for slots, phi, alpha in noise["scales"])
    return Usual(**{
        **kept,
        "expected": np.array(kept["expected"], dtype=float),
        "noise": Dispersion(**{**noise, "uneven": np.array(noise["uneven"], dtype=float), "scales": scales}),
    })  # fmt: skip


def _run(run: Run) -> Json:
    return {
        "state": None if run.state is None else run.state.to_json(),
        "newest": None if run.newest is None else asdict(run.newest),
        "alarms": [asdict(one) for one in run.alarms],
    }


def _run_again(kept: Json) -> Run:
    return Run(
        None if kept["state"] is None else State.from_json(kept["state"]),
        None if kept["newest"] is None else _placed(kept["newest"]),
        tuple(_placed(one) for one in kept["alarms"]),
    )


def _placed(kept: Json) -> Placed:
    verdict = kept["verdict"]
    return Placed(**{
        **kept,
        "verdict": Verdict(**{
            **verdict,
            "alarm": None if verdict["alarm"] is None else Kind(verdict["alarm"]),
            "event": None if verdict["event"] is None else Event(verdict["event"]),
            "evidence": None if verdict["evidence"] is None else Evidence(**verdict["evidence"]),
        }),
    })  # fmt: skip
