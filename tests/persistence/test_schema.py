"""Migrations run forwards on every database and end where the models are."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from contactsgroups.persistence import Database, journal, schema
from contactsgroups.persistence.models import Base


def test_upgrading_runs_what_is_pending_and_twice_is_harmless(database_url: str) -> None:
    database = Database(database_url)
    try:
        assert schema.pending_migrations(database)[:2] == ["0001", "0002"]
        schema.upgrade(database)
        assert schema.pending_migrations(database) == []
        with database.read() as session:
            before = journal.read_position(session)
        schema.upgrade(database)
        with database.read() as session:
            assert journal.read_position(session) == before
    finally:
        database.dispose()


def test_the_migrations_build_what_the_models_describe(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_address_columns_compare_by_code_point_on_mariadb(mariadb_url: str) -> None:
    database = Database(mariadb_url)
    try:
        schema.upgrade(database)
        with database.engine.connect() as connection:
            collations = connection.exec_driver_sql(
                "SELECT table_name, collation_name FROM information_schema.columns "
                "WHERE table_schema = database() AND column_name = 'address'"
            ).all()
    finally:
        database.dispose()
    assert {"accounts", "aliases", "mail_groups", "members"} <= {table for table, _ in collations}
    assert {collation for _, collation in collations} == {"utf8mb4_bin"}
