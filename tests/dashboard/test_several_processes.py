"""Several web processes of one host: they serve one port together and leave it together."""

from __future__ import annotations

from pathlib import Path

import httpx
import psutil
import pytest

from tests.dashboard.centre import Server, open_centre, until


@pytest.mark.long
def test_web_processes_do_not_outlive_the_process_that_started_them(var: Path, postgres_url: str):
    open_centre(postgres_url).dispose()
    several = {"CAUDAL_DATABASE_URL": postgres_url, "CAUDAL_WEB_PROCESSES": "2"}
    server = Server(var, several).start()
    assert server.process is not None
    family: list[psutil.Process] = []
    try:
        until(lambda: answers(server.url), 90, "nobody serves")
        family = psutil.Process(server.process.pid).children(recursive=True)
        assert len(family) == 3, "two that serve and a worker"
        server.process.kill()
        server.process.wait(10)
        assert psutil.wait_procs(family, timeout=20)[1] == []
        server.start()  # the port is free again
        until(lambda: answers(server.url), 90, "nobody serves")
        assert server.stop() == 0
    finally:
        server.kill()
        for process in family:
            if process.is_running():
                process.kill()
    assert "Traceback" not in server.log


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
