"""Who is let in as whom: loopback, accounts, screens, tokens, and everything that tries to look like them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.access import LOCAL, Asking, viewer
from data.accounts import Account, Directory, Reporter
from data.keys import Screen, Token, digest
from data.vocabulary import Audience, Role

NOBODY = Directory({}, {}, {})
MARIA = Account("maria", Role.COORDINATION, "ACNUR", None, epoch=3, disabled=False)
TV = Screen("sala", digest("tv-link"), "cebaf-tumbes", ("wall",), "/wall", revoked=False, last_seen=None)
PROGRAM = Token("migraciones-push", digest("secret"), "migraciones", Role.PARTNER, None)
PEOPLE = Directory({"maria": MARIA}, {"sala": TV}, {PROGRAM.token_hash: PROGRAM})

AT_THE_MACHINE = Asking("GET", {"host": "localhost:8050"}, "127.0.0.1", None)
SIGNED_IN = replace(AT_THE_MACHINE, session={"kind": "account", "name": "maria", "epoch": 3, "id": "a1"})
ON_TV = replace(AT_THE_MACHINE, session={"kind": "screen", "name": "sala", "link": digest("tv-link")[:16]})


def asks(base: Asking, **headers: str) -> Asking:
    return replace(base, headers={**base.headers, **{k.replace("_", "-"): v for k, v in headers.items()}})


def test_at_the_machine_nobody_is_asked_for_a_name():
    assert viewer(AT_THE_MACHINE, NOBODY, loopback_only=True) == LOCAL


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost", "[::1]:8050", "LOCALHOST:1"])
def test_a_local_name_is_local(host):
    assert viewer(asks(AT_THE_MACHINE, host=host), NOBODY, True) == LOCAL


@pytest.mark.parametrize(
    "asking",
    [
        asks(AT_THE_MACHINE, host="caudal.evil.example:8050"),  # rebinding: the name resolves to loopback
        asks(AT_THE_MACHINE, host=""),
        asks(AT_THE_MACHINE, host="localhost.evil.example"),
        asks(AT_THE_MACHINE, host="localhost@evil.example"),
        asks(AT_THE_MACHINE, host="evil.example@localhost:x"),
        asks(AT_THE_MACHINE, origin="http://evil.example"),
        asks(AT_THE_MACHINE, origin="null"),
        asks(AT_THE_MACHINE, origin="http://localhost:9999"),  # another programme on this machine
        asks(AT_THE_MACHINE, x_forwarded_for="10.0.0.7"),
        asks(AT_THE_MACHINE, forwarded="for=10.0.0.7"),
        asks(AT_THE_MACHINE, x_forwarded_proto="https"),
        asks(AT_THE_MACHINE, x_real_ip="10.0.0.7"),
        asks(AT_THE_MACHINE, via="1.1 proxy"),
        asks(AT_THE_MACHINE, sec_fetch_site="cross-site", sec_fetch_mode="no-cors"),
        replace(AT_THE_MACHINE, peer="192.168.1.20"),
        replace(AT_THE_MACHINE, peer=None),
    ],
    ids=lambda asking: str({**asking.headers, "peer": asking.peer}),
)
def test_what_only_looks_local_is_not(asking):
    assert viewer(asking, NOBODY, loopback_only=True) is None


def test_an_account_in_the_store_ends_the_account_free_use():
    assert viewer(AT_THE_MACHINE, PEOPLE, loopback_only=True) is None


def test_a_server_that_listens_elsewhere_too_has_no_account_free_use():
    assert viewer(AT_THE_MACHINE, NOBODY, loopback_only=False) is None


def test_a_link_from_another_site_is_welcome_and_its_post_is_not():
    linked = asks(AT_THE_MACHINE, sec_fetch_site="cross-site", sec_fetch_mode="navigate")
    assert viewer(linked, NOBODY, True) == LOCAL
    assert viewer(replace(linked, method="POST"), NOBODY, True) is None


def test_a_session_is_its_account():
    known = viewer(SIGNED_IN, PEOPLE, loopback_only=False)
    assert known is not None
    assert (known.name, known.audience) == ("maria", Audience.PROTECTION)


@pytest.mark.parametrize(
    "people",
    [
        Directory({"maria": replace(MARIA, disabled=True)}, {}, {}),
        Directory({"maria": replace(MARIA, epoch=4)}, {}, {}),  # the password was changed
        Directory({"maria": MARIA}, {}, {}, ended=frozenset({"a1"})),  # signed out here or elsewhere
        NOBODY,
    ],
)
def test_a_session_ends_with_its_account(people):
    assert viewer(SIGNED_IN, people, loopback_only=False) is None


def test_a_forged_post_with_a_good_cookie_is_refused():
    forged = replace(asks(SIGNED_IN, origin="http://evil.example"), method="POST")
    assert viewer(forged, PEOPLE, loopback_only=False) is None


def test_a_screen_sees_its_own_board_and_site_and_only_looks():
    screen = viewer(ON_TV, PEOPLE, loopback_only=False)
    assert screen is not None
    assert screen.audience is Audience.OPEN
    assert screen.may_see_board("wall")
    assert not screen.may_see_board("reports")
    assert screen.may_see_site("cebaf-tumbes")
    assert not screen.may_see_site("simulacro-norte")
    assert not screen.may_send("migraciones")
    assert viewer(replace(ON_TV, method="POST"), PEOPLE, False) is None


@pytest.mark.parametrize(
    "screens", [{}, {"sala": replace(TV, revoked=True)}, {"sala": replace(TV, token_hash=digest("another link"))}]
)
def test_a_revoked_screen_is_nobody_even_at_the_machine(screens):
    assert viewer(ON_TV, Directory({}, screens, {}), loopback_only=True) is None


def test_a_token_sends_reports_of_its_source_and_opens_no_page():
    program = viewer(asks(AT_THE_MACHINE, authorization="Bearer secret"), PEOPLE, loopback_only=False)
    assert program is not None
    assert program.may_send("migraciones")
    assert not program.may_send("acnur")
    assert not program.may_see_board("situation")


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic bWFyaWE6eA==", "Bearer", "secret"])
def test_a_wrong_token_is_nobody_even_at_the_machine(header):
    assert viewer(asks(AT_THE_MACHINE, authorization=header), NOBODY, loopback_only=True) is None


def test_signing_out_ends_one_session_of_an_account_and_not_its_others():
    people = Directory({"maria": MARIA}, {}, {}, ended=frozenset({"a1"}))
    elsewhere = replace(AT_THE_MACHINE, session={"kind": "account", "name": "maria", "epoch": 3, "id": "c3"})
    assert viewer(elsewhere, people, loopback_only=False) is not None
    nameless = replace(AT_THE_MACHINE, session={"kind": "account", "name": "maria", "epoch": 3})
    assert viewer(nameless, people, loopback_only=False) is None  # it could never be ended


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_its_audience(role):
    people = Directory({"x": Account("x", role, "ADRA", None, 0, False)}, {}, {}, {"ADRA": ("adra",)})
    session = {"kind": "account", "name": "x", "epoch": 0, "id": "b2"}
    known = viewer(replace(AT_THE_MACHINE, session=session), people, False)
    assert known is not None
    sees_protected = role in (Role.PROTECTION, Role.COORDINATION, Role.ADMIN)
    assert (known.audience is Audience.PROTECTION) == sees_protected
    assert known.may_send("adra") == (role not in (Role.SCREEN, Role.LEADERSHIP))
    assert known.may_send("anyone") == (role in (Role.PROTECTION, Role.COORDINATION, Role.ADMIN))


def partner(organisation: str | None, role: Role = Role.PARTNER, **sources: str):
    reporters = {name: Reporter(name, name, owner) for name, owner in sources.items()}
    owned = {owner: tuple(name for name, one in sources.items() if one == owner) for owner in sources.values()}
    account = Account("ana", role, organisation, None, 0, False)
    session = {"kind": "account", "name": "ana", "epoch": 0, "id": "c3"}
    people = Directory({"ana": account}, {}, {}, owned, reporters=reporters)
    found = viewer(replace(AT_THE_MACHINE, session=session), people, False)
    assert found is not None
    return found


def test_a_partner_sends_for_its_own_organisation_only():
    known = partner("Cruz Roja Peruana", agua="Cruz Roja Peruana", comida="ADRA")
    assert known.may_send("agua")
    assert not known.may_send("comida")
    assert not known.may_send("cruz-roja-peruana"), "it has a source already"


def test_an_organisation_without_a_source_gets_its_own_name_and_takes_nobody_elses():
    assert partner("Encuentros (SJM)").may_send("encuentros-sjm")
    assert not partner("Encuentros (SJM)", **{"encuentros-sjm": "ADRA"}).may_send("encuentros-sjm")
    assert not partner(None).may_send("anything")


@pytest.mark.parametrize("role", [Role.COORDINATION, Role.ADMIN])
def test_coordination_sends_for_whoever_asks_it_to(role):
    assert partner("ACNUR", role, comida="ADRA").may_send("comida")
