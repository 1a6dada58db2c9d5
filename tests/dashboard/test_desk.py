"""The desk over HTTP: two steps, the page of a delivery, what may be had of it, and everybody who is turned away."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import openpyxl
import pytest
from click.testing import CliRunner

from dashboard.commands.rejected import rejected as rejected_command
from dashboard.settings import Settings
from data import accounts
from data.store import create_store, writing
from data.vocabulary import Role
from tests.dashboard.centre import Server, open_centre, served_csv, until

PASSWORD = "una clave larga"


class Desk:
    """A person at a browser: keeps cookies, reads the hidden fields of the form that is shown."""

    def __init__(self, server: Server, source: str = "migraciones", new: bool = False) -> None:
        self.web = server.client(follow_redirects=True)
        self.page = ""
        self.source, self.var = source, server.var
        self.whose = {"new_source": source} if new else {"source": source}
        self.site = "tumbes"
        self.report = 0

    def open(self, path: str = "") -> httpx.Response:
        answer = self.web.get(path or f"/reports?lang=es&site={self.site}")
        self.page = answer.text
        return answer

    def hidden(self, action: str) -> dict[str, str]:
        found = re.search(rf'<form[^>]*action="{action}"[^>]*>(.*?)</form>', self.page, re.DOTALL)
        assert found, f"no form for {action}"
        names = re.findall(r'<input name="(\w+)" type="hidden" value="([^"]*)"', found[1])
        return {name: unescape(value) for name, value in names}

    def send(self, content: bytes, name: str = "reporte.csv", **more: str) -> httpx.Response:
        self.open()
        fields = {**self.hidden("/reports/send"), **self.whose, **more}
        answer = self.web.post("/reports/send", data=fields, files={"file": (name, content)})
        self.page = answer.text
        return answer

    def press(self, action: str, **more: str) -> httpx.Response:
        answer = self.web.post(action, data={**self.hidden(action), **more})
        self.page = answer.text
        number = re.fullmatch(r"/reports/(\d+)", answer.url.path)
        self.report = int(number[1]) if number else self.report
        return answer

    def accepted(self, content: bytes, name: str = "reporte.csv") -> int:
        self.send(content, name)
        self.press("/reports/accept")
        return self.report

    def programme(self, content: bytes) -> None:
        """The same source sends by itself."""
        address = f"/api/v1/reports?dataset=flow&source={self.source}"
        assert self.web.post(address, content=content, headers={"Content-Type": "text/csv"}).status_code == 201

    def series(self) -> list[float]:
        told = self.web.get(f"/api/v1/series?site=tumbes&measure=served&source={self.source}&step=hour").json()
        return [row["value"] for row in told["rows"] if row["value"] is not None]

    def waits(self, content: bytes) -> bool:
        return any((self.var / "waiting").rglob(hashlib.sha256(content).hexdigest()))

    def counts(self) -> dict[str, int]:
        return {name: int(value) for value, name in re.findall(r'data-value="(\d+)" data-count="(\w+)"', self.page)}


def hours(*people: object) -> bytes:
    """The last whole hours at the site, one figure each, as anybody may have typed it."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    rows = [
        f"tumbes,migration-control,served,{(now - timedelta(hours=len(people) - place)).isoformat()},60,{count},nota"
        for place, count in enumerate(people)
    ]
    return ("site,stage,measure,start,minutes,people,Comentario\n" + "\n".join(rows) + "\n").encode()


@pytest.fixture
def desk(standing: Server) -> Iterator[Desk]:
    """The person at the machine, with a source that nobody else uses."""
    person = Desk(standing, f"fuente-{uuid.uuid4().hex[:8]}", new=True)
    yield person
    person.web.close()


def test_nothing_counts_before_it_is_accepted(desk: Desk) -> None:
    content = hours(10, -4, "doce", 40)
    answer = desk.send(content)
    assert answer.status_code == 200
    assert desk.waits(content)
    assert urlsplit(str(answer.url)).path == "/reports/preview"
    assert desk.counts() == {"rows": 4, "accepted": 2, "rejected": 2, "not_reported": 0}
    assert "2 filas son nuevas." in desk.page
    assert "No se usan ni se guardan: Comentario." in desk.page
    assert ">nota<" not in desk.page, "what is not used is not shown"
    assert desk.series() == []
    desk.press("/reports/accept")
    assert desk.report
    assert f"Recibido como reporte {desk.report}." in desk.page
    assert desk.series() == [10, 40]
    assert not desk.waits(content)


