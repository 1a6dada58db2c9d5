"""A place with a name of a hundred letters: no page is wider than a phone, and no clock is pushed off the wall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from data.sites import add_site, load_site
from data.store import create_store, migrate, writing
from tests.dashboard.centre import SITE, Server
from tests.dashboard.test_door import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "Centro Binacional de Atención en Frontera del Eje Vial N.º 1, Carpitas y Huaquillas Norte"


@pytest.fixture(scope="module")
def long_named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    var = tmp_path_factory.mktemp("long") / "var"
    var.mkdir()
    store = create_store(f"sqlite:///{var / 'caudal.sqlite'}")
    migrate(store)
    text = SITE.format(site="tumbes", zone="America/Lima").replace("Puesto tumbes", NAME)
    with writing(store) as conn:
        add_site(conn, load_site(text), datetime.now(UTC), "test")
    store.dispose()
    server = Server(Path(var)).start()
    yield server
    server.stop()


def test_no_page_is_wider_than_a_phone(chromium: Browser, long_named: Server):
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    for path in PAGES:
        page.goto(long_named.url + path)
        assert NAME in page.content()
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
    page.goto(long_named.url + "/queue")
    for number in range(2):
        page.locator(".menu summary").nth(number).click()
        box = page.locator(".menu-list").nth(number).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        page.locator(".menu summary").nth(number).click()
    page.close()


@pytest.mark.parametrize("distance", [3, 6, 10])
def test_the_clock_of_the_wall_stands_beside_the_name(chromium: Browser, long_named: Server, distance: int):
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(f"{long_named.url}/wall?distance={distance}")
    page.wait_for_selector('[data-live="live"]')
    clock = page.locator(".wall-time").bounding_box()
    name = page.locator(".wall-head > div").first.bounding_box()
    assert clock is not None
    assert name is not None
    assert clock["x"] + clock["width"] <= 1920
    assert name["x"] + name["width"] <= clock["x"] + 1
    page.close()
