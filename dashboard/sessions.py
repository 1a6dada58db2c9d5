"""One signed cookie for pages and live path, and the sign-in form's guard against forged posts."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from dashboard.settings import Settings
from data.accounts import Account
from data.keys import Screen
from data.sessions import LONGEST_SESSION

COOKIE = "caudal_session"
FORM_COOKIE = "caudal_form"
LANG_COOKIE = "caudal_lang"
ACCOUNT_SECONDS = int(LONGEST_SESSION.total_seconds())
# A wall never asks for a password; revoking the screen ends it.
SCREEN_SECONDS = 10 * 365 * 24 * 3600
FORM_SECONDS = 3600
SHORTEST_SECRET_BYTES = 32
# A sending form may wait for its file all day, and a file for being accepted.
DESK_COOKIE = "caudal_desk"
DESK_SECONDS = 24 * 3600


class ShortSecret(Exception):
    """The file of the secret holds less than a secret."""


def secret_file(settings: Settings) -> Path:
    return settings.secret_file or settings.var / "secret.key"


def secret_key(file: Path) -> bytes:
    """What signs every cookie: made at first need, readable by its user only. Raises ShortSecret, OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
        try:
            os.link(fresh, file)  # the first of several processes wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    secret = file.read_bytes()
    if len(secret) < SHORTEST_SECRET_BYTES:
        raise ShortSecret(str(file))
    return secret


class Sessions:
    def __init__(self, secret: bytes) -> None:
        self._cookies = URLSafeTimedSerializer(secret, salt="caudal.session")
        self._forms = URLSafeTimedSerializer(secret, salt="caudal.form")
        self._waiting = URLSafeTimedSerializer(secret, salt="caudal.waiting")

    def read(self, cookie: str | None) -> Mapping[str, Any] | None:
        """What the cookie says, or None where it was not signed here or is too old."""
        if not cookie:
            return None
        try:
            said = self._cookies.loads(cookie, max_age=SCREEN_SECONDS)
            if said.get("kind") != "screen":
                self._cookies.loads(cookie, max_age=ACCOUNT_SECONDS)
        except BadSignature:
            return None
        return said

    def for_account(self, account: Account) -> str:
        """Each with an id of its own, so that signing out ends this one and no other."""
        session = secrets.token_urlsafe(12)
        return self._sign({"kind": "account", "name": account.name, "epoch": account.epoch, "id": session})

    def for_screen(self, screen: Screen) -> str:
        return self._sign({"kind": "screen", "name": screen.name, "link": screen.token_hash[:16]})

    def form_token(self) -> str:
        """Goes into the form and into a cookie; another site can write neither."""
        return str(self._forms.dumps(secrets.token_urlsafe(12)))

    def form_is_ours(self, in_form: str, in_cookie: str | None, seconds: int = FORM_SECONDS) -> bool:
        if not in_cookie or not hmac.compare_digest(in_form.encode(), in_cookie.encode()):
            return False
        try:
            self._forms.loads(in_form, max_age=seconds)
        except BadSignature:
            return False
        return True

    def for_waiting(self, said: Mapping[str, str]) -> str:
        """Names a file that waits to be accepted, and whose it is."""
        return str(self._waiting.dumps(dict(said)))

    def read_waiting(self, token: str) -> Mapping[str, str] | None:
        """None where it was not signed here or has waited longer than a day."""
        try:
            said = self._waiting.loads(token, max_age=DESK_SECONDS)
        except BadSignature:
            return None
        return said if isinstance(said, dict) else None

    def _sign(self, said: dict[str, Any]) -> str:
        return str(self._cookies.dumps(said))
