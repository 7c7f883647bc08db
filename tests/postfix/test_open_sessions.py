"""A change is in force for the next message of a client that stays connected, too."""

import smtplib
from collections.abc import Iterator

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups import members
from tests.directories import add_account, add_accounts, add_group
from tests.postfix.conftest import MailSystem, reply, switch
from tests.servers.program import wait_for


@pytest.fixture
def session(mail: MailSystem) -> Iterator[smtplib.SMTP]:
    """A client that was served before the change."""
    with mail.client("ada@example.org") as client:
        assert reply(client, "zoe@example.org") == 250
        yield client


def test_who_was_added_gets_the_next_message(mail: MailSystem, session: smtplib.SMTP) -> None:
    group = add_group(mail.database, "team@example.org", "bob@example.org")
    mail.publish()
    session.sendmail("ada@example.org", ["team@example.org"], "Subject: one\n\n")
    wait_for(mail.postfix.queue_is_empty)  # The LMTP server gives it to those who are members then.
    members.add_members(mail.database, OPERATOR, group.uuid, ["eve@example.org"])
    members.remove_member(mail.database, OPERATOR, group.uuid, "bob@example.org")
    mail.publish()
    session.sendmail("ada@example.org", ["team@example.org"], "Subject: two\n\n")
    wait_for(mail.postfix.queue_is_empty)
    assert mail.subjects("bob@example.org") == ["one"]
    assert mail.subjects("eve@example.org") == ["two"]


def test_a_group_is_disabled_and_enabled_for_the_next_message(
    mail: MailSystem, session: smtplib.SMTP
) -> None:
    group = add_group(mail.database, "team@example.org", "bob@example.org")
    mail.publish()
    for disabled in (True, False, True):
        switch(mail.database, group, disabled=disabled)
        mail.publish()
        assert reply(session, "team@example.org") == (550 if disabled else 250)


def test_what_is_new_is_known_to_the_next_message(mail: MailSystem, session: smtplib.SMTP) -> None:
    add_account(mail.database, "new@example.org")
    add_group(mail.database, "fresh@example.org", "new@example.org")
    mail.publish()
    assert reply(session, "new@example.org") == reply(session, "fresh@example.org") == 250


def test_a_map_may_grow_under_who_reads_it(mail: MailSystem, session: smtplib.SMTP) -> None:
    size = (mail.postfix.maps / "virtual_alias.lmdb").stat().st_size
    people = [f"someone-with-a-long-name-{number}@example.com" for number in range(2_000)]
    for number in range(20):
        everyone = ("bob@example.org", *people)
        add_group(mail.database, f"large{number}@example.org", *everyone, ignore_auto_replies=False)
    mail.publish()
    assert (mail.postfix.maps / "virtual_alias.lmdb").stat().st_size > 1_500_000 + size
    assert reply(session, "large19@example.org") == 250


def test_a_new_domain_is_known_to_the_next_client(mail: MailSystem) -> None:
    """Though smtpd(8) remembers of each address, where it is, for as long as it lives."""
    address = "first@fresh.example"
    assert mail.rcpt(address, "stranger@example.com")[0] == 554
    add_accounts(mail.database, ["first"], domain="fresh.example")
    mail.publish()
    assert mail.rcpt(address, "stranger@example.com")[0] == 250


def test_a_new_group_is_decided_about_for_who_was_connected_before_a_new_domain(
    mail: MailSystem, session: smtplib.SMTP
) -> None:
    """A new domain makes new processes; the old ones must not have an old lock."""
    add_accounts(mail.database, ["first"], domain="fresh.example")
    mail.publish()
    groups = [f"group{number}@example.org" for number in range(3)]
    for address in groups:
        add_group(mail.database, address, "bob@example.org", posting_policy="members")
        mail.publish()
    assert [reply(session, address) for address in groups] == [550, 550, 550]
