"""Whose number a column holds: the sex and the age band that its header names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.sources.lexicon import stems

# Words of a header that say whose number it is. Plain stems of one word, or two joined.
PERSONS: Mapping[str, Mapping[str, str]] = {
    word: dict(zip(("sex", "age_band"), said, strict=False))
    for words, said in (
        ("nina girl fille", ("female", "0-17")),
        ("nino boy garcon", ("male", "0-17")),
        ("mujer women woman femme", ("female", "18+")),
        ("hombre men man homme", ("male", "18+")),
        ("femenino female", ("female",)),
        ("masculino male", ("male",)),
    )
    for word in words.split()
}


def persons_of(phrase: str) -> Mapping[str, str] | None:
    """Sex and age band that a plain header speaks of, where it names one kind of person."""
    phrase = phrase.replace(" > ", " ")  # the group it stands under
    found = [PERSONS[word] for word in stems(phrase) if word in PERSONS]
    if len(found) != 1:
        return None
    said = dict(found[0])
    if band := _band(phrase):
        said["age_band"] = band
    return said


BANDS = {(0, 4): "0-4", (5, 11): "5-11", (12, 17): "12-17", (18, 59): "18-59", (0, 17): "0-17"}


def _band(phrase: str) -> str | None:
    """A written age group as a band of the vocabulary; "?" where it is one that the vocabulary does not have."""
    under = re.search(r"(?:menor\w*|under|<)\s*(?:de|than|a)?\s*(\d{1,2})", phrase)
    over = re.search(r"(?:mayor\w*|over|mas de|>)\s*(?:de|than)?\s*(\d{1,2})", phrase)
    over = over or re.search(r"(\d{1,2})\s*(?:\+|y mas|a mas|and over)", phrase)
    both = re.search(r"(\d{1,2})\s*(?:-|a|to|and|–)?\s*(\d{1,2})", phrase)
    if under:
        return BANDS.get((0, int(under[1]) - 1), "?")
    if over:
        return {18: "18+", 60: "60+"}.get(int(over[1]), "?")
    return BANDS.get((int(both[1]), int(both[2])), "?") if both else None
