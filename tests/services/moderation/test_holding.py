"""A message is stored whole, and once, before it counts as taken."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Hold
from contactsgroups.services.moderation import holding
from contactsgroups.services.moderation.decisions import discard_message
from tests.services.moderation.holds import CONTENT, add_moderated, hold, parts, stored


def test_a_message_waits_in_parts_with_what_is_shown_of_it(database: Database) -> None:
    group = add_moderated(database)
    uuid = hold(
        database, group, content=b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n" + b"x" * 600_000
    )
    row = stored(database, uuid)
    assert (row.state, row.subject, row.size) == ("waiting", "Grüße", 600_040)
    assert parts(database) == [uuid] * 3


def test_another_try_of_postfix_holds_nothing_twice(database: Database) -> None:
    group, other = add_moderated(database), add_moderated(database, "other@example.org")
    assert hold(database, group) == hold(database, group)
    assert hold(database, other) != hold(database, group)
    assert len(parts(database)) == 2


def test_two_tries_at_once_hold_it_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = add_moderated(database)
    monkeypatch.setattr(holding, "_is_held", lambda *_: False)
    with ThreadPoolExecutor(2) as executor:
        first, second = executor.map(lambda _: hold(database, group), range(2))
    assert first == second
    assert parts(database) == [first]


def test_without_its_last_step_there_is_no_hold(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = add_moderated(database)

    def fail(*_: object) -> None:
        raise Unavailable("the database does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(holding, "_insert_hold", fail)
        with pytest.raises(Unavailable):
            hold(database, group)
    with database.read() as session:
        assert session.scalars(select(Hold)).all() == []
    assert hold(database, group)


def test_what_cannot_be_shown_is_held_all_the_same(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: bytes) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(holding, "preview_message", fail)
    assert stored(small, hold(small, add_moderated(small))).subject == ""


def test_octets_that_no_database_takes_as_text_are_kept(database: Database) -> None:
    group = add_moderated(database)
    assert hold(database, group, content=b"Subject: \x00\xff\r\nFrom: \x00\r\n\r\n\x00\xed\xa0\x80")


def test_a_hold_that_fails_leaves_nothing(small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(holding, "_insert_hold", fail)
    with pytest.raises(Unavailable):
        hold(small, add_moderated(small))
    assert parts(small) == []


def test_so_much_waits_for_one_group_and_no_more(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "MOST_OCTETS", 2 * len(CONTENT))
    group, other = add_moderated(small), add_moderated(small, "other@example.org")
    first, _ = hold(small, group), hold(small, group, digest="2")
    with pytest.raises(Unavailable, match="too many messages"):
        hold(small, group, digest="3")
    assert len(parts(small)) == 2
    hold(small, other, digest="3")
    discard_message(small, OPERATOR, first)
    hold(small, group, digest="3")
