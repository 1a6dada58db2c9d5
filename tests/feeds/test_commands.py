"""`caudal feed …` and `caudal pull`, as an operator runs them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import processes
from tests.data.centre import open_centre, people_by_hour
from tests.feeds import servers
from tests.feeds.centre import KOBO, MAPPING
from tests.feeds.servers import World, kobo


@pytest.fixture
def run(engine: Engine, var: Path, tmp_path: Path, partner: World):
    open_centre(engine)
    (tmp_path / "tumbes.toml").write_text(MAPPING)
    (tmp_path / "feed.toml").write_text(KOBO.format(url=partner.url, page_size=2, timeout=5))
    partner.submissions = [kobo(n, "09:00", n) for n in range(1, 4)]

    def caudal(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {**os.environ, "CAUDAL_VAR": str(var), "CAUDAL_LANGUAGE": "en", **environment}
        return processes.caudal(*words, environment=settings)

    return caudal


def test_a_feed_is_added_pulled_listed_and_removed(run, engine, tmp_path, partner) -> None:
    assert "Feed tumbes-kobo added" in run("feed", "add", str(tmp_path / "feed.toml")).stdout
    assert "not read yet" in run("feed", "list").stdout
    first = run("pull", "tumbes-kobo", "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["receipts"][0]["accepted"] == 3
    assert "nothing new; 3 submissions read" in run("pull", "tumbes-kobo").stdout
    assert people_by_hour(engine) == {"09:00": 6}
    listed = json.loads(run("feed", "list", "--json").stdout)
    assert (listed["name"], listed["submissions"], listed["error"]) == ("tumbes-kobo", 3, None)
    assert run("feed", "remove", "tumbes-kobo").returncode == 0
    assert "No feeds" in run("feed", "list").stdout
    assert people_by_hour(engine) == {"09:00": 6}


def test_a_failure_is_a_sentence_and_the_status_says_not_done(run, tmp_path, partner) -> None:
    run("feed", "add", str(tmp_path / "feed.toml"))
    partner.failures = [servers.status(401)]
    failed = run("pull", "tumbes-kobo")
    assert failed.returncode == 2
    assert "does not accept the key (answer 401)" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "does not accept the key" in run("feed", "list").stdout
    secret = run("pull", "tumbes-kobo", "--json", TEST_KOBO_TOKEN="another-secret")
    assert json.loads(secret.stdout)["error"] == "unauthorised"
    assert "another-secret" not in secret.stdout + secret.stderr + run("feed", "list", "--json").stdout
    assert "There is no feed" in run("pull", "nobody").stderr


def test_a_wrong_file_names_every_entry(run, tmp_path) -> None:
    wrong = (tmp_path / "feed.toml").read_text().replace("page_size", "page_sise").replace("every_minutes", "every")
    (tmp_path / "feed.toml").write_text(wrong + 'token = "in the clear"\n')
    said = run("feed", "add", str(tmp_path / "feed.toml"))
    assert said.returncode == 2
    for part in ("kobo.page_sise: unknown entry", "unknown entry 'every'", "kobo.token: a secret is not written here"):
        assert part in said.stderr
    assert "in the clear" not in said.stderr


def test_a_file_of_submissions_is_imported_like_any_other(run, engine, tmp_path, partner) -> None:
    answer = {"count": 3, "next": None, "results": [{**one, "_submitted_by": None} for one in partner.submissions]}
    (tmp_path / "export.json").write_text(json.dumps(answer))
    done = run("import", str(tmp_path / "export.json"), "--mapping", str(tmp_path / "tumbes.toml"))
    assert done.returncode == 0, done.stderr
    assert people_by_hour(engine) == {"09:00": 6}
    answer["results"][0]["datos/numero_de_documento"] = "45678912"
    (tmp_path / "export.json").write_text(json.dumps(answer))
    refused = run("import", str(tmp_path / "export.json"), "--mapping", str(tmp_path / "tumbes.toml"))
    assert refused.returncode == 2
    assert "45678912" not in refused.stdout + refused.stderr
