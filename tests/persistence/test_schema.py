"""Migrations run forwards on every database, from wherever they were stopped."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, inspect, text

from contactsgroups.persistence import Database, journal, schema
from contactsgroups.persistence.models import Base

PREFIX = "contactsgroups_"


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    """A database without any table."""
    with opened(database_url) as database:
        yield database


def assert_is_whole(database: Database) -> None:
    """Everything that the models describe is there, and the journal can be written."""
    assert schema.pending_migrations(database) == []
    with database.engine.connect() as connection:
        options = {"compare_type": False, "version_table": schema.VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    views = inspect(database.engine).get_view_names()
    assert len([name for name in views if name.startswith(f"{PREFIX}postfix_")]) == 8
    with database.write() as session:
        assert journal.append(session, []) == 0


def test_upgrading_runs_what_is_pending_and_twice_is_harmless(empty: Database) -> None:
    assert schema.pending_migrations(empty)[0] == "0001"
    schema.upgrade(empty)
    with empty.read() as session:
        before = journal.read_position(session)
    schema.upgrade(empty)
    with empty.read() as session:
        assert journal.read_position(session) == before
    assert_is_whole(empty)


def test_everything_has_a_name_of_our_own(database: Database) -> None:
    """In a database of a host, nothing is taken for the host's."""
    inspector = inspect(database.engine)
    names = [*inspector.get_table_names(), *inspector.get_view_names()]
    assert [name for name in names if not name.startswith(PREFIX)] == []


def test_a_host_s_tables_and_its_own_migrations_are_left_alone(empty: Database) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE accounts (name VARCHAR(20))"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('host-7')"))
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "host-7"
        assert connection.execute(text("SELECT name FROM accounts")).all() == []
    assert schema.pending_migrations(empty) == []


# Killed


class Stopped(Exception):
    """Stands for a power cut."""


def upgrade_until(database: Database, number: int) -> bool:
    """Upgrade, and break off before a statement; return whether there was such a statement."""
    count = 0

    def break_off(connection: Any, *_: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Stopped

    event.listen(database.engine, "before_cursor_execute", break_off)
    try:
        schema.upgrade(database)
    except Stopped:
        return True
    finally:
        event.remove(database.engine, "before_cursor_execute", break_off)
    return False


def drop_everything(database: Database) -> None:
    """Empty a database quickly, so that one server serves every place to stop at."""
    with database.engine.begin() as connection:
        inspector = inspect(connection)
        for view in inspector.get_view_names():
            connection.execute(text(f"DROP VIEW {view}"))
        is_mariadb = connection.dialect.name in {"mysql", "mariadb"}
        if is_mariadb:
            connection.execute(text("SET foreign_key_checks = 0"))
        cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
        # What refers to others goes before them: SQLite looks for both ends of a reference.
        for name in filter(None, reversed(dict(inspector.get_sorted_table_and_fkc_names()))):
            connection.execute(text(f"DROP TABLE {name}{cascade}"))
        if is_mariadb:
            connection.execute(text("SET foreign_key_checks = 1"))


def test_a_migration_may_be_stopped_before_any_statement(empty: Database) -> None:
    # Only MariaDB keeps what was done until then; the others take it all back.
    step = 11 if empty.url.get_backend_name() == "mysql" else 60
    number = 1
    while upgrade_until(empty, number):
        schema.upgrade(empty)
        assert_is_whole(empty)
        drop_everything(empty)
        number += step
    assert number > 50


def test_a_migration_that_is_stopped_a_statement_later_each_time_gets_there(
    mariadb_url: str,
) -> None:
    with opened(mariadb_url) as database:
        number = 1
        while upgrade_until(database, number):
            number += 1
        assert number > 10
        assert_is_whole(database)


def _upgrade_and_die(url: str, number: int) -> None:
    """Run in a process of its own: die as by SIGKILL before a statement."""
    database = Database(url)
    count = 0

    def die(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", die)
    schema.upgrade(database)
    sys.exit(0)


def _upgrade(url: str, ran: "multiprocessing.Queue[list[str]]") -> None:
    with opened(url) as database:
        ran.put(schema.upgrade(database))


def test_a_killed_process_leaves_no_lock_behind(database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    killed = spawn.Process(target=_upgrade_and_die, args=(database_url, 40))
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    with opened(database_url) as database:
        schema.upgrade(database)
        assert_is_whole(database)


def test_of_processes_that_upgrade_at_once_one_does_it(database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    ran: multiprocessing.Queue[list[str]] = spawn.Queue()
    processes = [spawn.Process(target=_upgrade, args=(database_url, ran)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(100)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert sorted(ran.get(timeout=5) for _ in processes) == [[], [], ["0001"]]
    with opened(database_url) as database:
        assert_is_whole(database)


def test_address_columns_compare_by_code_point_on_mariadb(mariadb_url: str) -> None:
    with opened(mariadb_url) as database:
        schema.upgrade(database)
        with database.engine.connect() as connection:
            collations = connection.exec_driver_sql(
                "SELECT table_name, collation_name FROM information_schema.columns "
                "WHERE table_schema = database() AND column_name = 'address'"
            ).all()
    tables = {f"{PREFIX}{name}" for name in ("accounts", "aliases", "groups", "members")}
    assert tables <= {table for table, _ in collations}
    assert {collation for _, collation in collations} == {"utf8mb4_bin"}
