"""`caudal map` against the mappings that people wrote for real files: what share of the columns it proposes rightly."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from dashboard.map_file import mapping_text
from data.sources import Mapping, Parsed, parse
from data.sources.mapping import load_mapping, read_mapping
from data.sources.proposing import Proposal, propose
from data.sources.words import plain
from data.vocabulary import Language
from layouts.translator import translator
from tests.data.test_real_files import NOW, SITES

pytestmark = [
    pytest.mark.filterwarnings("ignore:Unknown extension"),
]

# File, hand-written mapping, and the least share of its columns that has to be proposed rightly.
REAL = (
    ("ocha-3w/whowhatwhere_345wdata_43.xlsx", "ocha-345w", 0.9),
    ("ocha-3w/whowhatwhere_345_honduras.csv", "ocha-345w", 0.9),
    ("ocha-3w/whowhatwhere_3w_as_of_may_2021.xlsx", "ocha-3w-libya", 0.9),
    ("ocha-3w/whowhatwhere_hti_operational_presence_2020.xlsx", "ocha-3w-haiti", 0.5),
    ("italy-landings-daily/sbarchi-per-giorno.csv", "italy-landings", 0.9),
    ("cbp-airport-wait-ord/ORD-2019.csv", "cbp-airport-flow", 0.9),
    ("cbp-airport-wait-ord/ORD-2020.csv", "cbp-airport-flow", 0.9),
    ("cbp-airport-wait-ord/ORD-2019.csv", "cbp-airport-queue", 0.9),
    ("europe-2015-16-daily/arrivals analysis.xlsx", "europe-2015-daily", 0.9),
)


def by_hand(mapping: Mapping) -> dict[str, set[str]]:
    """For each entry of a hand-written mapping, the headers that fill it (any of several is right)."""
    entries = {
        name: {plain(h) for many in take.headers for h in many}
        for name, take in mapping.takes.items()
        if not take.optional
    }
    return entries | {f"each {each.headers[0]}": set(map(plain, each.headers)) for each in mapping.each}


def proposed(proposal: Proposal) -> dict[str, set[str]]:
    entries = {line.name: {column.plain for column in line.columns} for line in proposal.lines}
    return entries | {f"each {part.column.header}": {part.column.plain} for part in proposal.parts}


@cache
def compared(path: Path, name: str) -> tuple[int, int, list[str]]:
    """Entries proposed rightly, entries of the hand-written mapping, and what was proposed beside them."""
    mapping = load_mapping(name)
    proposal = propose(path.read_bytes(), path.name, dataset=mapping.dataset)
    hand, ours = by_hand(mapping), proposed(proposal)
    read = set().union(*hand.values())
    parts = set().union(*(headers for entry, headers in ours.items() if entry.startswith("each ")))
    right = [
        entry
        for entry, headers in hand.items()
        if headers & (parts if entry.startswith("each ") else ours.get(entry, set()))
    ]
    beside = {entry for entry in set(ours) - set(hand) if not entry.startswith("each ") or not ours[entry] & read}
    return len(right), len(hand), sorted(beside)


@pytest.mark.parametrize(("file", "name", "least"), REAL, ids=[f"{name}-{file[-8:]}" for file, name, _ in REAL])
def test_columns_of_a_real_file_are_proposed_as_a_person_mapped_them(shared: Path, file: str, name: str, least: float):
    right, wanted, beside = compared(shared / "data" / file, name)
    print(f"{name}: {right} of {wanted}, beside: {beside}")
    assert right >= least * wanted


def test_nine_of_ten_columns_of_all_real_files_are_proposed_rightly(shared: Path):
    shares = [compared(shared / "data" / file, name) for file, name, _ in REAL]
    right, wanted = sum(right for right, _, _ in shares), sum(wanted for _, wanted, _ in shares)
    print(f"{right} of {wanted} = {right / wanted:.1%}; beside them {sum(len(beside) for _, _, beside in shares)}")
    assert right / wanted >= 0.9


def test_the_dataset_of_every_real_file_is_guessed(shared: Path):
    for file, name, _ in REAL:
        if name != "cbp-airport-queue":  # the same file as the flow of passengers
            path = shared / "data" / file
            assert propose(path.read_bytes(), path.name).dataset == load_mapping(name).dataset, name


FILLED = {
    "ocha-3w/whowhatwhere_345wdata_43.xlsx": ("colombia-345w", "ocha-345w"),
    "ocha-3w/whowhatwhere_345_honduras.csv": ("honduras-345w", "ocha-345w"),
}


@cache
def read_by_hand(path: Path, name: str) -> Parsed:
    return parse(path.read_bytes(), path.name, dataset=None, mapping=load_mapping(name), sites=SITES, now=NOW)


@pytest.mark.parametrize("file", FILLED)
@pytest.mark.parametrize("language", Language)
def test_a_proposal_with_its_blanks_filled_imports_the_same_people(shared: Path, file: str, language: Language):
    """Only `source` and `site` are filled in, as a newcomer would; the sums are those of the mapping by hand."""
    site, name = FILLED[file]
    path = shared / "data" / file
    text = mapping_text(propose(path.read_bytes(), path.name), "socio.toml", translator(language))
    text = text.replace('source = "???"', 'source = "socio"').replace('site = "???"', f'site = "{site}"')
    ours = parse(path.read_bytes(), path.name, dataset=None, mapping=read_mapping(text), sites=SITES, now=NOW)
    theirs = read_by_hand(path, name)
    sums = [read.rows.groupby(["sex", "age_band", "start"])["people"].sum() for read in (ours, theirs)]
    assert sums[0].equals(sums[1])
    assert (ours.rows_in, ours.accepted, ours.rejected) == (theirs.rows_in, theirs.accepted, theirs.rejected)
