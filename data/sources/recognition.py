"""Which dataset a canonical file is of, and where its columns stand: by header, or else by HXL tag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.sources import layout, personal
from data.sources.canonical import AMOUNT, COUNT, DATASETS, MOMENT, PEOPLE, DatasetSpec
from data.sources.guards import refuse
from data.sources.sheet import Cells, Grid, Table
from data.sources.totals import without_sums
from data.sources.words import plain
from data.types import Issue
from data.vocabulary import Dataset

# HXL's places, from the largest; `#loc` is a point within the smallest.
AREAS = ("#adm1", "#adm2", "#adm3", "#adm4", "#adm5", "#loc")

CANONICAL_NAMES = frozenset(plain(name) for spec in DATASETS.values() for name in spec.names)


def canonical_table(
    grid: Grid, dataset: Dataset | None, notes: list[Issue]
) -> tuple[DatasetSpec, dict[str, Cells], Table]:
    """The dataset's columns of a canonical file, by header or else by HXL tag. Raises Refused."""
    table = without_sums(layout.named_table(grid, CANONICAL_NAMES), notes)
    named = {name.replace(" ", "_"): cells for name, cells in layout.column_by_name(table).items()}
    written = [name for name in table.names if name]
    spec = _spec_of(dataset, named, table)
    counted = [plain(column.name) for column in spec.columns if column.holds in (PEOPLE, COUNT, AMOUNT)]
    times = [plain(column.name) for column in spec.columns if column.holds == MOMENT]
    texts = [plain(column.name) for column in spec.columns if column.is_prose]
    personal.refuse_personal(table, counted, times, texts)
    layout.refuse_duplicates(table, {plain(name) for name in spec.names})
    tags = by_tag(spec.dataset)
    for place, cells in enumerate(table.columns):
        tag = table.tags[place] if place < len(table.tags) else ""
        if tag and (name := tags.get(tag_key(tag))):
            named.setdefault(name, cells)
    if (place_of := _site_tag(table.tags)) is not None:
        named.setdefault("site", table.columns[place_of])
    if missing := missing_columns(spec, named):
        found = ", ".join(written[:20]) or "—"
        raise refuse(
            "missing_columns",
            dataset=str(spec.dataset),
            missing=", ".join(missing),
            expected=", ".join(spec.required),
            found=found,
        )
    read = {id(named[name]) for name in spec.names if name in named}
    unknown = [name for name, cells in zip(table.names, table.columns, strict=False) if name and id(cells) not in read]
    if unknown:
        notes.append(Issue(None, None, "unknown_columns", {"columns": ", ".join(unknown[:20])}))
    return spec, {name: named[name] for name in spec.names if name in named}, table


def _spec_of(dataset: Dataset | None, named: Mapping[str, Cells], table: Table) -> DatasetSpec:
    if dataset is not None:
        return DATASETS[dataset]
    if found := guessed(named):
        return DATASETS[found]
    tags = {tag_key(tag) for tag in table.tags if tag}
    for candidate in DATASETS:
        names = set(named) | {name for tag, name in by_tag(candidate).items() if tag in tags}
        names |= {"site"} if _site_tag(table.tags) is not None else set()
        if not missing_columns(DATASETS[candidate], names):
            return DATASETS[candidate]
    return nearest(named)


def by_tag(dataset: Dataset) -> dict[str, str]:
    """Canonical column by its HXL tag, attributes in any order."""
    return {tag_key(column.tag): column.name for column in DATASETS[dataset].columns}


def _site_tag(tags: list[str]) -> int | None:
    """The column that holds the code of the row's place, by HXL: of several the one that names the smallest place."""
    parts = [tag_key(tag).split("+") for tag in tags]
    coded = [(AREAS.index(p[0]), -place) for place, p in enumerate(parts) if p[0] in AREAS and "code" in p[1:]]
    return -max(coded)[1] if coded else None


def tag_key(tag: str) -> str:
    name, *attributes = tag.replace(" ", "").casefold().split("+")
    return "+".join([name, *sorted(attributes)])


def missing_columns(spec: DatasetSpec, names: Iterable[str]) -> list[str]:
    """Required columns that are not among `names`. A flow with `end` needs no `minutes`."""
    present = set(names)
    missing = [name for name in spec.required if name not in present]
    return [name for name in missing if not (name == "minutes" and "end" in present)]


def guessed(names: Iterable[str]) -> Dataset | None:
    """The dataset whose required columns are all there; of several, the one with most columns in common."""
    present = {plain(name).replace(" ", "_") for name in names}
    fitting = [spec for spec in DATASETS.values() if not missing_columns(spec, present)]
    if not fitting:
        return None
    return max(fitting, key=lambda spec: (len(spec.required), len(present & set(spec.names)))).dataset


def nearest(names: Iterable[str]) -> DatasetSpec:
    """The dataset with most required columns among `names`, to tell its sender what is missing."""
    present = {plain(name).replace(" ", "_") for name in names}
    return max(DATASETS.values(), key=lambda spec: len(present & set(spec.required)) / len(spec.required))
