"""Two who report the same service, place and day: flagged, decided by a person, and only then counted once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import Engine, select

from data.analytics.overlaps import FIRST_COUNTS, KEEP_BOTH, OPEN, SECOND_COUNTS
from data.deciding import decide_duplicate
from data.duplicates import NoSuchDuplicate, WrongDecision, duplicates
from data.ingest import undo
from data.queries import service_totals, services_by_day
from data.store import reading, writing
from data.tables import duplicate_decision, duplicate_flag, service_line
from data.types import Duplicate, Window
from tests.data.centre import NOON, open_centre, send
from tests.stores import migrated

LATER = NOON + timedelta(hours=2)
OCTOBER = Window(datetime(2018, 10, 1, 5, tzinfo=UTC), datetime(2018, 11, 2, 5, tzinfo=UTC))
HEAD = "site,organisation,sector,service,start,end,quantity,unit,people,place,shift\n"


def meals(organisation: str, quantity: float, day: int = 30, hours: str = "06:00-14:00", **other: str) -> bytes:
    start, end = hours.split("-")
    words = {"place": "Patio norte", "unit": "raciones", "shift": "", **other}
    line = ",".join(
        [
            *("tumbes", organisation, "food", "meals", f"2018-10-{day}T{start}", f"2018-10-{day}T{end}"),
            *(str(quantity), words["unit"], "", words["place"], words["shift"]),
        ]
    )
    return f"{HEAD}{line}\n".encode()


@pytest.fixture
def centre(any_engine: Engine) -> Engine:
    open_centre(any_engine)
    return any_engine


def found(engine: Engine, as_of: datetime | None = None) -> tuple[Duplicate, ...]:
    with reading(engine) as conn:
        return duplicates(conn, "tumbes", as_of=as_of)


def rations(engine: Engine, as_of: datetime | None = None) -> dict[str, float]:
    """By organisation, from the daily summary, or from the lines as they were known."""
    with reading(engine) as conn:
        told = services_by_day(conn, "tumbes", OCTOBER)
        if as_of is not None:
            told = service_totals(conn, "tumbes", OCTOBER, as_of)
        now = service_totals(conn, "tumbes", OCTOBER)
    by_organisation = told.groupby("organisation")["quantity"].sum().to_dict()
    if as_of is None:
        assert by_organisation == now.groupby("organisation")["quantity"].sum().to_dict(), "summary and lines agree"
    return by_organisation


def decide(engine: Engine, verdict: str, now: datetime = LATER, onwards: bool = False, flag: str = "") -> Duplicate:
    name = flag or found(engine)[-1].flag
    with writing(engine) as conn:
        return decide_duplicate(conn, name, verdict, "acta 14 del GTRM", "ana", now, onwards)


def test_two_organisations_with_the_same_meals_are_flagged_and_both_count(centre, var):
    send(centre, var, meals("ADRA", 300), source="adra")
    send(centre, var, meals("Cruz Roja", 310, hours="07:00-15:00", place="patio  NORTE"), source="cruz-roja")
    [one] = found(centre)
    assert (one.first, one.second) == (("adra", "ADRA"), ("cruz-roja", "Cruz Roja"))
    assert (one.service, one.verdict, one.day) == ("meals", OPEN, datetime(2018, 10, 30, 5, tzinfo=UTC))
    assert (one.facts["first"]["quantity"], one.facts["second"]["quantity"]) == (300, 310)
    assert rations(centre) == {"ADRA": 300, "Cruz Roja": 310}


@pytest.mark.parametrize(
    "other",
    [
        meals("Cruz Roja", 310, hours="14:00-22:00"),  # another shift
        meals("Cruz Roja", 310, place="Patio sur"),
        meals("Cruz Roja", 310, day=29),
        meals("Cruz Roja", 310, unit="canastas"),
        meals("ADRA", 310, shift="tarde", hours="14:00-20:00"),  # the same organisation goes on
    ],
)
def test_what_is_not_the_same_is_not_flagged(centre, var, other):
    send(centre, var, meals("ADRA", 300), source="adra")
    send(centre, var, other, source="adra" if b"ADRA" in other else "cruz-roja")
    assert found(centre) == ()


def test_a_months_report_is_not_the_same_as_a_days(centre, var):
    month = (
        f"{HEAD}tumbes,Cruz Roja,food,meals,2018-10-01T00:00,2018-11-01T00:00,9000,raciones,,Patio norte,\n".encode()
    )
    send(centre, var, meals("ADRA", 300), source="adra")
    send(centre, var, month, source="cruz-roja")
    assert found(centre) == ()


def test_one_organisation_through_two_sources_is_flagged(centre, var):
    send(centre, var, meals("ADRA", 300), source="adra")
    send(centre, var, meals("ADRA", 300), source="kobo")
    assert [(one.first, one.second) for one in found(centre)] == [(("adra", "ADRA"), ("kobo", "ADRA"))]


def test_the_same_thing_counts_once_from_the_decision_on_and_nothing_is_deleted(centre, var):
    send(centre, var, meals("ADRA", 300), source="adra")
    send(centre, var, meals("Cruz Roja", 310), source="cruz-roja")
    decided = decide(centre, FIRST_COUNTS)
    assert (decided.verdict, decided.who, decided.reason) == (FIRST_COUNTS, "ana", "acta 14 del GTRM")
    assert rations(centre) == {"ADRA": 300}
    assert rations(centre, LATER - timedelta(minutes=1)) == {"ADRA": 300, "Cruz Roja": 310}
    assert rations(centre, LATER) == {"ADRA": 300}
    with reading(centre) as conn:
        assert len(conn.execute(select(service_line.c.line_id)).all()) == 2
    decide(centre, SECOND_COUNTS, LATER + timedelta(hours=1))
    assert rations(centre) == {"Cruz Roja": 310}
    decide(centre, OPEN, LATER + timedelta(hours=2))
    assert rations(centre) == {"ADRA": 300, "Cruz Roja": 310}
    assert rations(centre, LATER + timedelta(minutes=90)) == {"Cruz Roja": 310}, "the past keeps its own decision"
    with reading(centre) as conn:
        verdicts = conn.execute(select(duplicate_decision.c.verdict).order_by(duplicate_decision.c.step)).scalars()
        assert list(verdicts) == [FIRST_COUNTS, SECOND_COUNTS, OPEN]


def test_both_count_when_somebody_says_they_differ(centre, var):
    send(centre, var, meals("ADRA", 300), source="adra")
    send(centre, var, meals("Cruz Roja", 310), source="cruz-roja")
    decide(centre, KEEP_BOTH)
    assert rations(centre) == {"ADRA": 300, "Cruz Roja": 310}
    assert [one.verdict for one in found(centre)] == [KEEP_BOTH]


def test_who_was_left_out_counts_again_when_the_other_report_is_undone(centre, var):
    first = send(centre, var, meals("ADRA", 300), source="adra")
    send(centre, var, meals("Cruz Roja", 310), source="cruz-roja")
    decide(centre, FIRST_COUNTS)
    undo(centre, first.report or 0, LATER + timedelta(hours=1), "ana")
    assert rations(centre) == {"Cruz Roja": 310}
    assert found(centre) == ()
    send(centre, var, meals("ADRA", 280), source="adra", now=LATER + timedelta(hours=2))
    assert rations(centre) == {"ADRA": 280}, "the decision about that day still stands"


def test_a_decision_may_hold_for_the_days_that_follow(centre, var):
    for day in (29, 30, 31):
        send(centre, var, meals("ADRA", 300 + day, day), source="adra")
        send(centre, var, meals("Cruz Roja", 400 + day, day), source="cruz-roja")
    thirtieth = next(one for one in found(centre) if one.day.day == 30)
    decide(centre, SECOND_COUNTS, onwards=True, flag=thirtieth.flag)
    assert rations(centre) == {"ADRA": 329, "Cruz Roja": 429 + 430 + 431}
    assert {one.day.day: one.verdict for one in found(centre)} == {29: OPEN, 30: SECOND_COUNTS, 31: SECOND_COUNTS}


def test_a_report_that_comes_after_the_decision_obeys_it(centre, var):
    for day in (29, 30):
        send(centre, var, meals("ADRA", 300, day), source="adra")
    send(centre, var, meals("Cruz Roja", 310, 29), source="cruz-roja")
    decide(centre, FIRST_COUNTS, onwards=True)
    send(centre, var, meals("Cruz Roja", 310, 30), source="cruz-roja", now=LATER + timedelta(hours=1))
    assert rations(centre) == {"ADRA": 600}


def test_a_corrected_place_withdraws_the_flag(centre, var):
    send(centre, var, meals("ADRA", 300), source="adra")
    report = send(centre, var, meals("Cruz Roja", 310), source="cruz-roja")
    undo(centre, report.report or 0, LATER, "ana")
    send(centre, var, meals("Cruz Roja", 310, place="Patio sur"), source="cruz-roja", now=LATER)
    assert found(centre) == ()
    assert len(found(centre, LATER - timedelta(minutes=1))) == 1, "it stood then"


def test_a_decision_needs_a_known_verdict_a_reason_and_a_flag(centre, var):
    send(centre, var, meals("ADRA", 300), source="adra")
    send(centre, var, meals("Cruz Roja", 310), source="cruz-roja")
    [one] = found(centre)
    with writing(centre) as conn:
        with pytest.raises(WrongDecision):
            decide_duplicate(conn, one.flag, "whatever", "porque sí", "ana", LATER)
        with pytest.raises(WrongDecision):
            decide_duplicate(conn, one.flag, KEEP_BOTH, " ", "ana", LATER)
        with pytest.raises(NoSuchDuplicate):
            decide_duplicate(conn, "0" * 12, KEEP_BOTH, "porque sí", "ana", LATER)


def test_whatever_the_order_of_deliveries_the_same_flags_stand(var, tmp_path):
    parts = [
        ("adra", meals("ADRA", 300)),
        ("cruz-roja", meals("Cruz Roja", 310)),
        ("kobo", meals("ADRA", 305)),
        ("adra", meals("ADRA", 290, 31)),
    ]
    seen = set()
    for number, order in enumerate(permutations(range(4))):
        if number % 5:
            continue
        engine = migrated(f"sqlite:///{tmp_path / f'{number}.sqlite'}")
        open_centre(engine)
        for place in (*order, order[0]):  # and one of them sent twice
            source, content = parts[place]
            send(engine, var, content, source=source, issued_at=NOON + timedelta(minutes=place))
        with reading(engine) as conn:
            rows = conn.execute(select(duplicate_flag.c.flag, duplicate_flag.c.turn).order_by(duplicate_flag.c.flag))
            seen.add(tuple(tuple(row) for row in rows))
        engine.dispose()
    assert len(seen) == 1
    assert len(next(iter(seen))) == 3
