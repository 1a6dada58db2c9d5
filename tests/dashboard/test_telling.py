"""Notices leave by real mail and real webhooks: each once, marked where it is a drill, and nowhere they may not."""

from __future__ import annotations

import http.server
import os
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from dashboard.telling.guard import Allowed, ForbiddenAddress, check, guarded
from dashboard.telling.ways import WrongAddress, checked
from data.alert_acts import acknowledge
from data.alert_book import open_alerts
from data.analytics.lifecycle import Seen
from data.channels import channels, remove_channel
from data.clock import Replay, start_replay
from data.places import site as site_named
from data.sites import add_site, load_site
from data.store import reading, writing
from data.tables import delivery
from data.tellings import marked, unsent
from data.vocabulary import Fate, Language, Level, NoticeKind
from tests.dashboard.centre import SITE as SITE_FILE
from tests.dashboard.centre import open_centre
from tests.dashboard.mail import Mail, mail_server
from tests.dashboard.telling import MINUTE, NOON, SITE, channel, evaluate, fates, send, tries
from tests.processes import caudal
from tests.stores import migrated


@pytest.fixture
def mail() -> Iterator[Mail]:
    with mail_server() as server:
        yield server


@pytest.fixture
def post(sqlite_url: str) -> Iterator[Engine]:
    engine = open_centre(sqlite_url, SITE)
    yield engine
    engine.dispose()


def test_a_new_alert_reaches_its_reader_once_with_all_that_is_needed(post: Engine, var: Path, mail: Mail):
    channel(post, "lima", mail.address)
    evaluate(post, NOON)
    assert send(post, var, NOON) == 0, "it gathers first"
    assert send(post, var, NOON + MINUTE) == 1
    assert send(post, var, NOON + 9 * MINUTE) == 0
    [message], [text] = mail.kept.messages, mail.kept.texts
    assert message["Subject"] == "Crítico: Afluencia · Puesto tumbes"
    assert mail.kept.marks == ["caudal-tumbes-1-lima"]
    for said in ("Crítico", "Afluencia", "Puesto tumbes", "zona", "https://caudal.example.org/alerts/1?site=tumbes"):
        assert said in text
    assert len(text) <= 1000
    assert (fates(post), tries(post)) == ([("lima", "sent", 1)], [(1, True, None)])


def test_each_channel_hears_in_its_language_from_its_level_on(post: Engine, var: Path, mail: Mail):
    channel(post, "lima", mail.address, language=Language.EN)
    channel(post, "grave", mail.address, least_level=Level.CRITICAL)
    evaluate(post, NOON, level=Level.ALERT)
    send(post, var, NOON + MINUTE)
    assert mail.kept.marks == ["caudal-tumbes-1-lima"]
    assert "New alert." in mail.kept.texts[0]


def test_many_alerts_are_one_message_with_a_count_that_fits_a_phone(post: Engine, var: Path, mail: Mail):
    channel(post, "lima", mail.address)
    evaluate(post, NOON, [f"regla-{number}" for number in range(40)])
    send(post, var, NOON + MINUTE)
    [message], [text] = mail.kept.messages, mail.kept.texts
    assert message["Subject"] == "40 alertas nuevas · Puesto tumbes"
    assert "40 alertas nuevas: 40 de nivel Crítico." in text
    assert len(text) <= 1000
    shown = text.count("•")
    assert f"Y {40 - shown} alertas más." in text


def test_mail_that_is_down_for_ten_minutes_loses_nothing_and_doubles_nothing(post: Engine, var: Path, mail: Mail):
    channel(post, "lima", mail.address)
    mail.down()
    for minute in range(10):
        evaluate(post, NOON + minute * MINUTE, [f"r{n}" for n in range(minute + 1)])
        send(post, var, NOON + minute * MINUTE + timedelta(seconds=59))
    assert all(fate in ("failing", "waiting") for _, fate, _ in fates(post))
    assert any(fate == "failing" for _, fate, _ in fates(post))
    with reading(post) as conn:
        now = NOON + 10 * MINUTE
        site = site_named(conn, SITE)
        told = [one for card in marked(conn, site, open_alerts(conn, SITE), now) for one in card.tellings]
        assert {one.trouble for one in told if one.fate is Fate.FAILING} == {"not_accepted"}
        assert unsent(conn, SITE, now)[0].channel == "lima"
        assert channels(conn, SITE)[0].failing > 0
    mail.up()
    for minute in range(10, 40):
        send(post, var, NOON + minute * MINUTE)
    assert {fate for _, fate, _ in fates(post)} == {"sent"}
    assert len(mail.kept.marks) == len(set(mail.kept.marks)) == len(fates(post))
    with reading(post) as conn:
        assert unsent(conn, SITE, NOON + 40 * MINUTE) == ()


