"""The board of requests: asked, offered in parts by several, confirmed, delivered; nothing doubled, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from data import alerts
from data.analytics.rules import RULES
from data.request_acts import WrongRequestAct
from data.request_book import open_requests
from data.request_shapes import Asked, RequestAct, ResourceRequest
from data.store import create_store, reading
from data.tables import request_act, resource_request
from data.versions import version_of
from data.vocabulary import AlertState, RequestMove, RequestState
from tests.data.asked import ASKED, HOUR, act, ask, board, offer
from tests.data.post import NOON, cards, open_post

MINUTE = timedelta(minutes=1)
OFFERED, RETRACTED, CONFIRMED = RequestMove.OFFERED, RequestMove.RETRACTED, RequestMove.CONFIRMED
DELIVERED, WITHDRAWN = RequestMove.DELIVERED, RequestMove.WITHDRAWN


@pytest.fixture
def post(engine: Engine) -> Engine:
    open_post(engine)
    return engine


@pytest.fixture
def any_post(any_engine: Engine) -> Engine:
    open_post(any_engine)
    return any_engine


def refused(doing: Callable[[], object]) -> WrongRequestAct:
    with pytest.raises(WrongRequestAct) as wrong:
        doing()
    return wrong.value


def count(engine: Engine, table: object) -> int:
    with reading(engine) as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def test_asked_offered_in_parts_confirmed_and_delivered(any_post: Engine):
    ask(any_post)
    assert [one.state for one in board(any_post)] == [RequestState.OPEN]
    offer(any_post, NOON + MINUTE, 0, "UNICEF", 8)
    [half] = board(any_post)
    assert (half.state, half.offered, half.missing) == (RequestState.OFFERED, 8, 4)
    offer(any_post, NOON + 2 * MINUTE, 1, "COOPI", 4)
    act(any_post, CONFIRMED, NOON + 3 * MINUTE, 2, offer=1, by="Rosa")
    assert board(any_post)[0].state is RequestState.OFFERED
    act(any_post, CONFIRMED, NOON + 4 * MINUTE, 3, offer=2, by="Rosa")
    assert board(any_post)[0].state is RequestState.CONFIRMED
    act(any_post, DELIVERED, NOON + 5 * MINUTE, 4, offer=1, quantity=3.0, by="Rosa")
    act(any_post, DELIVERED, NOON + 6 * MINUTE, 5, offer=1, by="Rosa")
    act(any_post, DELIVERED, NOON + 7 * MINUTE, 6, offer=2, by="Rosa")
    [done] = board(any_post)
    assert (done.state, done.delivered, done.over_at) == (RequestState.DELIVERED, 12, NOON + 7 * MINUTE)
    assert [one.delivered for one in done.offers] == [8, 4]
    assert done.age(NOON + HOUR) == 7 * MINUTE
    with reading(any_post) as conn:
        assert open_requests(conn, "norte") == ()
        assert len(open_requests(conn, "norte", NOON + 6 * MINUTE)) == 1
        assert len(open_requests(conn, "norte", over_since=NOON)) == 1


def test_as_of_a_moment_the_board_is_as_it_was_then(any_post: Engine):
    ask(any_post)
    offer(any_post, NOON + HOUR, 0, "UNICEF", 12)
    act(any_post, WITHDRAWN, NOON + 2 * HOUR, 1, note="llegó otra ayuda", by="Rosa")
    assert board(any_post, NOON - MINUTE) == ()
    assert [board(any_post, NOON + n * HOUR)[0].state for n in (0, 1, 2)] == [
        RequestState.OPEN,
        RequestState.OFFERED,
        RequestState.WITHDRAWN,
    ]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"what": " "}, "no_what"),
        ({"unit": ""}, "no_unit"),
        ({"institution": ""}, "no_institution"),
        ({"reason": "\n"}, "no_reason"),
        ({"by": " "}, "no_name"),
        ({"quantity": 0.0}, "no_quantity"),
        ({"quantity": float("nan")}, "no_quantity"),
        ({"quantity": -3.0}, "no_quantity"),
        ({"needed_by": NOON}, "needed_past"),
        ({"needed_by": NOON + timedelta(days=400)}, "needed_far"),
    ],
)
def test_what_a_request_lacks_is_said_and_nothing_is_written(post: Engine, more: dict[str, object], code: str):
    assert refused(lambda: ask(post, **more)).code == code
    assert count(post, resource_request) == 0


@pytest.mark.parametrize(
    ("doing", "code"),
    [
        (lambda post: offer(post, NOON, 2, "", 4), "no_institution"),
        (lambda post: offer(post, NOON, 2, "RET", 0), "no_quantity"),
        (lambda post: offer(post, NOON, 2, "RET", 4, by=""), "no_name"),
        (lambda post: offer(post, NOON, 2, "RET", 4, number=9), "no_request"),
        (lambda post: act(post, CONFIRMED, NOON, 2, offer=9), "no_offer"),
        (lambda post: act(post, CONFIRMED, NOON, 2, offer=1), "offer_confirmed"),
        (lambda post: act(post, RETRACTED, NOON, 2, offer=1), "retract_why"),
        (lambda post: act(post, WITHDRAWN, NOON, 2), "withdraw_why"),
    ],
)
def test_what_an_act_lacks_is_said_and_nothing_is_written(post: Engine, doing: Callable[[Engine], object], code: str):
    ask(post)
    offer(post, NOON, 0, "UNICEF", 8)
    act(post, CONFIRMED, NOON, 1, offer=1, by="Rosa")
    assert refused(lambda: doing(post)).code == code
    assert count(post, request_act) == 2


def test_only_what_was_confirmed_is_delivered_and_of_what_is_over_nothing_more_is_said(post: Engine):
    ask(post)
    offer(post, NOON, 0, "UNICEF", 8)
    assert refused(lambda: act(post, DELIVERED, NOON, 1, offer=1)).code == "not_confirmed"
    act(post, RETRACTED, NOON, 1, offer=1, note="se averió el camión")
    [back] = board(post)
    assert (back.state, back.offered, back.missing) == (RequestState.OPEN, 0, 12)
    assert refused(lambda: act(post, CONFIRMED, NOON, 2, offer=1)).code == "offer_over"
    act(post, WITHDRAWN, NOON, 2, note="ya no hace falta")
    assert refused(lambda: offer(post, NOON, 3, "RET", 4)).code == "over"


def test_of_two_who_saw_the_same_the_second_is_told_what_the_first_one_did(any_post: Engine):
    ask(any_post)
    offer(any_post, NOON, 0, "UNICEF", 12, by="Ana")
    wrong = refused(lambda: offer(any_post, NOON, 0, "COOPI", 12, by="Luis"))
    assert (wrong.code, wrong.facts["by"], wrong.facts["move"]) == ("request_changed", "Ana", "offered")
    assert count(any_post, request_act) == 1


def test_pressing_twice_asks_and_offers_once(any_post: Engine):
    first = ask(any_post)
    ask(any_post, by="Luis", what="carpas", unit="carpas")
    assert ask(any_post).number == first.number
    assert offer(any_post, NOON, 0, "UNICEF", 8) == offer(any_post, NOON + MINUTE, 0, "UNICEF", 8)
    assert (count(any_post, resource_request), count(any_post, request_act)) == (2, 1)


def test_ten_at_once_have_one_winner_and_every_other_hears_so(any_post: Engine):
    ask(any_post)
    gate, found = threading.Barrier(10), []

    def run(number: int) -> None:
        own = create_store(any_post.url.render_as_string(hide_password=False))
        gate.wait(20)
        try:
            offer(own, NOON + MINUTE, 0, f"Institución {number}", 12, by=f"p{number}")
            found.append("done")
        except WrongRequestAct as wrong:
            found.append(wrong.code)
        own.dispose()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == ["done", *["request_changed"] * 9]
    assert [len(one.offers) for one in board(any_post)] == [1]


def test_ten_who_ask_at_once_have_ten_numbers(any_post: Engine):
    gate = threading.Barrier(10)

    def run(number: int) -> None:
        own = create_store(any_post.url.render_as_string(hide_password=False))
        gate.wait(20)
        ask(own, by=f"p{number}", what=f"cosa {number}")
        own.dispose()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [one.number for one in board(any_post)] == list(range(10, 0, -1))


def test_every_act_raises_the_version_of_the_site(post: Engine):
    def version() -> int:
        with reading(post) as conn:
            return version_of(conn, "norte")

    seen = [version()]
    ask(post)
    seen.append(version())
    offer(post, NOON, 0, "UNICEF", 8)
    seen.append(version())
    assert seen == sorted(set(seen))


def test_a_late_request_alerts_until_it_is_answered(post: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(alerts, "RULES", tuple(rule for rule in RULES if rule.name == "overdue_request"))
    ask(post)
    offer(post, NOON, 0, "UNICEF", 12)
    act(post, CONFIRMED, NOON, 1, offer=1, by="Rosa")

    def open_at(now: object) -> list[tuple[str, AlertState]]:
        alerts.evaluate(post, "norte", now, now, "w")
        return [(card.subject, card.state) for card in cards(post)]

    assert open_at(NOON + 5 * HOUR) == []
    assert open_at(NOON + 6 * HOUR) == [("1", AlertState.FIRING)]
    [card] = cards(post)
    assert (card.evidence["what"], card.evidence["request_state"]) == ("letrinas", "confirmed")
    assert open_at(NOON + 7 * HOUR) == [("1", AlertState.FIRING)]
    act(post, DELIVERED, NOON + 8 * HOUR, 2, offer=1, by="Rosa")
    assert open_at(NOON + 8 * HOUR + MINUTE) == []


AMOUNTS = st.floats(min_value=0.25, max_value=1e6, allow_nan=False)
STEPS = st.lists(st.tuples(st.sampled_from([OFFERED, RETRACTED, CONFIRMED, DELIVERED]), st.integers(1, 4), AMOUNTS))


@given(asked=AMOUNTS, steps=STEPS)
def test_amounts_hang_together_whatever_was_done(asked: float, steps: list[tuple[RequestMove, int, float]]):
    acts, offers = [], 0
    for number, (move, which, amount) in enumerate(steps, start=1):
        offers += move is OFFERED
        where = offers if move is OFFERED else which
        acts.append(RequestAct(number, NOON, move, "x", "y", "", where, amount))
    one = ResourceRequest(1, NOON, replace(ASKED, quantity=asked), "y", acts=tuple(acts))
    assert 0 <= one.confirmed <= one.offered
    assert 0 <= one.delivered <= one.offered
    assert one.missing == max(0.0, asked - one.offered)
    if one.state is RequestState.OPEN:
        assert one.offered == 0
    if one.state is RequestState.DELIVERED:
        assert one.delivered >= asked - 1e-6


def test_an_asked_thing_is_the_same_in_any_spacing(post: Engine):
    made = ask(post, what="  letrinas \n portátiles ", reason=" por  la cola ")
    assert (made.asked.what, made.asked.reason) == ("letrinas portátiles", "por la cola")
    assert isinstance(made.asked, Asked)
