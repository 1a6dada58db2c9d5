"""`caudal rules`: a file written and read back is the same; one mistake in it and nothing changes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests import processes
from tests.dashboard.centre import open_centre


@pytest.fixture
def caudal(var: Path, sqlite_url: str):
    open_centre(sqlite_url).dispose()

    def run(*words: str, status: int = 0) -> str:
        done = processes.caudal("rules", *words, environment={**os.environ, "CAUDAL_VAR": str(var)})
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return (done.stdout + done.stderr).replace("\u00a0", " ").replace("\u202f", " ")

    return run


def test_export_import_export_is_the_same_and_one_mistake_changes_nothing(caudal, tmp_path: Path):
    said = caudal("set", "tumbes", "muchas", *("--kind", "threshold", "--param", "of=arrivals", "--param", "limit=250"))
    assert "250 llegadas o más en 1 h en la entrada; calma por debajo de 225" in said
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    caudal("export", "tumbes", str(first))
    assert "reglas cambiadas: 0; iguales: 9." in caudal("import", "tumbes", str(first))
    assert caudal("disable", "tumbes", "muchas", "--reason", "feriado").startswith("La regla «muchas» quedó guardada")
    assert "apagada" in caudal("list", "tumbes")
    assert "regla cambiada: 1; iguales: 8." in caudal("import", "tumbes", str(first))
    caudal("export", "tumbes", str(second))
    assert second.read_bytes() == first.read_bytes()
    wrong = (
        first.read_text().replace("limit = 250.0", 'limit = "250"').replace("least_excess = 20.0", "least_excess = 7.0")
    )
    second.write_text(wrong)
    told = caudal("import", "tumbes", str(second), status=2)
    assert "muchas: limit = «250»: se espera un número de 0 a 10 000 000." in told
    assert "No se cambió nada: hay una cosa por corregir." in told
    assert caudal("export", "tumbes") == first.read_text()


def test_a_trial_saves_nothing_and_names_what_is_not_there(caudal):
    new = ("dry-run", "tumbes", "muchas", "--kind", "threshold", "--param", "of=arrivals", "--param", "limit=250")
    assert "Habría sonado 0 veces en 90 días. En 2 160 de 2 160 horas" in caudal(*new)
    told = json.loads(caudal(*new, "--days", "7", "--json"))
    assert (told["hours"], told["unknown"], told["episodes"]) == (168, 168, [])
    assert "No hay ninguna regla «muchas» en tumbes; hay: surge, collapse" in caudal(*new[:3], status=2)
    assert "no se puede ensayar" in caudal("dry-run", "tumbes", "coverage_gap", status=2)
    assert "No hay ningún puesto nada" in caudal("list", "nada", status=2)
