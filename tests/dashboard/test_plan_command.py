"""`caudal plan`: a file written and read back is the same; one mistake in it and nothing changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from data.store import create_store, reading
from data.tables import audit
from tests import processes
from tests.dashboard.centre import open_centre
from tests.data.planned import TEXT


@pytest.fixture
def caudal(var: Path, sqlite_url: str):
    open_centre(sqlite_url).dispose()

    def run(*words: str, status: int = 0) -> str:
        done = processes.caudal("plan", *words, environment={**os.environ, "CAUDAL_VAR": str(var)})
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return (done.stdout + done.stderr).replace("\u00a0", " ").replace("\u202f", " ")

    return run


def test_export_import_export_is_the_same_and_one_mistake_changes_nothing(caudal, tmp_path: Path, sqlite_url: str):
    mine, first, second = tmp_path / "plan.toml", tmp_path / "a.toml", tmp_path / "b.toml"
    mine.write_text(TEXT)
    assert caudal("check", "tumbes", str(mine)) == "El plan está bien: 3 niveles, 3 acciones.\n"
    assert "tumbes no tiene un plan" in caudal("show", "tumbes", status=2)
    assert "quedó como versión 1" in caudal("import", "tumbes", str(mine), "--by", "Rosa", "--reason", "acta 3")
    caudal("export", "tumbes", str(first))
    assert "ya decía eso" in caudal("import", "tumbes", str(first))
    caudal("export", "tumbes", str(second))
    assert second.read_bytes() == first.read_bytes()
    second.write_text(first.read_text().replace("lead_minutes = 30", "lead_minutes = 40"))
    assert "quedó como versión 2" in caudal("import", "tumbes", str(second), "--reason", "acta 4")
    assert caudal("export", "tumbes", "--version", "1") == first.read_text()
    assert "no tiene una versión 7" in caudal("export", "tumbes", "--version", "7", status=2)
    mine.write_text(TEXT.replace("lead_minutes = 30", "lead_minutes = 0").replace('rule = "surge"', 'rule = "nada"'))
    told = caudal("import", "tumbes", str(mine), status=2)
    assert "[[level]] 3 (rojo), [[level.action]] 1: lead_minutes = «0»: se espera un número entero de 1 a" in told
    assert "[[level]] 3 (rojo), [[level.trigger]] 2: rule = «nada»" in told
    assert "No se cambió nada: hay 2 cosas por corregir." in told
    mine.write_text(TEXT.replace('rule = "surge"', 'rule = "nada"'))
    told = caudal("check", "tumbes", str(mine), status=2)
    assert "[[level]] 3 (rojo), [[level.trigger]] 2: rule = «nada»: se espera una regla de este puesto: surge," in told
    history = [line.split("\t") for line in caudal("history", "tumbes").splitlines()]
    assert [(line[0], line[2], line[4]) for line in history[1:]] == [
        ("2", history[1][2], "acta 4"),
        ("1", "Rosa", "acta 3"),
    ]
    store = create_store(sqlite_url)
    with reading(store) as conn:
        subjects = conn.execute(select(audit.c.subject).where(audit.c.action == "plan-set")).scalars().all()
    store.dispose()
    assert subjects == ["tumbes/1", "tumbes/2"]


def test_the_plan_is_shown_with_who_does_what_in_how_long(caudal, tmp_path: Path):
    mine = tmp_path / "plan.toml"
    mine.write_text(TEXT)
    caudal("import", "tumbes", str(mine))
    told = caudal("show", "tumbes")
    assert "Nivel 2 «Amarillo»: Prepararse" in told
    assert "  < Fuente en silencio: Vigilancia o más (umbral provisional)" in told
    assert "  < presión de cola: Crítico\n" in told
    lead = "Avisar al turno libre · Migraciones, jefatura de turno, +51 72 123456 anexo 12 · plazo 1 h"
    assert f"  - {lead} (umbral provisional)" in told
    assert "En vigor: ninguno" in told
    assert "No hay ningún puesto nada" in caudal("show", "nada", status=2)
    assert "No se puede leer" in caudal("check", "tumbes", str(tmp_path / "no.toml"), status=2)
