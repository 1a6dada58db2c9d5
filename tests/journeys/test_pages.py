"""Every page as people meet it: sizes, languages, looks, no script, no other machine, no barrier."""

from __future__ import annotations

import gzip
import itertools
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import Server

pytestmark = pytest.mark.browser

PATHS = ("/", "/flow", "/queue", "/coverage", "/alerts", "/reports", "/wall", "/lite")
SIZES = ((1920, 1080), (1366, 768), (1024, 768), (360, 800), (320, 640))
SITES = ("cebaf-tumbes", "simulacro-norte")
VIEWS = (("es", "dark", "cebaf-tumbes"), ("en", "light", "simulacro-norte"))


def test_the_first_html_holds_the_headlines(demo_server: Server) -> None:
    for path in PATHS:
        html = httpx.get(f"{demo_server.url}{path}?lang=es", timeout=30).text
        shown = dict(re.findall(r'data-kpi="(\w+)"[^>]*data-value="([^"]*)"', html))
        assert shown, f"{path}: no headline in the first HTML"
        assert any(value for value in shown.values()), f"{path}: {shown}"
        assert 'lang="es"' in html
        assert "RECONSTRUCCIÓN" in html, path


def test_the_lite_page_needs_no_script_and_little_line(demo_server: Server) -> None:
    answer = httpx.get(f"{demo_server.url}/lite?lang=es", headers={"Accept-Encoding": "identity"}, timeout=30)
    assert len(answer.content) <= 60_000
    assert "<script" not in answer.text
    assert not re.search(r'(?:src|href)="[^"]*\.(?:js|css|woff2?)', answer.text), "it must come in one piece"
    assert len(gzip.compress(answer.content)) < 20_000


@pytest.mark.parametrize("site", SITES)
def test_every_page_carries_the_stable_attributes(demo_server: Server, chromium, site: str) -> None:
    page = chromium.new_page()
    try:
        for path in PATHS:
            page.goto(f"{demo_server.url}{path}?site={site}&lang=en")
            root = page.locator("[data-site]").first
            assert root.get_attribute("data-site") == site
            assert root.get_attribute("data-lang") == "en"
            assert root.get_attribute("data-look") in ("dark", "light")
            for one in page.locator("[data-kpi]").all():
                assert one.get_attribute("data-value") is not None
                assert one.get_attribute("data-state") in ("ok", "provisional", "stale", "missing", "masked", "never")
            if path != "/lite":
                page.wait_for_selector('[data-live="live"]', timeout=20_000)
                assert page.locator("[data-panel][data-version]").count() > 0
    finally:
        page.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_overflows_and_nothing_leaves_the_machine(demo_server: Server, chromium, size) -> None:
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        for path, (lang, look, site) in itertools.product(PATHS, VIEWS):
            page.goto(f"{demo_server.url}{path}?site={site}&lang={lang}&look={look}")
            if path != "/lite":
                page.wait_for_selector('[data-live="live"]', timeout=20_000)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{path} {lang} {look} {site}: {wide} px too wide"
            if path == "/wall" and size[0] >= 1024:
                tall = page.evaluate("document.documentElement.scrollHeight - window.innerHeight")
                assert tall <= 0, f"the wall scrolls by {tall} px in {lang}, {site}"
            cut = page.evaluate(CUT_TEXT)
            assert cut == [], f"{path} {lang} {site}: clipped {cut}"
        assert {url for url in asked if not url.startswith((demo_server.url, "data:", "blob:"))} == set()
        assert said == []
    finally:
        context.close()


# Elements whose own text is wider than the box that shows it and hides the rest.
CUT_TEXT = """() => [...document.querySelectorAll('body *')].filter(e => {
  const style = getComputedStyle(e);
  if (!e.offsetParent || style.overflowX === 'visible' || style.overflowX === 'auto' || style.overflowX === 'scroll')
    return false;
  if (e.closest('.visually-hidden')) return false;
  return [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.scrollWidth > e.clientWidth + 1;
}).map(e => e.className + ': ' + e.textContent.trim().slice(0, 60))"""


@pytest.mark.parametrize("look", ["dark", "light"])
def test_axe_finds_nothing_serious(demo_server: Server, chromium, look: str) -> None:
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    try:
        for path, site in itertools.product(PATHS, SITES):
            page.goto(f"{demo_server.url}{path}?site={site}&look={look}")
            if path != "/lite":
                page.wait_for_selector('[data-live="live"]', timeout=20_000)
            found = Axe().run(page).response["violations"]
            serious = [(v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in ("serious", "critical")]
            assert serious == [], f"{path} {site}: {serious}"
    finally:
        page.close()


def test_a_remembered_day_is_replayed_as_it_was_known(demo_server: Server, chromium) -> None:
    """31 October 2018: the clock moves, the queue is that of the day's reports, and the keys hold and step it."""
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{demo_server.url}/queue?site=cebaf-tumbes&lang=es")
    page.locator("#text-replay-choice summary").click()
    page.locator("#text-replay-choice a", has_text="vence el PTP").click()
    page.wait_for_selector(".replay-bar:not([hidden])")
    clock, queue = page.locator(".replay-clock"), page.locator("[data-kpi=queue_len]").first
    began = clock.inner_text()
    assert began.startswith("2018-10-31 00:")
    page.wait_for_function("began => document.querySelector('.replay-clock').textContent !== began", arg=began)
    first = int(queue.get_attribute("data-value"))
    assert first > 1000, "a night with a crowd"
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('.replay-says').textContent === 'en pausa'")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("() => document.querySelector('.replay-clock').textContent >= '2018-10-31 06:00'")
    page.wait_for_function(
        "first => Number(document.querySelector('[data-kpi=queue_len]').dataset.value) !== first", arg=first
    )
    then = page.evaluate("Date.parse(document.querySelector('[data-kpi=queue_len]').dataset.asOf)")
    local = clock.inner_text()
    shown = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("America/Lima")).timestamp() * 1000
    assert then <= shown, "nothing later than the moment shown"
    assert page.locator("#caudal").get_attribute("data-replay") == "REPETICIÓN"
    assert not page.locator(".frozen-banner").is_visible()
    page.close()
