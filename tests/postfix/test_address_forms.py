"""No way of writing an address leads past a group's policy."""

import smtplib
from collections.abc import Iterable

import pytest

from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.postfix.conftest import MailSystem
from tests.postfix.odd_recipients import LOCAL_PARTS, odd_recipients
from tests.servers.postfix import PrivatePostfix
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
    "board+@example.org",
    "board+.@example.org",
    "board+x.@example.org",
    "board+x..y@example.org",
    f"board+{'x' * 80}@example.org",
    f"board+{'x' * 900}@example.org",
    f"BOARD+{'x' * 80}@example.org.",
    '"board+ "@example.org',
    '"board+x y"@example.org',
    '"board+\\""@example.org',
    '"board+\\\\"@example.org',
    '"board+(x)"@example.org',
    '"board+<x>"@example.org',
    '"board+,;:[]"@example.org',
    '"board+\x01\x1b\x7f"@example.org',
    '"board+a@b"@example.org',
    '"board+a%b"@example.org',
    "board+a%b@example.org",
    "board+a!b@example.org",
    "board+\u200b@example.org",
    "board+\u0378@example.org",
    "board+＋@example.org",
    "board+\udcff@example.org",
    '"@example.net:board"@example.org',
    '"@example.net:board@example.org"',
    "@example.net:@example.com:board@example.org",
    '"board@example.org"@[127.0.0.1]',
    '"board@example.org"@mail.example.org',
    "board@example.org@mail.example.org",
    "board@example.org(comment)",
    "board@exam\\ple.org",
    "board@exam\\\\ple.org",
    'board@"example.org"',
    "board@example.org..",
]

# Names that are something special to Postfix.
RESERVED = ["postmaster", "mailer-daemon", "double-bounce", "owner-list", "list-request"]


@pytest.fixture(autouse=True)
def patience(postfix: PrivatePostfix) -> None:
    """Let a client be refused as often as it likes."""
    limits = ("smtpd_soft_error_limit", "smtpd_hard_error_limit", "smtpd_junk_command_limit")
    postfix.main_cf |= dict.fromkeys(limits, "10000")


@pytest.fixture
def board(mail: MailSystem) -> MailSystem:
    """A mail system with a group that only ada may write to, and that bob reads."""
    add_closed_group(mail, "board@example.org")
    mail.publish()
    return mail


def add_closed_group(mail: MailSystem, address: str, **values: object) -> None:
    """Create a group that only ada may write to, and that bob reads."""
    add_group(
        mail.database,
        address,
        "bob@example.org",
        posting_policy="allowed_senders",
        allowed_senders=["ada@example.org"],
        moderators=["ada@example.org"],
        **values,
    )


def try_all(mail: MailSystem, recipients: Iterable[bytes], login: str | None) -> None:
    """Send a message to each recipient that is accepted, and wait until all are delivered."""
    sender = login or "x@example.net"
    with mail.client(login) as client:
        for recipient in recipients:
            assert client.docmd(f"MAIL FROM:<{sender}> SMTPUTF8")[0] == 250
            client.send(b"RCPT TO:<" + recipient + b">\r\n")
            if client.getreply()[0] == 250:
                assert client.data(b"Subject: odd\r\n\r\nHi\r\n")[0] == 250
            assert client.rset()[0] == 250
    wait_for(mail.postfix.queue_is_empty, timeout=30)


@pytest.mark.parametrize("login", [None, "eve@example.org"])
def test_no_form_of_the_address_gets_somebody_in_who_may_not_post(
    board: MailSystem, login: str | None
) -> None:
    try_all(board, [form.encode(errors="surrogateescape") for form in FORMS], login)
    assert board.subjects("bob@example.org") == []


@pytest.mark.parametrize("login", [None, "eve@example.org"])
def test_no_odd_octets_get_somebody_in_who_may_not_post(
    mail: MailSystem, login: str | None
) -> None:
    names = {name.decode().casefold() for name in LOCAL_PARTS if name.isalnum() and name.isascii()}
    for name in sorted({*names, *RESERVED, "jörg", "strasse"} - {"ada", "nobody"}):
        add_closed_group(mail, f"{name}@example.org")
    mail.publish()

    try_all(mail, odd_recipients(seed=1000, count=600), login)

    assert mail.subjects("bob@example.org") == []


