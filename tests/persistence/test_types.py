"""Addresses compare by code point and points in time come back in UTC, on every database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import StatementError

from contactsgroups.persistence.types import UTCDateTime, address_type

TABLE = Table(
    "kinds_of_values",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("address", address_type()),
    Column("at", UTCDateTime()),
)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        TABLE.create(connection)
        yield connection
        connection.rollback()
    engine.dispose()


def test_addresses_compare_and_sort_by_code_point(connection: Connection) -> None:
    addresses = ["z@x", "a@x", "Z@x", "ä@x", "a@x.y", "ß@x", "ss@x"]
    connection.execute(insert(TABLE), [{"address": each} for each in addresses])
    column = TABLE.c.address
    assert list(connection.scalars(select(column).order_by(column))) == sorted(addresses)
    assert connection.scalars(select(column).where(column == "ä@x")).all() == ["ä@x"]
    assert connection.scalars(select(column).where(column == "a@x")).all() == ["a@x"]


def test_a_point_in_time_comes_back_in_utc_to_the_microsecond(connection: Connection) -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    at = datetime(2026, 1, 1, 1, 2, 3, 456789, tzinfo=there)
    connection.execute(insert(TABLE), [{"at": at}, {"at": None}])
    stored, nothing = connection.scalars(select(TABLE.c.at).order_by(TABLE.c.id))
    assert (stored, stored.tzinfo, nothing) == (at, UTC, None)
    assert connection.scalar(select(TABLE.c.id).where(TABLE.c.at < at)) is None


def test_a_time_without_a_zone_is_a_mistake(connection: Connection) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        connection.execute(insert(TABLE), {"at": datetime(2026, 1, 1)})  # noqa: DTZ001
