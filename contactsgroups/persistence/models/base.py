"""The declarative base, and the defaults and column types that tables share."""

import uuid
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Integer, MetaData, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase

# SQLite gives out row ids by itself for INTEGER only.
RowNumber = BigInteger().with_variant(Integer(), "sqlite")
LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def utc_now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)


def new_uuid() -> str:
    """Return a random UUID (RFC 9562 section 5.4) as text."""
    return str(uuid.uuid4())


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can alter it on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
