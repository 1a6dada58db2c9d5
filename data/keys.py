"""What opens without a password: a display's link and a programme's key. Secrets are kept as digests only."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data.tables import screen, token
from data.vocabulary import Role


class AccountError(Exception):
    """Locale key `account.<code>` and its facts say what is wrong."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Screen:
    name: str
    token_hash: str
    site: str
    boards: tuple[str, ...]
    address: str
    revoked: bool
    last_seen: datetime | None


@dataclass(frozen=True)
class Token:
    """A partner's programme that sends reports of one source."""

    name: str
    token_hash: str
    source: str | None
    role: Role
    sites: tuple[str, ...] | None


def add_screen(conn: Connection, name: str, site: str, boards: tuple[str, ...], address: str, now: datetime) -> str:
    """The secret of the screen's link, which is not kept and cannot be shown again."""
    if conn.execute(select(screen.c.screen).where(screen.c.screen == name)).first():
        raise AccountError("exists", name=name)
    secret = secrets.token_urlsafe(24)
    conn.execute(
        insert(screen).values(
            screen=name, token_hash=digest(secret), site=site, boards=list(boards), address=address, created_at=now
        )
    )
    return secret


def revoke_screen(conn: Connection, name: str, now: datetime) -> None:
    changed = conn.execute(
        update(screen).where(screen.c.screen == name, screen.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    if changed.rowcount == 0:
        raise AccountError("unknown", name=name)


def screen_seen(conn: Connection, name: str, now: datetime) -> None:
    conn.execute(update(screen).where(screen.c.screen == name).values(last_seen_at=now))


def add_token(
    conn: Connection,
    name: str,
    source: str | None,
    now: datetime,
    role: Role = Role.PARTNER,
    sites: tuple[str, ...] | None = None,
) -> str:
    """The secret, which is not kept and cannot be shown again."""
    if conn.execute(select(token.c.name).where(token.c.name == name)).first():
        raise AccountError("exists", name=name)
    secret = secrets.token_urlsafe(32)
    conn.execute(
        insert(token).values(
            token_hash=digest(secret),
            name=name,
            source=source,
            role=role,
            sites=None if sites is None else list(sites),
            created_at=now,
        )
    )
    return secret


def revoke_token(conn: Connection, name: str, now: datetime) -> None:
    changed = conn.execute(
        update(token).where(token.c.name == name, token.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    if changed.rowcount == 0:
        raise AccountError("unknown", name=name)


def digest(secret: str) -> str:
    """Of a long random secret; a password needs argon2 instead."""
    return hashlib.sha256(secret.encode()).hexdigest()


def screen_of(row: Any) -> Screen:
    return Screen(
        row.screen,
        row.token_hash,
        row.site,
        tuple(row.boards),
        row.address,
        row.revoked_at is not None,
        row.last_seen_at,
    )


def token_of(row: Any) -> Token:
    return Token(row.name, row.token_hash, row.source, Role(row.role), None if row.sites is None else tuple(row.sites))
