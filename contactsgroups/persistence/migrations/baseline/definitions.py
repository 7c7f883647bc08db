"""How the tables of the first schema are defined."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from contactsgroups.persistence.models import Base

PREFIX = "contactsgroups_"
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
MEDIUM_BINARY = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")

tables = sa.MetaData(naming_convention=Base.metadata.naming_convention)


def table(name: str, *columns: sa.schema.SchemaItem, **options: Any) -> sa.Table:
    """Define a table of the first schema."""
    return sa.Table(
        PREFIX + name,
        tables,
        *columns,
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        **options,
    )


def to(column: str, **arguments: Any) -> sa.ForeignKey:
    """Return a reference to another table's column, ``groups.id``."""
    return sa.ForeignKey(PREFIX + column, **arguments)


def part_of(column: str) -> sa.ForeignKey:
    """Return a reference to a row that takes this one along when it is removed."""
    return to(column, ondelete="CASCADE")
