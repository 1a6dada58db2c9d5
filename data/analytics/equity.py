"""Who is served less than others: contacts for each arrival by sex or age band, of one day. Pure.

    rate = contacts of the group / arrivals of the group;  gap = worst rate - average rate

Contacts are not people: a rate over one says that people came back. A group that either side does not tell, or that is
masked on either side, has no rate; the average is that of the groups that have one.
"""

from __future__ import annotations

from collections.abc import Mapping

from data.types import BreakdownDay, Equity, EquityGroup
from data.vocabulary import Sector, Service

# A wide band and those it is made of: a day's arrivals may be told finer than a service tells its contacts.
FINER: Mapping[str, tuple[str, ...]] = {"0-17": ("0-4", "5-11", "12-17"), "18+": ("18-59", "60+")}


def equity(sector: Sector, service: Service, by: str, served: BreakdownDay, came: BreakdownDay | None) -> Equity:
    """`served` and `came` are masked already (`data.disclosure`)."""
    groups = tuple(_group(part, served, came) for part in served.parts)
    known = [one for one in groups if one.rate is not None]
    if len(known) < 2:
        return Equity(sector, service, by, groups, None, None, None)
    average = sum(one.contacts or 0 for one in known) / sum(one.arrivals or 0 for one in known)
    worst = min(known, key=lambda one: (one.rate, one.part))
    assert worst.rate is not None
    return Equity(sector, service, by, groups, average, worst.part, worst.rate - average)


def _group(part: str, served: BreakdownDay, came: BreakdownDay | None) -> EquityGroup:
    contacts = served.parts[part]
    arrivals, hidden = _arrivals(part, came)
    masked = contacts is None or hidden
    rate = contacts / arrivals if contacts is not None and arrivals else None
    return EquityGroup(part, contacts, arrivals, rate, masked)


def _arrivals(part: str, came: BreakdownDay | None) -> tuple[float | None, bool]:
    """People of the group, and whether they are known and hidden."""
    if came is None:
        return None, False
    if part in came.parts:
        return came.parts[part], came.parts[part] is None
    finer = FINER.get(part, ())
    if not finer or not all(one in came.parts for one in finer):
        return None, False
    numbers = [came.parts[one] for one in finer]
    if any(number is None for number in numbers):
        return None, True
    return sum(number or 0 for number in numbers), False
