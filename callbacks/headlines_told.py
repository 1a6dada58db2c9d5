"""What `GET /api/v1/headlines` answers: the headlines of the pages, each with how sure it is and where to ask."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from callbacks.reads.ground import ground
from callbacks.series import iso, known_at, number
from data.types import ClockReading, FigureName, Kpi, Scope, Site, Sureness
from layouts.headlines import value_text
from layouts.questions import OF_A_DAY, figure_address, headline_date
from layouts.translator import Translator


def headlines(conn: Connection, scope: Scope, site: Site, clock: ClockReading, t: Translator) -> dict[str, Any]:
    """One row a headline. `complete`, `on_time` and `valid` are shares; null where nothing was agreed or reported."""
    base = ground(conn, scope, clock)
    on = headline_date(base.frame)
    rows = [_row(name, kpi, on, site, t) for name, kpi in base.kpis.items()]
    return {"site": site.site, "as_of": known_at(conn, site, scope.as_of), "rows": rows}


def _row(name: str, kpi: Kpi, on: str, site: Site, t: Translator) -> dict[str, Any]:
    figure = FigureName(name, (("day", on),) if name in OF_A_DAY else ())
    return {
        "name": name,
        "label": t(f"kpi.{name}.label"),
        "value": number(kpi.value),
        "unit": kpi.unit,
        "words": value_text(kpi, t),
        "at_least": kpi.at_least,
        "state": str(kpi.state),
        "data_as_of": iso(kpi.as_of, site),
        "method": None if kpi.method is None else str(kpi.method),
        "source": kpi.source,
        **_sure(kpi.sure),
        "ask": figure_address(figure, {"site": site.site, "lang": str(t.language)}),
    }


def _sure(sure: Sureness | None) -> dict[str, Any]:
    if sure is None:
        return dict.fromkeys(("confidence", "complete", "on_time", "valid", "lines", "doubted", "held", "twice"))
    checked = sure.checked
    return {
        "confidence": None if sure.score is None else round(sure.score),
        "complete": sure.complete,
        "on_time": sure.on_time,
        "valid": checked.valid,
        **{part: getattr(checked, part) for part in ("lines", "doubted", "held", "twice")},
    }
