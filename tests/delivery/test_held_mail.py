"""The worker sends nothing twice and forgets nothing, whatever fails on the way."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import held_mail, reinjection
from contactsgroups.delivery.held_mail import Worker
from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.groups.editing import draft_like
from contactsgroups.services.moderation import delivering
from contactsgroups.services.moderation.decisions import approve_message
from tests.delivery.test_reinjection import Postfix
from tests.directories import changed_draft
from tests.servers.program import wait_for
from tests.services.moderation.holds import add_moderated, hold, stored

ADA, EVE = "ada@example.org", "eve@example.org"


@pytest.fixture
def postfix() -> Iterator[Postfix]:
    server = Postfix()
    server.controller.start()
    yield server
    server.controller.stop()


@pytest.fixture
def sending(core: Core, postfix: Postfix) -> Core:
    return replace(core, settings=replace(core.settings, reinject=f"127.0.0.1:{postfix.port}"))


@pytest.fixture
def approved(core: Core, monkeypatch: pytest.MonkeyPatch) -> str:
    """A message for two, which goes in two pieces."""
    monkeypatch.setattr(reinjection, "RECIPIENTS_AT_ONCE", 1)
    monkeypatch.setattr(delivering, "_FIRST_PAUSE", delivering._FIRST_PAUSE * 0)
    uuid = hold(core.database, add_moderated(core.database))
    approve_message(core.database, OPERATOR, uuid)
    return uuid


def test_what_could_not_be_noted_is_not_sent_again(
    sending: Core, postfix: Postfix, approved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away each time after Postfix has taken a piece, three times."""
    note, failures = delivering.note_copies, iter(range(3))

    def fail_at_first(*given: object) -> None:
        if next(failures, None) is not None:
            raise Unavailable("the database does not answer")
        note(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(delivering, "note_copies", fail_at_first)
    worker = Worker(sending)
    while worker.send_next():
        pass
    assert postfix.recipients() == [[ADA], [EVE]]
    assert stored(sending.database, approved).state == "delivered"


def test_a_service_that_stops_gives_back_what_it_has_not_sent(
    sending: Core, postfix: Postfix, approved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    note = delivering.note_copies

    def stop_after_one(*given: object) -> None:
        note(*given)  # type: ignore[arg-type]
        stop.set()

    monkeypatch.setattr(delivering, "note_copies", stop_after_one)
    Worker(sending, stop).send_due()
    assert postfix.recipients() == [[ADA]]
    row = stored(sending.database, approved)
    assert (row.state, row.claimed_by, row.attempts) == ("approved", None, 0)
    Worker(sending).send_due()
    assert postfix.recipients() == [[ADA], [EVE]]


def test_a_group_that_takes_no_mail_gets_it_later(sending: Core, postfix: Postfix) -> None:
    team = add_moderated(sending.database)
    uuid = hold(sending.database, team)
    approve_message(sending.database, OPERATOR, uuid)
    switch(sending, disabled=True)
    Worker(sending).send_due()
    assert postfix.taken == []
    assert "takes no mail" in stored(sending.database, uuid).last_error


def switch(core: Core, **values: object) -> None:
    group = groups.find_group(core.database, OPERATOR, "team@example.org")
    draft = changed_draft(draft_like(group), **values)
    groups.update_group(core.database, OPERATOR, group.uuid, group.version, draft)


def test_what_is_approved_is_sent_although_tidying_fails(
    sending: Core, postfix: Postfix, approved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_core: Core) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(held_mail, "tidy", fail)
    stop = threading.Event()
    thread = threading.Thread(target=held_mail.follow, args=(sending, stop))
    thread.start()
    try:
        wait_for(lambda: stored(sending.database, approved).state == "delivered")
    finally:
        stop.set()
        thread.join()
    assert postfix.recipients() == [[ADA], [EVE]]