def test_line_column_value_and_reason_stand_in_the_page(desk: Desk) -> None:
    desk.send(hours(10, -4, "doce"))
    rows = re.findall(r"<tr><th scope=\"row\">(\d+)</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", desk.page)
    told = [(line, column, re.sub("<.*?>", "", came)) for line, column, came, _ in rows]
    assert told[:2] == [("3", "people", "-4"), ("4", "people", "doce")]
    assert "se esperaba cero o más" in rows[0][3]


def test_the_rows_that_came_add_up_wherever_a_delivery_is_told(desk: Desk) -> None:
    """An empty count is no report; a thousand without quotes is cut in two, and its row is not read."""
    parts = {"rows": 4, "accepted": 2, "rejected": 1, "not_reported": 1}
    desk.send(hours(10, "", "1,234", 30))
    assert desk.counts() == parts
    assert "un separador que partió una celda en dos" in desk.page
    desk.press("/reports/accept")
    assert desk.counts() == parts
    assert desk.series() == [10, 30]
    listed = desk.web.get("/api/v1/reports?site=tumbes").json()["rows"]
    [found] = [one for one in listed if one["report"] == desk.report]
    assert {name: found[name] for name in parts} == parts
    desk.open()
    table = re.search(r'<table class="[^"]*deliveries.*?</table>', desk.page, re.DOTALL)
    assert table
    row = re.search(rf'<tr><th scope="row"><a href="/reports/{desk.report}">.*?</tr>', table[0], re.DOTALL)
    assert row
    heads = re.findall(r'<th scope="col">(.*?)</th>', table[0])
    told = dict(zip(heads[1:], re.findall(r"<td[^>]*>(.*?)</td>", row[0], re.DOTALL), strict=True))
    assert [told[name] for name in ("filas", "aceptadas", "rechazadas", "sin reporte")] == ["4", "2", "1", "1"]


def test_a_value_that_may_be_personal_is_shown_as_its_shape(desk: Desk) -> None:
    desk.send(hours(10, "ana.perez@correo.example"))
    assert "ana.perez" not in desk.page


def test_a_file_with_persons_is_refused_and_not_kept(desk: Desk) -> None:
    desk.send(b"site,stage,measure,start,minutes,people,DNI\ntumbes,x,served,2018-01-01,1440,1,45879632\n")
    assert "parece contener datos de personas" in desk.page
    assert "45879632" not in desk.page
    assert not [path for path in desk.var.rglob("*") if path.is_file() and b"45879632" in path.read_bytes()]


def test_the_same_file_again_changes_nothing_and_says_so(desk: Desk) -> None:
    first = desk.accepted(hours(10, 20))
    desk.send(hours(10, 20))
    assert f"ya se recibió como reporte {first}" in desk.page
    assert 'action="/reports/accept"' not in desk.page
    assert desk.series() == [10, 20]


def test_pressing_twice_receives_once(desk: Desk) -> None:
    desk.send(hours(10, 20))
    fields = desk.hidden("/reports/accept")
    first = desk.web.post("/reports/accept", data=fields)
    second = desk.web.post("/reports/accept", data=fields)
    assert first.url.path == second.url.path
    assert first.url.path.startswith("/reports/")
    assert "Ya se había recibido" in second.text
    assert desk.series() == [10, 20]


def test_what_changed_meanwhile_is_shown_again_before_it_counts(desk: Desk) -> None:
    desk.send(hours(13, 29))
    fields = desk.hidden("/reports/accept")
    desk.programme(hours(11, 21))
    answer = desk.web.post("/reports/accept", data=fields)
    desk.page = answer.text
    assert answer.status_code == 409
    assert "Mientras usted revisaba, algo cambió" in desk.page
    kept = desk.var / "received"
    assert not any(kept.rglob(hashlib.sha256(hours(13, 29)).hexdigest())), "nothing is kept of what was not written"
    assert "2 corrigen cifras anteriores" in desk.page
    assert desk.series() == [11, 21]
    desk.press("/reports/accept")
    assert desk.series() == [13, 29]


