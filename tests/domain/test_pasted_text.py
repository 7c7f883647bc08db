"""Text that was copied from a program is made plain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.pasted_text import clean, read_name, restore


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\u200b\ufeff\u00ad\u202ab", "ab"),
        ("a\r\nb\u2028c\x85d\x1ce", "a\n\nb\nc\nd\ne"),
        ("a\u00a0b\u3000c\td", "a b c\td"),
        ("a\u200cb c\u200dd", "ab cd"),
        ("ä\u200cb", "ä\u200cb"),
        ("MailTo:a@x.example?subject=b@x.example", "a@x.example"),
        (
            "<mailto:a@x.example,b@x.example?CC=c@x.example>",
            "<a@x.example,b@x.example, c@x.example>",
        ),
        ("mailto:?to=a%40x.example", "a@x.example"),
        ("mailto:%FF@x.example", "%FF@x.example"),
        ("mailto:a%E2%80%8B@x.example", "a@x.example"),
        ("[a, b](mailto:a@x.example)", "a, b <a@x.example>"),
    ],
)
def test_what_is_not_seen_is_left_out_and_links_are_followed(text: str, plain: str) -> None:
    assert clean(text) == plain


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('"Archer, Ann"', "Archer, Ann"),
        (r'"Ann \"Annie\" \\ Archer"', 'Ann "Annie" \\ Archer'),
        ('Ann "Annie" Archer', 'Ann "Annie" Archer'),
        ("“Ann”", "Ann"),
        ("'Ann'", "Ann"),
        ("O'Brien", "O'Brien"),
        (" Ann \t Archer\n", "Ann Archer"),
        ("- Ann", "Ann"),
        ("2. Ann", "Ann"),
        ("Ann -", "Ann"),
        ("=?utf-8?B?SsO2cmc=?= =?UTF-8?q?_M=C3=BCller?=", "Jörg Müller"),
        ("=?utf-8?q?a=0D=0Ab=E2=80=8B?=", "a b"),
        ("=?utf-8?q?=FF?=", "=?utf-8?q?=FF?="),
        ("=?rot13?q?a?=", "=?rot13?q?a?="),
        ("=?utf-8?b?A?=", "=?utf-8?b?A?="),
        ("", ""),
    ],
)
def test_names_are_read_as_they_were_meant(text: str, name: str) -> None:
    assert read_name(clean(text)) == name


@given(st.text('ab"\\<> '))
def test_escapes_are_brought_back(text: str) -> None:
    assert restore(clean(text)) == text


@given(st.text() | st.text("=?utf8-bqQB\"\\'-• _"))
def test_a_name_is_one_line_without_control_characters(text: str) -> None:
    name = read_name(clean(text))
    assert name == " ".join(name.split())
