"""From the commit of a report to the new number painted in a browser on the same machine, and charts with it."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from data.ingest import ingest
from data.store import create_store
from tests.conftest import CHROMIUM_FLAGS, CHROMIUM_NAMES
from tests.journeys.conftest import Server, run_caudal
from tests.journeys.test_live import SITE, flow_csv, noon_zone

SAMPLES = 20

# Resolves with the moment of the frame after the one in which the value stood in the page.
PAINTED = """(value) => new Promise(done => {
  const look = () => {
    if (document.querySelector(`[data-kpi=entries_today][data-value="${value}"]`))
      requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
    else requestAnimationFrame(look);
  };
  look();
})"""


def figures() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        file = Path(folder) / "prueba.toml"
        file.write_text(SITE.format(zone=noon_zone(datetime.now(UTC))))
        run_caudal(var, "migrate")
        run_caudal(var, "site", "add", str(file))
        server = Server(var).start()
        try:
            for path in ("/", "/wall"):
                lags = sorted(_lags(server, path))
                yield {
                    "figure": f"commit to painted, {path}",
                    "samples": len(lags),
                    "p50_ms": round(statistics.median(lags)),
                    "p95_ms": round(lags[int(0.95 * (len(lags) - 1))]),
                    "max_ms": round(lags[-1]),
                }
        finally:
            server.stop()


def _lags(server: Server, path: str) -> list[float]:
    engine = create_store(f"sqlite:///{server.var / 'caudal.sqlite'}")
    chromium = next(found for name in CHROMIUM_NAMES if (found := shutil.which(name)))
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [now - timedelta(hours=back) for back in (3, 2, 1)]
    lags = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{server.url}{path}?site=prueba")
        page.wait_for_selector('[data-live="live"]')
        for sample in range(SAMPLES):
            people = [100 + sample, 200 + int(time.time()) % 1000, 300]
            issued = datetime.now(UTC)
            content = flow_csv(hours, "served", people, issued).encode()
            page.evaluate(f"() => {{ window.__painted = ({PAINTED})('{sum(people)}'); }}")
            ingest(engine, content, "bench.csv", source="prueba", now=issued, var=server.var)
            committed = time.time() * 1000
            lags.append(page.evaluate("window.__painted") - committed)
            time.sleep(0.35 + 0.1 * (sample % 7))  # so that commits fall anywhere between two looks at the version
        browser.close()
    engine.dispose()
    return lags
