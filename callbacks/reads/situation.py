"""The first page: how bad it is, what is missing, how sure we are."""

from __future__ import annotations

from sqlalchemy import Connection

from callbacks.reads.ground import events_around, ground
from data.analytics.sentences import situation_sentence
from data.analytics.stations import stations
from data.types import ClockReading, Scope, SituationModel


def situation(conn: Connection, scope: Scope, clock: ClockReading) -> SituationModel:
    base = ground(conn, scope, clock)
    seen = base.picture
    return SituationModel(
        frame=base.frame,
        pressure=seen.pressure,
        sentence=situation_sentence(seen.entry_state, seen.pressure),
        kpis=base.kpis,
        curves=base.curves,
        stations=stations(seen.site, seen.states, base.now, seen.limits),
        sectors=base.sectors,
        alerts=base.alerts,
        events=events_around(conn, scope, seen.day),
    )
