"""The server refuses to start where its figures would be open to strangers, and says what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dashboard.settings import Settings
from dashboard.start_rules import StartRefused, check_start
from tests import processes

CERT = {"tls_cert": Path("cert.pem"), "tls_key": Path("key.pem")}


def refusal(accounts: int = 0, **settings: object) -> str | None:
    try:
        check_start(Settings(**settings), accounts)
    except StartRefused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("settings", "accounts", "expected"),
    [
        ({}, 0, None),
        ({"host": "localhost"}, 0, None),
        ({"host": "::1"}, 0, None),
        ({"host": "0.0.0.0"}, 0, "loopback_only"),
        ({"host": "::"}, 0, "loopback_only"),
        ({"host": "192.168.1.4"}, 0, "loopback_only"),
        ({"host": "0.0.0.0", **CERT}, 0, "loopback_only"),
        ({"behind_proxy": True}, 0, "loopback_only"),
        ({"host": "0.0.0.0"}, 1, "tls_needed"),
        ({"host": "0.0.0.0", **CERT}, 1, None),
        ({"host": "0.0.0.0", "behind_proxy": True}, 1, None),
        ({"behind_proxy": True}, 1, None),
        ({"tls_cert": Path("cert.pem")}, 1, "key_without_cert"),
        ({"web_processes": 2}, 1, "one_process"),
        ({"web_processes": 2, "database_url": "postgresql://db/caudal"}, 1, None),
    ],
)
def test_what_may_start(settings, accounts, expected):
    assert refusal(accounts, **settings) == expected


def test_the_refusal_names_the_way_out(var: Path):
    words = ("serve", "--host", "0.0.0.0", "--port", "0")
    done = processes.caudal(*words, environment={**os.environ, "CAUDAL_VAR": str(var)})
    assert done.returncode == 2
    assert "caudal user add" in done.stderr
    assert "Traceback" not in done.stderr
