"""The private Postfix delivers, refuses, and tells what it did."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.servers.postfix import PrivatePostfix
from tests.servers.program import wait_for


def message_to(recipient: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "anna@example.org"
    message["To"] = recipient
    message["Subject"] = "Grüße"
    message.set_content("Hello\n")
    return message


def test_a_message_to_an_alias_reaches_each_of_its_mailboxes(postfix: PrivatePostfix) -> None:
    postfix.add_mailboxes("anna@example.org", "bela@example.org")
    postfix.main_cf["virtual_alias_maps"] = postfix.write_table(
        "aliases", {"team@example.org": "anna@example.org, bela@example.org"}
    )
    postfix.start()

    refused = postfix.send(message_to("team@example.org"), "anna@example.org", ["team@example.org"])

    assert refused == {}
    wait_for(postfix.queue_is_empty)
    for address in ("anna@example.org", "bela@example.org"):
        (message,) = postfix.mailboxes(address)
        assert message["Subject"] == "Grüße"
        assert message["Delivered-To"] == address
    assert "status=sent (delivered to maildir)" in postfix.log()


def test_an_unknown_recipient_is_refused_with_postfix_own_reply(postfix: PrivatePostfix) -> None:
    postfix.add_mailboxes("anna@example.org")
    postfix.start()

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        postfix.send(message_to("x@example.org"), "anna@example.org", ["x@example.org"])

    code, text = refusal.value.recipients["x@example.org"]
    assert (code, text.split()[0]) == (550, b"5.1.1")
    assert postfix.mailboxes("anna@example.org") == []


def test_a_changed_configuration_is_in_force_after_reload(postfix: PrivatePostfix) -> None:
    """Also for daemons that are running: smtpd has refused, cleanup has taken a message."""
    postfix.add_mailboxes("anna@example.org")
    postfix.start()
    postfix.send(message_to("anna@example.org"), "anna@example.org", ["anna@example.org"])
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        postfix.send(message_to("new@example.org"), "anna@example.org", ["new@example.org"])
    postfix.main_cf["virtual_alias_maps"] = postfix.write_table(
        "aliases", {"new@example.org": "anna@example.org"}
    )

    postfix.reload()

    postfix.send(message_to("new@example.org"), "anna@example.org", ["new@example.org"])
    wait_for(postfix.queue_is_empty)
    assert [each["To"] for each in postfix.mailboxes("anna@example.org")] == [
        "anna@example.org",
        "new@example.org",
    ]


def test_looking_into_a_running_postfix_leaves_its_configuration_alone(
    postfix: PrivatePostfix,
) -> None:
    """A daemon may start at this moment; of a file that is being written it would read a part."""
    postfix.add_mailboxes("anna@example.org")
    postfix.start()
    main_cf = postfix.root / "etc" / "main.cf"
    before = main_cf.stat()

    assert postfix.mailboxes("anna@example.org") == []
    assert "texthash" in postfix.table_types()

    assert (main_cf.stat().st_ino, main_cf.stat().st_ctime_ns) == (
        before.st_ino,
        before.st_ctime_ns,
    )


def test_its_daemons_run_in_the_chroot_that_debian_gives_them(postfix: PrivatePostfix) -> None:
    postfix.add_mailboxes("anna@example.org")
    postfix.start()
    postfix.send(message_to("anna@example.org"), "anna@example.org", ["anna@example.org"])

    # A daemon that has just been started enters the chroot a moment later.
    chrooted = {"smtpd", "cleanup", "trivial-rewrite"}
    wait_for(lambda: {postfix.roots_of_daemons().get(name) for name in chrooted} == {postfix.queue})
    assert postfix.roots_of_daemons()["qmgr"] == Path("/")


def test_a_query_tells_a_missing_key_from_a_faulty_table(postfix: PrivatePostfix) -> None:
    aliases = postfix.write_table("aliases", {"team@example.org": "anna@example.org"})

    assert postfix.postmap_query(aliases, "team@example.org") == "anna@example.org"
    assert postfix.postmap_query(aliases, "no@example.org") is None
    with pytest.raises(RuntimeError, match="unsupported dictionary type"):
        postfix.postmap_query("nonsense:table", "team@example.org")


def test_this_postfix_can_read_every_type_of_table_the_product_offers(
    postfix: PrivatePostfix,
) -> None:
    assert {"lmdb", "sqlite", "mysql", "pgsql", "proxy"} <= set(postfix.table_types())


def test_a_stopped_postfix_no_longer_answers(postfix: PrivatePostfix) -> None:
    postfix.start()
    postfix.stop()

    with pytest.raises(OSError, match="refused"):
        postfix.send(message_to("anna@example.org"), "anna@example.org", ["anna@example.org"])
