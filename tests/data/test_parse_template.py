"""The templates that a partner without wording of their own fills in."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from data.sources import Refused
from data.sources.canonical import DATASETS
from data.sources.template import write_template
from data.vocabulary import Dataset, Language
from layouts.translator import translator
from tests.data.parsing import read, workbook


@pytest.mark.parametrize("dataset", list(Dataset))
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_sent_back_empty_has_only_a_header(dataset: Dataset, ending: str, tmp_path: Path):
    path = tmp_path / f"plantilla.{ending}"
    write_template(dataset, path)
    with pytest.raises(Refused) as refused:
        read(path.read_bytes(), path.name, dataset=dataset)
    assert refused.value.issue.code == "only_header"


@pytest.mark.parametrize("dataset", list(Dataset))
def test_the_examples_of_a_template_are_accepted(dataset: Dataset, tmp_path: Path):
    path = tmp_path / "plantilla.xlsx"
    write_template(dataset, path, "tumbes", translator(Language.ES).maybe)
    filled, meaning = openpyxl.load_workbook(path).worksheets
    header = [cell.value for cell in filled[1]]
    examples = {row[0].value: row[4].value for row in meaning.iter_rows(min_row=2)}
    examples.pop("minutes", None)  # a row says how long it counted, or where it ends
    rows = [header, [cell.value for cell in filled[2]], [examples.get(name, "") for name in header]]
    if "low" in header:
        rows[2][header.index("low")] = rows[2][header.index("high")] = ""
    parsed = read(workbook(rows), "plantilla.xlsx", dataset=dataset)
    assert (parsed.accepted, parsed.issues, parsed.notes) == (1, [], ())


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("dataset", list(Dataset))
def test_every_column_is_explained_in_every_language(dataset: Dataset, language: Language):
    t = translator(language)
    for name in DATASETS[dataset].names:
        assert t.maybe(f"column.{dataset}.{name}") or t.maybe(f"column.{name}"), f"column.{dataset}.{name}"


@pytest.mark.parametrize("language", list(Language))
def test_every_way_in_has_a_name_in_every_language(language: Language):
    from data.sources import READERS, SOURCES

    t = translator(language)
    for source in SOURCES:
        assert t.has(f"source_kind.{source.name}")
        assert source.kind in READERS


def test_another_ending_is_refused_with_the_two_that_are_written(tmp_path: Path):
    with pytest.raises(ValueError, match=r"ends in \.csv or \.xlsx"):
        write_template(Dataset.FLOW, tmp_path / "plantilla.pdf")
