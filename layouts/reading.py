"""The words with which reading.js reads the cumulative curves out, and the one sentence that explains them."""

from __future__ import annotations

from typing import Any

from layouts import elements as html
from layouts.parts import data
from layouts.translator import Translator

SAYINGS = ("whole", "carried", "least", "queue", "counts", "gap")


def reading_words(t: Translator, how: bool = True) -> list[Any]:
    """`how`: with the sentence for who never saw such curves."""
    hint = t("reading.hint")
    words = {name: t(f"reading.{name}") for name in SAYINGS}
    says = html.P(hint, className="reading-says", role="status", **data(hint=hint, **words))
    return [*([html.P(t("figure.how_to_read"), className="reading-how")] if how else []), says]
