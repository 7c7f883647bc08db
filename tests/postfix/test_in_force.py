"""Whoever mails on the answer to a change meets the change: in a session that was open before."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.delivery.in_force import wait_until_in_force
from contactsgroups.services.groups import members
from tests.directories import add_group
from tests.following import following, is_followed
from tests.postfix.conftest import MailSystem, reply, switch
from tests.servers.program import wait_for

CHANGES = 20


@pytest.mark.parametrize("lane", ["native", "lmtp"])
def test_no_message_that_is_sent_on_the_answer_misses_the_change(
    mail: MailSystem, lane: str
) -> None:
    is_lmtp = lane == "lmtp"
    group = add_group(
        mail.database, "team@example.org", "bob@example.org", ignore_auto_replies=is_lmtp
    )
    members_of, expected = ["zoe@example.org", "eve@example.org"], []
    with following(mail.core), mail.client("ada@example.org") as session:
        wait_for(lambda: is_followed(mail.database))
        for number in range(CHANGES):
            member = members_of[number % 2]
            members.add_members(mail.database, OPERATOR, group.uuid, [member])
            assert wait_until_in_force(mail.database, seconds=60)
            subject = f"message {number}"
            session.sendmail("ada@example.org", [group.address], f"Subject: {subject}\n\n")
            expected.append((member, subject))
            if is_lmtp:  # It distributes a moment later, to those who are members then.
                wait_for(mail.postfix.queue_is_empty)
            members.remove_member(mail.database, OPERATOR, group.uuid, member)
            assert wait_until_in_force(mail.database, seconds=60)
            for disabled in (True, False):
                switch(mail.database, group, disabled=disabled, ignore_auto_replies=is_lmtp)
                assert wait_until_in_force(mail.database, seconds=60)
                assert reply(session, group.address) == (550 if disabled else 250)
        wait_for(mail.postfix.queue_is_empty)
    got = [(each, subject) for each in members_of for subject in mail.subjects(each)]
    assert sorted(got) == sorted(expected)
