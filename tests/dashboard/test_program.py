"""The program itself, started as a shell starts it: one command of each module, and a server until it is told to stop.

Other tests of commands run them in forks (`tests.processes`); the interpreter, imports from nothing, pipes and their
encoding are proven here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from dashboard.cli import COMMANDS
from tests.conftest import ROOT
from tests.dashboard.centre import open_centre
from tests.processes import program, with_compressed_files

# Module: what is typed, the status, and words of what is answered.
TYPED = {
    "agree": ("flag list", 0, "Ninguna cifra espera respuesta."),
    "cadence": ("cadence list tumbes", 0, "Nadie ha acordado todavía cada cuánto se reporta."),
    "channels": ("channels list", 0, "No hay canales."),
    "closing": ("close tumbes 2019-06-01", 0, "Cerrado: Puesto tumbes, del sáb 1 jun 2019, 00:00"),
    "demo": ("replay status", 2, "no tiene una demostración; constrúyala con caudal demo."),
    "rules": ("rules list tumbes", 0, "tumbes\tsurge\tAfluencia (estadística)\tactiva\tAlerta"),
    "standards": ("standards list tumbes", 0, "tumbes\tEmergencia\tSe quedan un día o más"),
    "detect": ("detect nada.csv dicho.csv", 2, "caudal: No se puede leer nada.csv"),
    "doctor": ("doctor", 2, "mal\tevaluación de alertas de tumbes: nunca"),
    "feeds": ("feed list", 0, "Agregue una con «caudal feed add ARCHIVO.toml»."),
    "forecast": ("forecast --site tumbes", 2, "caudal: Sin pronóstico: no hay una fuente oficial"),
    "mapping": ("map nada.csv", 2, "nada.csv"),
    "people": ("user list", 0, "No hay cuentas."),
    "plan": ("plan show tumbes", 2, "tumbes no tiene un plan de contingencia."),
    "queue": (
        "queue whatif --queue 2600 --arrivals-per-hour 350 --counters 11 --minutes-per-person 6",
        *(0, "Con 11 módulos no se vacía: la cola crece 240 por hora"),
    ),
    "rejected": ("rejected 7 --out filas.csv", 2, "El reporte 7 no existe o no tiene filas rechazadas."),
    "reports": ("site list", 0, "tumbes\tPuesto tumbes\tPE"),
    "serve": ("migrate", 0, "El almacén está al día."),
}


def test_every_module_of_commands_is_tried():
    assert set(TYPED) == set(COMMANDS.values())


@pytest.mark.parametrize("module", TYPED)
def test_a_command_of_each_module_answers_in_its_encoding_with_its_status(var: Path, sqlite_url: str, module: str):
    open_centre(sqlite_url).dispose()
    typed, status, words = TYPED[module]
    done = program(*typed.split(), environment={**os.environ, "CAUDAL_VAR": str(var)})
    assert done.returncode == status, done.stdout + done.stderr
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_says_where_it_is_answers_and_ends_when_told_to(var: Path, sqlite_url: str):
    open_centre(sqlite_url).dispose()
    server = subprocess.Popen(
        [sys.executable, "-m", "dashboard.cli", "serve", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "CAUDAL_VAR": str(with_compressed_files(var))},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    with server, server.stdout as out:
        said = out.readline()
        assert said.startswith("Caudal: http://127.0.0.1:")
        assert "Puesto tumbes" in httpx.get(said.split()[1], timeout=20).text
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
