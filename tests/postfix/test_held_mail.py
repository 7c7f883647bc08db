"""Moderated groups: from SMTP to a hold, and from the decision to the members' mailboxes."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from contactsgroups.delivery.held_mail import Worker
from contactsgroups.delivery.lmtp import LMTPServer
from contactsgroups.delivery.policy import PolicyServer
from contactsgroups.domain.message_header import LOOP_FIELD, read_fields
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Hold, HoldPart
from contactsgroups.services.moderation.decisions import approve_message
from tests.directories import add_group
from tests.postfix.conftest import MailSystem, switch
from tests.postfix.test_lmtp_lane import ORDINARY, copies, deferred, hand_over, rename, send
from tests.servers.program import free_port, wait_for

SIGNED = (
    b"DKIM-Signature: v=1; a=rsa-sha256;\r\n\tb=abc\r\n def\r\n"
    b"from:Zoe  <zoe@example.org>\r\nSubject: a\r\n  folded   one\r\n"
    b"X-Odd:\xc3\xa4 \r\nMessage-ID: <a@b>\r\nDate: Fri, 27 Nov 2026 10:00:00 +0000\r\n\r\n"
    b".dots\r\n..\r\n" + b"long " * 200_000 + b"\r\n\xff\xfe \xc3\xa9 \t\r\n\r\n\r\n"
)


def add_moderated(database: Database, address: str, *members: str, **values: object) -> None:
    add_group(database, address, *members, moderated=True, moderators=["bob@example.org"], **values)


def holds(database: Database, *states: str) -> list[Hold]:
    with database.read() as session:
        found = session.scalars(select(Hold).order_by(Hold.id)).all()
        return [each for each in found if not states or each.state in states]


@pytest.fixture
def worker(mail: MailSystem) -> Iterator[Worker]:
    return Worker(mail.core)


def test_a_message_waits_and_reaches_the_members_unchanged_once_it_is_approved(
    mail: MailSystem, worker: Worker
) -> None:
    """More than one part of content, and every octet of it, so that DKIM signatures stay valid."""
    add_moderated(mail.database, "team@example.org", "ada@example.org", "eve@example.org")
    mail.publish()

    send(mail, SIGNED, "team@example.org", "zoe@example.org")

    assert copies(mail, "ada") == copies(mail, "eve") == []
    assert len(copies(mail, "zoe")) == 1
    (hold,) = holds(mail.database)
    assert (hold.state, hold.subject, hold.sender, hold.proof) == (
        *("waiting", "a folded one", "zoe@example.org"),
        "signed-in",
    )
    approve_message(mail.database, OPERATOR, hold.uuid)
    assert worker.send_next()
    wait_for(mail.postfix.queue_is_empty)

    (copy,) = copies(mail, "ada")
    assert len(copies(mail, "eve")) == 1
    added = copy[: copy.index(b"DKIM-Signature")]
    assert copy[len(added) :].endswith(SIGNED.replace(b"\r\n", b"\n"))
    names = {each.encode() for each, _ in read_fields(added)}
    assert names == {b"Return-Path", b"Delivered-To", b"Received", LOOP_FIELD.encode()}
    assert b"Return-Path: <zoe@example.org>\n" in added
    assert [each.state for each in holds(mail.database)] == ["delivered"]
    with mail.database.read() as session:
        assert session.scalars(select(HoldPart)).all() == []


def test_a_moderator_who_signs_in_waits_for_nobody(mail: MailSystem) -> None:
    add_moderated(mail.database, "team@example.org", "ada@example.org")
    mail.publish()

    send(mail, ORDINARY, "team@example.org", login="bob@example.org")

    assert len(copies(mail, "ada")) == 1
    assert holds(mail.database) == []


def test_a_moderated_group_inside_holds_the_message_to_the_group_around(
    mail: MailSystem, worker: Worker
) -> None:
    add_moderated(mail.database, "inner@example.org", "ada@example.org")
    add_group(mail.database, "outer@example.org", "inner@example.org", "eve@example.org")
    mail.publish()

    send(mail, ORDINARY, "outer@example.org", "inner@example.org")

    assert copies(mail, "ada") == copies(mail, "eve") == []
    for hold in holds(mail.database, "waiting"):
        approve_message(mail.database, OPERATOR, hold.uuid)
    while worker.send_next():
        pass
    wait_for(mail.postfix.queue_is_empty)
    # Both held the same message: whoever is in both has one copy.
    assert len(copies(mail, "ada")) == len(copies(mail, "eve")) == 1


def test_a_message_is_held_once_however_often_postfix_brings_it(
    configured: MailSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postfix has no answer for one of two groups, and tries again."""
    add_moderated(configured.database, "team@example.org", "ada@example.org")
    add_group(configured.database, "open@example.org", "eve@example.org")
    configured.publish()
    configured.postfix.main_cf["minimal_backoff_time"] = "1s"
    configured.postfix.main_cf["queue_run_delay"] = "1s"
    configured.postfix.start()
    with PolicyServer(configured.core), LMTPServer(configured.core):
        rename(configured.database, "contactsgroups_hold_parts", "moved")
        hand_over(configured, ORDINARY, "team@example.org", "open@example.org")
        wait_for(deferred(configured, "4.3.5"))
        assert holds(configured.database) == []
        wait_for(lambda: copies(configured, "eve"))
        rename(configured.database, "moved", "contactsgroups_hold_parts")
        wait_for(configured.postfix.queue_is_empty)

    assert len(holds(configured.database)) == 1
    assert len(copies(configured, "eve")) == 1


