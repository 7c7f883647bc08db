"""Groups that take no mail now: refused early, and never delivered anywhere if they were not."""

import re

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups import remove_group
from contactsgroups.services.groups.deleted_groups import release_address
from tests.directories import add_account, add_group, delete_for_good
from tests.postfix.conftest import MailSystem, Sink, switch
from tests.servers.program import wait_for

MAILBOX_UNAVAILABLE = "Recipient address rejected: mailbox unavailable"
UNAVAILABLE = "Recipient address rejected: group policy unavailable"


def deferred(mail: MailSystem, status: str) -> set[str]:
    """The recipients that Postfix has put off so far, with this status (RFC 3463)."""
    pattern = rf"to=<([^>]*)>.* dsn={re.escape(status)}, status=deferred"
    return set(re.findall(pattern, mail.postfix.log()))


def test_a_disabled_group_is_refused_for_good(mail: MailSystem) -> None:
    group = add_group(mail.database, "team@example.org", "ada@example.org")
    switch(mail.database, group, disabled=True)
    mail.publish()

    reply = mail.rcpt("team@example.org", login="ada@example.org")

    assert reply == (550, f"5.2.1 <team@example.org>: {MAILBOX_UNAVAILABLE}")


@pytest.mark.parametrize("recipient", ["team@example.org", "team+x@example.org"])
def test_a_deleted_group_is_refused_for_good(mail: MailSystem, recipient: str) -> None:
    group = add_group(mail.database, "team@example.org", "ada@example.org")
    remove_group(mail.database, OPERATOR, group.uuid)
    mail.publish()

    reply = mail.rcpt(recipient, login="ada@example.org")

    assert reply == (550, f"5.2.1 <{recipient}>: {MAILBOX_UNAVAILABLE}")


def test_an_empty_group_is_refused_for_good(mail: MailSystem) -> None:
    add_account(mail.database, "kim@example.org", department="Sales")
    add_group(
        mail.database, "sales@example.org", kind="department", department="Sales", members=None
    )
    add_account(mail.database, "kim@example.org", active=False, department="Sales")
    mail.publish()

    reply = mail.rcpt("sales@example.org", login="ada@example.org")

    assert reply == (550, f"5.2.1 <sales@example.org>: {MAILBOX_UNAVAILABLE}")


def test_a_moderated_group_takes_messages(mail: MailSystem) -> None:
    group = add_group(mail.database, "team@example.org", "ada@example.org")
    switch(mail.database, group, moderated=True)
    mail.publish()

    assert mail.rcpt("team@example.org", login="ada@example.org")[0] == 250


def test_without_the_service_mail_to_groups_waits_and_all_other_arrives(
    configured: MailSystem,
) -> None:
    add_group(configured.database, "open@example.org", "ada@example.org", posting_policy="anyone")
    off = add_group(configured.database, "off@example.org", "ada@example.org")
    switch(configured.database, off, disabled=True)
    configured.publish()
    configured.postfix.start()

    for address in ("open@example.org", "open+x@example.org", "off@example.org"):
        code, text = configured.rcpt(address, sender="x@example.net")
        assert (code, text) == (451, f"4.3.5 <{address}>: {UNAVAILABLE}")
    configured.send("bob@example.org", sender="x@example.net")
    assert len(configured.subjects("bob@example.org")) == 1


def test_nothing_is_refused_for_good_that_is_not_published_yet(mail: MailSystem) -> None:
    """The database already says otherwise; the maps do not expand the group."""
    group = add_group(mail.database, "team@example.org", "ada@example.org")
    switch(mail.database, group, disabled=True)
    mail.publish()
    switch(mail.database, group, disabled=False)
    assert mail.rcpt("team@example.org", login="bob@example.org")[0] == 450
    mail.publish()
    assert mail.rcpt("team@example.org", login="bob@example.org")[0] == 250


def test_nothing_reaches_a_group_that_is_disabled_but_not_published_yet(mail: MailSystem) -> None:
    group = add_group(mail.database, "team@example.org", "ada@example.org")
    mail.publish()
    switch(mail.database, group, disabled=True)
    assert mail.rcpt("team@example.org", login="bob@example.org")[0] == 550


