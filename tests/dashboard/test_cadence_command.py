"""`caudal cadence`: switched from a moment on, listed with its history, refused with a sentence."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from data.sites import add_site, load_site
from data.store import create_store, reading, writing
from data.tables import audit
from tests import processes
from tests.data.centre import SITE
from tests.stores import migrated

SHIFTS = SITE.replace("safe_capacity = 200", "safe_capacity = 200\nshifts = [6, 14, 22]")


@pytest.fixture
def caudal(var: Path, sqlite_url: str):
    engine = migrated(sqlite_url)
    with writing(engine) as conn:
        add_site(conn, load_site(SHIFTS), datetime(2018, 1, 1, tzinfo=UTC), "test")
    engine.dispose()

    def run(*words: str, status: int = 0) -> str:
        done = processes.caudal("cadence", *words, environment={**os.environ, "CAUDAL_VAR": str(var)})
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return (done.stdout + done.stderr).replace("\u00a0", " ")

    return run


def test_a_cadence_is_switched_listed_and_audited(caudal, sqlite_url: str):
    said = caudal(
        *("tumbes", "migraciones", "flow", "shift", "--from", "2018-10-31T14:00", "--reason", "emergencia"),
        *("--by", "rosa", "--grace", "30"),
    )
    assert "cada turno desde el mié 31 oct 2018, 14:00 (gracia 30 min)" in said
    assert "se cuenta de nuevo" in said  # that moment has passed
    _, always, switched = caudal("list", "tumbes").splitlines()
    assert always.split("\t") == ["tumbes/migraciones", "flow", "cada hora", "15 min", "siempre", "test", ""]
    assert switched.split("\t") == [
        *("tumbes/migraciones", "flow", "cada turno", "30 min", "mié 31 oct 2018, 14:00", "rosa", "emergencia")
    ]
    assert "cada 30 min" in caudal("set", "tumbes", "migraciones", "queue", "minutes", "--minutes", "30")
    assert "ya no se espera" in caudal("tumbes", "migraciones", "queue", "none")
    engine = create_store(sqlite_url)
    with reading(engine) as conn:
        rows = conn.execute(select(audit.c.who, audit.c.subject).order_by(audit.c.audit_id)).all()
    engine.dispose()
    assert rows[0] == ("rosa", "tumbes/migraciones/flow")
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("lima", "migraciones", "flow", "daily"), "tumbes"),
        (("tumbes", "nadie", "flow", "daily"), "migraciones"),
        (("tumbes", "migraciones", "flow", "minutes"), "--minutes"),
        (("tumbes", "migraciones", "flow", "minutes", "--minutes", "1500"), "1\u202f500"),
        (("tumbes", "migraciones", "flow", "daily", "--from", "mañana"), "«mañana»"),
        (("tumbes", "migraciones", "flow", "hourly", "--grace", "-1"), "\u22121"),
    ],
)
def test_what_cannot_be_agreed_is_refused_with_a_sentence(caudal, words, says):
    assert says in caudal(*words, status=2)
