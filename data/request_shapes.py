"""The shapes of the board of requests: what an institution asks for, who offers how much of it, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from data.vocabulary import RequestMove, RequestState, Service

# Less than this of a unit is nothing.
CRUMB = 1e-9


@dataclass(frozen=True)
class Asked:
    """What is asked for. `service` None: none of the vocabulary; `place` "": the site as a whole."""

    what: str
    quantity: float
    unit: str
    needed_by: datetime
    institution: str
    reason: str
    service: Service | None = None
    place: str = ""


@dataclass(frozen=True)
class RequestAct:
    """One step. `institution`: who offers, or of the other moves who asked or offered; `quantity` None: not said."""

    step: int
    at: datetime
    move: RequestMove
    institution: str
    by: str
    note: str
    offer: int | None = None
    quantity: float | None = None


@dataclass(frozen=True)
class Offer:
    """`quantity` as it was offered, `delivered` of it; None as a moment: it has not come to that."""

    number: int
    institution: str
    quantity: float
    at: datetime
    by: str
    note: str
    confirmed_at: datetime | None = None
    retracted_at: datetime | None = None
    delivered: float = 0.0

    @property
    def counts(self) -> float:
        """What the request may count on: more than was offered may have come, and of a retracted offer what came."""
        return self.delivered if self.retracted_at else max(self.quantity, self.delivered)

    @property
    def over(self) -> bool:
        return self.retracted_at is not None or self.delivered >= self.quantity - CRUMB


@dataclass(frozen=True)
class ResourceRequest:
    """A request and every step of it, the oldest first."""

    number: int
    at: datetime
    asked: Asked
    by: str
    mark: str = ""
    acts: tuple[RequestAct, ...] = ()

    @property
    def step(self) -> int:
        """Of the newest act; who acts names the one they saw. 0: none."""
        return self.acts[-1].step if self.acts else 0

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        found: dict[int, Offer] = {}
        for act in self.acts:
            if act.offer is None:
                continue
            before = found.get(act.offer)
            if act.move is RequestMove.OFFERED:
                found[act.offer] = Offer(act.offer, act.institution, act.quantity or 0.0, act.at, act.by, act.note)
            elif before is not None:
                found[act.offer] = _moved(before, act)
        return tuple(found.values())

    @property
    def offered(self) -> float:
        return sum(one.counts for one in self.offers)

    @property
    def confirmed(self) -> float:
        return sum(one.counts for one in self.offers if one.confirmed_at)

    @property
    def delivered(self) -> float:
        return sum(one.delivered for one in self.offers)

    @property
    def missing(self) -> float:
        """What nobody has offered yet."""
        return max(0.0, self.asked.quantity - self.offered)

    @property
    def state(self) -> RequestState:
        """The furthest state that holds for the whole quantity; offered as soon as somebody offers a part of it."""
        if self.acts and self.acts[-1].move is RequestMove.WITHDRAWN:
            return RequestState.WITHDRAWN
        if self._whole(self.delivered):
            return RequestState.DELIVERED
        if self._whole(self.confirmed):
            return RequestState.CONFIRMED
        return RequestState.OFFERED if self.offered > CRUMB else RequestState.OPEN

    def _whole(self, amount: float) -> bool:
        return amount >= self.asked.quantity - CRUMB

    @property
    def over(self) -> bool:
        return self.state in (RequestState.DELIVERED, RequestState.WITHDRAWN)

    @property
    def over_at(self) -> datetime | None:
        return self.acts[-1].at if self.over else None

    def age(self, now: datetime) -> timedelta:
        """From when it was asked to when it was over, or to now."""
        return max((self.over_at or now) - self.at, timedelta(0))

    def overdue(self, now: datetime) -> bool:
        return not self.over and self.asked.needed_by <= now

    def offer_numbered(self, number: int | None) -> Offer | None:
        return next((one for one in self.offers if one.number == number), None)


def _moved(offer: Offer, act: RequestAct) -> Offer:
    if act.move is RequestMove.CONFIRMED:
        return replace(offer, confirmed_at=act.at)
    if act.move is RequestMove.RETRACTED:
        return replace(offer, retracted_at=act.at)
    return replace(offer, delivered=offer.delivered + (act.quantity or 0.0))
