"""The tables that carry the product: every row has its function, its file and its words in every language."""

from __future__ import annotations

import tomllib

import pytest

from callbacks.reads import READS
from dashboard.api import ROUTES
from dashboard.openapi import DESCRIPTION
from data.alert_book import alert_sentence
from data.analytics.kpis import KPIS
from data.analytics.pressure import LIMITS, Limits
from data.analytics.rules import RULES
from data.sources import SOURCES
from data.sources.canonical import DATASETS
from data.vocabulary import SERVICE_SECTOR, AlertState, Dataset, KpiName, Language, Service
from layouts.charts import CHARTS
from layouts.pages import PAGES
from layouts.translator import LOCALES, catalogue, translator
from tests.conftest import ROOT


def missing(keys: list[str]) -> list[str]:
    return [f"{language}: {key}" for language in Language for key in keys if not catalogue(language).get(key)]


def test_every_language_has_every_file_and_every_key_of_the_first() -> None:
    first, *others = list(Language)
    for language in others:
        files = {path.name for path in (LOCALES / language).glob("*.toml")}
        assert files == {path.name for path in (LOCALES / first).glob("*.toml")}, f"files of {language}"
        assert set(catalogue(language)) ^ set(catalogue(first)) == set(), f"keys of {language}"


def test_every_rule_has_its_name_and_its_sentence() -> None:
    assert missing([f"alert.{rule.name}.{part}" for rule in RULES for part in ("name", "sentence")]) == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("limits", LIMITS, ids=lambda limits: limits.name)
def test_every_limit_of_pressure_is_told_in_its_own_unit(limits: Limits, language: Language) -> None:
    evidence = {"component": limits.name, "unit": limits.unit, "value": 1.12, "stage": "migration-control"}
    said = translator(language).sentence(alert_sentence("pressure", AlertState.FIRING, evidence))
    shown = {"ratio": "112\u202f%", "minutes": "1\u00a0min", "people": "1"}[limits.unit]
    assert shown in said
    assert "{" not in said


def test_no_two_rules_share_a_name() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_chart_stands_on_a_page_and_has_its_words() -> None:
    assert [chart.name for chart in CHARTS if chart.page not in PAGES] == []
    assert missing([f"panel.{chart.name}.title" for chart in CHARTS]) == []


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: f"{chart.page}-{chart.name}")
def test_every_chart_of_the_table_has_its_place_in_the_frame_of_its_page(chart) -> None:
    source = (ROOT / "layouts" / "pages" / f"{chart.page}.py").read_text()
    assert f'"{chart.name}"' in source, f"layouts/pages/{chart.page}.py has no place for the chart {chart.name}"


def test_every_page_has_a_reader_and_a_title() -> None:
    assert [page.name for page in PAGES.values() if page.read not in READS] == []
    assert missing([page.title_key for page in PAGES.values()]) == []


def test_every_source_has_its_name_and_a_sample_that_it_survives() -> None:
    assert missing([f"source_kind.{source.name}" for source in SOURCES]) == []
    samples = {path.stem.split(".")[0] for path in (ROOT / "tests" / "data" / "samples").iterdir()}
    assert {source.name for source in SOURCES} - samples == set(), "a source without a file in tests/data/samples"


def test_every_mapping_of_the_package_is_readable() -> None:
    mappings = sorted((ROOT / "data" / "sources" / "mappings").glob("*.toml"))
    assert mappings
    for path in mappings:
        assert tomllib.loads(path.read_text("utf-8"))["dataset"] in set(Dataset), path.name


def test_every_dataset_has_its_columns_explained() -> None:
    assert {Dataset(name) for name in DATASETS} == set(Dataset)


def test_every_headline_is_worked_out() -> None:
    assert [row.name for row in KPIS] == list(KpiName)


def test_every_service_has_a_sector_or_says_that_its_line_names_it() -> None:
    assert set(SERVICE_SECTOR) == set(Service)


def test_every_address_of_the_api_is_described() -> None:
    described = DESCRIPTION["paths"]
    told = {(route.path, method.lower()) for route in ROUTES for method in route.methods or () if method != "HEAD"}
    assert {(path, method) for path, method in told if method not in described.get(path, {})} == {
        ("/openapi.json", "get")
    }
    assert {(path, method) for path in described for method in described[path]} <= told
