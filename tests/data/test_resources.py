"""Who has what: the newest report of each institution, old ones apart, and silence told as silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from data.analytics.resources import available_of, group_of, register
from data.holdings import who_has_what
from data.ingest import ingest
from data.resource_shapes import Register, Reported
from data.sites import site as site_named
from data.store import reading
from data.vocabulary import Dataset, ResourceGroup, State
from tests.data.post import NOON, open_post

HOUR = timedelta(hours=1)
HEAD = {
    Dataset.RESOURCE: "site,organisation,kind,at,quantity,state,available,place",
    Dataset.STOCK: "site,organisation,item,at,quantity,unit",
    Dataset.QUEUE: "site,stage,at,waiting,counters_open,counters_total",
}


def send(engine: Engine, var: Path, dataset: Dataset, source: str, now: datetime, *rows: str) -> None:
    text = "\n".join([HEAD[dataset], *(f"norte,{row}" for row in rows)])
    name = f"{dataset}-{source}-{now:%d%H}.csv"
    receipt = ingest(engine, text.encode(), name, source=source, dataset=dataset, now=now, var=var)
    assert receipt.rejected == 0, receipt.issues


def at(hours: float) -> str:
    return (NOON + hours * HOUR).isoformat()


def seen(engine: Engine, now: datetime, as_of: datetime | None = None) -> Register:
    with reading(engine) as conn:
        return who_has_what(conn, site_named(conn, "norte"), now, as_of)


def totals(found: Register) -> dict[str, tuple[float | None, float | None, float | None]]:
    return {one.kind: (one.quantity, one.available, one.old_quantity) for one in found.totals}


def test_the_newest_report_of_a_kind_stands_in_place_of_the_one_before(any_engine: Engine, var: Path):
    open_post(any_engine)
    first = ("INDECI,carpa,{0},9,operativa,,", "INDECI,carpa,{0},2,averiada,,", "UNICEF,carpa,{0},5,operativa,3,Patio")
    send(any_engine, var, Dataset.RESOURCE, "indeci", NOON, *(row.format(at(-2)) for row in first))
    assert totals(seen(any_engine, NOON)) == {"carpa": (16, 12, None)}
    send(any_engine, var, Dataset.RESOURCE, "indeci", NOON + HOUR, f"INDECI,carpa,{at(1)},10,operativa,,")
    # The broken two of before are of the older report: nobody says any more that they are there.
    assert totals(seen(any_engine, NOON + HOUR)) == {"carpa": (15, 13, None)}
    assert totals(seen(any_engine, NOON + HOUR, NOON)) == {"carpa": (16, 12, None)}
    [patio] = [one for one in seen(any_engine, NOON + HOUR).holdings if one.place]
    assert (patio.organisation, patio.quantity, patio.available, patio.place) == ("UNICEF", 5, 3, "Patio")


def test_an_old_report_is_marked_and_never_summed_with_the_others(engine: Engine, var: Path):
    open_post(engine)
    send(engine, var, Dataset.RESOURCE, "indeci", NOON, f"INDECI,carpa,{at(-40)},9,operativa,,")
    send(engine, var, Dataset.RESOURCE, "unicef", NOON, f"UNICEF,Carpa,{at(-1)},5,operativa,,")
    found = seen(engine, NOON)
    assert totals(found) == {"Carpa": (5, 5, 9)} or totals(found) == {"carpa": (5, 5, 9)}
    assert found.totals[0].old_at == NOON - 40 * HOUR
    assert {one.organisation: one.standing for one in found.holdings} == {"INDECI": State.STALE, "UNICEF": State.OK}
    assert seen(engine, NOON + timedelta(days=40)).holdings == ()


def test_counters_and_goods_stand_beside_and_what_nobody_reports_is_silence(any_engine: Engine, var: Path):
    open_post(any_engine)
    send(any_engine, var, Dataset.QUEUE, "control", NOON, f"migration-control,{at(-0.5)},40,11,30")
    send(
        any_engine, var, Dataset.STOCK, "adra", NOON, f"ADRA,agua,{at(-3)},900,litros", f"ADRA,agua,{at(-1)},700,litros"
    )
    found = seen(any_engine, NOON)
    assert totals(found) == {"migration-control": (30, 11, None), "agua": (700, 700, None)}
    counters = next(one for one in found.totals if one.group is ResourceGroup.COUNTERS)
    assert counters.available_at_least
    assert counters.organisations == ("Control",)
    assert found.silent_groups == (ResourceGroup.STAFF, ResourceGroup.TENTS, ResourceGroup.VEHICLES)
    late = seen(any_engine, NOON + 5 * HOUR)
    assert [one.standing for one in late.holdings if one.group is ResourceGroup.COUNTERS] == [State.STALE] * 2
    assert totals(late)["migration-control"] == (None, None, 30)


def test_an_institution_that_reports_other_things_is_told_to_have_said_nothing(engine: Engine, var: Path):
    open_post(engine)
    assert seen(engine, NOON).silent_organisations == ("Control",)
    assert seen(engine, NOON).totals == ()


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        ("Módulos de atención", ResourceGroup.COUNTERS),
        ("Enfermeras", ResourceGroup.STAFF),
        ("inspectores de refuerzo", ResourceGroup.STAFF),
        ("Carpas RUBB", ResourceGroup.TENTS),
        ("buses del Ejército", ResourceGroup.VEHICLES),
        ("Camiones cisterna", ResourceGroup.VEHICLES),
        ("motobomba", ResourceGroup.OTHER),
        ("medicamentos", ResourceGroup.OTHER),
        ("carga de cartas", ResourceGroup.OTHER),
    ],
)
def test_a_kind_is_known_by_its_words(kind: str, group: ResourceGroup):
    assert group_of(kind) is group


@pytest.mark.parametrize(
    ("state", "said", "free"),
    [
        ("Operativa", None, 4),
        ("disponible", None, 4),
        ("no operativa", None, 0),
        ("inoperativa", None, 0),
        ("en camino", None, 0),
        ("en uso", None, 0),
        ("prestada", None, None),
        ("prestada", 2, 2),
        ("operativa", 9, 4),
        ("en uso", 0, 0),
    ],
)
def test_how_much_is_free_is_what_was_said_else_what_the_state_says(state: str, said: float | None, free: float | None):
    assert available_of(4, said, state) == free


READINGS = st.lists(
    st.builds(
        Reported,
        group=st.just(ResourceGroup.TENTS),
        kind=st.sampled_from(["carpa", "Carpa", "toldo"]),
        organisation=st.sampled_from(["A", "B"]),
        source=st.sampled_from(["a", "b"]),
        state=st.sampled_from(["operativa", "averiada", "prestada"]),
        quantity=st.integers(0, 50).map(float),
        at=st.integers(0, 80).map(lambda hours: NOON - hours * HOUR),
        holds=st.just(36 * HOUR),
        available=st.none() | st.integers(0, 60).map(float),
        place=st.sampled_from(["", "Patio", "Cola"]),
    ),
    max_size=12,
)


@given(READINGS)
def test_sums_are_of_what_was_told_and_missing_is_never_zero(told: list[Reported]):
    found = register(told, {"a": "A", "b": "B"}, ["A", "B", "C"], NOON)
    assert "C" in found.silent_organisations
    assert {one.quantity for one in found.holdings} <= {one.quantity for one in told}
    assert (ResourceGroup.TENTS in found.silent_groups) is (not told)
    for one in found.totals:
        mine = [h for h in found.holdings if h.kind.lower() == one.kind.lower() and not h.part]
        fresh = [h.quantity for h in mine if h.standing is State.OK]
        assert one.quantity == (sum(fresh) if fresh else None)
        assert (one.old_quantity is None) == (len(fresh) == len(mine))
        assert one.available is None or one.quantity is None or one.available <= one.quantity
        # Of each institution one source speaks, and never a whole and its parts.
        for name in {h.organisation for h in mine}:
            assert len({h.source for h in mine if h.organisation == name}) == 1
            assert len({h.place == "" for h in mine if h.organisation == name}) == 1
