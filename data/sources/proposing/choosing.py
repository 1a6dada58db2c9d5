"""Which dataset a table is of, and which of its columns fills which canonical one."""

from __future__ import annotations

import collections.abc as abc

from data.sources.canonical import DatasetSpec
from data.sources.lexicon import meaning_of
from data.sources.proposing.columns import HOLDS, LEAST, NUMBERS, Guess, Seen
from data.sources.proposing.persons import persons_of
from data.sources.proposing.times import has_hours
from data.sources.proposing.types import Line, Part
from data.vocabulary import Dataset

# What gives a dataset away. Flow is what is left: a date and a number.
SIGNS: tuple[tuple[Dataset, tuple[str, ...], int], ...] = (
    (Dataset.REFERRAL, ("referred", "pathway", "from_organisation", "to_institution", "accepted", "overdue"), 2),
    (Dataset.EVENT, ("title_es", "title_en"), 2),
    (Dataset.ROSTER, ("counters_planned",), 1),
    (Dataset.STOCK, ("item", "quantity"), 2),
    (Dataset.SERVICE, ("organisation", "sector", "service", "activity"), 2),
    (Dataset.QUEUE, ("waiting", "counters_open", "wait_minutes", "ticket_issued", "ticket_served"), 1),
    (Dataset.RESOURCE, ("kind", "quantity", "state", "organisation"), 3),
    (Dataset.PRESENT, ("present",), 1),
)


def dataset_of(best: abc.Mapping[str, Guess], columns: list[Seen]) -> Dataset:
    sure = {meaning for meaning, guess in best.items() if guess.score >= LEAST}
    for dataset, signs, needed in SIGNS:
        found = sum(sign in sure for sign in signs)
        if found >= needed and not (dataset is Dataset.QUEUE and _says_people(best)):
            return dataset
    return Dataset.FLOW


def _says_people(best: abc.Mapping[str, Guess]) -> bool:
    """A table of people with booths and waits beside them is flow first; `--dataset queue` reads the rest."""
    return "people" in best and best["people"].score >= 0.9 and "waiting" not in best


def chosen(spec: DatasetSpec, columns: list[Seen], said: abc.Mapping[int, list[Guess]]) -> dict[str, Line]:
    """Canonical columns filled, surest first. A column fills one; only an activity may name its service as well."""
    lines: dict[str, Line] = {}
    taken: set[int] = set()
    everything = sorted((guess for found in said.values() for guess in found), key=lambda guess: -guess.score)
    for guess in everything:
        name = _name_in(spec, guess.meaning)
        if name is None or guess.score < LEAST or id(guess.column) in taken or name in lines:
            continue
        if persons_of(guess.column.plain) and HOLDS.get(name) in NUMBERS:
            continue
        lines[name] = Line(name, "one", (guess.column,), guess.score, guess.why)
        taken.add(id(guess.column))
    _several(lines, everything, taken)
    _opening(spec, lines, everything, taken)
    if "service" in spec.names and "service" not in lines and "activity" in lines:
        activity = lines["activity"]
        lines["service"] = Line("service", "one", activity.columns, 0.6, "content")
    if "activity" in lines and (number := _numbering(columns, said, taken)) is not None:
        taken.add(id(number))
        activity = lines["activity"]
        lines["activity"] = Line("activity", "join", (number, *activity.columns), activity.score, activity.why)
    order = {name: place for place, name in enumerate(spec.names)}
    return dict(sorted(lines.items(), key=lambda item: order[item[0]]))


def _name_in(spec: DatasetSpec, meaning: str) -> str | None:
    """The dataset's own column for a meaning: a reading has a moment where others have a start."""
    opening = "start" if "start" in spec.names else "at"
    name = {"start": opening, "at": opening, "present": "people"}.get(meaning, meaning)
    return name if name in spec.names else None


