"""OCHA 3W files without dates or counts: presence of actors, every row accounted for, beside a reading by pandas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, func, select

from data import tables
from data.receipts import Receipt
from data.store import reading
from tests.data.test_real_files import accounting, parsed, sent, store

__all__ = ["store"]

pytestmark = pytest.mark.filterwarnings("ignore:Unknown extension")


def sheet(path: Path, name: str) -> pd.DataFrame:
    """The rows under the header and the HXL row, as openpyxl reads them."""
    return pd.read_excel(path, sheet_name=name, dtype=str, keep_default_na=False, engine="openpyxl").iloc[1:]


def stored(store: Engine) -> dict[str, int]:
    s = tables.service_line.c
    with reading(store) as conn:
        counted = conn.execute(select(func.count(s.people), func.count(s.capacity))).one()
        assert tuple(counted) == (0, 0)
        found = conn.execute(select(s.sector, func.sum(s.quantity)).group_by(s.sector))
        return {sector: quantity for sector, quantity in found}  # noqa: C416 - rows, not pairs


def told(receipt: Receipt) -> tuple[int, int, int]:
    return receipt.accepted, receipt.rejected, receipt.not_reported


LIBYA = {"FSS": "food", "HEA": "health", "PRO": "protection", "MA": "protection", "CP": "child-protection"}
LIBYA |= {"GBV": "gbv", "SNFI": "shelter", "WASH": "wash", "EDU": "education"}


def test_libya_says_who_does_what_where_and_nothing_more(store: Engine, var: Path, shared: Path):
    path = shared / "data" / "ocha-3w" / "whowhatwhere_3w_as_of_may_2021.xlsx"
    rows = sheet(path, "3W as of May 2021")
    followed = rows[rows["Sector Short name"].isin(LIBYA)]
    once = followed.assign(sector=followed["Sector Short name"].map(LIBYA)).drop_duplicates(
        ["Mantika", "P_CODE", "sector", "Partner", "Implementing partner", "Activity"]
    )
    read = parsed(path, "ocha-3w-libya")
    assert accounting(read) == {
        "file_rows": len(rows),
        "rows_in": len(rows),
        "accepted": len(once),
        "not_reported": 0,
        "unknown_sector": len(rows) - len(followed),
    }
    assert len(rows) == 495
    assert [note.code for note in read.notes] == ["sheet_chosen", "formula_values"]
    assert told(sent(store, var, path, "ocha-3w-libya")) == (read.accepted, read.rejected, 0)
    assert stored(store) == once.groupby("sector").size().to_dict()


HAITI = {"EPAH": "wash", "Protection": "protection", "Sécurité Alimentaire": "food", "Santé": "health"}
HAITI |= {"Choléra": "health", "Nutrition": "nutrition", "Éducation": "education", "Abris/AnA": "shelter"}


def test_haiti_says_which_organisation_is_in_which_commune(store: Engine, var: Path, shared: Path):
    path = shared / "data" / "ocha-3w" / "whowhatwhere_hti_operational_presence_2020.xlsx"
    rows = sheet(path, "Sheet2")
    followed = rows[rows["SECTORS_fr"].isin(HAITI)]
    once = followed.assign(
        sector=followed["SECTORS_fr"].map(HAITI), organisation=followed["ORG_NAME_fr"].str.split().str.join(" ")
    ).drop_duplicates(["sector", "organisation", "SECTORS_fr", "DOMAINE_fr", "adm1Name_fr", "adm2Name_fr", "adm2code"])
    read = parsed(path, "ocha-3w-haiti")
    assert accounting(read) == {
        "file_rows": len(rows),
        "rows_in": len(rows),
        "accepted": len(once),
        "not_reported": 0,
        "unknown_sector": len(rows) - len(followed),
        "duplicate_row": len(followed) - len(once),
    }
    assert len(rows) == 11_376
    assert told(sent(store, var, path, "ocha-3w-haiti")) == (read.accepted, read.rejected, 0)
    assert stored(store) == once.groupby("sector").size().to_dict()
