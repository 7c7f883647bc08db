"""What the LMTP server understands of Postfix, and that its protocol never refuses for good."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from aiosmtpd.smtp import Session
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.delivery import lmtp_protocol
from contactsgroups.delivery.lmtp_protocol import (
    Message,
    Protocol,
    greet,
    parse_forwarded,
    undouble_dots,
    without_quotes,
)


class Recorder:
    """Keeps what it gets, and takes all of it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def handle_EHLO(  # noqa: N802 - aiosmtpd names it
        self, server: Protocol, session: Session, _: Message, name: str, responses: list[str]
    ) -> list[str]:
        session.host_name = name
        return await greet(responses)

    async def handle_DATA(self, server: Protocol, _: Session, message: Message) -> str:  # noqa: N802
        self.messages.append(message)
        return "\r\n".join(["250 2.0.0 taken"] * len(message.rcpt_tos))

    async def handle_exception(self, error: Exception) -> str:
        raise error


@contextmanager
def conversation() -> Iterator[tuple[Recorder, "Client"]]:
    """A client and a server of one connection."""
    recorder, loop = Recorder(), asyncio.new_event_loop()
    ours, theirs = socket.socketpair()

    async def serve() -> None:
        await loop.connect_accepted_socket(lambda: Protocol(recorder, loop), theirs)
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)

    thread = Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ours.settimeout(10)
    client = Client(ours)
    try:
        assert client.read() == ["220 localhost LMTP"]
        yield recorder, client
    finally:
        client.close()
        thread.join()
        loop.close()


class Client:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")

    def close(self) -> None:
        self._file.close()
        self._connection.close()

    def ask(self, command: str | bytes) -> list[str]:
        line = command if isinstance(command, bytes) else command.encode()
        self._connection.sendall(line + b"\r\n")
        return self.read()

    def read(self) -> list[str]:
        """A reply, as its lines."""
        lines = []
        while True:
            lines.append(self._file.readline().decode().rstrip("\r\n"))
            if lines[-1][3:4] != "-":
                return lines

    def send(self, content: bytes, *recipients: str, sender: str = "", options: str = "") -> None:
        assert self.ask(f"MAIL FROM:<{sender}>{options}") == ["250 OK"]
        for each in recipients:
            assert self.ask(f"RCPT TO:<{each}>") == ["250 OK"]
        assert self.ask("DATA")[0].startswith("354 ")
        self._connection.sendall(content + b".\r\n")
        for _ in recipients:
            assert self.read() == ["250 2.0.0 taken"]


def test_what_postfix_sends_is_taken_as_it_is() -> None:
    senders = [
        "",
        "x@example.net",
        '"a b\\"c"@example.net',
        "a..b@example.net",
        "jörg@grün.example",
    ]
    content = b"Subject: x\r\n\r\n" + b"long " * 5000 + b"\r\n\xff\r\n"
    with conversation() as (recorder, client):
        greeting = client.ask("LHLO mail.example.org")
        assert "250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE" in greeting
        assert {"250-8BITMIME", "250-SMTPUTF8"} < set(greeting)
        for sender in senders:
            options = " SIZE=9 BODY=8BITMIME" + ("" if sender.isascii() else " SMTPUTF8")
            client.send(content, "team@example.org", '"team+ "@x', sender=sender, options=options)

    assert [each.envelope_sender for each in recorder.messages] == senders
    assert {each.original_content for each in recorder.messages} == {content}
    assert recorder.messages[0].rcpt_tos == ["team@example.org", '"team+ "@x']
    assert [each.smtp_utf8 for each in recorder.messages] == [False] * 4 + [True]


@given(st.lists(st.sampled_from([b".", b"..", b"x", b"x.", b"", b".x", b"\r", b"\n."]), max_size=8))
def test_dots_are_doubled_on_the_way_and_nowhere_else(lines: list[bytes]) -> None:
    content = b"".join(line + b"\r\n" for line in lines)
    doubled = b"".join((b"." if line[:1] == b"." else b"") + line + b"\r\n" for line in lines)
    assert undouble_dots(b"\r\n" + doubled + b".\r\n") == content