def _several(lines: dict[str, Line], everything: list[Guess], taken: set[int]) -> None:
    """Places are joined from the wide to the narrow; a narrower sector goes before the broad one it may leave empty."""
    for name in ("place", "sector", "organisation"):
        if name not in lines:
            continue
        least = 0.9 if name == "organisation" else 0.8
        more = [guess for guess in everything if guess.meaning == name and guess.score >= least]
        more = [guess for guess in more if id(guess.column) not in taken]
        more = [guess for guess in more if name != "organisation" or guess.why == "header"]
        if name == "place":
            both = (*lines[name].columns, *(guess.column for guess in more[:1]))
            if len(both) > 1:
                both = tuple(sorted(both, key=lambda column: len(column.values)))
                lines[name] = Line(name, "join", both, lines[name].score, lines[name].why)
                taken.update(map(id, both))
            continue
        spare = next((guess.column for guess in more if guess.column.filled != lines[name].columns[0].filled), None)
        if spare is not None:
            both = tuple(sorted((lines[name].columns[0], spare), key=lambda column: column.filled))
            if both[1].filled > 0.99 > both[0].filled:
                lines[name] = Line(name, "first", both, lines[name].score, lines[name].why)
                taken.add(id(spare))


def _opening(spec: DatasetSpec, lines: dict[str, Line], everything: list[Guess], taken: set[int]) -> None:
    """A date and the hours of the day make one time; where only the report is dated, its date is the period's."""
    opening = "start" if "start" in spec.names else "at"
    if opening not in lines and "issued_at" in lines:
        issued = lines.pop("issued_at")
        lines[opening] = Line(opening, "one", issued.columns, 0.55, "issued")
    elif "organisation" in lines and "issued_at" in lines:
        # What partners call the date of a report of activities is mostly its month.
        taken.discard(id(lines.pop("issued_at").columns[0]))
    hours = next((guess for guess in everything if guess.meaning == "hours" and guess.score >= LEAST), None)
    if opening in lines and hours and id(hours.column) not in taken and not has_hours(lines[opening].columns[0], "dmy"):
        day = lines[opening]
        lines[opening] = Line(opening, "hours", (*day.columns, hours.column), min(day.score, hours.score), day.why)
        taken.add(id(hours.column))


def _numbering(columns: list[Seen], said: abc.Mapping[int, list[Guess]], taken: set[int]) -> Seen | None:
    """A running number tells apart activities that read alike."""
    for column in columns:
        is_number = any(guess.meaning == "number" and guess.score >= 0.9 for guess in said[id(column)])
        rows = len(column.cells)
        if is_number and id(column) not in taken and rows and len(column.values) >= min(rows, 2_000) * 0.98:
            return column
    return None


def parts_of(spec: DatasetSpec, columns: list[Seen], lines: abc.Mapping[str, Line]) -> tuple[Part, ...]:
    """Value columns by sex and age, or of several places; the total beside them is one of them."""
    used = {id(column) for line in lines.values() for column in line.columns}
    numeric = [column for column in columns if column.numbers > 0.6 and id(column) not in used and not column.personal]
    if "people" not in spec.names:
        return ()
    total = lines.get("people")
    if "sex" in spec.names:
        persons = [(column, said) for column in numeric if (said := persons_of(column.plain))]
        broad = [(column, said) for column, said in persons if not _band_written(column)]
        kept = broad if len(broad) > 1 else [(c, said) for c, said in persons if said.get("age_band") != "?"]
        if not any(said.get("age_band") == "0-17" for _, said in kept):
            # Without girls and boys beside them, women and men may be of any age, unless the header says which.
            kept = [(c, said if _band_written(c) else {"sex": said["sex"]}) for c, said in kept]
        if len(kept) > 1:
            whole = (Part(total.columns[0], {}, total=True),) if total else ()
            return whole + tuple(Part(column, said) for column, said in kept)
    if (total is None or total.why == "tag") and spec.dataset is Dataset.FLOW:
        candidates = numeric if total is None else [c for c in columns if c in numeric or c is total.columns[0]]
        places = [column for column in candidates if _is_place(column)]
        if len(places) > 1:
            return tuple(Part(column, {"site": "???"}) for column in places)
    return ()


def _band_written(column: Seen) -> bool:
    return any(sign.isdigit() for sign in column.plain)


def _is_place(column: Seen) -> bool:
    """A number column whose header means nothing else: the name of a place, as in a table with one column a place."""
    if column.header.startswith("#"):
        return column.header.startswith("#affected")
    return meaning_of(column.plain) is None and column.filled > 0.3
