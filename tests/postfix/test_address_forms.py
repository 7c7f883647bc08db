"""No way of writing an address leads past a group's policy."""

import smtplib

import pytest

from tests.directories import add_accounts, add_group
from tests.postfix.conftest import MailSystem
from tests.servers.program import wait_for

# What reaches example.org's "board" in some mail system or other.
FORMS = [
    "board@example.org",
    "BOARD@Example.ORG",
    "board@example.org.",
    "board+x@example.org",
    "Board+x+y@example.org.",
    '"board"@example.org',
    '"board+x"@example.org',
    "example.org!board",
    "board%example.org",
    "board%example.org@example.org",
    "example.org!board@example.org",
    "board",
    "@example.net,@example.com:board@example.org",
    "@example.org:board@example.org",
    "board@[127.0.0.1]",
    "board@example.org@example.org",
    "board @example.org",
    "(comment)board@example.org",
    "board(comment)@example.org",
    "board@ｅxample.org",
    "ｂoard@example.org",
    "board@example。org",
]


@pytest.fixture
def board(mail: MailSystem) -> MailSystem:
    """A mail system with a group that only ada may write to, and that bob reads."""
    add_group(
        mail.database,
        "board@example.org",
        "bob@example.org",
        posting_policy="allowed_senders",
        allowed_senders=["ada@example.org"],
    )
    mail.publish()
    return mail


@pytest.mark.parametrize("login", [None, "eve@example.org"])
def test_no_form_of_the_address_gets_somebody_in_who_may_not_post(
    board: MailSystem, login: str | None
) -> None:
    for form in FORMS:
        with board.client(login) as client:
            client.command_encoding = "utf-8"
            client.mail(login or "x@example.net", ["SMTPUTF8"])
            code, _ = client.docmd(f"RCPT TO:<{form}>")
            if code == 250:
                assert client.data(f"Subject: {form.encode()!a}\r\n\r\nHi\r\n")[0] == 250

    wait_for(board.postfix.queue_is_empty, timeout=30)
    assert board.subjects("bob@example.org") == []


@pytest.mark.parametrize("form", ["BOARD@Example.ORG", "board@example.org.", "board+x@example.org"])
def test_who_may_post_may_use_any_spelling(board: MailSystem, form: str) -> None:
    board.send(form, login="ada@example.org")
    assert len(board.subjects("bob@example.org")) == 1


def test_a_domain_that_postfix_folds_into_another_is_seen_as_that_one(
    configured: MailSystem, request: pytest.FixtureRequest
) -> None:
    """Postfix takes ß for ss, IDNA does not: the policy must see what Postfix will look up."""
    add_accounts(configured.database, ["kim"], domain="strasse.example")
    mail: MailSystem = request.getfixturevalue("mail")
    add_group(
        mail.database, "board@strasse.example", "kim@strasse.example", posting_policy="members"
    )
    mail.publish()

    code, text = mail.rcpt("board@straße.example", sender="x@example.net")

    assert (code, text.split()[0]) == (550, "5.7.2")


def test_mail_from_sendmail_does_not_slip_past_the_policy(board: MailSystem) -> None:
    board.sendmail("ada@example.org", "board@example.org")
    board.sendmail("ada@example.org", "bob@example.org")

    wait_for(lambda: "status=deferred (the group was not expanded)" in board.postfix.log())
    wait_for(lambda: board.subjects("bob@example.org"))
    assert board.subjects("bob@example.org") == ["from a program"]


def test_a_bare_name_is_refused_by_postfix_itself(board: MailSystem) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        board.send("board", login="eve@example.org")
    code, text = refusal.value.recipients["board"]
    assert (code, text.split()[0]) == (504, b"5.5.2")
