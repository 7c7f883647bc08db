"""Notices reach an SMTP server, each once, whatever it answers in between."""

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import notices
from contactsgroups.delivery.notices import NoticeSender
from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import OutboxRow
from contactsgroups.services.delivery import outbox
from contactsgroups.services.groups import members
from tests.delivery.test_reinjection import Postfix, postfix
from tests.directories import add_group
from tests.outbox import make_due, make_old, waiting
from tests.servers.program import free_port, wait_for

__all__ = ["postfix"]  # pytest finds the fixture here.


@pytest.fixture
def team(core: Core) -> str:
    """A group that tells new members, of whom three wait to be told."""
    people = [f"{each}@example.org" for each in ("ada", "bob", "eve")]
    return add_group(core.database, "team@example.org", *people, notify_members=True).uuid


def at(core: Core, port: int, **settings: str) -> Core:
    """The product, whose notices go to this port."""
    chosen = replace(core.settings, notices_smtp=f"127.0.0.1:{port}", **settings)
    return replace(core, settings=chosen)


@pytest.fixture
def sender(core: Core, postfix: Postfix, team: str) -> NoticeSender:
    return NoticeSender(at(core, postfix.port))


def message(postfix: Postfix, number: int = 0) -> EmailMessage:
    content = postfix.taken[number].original_content
    assert isinstance(content, bytes)
    return BytesParser(policy=policy.default).parsebytes(content)


def recipients(postfix: Postfix) -> list[str]:
    return [each for some in postfix.recipients() for each in some]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]


def test_each_new_member_gets_one_message_with_an_empty_envelope_sender(
    core: Core, sender: NoticeSender, postfix: Postfix
) -> None:
    assert sender.send_portion() == 3
    assert sender.send_portion() == 0
    assert postfix.recipients() == [["ada@example.org"], ["bob@example.org"], ["eve@example.org"]]
    assert {each.mail_from for each in postfix.taken} == {"<>"}
    assert message(postfix)["Subject"] == "You were added to Team"
    assert len({message(postfix, number)["Message-ID"] for number in range(3)}) == 3
    assert waiting(core.database) == []


def test_a_recipient_beyond_ascii_is_reached_by_smtputf8(
    core: Core, postfix: Postfix, team: str
) -> None:
    sender = NoticeSender(at(core, postfix.port))
    members.add_member(core.database, OPERATOR, team, "gröup@grün.example")
    sender.send_portion()
    assert "gröup@xn--grn-ioa.example" in recipients(postfix)
    assert "SMTPUTF8" in postfix.taken[3].mail_options
    assert "\r\nTo: gröup@xn--grn-ioa.example\r\n".encode() in (
        postfix.taken[3].original_content or b""
    )


@pytest.mark.parametrize("reply", ["550 5.1.1 no such user", "552 5.2.2 full"])
def test_a_recipient_that_is_refused_twice_is_dropped_with_a_line_and_the_others_are_told(
    core: Core,
    sender: NoticeSender,
    postfix: Postfix,
    caplog: pytest.LogCaptureFixture,
    reply: str,
) -> None:
    postfix.refusals["bob@example.org"] = reply
    sender.send_portion()
    assert waiting(core.database) == [("added", "bob@example.org")]
    make_due(core.database)
    sender.send_portion()
    assert recipients(postfix) == ["ada@example.org", "eve@example.org"]
    assert waiting(core.database) == []
    first, second = warnings(caplog)
    assert "'bob@example.org' is tried again later" in first
    assert "'bob@example.org' is refused for good" in second


def test_a_first_refusal_after_other_attempts_is_asked_about_once_more(
    core: Core, sender: NoticeSender, postfix: Postfix
) -> None:
    for reply in ("450 4.2.0 greylisted", "550 5.1.1 no such user"):
        postfix.refusals["bob@example.org"] = reply
        sender.send_portion()
        make_due(core.database)
    assert waiting(core.database) == [("added", "bob@example.org")]
    sender.send_portion()
    assert waiting(core.database) == []