def test_rejected_rows_come_back_and_count_once_put_right(desk: Desk) -> None:
    number = desk.accepted(hours(10, -4, 30), "turno mañana.csv")
    answer = desk.web.get(f"/reports/{number}/rejected.csv?lang=es")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "turno%20ma%C3%B1ana%20rechazadas.csv" in answer.headers["content-disposition"]
    header, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert header[-2:] == ["caudal: fila", "caudal: motivo"]
    assert row[5] == "-4"
    assert row[-2] == "3"
    assert "se esperaba cero o más" in row[-1]
    book = openpyxl.load_workbook(io.BytesIO(desk.web.get(f"/reports/{number}/rejected.xlsx?lang=en").content)).active
    assert [cell.value for cell in book[1]][-2:] == ["caudal: row", "caudal: reason"]
    desk.send(answer.content.replace(b",-4,", b",20,"), "turno mañana.csv")
    assert desk.counts() == {"rows": 1, "accepted": 1, "rejected": 0, "not_reported": 0}
    desk.press("/reports/accept")
    assert desk.series() == [10, 20, 30]


def test_the_command_writes_the_same_rows(desk: Desk, tmp_path: Path) -> None:
    number = str(desk.accepted(hours(10, -4)))
    settings = Settings(var=desk.var)
    for name in ("malas.csv", "malas.xlsx"):
        done = CliRunner().invoke(rejected_command, [number, "--out", str(tmp_path / name)], obj=settings)
        assert done.exit_code == 0, done.output
        assert "1 fila rechazada" in done.output
    assert (tmp_path / "malas.csv").read_bytes() == desk.web.get(f"/reports/{number}/rejected.csv?lang=es").content
    for words in (["7777", "--out", str(tmp_path / "x.csv")], [number, "--out", str(tmp_path / "x.pdf")]):
        assert CliRunner().invoke(rejected_command, words, obj=settings).exit_code == 2


def test_undone_it_no_longer_counts_and_its_bytes_stay(desk: Desk) -> None:
    desk.programme(hours(1, 2))
    content = hours(10, 20)
    number = desk.accepted(content)
    assert desk.series() == [10, 20]
    fields = desk.hidden(f"/reports/{number}/undo")
    desk.press(f"/reports/{number}/undo")
    assert f"El reporte {number} ya no cuenta" in desk.page
    assert desk.series() == [1, 2]
    assert "Deshecha por quien opera esta máquina" in desk.page
    assert "/undo" not in desk.page
    assert desk.web.get(f"/reports/{number}/original").content == content
    again = desk.web.post(f"/reports/{number}/undo", data=fields)
    assert again.status_code == 409
    assert "Nada cambió" in again.text


def test_a_partners_own_headers_are_recognised_by_a_kept_mapping(desk: Desk) -> None:
    folder = desk.var / "mappings"
    folder.mkdir(exist_ok=True)
    (folder / "turno.toml").write_text(
        'dataset = "flow"\n[constants]\nsite = "tumbes"\nstage = "migration-control"\nmeasure = "served"\n'
        'minutes = 60\n[columns]\nstart = "Hora de inicio"\npeople = "Atendidos"\n'
    )
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    desk.send(f"Hora de inicio,Atendidos\n{hour.isoformat()},33\n{hour.isoformat()},x\n".encode())
    assert "Faltan columnas" in desk.page
    assert "coinciden con el mapeo turno" in desk.page
    fields = {**desk.hidden("/reports/preview"), "mapping": "turno"}
    desk.page = desk.web.get("/reports/preview", params=fields).text
    assert desk.counts() == {"rows": 2, "accepted": 1, "rejected": 1, "not_reported": 0}
    assert "lo dice el mapeo" in desk.page
    desk.press("/reports/accept")
    assert "turno" in desk.page
    back = desk.web.get(f"/reports/{desk.report}/rejected.csv").content.decode("utf-8-sig")
    assert back.startswith("Hora de inicio,Atendidos,caudal: ")
    (folder / "turno.toml").unlink()
    again = desk.web.get(f"/reports/{desk.report}/rejected.csv")
    assert again.status_code == 200, "the mapping is kept with its delivery"


def test_a_broken_kept_mapping_is_named_and_not_chosen(desk: Desk) -> None:
    (desk.var / "mappings").mkdir(exist_ok=True)
    (desk.var / "mappings" / "roto.toml").write_text('dataset = "flujo"\n')
    answer = desk.send(hours(1), mapping="roto")
    assert answer.status_code == 422
    assert "El mapeo roto no sirve" in desk.page


@pytest.mark.parametrize("name", ["../../secret", "nada", "README"])
def test_only_listed_mappings_are_read(desk: Desk, name: str) -> None:
    assert desk.send(hours(1), mapping=name).status_code == 400


