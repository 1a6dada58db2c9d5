"""`caudal queue`: the engine on numbers given by hand or in a file, with no store and no server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from dashboard.commands.queue import queue
from dashboard.settings import Settings
from data.vocabulary import Language
from layouts.translator import catalogue
from tests.conftest import ROOT

HEAD = "start,arrivals,served,counters_open"
NOTES = ("--queue", 2733, "--arrivals-per-hour", 100, "--counters", 30, "--minutes-per-person", 5.4)


@pytest.fixture
def run(var: Path):
    def told(*words: object, language: str = "es", status: int = 0) -> Result:
        settings = Settings(var=var, language=language)  # type: ignore[arg-type]
        done = CliRunner().invoke(queue, [str(word) for word in words], obj=settings)
        assert done.exit_code == status, done.output
        return done

    return told


def whatif(run, *words: object) -> dict:
    return json.loads(run("whatif", *words, "--json").stdout)


@pytest.fixture
def counts(tmp_path: Path):
    def write(*rows: str, head: str = HEAD) -> Path:
        path = tmp_path / "cola.csv"
        path.write_text("\n".join([head, *rows, ""]), "utf-8")
        return path

    return write


def hourly(*rows: tuple[object, ...], day: str = "2019-06-14") -> list[str]:
    return [",".join([f"{day}T{hour:02d}:00", *map(str, row)]) for hour, row in enumerate(rows)]


# --- what if ---


def test_the_sentence_of_the_notes_in_both_languages(run):
    assert whatif(run, *NOTES)["sentence"] == "Con 30 módulos la cola se vacía en 11 h 43 min"
    assert run("whatif", *NOTES, language="en").stdout.startswith("With 30 counters the queue clears in 11 h 43 min\n")


def test_the_numbers_of_the_notes(run):
    found = whatif(run, *NOTES)
    assert round(found["time_to_clear_minutes"] / 60, 2) == 11.71
    assert round(found["capacity_per_hour"], 1) == 333.3
    assert found["utilisation"] == 0.3
    assert round(found["wait_minutes"] / 60, 1) == 8.2
    assert found["counters_needed"] == 10
    assert found["queue_after"] is None


def test_over_capacity_it_never_clears_and_the_growth_is_told(run):
    found = whatif(run, "--queue", 500, "--arrivals-per-hour", 350, "--counters", 30, "--minutes-per-person", 5.4)
    assert found["time_to_clear_minutes"] is None
    assert (round(found["growth_per_hour"]), round(found["utilisation"], 2)) == (17, 1.05)
    assert found["counters_needed"] == 32
    assert found["sentence"] == "Con 30 módulos no se vacía: la cola crece 17 por hora; con 32 se vaciaría"
    empty = whatif(run, "--queue", 0, "--arrivals-per-hour", 350, "--counters", 30, "--minutes-per-person", 5.4)
    assert empty["time_to_clear_minutes"] is None


@pytest.mark.parametrize(("arriving", "counters"), [(21, 3), (83, 8), (125, 12), (210, 20), (330, 30)])
def test_counters_for_four_in_five_within_half_an_hour(run, arriving, counters):
    words = ("--queue", 0, "--arrivals-per-hour", arriving, "--counters", 40, "--minutes-per-person", 5.4)
    assert whatif(run, *words)["counters_for_target"] == {
        "counters": counters, "minutes": 30.0, "share": 0.8, "reason": "chance",
    }  # fmt: skip


def test_over_some_hours_it_says_what_is_left_and_what_it_would_take(run):
    found = whatif(run, *NOTES, "--hours", 6)
    assert (found["hours"], round(found["queue_after"]), found["counters_needed"]) == (6, 1333, 50)
    said = run("whatif", *NOTES, "--hours", 6).stdout
    assert "Dentro de 6 h: 1 333 personas en cola" in said
    assert "Para vaciarla en 6 h: al menos 50 módulos" in said


def test_no_counters_is_an_answer_too(run):
    found = whatif(run, "--queue", 10, "--arrivals-per-hour", 20, "--counters", 0, "--minutes-per-person", 5)
    assert (found["utilisation"], found["wait_minutes"], found["growth_per_hour"]) == (None, None, 20)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--queue", "-1"), ("--queue", "1,204"), ("--arrivals-per-hour", "nan"), ("--counters", "2.5"),
     ("--minutes-per-person", "0"), ("--hours", "x")],
)  # fmt: skip
def test_a_wrong_number_is_answered_with_a_sentence_in_the_operators_language(run, option, value):
    words = dict(zip(NOTES[::2], NOTES[1::2], strict=True)) | {option: value}
    flat = [part for pair in words.items() for part in pair]
    for language, said in (("es", "se esperaba"), ("en", "was expected")):
        done = run("whatif", *flat, language=language, status=2)
        assert said in done.stderr
        assert value in done.stderr


# --- estimate ---


def test_each_bucket_has_its_queue_wait_and_rate_with_their_intervals(run, counts):
    rows = hourly(*[(200, 110, 11)] * 8)
    told = json.loads(run("estimate", counts(*rows), "--json").stdout)
    assert told["bucket_minutes"] == 60
    assert [row["queue"] for row in told["rows"]] == [90 * n for n in range(1, 9)]
    last = told["rows"][-1]
    assert last["start"] == "2019-06-14T07:00"
    assert last["rate"] == pytest.approx(10, rel=0.01)
    assert last["rate_interval"][0] < 10 < last["rate_interval"][1]
    assert last["wait_minutes"] == pytest.approx(720 / 110 * 60, rel=0.01)
    # Nobody counted heads: the queue is a lower bound, and an upper end of its wait would be made up.
    assert last["at_least"]
    assert last["interval"][0] < last["wait_minutes"]
    assert last["interval"][1] is None
    counted = json.loads(
        run(
            "estimate", counts(*[f"{row},{90 * n}" for n, row in enumerate(rows, 1)], head=HEAD + ",waiting"), "--json"
        ).stdout
    )["rows"][-1]
    assert not counted["at_least"]
    assert counted["interval"][0] < counted["wait_minutes"] < counted["interval"][1]
    assert last["head_wait_minutes"] == pytest.approx(720 / 200 * 60, rel=0.01)
    assert told["rows"][1]["realised_wait_minutes"] == pytest.approx(180 / 110 * 60, rel=0.01)


def test_empty_cells_and_absent_rows_are_not_reported_and_never_zero(run, counts):
    rows = hourly((200, 110, 11), ("", 110, 11), (200, 110, 11), (200, 110, 11))
    told = json.loads(run("estimate", counts(*rows[:3]), "--json").stdout)["rows"]
    assert [(row["queue"], row["at_least"]) for row in told] == [(90, True), (None, False), (90, True)]
    gap = json.loads(run("estimate", counts(*rows[:1], *rows[2:]), "--json").stdout)["rows"]
    assert [row["start"] for row in gap] == ["2019-06-14T00:00", None, "2019-06-14T02:00", "2019-06-14T03:00"]
    assert [row["queue"] for row in gap] == [90, None, 90, 180]


def test_heads_counted_at_the_start_or_the_end_of_a_bucket_are_told_apart(run, counts):
    head = HEAD + ",waiting"
    came, queue = [200, 200, 300, 200, 200], [1000, 1090, 1180, 1370, 1460, 1550]
    for word, heads in (("end", queue[1:]), ("start", queue[:-1])):
        path = counts(*hourly(*[(people, 110, 11, n) for people, n in zip(came, heads, strict=True)]), head=head)
        told = json.loads(run("estimate", path, "--json").stdout)
        assert told["waiting_counted_at"] == word
        assert [row["queue"] for row in told["rows"]] == queue[1:]
        assert {row["unexplained"] for row in told["rows"][1:]} <= {0.0, None}
    forced = json.loads(run("estimate", path, "--waiting-at", "end", "--json").stdout)
    assert (forced["waiting_counted_at"], forced["rows"][0]["queue"]) == ("end", 1000)


def test_a_lower_bound_is_told_from_one_side_only(run, counts):
    said = run("estimate", counts(*hourly(*[(200, 110, 11)] * 8))).stdout
    last = next(line for line in said.splitlines() if line.startswith("2019-06-14T07:00"))
    assert last.count("al menos") == 3  # the queue, its wait and the interval of the wait
    assert "9 de cada 10 veces" in said


def test_a_decimal_comma_is_one_where_semicolons_part_the_cells(run, counts):
    head = HEAD.replace(",", ";")
    told = json.loads(
        run(
            "estimate", counts("2019-06-14T00:00;50,5;28;11", "2019-06-14T01:00;50;28,25;10,5", head=head), "--json"
        ).stdout
    )
    assert [row["queue"] for row in told["rows"]] == [22.5, 44.25]
    # 1,204 may be one and a bit, or more than a thousand: nobody guesses.
    wrong = run("estimate", counts("2019-06-14T00:00;1,204;28;11", "2019-06-14T01:00;50;28;11", head=head), status=2)
    assert "«1,204»" in wrong.stderr
    assert "sin separador de miles" in wrong.stderr


def test_a_long_file_says_how_far_it_is(run, counts):
    start = datetime(2019, 1, 1)  # noqa: DTZ001 - as a file writes it
    rows = [f"{(start + timedelta(minutes=n)).isoformat()},2,2,1" for n in range(60_000)]
    said = run("estimate", counts(*rows), "--json").stderr
    assert "cola.csv: " in said
    assert "de 60 000 períodos" in said.replace("\u202f", " ")


def test_quarters_semicolons_tag_rows_and_any_order_of_rows_are_understood(run, counts):
    rows = [f"2019-06-14 08:{minute:02d};50;28;11" for minute in (30, 15, 0)]
    path = counts("#date+start;#affected;#served;#counters", *rows, head=HEAD.replace(",", ";"))
    told = json.loads(run("estimate", path, "--json").stdout)
    assert told["bucket_minutes"] == 15
    assert [row["queue"] for row in told["rows"]] == [22, 44, 66]


def test_for_people_it_is_a_table_with_its_method_and_what_is_wrong(run, counts):
    rows = hourly((10, 10, 11, 5), (10, 50, 11, ""), (10, 10, 11, ""))
    said = run("estimate", counts(*rows, head=HEAD + ",waiting")).stdout
    assert "En cola" in said
    assert "−35" in said
    assert (
        "Error en los datos: en 2 períodos, desde 2019-06-14T01:00, se atendió a más personas de las que había." in said
    )
    assert "8 de cada 10 veces" in said


WRONG = {
    "columns": ("start,arrivals", "2019-06-14,1"),
    "empty": ("",),
    "rows": (HEAD, "2019-06-14T00:00,1,1,1"),
    "start": (HEAD, "14/06/2019 08:00,1,1,1", "14/06/2019 09:00,1,1,1"),
    "number": (HEAD, "2019-06-14T00:00,muchos,1,1", "2019-06-14T01:00,1,1,1"),
    "negative": (HEAD, "2019-06-14T00:00,-3,1,1", "2019-06-14T01:00,1,1,1"),
    "twice": (HEAD, "2019-06-14T00:00,1,1,1", "2019-06-14T00:00,1,1,1"),
    "steps": (HEAD, "2019-06-14T00:00,1,1,1", "2019-06-14T01:00,1,1,1", "2019-06-14T02:30,1,1,1"),
    "cells": (HEAD, "2019-06-14T00:00,1,204,1,1", "2019-06-14T01:00,1,1,1"),
    "mixed_times": (HEAD, "2019-06-14T00:00,1,1,1", "2019-06-14T01:00-05:00,1,1,1"),
    "column_twice": (HEAD + ",served", "2019-06-14T00:00,1,1,1,1", "2019-06-14T01:00,1,1,1,1"),
    "too_long": (HEAD, "2019-06-14T00:00,1,1,1", "2019-06-14T00:01,1,1,1", "2029-06-14T00:00,1,1,1"),
    "not_text": (HEAD, "2019-06-14T00:00,\0,1,1"),
}


@pytest.mark.parametrize("code", WRONG)
@pytest.mark.parametrize("language", list(Language))
def test_bad_input_is_answered_with_what_was_expected_what_came_and_what_to_do(run, tmp_path, code, language):
    path = tmp_path / "cola.csv"
    path.write_text("\n".join(WRONG[code]))
    done = run("estimate", path, language=str(language), status=2)
    assert done.stdout == ""
    first = catalogue(language)[f"queue.wrong.{code}"].split("{")[0]
    assert done.stderr.startswith(f"caudal: {first}")
    assert "cola.csv" in done.stderr
    assert "{" not in done.stderr


def test_every_sentence_about_a_wrong_table_is_tried(run, tmp_path):
    words = {key.rsplit(".", 1)[-1] for key in catalogue(Language.ES) if key.startswith("queue.wrong.")}
    assert words - set(WRONG) == {"unreadable", "not_csv"}
    done = run("estimate", tmp_path / "nada.csv", status=2)
    assert "No se puede leer" in done.stderr


def test_it_needs_neither_a_store_nor_its_libraries(var: Path):
    code = (
        "import sys; from dashboard.cli import main; sys.argv = ['caudal', 'queue', 'whatif', '--queue', '10', "
        "'--arrivals-per-hour', '1', '--counters', '1', '--minutes-per-person', '5', '--json']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([name for name in ('sqlalchemy', 'pandas', 'dash') if name in sys.modules])"
    )
    env = {**os.environ, "CAUDAL_VAR": str(var)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
    assert list(var.iterdir()) == []


# --- waits from people and counters, where some were measured ---


def test_waits_are_told_by_load_from_those_measured_before(run, counts):
    """Minutes are 4 people per counter; measured for five weeks of six."""
    begins, rows = datetime.fromisoformat("2019-05-01T00:00"), []
    chance = np.random.default_rng(3)
    for hour in range(42 * 24):
        served, counters = chance.integers(60, 600), chance.integers(3, 20)
        wait = f"{4 * served / counters:.1f}" if hour < 35 * 24 else ""
        rows.append(f"{(begins + timedelta(hours=hour)).isoformat()},,{served},{counters},{wait}")
    path = counts(*rows, head=HEAD + ",wait_minutes")
    told = json.loads(run("estimate", path, "--json").stdout)["rows"]
    assert told[100]["load_wait_minutes"] is None  # nothing was learned yet
    for row, line in zip(told[35 * 24 :], rows[35 * 24 :], strict=True):
        _, _, served, counters, _ = line.split(",")
        assert row["load_wait_minutes"] == pytest.approx(4 * int(served) / int(counters), rel=0.1)
        assert row["load_wait_interval"][0] <= row["load_wait_minutes"] <= row["load_wait_interval"][1]
        assert row["queue"] is None  # nobody counted arrivals or heads
    assert "espera por carga" in run("estimate", path).stdout
    without = counts(*(row.rsplit(",", 1)[0] for row in rows))
    assert json.loads(run("estimate", without, "--json").stdout)["rows"][-1]["load_wait_minutes"] is None
    assert "espera por carga" not in run("estimate", without).stdout