def test_an_address_that_is_no_group_any_more_waits_until_that_is_published(
    mail: MailSystem,
) -> None:
    group = add_group(mail.database, "team@example.org", "ada@example.org")
    mail.publish()
    delete_for_good(mail.database, group.uuid)
    assert mail.rcpt("team+1@example.org", login="bob@example.org")[0] == 451
    add_account(mail.database, "team@example.org")
    # Under another address: smtpd(8) remembers each one's transport for as long as it lives.
    assert mail.rcpt("team+2@example.org", login="bob@example.org")[0] == 451
    mail.publish()
    mail.send("team@example.org", login="bob@example.org")
    assert mail.subjects("ada@example.org") == []
    assert len(mail.subjects("team@example.org")) == 1


def test_a_group_that_is_enabled_again_is_delivered(mail: MailSystem) -> None:
    group = add_group(mail.database, "team@example.org", "ada@example.org")
    switch(mail.database, group, disabled=True)
    mail.publish()
    switch(mail.database, group, disabled=False)
    mail.publish()

    mail.send("team@example.org", login="bob@example.org")

    assert len(mail.subjects("ada@example.org")) == 1


def test_a_disabled_group_does_not_fall_to_a_catch_all(configured: MailSystem) -> None:
    group = add_group(configured.database, "team@example.org", "ada@example.org")
    switch(configured.database, group, disabled=True)
    configured.publish()
    catch_all = configured.postfix.write_table("catch_all", {"@example.org": "eve@example.org"})
    configured.postfix.main_cf["virtual_alias_maps"] += f", {catch_all}"
    configured.postfix.main_cf["smtpd_recipient_restrictions"] = ""
    configured.postfix.start()

    configured.send("team@example.org", sender="")
    configured.send("nobody@example.org", sender="", subject="caught")

    assert configured.subjects("eve@example.org") == ["caught"]
    assert "dsn=5.2.1, status=bounced (mailbox unavailable)" in configured.postfix.log()


def test_a_deleted_group_does_not_fall_to_a_catch_all_until_its_address_is_released(
    configured: MailSystem,
) -> None:
    group = add_group(configured.database, "team@example.org", "ada@example.org")
    remove_group(configured.database, OPERATOR, group.uuid)
    configured.publish()
    catch_all = configured.postfix.write_table("catch_all", {"@example.org": "eve@example.org"})
    configured.postfix.main_cf["virtual_alias_maps"] += f", {catch_all}"
    configured.postfix.main_cf["smtpd_recipient_restrictions"] = ""
    configured.postfix.start()

    configured.send("team@example.org", sender="")
    assert configured.subjects("eve@example.org") == []
    release_address(configured.database, OPERATOR, group.uuid)
    configured.publish()
    configured.send("team@example.org", sender="", subject="caught")

    assert configured.subjects("eve@example.org") == ["caught"]
    assert "dsn=5.2.1, status=bounced (mailbox unavailable)" in configured.postfix.log()


def test_without_any_check_at_rcpt_mail_to_a_moderated_group_still_waits_for_a_decision(
    configured: MailSystem,
) -> None:
    group = add_group(configured.database, "team@example.org", "ada@example.org")
    switch(configured.database, group, moderated=True)
    add_group(configured.database, "outer@example.org", "team@example.org", "bob@example.org")
    configured.publish()
    configured.postfix.main_cf["smtpd_recipient_restrictions"] = ""
    configured.postfix.start()

    with configured.client() as client:
        recipients = ["team@example.org", "team+x@example.org", "outer@example.org"]
        client.sendmail("x@example.net", recipients, b"Subject: hello\r\n\r\nHello\r\n")

    # No LMTP server runs, which would decide.
    wait_for(lambda: deferred(configured, "4.4.1") >= {"team@example.org", "outer@example.org"})
    assert not list((configured.postfix.root / "mail").rglob("new/*"))
    assert not configured.postfix.queue_is_empty()


def test_an_external_sender_of_a_disabled_group_causes_no_delivery_outside(
    sink: Sink, mail: MailSystem
) -> None:
    group = add_group(mail.database, "team@example.org", "x@example.net")
    switch(mail.database, group, disabled=True)
    mail.publish()

    assert mail.rcpt("team@example.org", sender="y@example.net")[0] == 550
    assert sink.received == []
