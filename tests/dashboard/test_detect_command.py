"""`caudal detect`: a series as CSV in, a row for each that came out, causal, with errors that say what to do."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from dashboard.commands.detect import detect
from dashboard.settings import Settings
from data.analytics.detection.stream import Sure
from data.detection_file import WrongSeries, series_file
from data.national_holidays import countries, easter, national_holidays
from data.vocabulary import Language
from layouts.translator import catalogue
from tests.data.test_forecast import SHAPE

HEAD = "bucket_start,arrivals,reported,span_h"
START = datetime.fromisoformat("2019-04-01T00:00")


@pytest.fixture
def run(var: Path):
    def told(*words: object, language: str = "es", status: int = 0) -> Result:
        settings = Settings(var=var, language=language)  # type: ignore[arg-type]
        done = CliRunner().invoke(detect, [str(word) for word in words], obj=settings)
        assert done.exit_code == status, done.output
        return done

    return told


def rows(days: int = 18, surge: int | None = 14, minutes: int = 60) -> list[str]:
    """Five times as many from 08:00 of day `surge` on."""
    rng = np.random.default_rng(5)
    lines = []
    for place in range(days * 1440 // minutes):
        at = START + timedelta(minutes=minutes * place)
        mean = 40 * SHAPE[at.hour] / SHAPE.mean() * minutes / 60
        on = surge is not None and at >= START + timedelta(days=surge, hours=8)
        lines.append(f"{at.isoformat()},{rng.poisson(mean * (5 if on else 1))},1,1")
    return lines


def write(path: Path, lines: list[str], head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *lines, ""]), "utf-8")
    return path


def read(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_comes_back_with_its_alarm_and_what_was_expected(run, tmp_path: Path):
    lines = rows()
    lines[200] = lines[200].rsplit(",", 3)[0] + ",,0,1"
    run(write(tmp_path / "in.csv", lines), tmp_path / "out.csv")
    out = read(tmp_path / "out.csv")
    assert list(out[0]) == ["bucket_start", "alarm", "expected", "upper", "score", "level"]
    assert [row["bucket_start"] for row in out] == [line.split(",")[0] for line in lines]
    onset = 14 * 24 + 8
    first = next(place for place, row in enumerate(out) if row["alarm"] == "1")
    assert onset <= first <= onset + 2
    assert {row["level"] for row in out[:onset]} == {"0"}
    assert out[first]["level"] == "1"
    assert out[0]["expected"] == ""  # nothing is known yet
    assert float(out[200]["expected"]) > 0  # nobody reported, and so many were expected
    assert float(out[onset]["upper"]) > float(out[onset]["expected"])


def test_rows_that_come_later_change_nothing(run, tmp_path: Path):
    lines = rows()
    run(write(tmp_path / "in.csv", lines), tmp_path / "whole.csv")
    whole = read(tmp_path / "whole.csv")
    for cut in (10 * 24 + 5, 14 * 24 + 12):
        run(write(tmp_path / "cut.csv", lines[:cut]), tmp_path / "said.csv")
        assert read(tmp_path / "said.csv") == whole[:cut]


def test_a_folder_is_done_file_by_file_in_both_languages(run, tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        write(folder / name, rows(days=9, surge=None))
    done = run(folder, tmp_path / "out", language="en")
    assert done.stdout.startswith("2 series looked at")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.csv", "b.csv"]


def test_totals_of_days_are_judged_at_their_row(run, tmp_path: Path):
    lines = []
    for line in rows():
        at = datetime.fromisoformat(line.split(",")[0])
        people = 6000 if at >= START + timedelta(days=14) else 950 + 7 * at.day
        lines.append(f"{at.isoformat()},{people},1,24" if at.hour == 23 else f"{at.isoformat()},,0,1")
    run(write(tmp_path / "in.csv", lines), tmp_path / "out.csv")
    out = read(tmp_path / "out.csv")
    first = next(place for place, row in enumerate(out) if row["alarm"] == "1")
    assert first == 14 * 24 + 23
    assert {row["alarm"] for row in out[first:]} == {"1"}


def test_quarters_of_an_hour_are_read_too(run, tmp_path: Path):
    run(write(tmp_path / "in.csv", rows(days=12, surge=10, minutes=15)), tmp_path / "out.csv")
    out = read(tmp_path / "out.csv")
    first = next(place for place, row in enumerate(out) if row["alarm"] == "1")
    assert (10 * 24 + 8) * 4 <= first <= (10 * 24 + 8) * 4 + 6


def test_fewer_false_alarms_never_tell_sooner(run, tmp_path: Path):
    source = write(tmp_path / "in.csv", rows())
    alarms = []
    for rate in (5, 1, 0.1):
        run(source, tmp_path / "out.csv", "--per-month", rate)
        alarms.append([row["alarm"] for row in read(tmp_path / "out.csv")].index("1"))
    assert alarms == sorted(alarms)


WRONG = {
    "columns": (HEAD.replace("arrivals", "people"), ["2019-04-01T00:00,5,1,1"]),
    "rows": (HEAD, []),
    "start": (HEAD, ["yesterday,5,1,1"]),
    "number": (HEAD, ["2019-04-01T00:00,many,1,1"]),
    "reported": (HEAD, ["2019-04-01T00:00,5,yes,1"]),
    "order": (HEAD, ["2019-04-01T01:00,5,1,1", "2019-04-01T00:00,5,1,1"]),
    "steps": (HEAD, ["2019-04-01T00:00,5,1,1", "2019-04-01T00:07,5,1,1"]),
    "too_long": (HEAD, ["1900-04-01T00:00,5,1,1", "2019-04-01T00:00,5,1,1"]),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_file_that_cannot_be_read_says_where_and_what_was_expected(run, tmp_path: Path, code: str):
    head, lines = WRONG[code]
    source = write(tmp_path / "mala.csv", lines, head)
    with pytest.raises(WrongSeries) as wrong:
        series_file(source.read_bytes())
    assert wrong.value.code == code
    said = run(source, tmp_path / "out.csv", status=2).stderr
    assert said.startswith("caudal: ")
    assert "mala.csv" in said
    assert not (tmp_path / "out.csv").exists()


def test_other_faults_are_told_as_well(run, tmp_path: Path):
    (tmp_path / "vacío.csv").write_bytes(b"")
    (tmp_path / "binario.csv").write_bytes(b"PK\0\3")
    (tmp_path / "carpeta").mkdir()
    good = write(tmp_path / "in.csv", rows(days=8, surge=None))
    for source, target, words in (
        (tmp_path / "vacío.csv", tmp_path / "o.csv", "está vacío"),
        (tmp_path / "binario.csv", tmp_path / "o.csv", "no es un archivo de texto"),
        (tmp_path / "carpeta", tmp_path / "o", "no hay ningún archivo .csv"),
        (tmp_path / "nada.csv", tmp_path / "o.csv", "No se puede leer"),
        (good, tmp_path / "no" / "o.csv", "No se puede escribir"),
    ):
        assert words in run(source, target, status=2).stderr
    assert "de 0.01 a 30.0" in run("--per-month", "muchas", "a", "b", status=2).stderr
    assert "PE, EC, none" in run("--holidays", "XX", "a", "b", status=2).stderr


@pytest.mark.parametrize("language", list(Language))
def test_every_fault_has_its_words(language: Language):
    words = catalogue(language)
    codes = (*WRONG, "unreadable", "unwritable", "no_files", "not_text", "not_csv", "empty")
    assert [code for code in codes if f"detect.wrong.{code}" not in words] == []
    assert [sure for sure in Sure if f"sure.{sure}" not in words] == []


def test_holidays_of_both_countries_are_known():
    first, last = date(2024, 1, 1), date(2024, 12, 31)
    peru, both = national_holidays(["PE"], first, last), national_holidays(countries(), first, last)
    assert date(2024, 7, 28) in peru
    assert date(2024, 6, 7) in peru
    assert date(2024, 3, 29) in peru  # Good Friday
    assert date(2024, 5, 24) in both - peru
    assert date(2023, 6, 7) not in national_holidays(["PE"], date(2023, 1, 1), date(2023, 12, 31))
    assert [easter(year) for year in (2019, 2024, 2038)] == [date(2019, 4, 21), date(2024, 3, 31), date(2038, 4, 25)]
