"""Mappings one may choose: those of the package and those kept in var/mappings, which go first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from data.sources.mapping import PACKAGED, Mapping, WrongMapping, fits, packaged, read_mapping


def mapping_names(var: Path) -> list[str]:
    """Kept ones first, each list in order of its names."""
    kept = sorted(path.stem for path in (var / "mappings").glob("*.toml"))
    return kept + [name for name in packaged() if name not in kept]


def mapping_named(var: Path, name: str) -> Mapping | None:
    """None where there is none of that name. Raises WrongMapping."""
    if name not in mapping_names(var):
        return None
    kept = var / "mappings" / f"{name}.toml"
    path = kept if kept.is_file() else PACKAGED / f"{name}.toml"
    return read_mapping(path.read_text(encoding="utf-8"), name)


def fitting(var: Path, headers: Iterable[str]) -> list[str]:
    """Names of the mappings that find all their columns among these headers."""
    headers = list(headers)
    found = []
    for name in mapping_names(var):
        try:
            mapping = mapping_named(var, name)
        except WrongMapping:
            continue
        if mapping is not None and fits(mapping, headers):
            found.append(name)
    return found
