"""Who has what now, from what was reported. No report is missing, never zero; what is old is summed apart.

A report of an institution about a kind is a whole: its newest moment replaces what it said before of the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from data.resource_shapes import Holding, KindTotal, Register, Reported
from data.scenario_shapes import Offered
from data.sources.words import plain
from data.vocabulary import ResourceGroup, State

# Words by which a kind is known, without accents; those with a star are beginnings. The first group that fits counts.
GROUP_WORDS: Mapping[ResourceGroup, tuple[str, ...]] = {
    ResourceGroup.COUNTERS: ("modulo", "ventanilla", "counter", "window"),
    ResourceGroup.TENTS: ("carpa", "toldo", "tent", "rubb"),
    ResourceGroup.VEHICLES: (
        *("ambulancia", "bus", "autobus", "omnibus", "camion", "camioneta", "cisterna", "vehiculo", "minivan"),
        *("motocicleta", "ambulance", "truck", "van", "vehicle", "car", "pickup", "motorcycle"),
    ),
    ResourceGroup.STAFF: (
        *("personal", "inspector*", "medico", "medica", "enfermer*", "interprete", "psicolog*", "abogad*", "agente"),
        *("voluntari*", "promotor*", "brigad*", "trabajador*", "funcionari*", "policia", "registrador*", "conductor*"),
        *("staff", "doctor*", "nurse", "interpreter", "lawyer", "volunteer", "officer", "worker", "driver", "police"),
    ),
}
# What a state says of use, by the beginning of its words: free to be used, or not.
FREE = ("operativ", "disponible", "libre", "list", "en reserva", "available", "ready", "operational", "free", "spare")
TAKEN = (
    *("en uso", "ocupad", "asignad", "en camino", "fuera", "averiad", "malograd", "inoperativ", "en mantenimiento"),
    *("en taller", "solicitad", "no disponible", "no operativ", "in use", "busy", "assigned", "on the way", "out of"),
    *("broken", "under repair", "in repair", "requested", "not available", "unavailable", "not operational"),
)


def group_of(kind: str) -> ResourceGroup:
    words = plain(kind).split()
    for group, known in GROUP_WORDS.items():
        if any(_is(word, name) for word in words for name in known):
            return group
    return ResourceGroup.OTHER


def _is(word: str, name: str) -> bool:
    """In the singular or the plural of either language."""
    return word.startswith(name[:-1]) if name.endswith("*") else word in (name, f"{name}s", f"{name}es")


def available_of(quantity: float, available: float | None, state: str) -> float | None:
    """How much can be used now: as somebody said, else as the state says; None where neither does."""
    if available is not None:
        return min(available, quantity)
    words = plain(state)
    if words.startswith(TAKEN):
        return 0.0
    return quantity if words.startswith(FREE) else None


def register(
    reported: Iterable[Reported], own: Mapping[str, str | None], organisations: Iterable[str], now: datetime
) -> Register:
    """`own`: whose each source is; `organisations`: who reports anything here."""
    found = _holdings([one for one in reported if one.at <= now], own, now)
    here = {one.group for one in found}
    heard = {plain(one.organisation) for one in found}
    return Register(
        holdings=tuple(sorted(found, key=_order)),
        totals=tuple(_totals(found)),
        silent_groups=tuple(group for group in ResourceGroup if group not in here and group is not ResourceGroup.OTHER),
        silent_organisations=tuple(name for name in sorted(organisations, key=plain) if plain(name) not in heard),
    )


def _holdings(reported: Sequence[Reported], own: Mapping[str, str | None], now: datetime) -> list[Holding]:
    by_kind: dict[tuple[str, ...], list[Reported]] = {}
    for one in reported:
        by_kind.setdefault((str(one.group), plain(one.kind), one.unit, plain(one.organisation)), []).append(one)
    found = []
    for told in by_kind.values():
        of_one = _one_source(told, own)
        newest: dict[str, datetime] = {}
        for one in of_one:
            newest[one.place] = max(one.at, newest.get(one.place, one.at))
        whole = newest.get("")
        # An empty place is the whole: parts as old or older stand beside it, newer ones in its stead.
        parts_count = whole is None or any(at > whole for place, at in newest.items() if place)
        for one in of_one:
            if one.at != newest[one.place]:
                continue
            found.append(
                Holding(
                    group=one.group,
                    kind=one.kind,
                    organisation=one.organisation,
                    source=one.source,
                    state=one.state,
                    quantity=one.quantity,
                    available=available_of(one.quantity, one.available, one.state),
                    at=one.at,
                    standing=State.STALE if now - one.at > one.holds else State.OK,
                    place=one.place,
                    unit=one.unit,
                    part=bool(newest.keys() - {""}) and whole is not None and (one.place == "") is parts_count,
                )
            )
    return found


def _one_source(told: Sequence[Reported], own: Mapping[str, str | None]) -> list[Reported]:
    """What several sources tell of one institution is told once: its own report counts, else the newest one's."""
    rank: dict[str, tuple[bool, datetime, str]] = {}
    for one in told:
        mine = plain(own.get(one.source) or "") == plain(one.organisation)
        rank[one.source] = max((mine, one.at, one.source), rank.get(one.source, (mine, one.at, one.source)))
    chosen = max(rank, key=lambda source: rank[source])
    return [one for one in told if one.source == chosen]


def _totals(found: Sequence[Holding]) -> Iterable[KindTotal]:
    by_kind: dict[tuple[ResourceGroup, str, str], list[Holding]] = {}
    for one in sorted(found, key=_order):
        if not one.part:
            by_kind.setdefault((one.group, plain(one.kind), one.unit), []).append(one)
    for (group, _, unit), told in by_kind.items():
        fresh = [one for one in told if one.standing is State.OK]
        old = [one for one in told if one.standing is not State.OK]
        free = [one.available for one in fresh if one.available is not None]
        yield KindTotal(
            group=group,
            kind=told[0].kind,
            unit=unit,
            quantity=sum(one.quantity for one in fresh) if fresh else None,
            available=sum(free) if free else None,
            available_at_least=0 < len(free) < len(fresh),
            old_quantity=sum(one.quantity for one in old) if old else None,
            old_at=min((one.at for one in old), default=None),
            organisations=tuple(dict.fromkeys(one.organisation for one in told)),
        )


def _order(one: Holding) -> tuple[object, ...]:
    place = list(ResourceGroup).index(one.group)
    return (place, plain(one.kind), plain(one.organisation), one.place, one.state)


def whole_of(found: Register, group: ResourceGroup, kind: str) -> Offered:
    """Everything there is of a kind, in whatever state, as a scenario asks for it."""
    told = [one for one in found.holdings if (one.group, one.kind) == (group, kind) and not one.part]
    if not told:
        return Offered(None, {}, "", standing=True)
    by: dict[str, float | None] = {}
    for one in told:
        by[one.organisation] = (by.get(one.organisation) or 0.0) + one.quantity
    old = any(one.standing is not State.OK for one in told)
    return Offered(
        amount=sum(one.quantity for one in told),
        by=by,
        unit="",
        standing=True,
        state=State.STALE if old else State.OK,
        at=min(one.at for one in told),
    )
