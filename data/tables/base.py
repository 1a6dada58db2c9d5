"""What every table is made of: one metadata, moments in UTC, row ids."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, TypeDecorator
from sqlalchemy.engine import Dialect


class Utc(TypeDecorator[datetime]):
    """An aware moment in UTC, on SQLite too, where it is stored as text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone reached the store: {value!r}; give it its zone first")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives a row id only to a column typed INTEGER; PostgreSQL wants room for years of lines.
RowId = BigInteger().with_variant(Integer, "sqlite")


def _valid_from(context: Any) -> Any:
    """Whoever does not say when a rule was written down means: when it began to hold."""
    return context.get_current_parameters()["valid_from"]


def recorded_at() -> Column[Any]:
    return Column("recorded_at", Utc, primary_key=True, default=_valid_from)
