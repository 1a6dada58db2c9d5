"""One person with a phone: a level activated, a task ticked, and the alert of the one that nobody did in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from data.clock import Replay, start_replay
from data.plan_file import read_plan
from data.store import writing
from tests.dashboard.centre import Server, open_centre, until
from tests.data.planned import TEXT, give_plan

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def hurried(var: Path, sqlite_url: str) -> Iterator[Server]:
    """A centre whose clock runs a minute a second, with a plan whose tasks are due in ten minutes and in a day."""
    engine, now = open_centre(sqlite_url, "tumbes"), datetime.now(UTC)
    plan = TEXT.replace("lead_minutes = 60", "lead_minutes = 10").replace("lead_minutes = 90", "lead_minutes = 1440")
    give_plan(engine, read_plan(plan), now - timedelta(hours=1), "tumbes")
    with writing(engine) as conn:
        start_replay(conn, Replay(now, now, 60.0))
    engine.dispose()
    server = Server(var).start()
    yield server
    server.stop()
    assert "Traceback" not in server.log, server.log[-4000:]


def violations(page: Any) -> list[str]:
    return [one["id"] for one in Axe().run(page).response["violations"]]


def test_activated_ticked_on_a_phone_and_what_is_late_is_an_alert(hurried: Server, chromium: Any) -> None:
    phone = chromium.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False).new_page()
    phone.goto(f"{hurried.url}/plan?site=tumbes&lang=es")
    # By keyboard, from the level on.
    phone.locator("#act select[name=level]").focus()
    phone.keyboard.type("Nivel 2")
    phone.keyboard.press("Tab")
    phone.keyboard.type("Rosa Díaz")
    phone.keyboard.press("Tab")
    phone.keyboard.type("lo acordó el grupo")
    phone.keyboard.press("Enter")
    phone.wait_for_selector('[data-plan-level="amarillo"]')
    assert "0 de 2 hechas" in phone.inner_text("[data-panel=plan-now]")
    phone.click("#task-reunir button[value=done]")
    phone.wait_for_selector('#task-reunir[data-state="done"]')
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    buttons = phone.locator("#task-avisar .task-quick button")
    assert all(box["height"] >= 44 for box in (one.bounding_box() for one in buttons.all()))

    wall = chromium.new_page(viewport={"width": 1366, "height": 768})
    wall.goto(f"{hurried.url}/?site=tumbes&lang=es")
    wall.wait_for_selector('[data-plan="overdue"]', timeout=40_000)
    assert "Plan: nivel 2 «Amarillo» activo desde" in wall.inner_text(".plan-line")
    assert wall.inner_text(".plan-line").endswith("1 de 2 hechas · 1 vencida")
    wall.click(".plan-line")
    wall.wait_for_selector('#task-avisar[data-overdue="1"]')
    assert violations(wall) == []
    wall.goto(f"{hurried.url}/alerts?site=tumbes&lang=es")
    late = "Tarea del plan vencida: «Avisar al turno libre», a cargo de Migraciones"
    until(lambda: late in wall.inner_text("#text-open"), 30, "the late task is no alert")
    assert wall.locator("#text-open article").count() == 1
    phone.reload()
    phone.click("#task-avisar button[value=done]")
    phone.wait_for_selector('#task-avisar[data-state="done"]')
    until(lambda: late not in wall.inner_text("#text-open"), 30, "the alert is not over")
    assert "2 de 2 hechas" in wall.inner_text(".plan-line")
