"""The curves are read by keyboard alone, and everything that may be asked of the flow page is without a barrier."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.dashboard.centre import Server
from tests.dashboard.test_browser import flow_csv, queue_csv, send

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

ASKED = "/flow?site=tumbes&lang=es&compare=yesterday&by=sex&presence=1"
LENGTH = """(name) => {
  const line = document.querySelector('.reading-lines .' + name);
  if (!line || line.style.display === 'none') return null;
  return ['x1', 'y1', 'x2', 'y2'].map((end) => Number(line.getAttribute(end)));
}"""


def test_the_arrow_keys_read_queue_and_wait(server: Server, chromium: Any):
    # Where the server stands it is noon: twelve hours of the day are over.
    send(server, "flow", flow_csv("arrivals", [100] * 12))
    send(server, "flow", flow_csv("served", [40] * 12))
    send(server, "queue", queue_csv([300, 340, 420]))
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    page.goto(server.url + ASKED)
    page.wait_for_selector('#react-entry-point #caudal[data-live="live"]', timeout=20_000)
    page.wait_for_selector("#graph-cumulative .main-svg", timeout=20_000)
    says = page.locator("#text-cumulative-reading .reading-says")
    assert "flechas" in says.inner_text()
    assert page.evaluate(LENGTH, "moment") is None
    page.locator("#panel-cumulative [data-reading]").focus()
    page.wait_for_function("() => document.querySelector('.reading-says').textContent.includes('llegaron 1\u202f200')")
    assert "atendidas 480" in says.inner_text()
    assert "esperan al menos 720" in says.inner_text()  # nobody counted the queue when the day began
    queue, wait = page.evaluate(LENGTH, "queue"), page.evaluate(LENGTH, "wait")
    assert queue[0] == queue[2]
    assert queue[1] > queue[3], "upwards from who was served to who came"
    assert wait[1] == wait[3] == queue[1]
    assert wait[0] < wait[2] == queue[0], "to the left, to when they came"
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_function("() => document.querySelector('.reading-says').textContent.includes('llegaron 1\u202f100')")
    assert page.evaluate(LENGTH, "queue")[0] < queue[0]
    page.keyboard.press("Escape")
    assert "flechas" in says.inner_text()
    assert page.evaluate(LENGTH, "queue") is None
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for look in ("dark", "light"):
        page.goto(f"{server.url}{ASKED}&look={look}")
        page.wait_for_selector('#react-entry-point #caudal[data-live="live"]', timeout=20_000)
        found = Axe().run(page).response["violations"]
        serious = [(v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], look
    page.close()
