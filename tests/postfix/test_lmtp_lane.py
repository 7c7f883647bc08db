"""The LMTP lane: of groups that ignore automatic replies, each message is looked at first."""

import re
import smtplib
from collections.abc import Callable

import pytest
from sqlalchemy import text

from contactsgroups.delivery.lmtp import LMTPServer
from contactsgroups.delivery.policy import PolicyServer
from contactsgroups.domain.message_header import LOOP_FIELD, read_fields
from contactsgroups.persistence import Database
from tests.directories import add_alias, add_group
from tests.postfix.conftest import MailSystem, Sink, mailbox_of, switch
from tests.servers.program import free_port, wait_for

ORDINARY = b"From: Zoe <zoe@example.org>\r\nSubject: hello\r\n\r\nHello\r\n"
AUTOMATIC = b"Auto-Submitted: auto-replied\r\n" + ORDINARY


def send(
    mail: MailSystem, content: bytes, *recipients: str, login: str = "zoe@example.org"
) -> None:
    """Send a message as it is, and wait until Postfix has done with it."""
    hand_over(mail, content, *recipients, login=login)
    wait_for(mail.postfix.queue_is_empty)


def hand_over(
    mail: MailSystem, content: bytes, *recipients: str, login: str = "zoe@example.org"
) -> None:
    with mail.client(login) as client:
        client.sendmail(login, list(recipients), content, ["BODY=8BITMIME"])


def copies(mail: MailSystem, name: str) -> list[bytes]:
    """The messages of an account of example.org, as the octets of their files."""
    files = mailbox_of(mail.postfix.root, "example.org", name).glob("*")
    return [file.read_bytes() for file in files]


def deferred(mail: MailSystem, code: str) -> Callable[[], bool]:
    """Whether Postfix has put a message off so far, with this status (RFC 3463)."""
    pattern = rf"relay=.*lmtp.* dsn={re.escape(code)}, status=deferred"
    return lambda: re.search(pattern, mail.postfix.log()) is not None


def test_an_ordinary_message_reaches_each_member_once(sink: Sink, mail: MailSystem) -> None:
    add_group(
        mail.database, "team@example.org", "ada@example.org", "zoe@example.org", "x@example.net"
    )
    mail.publish()

    send(mail, ORDINARY, "team@example.org")

    assert len(copies(mail, "ada")) == len(copies(mail, "zoe")) == 1
    assert sink.received == ["x@example.net"]
    assert re.search(r"to=<team@example.org>, relay=.*lmtp.*status=sent", mail.postfix.log())


def test_an_automatic_reply_reaches_nobody_but_the_other_recipients(
    sink: Sink, mail: MailSystem
) -> None:
    add_group(mail.database, "team@example.org", "ada@example.org", "x@example.net")
    add_group(mail.database, "open@example.org", "bob@example.org", ignore_auto_replies=False)
    mail.publish()

    send(mail, AUTOMATIC, "team@example.org", "eve@example.org", "open@example.org")

    assert copies(mail, "ada") == sink.received == []
    assert len(copies(mail, "eve")) == len(copies(mail, "bob")) == 1


def test_a_group_inside_that_ignores_automatic_replies_keeps_them_from_the_whole(
    mail: MailSystem,
) -> None:
    add_group(mail.database, "inner@example.org", "ada@example.org")
    add_group(
        mail.database,
        "outer@example.org",
        "inner@example.org",
        "bob@example.org",
        ignore_auto_replies=False,
    )
    mail.publish()

    send(mail, AUTOMATIC, "outer@example.org")
    send(mail, ORDINARY, "outer@example.org")

    assert len(copies(mail, "ada")) == len(copies(mail, "bob")) == 1


