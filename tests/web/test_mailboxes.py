"""Cutting what stands in a recipient field."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.web.mailboxes import Mailbox, addresses_in, parse_mailboxes, split_mailboxes


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("", []),
        (" , ;; \n\r\n，；", []),
        ("a@x.org", ["a@x.org"]),
        ("a@x.org b@x.org", ["a@x.org b@x.org"]),
        ("a@x.org, b@x.org; c@x.org\nd@x.org", ["a@x.org", "b@x.org", "c@x.org", "d@x.org"]),
        ("Ada <a@x.org>", ["a@x.org"]),
        ('"Lovelace, Ada; Dr." <a@x.org>, b@x.org', ["a@x.org", "b@x.org"]),
        (r'"a \", b" <a@x.org>, b@x.org', ["a@x.org", "b@x.org"]),
        ("<mailto:a@x.org>, MAILTO:b@x.org", ["a@x.org", "b@x.org"]),
        ("张伟 <z@x.org>，李 <l@x.org>；", ["z@x.org", "l@x.org"]),
        ('O"Brien <a@x.org>, b@x.org', ["a@x.org", "b@x.org"]),
        ('"never closed\na@x.org', ['"never closed', "a@x.org"]),
        ("<a@x.org, b@x.org", ["<a@x.org", "b@x.org"]),
        ("a <b> <c@x.org>", ["c@x.org"]),
    ],
)
def test_texts_are_cut_as_people_mean_them(text, addresses):
    assert addresses_in(text) == addresses


def test_a_name_is_read_without_its_quotes():
    text = r'"Ada \"the\" Lovelace" <a@x.org>'
    assert split_mailboxes(text) == [Mailbox(text, 'Ada "the" Lovelace', "a@x.org")]


def test_invalid_parts_are_kept_whole_with_the_reason():
    valid, invalid = parse_mailboxes("a@x.org, Nobody <nothing>, b", field="to")
    assert [str(address) for address in valid] == ["a@x.org"]
    assert invalid == [
        ("Nobody <nothing>", "nothing: there is no @ in it"),
        ("b", "b: there is no @ in it"),
    ]


names = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters='"\\'),
    max_size=20,
)
addresses = st.from_regex(r"[a-z0-9]{1,8}@[a-z]{1,8}\.org", fullmatch=True)
separators = st.sampled_from([",", ", ", ";", "\n", "\r\n", "，", " ; "])


@settings(deadline=None)
@given(st.lists(st.tuples(names, addresses, separators), max_size=8))
def test_whatever_is_put_together_is_taken_apart(parts):
    text = "".join(f'"{name}" <{address}>{separator}' for name, address, separator in parts)
    found = [(mailbox.name, mailbox.address) for mailbox in split_mailboxes(text)]
    assert found == [(name, address) for name, address, _ in parts]


@settings(deadline=None)
@given(st.text())
def test_nothing_but_separators_and_spaces_is_lost(text):
    kept = "".join(mailbox.text for mailbox in split_mailboxes(text))
    ignored = set(",;，；")
    for character in kept:
        assert character in text
    letters = [c for c in text if c.isalnum()]
    assert [c for c in kept if c.isalnum()] == letters or ignored & set(text)


@pytest.mark.parametrize("piece", ['"', "<", '"\\', "<>", '","', "a,", '\\"', "<\n", '"<'])
def test_the_time_grows_with_the_length_and_no_faster(piece):
    """A fraction of a second; in square time it would be minutes."""
    start = time.process_time()
    split_mailboxes(piece * (200_000 // len(piece)))
    assert time.process_time() - start < 5
