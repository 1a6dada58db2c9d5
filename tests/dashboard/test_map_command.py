"""`caudal map` as a newcomer meets it: propose, fill in, try, import."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from data.vocabulary import Language
from layouts.translator import translator
from tests import processes

SITE = """
site = "aguas-verdes"
name = "Aguas Verdes"
country = "PE"
zone = "America/Lima"
entry_stage = "migration-control"
stages = ["migration-control", "services"]
sectors = ["health"]
"""
SHEET = "Municipalidad de Zarumilla;;\nFecha / Date;Personas que ingresaron;Nota\n" + "".join(
    f"{day}/06/2019;{300 + day};sin novedad\n" for day in range(1, 29)
)


def caudal(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return processes.caudal(*arguments, environment={**os.environ, "CAUDAL_VAR": str(var)})


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "planilla.csv"
    path.write_text(SHEET + "TOTAL;8806;\n", encoding="utf-8")
    return path


def test_from_an_unknown_sheet_to_rows_that_count(var: Path, sheet: Path, tmp_path: Path):
    out = tmp_path / "mappings" / "socio.toml"  # the folder is made
    told = caudal(var, "map", str(sheet), "--out", str(out), "--lang", "es")
    assert told.returncode == 0, told.stderr
    assert "Fecha / Date → start  (seguro: el encabezado lo dice)" in told.stdout
    assert "Personas que ingresaron → people" in told.stdout
    refused = caudal(var, "import", str(sheet), "--mapping", str(out))
    assert refused.returncode == 2
    assert "???" in refused.stderr
    site = tmp_path / "puesto.toml"
    site.write_text(SITE, encoding="utf-8")
    assert caudal(var, "site", "add", str(site)).returncode == 0
    text = out.read_text("utf-8")
    for name, value in (("site", "aguas-verdes"), ("stage", "migration-control"), ("source", "zarumilla")):
        assert f'{name} = "???"' in text
        text = text.replace(f'{name} = "???"', f'{name} = "{value}"')
    out.write_text(text, encoding="utf-8")
    done = caudal(var, "import", str(sheet), "--mapping", str(out), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    receipt = json.loads(done.stdout)
    assert (receipt["accepted"], receipt["rejected"], receipt["not_reported"]) == (28, 0, 0)
    assert [note["code"] for note in receipt["notes"]] == ["totals_left_out"]


@pytest.mark.parametrize("language", Language)
def test_a_file_that_exists_is_not_written_over_and_a_broken_one_is_explained(
    var: Path, sheet: Path, tmp_path: Path, language: Language
):
    t = translator(language)
    out = tmp_path / "socio.toml"
    out.write_text("# mío", encoding="utf-8")
    kept = caudal(var, "map", str(sheet), "--out", str(out), "--lang", str(language))
    assert (kept.returncode, out.read_text("utf-8")) == (2, "# mío")
    assert t("map.told.exists", path=str(out)) in kept.stderr
    broken = tmp_path / "roto.xlsx"
    broken.write_bytes(b"PK\x03\x04 nada")
    told = caudal(var, "map", str(broken), "--lang", str(language))
    assert told.returncode == 2
    assert t("issue.truncated_workbook") in told.stderr


def test_help_explains_the_format(var: Path):
    said = caudal(var, "map", "--help").stdout
    for part in ("[columns]", "[constants]", "[[each]]", "[[drop]]", "[words.sector]", "???", "--dry-run"):
        assert part in said