def test_a_message_stays_as_it_is_octet_for_octet(mail: MailSystem) -> None:
    """So that DKIM signatures stay valid."""
    add_group(mail.database, "team@example.org", "ada@example.org")
    mail.publish()
    content = (
        b"DKIM-Signature: v=1; a=rsa-sha256;\r\n\tb=abc\r\n def\r\n"
        b"from:Zoe  <zoe@example.org>\r\nSubject: a\r\n  folded   one\r\n"
        b"X-Odd:\xc3\xa4 \r\nMessage-ID: <a@b>\r\nDate: Fri, 27 Nov 2026 10:00:00 +0000\r\n\r\n"
        b".dots\r\n..\r\n" + b"long " * 1000 + b"\r\n\xff\xfe \xc3\xa9 \t\r\n\r\n\r\n"
    )

    send(mail, content, "team@example.org")

    (copy,) = copies(mail, "ada")
    added = copy.removesuffix(content.replace(b"\r\n", b"\n"))
    assert added != copy
    names = {each.encode() for each, _ in read_fields(added)}
    assert names == {b"Return-Path", b"Delivered-To", b"Received", LOOP_FIELD.encode()}
    assert b"Return-Path: <zoe@example.org>\n" in added


def test_a_member_of_several_groups_gets_one_copy_of_a_message(mail: MailSystem) -> None:
    add_group(mail.database, "one@example.org", "ada@example.org", "bob@example.org")
    add_group(mail.database, "two@example.org", "ada@example.org", "eve@example.org")
    mail.publish()

    send(mail, ORDINARY, "one@example.org", "two@example.org", "one+x@example.org")

    for name in ("ada", "bob", "eve"):
        assert len(copies(mail, name)) == 1


def test_a_loop_ends_at_the_group_that_it_comes_back_to(mail: MailSystem) -> None:
    """A mailbox that forwards to the group that it got the message from."""
    add_group(mail.database, "team@example.org", "ada@example.org", "bob@example.org")
    add_group(mail.database, "other@example.org", "eve@example.org")
    mail.publish()
    send(mail, ORDINARY, "team@example.org")
    (copy,) = copies(mail, "bob")

    forwarded = copy.replace(b"\n", b"\r\n")
    send(mail, forwarded, "team@example.org", "other@example.org")

    assert len(copies(mail, "ada")) == len(copies(mail, "bob")) == 1
    assert len(copies(mail, "eve")) == 1


def test_a_login_counts_when_the_lmtp_server_decides(mail: MailSystem) -> None:
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="members")
    mail.publish()

    send(mail, ORDINARY, "team@example.org", login="ada@example.org")

    assert len(copies(mail, "ada")) == 1


def test_an_alias_of_the_operator_is_no_way_into_a_restricted_group(
    configured: MailSystem,
) -> None:
    """The policy service has not seen the group's address, so the sender has no evidence."""
    add_group(configured.database, "team@example.org", "ada@example.org", posting_policy="members")
    add_group(configured.database, "open@example.org", "bob@example.org", posting_policy="anyone")
    configured.publish()
    table = {"list@example.org": "team@example.org", "all@example.org": "open@example.org"}
    own = configured.postfix.write_table("own", table)
    configured.postfix.main_cf["virtual_alias_maps"] += f", {own}"
    configured.postfix.start()

    with PolicyServer(configured.core), LMTPServer(configured.core), configured.client() as client:
        client.sendmail("x@example.net", ["list@example.org", "all@example.org"], ORDINARY)
        wait_for(deferred(configured, "4.7.2"))
        wait_for(lambda: copies(configured, "bob"))

    assert copies(configured, "ada") == []


def test_a_program_reaches_a_group_that_is_open_to_it(mail: MailSystem) -> None:
    """By sendmail(1): on both lanes, as a sender without a login."""
    for name, ignoring in (("team", True), ("native", False)):
        add_group(
            mail.database,
            f"{name}@example.org",
            "ada@example.org",
            posting_policy="anyone",
            ignore_auto_replies=ignoring,
        )
    add_group(mail.database, "closed@example.org", "bob@example.org", posting_policy="members")
    mail.publish()

    mail.sendmail("ada@example.org", "team@example.org")
    mail.sendmail("ada@example.org", "native+x@example.org")
    mail.sendmail("bob@example.org", "closed@example.org")

    wait_for(lambda: len(copies(mail, "ada")) == 2)
    wait_for(deferred(mail, "4.7.2"))
    assert copies(mail, "bob") == []


