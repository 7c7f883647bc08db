"""Steps that a migration may repeat: each leaves alone what is there already.

MariaDB commits after every statement that defines something, so a migration that is killed there
is found half done at the next start and runs again from its beginning.
"""

from typing import Any

import sqlalchemy as sa


def ensure_tables(connection: sa.Connection, tables: sa.MetaData) -> None:
    """Create the tables, and the indexes on them, that are missing."""
    for table in tables.sorted_tables:
        table.create(connection, checkfirst=True)
        # A table is made first and its indexes after it.
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            index.create(connection, checkfirst=True)


def ensure_view(connection: sa.Connection, name: str, query: str) -> None:
    """Create a view, or give it another query; readers find the old one or the new one."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {query}")
    else:
        connection.execute(sa.text(f"CREATE OR REPLACE VIEW {name} AS {query}"))


def ensure_row(connection: sa.Connection, table: sa.Table, **values: Any) -> None:
    """Insert a row into a table that has none."""
    if connection.execute(sa.select(table).limit(1)).first() is None:
        connection.execute(sa.insert(table).values(**values))
