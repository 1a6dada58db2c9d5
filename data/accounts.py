"""Who may look and who may send: accounts, screens, tokens, and the audit rows of what they did. Real time only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Engine, func, insert, select, update

from data.store import reading, writing
from data.tables import account, audit, screen, token
from data.vocabulary import Role

MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()


class AccountError(Exception):
    """Locale key `account.<code>` and its facts say what is wrong."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Account:
    name: str
    role: Role
    organisation: str | None
    sites: tuple[str, ...] | None  # None: every site
    epoch: int  # rises with every change of password or rights; older sessions end
    disabled: bool


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


@dataclass(frozen=True)
class Directory:
    """Everybody who may come in, as of one moment."""

    accounts: Mapping[str, Account]
    screens: Mapping[str, Screen]
    tokens: Mapping[str, Token]  # by hash; revoked ones are not in it


def directory(conn: Connection) -> Directory:
    listed = [_account(row) for row in conn.execute(select(account).order_by(account.c.account))]
    screens = [_screen(row) for row in conn.execute(select(screen).order_by(screen.c.screen))]
    tokens = conn.execute(select(token).where(token.c.revoked_at.is_(None)).order_by(token.c.name))
    return Directory(
        {one.name: one for one in listed},
        {one.name: one for one in screens},
        {row.token_hash: _token(row) for row in tokens},
    )


def account_count(conn: Connection) -> int:
    """Accounts that can sign in."""
    stmt = select(func.count()).select_from(account).where(account.c.disabled_at.is_(None))
    return conn.execute(stmt).scalar_one()


def add_account(
    conn: Connection,
    name: str,
    password: str,
    role: Role,
    now: datetime,
    organisation: str | None = None,
    sites: tuple[str, ...] | None = None,
) -> None:
    name = name.strip()
    if not name:
        raise AccountError("no_name")
    if conn.execute(select(account.c.account).where(account.c.account == name)).first():
        raise AccountError("exists", name=name)
    conn.execute(
        insert(account).values(
            account=name,
            password_hash=_hashed(password),
            role=role,
            organisation=organisation,
            sites=None if sites is None else list(sites),
            created_at=now,
        )
    )


def set_password(conn: Connection, name: str, password: str) -> None:
    """Every open session of the account ends, and a lock is lifted."""
    _change(
        conn,
        name,
        password_hash=_hashed(password),
        session_epoch=account.c.session_epoch + 1,
        failed=0,
        locked_until=None,
    )


def disable_account(conn: Connection, name: str, now: datetime) -> None:
    _change(conn, name, disabled_at=now, session_epoch=account.c.session_epoch + 1)


def sign_in(engine: Engine, name: str, password: str, now: datetime) -> Account:
    """The account, or AccountError `wrong` or `locked`. Failures are counted; the tenth locks the account a while."""
    with reading(engine) as conn:
        row = conn.execute(select(account).where(account.c.account == name.strip())).one_or_none()
    if row is not None and row.locked_until is not None and row.locked_until > now:
        raise AccountError("locked", minutes=max(1, round((row.locked_until - now).total_seconds() / 60)))
    good = _matches(row.password_hash if row is not None else _nobody(), password)  # slow on purpose: outside the lock
    if row is None or row.disabled_at is not None:
        raise AccountError("wrong")
    with writing(engine) as conn:
        failed = 0 if good else row.failed + 1
        locks = failed >= MOST_FAILURES
        _change(conn, row.account, failed=0 if locks else failed, locked_until=now + LOCKED_FOR if locks else None)
        record(conn, now, row.account, "sign-in" if good else "sign-in-failed", row.account)
    if not good:
        raise AccountError("wrong")
    return _account(row)


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


def record(
    conn: Connection, now: datetime, who: str, action: str, subject: str, facts: Mapping[str, Any] | None = None
) -> None:
    """One audit row: what was done, by whom."""
    conn.execute(insert(audit).values(at=now, who=who, action=action, subject=subject, facts=dict(facts or {})))


def digest(secret: str) -> str:
    """Of a long random secret; a password needs argon2 instead."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError("short_password", least=SHORTEST_PASSWORD)
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    """Checked when nobody has that name, so that a wrong name takes as long as a wrong password."""
    return _hasher.hash(secrets.token_hex())


def _matches(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _change(conn: Connection, name: str, **values: Any) -> None:
    if conn.execute(update(account).where(account.c.account == name).values(**values)).rowcount == 0:
        raise AccountError("unknown", name=name)


def _account(row: Any) -> Account:
    return Account(
        row.account,
        Role(row.role),
        row.organisation,
        None if row.sites is None else tuple(row.sites),
        row.session_epoch,
        row.disabled_at is not None,
    )


def _screen(row: Any) -> Screen:
    return Screen(
        row.screen,
        row.token_hash,
        row.site,
        tuple(row.boards),
        row.address,
        row.revoked_at is not None,
        row.last_seen_at,
    )


def _token(row: Any) -> Token:
    return Token(row.name, row.token_hash, row.source, Role(row.role), None if row.sites is None else tuple(row.sites))
