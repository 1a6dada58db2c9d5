"""What somebody wrote as a standard, checked whole: a standard, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.analytics.standards import COUNTED_BY, NEED
from data.vocabulary import Phase, Service

LEAST, MOST = 1e-3, 1e6
OUR_YEARS = range(1970, 2200)
LONGEST = {"unit": 60, "source": 1000, "reason": 1000}
KEYS = (
    *("service", "phase", "value", "per", "denominator", "unit", "source", "provisional"),
    *("transit_value", "reason", "withdrawn", "valid_from"),
)


@dataclass(frozen=True)
class Wrong:
    """One thing to be mended: locale key `standards.wrong.<code>` and its facts."""

    code: str
    facts: Mapping[str, Any]


class WrongStandard(ValueError):
    """What somebody wrote is no standard; every reason."""

    def __init__(self, wrongs: list[Wrong]) -> None:
        super().__init__("; ".join(f"{one.code} {dict(one.facts)}" for one in wrongs))
        self.wrongs = wrongs


def checked_standard(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row of `standard`, and `valid_from` (None: from now on). Raises WrongStandard."""
    wrongs = [Wrong("unknown", {"name": str(key)[:60], "allowed": ", ".join(KEYS)}) for key in entry if key not in KEYS]
    for name, words in (("service", Service), ("phase", Phase), ("per", tuple(NEED))):
        if not isinstance(entry.get(name), str) or entry[name] not in [str(one) for one in words]:
            wrongs.append(_choice(name, entry.get(name), [str(one) for one in words]))
    allowed = COUNTED_BY.get(str(entry.get("per")), ())
    if allowed and entry.get("denominator") not in allowed:
        wrongs.append(_choice("denominator", entry.get("denominator"), allowed))
    for name in ("value", "transit_value"):
        number = entry.get(name)
        if name == "transit_value" and number is None:
            continue
        good = isinstance(number, int | float) and not isinstance(number, bool)
        if not good or not LEAST <= (number or 0) <= MOST:
            wrongs.append(Wrong("number", {"name": name, "value": _short(number), "least": LEAST, "most": MOST}))
    if entry.get("transit_value") is not None and entry.get("per") != "per-person-day":
        wrongs.append(Wrong("transit", {"name": "transit_value"}))
    for name in ("unit", "source"):
        text = entry.get(name)
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST[name]:
            wrongs.append(Wrong("text", {"name": name, "most": LONGEST[name]}))
    reason = entry.get("reason") or ""
    if not isinstance(reason, str) or len(reason) > LONGEST["reason"]:
        wrongs.append(Wrong("text", {"name": "reason", "most": LONGEST["reason"]}))
    for name in ("provisional", "withdrawn"):
        if type(entry.get(name, False)) is not bool:
            wrongs.append(_choice(name, entry.get(name), ("true", "false")))
    since = entry.get("valid_from")
    if since is not None and (not isinstance(since, datetime) or since.tzinfo is None or since.year not in OUR_YEARS):
        wrongs.append(Wrong("moment", {"value": _short(since)}))
    if wrongs:
        raise WrongStandard(wrongs)
    transit = entry.get("transit_value")
    return {
        "service": str(entry["service"]),
        "phase": str(entry["phase"]),
        "value": float(entry["value"]),
        "per": str(entry["per"]),
        "denominator": str(entry["denominator"]),
        "unit": entry["unit"].strip(),
        "source": entry["source"].strip(),
        "provisional": entry.get("provisional", False),
        "transit_value": None if transit is None else float(transit),
        "withdrawn": entry.get("withdrawn", False) or None,
        "reason": reason.strip() or None,
        "valid_from": since,
    }


def _short(value: Any) -> str:
    try:
        return str(value)[:60]
    except ValueError:  # a number of thousands of digits
        return "…"


def _choice(name: str, value: Any, allowed: Any) -> Wrong:
    return Wrong("choice", {"name": name, "value": _short(value), "allowed": ", ".join(allowed)})
