"""A chart saved from its page, by the keyboard: site, as-of, source and classification stand in the image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.centre import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]


SAID = {
    "es": ("Uso interno del mecanismo", "Fuente oficial de la entrada: "),
    "en": ("Internal use of the mechanism", "Official source of the entry: "),
}


@pytest.mark.parametrize("lang", list(SAID))
def test_a_chart_is_saved_with_what_there_is_to_know_of_it(server: Server, chromium: Any, var: Path, lang: str):
    assert server.send([40, 50, 60]).status_code == 201
    page = chromium.new_page(accept_downloads=True)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(f"{server.url}/flow?site=tumbes&lang={lang}")
    page.wait_for_selector("#graph-hourly .js-plotly-plot .main-svg", timeout=30_000)
    kept = {}
    for form in ("svg", "png"):
        page.focus(f'button[data-save="{form}"][data-chart="hourly"]')
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        assert download.value.suggested_filename.startswith("caudal-tumbes-hourly-")
        kept[form] = var / f"chart.{form}"
        download.value.save_as(kept[form])
    drawn = kept["svg"].read_text("utf-8")
    for words in ("Puesto tumbes", *SAID[lang], page.inner_text("#title-hourly")):
        assert words in drawn, words
    content = kept["png"].read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(content[16:20], "big") == 3200
    assert not wrong
    page.close()