@pytest.mark.parametrize(
    "content",
    [b"", b"\r\n", b"..\r\n", b"x.\r\n" * 5_000, b"\r\n" * 300_000, b"x" * 3_000_000 + b"\r\n"],
    ids=["nothing", "one line", "a dot", "many ends of sentences", "empty lines", "a long line"],
)
def test_whatever_a_message_is_made_up_of_it_is_taken(content: bytes) -> None:
    with conversation() as (recorder, client):
        client.ask("LHLO mail.example.org")
        client.send(content, "team@example.org")
        client.send(b"next\r\n", "team@example.org")
    expected = b".\r\n" if content == b"..\r\n" else content
    assert [each.original_content for each in recorder.messages] == [expected, b"next\r\n"]


@pytest.mark.parametrize("content", [b"x" * 5_000, b"x\r\n" * 2_000, b"x.\r\n" * 2_000])
def test_what_is_too_large_is_put_off_and_the_next_one_is_taken(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lmtp_protocol, "_CONTENT_LIMIT", 1_000)
    monkeypatch.setattr(Protocol, "line_length_limit", 1_000)
    with conversation() as (recorder, client):
        client.ask("LHLO mail.example.org")
        client.ask("MAIL FROM:<>")
        client.ask("RCPT TO:<team@example.org>")
        client.ask("RCPT TO:<crew@example.org>")
        client.ask("DATA")
        assert client.ask(content + b"\r\n.")[0].startswith("452 4.3.1 ")
        assert client.read()[0].startswith("452 4.3.1 ")
        client.send(b"next\r\n", "team@example.org")
    assert [each.original_content for each in recorder.messages] == [b"next\r\n"]


def test_where_a_message_came_from_holds_for_that_message_only() -> None:
    with conversation() as (recorder, client):
        client.ask("LHLO mail.example.org")
        told = "XFORWARD NAME=[UNAVAILABLE] ADDR=IPV6:::1 PORT=40001 IDENT=4jb SOURCE=REMOTE"
        assert client.ask(told) == ["250 2.0.0 OK"]
        client.send(b"\r\n", "team@example.org")
        client.send(b"\r\n", "team@example.org")
        client.ask(told)
        client.ask("RSET")
        client.send(b"\r\n", "team@example.org")

    assert [each.forwarded for each in recorder.messages] == [
        {"ADDR": "IPV6:::1", "PORT": "40001", "IDENT": "4jb", "SOURCE": "REMOTE"},
        {},
        {},
    ]


@pytest.mark.parametrize(
    "commands",
    [
        ["NONSENSE"],
        [b"\xff"],
        ["EHLO x"],
        ["MAIL FROM:<a@example.org>"],
        ["LHLO x", "MAIL FROM:a@example.org"],
        ["LHLO x", "MAIL FROM:<a\x01@example.org>"],
        ["LHLO x", "MAIL FROM:<a@example.org> UNHEARD=OF"],
        ["LHLO x", "RCPT TO:<a@example.org>"],
        ["LHLO x", "MAIL FROM:<>", "DATA"],
        ["LHLO x", "RCPT TO:<" + "x" * 9000 + ">"],
    ],
)
def test_no_fault_of_the_protocol_is_a_final_refusal(commands: list[str | bytes]) -> None:
    with conversation() as (_, client):
        for command in commands:
            reply = client.ask(command)
        assert reply[-1].startswith("4")


def test_attributes_are_decoded_and_those_that_are_unknown_are_left_out() -> None:
    assert parse_forwarded("name=a+2Bb+20c ADDR=[UNAVAILABLE] PORT=1 X") == {
        "NAME": "a+b c",
        "PORT": "1",
        "X": "",
    }


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("team@example.org", "team@example.org"),
        ('"a b"@example.org', "a b@example.org"),
        ('"a\\"b\\\\"@example.org', 'a"b\\@example.org'),
        ('"a@b"@example.org', "a@b@example.org"),
        ('"alone"', "alone"),
        ('a"b@example.org', 'a"b@example.org'),
        ("", ""),
    ],
)
def test_quotes_are_taken_off_as_postfix_does(address: str, inside: str) -> None:
    assert without_quotes(address) == inside


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"])))
def test_any_local_part_comes_back_from_its_quotes(local_part: str) -> None:
    quoted = local_part.replace("\\", "\\\\").replace('"', '\\"')
    assert without_quotes(f'"{quoted}"@example.org') == f"{local_part}@example.org"
