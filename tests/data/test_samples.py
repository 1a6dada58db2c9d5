"""Every way in survives its sample file: two good hours, and one with a negative count that is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.sources import SOURCES, Source
from tests.data.parsing import codes, read

SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_reads_its_sample(source: Source) -> None:
    [file] = [path for path in SAMPLES.glob(f"{source.name}.*") if path.suffix != ".toml"]
    mapping = (SAMPLES / f"{source.name}.toml").read_text("utf-8") if source.mapped else None
    parsed = read(file.read_bytes(), file.name, mapping=mapping)
    assert parsed.rows["people"].tolist() == [298, 312]
    assert parsed.rows["measure"].tolist() == ["served", "served"]
    assert codes(parsed) == ["negative_count"]
    assert parsed.rejected == 1
