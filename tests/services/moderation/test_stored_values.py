"""What is stored as JSON comes back as it was, also where it is no Unicode."""

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.address import Address
from contactsgroups.domain.message_preview import preview_message
from contactsgroups.domain.posting import Evidence
from contactsgroups.domain.sentence import Sentence
from contactsgroups.services.moderation.stored_values import (
    read_evidence,
    read_preview,
    read_trace,
    read_uuids,
    write_evidence,
    write_preview,
    write_trace,
    write_uuids,
)


@given(st.binary(max_size=30), st.booleans())
def test_evidence(octets: bytes, trusted: bool) -> None:
    mail_from = octets.decode(errors="surrogateescape")
    evidence = Evidence(login=Address.parse("Ada@example.org"), trusted=trusted)
    text = write_evidence(mail_from, evidence)
    assert text.isascii()
    assert read_evidence(text) == (mail_from, "Ada@example.org", trusted, False)


def test_a_trace_can_be_translated_still() -> None:
    counted = Sentence(
        "one of {who}", many="{number} of {who}", number=2, who=Address.parse("a@b.c")
    )
    plain, again = read_trace(write_trace(["enabled", counted]))
    assert (plain, again) == ("enabled", "2 of a@b.c")
    assert isinstance(again, Sentence)
    assert (again.message, again.many, again.values["number"]) == ("one of {who}", counted.many, 2)


@given(st.binary(max_size=300))
def test_a_preview(content: bytes) -> None:
    preview = preview_message(content)
    assert read_preview(write_preview(preview)) == preview


def test_nothing_is_shown_of_what_was_removed() -> None:
    assert read_preview("").text == ""


def test_groups_to_ask() -> None:
    assert read_uuids(write_uuids(["a", "b"])) == ("a", "b")
