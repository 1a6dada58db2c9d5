"""Who may look: accounts, signing in, and the audit rows of what was done. Real time only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Engine, func, insert, select, update

from data.keys import AccountError, Screen, Token, screen_of, token_of
from data.sessions import end_session, ended_sessions
from data.store import reading, writing
from data.tables import account, audit, screen, source, token
from data.vocabulary import Role

MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()


@dataclass(frozen=True)
class Account:
    name: str
    role: Role
    organisation: str | None
    sites: tuple[str, ...] | None  # None: every site
    epoch: int  # rises with every change of password or rights; older sessions end
    disabled: bool


@dataclass(frozen=True)
class Reporter:
    """A source of reports and whose it is."""

    source: str
    name: str
    organisation: str | None


@dataclass(frozen=True)
class Directory:
    """Everybody who may come in and every source they may send for, as of one moment."""

    accounts: Mapping[str, Account]
    screens: Mapping[str, Screen]
    tokens: Mapping[str, Token]  # by hash; revoked ones are not in it
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by organisation
    ended: frozenset[str] = frozenset()  # sessions that were signed out
    reporters: Mapping[str, Reporter] = field(default_factory=dict)  # by source


def directory(conn: Connection) -> Directory:
    listed = [_account(row) for row in conn.execute(select(account).order_by(account.c.account))]
    screens = [screen_of(row) for row in conn.execute(select(screen).order_by(screen.c.screen))]
    tokens = conn.execute(select(token).where(token.c.revoked_at.is_(None)).order_by(token.c.name))
    reporters = conn.execute(select(source.c.source, source.c.name, source.c.organisation).order_by(source.c.source))
    listed_sources = {row.source: Reporter(row.source, row.name, row.organisation) for row in reporters}
    owned: dict[str, tuple[str, ...]] = {}
    for one in listed_sources.values():
        if one.organisation:
            owned[one.organisation] = (*owned.get(one.organisation, ()), one.source)
    return Directory(
        {one.name: one for one in listed},
        {one.name: one for one in screens},
        {row.token_hash: token_of(row) for row in tokens},
        owned,
        ended_sessions(conn),
        listed_sources,
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


def role_of(conn: Connection, name: str) -> Role | None:
    """Of an account that can sign in; None where there is none of this name."""
    row = conn.execute(
        select(account.c.role).where(account.c.account == name, account.c.disabled_at.is_(None))
    ).one_or_none()
    return None if row is None else Role(row.role)


def sign_out(engine: Engine, name: str, session: str, now: datetime) -> None:
    """This session ends wherever its cookie is held; the account's other ones go on."""
    with writing(engine) as conn:
        end_session(conn, session, now)
        record(conn, now, name, "sign-out", name)


def record(
    conn: Connection, now: datetime, who: str, action: str, subject: str, facts: Mapping[str, Any] | None = None
) -> None:
    """One audit row: what was done, by whom."""
    conn.execute(insert(audit).values(at=now, who=who, action=action, subject=subject, facts=dict(facts or {})))


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
