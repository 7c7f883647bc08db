"""Published groups, accounts and aliases: a real Postfix delivers as the database says."""

from functools import partial

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups import members
from tests.directories import add_account, add_alias, add_group, delete_for_good
from tests.following import following
from tests.postfix.conftest import MailSystem, Sink, mailbox_of
from tests.servers.program import wait_for


def test_every_member_gets_a_message_to_the_group(sink: Sink, mail: MailSystem) -> None:
    add_group(
        mail.database, "team@example.org", "ada@example.org", "bob@example.org", "x@example.net"
    )
    mail.publish()

    mail.send("team@example.org", login="zoe@example.org", subject="news")

    assert mail.subjects("ada@example.org") == ["news"]
    assert mail.subjects("bob@example.org") == ["news"]
    assert mail.subjects("eve@example.org") == []
    assert sink.received == ["x@example.net"]


def test_a_new_member_gets_the_next_message(mail: MailSystem) -> None:
    group = add_group(mail.database, "team@example.org", "ada@example.org")
    mail.publish()
    mail.send("team@example.org", login="zoe@example.org", subject="first")

    members.add_members(mail.database, OPERATOR, group.uuid, ["eve@example.org"])
    mail.publish()
    mail.send("team@example.org", login="zoe@example.org", subject="second")

    assert mail.subjects("ada@example.org") == ["first", "second"]
    assert mail.subjects("eve@example.org") == ["second"]


def test_a_group_in_a_group_passes_messages_on(mail: MailSystem) -> None:
    add_group(mail.database, "inner@example.org", "ada@example.org")
    add_group(mail.database, "outer@example.org", "inner@example.org", "bob@example.org")
    mail.publish()

    mail.send("outer@example.org", login="zoe@example.org")

    assert len(mail.subjects("ada@example.org")) == len(mail.subjects("bob@example.org")) == 1


def test_somebody_in_several_groups_that_postfix_expands_gets_one_copy(mail: MailSystem) -> None:
    """Also with the direct recipients of the message, whom the LMTP server does not know."""
    add_alias(mail.database, "a@example.org", "ada@example.org")
    members = ("ada@example.org", "bob@example.org")
    add_group(mail.database, "one@example.org", *members, ignore_auto_replies=False)
    members = ("a@example.org", "bob@example.org")
    add_group(mail.database, "two@example.org", *members, ignore_auto_replies=False)
    mail.publish()

    mail.send(["one@example.org", "two@example.org", "a@example.org"], login="zoe@example.org")

    assert len(mail.subjects("ada@example.org")) == len(mail.subjects("bob@example.org")) == 1


def test_a_group_of_1200_gets_a_message_as_a_whole(sink: Sink, mail: MailSystem) -> None:
    people = [f"member{number}@example.net" for number in range(1200)]
    add_group(mail.database, "all@example.org", "ada@example.org", *people)
    mail.publish()

    mail.send("all@example.org", login="zoe@example.org")

    assert sorted(sink.received) == sorted(people)
    assert len(mail.subjects("ada@example.org")) == 1


def test_an_alias_leads_to_its_account(mail: MailSystem) -> None:
    add_alias(mail.database, "a@example.org", "ada@example.org")
    mail.publish()

    mail.send("a@example.org", sender="x@example.net")

    assert len(mail.subjects("ada@example.org")) == 1


@pytest.mark.parametrize("spelling", ["team@grün.example", "team@xn--grn-ioa.example"])
def test_an_international_domain_is_reached_in_both_spellings(
    mail: MailSystem, spelling: str
) -> None:
    add_group(mail.database, "team@grün.example", "jörg@grün.example", posting_policy="anyone")
    mail.publish()

    mail.send(spelling, sender="ada@example.net")

    assert len(mail.subjects("jörg@xn--grn-ioa.example")) == 1


def test_a_slash_in_a_local_part_stays_in_the_mailbox_own_directory(mail: MailSystem) -> None:
    """Otherwise ada/new@ would be delivered among the messages of ada@."""
    add_account(mail.database, "ada/new@example.org")
    mail.publish()

    mail.send("ada/new@example.org", sender="x@example.net")

    assert mail.subjects("ada@example.org") == []
    assert len(list(mailbox_of(mail.postfix.root, "example.org", "ada%2Fnew").iterdir())) == 1


def test_an_account_with_a_plus_sign_is_not_taken_for_a_group_with_an_extension(
    mail: MailSystem,
) -> None:
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="anyone")
    add_account(mail.database, "team+x@example.org")
    mail.publish()

    mail.send("team+x@example.org", sender="x@example.net")

    assert mail.subjects("ada@example.org") == []
    assert len(mail.subjects("team+x@example.org")) == 1


def test_an_account_that_left_gets_nothing_more_and_is_unknown(mail: MailSystem) -> None:
    add_alias(mail.database, "z@example.org", "zoe@example.org")
    add_group(mail.database, "team@example.org", "ada@example.org", "z@example.org")
    mail.publish()
    add_account(mail.database, "zoe@example.org", active=False)
    mail.publish()

    mail.send("team@example.org", login="bob@example.org")

    assert len(mail.subjects("ada@example.org")) == 1
    for address in ("zoe@example.org", "z@example.org"):
        code, text = mail.rcpt(address, sender="x@example.net")
        assert (code, text.split()[0]) == (550, "5.1.1")
    assert not mailbox_of(mail.postfix.root, "example.org", "zoe").exists()


def test_a_deleted_group_is_unknown(mail: MailSystem) -> None:
    group = add_group(mail.database, "team@example.org", "ada@example.org")
    mail.publish()
    delete_for_good(mail.database, group.uuid)
    mail.publish()

    code, text = mail.rcpt("team@example.org", sender="x@example.net")

    assert (code, text.split()[0]) == (550, "5.1.1")


def test_a_running_publisher_brings_a_change_to_the_next_message(mail: MailSystem) -> None:
    with following(mail.core):
        group = add_group(
            mail.database, "team@example.org", "ada@example.org", ignore_auto_replies=False
        )
        for name in ("bob", "eve"):
            members.add_members(mail.database, OPERATOR, group.uuid, [f"{name}@example.org"])
            wait_for(partial(answers, mail, "team@example.org", f"{name}@example.org"))
            mail.send("team@example.org", login="zoe@example.org", subject=f"with {name}")

    assert mail.subjects("ada@example.org") == ["with bob", "with eve"]
    assert mail.subjects("eve@example.org") == ["with eve"]


def answers(mail: MailSystem, key: str, part: str) -> bool:
    """Whether the published alias has this in its answer."""
    return part in (mail.look_up("virtual_alias", key) or "")
