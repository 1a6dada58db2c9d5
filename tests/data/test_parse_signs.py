"""Numbers and dates as partners write them in text: what the column decides, and what nothing decides."""

from __future__ import annotations

from datetime import date

import pytest

from tests.data.parsing import codes, read

HEAD = """
dataset = "flow"
constants = { site = "tumbes", stage = "services", measure = "served", minutes = 1440 }
columns = { start = "Fecha", people = "Personas" }
"""
DMY = HEAD + 'dates = { order = "dmy" }\n'


@pytest.mark.parametrize(
    ("written", "people"),
    [
        (["1.234", "345", "12.345"], [1234, 345, 12345]),  # others are below a thousand and have no sign
        (["1,234", "345", "12,345"], [1234, 345, 12345]),
        (["1,234,567", "1,000"], None),
        (["1.234,0", "2.500"], [1234, 2500]),
        (["1,234.0", "2,500"], [1234, 2500]),
        (["1 234", "12\u202f345"], [1234, 12345]),
    ],
)
def test_signs_of_numbers_are_decided_by_their_column(written: list[str], people: list[int] | None):
    rows = "".join(f'2018-10-{day:02d};"{text}"\n' for day, text in enumerate(written, 1))
    parsed = read("Fecha;Personas\n" + rows, mapping=HEAD)
    assert parsed.rows["people"].tolist() == (people or [1000])
    assert codes(parsed) == ([] if people else ["absurd_count"])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (["1.234", "5.678"], "ambiguous_number"),
        (["1.234", "2345"], "ambiguous_number"),  # other thousands go without a sign
        (["1,234.5", "1.234,5"], "mixed_numbers"),
        (["1,234", "1.234"], "mixed_numbers"),
    ],
)
def test_signs_that_nothing_decides_are_refused_and_not_guessed(written: list[str], code: str):
    rows = "".join(f'2018-10-{day:02d};"{text}"\n' for day, text in enumerate(written, 1))
    parsed = read("Fecha;Personas\n" + rows, mapping=HEAD)
    assert set(codes(parsed)) == {code}
    assert parsed.rejected == sum("." in text or "," in text for text in written)


def test_one_decimal_says_what_the_other_sign_of_an_amount_is():
    mapping = """
    dataset = "stock"
    constants = { site = "tumbes", organisation = "OIM", unit = "litros" }
    columns = { at = "Fecha", item = "Bien", quantity = "Cantidad" }
    """
    rows = "Fecha;Bien;Cantidad\n2018-10-31;agua;1.250\n2018-10-31;cloro;12,5\n"
    assert read(rows, mapping=mapping).rows["quantity"].tolist() == [1250, 12.5]
    assert codes(read(rows.replace("12,5", "12"), mapping=mapping)) == ["ambiguous_number"]


@pytest.mark.parametrize(
    "written",
    ["31/10/2018", "31-10-18", "31.10.2018", "2018-10-31", "31-oct-2018", "31 de octubre de 2018", "31 Oct 18"],
)
def test_dates_as_partners_write_them(written: str):
    parsed = read(f"Fecha;Personas\n{written};5\n", mapping=DMY)
    assert parsed.rows["start"].dt.tz_convert("America/Lima").dt.date.tolist() == [date(2018, 10, 31)]


def test_a_month_that_does_not_exist_is_no_month():
    parsed = read("Fecha;Personas\n31 de octember de 2018;5\n31 feb 2018;5\n", mapping=DMY)
    assert codes(parsed) == ["not_a_time", "impossible_date"]
