"""Every id of every page. A part of the page that follows the board is found by these, and by nothing else."""

from __future__ import annotations

ROOT = "caudal"

# The one question of the queue page, and the place of its answer.
ASK_FORM = "ask"
ASK_COUNTERS = "ask-counters"
ASK_HOURS = "ask-hours"
ASK_ARRIVALS = "ask-arrivals"
ASK_WRONG = "ask-wrong"
ANSWER_COUNTERS = "answer-counters"


def kpi(name: str) -> str:
    """The headline's root: carries data-kpi, data-value, data-as-of, data-state, data-bound, data-text."""
    return f"kpi-{name}"


def kpi_text(name: str) -> str:
    return f"kpi-{name}-text"


def kpi_note(name: str) -> str:
    return f"kpi-{name}-note"


def kpi_holds(name: str) -> str:
    return f"kpi-{name}-holds"


def kpi_origin(name: str) -> str:
    """Source and method, in small."""
    return f"kpi-{name}-origin"


def panel(name: str) -> str:
    """A panel's root: carries data-panel and data-version."""
    return f"panel-{name}"


def graph(name: str) -> str:
    return f"graph-{name}"


def text(name: str) -> str:
    """A part whose children are the board's texts[name]."""
    return f"text-{name}"