@pytest.mark.parametrize("login", [None, "eve@example.org"])
@pytest.mark.parametrize("name", RESERVED)
def test_names_that_postfix_treats_specially_are_closed_like_others(
    postfix: PrivatePostfix, request: pytest.FixtureRequest, login: str | None, name: str
) -> None:
    # Where Debian's own main.cf has the name of the mail domain.
    postfix.main_cf["myorigin"] = "example.org"
    mail: MailSystem = request.getfixturevalue("mail")
    add_closed_group(mail, f"{name}@example.org")
    mail.publish()

    forms = [
        name,
        name.upper(),
        f"{name}+x",
        f"@example.org:{name}",
        f"{name}@",
        f"{name}@localhost",
    ]
    try_all(mail, [f.encode() for form in forms for f in (form, f"{form}@example.org")], login)

    assert mail.subjects("bob@example.org") == []


def test_what_is_not_understood_is_refused_for_now(board: MailSystem) -> None:
    for form in ('"board+a@b"@example.org', '"board@example.org"@[127.0.0.1]'):
        code, text = board.rcpt(form, login="eve@example.org")
        assert (code, text.split()[0]) == (451, "4.3.5")
        assert text.endswith("the address cannot be parsed")


def test_strangers_still_reach_accounts_with_any_extension(mail: MailSystem) -> None:
    for extension in (".", "x" * 80, "x..y"):
        mail.send(f"bob+{extension}@example.org", sender="x@example.net")
    assert len(mail.subjects("bob@example.org")) == 3


@pytest.mark.parametrize(
    "switches",
    [{}, {"disabled": True}, {"moderated": True}],
    ids=["closed", "disabled", "moderated"],
)
def test_what_has_a_plus_sign_is_reached_beside_the_group_without(
    mail: MailSystem, switches: dict[str, bool]
) -> None:
    add_closed_group(mail, "team@example.org", **switches)
    add_account(mail.database, "team+account@example.org")
    add_alias(mail.database, "team+alias@example.org", "eve@example.org")
    add_group(mail.database, "team+open@example.org", "zoe@example.org", posting_policy="anyone")
    mail.publish()

    for name in ("account", "alias", "open"):
        mail.send(f"Team+{name}@example.org", sender="x@example.net")

    for address in ("team+account@example.org", "eve@example.org", "zoe@example.org"):
        assert len(mail.subjects(address)) == 1
    assert mail.rcpt("team+other@example.org", sender="x@example.net")[0] in {450, 550}
    assert mail.subjects("bob@example.org") == []


@pytest.mark.parametrize(
    "form",
    [
        "BOARD@Example.ORG",
        "board@example.org.",
        "board+x@example.org",
        "board+.@example.org",
        f"board+{'x' * 80}@example.org",
        '"board+x y"@example.org',
    ],
)
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


def test_a_group_with_a_plus_sign_takes_no_mail_from_sendmail_that_its_base_would(
    mail: MailSystem,
) -> None:
    add_alias(mail.database, "a@example.org", "ada@example.org")
    add_group(mail.database, "a+group@example.org", "bob@example.org")
    add_account(mail.database, "a+account@example.org")
    mail.publish()

    mail.sendmail("ada@example.org", "a+group@example.org")
    mail.sendmail("ada@example.org", "a+account@example.org")

    wait_for(lambda: "ada@example.org must sign in to send to this group" in mail.postfix.log())
    wait_for(lambda: mail.subjects("a+account@example.org"))
    assert mail.subjects("ada@example.org") == []


def test_mail_from_sendmail_does_not_slip_past_the_policy(board: MailSystem) -> None:
    board.sendmail("ada@example.org", "board@example.org")
    board.sendmail("ada@example.org", "bob@example.org")

    wait_for(lambda: "ada@example.org must sign in to send to this group" in board.postfix.log())
    wait_for(lambda: board.subjects("bob@example.org"))
    assert board.subjects("bob@example.org") == ["from a program"]


def test_a_bare_name_is_refused_by_postfix_itself(board: MailSystem) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        board.send("board", login="eve@example.org")
    code, text = refusal.value.recipients["board"]
    assert (code, text.split()[0]) == (504, b"5.5.2")
