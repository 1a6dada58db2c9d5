"""What went wrong behind an answer, told apart by what the asker can do: wait, make room, or tell the operator."""

from __future__ import annotations

import errno
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from data.store_file import StoreGone

FULL_ERRNO = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# PostgreSQL: disk full; SQLite says SQLITE_FULL, or an input/output error where it could not grow its shared memory.
FULL_SQLSTATE = "53100"
FULL_SQLITE = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")


class Trouble(StrEnum):
    FULL = "full"
    AWAY = "away"
    BUG = "bug"

    @property
    def status(self) -> int:
        return {Trouble.FULL: 507, Trouble.AWAY: 503, Trouble.BUG: 500}[self]


def trouble(wrong: BaseException) -> Trouble:
    if _is_full(wrong):
        return Trouble.FULL
    if isinstance(wrong, StoreGone | OperationalError | InterfaceError | NoFreeConnection):
        return Trouble.AWAY
    return Trouble.BUG


def _is_full(wrong: BaseException) -> bool:
    if isinstance(wrong, OSError):
        return wrong.errno in FULL_ERRNO
    if isinstance(wrong, DBAPIError):
        driver = wrong.orig
        return (
            getattr(driver, "sqlstate", None) == FULL_SQLSTATE
            or getattr(driver, "sqlite_errorname", None) in FULL_SQLITE
        )
    return False