def test_a_message_that_is_filtered_for_long_is_sent_once_by_a_host_with_a_name(
    core: Core, team: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "mail1.example.org")
    monkeypatch.setattr(notices, "_REPLY_SECONDS", 1.0)
    monkeypatch.setattr(notices, "_FILTER_SECONDS", 20.0)
    server = Filtering()
    server.controller.start()
    try:
        assert NoticeSender(at(core, server.port)).send_portion() == 3
    finally:
        server.controller.stop()
    assert len(recipients(server)) == 3
    assert waiting(core.database) == []
    assert server.names == {"mail1.example.org"}


def test_a_message_that_is_refused_is_dropped_at_once(
    core: Core, sender: NoticeSender, postfix: Postfix, caplog: pytest.LogCaptureFixture
) -> None:
    postfix.refusals["DATA 0"] = "554 5.6.0 no notices here"
    sender.send_portion()
    assert waiting(core.database) == []
    assert len(warnings(caplog)) == 3


@pytest.mark.parametrize(
    ("at_what", "reply", "refused"),
    [
        ("bob@example.org", "451 4.3.0 later", 1),
        ("bob@example.org", "550 no", 1),
        ("bob@example.org", "503 5.5.1 nested MAIL command", 1),
        ("DATA 1", "554 5.7.1 no spam", 2),
        ("DATA 1", "552 5.3.4 too big", 2),
        ("bob@example.org", "554 5.7.1 relay access denied", 1),
        ("DATA 1", "451 4.3.0 later", 2),
    ],
)
def test_what_can_be_mended_is_tried_again_and_said_once(
    core: Core,
    sender: NoticeSender,
    postfix: Postfix,
    caplog: pytest.LogCaptureFixture,
    at_what: str,
    reply: str,
    refused: int,
) -> None:
    postfix.refusals[at_what] = reply
    assert sender.send_portion() == 3
    assert sender.send_portion() == 0
    make_due(core.database)
    assert sender.send_portion() == refused
    assert len(warnings(caplog)) == refused, "said once for each"
    postfix.refusals.clear()
    make_due(core.database)
    assert sender.send_portion() == refused
    assert sorted(recipients(postfix)) == ["ada@example.org", "bob@example.org", "eve@example.org"]


def test_a_server_that_takes_nothing_from_us_is_asked_again_later(
    core: Core, sender: NoticeSender, postfix: Postfix
) -> None:
    postfix.refusals["MAIL"] = "530 5.7.0 must issue a STARTTLS command first"
    with pytest.raises(Unavailable, match="STARTTLS"):
        sender.send_portion()
    postfix.refusals.clear()
    make_due(core.database)
    sender.send_portion()
    assert len(recipients(postfix)) == 3


def test_while_no_server_is_there_nothing_is_lost_and_no_attempt_counts(
    core: Core, team: str, postfix: Postfix
) -> None:
    away = NoticeSender(at(core, free_port()))
    for _ in range(3):
        with pytest.raises(Unavailable, match="takes no notices"):
            away.send_portion()
    with core.database.read() as session:
        assert {row.attempts for row in session.scalars(select(OutboxRow))} == {0}
    NoticeSender(at(core, postfix.port)).send_portion()
    assert len(recipients(postfix)) == 3


def test_what_could_not_be_sent_for_five_days_is_given_up_with_a_line(
    core: Core, team: str, caplog: pytest.LogCaptureFixture
) -> None:
    make_old(core.database, datetime.now(UTC) - outbox.LIFETIME)
    with pytest.raises(Unavailable):
        NoticeSender(at(core, free_port())).send_portion()
    assert waiting(core.database) == []
    assert [said.split(":")[0] for said in warnings(caplog)] == [
        f"a notice to '{name}@example.org' is given up" for name in ("ada", "bob", "eve")
    ]


def test_a_database_that_is_away_after_a_message_was_taken_causes_no_second_one(
    core: Core, sender: NoticeSender, postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_database: object, _sender: object, ids: Collection[int]) -> None:
        if ids:
            raise Unavailable("the database does not answer")

    with monkeypatch.context() as away:
        away.setattr(outbox, "remove", fail)
        with pytest.raises(Unavailable):
            sender.send_portion()
    assert len(postfix.taken) == 1
    other = NoticeSender(at(core, postfix.port))
    other.send_portion()
    sender.send_portion()
    assert recipients(postfix) == ["ada@example.org", "bob@example.org", "eve@example.org"]
    assert waiting(core.database) == []


