"""In a scratch copy of the project something is added and a piece of it forgotten: the named test complains."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

COPIED = ("data", "layouts", "callbacks", "dashboard", "tests", "pyproject.toml")


@dataclass(frozen=True)
class Addition:
    """One edit, the completeness test that must notice what is missing, and the words it must say."""

    what: str
    file: str
    before: str
    after: str
    complains: str
    says: str


ADDITIONS = (
    Addition(
        "a sector without words",
        "data/vocabulary.py",
        '    ORDER = "order"\n',
        '    ORDER = "order"\n    ANIMALS = "animals"\n',
        "test_every_word_of_the_vocabulary_has_a_label",
        "sector.animals",
    ),
    Addition(
        "a chart without words",
        "layouts/charts.py",
        "CHARTS: tuple[Chart, ...] = (\n",
        'CHARTS: tuple[Chart, ...] = (\n    Chart("tents", "coverage", _curves),\n',
        "test_every_chart_stands_on_a_page_and_has_its_words",
        "panel.tents.title",
    ),
    Addition(
        "a chart without a place",
        "layouts/charts.py",
        "CHARTS: tuple[Chart, ...] = (\n",
        'CHARTS: tuple[Chart, ...] = (\n    Chart("daily", "coverage", _curves),\n',
        "test_every_chart_of_the_table_has_its_place_in_the_frame_of_its_page",
        "no place for the chart daily",
    ),
    Addition(
        "a rule without words",
        "data/analytics/rules.py",
        "RULES: tuple[Rule, ...] = (\n",
        'RULES: tuple[Rule, ...] = (\n    Rule("thirst", coverage_gap, Patience()),\n',
        "test_every_rule_has_its_name_and_its_sentence",
        "alert.thirst.name",
    ),
    Addition(
        "a source without its name and sample",
        "data/sources/__init__.py",
        "SOURCES = (\n",
        'SOURCES = (\n    Source("mapped-paper", "workbook", mapped=True),\n',
        "test_every_source_has_its_name_and_a_sample_that_it_survives",
        "source_kind.mapped-paper",
    ),
    Addition(
        "a language without its files",
        "data/vocabulary.py",
        '    EN = "en"\n',
        '    EN = "en"\n    QU = "qu"\n',
        "test_every_language_has_every_file_and_every_key_of_the_first",
        "files of qu",
    ),
)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("scratch") / "caudal"
    copy.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


def checked(copy: Path) -> subprocess.CompletedProcess[str]:
    files = ["tests/completeness/test_tables.py", "tests/completeness/test_words.py"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *files],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=240,
    )


@contextmanager
def edited(copy: Path, *edits: tuple[str, str, str]) -> Iterator[None]:
    """With the first text of each file replaced by the second; as it was afterwards."""
    kept = {file: (copy / file).read_text("utf-8") for file, _, _ in edits}
    try:
        for file, before, after in edits:
            whole = (copy / file).read_text("utf-8")
            assert whole.count(before) == 1, f"{file} has {whole.count(before)} times {before!r}"
            (copy / file).write_text(whole.replace(before, after), "utf-8")
        yield
    finally:
        for file, whole in kept.items():
            (copy / file).write_text(whole, "utf-8")


@pytest.fixture(scope="module")
def complaints(pristine: Path) -> dict[str, str]:
    """Test: what it says, with every addition made. A language without files lets nothing be read: it is alone."""
    alone = ADDITIONS[-1:]
    told: dict[str, str] = {}
    for together in (ADDITIONS[:-1], alone):
        with edited(pristine, *((one.file, one.before, one.after) for one in together)):
            done = checked(pristine)
        assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-1000:]
        parts = re.split(r"^_+ (test_\w+)\S* _+$", done.stdout, flags=re.MULTILINE)
        for name, says in zip(parts[1::2], parts[2::2], strict=True):
            told[name] = told.get(name, "") + says
    return told


@pytest.mark.parametrize("addition", ADDITIONS, ids=lambda addition: addition.what)
def test_a_forgotten_piece_is_named(complaints: dict[str, str], addition: Addition) -> None:
    assert addition.says in complaints[addition.complains]


def test_a_sector_with_its_words_in_every_language_is_complete(pristine: Path) -> None:
    sector = ADDITIONS[0]
    words = (("es", "Animales"), ("en", "Animals"))
    named = [
        (f"layouts/locales/{language}/vocabulary.toml", "[sector]\n", f'[sector]\nanimals = "{name}"\n')
        for language, name in words
    ]
    with edited(pristine, (sector.file, sector.before, sector.after), *named):
        done = checked(pristine)
    assert done.returncode == 0, done.stdout[-3000:]
