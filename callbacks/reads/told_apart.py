"""The people of the range told apart by one dimension, masked for whoever looks."""

from __future__ import annotations

from sqlalchemy import Connection

from callbacks.reads.ground import Ground
from data import disclosure
from data.breaking_down import breakdown
from data.types import Breakdown, Scope, Window
from data.vocabulary import Measure

# Categories are given by those who serve; who only counts the door may tell its people apart too.
MEASURES = (Measure.SERVED, Measure.ARRIVALS)


def told_apart(conn: Connection, scope: Scope, base: Ground, window: Window) -> Breakdown | None:
    """Of those served at the entry stage, or of those who arrived there where only these are told apart.

    None where nobody asked.
    """
    if not scope.by:
        return None
    site = base.picture.site
    found = [
        breakdown(
            conn, site, site.entry_stage, measure, base.picture.source(measure), scope.by, window, base.now, scope.as_of
        )
        for measure in MEASURES
    ]
    chosen = next((one for one in found if one.reported), found[0])
    return disclosure.masked_breakdown(chosen, scope.audience, scope.mask_below)
