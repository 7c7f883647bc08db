"""A publisher that follows the journal: what interrupts it, and who waits for it."""

import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import publisher
from contactsgroups.delivery.map_file import MapFile
from contactsgroups.persistence.models import Follower
from contactsgroups.services.delivery import in_force
from contactsgroups.services.delivery.in_force import wait_until_in_force
from contactsgroups.services.delivery.published_maps import MapName, read_position
from tests.delivery.conftest import read
from tests.directories import add_account
from tests.following import following, is_followed
from tests.servers.program import wait_for


def test_an_outage_of_the_database_leaves_the_old_maps_and_is_survived(
    core: Core, maps: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(publisher, "_RETRY_SECONDS", 0.01)
    with following(core):
        wait_for(lambda: publisher.read_status(maps) is not None)
        published = read(maps, MapName.VIRTUAL_MAILBOX)
        rename_table(core, "contactsgroups_journal_counter", "away")
        wait_for(lambda: "the old ones stay" in caplog.text)
        assert read(maps, MapName.VIRTUAL_MAILBOX) == published
        rename_table(core, "away", "contactsgroups_journal_counter")
        add_account(core.database, "kim@example.org")
        wait_for(lambda: "are published again" in caplog.text)
        wait_for(lambda: publisher.read_status(maps) == read_position(core.database))

    assert "kim@example.org" in read(maps, MapName.VIRTUAL_MAILBOX)
    assert caplog.text.count("the old ones stay") == 1


def test_who_changes_something_can_wait_for_the_follower_and_not_when_it_has_ended(
    core: Core, maps: Path
) -> None:
    with following(core):
        wait_for(lambda: is_followed(core.database))
        for number in range(5):
            add_account(core.database, f"kim{number}@example.org")
            assert wait_until_in_force(core.database, seconds=60)
            assert f"kim{number}@example.org" in read(maps, MapName.VIRTUAL_MAILBOX)
    assert not is_followed(core.database)


def test_a_follower_says_now_and_then_that_it_is_still_there(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_force, "HEARTBEAT_SECONDS", 0.05)
    with following(core):
        wait_for(lambda: is_followed(core.database))
        first = heartbeat(core)
        wait_for(lambda: heartbeat(core) > first)


def heartbeat(core: Core) -> datetime:
    with core.database.read() as session:
        return session.scalars(select(Follower.heartbeat)).one()


def rename_table(core: Core, old: str, new: str) -> None:
    with core.database.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def test_a_removed_map_comes_back_with_the_next_change(core: Core, maps: Path) -> None:
    follower = publisher._Follower(core)
    follower.step()
    MapFile(maps, MapName.SENDER_LOGIN).path.unlink()
    add_account(core.database, "kim@example.org")
    follower.step()
    assert publisher.compare_maps(core) == []


def test_two_publishers_at_once_do_not_disturb_each_other(core: Core) -> None:
    failures: list[BaseException] = []

    def publish_often() -> None:
        try:
            for _ in range(5):
                publisher.publish(core)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=publish_often) for _ in range(2)]
    with following(core):
        for thread in threads:
            thread.start()
        for number in range(5):
            add_account(core.database, f"user{number}@example.org")
        for thread in threads:
            thread.join()
        wait_for(lambda: publisher.compare_maps(core) == [])
    assert failures == []