def test_tries_grow_rarer_and_after_a_day_it_is_told_as_not_delivered(post: Engine, var: Path, mail: Mail):
    channel(post, "lima", mail.address)
    mail.kept.answer = "550 no such person lima@example.org here, nor +51 987 654 321"
    evaluate(post, NOON)
    now, made = NOON + MINUTE, []
    while now < NOON + timedelta(hours=25):
        before = len(tries(post))
        send(post, var, now)
        if len(tries(post)) > before:
            made.append(now)
        now += timedelta(minutes=5)
    assert fates(post)[0][:2] == ("lima", "undelivered")
    assert len(made) < 150
    gaps = [later - earlier for earlier, later in pairwise(made)]
    assert max(gaps) <= timedelta(minutes=15)
    with reading(post) as conn:
        [one] = unsent(conn, SITE, now)
        assert (one.fate, one.kind) == (Fate.UNDELIVERED, NoticeKind.OPENED)


def test_what_the_other_side_says_is_kept_without_anybodys_address(post: Engine, var: Path, mail: Mail):
    channel(post, "lima", mail.address)
    mail.kept.answer = "550 no such person lima@example.org here, nor +51 987 654 321"
    evaluate(post, NOON)
    send(post, var, NOON + MINUTE)
    with reading(post) as conn:
        [said] = conn.execute(select(delivery.c.said)).scalars()
    assert "@" not in said
    assert "987" not in said
    assert str(mail.port) not in said


def test_a_replay_sends_nothing_unless_a_channel_asks_for_it_and_then_it_is_marked(post: Engine, var: Path, mail: Mail):
    channel(post, "lima", mail.address)
    channel(post, "ensayo", mail.address, in_drills=True)
    with writing(post) as conn:
        start_replay(conn, Replay(NOON, NOON - timedelta(days=365), 60.0))
    evaluate(post, NOON)
    send(post, var, NOON + MINUTE)
    assert fates(post) == [("ensayo", "sent", 1), ("lima", "blocked", 1)]
    [message], [text] = mail.kept.messages, mail.kept.texts
    assert str(message["Subject"]).startswith("[REPETICIÓN] ")
    assert text.startswith("REPETICIÓN: ")


def test_a_drill_site_sends_nothing_unless_a_channel_asks_for_it(var: Path, sqlite_url: str, mail: Mail):
    engine = migrated(sqlite_url)
    with writing(engine) as conn:
        text = SITE_FILE.format(site=SITE, zone="America/Lima").replace('kind = "real"', 'kind = "simulation"')
        add_site(conn, load_site(text), NOON, "test")
    channel(engine, "lima", mail.address)
    channel(engine, "ensayo", mail.address, in_drills=True)
    evaluate(engine, NOON)
    send(engine, var, NOON + MINUTE)
    assert fates(engine) == [("ensayo", "sent", 1), ("lima", "blocked", 1)]
    assert mail.kept.texts[0].startswith("SIMULACIÓN: ")
    engine.dispose()


def test_what_waits_for_a_channel_that_is_removed_is_not_sent(post: Engine, var: Path, mail: Mail):
    channel(post, "lima", mail.address)
    evaluate(post, NOON)
    with writing(post) as conn:
        remove_channel(conn, SITE, "lima", NOON)
    assert send(post, var, NOON + MINUTE) == 0
    assert fates(post) == [("lima", "undelivered", 0)]
    assert mail.kept.messages == []


def test_an_escalation_and_the_end_are_told_too(post: Engine, var: Path, mail: Mail):
    channel(post, "coordinacion", mail.address, step=1)
    evaluate(post, NOON)
    evaluate(post, NOON + 15 * MINUTE)
    send(post, var, NOON + 15 * MINUTE)
    assert "se avisa a coordinación" in mail.kept.texts[0]
    with writing(post) as conn:
        acknowledge(conn, 1, "Rosa", "", NOON + 16 * MINUTE)
    evaluate(post, NOON + 45 * MINUTE)
    evaluate(post, NOON + 46 * MINUTE, seen=Seen.CLEAR)
    send(post, var, NOON + 50 * MINUTE)
    assert [str(message["Subject"]).split(":")[0] for message in mail.kept.messages] == [
        "Nadie la ha tomado",
        "Terminó",
    ]


FORBIDDEN = [
    *("json://127.0.0.1/hook", "json://localhost:9/", "json://[::1]/hook", "json://10.1.2.3/", "json://192.168.0.9/x"),
    *("json://172.16.0.1/", "jsons://169.254.169.254/latest/meta-data/", "json://0.0.0.0/", "json://[fe80::1]/x"),
    *("json://[::ffff:127.0.0.1]/x", "json://2130706433/", "json://100.64.0.1/", "json://[fd00::1]/", "xml://127.1/"),
    *("json://[64:ff9b::7f00:1]/", "mailto://127.0.0.1:25/?from=a@example.org&to=b@example.org"),
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_channel_leads_into_the_network_of_its_own_server(address: str):
    with pytest.raises(WrongAddress) as wrong:
        checked(address, Allowed())
    assert wrong.value.code in ("forbidden_address", "unknown_host", "wrong_address")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::"),
        *("::127.0.0.1", "::10.0.0.1", "64:ff9b:1::a00:1", "fec0::1", "192.0.0.8"),
    ],
)
def test_addresses_in_disguise_are_what_they_are(address: str):
    with pytest.raises(ForbiddenAddress):
        check(address, Allowed())
    check("93.184.216.34", Allowed())