def test_mail_from_programs_is_held_message_by_message(mail: MailSystem) -> None:
    """Postfix tells no queue id of it."""
    add_moderated(mail.database, "team@example.org", "ada@example.org", posting_policy="anyone")
    mail.publish()

    mail.sendmail("x@example.net", "team@example.org")
    mail.sendmail("x@example.net", "team@example.org")
    wait_for(lambda: len(holds(mail.database)) == 2)
    wait_for(mail.postfix.queue_is_empty)

    assert {each.proof for each in holds(mail.database)} == {"none"}


def test_what_is_approved_while_postfix_is_away_is_sent_when_it_is_back(
    mail: MailSystem,
) -> None:
    add_moderated(mail.database, "team@example.org", "ada@example.org")
    mail.publish()
    send(mail, ORDINARY, "team@example.org")
    (hold,) = holds(mail.database)
    approve_message(mail.database, OPERATOR, hold.uuid)
    place = mail.core.settings.reinject
    object.__setattr__(mail.core.settings, "reinject", f"127.0.0.1:{free_port()}")

    away = Worker(mail.core)
    assert away.send_next()
    assert not away.send_next()  # Not at once again.
    (hold,) = holds(mail.database)
    assert (hold.state, hold.attempts) == ("approved", 1)
    assert "Postfix does not take copies" in hold.last_error

    object.__setattr__(mail.core.settings, "reinject", place)
    wait_for(Worker(mail.core).send_next)
    wait_for(mail.postfix.queue_is_empty)
    assert len(copies(mail, "ada")) == 1


def test_what_a_moderator_has_to_see_waits_at_the_sender_while_the_maps_do_not_know(
    mail: MailSystem,
) -> None:
    """The group was one that Postfix expands by itself."""
    group = add_group(
        mail.database, "team@example.org", "ada@example.org", ignore_auto_replies=False
    )
    mail.publish()
    switch(mail.database, group, moderated=True, ignore_auto_replies=False)
    assert mail.rcpt("team@example.org", login="zoe@example.org")[0] == 450
    mail.publish()

    send(mail, ORDINARY, "team@example.org")

    assert copies(mail, "ada") == []
    assert len(holds(mail.database)) == 1
