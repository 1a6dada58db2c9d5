"""One thing written in several ways is one key: a correction in other letters corrects and does not add."""

from __future__ import annotations

import pytest

from data.sources.nationalities import nationality
from tests.data.parsing import FLOW, codes, read

SERVICE = "site,organisation,sector,service,start,end,shift,unit,quantity"
STOCK = "site,organisation,item,at,quantity,unit"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (
            "Venezuela|VENEZUELA|venezolana|Venezolanos|VEN|ve|Venezuelan|Venezuela (República  Bolivariana de)",
            "VE",
        ),
        ("Perú|peru|peruano|Peruvians|PER|PE", "PE"),
        ("Haití|haitiana|HAITIANOS|Haitian|HTI", "HT"),
        ("ecuatoriana|Ecuador|ECUADORIANS", "EC"),
        ("Colombianos|colombian|Colombia", "CO"),
        ("EE.UU.|Estados Unidos|estadounidenses|USA", "US"),
        ("española|españoles|Espanola|España|españolas", "ES"),
        ("Surinamesa|SURINAMESES|surinamés", "SR"),
        ("República Dominicana|dominicanas", "DO"),
        ("salvadoreños|El Salvador", "SV"),
        ("nicaragüenses|Nicaragua", "NI"),
        ("Otras  nacionalidades|otras NACIONALIDADES", "otras nacionalidades"),
        ("DE|de", "DE"),
    ],
)
def test_a_nationality_has_one_spelling(words, code):
    assert {nationality(word) for word in words.split("|")} == {code}


def test_a_correction_in_other_letters_takes_the_place_of_the_first():
    row = "tumbes,migration-control,arrivals,2018-10-23,1440,"
    parsed = read("\n".join([f"{FLOW},nationality", f"{row}100,Venezuela", f"{row}90,VENEZOLANA"]) + "\n")
    assert (parsed.rows["nationality"].tolist(), parsed.rows["people"].tolist()) == (["VE"], [90])
    assert codes(parsed) == ["conflicting_rows"]


def test_shifts_and_units_too():
    row = "tumbes,Cruz Roja,wash,water,2018-10-31T06:00,2018-10-31T14:00"
    parsed = read(f"{SERVICE}\n{row},Mañana,Litros,100\n{row},MANANA,litros ,90\n")
    assert (parsed.rows["quantity"].tolist(), codes(parsed)) == ([90], ["conflicting_rows"])
    metres = read(f"{SERVICE}\n{row},,M²,100\n")
    assert metres.rows["unit"].tolist() == ["m²"], "as the standards write it"
    stock = "tumbes,Cruz Roja,mantas,2018-10-31T06:00"
    parsed = read(f"{STOCK}\n{stock},100,Cajón\n{stock},90,CAJON\n")
    assert (parsed.rows["quantity"].tolist(), codes(parsed)) == ([90], ["conflicting_rows"])
