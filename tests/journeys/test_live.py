"""An open page follows the store: reports, corrections, a dead server and its return."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.journeys.conftest import Server, run_caudal, until

pytestmark = pytest.mark.browser

SITE = """
site = "prueba"
name = "Puesto de prueba"
country = "PE"
zone = "{zone}"
kind = "real"
day_start_hour = 0
entry_stage = "migration-control"
stages = ["migration-control"]
sectors = ["health"]

[[source]]
source = "prueba"
organisation = "Migraciones"
name = "Prueba"

[[official]]
stage = "migration-control"
measure = "arrivals"
source = "prueba"
reason = "prueba"

[[official]]
stage = "migration-control"
measure = "served"
source = "prueba"
reason = "prueba"
"""


def noon_zone(now: datetime) -> str:
    """A zone in which it is now about noon, so that the last hours belong to today at any time of testing."""
    offset = 12 - now.hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


def flow_csv(hours: list[datetime], measure: str, people: list[int], issued: datetime) -> str:
    rows = [
        f"prueba,migration-control,{measure},{hour.isoformat()},60,{count},{issued.isoformat()}"
        for hour, count in zip(hours, people, strict=True)
    ]
    return "site,stage,measure,start,minutes,people,issued_at\n" + "\n".join(rows) + "\n"


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Server]:
    """A real site without history, on the real clock."""
    var = tmp_path / "var"
    file = tmp_path / "prueba.toml"
    file.write_text(SITE.format(zone=noon_zone(datetime.now(UTC))))
    run_caudal(var, "migrate")
    run_caudal(var, "site", "add", str(file))
    server = Server(var).start()
    yield server
    server.stop()
    log = (var / "serve.log").read_text()
    assert "Traceback" not in log, log[-4000:]


def sent(server: Server, csv: str, key: str) -> dict[str, object]:
    answer = httpx.post(
        server.url + "/api/v1/reports?dataset=flow&source=prueba",
        content=csv.encode(),
        headers={"Content-Type": "text/csv", "Idempotency-Key": key},
        timeout=30,
    )
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def kpi(page, name: str) -> str | None:
    return page.locator(f"[data-kpi={name}]").first.get_attribute("data-value")


def painted(page, name: str, value: str) -> None:
    page.wait_for_selector(f'[data-kpi={name}][data-value="{value}"]', timeout=10_000)


def test_reports_and_corrections_reach_open_pages_without_reload(plain: Server, chromium, tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [now - timedelta(hours=back) for back in (3, 2, 1)]
    pages = {path: chromium.new_page() for path in ("/", "/wall", "/flow")}
    try:
        for path, page in pages.items():
            page.goto(f"{plain.url}{path}{'?' if '?' not in path else '&'}site=prueba&lang=es")
            page.wait_for_selector('[data-live="live"]', timeout=20_000)
            page.evaluate("window.__same_document = true")
        assert kpi(pages["/"], "entries_today") in (None, ""), "nothing reported must not read as zero"

        issued = datetime.now(UTC)
        receipt = sent(plain, flow_csv(hours, "served", [40, 50, 60], issued), "one")
        assert receipt["accepted"] == 3
        assert receipt["rejected"] == 0
        sent(plain, flow_csv(hours, "arrivals", [60, 60, 60], issued), "two")
        for path in ("/", "/wall"):
            painted(pages[path], "entries_today", "150")

        again = sent(plain, flow_csv(hours, "served", [40, 50, 60], issued), "one")
        assert again["already_received"] is True

        correction = tmp_path / "correction.csv"
        correction.write_text(flow_csv(hours[-1:], "served", [75], issued + timedelta(minutes=5)))
        run_caudal(plain.var, "import", str(correction), "--source", "prueba")
        for path in ("/", "/wall"):
            painted(pages[path], "entries_today", "165")
        for path, page in pages.items():
            assert page.evaluate("window.__same_document") is True, f"{path} was reloaded"
    finally:
        for page in pages.values():
            page.close()


def test_a_zoomed_chart_keeps_its_zoom_through_a_refresh(plain: Server, chromium) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [now - timedelta(hours=back) for back in (4, 3, 2)]
    issued = datetime.now(UTC)
    sent(plain, flow_csv(hours, "served", [40, 50, 60], issued), "one")
    sent(plain, flow_csv(hours, "arrivals", [60, 60, 60], issued), "two")
    page = chromium.new_page()
    try:
        page.goto(f"{plain.url}/flow?site=prueba")
        page.wait_for_selector('[data-live="live"]', timeout=20_000)
        page.wait_for_selector("#graph-cumulative .nsewdrag")
        page.wait_for_timeout(1500)
        graph = "document.querySelector('#graph-cumulative .js-plotly-plot')"
        whole = page.evaluate(f"{graph}.layout.yaxis.range")
        box = page.locator("#graph-cumulative .nsewdrag").first.bounding_box()
        page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.9 * box["height"], steps=6)
        page.mouse.up()
        page.wait_for_timeout(500)
        zoomed = page.evaluate(f"[{graph}.layout.xaxis.range, {graph}.layout.yaxis.range]")
        assert zoomed[1] != whole, "the drag did not zoom"
        points = "g.data.reduce((n, trace) => n + (trace.y || []).filter(v => v !== null).length, 0)"
        before = page.evaluate(f"(() => {{ const g = {graph}; return {points}; }})()")
        sent(plain, flow_csv([hours[-1] + timedelta(hours=1)], "served", [33], issued), "three")
        sent(plain, flow_csv([hours[-1] + timedelta(hours=1)], "arrivals", [80], issued), "four")
        page.wait_for_function(f"() => {{ const g = {graph}; return {points} > {before}; }}", timeout=10_000)
        assert page.evaluate(f"[{graph}.layout.xaxis.range, {graph}.layout.yaxis.range]") == zoomed
    finally:
        page.close()


def test_a_dead_server_is_said_and_its_return_heals_the_wall(demo_server: Server, chromium) -> None:
    page = chromium.new_page()
    page.add_init_script("window.setBack = 0; const now = Date.now; Date.now = () => now() - window.setBack;")
    try:
        page.goto(f"{demo_server.url}/wall")
        page.wait_for_selector('[data-live="live"]', timeout=20_000)
        shown = page.locator("[data-kpi=entries_today]").first.inner_text()
        assert kpi(page, "entries_today") not in (None, "")
        page.evaluate("window.sameDocument = true")
        demo_server.kill()
        page.evaluate("window.setBack = 3600e3")  # the display's own clock is put right meanwhile
        page.wait_for_selector('[data-live="reconnecting"]', timeout=5_000)
        page.wait_for_selector('[data-live="offline"]', timeout=30_000)
        age = page.locator(".age").first
        first = age.inner_text()
        until(lambda: age.inner_text() != first, 15, "the age stands still while the server is gone")
        assert page.locator("[data-kpi=entries_today]").first.inner_text() != "", shown
        assert kpi(page, "entries_today") not in (None, "")
        demo_server.start()
        back = time.monotonic()
        page.wait_for_selector('[data-live="live"]', timeout=30_000)
        assert time.monotonic() - back < 30
        assert page.evaluate("window.sameDocument") is True
    finally:
        page.close()
