"""Who may post: Postfix asks the policy service, and its answer stands."""

import smtplib

import pytest

from contactsgroups.delivery.policy import PolicyServer
from tests.directories import add_accounts, add_alias, add_group
from tests.postfix.conftest import MailSystem

NOT_PERMITTED = (550, "5.7.2")
ACCEPTED = (250, "2.1.5")


def verdict(
    mail: MailSystem, sender: str = "", login: str | None = None, to: str = "team@example.org"
) -> tuple[int, str]:
    code, text = mail.rcpt(to, sender=sender, login=login)
    return code, text.split()[0]


def test_a_group_for_the_same_domain_takes_mail_of_those_who_signed_in(mail: MailSystem) -> None:
    add_accounts(mail.database, ["kim"], domain="example.com")
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="same_domain")
    mail.publish()

    assert verdict(mail, login="eve@example.org") == ACCEPTED
    assert verdict(mail, login="kim@example.com") == NOT_PERMITTED
    assert verdict(mail, sender="x@example.net") == NOT_PERMITTED


def test_a_group_for_members_takes_mail_of_members_only(mail: MailSystem) -> None:
    add_group(
        mail.database,
        "team@example.org",
        "ada@example.org",
        "x@example.net",
        posting_policy="members",
    )
    mail.publish()

    assert verdict(mail, login="ada@example.org") == ACCEPTED
    assert verdict(mail, sender="x@example.net") == ACCEPTED
    assert verdict(mail, login="eve@example.org") == NOT_PERMITTED
    assert verdict(mail, sender="y@example.net") == NOT_PERMITTED


def test_a_group_for_anyone_takes_mail_of_strangers(mail: MailSystem) -> None:
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="anyone")
    mail.publish()

    assert verdict(mail, sender="x@example.net") == ACCEPTED
    assert verdict(mail, sender='"quoted sender"@example.net') == ACCEPTED


def test_a_group_for_allowed_senders_takes_mail_of_those(mail: MailSystem) -> None:
    add_alias(mail.database, "a@example.org", "ada@example.org")
    add_group(
        mail.database,
        "team@example.org",
        "bob@example.org",
        posting_policy="allowed_senders",
        allowed_senders=["ada@example.org", "x@example.net"],
    )
    mail.publish()

    assert verdict(mail, login="ada@example.org") == ACCEPTED
    assert verdict(mail, sender="a@example.org", login="ada@example.org") == ACCEPTED
    assert verdict(mail, sender="x@example.net") == ACCEPTED
    assert verdict(mail, login="bob@example.org") == NOT_PERMITTED


def test_a_group_that_ignores_automatic_replies_refuses_the_null_sender(mail: MailSystem) -> None:
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="anyone")
    add_group(
        mail.database,
        "open@example.org",
        "ada@example.org",
        posting_policy="anyone",
        ignore_auto_replies=False,
    )
    mail.publish()

    assert verdict(mail, sender="") == NOT_PERMITTED
    assert verdict(mail, sender="", to="open@example.org") == ACCEPTED


def test_an_open_group_is_no_way_into_a_restricted_one(mail: MailSystem) -> None:
    add_group(mail.database, "board@example.org", "ada@example.org", posting_policy="members")
    add_group(mail.database, "team@example.org", "board@example.org", posting_policy="anyone")
    mail.publish()

    assert verdict(mail, login="eve@example.org") == NOT_PERMITTED
    assert verdict(mail, login="ada@example.org") == ACCEPTED


def test_an_address_of_ours_may_not_be_used_without_its_login(mail: MailSystem) -> None:
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="members")
    mail.publish()

    forged = mail.rcpt("team@example.org", sender="ada@example.org")
    borrowed = mail.rcpt("team@example.org", sender="ada@example.org", login="eve@example.org")

    assert (forged[0], forged[1].split()[0]) == (553, "5.7.1")
    assert (borrowed[0], borrowed[1].split()[0]) == (553, "5.7.1")


def test_a_machine_of_ours_is_believed_without_a_login(
    configured: MailSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """XCLIENT lets the test's client appear in the trusted network."""
    configured.postfix.main_cf["smtpd_authorized_xclient_hosts"] = "127.0.0.1"
    add_group(configured.database, "team@example.org", "ada@example.org", posting_policy="members")
    configured.publish()
    configured.postfix.start()

    with PolicyServer(configured.core), configured.client() as client:
        assert client.docmd("XCLIENT ADDR=192.0.2.7 NAME=web.example.org")[0] == 220
        client.ehlo()
        client.mail("ada@example.org")
        assert client.rcpt("team@example.org")[0] == 250
        client.rset()
        client.mail("eve@example.org")
        assert client.rcpt("team@example.org")[0] == 550


def test_nobody_gets_in_while_the_policy_service_is_down(configured: MailSystem) -> None:
    add_group(configured.database, "team@example.org", "ada@example.org", posting_policy="anyone")
    configured.publish()
    configured.postfix.start()

    down = configured.rcpt("team@example.org", sender="x@example.net")
    with PolicyServer(configured.core):
        up = configured.rcpt("team@example.org", sender="x@example.net")

    assert down[0] == 451
    assert down[1].startswith("4.3.5")
    assert up[0] == 250


def test_a_missing_database_defers_instead_of_opening(mail: MailSystem) -> None:
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="anyone")
    mail.publish()
    with mail.database.write() as session:
        from sqlalchemy import text

        session.execute(text("ALTER TABLE contactsgroups_group_roles RENAME TO moved"))

    assert verdict(mail, sender="x@example.net") == (451, "4.3.5")


def test_only_the_refused_recipient_of_a_message_is_refused(mail: MailSystem) -> None:
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="members")
    mail.publish()

    with mail.client() as client:
        refused = client.sendmail(
            "x@example.net", ["team@example.org", "eve@example.org"], b"Subject: hi\r\n\r\nHi\r\n"
        )

    assert list(refused) == ["team@example.org"]


def test_groups_are_looked_up_first(mail: MailSystem) -> None:
    """A permit_... before it would be a way past it; see docs/postfix.md."""
    restrictions = mail.postfix.main_cf["smtpd_recipient_restrictions"]
    first, second = restrictions.split(",")[:2]
    assert first == "reject_non_fqdn_recipient"
    assert second.strip().startswith("check_recipient_access")


def test_the_shipped_fragments_parse_without_a_complaint(mail: MailSystem) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail.send("nobody@example.org", sender="x@example.net")
    log = mail.postfix.log()
    assert "warning" not in log, log
    assert "fatal" not in log, log
