"""A page that followed its board shows exactly what a page opened now shows; zoom, place and document stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Error

from tests.dashboard.centre import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ("/", "/flow", "/queue", "/coverage", "/alerts", "/reports", "/wall")

QUIET_HOUR = 4  # CAUDAL_QUIET_HOUR

# Everything a viewer can read or a test can rely on, but for ages and clocks, which count by themselves.
SHOWN = """() => {
  const root = document.querySelector('#react-entry-point #caudal');
  const skip = '.age, .now-clock, .live-word';
  const attributes = ['data-kpi', 'data-value', 'data-as-of', 'data-state', 'data-bound', 'data-text', 'data-level',
    'data-panel', 'data-version'];
  const seen = [];
  const walk = (node) => {
    if (node.nodeType === 3) { if (node.textContent.trim()) seen.push(node.textContent.trim()); return; }
    if (node.nodeType !== 1 || node.closest('svg')) return;
    for (const name of attributes) if (node.hasAttribute(name)) seen.push(name + '=' + node.getAttribute(name));
    if (!node.matches(skip) && !node.matches('.js-plotly-plot')) node.childNodes.forEach(walk);
  };
  walk(root);
  document.querySelectorAll('.js-plotly-plot').forEach((graph) => {
    const traces = graph.data.map((t) => [t.type, t.name, t.x, t.y, t.line?.color, t.marker?.color]);
    const notes = (graph.layout.annotations || []).map((a) => [a.text, a.x, a.y]);
    seen.push(JSON.stringify([traces, notes]));
  });
  return seen;
}"""


def flow_csv(measure: str, people: list[int]) -> bytes:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [now - timedelta(hours=len(people) - position) for position in range(len(people))]
    rows = [
        f"tumbes,migration-control,{measure},{hour.isoformat()},60,{count}"
        for hour, count in zip(hours, people, strict=True)
    ]
    return ("site,stage,measure,start,minutes,people\n" + "\n".join(rows) + "\n").encode()


def queue_csv(waiting: list[int]) -> bytes:
    now = datetime.now(UTC)
    rows = [
        f"tumbes,migration-control,{(now - timedelta(minutes=10 * (len(waiting) - n))).isoformat()},{people},{8 + n}"
        for n, people in enumerate(waiting)
    ]
    return ("site,stage,at,waiting,counters_open\n" + "\n".join(rows) + "\n").encode()


def send(server: Server, dataset: str, body: bytes) -> None:
    answer = httpx.post(
        f"{server.url}/api/v1/reports?dataset={dataset}&source=migraciones",
        content=body,
        headers={"Content-Type": "text/csv"},
        timeout=30,
    )
    assert answer.status_code == 201, answer.text


def opened(chromium: Any, server: Server, path: str) -> Any:
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{server.url}{path}?site=tumbes")
    page.wait_for_selector('#react-entry-point #caudal[data-live="live"]', timeout=20_000)
    page.wait_for_function("() => window.caudal.shown() !== null", timeout=20_000)
    return page


def test_a_page_that_followed_shows_what_a_fresh_one_shows(server: Server, chromium: Any):
    send(server, "flow", flow_csv("served", [40, 50, 60]))
    pages = {path: opened(chromium, server, path) for path in PAGES}
    for page in pages.values():
        page.evaluate("window.sameDocument = true")
    send(server, "flow", flow_csv("arrivals", [90, 80, 120]))
    send(server, "queue", queue_csv([300, 340, 420]))
    send(server, "flow", flow_csv("served", [41, 52, 75]))
    for path, followed in pages.items():
        name = "situation" if path == "/" else path[1:]
        version = "() => window.caudal.shown().version"

        def same(name: str = name, followed: Any = followed, version: str = version) -> bool:
            followed.bring_to_front()
            return followed.evaluate(version) == httpx.get(f"{server.url}/board/{name}").json()["version"]

        until(same, 10, f"{path} did not reach the newest version")
        fresh = opened(chromium, server, path)
        if not same():  # a minute turned while the page was opening
            until(same, 5, f"{path} did not follow the minute")
            fresh.close()
            fresh = opened(chromium, server, path)
        followed.wait_for_timeout(300)  # charts are drawn a moment after their figures are set
        fresh.wait_for_timeout(1200)
        assert followed.evaluate(SHOWN) == fresh.evaluate(SHOWN), path
        assert followed.evaluate("window.sameDocument") is True
        fresh.close()
        followed.close()


def test_a_hidden_page_is_not_painted_and_catches_up_when_seen(server: Server, chromium: Any):
    page = opened(chromium, server, "/")
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => window.away === true}); }"
    )
    page.evaluate("window.away = true")
    before = page.evaluate("window.caudal.shown().version")
    send(server, "flow", flow_csv("served", [40, 50, 60]))
    page.wait_for_function("(old) => window.caudal.board().version !== old", arg=before, timeout=10_000)
    page.wait_for_function("() => window.caudal.board().kpis.entries_today.value === 150", timeout=10_000)
    assert page.evaluate("window.caudal.shown().version") == before
    page.evaluate("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }")
    page.wait_for_selector('[data-kpi=entries_today][data-value="150"]', timeout=5_000)
    page.close()


def test_a_question_is_answered_for_the_person_who_asked(server: Server, chromium: Any):
    send(server, "queue", queue_csv([300, 340, 420]))
    page = opened(chromium, server, "/queue")
    page.fill("#ask-counters", "12")
    page.press("#ask-counters", "Enter")
    page.wait_for_function("() => document.querySelector('#answer-counters').textContent.length > 20", timeout=10_000)
    assert "No se puede calcular" in page.inner_text("#answer-counters")  # nobody has reported what a counter serves
    assert "ask_counters=12" in page.url  # the link shows the same answer
    page.close()


def test_where_streams_do_not_come_through_the_page_polls(server: Server, chromium: Any):
    page = chromium.new_page()
    page.route("**/live?*", lambda route: None)  # never answered, as behind a proxy that holds streams back
    page.goto(f"{server.url}/?site=tumbes")
    page.wait_for_function("() => window.caudal && window.caudal.shown() !== null", timeout=20_000)
    send(server, "flow", flow_csv("served", [40, 50, 60]))
    page.wait_for_selector('[data-kpi=entries_today][data-value="150"]', timeout=30_000)
    page.wait_for_selector('#caudal[data-live="live"]', timeout=20_000)
    page.unroute_all(behavior="ignoreErrors")
    page.close()


def test_a_wall_starts_afresh_in_the_quiet_hour_and_only_then(server: Server, chromium: Any):
    page = chromium.new_page()
    here = datetime.now(UTC)
    page.clock.install(time=here)
    page.goto(f"{server.url}/wall?site=tumbes")
    page.wait_for_selector('#caudal[data-live="live"]', timeout=20_000)
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    hours = (QUIET_HOUR - page.evaluate("window.caudalAge.localHour()")) % 24
    hours += 24 if hours < 3 else 0

    def later(seconds: int) -> None:
        """The clock jumps; the page finds its stream again, as after a sleep, or starts afresh."""
        before = len(loads)
        page.clock.fast_forward(seconds * 1000)
        for _ in range(100):
            page.clock.run_for(1000)
            page.wait_for_timeout(50)
            try:
                if len(loads) > before or page.evaluate("window.caudal && window.caudal.state() === 'live'"):
                    return
            except Error:  # it is starting afresh at this moment
                continue

    later((hours - 2) * 3600)
    assert loads == []
    later(2 * 3600)
    later(31 * 60)
    for _ in range(40):
        page.clock.run_for(1000)
        page.wait_for_timeout(50)
        if loads:
            break
    assert len(loads) == 1
    page.close()


def test_news_that_overtakes_the_first_board_is_not_lost(server: Server, chromium: Any):
    page = chromium.new_page()
    held: list[Any] = []

    def hold(route: Any) -> None:
        """The answer is taken from the server at once and handed to the page only when the test says so."""
        held.append((route, route.fetch()) if not held else None)
        if held[-1] is None:
            route.continue_()

    page.route("**/board/*", hold)
    page.goto(f"{server.url}/?site=tumbes")
    page.wait_for_selector('#caudal[data-live="live"]', timeout=20_000)
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    send(server, "flow", flow_csv("served", [40, 50, 60]))
    page.wait_for_timeout(1500)  # the change has been told meanwhile
    route, old = held[0]
    route.fulfill(response=old)
    page.wait_for_selector('[data-kpi=entries_today][data-value="150"]', timeout=8_000)
    page.unroute_all(behavior="ignoreErrors")
    page.close()
