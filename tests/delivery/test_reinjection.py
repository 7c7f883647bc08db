"""Copies are handed to Postfix in pieces, and it is known which it has taken."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.delivery import reinjection
from contactsgroups.delivery.reinjection import Copies, add_fields, reinject
from contactsgroups.domain.errors import Unavailable
from tests.servers.program import free_port

CONTENT = b"Subject: x\r\n\r\n.dots\r\n..\r\n\xff long " + b"x" * 900 + b"\r\n"


class Postfix:
    """Takes copies, and refuses as ``refusals`` says: by address, or by "DATA" and a number."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.refusals: dict[str, str] = {}
        self.port = free_port()
        self.controller = Controller(
            self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True
        )

    async def handle_MAIL(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options += options
        return self.refusals.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if refusal := self.refusals.get(f"DATA {len(self.taken)}"):
            return refusal
        self.taken.append(envelope)
        return "250 OK"

    def recipients(self) -> list[list[str]]:
        return [envelope.rcpt_tos for envelope in self.taken]


@pytest.fixture
def postfix() -> Iterator[Postfix]:
    server = Postfix()
    server.controller.start()
    yield server
    server.controller.stop()


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reinjection, "RECIPIENTS_AT_ONCE", 2)


def copies(sender: str = "x@example.net", *, is_international: bool = False) -> Copies:
    return Copies(
        envelope_sender=sender,
        content=CONTENT,
        is_international=is_international,
        has_eight_bits=True,
    )


def hand_back(
    postfix: Postfix, *mailboxes: str, message: Copies | None = None
) -> tuple[str, set[str]]:
    """Why some were not taken, and who has a copy; "unavailable" if there was no end."""
    served: set[str] = set()
    try:
        place = ("127.0.0.1", postfix.port)
        reason = reinject(place, message or copies(), mailboxes, served.update)
    except Unavailable:
        reason = "unavailable"
    return reason, served


def test_everybody_gets_the_same_octets_in_pieces(postfix: Postfix) -> None:
    people = [f"p{number}@example.net" for number in range(5)]

    assert hand_back(postfix, *people) == ("", set(people))

    assert postfix.recipients() == [people[:2], people[2:4], people[4:]]
    for envelope in postfix.taken:
        assert (envelope.mail_from, envelope.original_content) == ("x@example.net", CONTENT)
        assert envelope.mail_options == [f"SIZE={len(CONTENT)}", "BODY=8BITMIME"]


def test_addresses_beyond_ascii_go_by_themselves(postfix: Postfix) -> None:
    assert hand_back(postfix, "a@x", "jörg@x", "b@x") == ("", {"a@x", "b@x", "jörg@x"})

    assert postfix.recipients() == [["a@x", "b@x"], ["jörg@x"]]
    assert ["SMTPUTF8" in each.mail_options for each in postfix.taken] == [False, True]


@pytest.mark.parametrize("message", [copies("jörg@grün.example"), copies(is_international=True)])
def test_a_message_that_needs_an_extension_keeps_it(postfix: Postfix, message: Copies) -> None:
    hand_back(postfix, "a@x", message=message)
    assert "SMTPUTF8" in postfix.taken[0].mail_options


def test_the_null_sender_and_a_quoted_one_stay_what_they_are(postfix: Postfix) -> None:
    for sender in ("", '"a b"@example.net'):
        hand_back(postfix, "a@x", message=copies(sender))
    assert [each.mail_from for each in postfix.taken] == ["<>", '"a b"@example.net']


@pytest.mark.parametrize("code", ["550 5.7.1", "554", "452 4.5.3"])
def test_one_that_is_refused_does_not_keep_the_others_waiting(postfix: Postfix, code: str) -> None:
    postfix.refusals = {"b@x": f"{code} not this one", "d@x": f"{code} no", "e@x": f"{code} no"}

    reason, served = hand_back(postfix, "a@x", "b@x", "c@x", "d@x", "e@x")

    assert reason == f"e@x: {code} no"
    assert served == {"a@x", "c@x"}
    assert postfix.recipients() == [["a@x"], ["c@x"]]


@pytest.mark.parametrize("code", ["550 5.1.1", "501 5.1.3", "550 5.1.2"])
def test_an_address_that_is_none_is_not_tried_again(
    postfix: Postfix, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The sender must not read at last that the whole group failed."""
    postfix.refusals = {"b@x": f"{code} no such user", "d@x": f"{code} no", "e@x": f"{code} no"}

    reason, served = hand_back(postfix, "a@x", "b@x", "c@x", "d@x", "e@x")

    assert (reason, served) == ("", {"a@x", "b@x", "c@x", "d@x", "e@x"})
    assert postfix.recipients() == [["a@x"], ["c@x"]]
    assert f"a member gets no copy, for good: 'b@x': {code} no such user" in caplog.text


def test_a_piece_that_is_refused_ends_it_and_what_was_taken_is_known(postfix: Postfix) -> None:
    postfix.refusals = {"DATA 1": "451 4.3.0 queue file write error"}
    assert hand_back(postfix, "a@x", "b@x", "c@x", "d@x") == ("unavailable", {"a@x", "b@x"})


@pytest.mark.parametrize(
    "refusals",
    [
        {"MAIL": "452 4.3.1 insufficient system storage"},
        {"MAIL": "552 5.3.4 message too big"},
        {"a@x": "421 4.3.2 service not available"},
        {"DATA 0": "554 5.7.1 no"},
    ],
)
def test_whatever_is_refused_nobody_counts_as_served(
    postfix: Postfix, refusals: dict[str, str]
) -> None:
    postfix.refusals = refusals
    assert hand_back(postfix, "a@x", "b@x") == ("unavailable", set())


def test_a_port_that_nobody_listens_at_is_no_loss() -> None:
    with pytest.raises(Unavailable, match="does not take copies at 127"):
        reinject(("127.0.0.1", free_port()), copies(), ["a@x"], pytest.fail)


def test_what_takes_too_long_is_left_to_the_next_try(
    postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postfix waits for an answer for ten minutes, and would send everything again."""
    monkeypatch.setattr(reinjection, "_ALL_SECONDS", -1.0)
    assert hand_back(postfix, "a@x") == ("unavailable", set())


@given(st.binary(max_size=100))
def test_fields_are_added_before_all_that_is_there(content: bytes) -> None:
    assert add_fields(content, [("A", "1"), ("B", "2")]) == b"A: 1\r\nB: 2\r\n" + content
