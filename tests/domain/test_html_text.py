"""The text of HTML has all that a member could read, whatever stands around it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.html_text import text_of_html
from contactsgroups.domain.message_text import shown_lines


def test_html_is_text_without_scripts_styles_and_links() -> None:
    html = (
        "<html><head><title>no</title><style>p {}</style></head><body><p>Hello <b>you</b></p>"
        "<script>alert(1)</script><div>two&amp;three<br>four</div><a href='http://x'>link</a>"
        "<!-- a comment -->"
    )
    text = shown_lines(text_of_html(html))
    assert text.split("\n") == ["Hello you", "", "two&three", "four", "link"]


@pytest.mark.parametrize(
    "html",
    [
        "<noscript>BUY</noscript>",
        "<template>BUY</template>",
        "<head><title>x</title>BUY",
        "<!-->BUY",
        "<!--->BUY",
        "<!-- --!>BUY-->",
        "<!-- <!-- -->BUY-->",
        "<!--BUY",
        "<!--[if mso]>BUY<![endif]-->",
        "<!--[if !mso]><!-->BUY<!--<![endif]-->",
        "<!--[if x]><style>-->BUY</style>",
        "<svg><text><![CDATA[BUY]]></text></svg>",
        "<![CDATA[<!--]]>BUY-->",
        "<![CDATA[BUY",
        "<!doctype html>BUY",
        "<!doctype BUY",
        "<?BUY",
        "<?x?>BUY",
        "</ x>BUY",
        "</>BUY",
        "</ BUY",
        "<style>BUY",
        "<script>BUY",
        "<style>x</style/>BUY",
        "<style-of-mine>BUY</style-of-mine>",
        "<title><!--</title>BUY-->",
        "<textarea>BUY",
        "<textarea><!--BUY--></textarea>",
        "<xmp><!--BUY--></xmp>",
        "<iframe><!--</iframe>BUY-->",
        "<plaintext><!--BUY-->",
        '<img alt="><!--">BUY<p>-->',
        "<img alt='><style>'>BUY<p></style>",
        '<p title=">BUY',
        '<p =">BUY',
        "<p title= >BUY",
        "<svg><style><p>BUY</p></style>",
        "<select><option><style></select>BUY</style>",
        "a < b BUY",
        "&#66;UY",
        "&#" + "0" * 5000 + "66;UY",
        "&#x" + "0" * 5000 + "42;UY",
        "&#" + "9" * 5000 + ";BUY",
        "&#xffffffffffff BUY",
        "&#;&#x;&BUY",
    ],
)
def test_what_some_mail_program_shows_is_shown(html: str) -> None:
    assert "BUY" in text_of_html(html)


ENDED = st.one_of(
    st.sampled_from(
        [
            *(
                "<!-->",
                "<!--->",
                "<!---->",
                "<!-- a --!>",
                "<!--!-->",
                "<!-- -- > -->",
                "<!--<!-->",
            ),
            *(
                "<!doctype html>",
                "<!x>",
                "<?php ?>",
                "</>",
                "</ p>",
                "<![CDATA[x]]>",
                "<![CDATA[]]>",
            ),
            *("<style>a{}</style>", "<script>1</SCRIPT >", "<title>a</title\n>", "<style></style>"),
            *("<p>", "</p>", "<br/>", "<head>", "<noscript>", "<template>", "<svg>", "</svg>"),
            *('<a b=">">', "<a b='<!--'>", '<a b = "<style>" c>', '<a "b>', "<a =x>", "<a b=>"),
            *("<textarea><!--</textarea>", "<iframe><style></iframe>", "<xmp></xmp>"),
            *("<!--[if mso]><i><![endif]-->", "<!--[if !mso]><!-->", "<!--<![endif]-->"),
            *("&amp;", "&#0;", "&#" + "1" * 4400, "&#x" + "f" * 30 + ";", "&lt;!--", "< "),
        ]
    ),
    st.text("-!<x ", max_size=8).map(lambda inside: f"<!--{inside}-->"),
)
"""Markup that HTML takes to be over where the next piece begins, or to be text itself."""


@given(st.lists(ENDED, max_size=30))
def test_words_between_any_ended_markup_are_all_shown(pieces: list[str]) -> None:
    html = "".join(f" word{number}. {piece}" for number, piece in enumerate(pieces))
    text = text_of_html(html + " last.")
    for number in range(len(pieces)):
        assert f" word{number}. " in text
    assert text.endswith(" last.")


PIECES = (
    *("<", "<!--", "<!---", "--!", "-->", "<!--[if", "<![CDATA[", "]]>", "<!DOCTYPE [", "<?", "</"),
    *("<a ", '<a b="', "<a b='", '<a b="><a "', '<a b=\'">"', "<a =", '<a b=">" ', ">", "/>"),
    *("<style>", "<style", "</style", "</style>", "<textarea>", "<xmp></xmp", "<title></title "),
    *(
        "<svg>",
        "<iframe></iframe>",
        "&#",
        "&#0",
        "&#x1;",
        "&#xD800;",
        "<p>",
        "word",
        "\0",
        "\u017f",
    ),
)


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_pieces_are_read(pieces: list[str]) -> None:
    text_of_html("".join(pieces)).encode()


@given(st.text(max_size=200))
def test_any_text_is_read(html: str) -> None:
    text_of_html(html)


@pytest.mark.parametrize("last", ["", ">", '">', "-->"])
@pytest.mark.parametrize("piece", PIECES)
def test_broken_html_takes_no_long_time(piece: str, last: str) -> None:
    started = time.monotonic()
    text_of_html(piece * (80_000 // len(piece)) + last)
    assert time.monotonic() - started < 5