def test_two_senders_at_once_send_each_notice_once(
    core: Core, postfix: Postfix, team: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "PORTION", 3)
    people = [f"m{number}@elsewhere.example" for number in range(40)]
    members.add_members(core.database, OPERATOR, team, people)
    stop = threading.Event()
    running = [
        threading.Thread(target=notices.follow, args=(at(core, postfix.port), stop))
        for _ in range(3)
    ]
    for each in running:
        each.start()
    wait_for(lambda: not waiting(core.database))
    stop.set()
    for each in running:
        each.join()
    assert len(recipients(postfix)) == len(set(recipients(postfix))) == 43


def test_a_notice_of_a_newer_version_waits_and_holds_nothing_up(
    core: Core, sender: NoticeSender, postfix: Postfix
) -> None:
    with core.database.write_private() as session:
        session.scalars(select(OutboxRow)).first().kind = "unheard of"  # type: ignore[union-attr]
    sender.send_portion()
    assert recipients(postfix) == ["bob@example.org", "eve@example.org"]
    assert waiting(core.database) == [("unheard of", "ada@example.org")]


@pytest.mark.parametrize("name", ["=?utf-8?q?a=0D=0ABcc:x?=", "=?utf-8?b?/w?="])
def test_a_name_that_looks_like_an_encoded_word_stops_no_notice(
    core: Core, postfix: Postfix, name: str
) -> None:
    add_group(
        core.database, "a@example.org", "ada@example.org", display_name=name, notify_members=True
    )
    add_group(core.database, "b@example.org", "bob@example.org", notify_members=True)
    NoticeSender(at(core, postfix.port)).send_portion()
    assert recipients(postfix) == ["ada@example.org", "bob@example.org"]
    assert message(postfix)["Subject"] == f"You were added to {name}"
    assert message(postfix)["Bcc"] is None


def test_a_message_that_cannot_be_made_waits_and_holds_nothing_up(
    core: Core, sender: NoticeSender, postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = notices.make_message

    def fail_once(notice: outbox.DueNotice, head: notices.Letterhead) -> bytes:
        if notice.recipient.startswith("ada"):
            raise LookupError("no")
        return make(notice, head)

    monkeypatch.setattr(notices, "make_message", fail_once)
    sender.send_portion()
    assert recipients(postfix) == ["bob@example.org", "eve@example.org"]
    assert waiting(core.database) == [("added", "ada@example.org")]


def test_a_sender_that_is_stopped_gives_back_what_it_has_claimed(
    core: Core, postfix: Postfix, team: str
) -> None:
    stop = threading.Event()
    stopped = NoticeSender(at(core, postfix.port), stop)
    with core.database.read():
        stop.set()
        assert stopped.send_portion() == 0
    assert NoticeSender(at(core, postfix.port)).send_portion() == 3


def test_a_sender_that_is_killed_repeats_one_message_and_loses_none(core: Core, team: str) -> None:
    """The program is killed when the second of three messages was taken, before it knows."""
    server = Killing()
    server.controller.start()
    environment = {
        **os.environ,
        "CONTACTSGROUPS_STATE": str(core.settings.state),
        "CONTACTSGROUPS_NOTICES_SMTP": f"127.0.0.1:{server.port}",
    }
    command = [sys.executable, "-m", "contactsgroups", "notices"]
    try:
        with subprocess.Popen(command, env=environment) as server.victim:
            pass
        assert server.victim.returncode == -signal.SIGKILL
        assert recipients(server) == ["ada@example.org", "bob@example.org"]
        make_due(core.database)
        subprocess.run(command, env=environment, check=True)
    finally:
        server.controller.stop()
    assert recipients(server)[2:] == ["bob@example.org", "eve@example.org"]
    assert message(server, 1)["Message-ID"] == message(server, 2)["Message-ID"]
    assert waiting(core.database) == []


class Killing(Postfix):
    """Kills its client once it has taken two messages."""

    victim: subprocess.Popen[bytes] | None = None

    async def handle_DATA(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if len(self.taken) == 2 and self.victim is not None:
            self.victim.kill()
        return answer


class Filtering(Postfix):
    """Looks at the first message for longer than a reply takes otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str | None] = set()

    async def handle_DATA(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.names.add(session.host_name)
        if not self.taken:
            await asyncio.sleep(1.3)
        return await super().handle_DATA(server, session, envelope)
