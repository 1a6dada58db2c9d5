"""What must hold before the server listens; each refusal is a sentence that says what to do."""

from __future__ import annotations

from dashboard.access import is_loopback
from dashboard.settings import Settings


class StartRefused(Exception):
    """Locale key `cli.<code>` and its facts."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def check_start(settings: Settings, accounts: int) -> None:
    """Raises StartRefused. `accounts`: how many can sign in."""
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise StartRefused("key_without_cert")
    if settings.web_processes > 1 and settings.store_url.startswith("sqlite"):
        raise StartRefused("one_process", number=settings.web_processes)
    if listens_on_loopback(settings) and not settings.behind_proxy:
        return
    if accounts == 0:
        raise StartRefused("loopback_only", host=settings.host)
    if settings.tls_cert is None and not settings.behind_proxy:
        raise StartRefused("tls_needed", host=settings.host)


def listens_on_loopback(settings: Settings) -> bool:
    return settings.host == "localhost" or is_loopback(settings.host)


def url_of(settings: Settings) -> str:
    scheme = "https" if settings.tls_cert else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{settings.port}/"