def test_a_discarded_file_is_gone(desk: Desk) -> None:
    content = hours(17)
    desk.send(content)
    fields = desk.hidden("/reports/accept")
    desk.press("/reports/discard")
    assert not desk.waits(content)
    assert desk.web.post("/reports/accept", data=fields).status_code == 410


def test_a_page_without_a_script_holds_the_form_in_its_place(desk: Desk) -> None:
    page = desk.open().text
    place = page.index('id="panel-send"')
    assert place < page.index('action="/reports/send"') < page.index('id="panel-reporting"')


def test_templates_come_from_the_page(desk: Desk) -> None:
    answer = desk.web.get("/reports/template/flow.xlsx?lang=es")
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == ["datos", "columnas"]
    assert desk.web.get("/reports/template/secrets.xlsx").status_code == 404


def test_a_form_that_is_not_ours_changes_nothing(desk: Desk) -> None:
    desk.send(hours(10))
    fields = desk.hidden("/reports/accept")
    refused = [
        desk.web.post("/reports/accept", data={**fields, "form": "forged"}),
        desk.web.post("/reports/accept", data={name: value for name, value in fields.items() if name != "form"}),
        httpx.post(str(desk.web.base_url.join("/reports/accept")), data=fields),  # a browser without the cookie
        desk.web.post(
            "/reports/send", data={"form": "x", "source": "migraciones"}, files={"file": ("a.csv", hours(1))}
        ),
        desk.web.post("/reports/send", content=b"--x", headers={"content-type": "multipart/form-data; boundary=y"}),
        desk.web.post("/reports/send", content=b"", headers={"content-type": "multipart/form-data"}),
        desk.web.post("/reports/send", data={"form": fields["form"]}),
    ]
    assert [answer.status_code for answer in refused] == [400] * len(refused)
    assert all('href="/reports"' in answer.text for answer in refused)
    assert desk.series() == []


@pytest.mark.parametrize("path", ["/reports/send", "/reports/accept", "/reports/discard", "/reports/1/undo"])
def test_another_site_cannot_press_our_buttons(desk: Desk, path: str) -> None:
    desk.open()
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}):
        assert desk.web.post(path, data={"form": "x"}, headers=headers).status_code == 403


def test_what_waits_is_named_by_us_only(desk: Desk) -> None:
    desk.send(hours(10))
    fields = desk.hidden("/reports/accept")
    assert desk.web.post("/reports/accept", data={**fields, "of": fields["of"] + "x"}).status_code == 410
    assert desk.web.get("/reports/preview?of=nothing&source=migraciones").status_code == 410


def test_a_number_that_is_no_delivery(desk: Desk) -> None:
    for path in (
        "/reports/90909",
        "/reports/99999999999999999999",
        "/reports/90909/original",
        "/reports/90909/rejected.csv",
    ):
        assert desk.web.get(f"/reports/{path}").status_code == 404


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_refusal_is_a_sentence_in_the_language_of_the_reader(desk: Desk, lang: str) -> None:
    page = desk.web.get(f"/reports/90909?lang={lang}").text
    assert ("No existe el reporte 90909." if lang == "es" else "There is no report 90909.") in page


def test_a_file_over_the_limit_is_turned_away_while_it_comes(var: Path, sqlite_url: str) -> None:
    open_centre(sqlite_url, "tumbes").dispose()
    server = Server(var, {"CAUDAL_MAX_DELIVERY_MB": "1"}).start()
    person = Desk(server)
    try:
        answer = person.send(b"x" * (3 * 2**20 // 2))
        assert answer.status_code == 413
        assert "hasta 1 MB" in answer.text
        assert not [path for path in (var / "waiting").rglob("*") if path.is_file()]
    finally:
        person.web.close()
        server.stop()


# Accounts: who may do what.


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Desk]]:
    """Everybody signed in: three partners, somebody who only looks, and the coordination."""
    var = tmp_path_factory.mktemp("people") / "var"
    var.mkdir()
    open_centre(f"sqlite:///{var / 'caudal.sqlite'}", "tumbes", "huaquillas").dispose()
    server = Server(var).start()
    store = create_store(f"sqlite:///{server.var / 'caudal.sqlite'}")
    now = datetime.now(UTC)
    with writing(store) as conn:
        for name, role, organisation, sites in (
            ("ana", Role.PARTNER, "Migraciones", None),
            ("beto", Role.PARTNER, "ADRA", None),
            ("carla", Role.PARTNER, "Migraciones", ("huaquillas",)),
            ("lima", Role.LEADERSHIP, None, None),
            ("coord", Role.COORDINATION, "ACNUR", None),
        ):
            accounts.add_account(conn, name, PASSWORD, role, now, organisation, sites)
    store.dispose()
    found = {}
    try:
        until(lambda: httpx.get(f"{server.url}/lite").status_code == 303, 10, "the accounts were not seen")
        for name in ("ana", "beto", "carla", "lima", "coord"):
            person = found[name] = Desk(server, "adra" if name == "beto" else "migraciones")
            person.site = "huaquillas" if name == "carla" else "tumbes"
            person.open("/login")
            token = re.search(r'name="form" value="([^"]+)"', person.page)
            assert token
            fields = {"form": token[1], "next": f"/lite?site={person.site}", "name": name, "password": PASSWORD}
            assert person.web.post("/login", data=fields).status_code == 200
        yield found
    finally:
        for person in found.values():
            person.web.close()
        server.stop()


