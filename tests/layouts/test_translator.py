"""Sentences with their facts, whatever the facts are called."""

from __future__ import annotations

import pytest

from dashboard.delivering import reason
from data.types import Issue
from data.vocabulary import Language
from layouts.pages.reports import issue_words
from layouts.translator import translator


@pytest.mark.parametrize("language", list(Language))
def test_a_fact_may_be_called_key(language: Language):
    """A reused idempotency key answered 500, and no page of deliveries could be drawn after it."""
    reused = Issue(None, None, "idempotency_key_reused", {"key": "turno-7", "report": "59"})
    t = translator(language)
    assert "turno-7" in reason(reused, t)
    assert "turno-7" in str(issue_words(reused, t))
