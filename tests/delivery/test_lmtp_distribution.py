"""One message and its recipients: who is answered what, and that another try doubles nothing."""

from dataclasses import replace

import pytest

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import lmtp_distribution, reinjection
from contactsgroups.delivery.lmtp_distribution import Distributor
from contactsgroups.delivery.lmtp_protocol import Message
from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.message_header import LOOP_FIELD
from tests.delivery.test_reinjection import Postfix, postfix
from tests.directories import add_group

__all__ = ["postfix"]  # pytest finds the fixture here.

CONTENT = b"Received: by mail.example.org id 4jb\r\nSubject: x\r\n\r\nHello\r\n"
INCOMPLETE = "451 4.3.0 copies could not be handed to Postfix"
DELIVERED = "250 2.1.5 delivered to the members"


@pytest.fixture
def distributor(core: Core, postfix: Postfix, monkeypatch: pytest.MonkeyPatch) -> Distributor:
    """Distributes messages in pieces of two copies, to three groups of which one is closed."""
    monkeypatch.setattr(reinjection, "RECIPIENTS_AT_ONCE", 2)
    for name, members in {"abe": "ada bob eve", "ze": "zoe eve"}.items():
        people = [f"{each}@example.org" for each in members.split()]
        add_group(core.database, f"{name}@example.org", *people, posting_policy="anyone")
    add_group(core.database, "closed@example.org", "ada@example.org", posting_policy="members")
    place = f"127.0.0.1:{postfix.port}"
    return Distributor(replace(core, settings=replace(core.settings, reinject=place)))


def message(*names: str, content: bytes = CONTENT) -> Message:
    made = Message()
    made.mail_from = "x@example.net"
    made.rcpt_tos = [f"{name}@example.org" for name in names]
    made.content = made.original_content = content
    return made


def served(postfix: Postfix) -> list[str]:
    """Who got copies, one entry for each copy, by the first part of the address."""
    everyone = [each for some in postfix.recipients() for each in some]
    return sorted(each.partition("@")[0] for each in everyone)


def test_each_recipient_has_its_answer_and_each_member_one_copy(
    distributor: Distributor, postfix: Postfix
) -> None:
    first, second, third = distributor.distribute(message("ze", "closed", "abe"))

    assert (first, third) == (DELIVERED, DELIVERED)
    assert second == "450 4.7.2 only members may post"
    assert served(postfix) == ["ada", "bob", "eve", "zoe"]
    for envelope in postfix.taken:
        assert isinstance(envelope.original_content, bytes)
        assert envelope.original_content.endswith(CONTENT)
        assert envelope.original_content.count(LOOP_FIELD.encode()) == 2


def test_another_try_gives_copies_to_the_others_only(
    distributor: Distributor, postfix: Postfix
) -> None:
    postfix.refusals = {"DATA 1": "451 4.3.0 queue file write error"}
    assert distributor.distribute(message("abe", "ze")) == [INCOMPLETE, INCOMPLETE]
    assert served(postfix) == ["ada", "bob"]

    postfix.refusals = {}
    assert distributor.distribute(message("abe", "ze")) == [DELIVERED, DELIVERED]
    assert distributor.distribute(message("abe", "ze")) == [DELIVERED, DELIVERED]

    assert served(postfix) == ["ada", "bob", "eve", "zoe"]


def test_another_message_goes_to_everybody(distributor: Distributor, postfix: Postfix) -> None:
    distributor.distribute(message("ze"))
    distributor.distribute(message("ze", content=CONTENT.replace(b"4jb", b"4jc")))
    assert served(postfix) == ["eve", "eve", "zoe", "zoe"]


def test_a_member_whose_copy_is_refused_holds_up_only_the_groups_that_it_is_in(
    distributor: Distributor, postfix: Postfix, caplog: pytest.LogCaptureFixture
) -> None:
    postfix.refusals = {"zoe@example.org": "550 5.7.1 not here"}

    for _ in range(2):
        replies = distributor.distribute(message("abe", "ze"))
        assert replies == [DELIVERED, "451 4.3.0 a copy is not taken"]

    assert served(postfix) == ["ada", "bob", "eve"]
    assert "zoe@example.org: 550 5.7.1 not here" in caplog.text


def test_an_automatic_reply_is_taken_and_goes_to_nobody(
    distributor: Distributor, postfix: Postfix
) -> None:
    content = b"Auto-Submitted: auto-replied\r\n" + CONTENT
    replies = distributor.distribute(message("abe", "ze", content=content))
    assert replies == ["250 2.0.0 not passed on: the group ignores automatic replies"] * 2
    assert postfix.taken == []


@pytest.mark.parametrize("error", [Unavailable("the database is away"), ValueError("a fault")])
def test_without_a_decision_every_recipient_is_put_off(
    distributor: Distributor,
    postfix: Postfix,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(lmtp_distribution, "plan_distribution", fail)

    replies = distributor.distribute(message("abe", "ze"))

    assert replies == ["451 4.3.5 group policy unavailable"] * 2
    assert postfix.taken == []


def test_a_fault_of_ours_while_sending_puts_off_too(
    distributor: Distributor, postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr(lmtp_distribution, "reinject", fail)
    assert distributor.distribute(message("abe")) == [INCOMPLETE]
