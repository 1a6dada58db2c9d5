"""A partner's file from the desk to the board and back, and a shift reported from a phone without a signal."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.journeys.conftest import Server, run_caudal
from tests.journeys.test_live import SITE, kpi, noon_zone, painted, sent

pytestmark = pytest.mark.browser


@pytest.fixture
def zone() -> str:
    return noon_zone(datetime.now(UTC))


@pytest.fixture
def centre(tmp_path: Path, zone: str) -> Iterator[Server]:
    """A real site without history, on the real clock."""
    var, file = tmp_path / "var", tmp_path / "prueba.toml"
    file.write_text(SITE.format(zone=zone))
    run_caudal(var, "migrate")
    run_caudal(var, "site", "add", str(file))
    server = Server(var).start()
    yield server
    server.stop()
    log = (var / "serve.log").read_text()
    assert "Traceback" not in log, log[-4000:]


def fifty_rows(zone: str) -> tuple[str, list[dict[str, str]]]:
    """Twenty-five hours of arrivals and served as a partner wrote them; three rows are wrong."""
    now = datetime.now(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    rows = []
    for place in range(50):
        hour = now - timedelta(hours=25 - place // 2)
        rows.append(
            {
                "site": "prueba",
                "stage": "migration-control",
                "measure": "arrivals" if place % 2 else "served",
                "start": hour.isoformat(timespec="minutes"),
                "minutes": "60",
                "people": str(40 + place),
                "activity_notes": "- turno" if place % 7 == 0 else "",
            }
        )
    rows[11]["people"] = "cuarenta"
    rows[46]["people"] = "-12"
    rows[33]["stage"] = "aduana"
    return written(rows), rows


def written(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def served_today(rows: list[dict[str, str]], zone: str) -> int:
    today = datetime.now(ZoneInfo(zone)).date().isoformat()
    good = [row for row in rows if row["measure"] == "served" and row["people"].isdigit()]
    return sum(int(row["people"]) for row in good if row["start"].startswith(today))


def send_file(page, server: Server, file: Path) -> None:
    page.goto(f"{server.url}/reports?site=prueba&lang=es")
    page.wait_for_selector('[data-live="live"]', timeout=20_000)
    page.set_input_files("input[type=file]", file)
    page.click("form.send button[type=submit]")
    page.wait_for_selector("[data-panel=summary]")


def count(page, name: str) -> str:
    return page.locator(f"[data-count={name}]").get_attribute("data-value")


def test_a_file_with_three_bad_rows_from_the_desk_to_the_board_and_back(
    centre: Server, chromium, tmp_path: Path, zone: str
) -> None:
    content, rows = fifty_rows(zone)
    file = tmp_path / "turnos.csv"
    file.write_text(content)
    before = dict(rows[48], people="5")
    del before["activity_notes"]
    sent(centre, written([before]), "earlier")
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
    board, desk = context.new_page(), context.new_page()
    said: list[str] = []
    for page in (board, desk):
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
    try:
        board.goto(f"{centre.url}/?site=prueba&lang=es")
        painted(board, "entries_today", "5")
        board.evaluate("window.__same_document = true")

        send_file(desk, centre, file)
        assert (count(desk, "accepted"), count(desk, "rejected")) == ("47", "3")
        assert "1 corrige" in desk.content() or "Una corrige una cifra anterior" in desk.content()
        told = [row.inner_text().split("\t") for row in desk.locator(".wrong-rows tbody tr").all()]
        places = {cells[0].strip(): (cells[1].strip(), cells[2].strip()) for cells in told}
        assert places == {"13": ("people", "cuarenta"), "35": ("stage", "aduana"), "48": ("people", "-12")}
        assert all(len(cells[3]) > 30 for cells in told), "each says why and what to do"
        assert kpi(board, "entries_today") == "5", "nothing counts before it is accepted"
        desk.click("form[action='/reports/accept'] button")
        desk.wait_for_selector("[data-panel=receipt]")
        first = desk.url
        good = served_today(rows, zone)
        painted(board, "entries_today", str(good))

        with desk.expect_download() as coming:
            desk.click("text=Descargar solo las filas rechazadas (CSV)")
        back = list(csv.DictReader(io.StringIO(Path(coming.value.path()).read_text("utf-8-sig"))))
        assert [row["caudal: fila"] for row in back] == ["13", "35", "48"]
        assert all(row["caudal: motivo"] for row in back)
        for row in back:
            row["people"] = {"cuarenta": "40", "-12": "12"}.get(row["people"], row["people"])
            row["stage"] = "migration-control"
        mended = tmp_path / "turnos rechazadas.csv"
        mended.write_text(written(back))
        send_file(desk, centre, mended)
        assert (count(desk, "accepted"), count(desk, "rejected")) == ("3", "0")
        desk.click("form[action='/reports/accept'] button")
        desk.wait_for_selector("[data-panel=receipt]")
        second = desk.url
        painted(board, "entries_today", str(good + 12))

        for address, left in ((first, 5 + 12), (second, 5)):
            desk.goto(address)
            desk.click("details.undo > summary")
            desk.click("form[action$='/undo'] button")
            desk.wait_for_selector(".state-undone")
            painted(board, "entries_today", str(left))
        assert board.evaluate("window.__same_document") is True, "the board was never loaded again"
        assert said == []
    finally:
        context.close()


def ready(page) -> None:
    page.wait_for_selector("[data-ready]", timeout=20_000)


def reports_of(server: Server) -> list[dict[str, object]]:
    told = httpx.get(f"{server.url}/api/v1/reports?site=prueba", timeout=20).json()
    return told["rows"]


def states(page) -> list[str]:
    return [item.get_attribute("data-state") for item in page.locator("#sent-list li").all()]


def test_a_shift_typed_in_airplane_mode_survives_and_counts_once(centre: Server, chromium) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    answers: list[bool] = []
    try:
        page.goto(f"{centre.url}/reports/form?lang=es")
        ready(page)
        page.wait_for_selector("[data-held]", timeout=20_000)
        page.wait_for_function("navigator.serviceWorker.controller !== null", timeout=20_000)

        # No network and no server: what answers from here on is the phone alone.
        context.set_offline(True)
        centre.stop()
        page.fill("[name=served]", "73")
        page.reload()
        ready(page)
        assert page.input_value("[name=served]") == "73", "what was typed is still there"
        page.select_option("[name=span]", "before")
        page.locator(".go").dblclick()  # a double tap
        page.wait_for_selector("li.entry-queued")
        page.reload()
        ready(page)
        page.wait_for_selector("li.entry-queued")
        assert states(page) == ["queued"]
        key = page.locator("#sent-list li").get_attribute("data-key")

        # The server is back, but four of its answers never reach the phone.
        centre.start()

        def unheard(route) -> None:
            answer = route.fetch()
            answers.append(answer.json()["already_received"])
            assert route.request.headers["idempotency-key"] == key
            if len(answers) < 5:
                route.abort()
            else:
                route.fulfill(response=answer)

        context.route("**/api/v1/reports?*", unheard)
        context.set_offline(False)
        again = context.new_page()  # a second tab has the same queue
        again.goto(f"{centre.url}/reports/form?lang=es")
        began = time.monotonic()
        while len(answers) < 5 and time.monotonic() - began < 90:
            page.evaluate("window.dispatchEvent(new Event('online'))")
            page.wait_for_timeout(700)
        page.wait_for_selector("li.entry-already", timeout=20_000)
        assert answers == [False, True, True, True, True], "one row and four times 'ya recibido'"
        assert "ya recibido" in page.locator("#sent-list").inner_text()
        [report] = reports_of(centre)
        assert (report["accepted"], report["rejected"]) == (1, 0)
        again.close()
        context.unroute("**/api/v1/reports?*")

        # A correction is an entry of its own, written later.
        page.click("#sent-list button:has-text('Corregir')")
        page.fill("[name=served]", "75")
        page.click(".go")
        page.wait_for_selector("li.entry-sent", timeout=20_000)
        told = httpx.get(f"{centre.url}/api/v1/series?site=prueba&measure=served&step=hour", timeout=20).json()
        assert [row["value"] for row in told["rows"] if row["value"] is not None] == [75]

        # What the server refuses says why, and stays until it is put right.
        page.select_option("[name=span]", "other")
        page.fill("[name=served]", "9")
        page.fill("[name=start]", "2035-01-01T10:00")
        page.fill("[name=end]", "2035-01-01T11:00")
        page.click(".go")
        page.wait_for_selector("li.entry-rejected", timeout=20_000)
        assert "Se esperaba una fecha que ya pasó" in page.locator("li.entry-rejected").inner_text()
        assert wrong == []
    finally:
        context.close()


def test_a_phone_whose_clock_is_hours_off_reports_the_right_time(centre: Server, chromium) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    bodies: list[str] = []
    try:
        ahead = datetime.now(UTC) + timedelta(hours=3, minutes=5)
        page.clock.install(time=ahead)
        page.goto(f"{centre.url}/reports/form?lang=es")
        ready(page)
        page.wait_for_selector("#clock:not([hidden])", timeout=20_000)
        assert re.search(r"3 h 0[45] min adelantado", page.locator("#clock").inner_text())
        context.route("**/api/v1/reports?*", lambda route: (bodies.append(route.request.post_data), route.continue_()))
        page.fill("[name=arrivals]", "11")
        page.click(".go")
        page.wait_for_selector("li.entry-sent", timeout=20_000)
        [row] = json.loads(bodies[0])
        written_at = datetime.fromisoformat(row["issued_at"])
        assert abs(written_at - datetime.now(UTC)) < timedelta(minutes=2)
        [report] = reports_of(centre)
        assert report["accepted"] == 1, "the running hour is that of the server, not of the phone"
    finally:
        context.close()
