"""The short, fixed part of `make soak`: what was crafted to hurt, and some hundred broken files of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.soak.crafted import old_workbooks, opendocuments, texts, workbooks
from tests.soak.fuzz_files import MEMORY, Reader, is_fault, seeds
from tests.soak.mutations import mutated
from tests.soak.reading import outcome


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    child = Reader()
    yield child
    child.stop()


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("made", [workbooks, opendocuments, old_workbooks, texts], ids=lambda made: made.__name__)
def test_a_file_made_to_hurt_is_read_or_refused_in_bounded_memory_and_time(reader: Reader, made):
    for number, (name, content) in enumerate(made(), 1):
        said, held = reader.read(name, content, number)
        assert not is_fault(said), f"{name}: {said}"
        assert held < MEMORY, name


@pytest.mark.filterwarnings("ignore")
def test_broken_files_are_read_or_refused_in_words():
    """In this process, so that a fault shows where it happened."""
    chance = random.Random(20190614)
    known = seeds(None)
    for number in range(300):
        name, content = mutated(*chance.choice(known), chance)
        said = outcome(name, content, number)
        assert not is_fault(said), f"{number} {name}: {said}"


def test_a_child_that_dies_or_does_not_answer_is_a_fault_and_not_the_end():
    child = Reader(seconds=0.0)
    child.process.kill()
    assert is_fault(child.read("a.csv", b"x", 1)[0])
    child.stop()
