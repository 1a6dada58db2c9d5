"""What somebody published as a standard, with where: what a site may take, what is only shown, and what nobody did."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from data.standard_shapes import Published, Reference
from data.vocabulary import Sector, Service

FILE = Path(__file__).parent / "published_standards.toml"


@cache
def published() -> Published:
    file = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Published(
        tuple(file["standard"]),
        tuple(Reference(**{**row, "sector": Sector(row["sector"])}) for row in file["reference"]),
        tuple(Service(name) for row in file["unpublished"] for name in row["services"]),
    )