def test_who_may_send_undo_and_have_what(people: dict[str, Desk]) -> None:
    ana, beto, lima, coord = (people[name] for name in ("ana", "beto", "lima", "coord"))
    ana.send(hours(10, -4))
    fields = ana.hidden("/reports/accept")
    assert beto.web.post("/reports/accept", data={**fields, **form_of(beto)}).status_code == 403, "it waits for ana"
    ana.press("/reports/accept")
    assert ana.report == 1
    assert "la envió ana" in ana.page

    assert 'value="migraciones"' not in beto.open().text
    assert 'value="adra"' in beto.page, "an organisation without a source sends under its own name"
    assert beto.send(hours(1), source="migraciones").status_code == 403
    assert beto.open("/reports/1").status_code == 200
    assert "/original" not in beto.page
    assert "/undo" not in beto.page
    for path in ("/reports/1/original", "/reports/1/rejected.csv"):
        assert beto.web.get(path).status_code == 403
    assert beto.web.post("/reports/1/undo", data=form_of(beto)).status_code == 403

    assert 'action="/reports/send"' not in lima.open().text
    assert lima.web.get("/reports/form").status_code == 403
    assert lima.web.post("/reports/1/undo", data={"form": "x"}).status_code == 403
    assert "no enviar reportes" in lima.web.get("/reports/1/original").text

    assert coord.web.get("/reports/1/original").status_code == 200
    coord.open("/reports/1")
    coord.press("/reports/1/undo")
    assert "Deshecha por coord" in coord.page


def test_a_delivery_about_two_sites_is_not_one_sites_to_take_back(people: dict[str, Desk]) -> None:
    ana, carla = people["ana"], people["carla"]
    both = served_csv([5]) + served_csv([6]).split(b"\n", 1)[1].replace(b"tumbes", b"huaquillas")
    sent = ana.web.post("/api/v1/reports?source=migraciones", content=both, headers={"Content-Type": "text/csv"})
    assert sent.json()["accepted"] == 2
    number = sent.json()["report"]
    assert carla.open(f"/reports/{number}").status_code == 200
    assert "/undo" not in carla.page
    assert carla.web.get(f"/reports/{number}/original").status_code == 403
    assert carla.web.post(f"/reports/{number}/undo", data=form_of(carla)).status_code == 403


def test_a_partner_bound_to_a_site_sends_for_no_other(people: dict[str, Desk]) -> None:
    carla = people["carla"]
    carla.send(hours(10))
    assert carla.counts() == {"rows": 1, "accepted": 0, "rejected": 1, "not_reported": 0}
    assert "Se esperaba un puesto conocido (huaquillas)" in carla.page
    assert 'action="/reports/accept"' not in carla.page
    fields = {**carla.hidden("/reports/discard"), "mark": "x"}  # the same fields, sent to the other button
    assert carla.web.post("/reports/accept", data=fields).status_code == 409
    sent = carla.web.post(
        "/api/v1/reports?source=migraciones", content=served_csv([5]), headers={"Content-Type": "text/csv"}
    )
    assert sent.status_code == 422, "nor by any other way in"


def test_a_session_that_ended_is_led_back_to_the_desk(people: dict[str, Desk]) -> None:
    answer = httpx.post(str(people["ana"].web.base_url.join("/reports/accept")), data={"form": "x"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Freports"


def form_of(person: Desk) -> dict[str, str]:
    person.open()
    return {"form": person.hidden("/reports/send")["form"]}
