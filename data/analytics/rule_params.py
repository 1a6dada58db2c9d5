"""What each kind of alert rule can be set to, and what is wrong with what somebody wrote."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from data.analytics.detection.limits import LEAST_PER_MONTH, MOST_PER_MONTH
from data.analytics.pressure import LIMITS
from data.rule_shapes import SetRule
from data.vocabulary import NOT_EVALUATED, Lane, Level, RuleKind, Service, Stage

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
TOLD_AT = (Level.WATCH, Level.ALERT, Level.CRITICAL)
LONGEST_PATIENCE = 7 * 1440  # minutes
LONGEST_REASON = 1000
WATCHED = ("arrivals", "served", "waiting", "wait", "present")  # what a threshold may stand on
COUNTED = ("arrivals", "served")
SIDES = ("above", "below")
MODES = ("all", "any")
MOST = 1e7


@dataclass(frozen=True)
class Wrong:
    """One thing to be mended: locale key `rules.wrong.<code>` and its facts."""

    code: str
    facts: Mapping[str, Any]


class WrongRule(ValueError):
    """What somebody wrote is no rule; every reason."""

    def __init__(self, wrongs: list[Wrong]) -> None:
        super().__init__("; ".join(f"{one.code} {dict(one.facts)}" for one in wrongs))
        self.wrongs = wrongs


@dataclass(frozen=True)
class Param:
    """One parameter. `kind`: number, whole, choice, names, limits, text. `default` None: it has to be said."""

    name: str
    kind: str
    default: Any = None
    least: float = 0.0
    most: float = MOST
    choices: tuple[str, ...] = ()


HOURS = Param("hours", "whole", 1, 1, 24)
SIDE = Param("side", "choice", "above", choices=SIDES)
_FLOW = (
    Param("false_alarms_per_month", "number", 1.0, LEAST_PER_MONTH, MOST_PER_MONTH),
    Param("least_excess", "number", 20.0),
)

PARAMS: Mapping[RuleKind, tuple[Param, ...]] = {
    RuleKind.SURGE: _FLOW,
    RuleKind.COLLAPSE: _FLOW,
    RuleKind.THRESHOLD: (
        Param("of", "choice", choices=WATCHED),
        Param("stage", "choice", "", choices=("", *Stage)),  # "": the entry
        Param("lane", "choice", str(Lane.GENERAL), choices=tuple(Lane)),
        SIDE,
        Param("limit", "number"),
        Param("recovers_at", "number"),
        HOURS,
    ),
    RuleKind.PERCENT: (
        SIDE,
        Param("percent", "number", least=1.0, most=10000.0),  # more or fewer than usual
        Param("recovers_at", "number", most=10000.0),
        Param("hours", "whole", 6, 1, 24),
        Param("least_excess", "number", 20.0),
    ),
    RuleKind.PRESSURE: (
        Param("leave_at", "number", 0.9, 0.1, 1.0),
        Param("limits", "limits", {row.name: list(row.limits) for row in LIMITS}),
    ),
    RuleKind.COVERAGE_GAP: (
        Param("below", "number", 0.5, 0.01, 1.0),
        Param("recovers_at", "number", 0.6, 0.01, 1.0),
        Param("service", "choice", "", choices=("", *Service)),  # "": any with a standard
    ),
    RuleKind.STOCK_OUT: (
        Param("lasts_hours", "number", 24.0, 1.0, 720.0),  # provisional: nobody published how long before
        Param("recovers_at", "number", None, 1.0, 1440.0),
        Param("item", "text", "", most=120),  # "": any
    ),
    **dict.fromkeys((RuleKind.SOURCE_SILENT, RuleKind.OVERDUE_TASK, RuleKind.OVERDUE_REQUEST), ()),
    RuleKind.COMPOSITE: (Param("mode", "choice", "all", choices=MODES), Param("rules", "names")),
}
RECOVERS = 0.1  # of the limit: where calm begins unless somebody says
KEYS = ("name", "kind", "params", "level", "pending", "recovering", "no_data", "enabled", "reason")
_USUAL = {"level": str(Level.ALERT), "pending": 0, "recovering": 60, "no_data": 60, "enabled": True, "reason": ""}
# By the kind where something else is usual.
USUAL_OF: Mapping[RuleKind, Mapping[str, Any]] = {
    RuleKind.SURGE: {"recovering": 360, "no_data": 180},
    RuleKind.COLLAPSE: {"recovering": 360, "no_data": 180},
    RuleKind.SOURCE_SILENT: {"level": str(Level.WATCH), "recovering": 0},
    RuleKind.PRESSURE: {"pending": 15, "recovering": 30},
    RuleKind.COVERAGE_GAP: {"pending": 60},
    RuleKind.OVERDUE_TASK: {"recovering": 0},
    RuleKind.OVERDUE_REQUEST: {"recovering": 0},
}


def usual_entry(kind: RuleKind) -> dict[str, Any]:
    """A rule of a kind before anybody has said more of it than that."""
    params = {one.name: one.default for one in PARAMS[kind] if one.default is not None}
    return {"kind": str(kind), "params": params, **_USUAL, **USUAL_OF.get(kind, {})}


def checked(entry: Mapping[str, Any]) -> SetRule:
    """A rule from what somebody wrote, every parameter with its value. Raises WrongRule with every reason."""
    wrongs: list[Wrong] = []
    name, kind = entry.get("name"), entry.get("kind")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        wrongs.append(Wrong("name", {"value": _short(name)}))
    if not isinstance(kind, str) or kind not in list(RuleKind):
        raise WrongRule([*wrongs, Wrong("kind", {"value": _short(kind), "allowed": ", ".join(RuleKind)})])
    if name == NOT_EVALUATED:
        # What is told when the rules as a whole cannot be asked.
        wrongs.append(Wrong("reserved_name", {"value": _short(name)}))
    if kind == RuleKind.PRESSURE and name != kind:
        # Its limits are those of the site's one pressure level, on every page.
        wrongs.append(Wrong("only_name", {"kind": kind}))
    whole = {**usual_entry(RuleKind(kind)), **entry}
    wrongs += [Wrong("unknown", {"name": _short(key), "allowed": ", ".join(KEYS)}) for key in whole if key not in KEYS]
    wrongs += _frame_wrongs(whole)
    given = whole["params"]
    if not isinstance(given, Mapping):
        raise WrongRule([*wrongs, Wrong("params", {})])
    params = _params(RuleKind(kind), given, wrongs)
    if wrongs:
        raise WrongRule(wrongs)
    return SetRule(
        name=str(name),
        kind=RuleKind(kind),
        params=params,
        level=Level(whole["level"]),
        pending=whole["pending"],
        recovering=whole["recovering"],
        no_data=whole["no_data"],
        enabled=whole["enabled"],
        reason=whole["reason"].strip(),
    )


def _frame_wrongs(whole: Mapping[str, Any]) -> Iterator[Wrong]:
    if whole["level"] not in [str(level) for level in TOLD_AT]:
        yield Wrong("choice", {"name": "level", "value": _short(whole["level"]), "allowed": ", ".join(TOLD_AT)})
    for name in ("pending", "recovering", "no_data"):
        if type(whole[name]) is not int or not 0 <= whole[name] <= LONGEST_PATIENCE:
            yield Wrong("whole", {"name": name, "value": _short(whole[name]), "least": 0, "most": LONGEST_PATIENCE})
    if type(whole["enabled"]) is not bool:
        yield Wrong("enabled", {"value": _short(whole["enabled"])})
    reason = whole["reason"]
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
        yield Wrong("reason", {"most": LONGEST_REASON})


def _params(kind: RuleKind, given: Mapping[str, Any], wrongs: list[Wrong]) -> dict[str, Any]:
    rows = PARAMS[kind]
    names = ", ".join(row.name for row in rows) or "–"
    wrongs += [
        Wrong("unknown_param", {"name": _short(key), "kind": str(kind), "allowed": names})
        for key in given
        if key not in {row.name for row in rows}
    ]
    said = {**{row.name: row.default for row in rows}, **given}
    if said.get("recovers_at") is None and any(row.name == "recovers_at" for row in rows):
        said["recovers_at"] = _recovers_at(said)
    found = {row.name: _value(row, said[row.name], wrongs) for row in rows}
    if not any(value is None for value in found.values()):
        wrongs += _together(kind, found)
    return found


def _recovers_at(said: Mapping[str, Any]) -> Any:
    limit = said.get("limit", said.get("percent", said.get("lasts_hours")))
    if type(limit) not in (int, float):
        return 0.0
    # Of a percentage below the usual, fewer percent are calmer; of a limit below, more people are.
    up = (said.get("side") == "below" and "limit" in said) or "lasts_hours" in said
    return round(limit * (1 + RECOVERS if up else 1 - RECOVERS), 6)


def _value(row: Param, value: Any, wrongs: list[Wrong]) -> Any:
    """The value as it is kept; None where it is wrong."""
    if value is None:
        wrongs.append(Wrong("missing", {"name": row.name}))
        return None
    if row.kind == "choice":
        if isinstance(value, str) and value in row.choices:
            return str(value)
        allowed = ", ".join(choice or '""' for choice in row.choices)
        wrongs.append(Wrong("choice", {"name": row.name, "value": _short(value), "allowed": allowed}))
        return None
    if row.kind == "text":
        if isinstance(value, str) and len(value) <= row.most:
            return value.strip()
        wrongs.append(Wrong("text", {"name": row.name, "most": int(row.most)}))
        return None
    if row.kind == "names":
        if isinstance(value, list | tuple) and value and all(isinstance(one, str) and one for one in value):
            return list(dict.fromkeys(value))
        wrongs.append(Wrong("names", {"name": row.name}))
        return None
    if row.kind == "limits":
        return _limits(value, wrongs)
    whole = row.kind == "whole"
    number = type(value) is int or (type(value) is float and not whole and math.isfinite(value))
    if not number or not row.least <= value <= row.most:
        facts = {"name": row.name, "value": _short(value), "least": row.least, "most": row.most}
        wrongs.append(Wrong("whole" if whole else "number", facts))
        return None
    return value if whole else float(value)


def _limits(value: Any, wrongs: list[Wrong]) -> dict[str, list[float]] | None:
    """Of each component where watch, alert and critical begin; one that is not named keeps what is published."""
    found = {row.name: [float(limit) for limit in row.limits] for row in LIMITS}
    if not isinstance(value, Mapping):
        wrongs.append(Wrong("limits", {"name": "limits", "allowed": ", ".join(found)}))
        return None
    good = True
    for name, steps in value.items():
        three = isinstance(steps, list | tuple) and len(steps) == 3
        numbers = three and all(type(one) in (int, float) and math.isfinite(one) and 0 <= one <= MOST for one in steps)
        if name not in found or not numbers or not steps[0] <= steps[1] <= steps[2]:
            wrongs.append(Wrong("limits", {"name": _short(name), "allowed": ", ".join(found)}))
            good = False
        else:
            found[name] = [float(one) for one in steps]
    return found if good else None


def _together(kind: RuleKind, found: Mapping[str, Any]) -> Iterator[Wrong]:
    """What does not go together."""
    calm = found.get("recovers_at")
    if kind is RuleKind.THRESHOLD:
        limit, above = found["limit"], found["side"] == "above"
        if (above and calm > limit) or (not above and calm < limit):
            yield Wrong("recovers_above" if above else "recovers_below", {"limit": limit, "value": calm})
    if kind is RuleKind.PERCENT:
        if found["side"] == "below" and found["percent"] > 100:
            yield Wrong("number", {"name": "percent", "value": found["percent"], "least": 1, "most": 100})
        if calm > found["percent"]:
            yield Wrong("recovers_above", {"limit": found["percent"], "value": calm})
    if kind is RuleKind.STOCK_OUT and calm < found["lasts_hours"]:
        yield Wrong("recovers_below", {"limit": found["lasts_hours"], "value": calm})
    if kind is RuleKind.COVERAGE_GAP and calm < found["below"]:
        yield Wrong("recovers_below", {"limit": found["below"], "value": calm})


def _short(value: Any) -> str:
    return str(value)[:60]
