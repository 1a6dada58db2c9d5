"""The flow of referrals as a picture, its table and its sentence say one thing; nothing reported draws nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from data.types import Sum, Tally
from layouts.html import to_html
from layouts.referral_flow import flow_picture, flow_sentence, nodes_of
from layouts.referral_tables import steps_table
from layouts.referral_words import referred_words, state_words
from layouts.translator import translator

STATES = Tally(
    referred=120,
    accepted=90,
    accepted_of=110,
    closed=50,
    closed_of=80,
    overdue=12,
    overdue_of=120,
    pending=20,
    open=30,
    open_of=80,
    unclosed=30,
    in_time=108,
    in_limit=8,
)
TOTAL = Sum(120, STATES, 6)
T = translator("es")


def test_every_stream_is_in_the_picture_and_in_its_table():
    answered, after = nodes_of(STATES)
    assert {one.kind: one.people for one in answered} == {"accepted": 90, "waiting": 8, "overdue": 12, "unsaid": 10}
    assert {one.kind: one.people for one in after} == {"closed": 50, "open": 30, "unsaid": 10}
    picture, table = str(flow_picture(TOTAL, T)), to_html(steps_table(TOTAL, T))
    for one in (*answered, *after):
        assert f'class="node is-{one.kind}"' in picture
        assert f">{round(one.people)}<" in table
    heights = {
        kind: float(height) for kind, height in re.findall(r'class="node is-(\w+)"[^>]*height="([\d.]+)"', picture)
    }
    assert heights["referred"] == pytest.approx(heights["closed"] * 120 / 50, abs=0.2)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_sentence_says_x_of_y_and_what_nobody_said(language: str):
    t = translator(language)
    said = flow_sentence(TOTAL, t)
    assert all(part in said for part in ("120", "90", "110", "50", "80", "12"))
    unsaid = flow_sentence(Sum(120, Tally(referred=120), 1), t)
    assert unsaid.count("120") == 1
    assert t("referrals.says.closed_unsaid") in unsaid
    assert t("referrals.says.odd") in flow_sentence(replace(TOTAL, odd=1), t)


def test_nothing_and_reserved_draw_nothing():
    assert flow_picture(Sum(), T) == ""
    gone = Sum(0, Tally(), 2, 2, 2)
    assert flow_picture(gone, T) == ""
    assert flow_sentence(gone, T) == T("referrals.says.reserved")
    assert referred_words(gone, T) == T("word.masked")
    assert referred_words(replace(gone, some=True), T) == "≥\u00a01"
    assert referred_words(None, T) == T("word.no_report")
    assert state_words(Sum(7, Tally(referred=7), 1), "closed", T) == T("word.no_data")


def test_a_partly_reserved_row_says_at_least():
    assert referred_words(Sum(40, STATES, 3, 1, 1), T) == "≥\u00a040"
    assert state_words(Sum(40, STATES, 3, 1, 1), "closed", T) == "≥\u00a050 de 80"
    assert state_words(TOTAL, "closed", T) == "50 de 80"
