"""What somebody picked on the flow page, read from the words of its address: a range, a comparison, what to tell apart.

Local dates and times are the site's; a range is half-open and in whole hours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from callbacks.asked import WrongAsk, in_our_years, moment_ask
from data.types import Site, Window
from data.vocabulary import TOLD_BY, Assessment, Level

RANGE = "range"
LONGEST_RANGE = timedelta(days=100)
COMPARISONS = ("yesterday", "last-week", "usual")
ASKED = "1"
SHORTEST_TARGET, LONGEST_TARGET = 5, 1440  # minutes

RULE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
LEVELS = (str(Level.WATCH), str(Level.ALERT), str(Level.CRITICAL))
# Of alerts of which nobody has yet said what they were, too.
NOT_ASSESSED = "none"
OUTCOMES = (*map(str, Assessment), NOT_ASSESSED)


@dataclass(frozen=True)
class Picked:
    span: Window | None = None
    compare: str = ""
    by: str = ""
    presence: bool = False
    published: bool = False
    target: int | None = None  # minutes
    rule: str = ""  # of the history of alerts, only these
    level: str = ""
    outcome: str = ""

    def words(self, zone: str) -> dict[str, str]:
        """As they stand in an address."""
        return {
            **({} if self.span is None else {"from": said(self.span.start, zone), "to": said(self.span.end, zone)}),
            **({"compare": self.compare} if self.compare else {}),
            **({"by": self.by} if self.by else {}),
            **({"presence": ASKED} if self.presence else {}),
            **({"published": ASKED} if self.published else {}),
            **({} if self.target is None else {"target": str(self.target)}),
            **({"rule": self.rule} if self.rule else {}),
            **({"level": self.level} if self.level else {}),
            **({"outcome": self.outcome} if self.outcome else {}),
        }


NOTHING = Picked()


def picked(params: Mapping[str, str], site: Site, now: datetime | None) -> Picked:
    """From the words of an address; raises WrongAsk. `now` None: nothing is known to be still to come."""
    return Picked(
        span=_span(params, site, now),
        compare=_compare(params.get("compare", "").strip()),
        by=one_of("by", params.get("by", ""), TOLD_BY),
        presence=one_of("presence", params.get("presence", ""), (ASKED,)) == ASKED,
        published=one_of("published", params.get("published", ""), (ASKED,)) == ASKED,
        target=_target(params.get("target", "").strip()),
        rule=rule_named(params.get("rule", "").strip()),
        level=one_of("level", params.get("level", ""), LEVELS),
        outcome=one_of("outcome", params.get("outcome", ""), OUTCOMES),
    )


def said(at: datetime, zone: str) -> str:
    """The site's clock, to the minute; with its offset where the clock shows the same twice."""
    local = at.astimezone(ZoneInfo(zone))
    return (local if local.fold else local.replace(tzinfo=None)).isoformat(timespec="minutes")


def _span(params: Mapping[str, str], site: Site, now: datetime | None) -> Window | None:
    first, last = (params.get(name, "").strip() for name in ("from", "to"))
    if not first and not last:
        return None
    for name, text in (("from", first), ("to", last)):
        if not text:
            raise WrongAsk(name, "", "missing_value")
    start, end = (_hour(params, name, site) for name in ("from", "to"))
    if end <= start:
        raise WrongAsk("to", last, "not_after_from")
    if end - start > LONGEST_RANGE:
        raise WrongAsk("from", first, "window_too_long", days=LONGEST_RANGE.days)
    if now is not None and start >= now:
        raise WrongAsk("from", first, "range_to_come", now=now)
    return Window(start.astimezone(UTC), end.astimezone(UTC))


def _hour(params: Mapping[str, str], name: str, site: Site) -> datetime:
    at = moment_ask(params, name, site)
    assert at is not None, "it was looked at before"
    local = at.astimezone(ZoneInfo(site.zone))
    if local.minute or local.second or local.microsecond:
        raise WrongAsk(name, params[name].strip(), "not_a_whole_hour")
    return at


def _compare(text: str) -> str:
    if not text or text in COMPARISONS:
        return text
    try:
        on = date.fromisoformat(text)
    except ValueError:
        allowed = ", ".join((*COMPARISONS, "2018-10-31"))
        raise WrongAsk("compare", text, "unknown_value", allowed=allowed) from None
    if not in_our_years(datetime(on.year, on.month, on.day, tzinfo=UTC)):
        raise WrongAsk("compare", text, "unknown_value", allowed=", ".join(COMPARISONS))
    return on.isoformat()


def _target(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5 and SHORTEST_TARGET <= int(text) <= LONGEST_TARGET):
        allowed = f"{SHORTEST_TARGET}-{LONGEST_TARGET}"
        raise WrongAsk("target", text, "unknown_value", allowed=allowed)
    return int(text)


def rule_named(text: str) -> str:
    """The rules of a place are its own: a name that none has finds nothing."""
    if text and not RULE.fullmatch(text):
        raise WrongAsk("rule", text, "unknown_value", allowed="surge, pressure, coverage_gap, source_silent, …")
    return text


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value and value not in allowed:
        raise WrongAsk(name, value, "unknown_value", allowed=", ".join(allowed))
    return value