def test_what_comes_while_the_lmtp_server_is_down_arrives_when_it_is_up(
    configured: MailSystem,
) -> None:
    """Who signed in is known then, too."""
    add_group(configured.database, "team@example.org", "ada@example.org", posting_policy="members")
    configured.publish()
    configured.postfix.start()

    with PolicyServer(configured.core):
        hand_over(configured, ORDINARY, "team@example.org", login="ada@example.org")
        wait_for(lambda: "status=deferred" in configured.postfix.log())
    with LMTPServer(configured.core):
        wait_for(lambda: copies(configured, "ada"))
        wait_for(configured.postfix.queue_is_empty)

    assert len(copies(configured, "ada")) == 1


def test_what_comes_while_the_database_is_away_arrives_when_it_is_back(mail: MailSystem) -> None:
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="anyone")
    mail.publish()
    rename(mail.database, "contactsgroups_group_roles", "moved")

    mail.sendmail("x@example.net", "team@example.org")
    wait_for(deferred(mail, "4.3.5"))
    assert copies(mail, "ada") == []
    rename(mail.database, "moved", "contactsgroups_group_roles")

    wait_for(mail.postfix.queue_is_empty)
    assert len(copies(mail, "ada")) == 1


def rename(database: Database, name: str, other: str) -> None:
    with database.write() as session:
        session.execute(text(f"ALTER TABLE {name} RENAME TO {other}"))


def test_copies_that_postfix_does_not_take_are_taken_later(
    configured: MailSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_group(configured.database, "team@example.org", "ada@example.org")
    configured.publish()
    configured.postfix.start()
    with PolicyServer(configured.core):
        with monkeypatch.context() as changed:
            place = f"127.0.0.1:{free_port()}"
            changed.setattr(
                "contactsgroups.delivery.lmtp_distribution.reinjection_place",
                lambda _: ("127.0.0.1", int(place.rpartition(":")[2])),
            )
            with LMTPServer(configured.core):
                hand_over(configured, ORDINARY, "team@example.org")
                wait_for(deferred(configured, "4.3.0"))
        with LMTPServer(configured.core):
            wait_for(configured.postfix.queue_is_empty)

    assert len(copies(configured, "ada")) == 1


def test_an_international_message_stays_one(sink: Sink, mail: MailSystem) -> None:
    add_alias(mail.database, "z@example.org", "zoe@example.org")
    add_group(mail.database, "team@example.org", "ada@example.org", "jörg@grün.example")
    mail.publish()

    content = "From: zoe@example.org\r\nSubject: Grüße\r\n\r\nGrüße\r\n".encode()
    with mail.client("zoe@example.org") as client:
        client.sendmail(
            "zoe@example.org", ["team@example.org"], content, ["SMTPUTF8", "BODY=8BITMIME"]
        )
    wait_for(mail.postfix.queue_is_empty)

    assert len(copies(mail, "ada")) == 1
    assert len(mail.subjects("jörg@xn--grn-ioa.example")) == 1


@pytest.mark.parametrize("ignoring", [True, False])
def test_a_login_counts_although_the_lane_changes_before_that_is_published(
    mail: MailSystem, ignoring: bool
) -> None:
    """The maps still have the other lane, or have it when the message has come in."""
    group = add_group(
        mail.database,
        "team@example.org",
        "ada@example.org",
        "zoe@example.org",
        posting_policy="members",
        ignore_auto_replies=ignoring,
    )
    mail.publish()
    with mail.client("zoe@example.org") as client:
        if ignoring:
            switch(mail.database, group, ignore_auto_replies=False)
        client.mail("zoe@example.org")
        assert client.rcpt("team@example.org")[0] == 250
        if not ignoring:
            switch(mail.database, group, ignore_auto_replies=True)
            mail.publish()
        assert client.data(ORDINARY)[0] == 250
    wait_for(mail.postfix.queue_is_empty)
    assert len(copies(mail, "ada")) == 1


def test_a_program_of_this_machine_does_not_pass_for_who_signed_in_from_it(
    mail: MailSystem,
) -> None:
    """What the LMTP server hands copies back to takes none for a group, from whatever port."""
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="members")
    mail.publish()
    with smtplib.SMTP("127.0.0.1", mail.postfix.reinjection_port, "localhost", 30) as client:
        client.ehlo()
        client.mail("ada@example.org")
        for address in ("team@example.org", "team+x@example.org", "TEAM@example.org."):
            assert client.rcpt(address)[0] == 450
        assert client.rcpt("bob@example.org")[0] == 250
