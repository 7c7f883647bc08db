"""Notices go through a real Postfix into mailboxes, and outlive what keeps it from taking them."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from contactsgroups.delivery.notices import NoticeSender
from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import Hold
from contactsgroups.services.groups import members
from contactsgroups.services.moderation.decisions import reject_message
from tests.directories import add_account, add_group
from tests.outbox import make_due, waiting
from tests.postfix.conftest import MailSystem, Sink
from tests.postfix.test_lmtp_lane import ORDINARY, send
from tests.servers.program import wait_for


def sender_of(mail: MailSystem) -> NoticeSender:
    place = f"127.0.0.1:{mail.postfix.port}"
    settings = replace(
        mail.core.settings, notices_smtp=place, public_url="https://groups.example.org"
    )
    return NoticeSender(replace(mail.core, settings=settings))


def choir(mail: MailSystem) -> str:
    """A group that tells new members."""
    return add_group(
        mail.database,
        "choir@example.org",
        display_name="Chor\u2009der Köche",
        members=["zoe@example.org"],
        notify_members=True,
    ).uuid


@pytest.fixture
def trusting(configured: MailSystem) -> None:
    """Postfix takes mail for anybody from this machine, as it does on a server."""
    configured.postfix.main_cf["mynetworks"] = "127.0.0.0/8"


def test_who_is_added_finds_a_message_in_the_mailbox_and_outside(
    sink: Sink, trusting: None, mail: MailSystem
) -> None:
    uuid = choir(mail)
    people = ["ada@example.org", "jörg@grün.example", "zed@elsewhere.example"]
    members.add_members(mail.database, OPERATOR, uuid, people)
    mail.publish()
    sender_of(mail).send_portion()
    wait_for(mail.postfix.queue_is_empty)

    (message,) = mail.postfix.mailboxes("ada@example.org")
    assert message["Return-Path"] == "<>"
    assert message["Subject"] == "You were added to Chor der Köche"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",))
    assert text is not None
    assert "https://groups.example.org/groups" in text.get_content()
    assert len(mail.postfix.mailboxes("jörg@xn--grn-ioa.example")) == 1
    assert sink.received == ["zed@elsewhere.example"]
    assert waiting(mail.database) == []


def test_a_recipient_that_postfix_puts_off_gets_it_later_and_one_that_it_refuses_never(
    configured: MailSystem, mail: MailSystem
) -> None:
    configured.postfix.stop()
    answers = {"bob@example.org": "450 4.2.1 later", "eve@example.org": "550 5.2.1 closed"}
    table = configured.postfix.write_table("answers", answers)
    configured.postfix.main_cf["smtpd_client_restrictions"] = f"check_recipient_access {table}"
    configured.postfix.start()
    uuid, sender = choir(mail), sender_of(mail)
    members.add_members(mail.database, OPERATOR, uuid, [*answers, "ada@example.org"])
    for _ in range(2):
        make_due(mail.database)
        sender.send_portion()
    assert waiting(mail.database) == [("added", "bob@example.org")]

    configured.postfix.write_table("answers", {})
    configured.postfix.reload()
    make_due(mail.database)
    sender.send_portion()
    wait_for(mail.postfix.queue_is_empty)
    assert [len(mail.postfix.mailboxes(f"{name}@example.org")) for name in ("ada", "bob")] == [1, 1]
    assert mail.postfix.mailboxes("eve@example.org") == []


def test_while_postfix_is_away_notices_wait(mail: MailSystem) -> None:
    mail.postfix.stop()
    sender = sender_of(mail)
    choir(mail)
    with pytest.raises(Unavailable, match="takes no notices"):
        sender.send_portion()
    mail.postfix.start()
    sender.send_portion()
    wait_for(mail.postfix.queue_is_empty)
    assert len(mail.postfix.mailboxes("zoe@example.org")) == 1


def test_a_new_account_that_the_maps_do_not_name_yet_is_told_later(mail: MailSystem) -> None:
    uuid, sender = choir(mail), sender_of(mail)
    add_account(mail.database, "new@example.org")
    members.add_member(mail.database, OPERATOR, uuid, "new@example.org")
    sender.send_portion()
    assert waiting(mail.database) == [("added", "new@example.org")]
    mail.publish()
    make_due(mail.database)
    sender.send_portion()
    wait_for(mail.postfix.queue_is_empty)
    assert len(mail.postfix.mailboxes("new@example.org")) == 1


def test_a_moderator_hears_of_a_message_that_waits_and_its_sender_of_the_rejection(
    trusting: None, mail: MailSystem
) -> None:
    moderated = {"moderated": True, "moderators": ["bob@example.org"]}
    add_group(mail.database, "team@example.org", "ada@example.org", **moderated)
    mail.publish()
    send(mail, ORDINARY, "team@example.org", login="zoe@example.org")
    sender_of(mail).send_portion()
    wait_for(mail.postfix.queue_is_empty)

    (waits,) = mail.postfix.mailboxes("bob@example.org")
    assert waits["Subject"] == "A message to Team waits for you"
    ((uuid, state),) = held(mail)
    assert state == "waiting"
    text = waits.get_body(("plain",))
    assert text is not None
    assert f"https://groups.example.org/held/{uuid}" in text.get_content()

    reject_message(mail.database, OPERATOR, uuid, "Please write to sales.")
    before = len(mail.postfix.mailboxes("zoe@example.org"))
    sender_of(mail).send_portion()
    wait_for(mail.postfix.queue_is_empty)
    answer = mail.postfix.mailboxes("zoe@example.org")[before:]
    assert [each["Subject"] for each in answer] == ["Your message to team@example.org was not sent"]
    assert "Please write to sales." in str(answer[0])
    assert mail.postfix.mailboxes("ada@example.org") == []


def held(mail: MailSystem) -> list[tuple[str, str]]:
    with mail.database.read() as session:
        return [(each.uuid, each.state) for each in session.scalars(select(Hold))]
