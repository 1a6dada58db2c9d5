"""What keeps the ground of the project as it was laid."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

from dashboard.settings import Settings
from data.tables import metadata
from tests.conftest import ROOT

OURS = ("data", "layouts", "callbacks", "dashboard")
FACT_TABLES = (
    "flow_line",
    "queue_reading",
    "roster_line",
    "service_line",
    "stock_reading",
    "resource_reading",
    "referral_line",
    "present_reading",
    "policy_event",
    "line_reason",
    "flow_hourly",
    "flow_daily",
    "service_daily",
)
PERSONAL = re.compile(r"name|nombre|passport|document|birth|phone|mail|photo|address", re.IGNORECASE)


def test_no_other_distribution_owns_our_package_names() -> None:
    owners = packages_distributions()
    assert {name: set(owners.get(name, ["caudal"])) for name in OURS} == {name: {"caudal"} for name in OURS}


def test_every_fact_table_is_placed_by_its_site() -> None:
    for name in FACT_TABLES:
        first, *_ = metadata.tables[name].primary_key.columns
        assert first.name == "site", f"{name}: the key begins with {first.name}"


def test_every_table_that_holds_lines_is_listed_as_a_fact_table() -> None:
    with_lines = {name for name, table in metadata.tables.items() if "line_id" in table.c or name.endswith("ly")}
    assert with_lines == set(FACT_TABLES)


def test_no_fact_table_has_a_place_for_a_person() -> None:
    for name in FACT_TABLES:
        suspicious = [column.name for column in metadata.tables[name].columns if PERSONAL.search(column.name)]
        assert not suspicious, f"{name}: {suspicious}"


@pytest.mark.parametrize("module", ["data.lines", "data.ingest", "data.queries", "data.sites", "data.duplicates"])
def test_whoever_is_imported_first_the_store_is_there(module: str) -> None:
    """What looks at a delivery and what reads it again must not need each other to begin."""
    done = subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-1500:]


def test_gitignore_never_hides_a_folder_of_the_project() -> None:
    rules = [line for line in (ROOT / ".gitignore").read_text().splitlines() if line and not line.startswith("#")]
    assert [rule for rule in rules if not rule.startswith("/") and rule != "__pycache__/"] == []


def test_the_readme_lists_every_setting_with_its_default() -> None:
    readme = (ROOT / "README.md").read_text()
    for name in Settings.model_fields:
        assert f"`CAUDAL_{name.upper()}`" in readme, name


def test_the_readme_lists_all_that_setup_fetches() -> None:
    readme = (ROOT / "README.md").read_text()
    locked = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", (ROOT / "requirements-test.lock").read_text(), re.MULTILINE)
    assert len(locked) > 50
    assert [name for name in locked if f"`{name}`" not in readme] == []


def test_the_lock_has_a_hash_for_every_package_and_names_no_registry() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / lock).read_text()
        assert "://" not in text
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_every_package_locked_for_running_is_the_same_for_testing() -> None:
    running, testing = (
        dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-test.lock")
    )
    assert {name: testing.get(name) for name in running} == running