@pytest.mark.parametrize(
    "address", ["syslog://", "mqtt://example.org/topic", "nonsense", "json://", "file:///etc/passwd"]
)
def test_what_is_no_way_to_people_is_refused(address: str):
    with pytest.raises(WrongAddress):
        checked(address, Allowed())


def test_the_operator_may_allow_a_host_of_their_own(mail: Mail):
    assert checked(mail.address, Allowed.of("10.0.0.0/8, 127.0.0.1")) == "mailto"
    assert checked(mail.address.replace("127.0.0.1", "localhost"), Allowed.of("localhost")) == "mailto"
    with pytest.raises(WrongAddress):
        checked(mail.address, Allowed.of("10.0.0.0/8, mail.example.org"))


def test_a_name_that_changes_its_mind_gains_nothing():
    """What counts is the address that is connected to, in the moment of the connection, and in this thread only."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = listener.getsockname()
        with guarded(Allowed()), pytest.raises(ForbiddenAddress):
            socket.create_connection(place, timeout=2)
        with guarded(Allowed.of("127.0.0.1")):
            socket.create_connection(place, timeout=2).close()
        socket.create_connection(place, timeout=2).close()
        other: list[str] = []

        def beside() -> None:
            socket.create_connection(place, timeout=2).close()
            other.append("connected")

        with guarded(Allowed()):
            thread = threading.Thread(target=beside)
            thread.start()
            thread.join()
        assert other == ["connected"]


class Hook(http.server.BaseHTTPRequestHandler):
    """Answers with `status`; keeps who asked for what."""

    asked: list[tuple[str, str | None]]
    status: int

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        type(self).asked.append((self.path, self.headers.get("Idempotency-Key")))
        self.send_response(type(self).status)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/inside")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[tuple[str, type[Hook]]]:
    kind = type("Here", (Hook,), {"asked": [], "status": 200})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_address[1]}/hook", kind
    server.shutdown()
    server.server_close()


def test_a_webhook_gets_the_same_key_at_every_try_and_no_redirect_is_followed(
    post: Engine, var: Path, hook: tuple[str, type[Hook]]
):
    address, here = hook
    channel(post, "gancho", f"{address}?redirect=yes")
    evaluate(post, NOON)
    here.status = 307
    send(post, var, NOON + MINUTE)
    assert here.asked == [("/hook", "caudal-tumbes-1-gancho")]
    here.status = 200
    send(post, var, NOON + 2 * MINUTE)
    assert here.asked == [("/hook", "caudal-tumbes-1-gancho")] * 2
    assert fates(post) == [("gancho", "sent", 2)]


def test_an_address_is_asked_again_when_it_is_used(post: Engine, var: Path, hook: tuple[str, type[Hook]]):
    address, here = hook
    channel(post, "gancho", address)
    evaluate(post, NOON)
    send(post, var, NOON + MINUTE, hosts="10.0.0.0/8")
    assert here.asked == []
    assert (fates(post), tries(post)) == ([("gancho", "failing", 1)], [(1, False, "forbidden_address")])


def test_channels_by_command_never_show_an_address(post: Engine, var: Path, mail: Mail):
    unknowing = {**os.environ, "CAUDAL_VAR": str(var)}
    environment = {**unknowing, "CAUDAL_CHANNEL_HOSTS": "127.0.0.1"}
    add = ("channels", "add", SITE, "lima", "--address", mail.address, "--least", "watch")
    refused = caudal(*add, environment=unknowing)
    assert refused.returncode == 2
    assert "red interna" in refused.stderr
    added = caudal(*add, environment=environment)
    assert added.returncode == 0, added.stderr
    listed = caudal("channels", "list", environment=environment)
    as_json = caudal("channels", "list", "--json", environment=environment)
    tested = caudal("channels", "test", SITE, "lima", environment=environment)
    assert tested.returncode == 0, tested.stderr
    assert "prueba" in mail.kept.texts[0]
    for one in (refused, added, listed, as_json, tested):
        assert "example.org" not in one.stdout + one.stderr
        assert str(mail.port) not in one.stdout + one.stderr
    assert "mailto://…" in listed.stdout
    mail.down()
    assert caudal("channels", "test", SITE, "lima", environment=environment).returncode == 2
    assert caudal("channels", "remove", SITE, "lima", environment=environment).returncode == 0
    assert caudal("channels", "remove", SITE, "lima", environment=environment).returncode == 2
    assert "No hay canales." in caudal("channels", "list", environment=environment).stdout
