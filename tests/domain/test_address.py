"""Addresses are normalised as Postfix looks them up, and everything else is refused."""

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.address import (
    Address,
    display_address,
    display_domain,
    normalise_domain,
)
from contactsgroups.domain.errors import InvalidAddress


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("sales@example.org", "sales@example.org"),
        ("Sales@Example.ORG", "sales@example.org"),
        ("sales@example.org.", "sales@example.org"),
        ("  sales@example.org\t", "sales@example.org"),
        ("Grüße@bücher.example", "grüsse@xn--bcher-kva.example"),
        ("GRO\u0308SSE@example.org", "grösse@example.org"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("a@例え。テスト", "a@xn--r8jz45g.xn--zckzah"),
        ("o'brien+tag@example.org", "o'brien+tag@example.org"),
        ("a@host_1.example", "a@host_1.example"),
    ],
)
def test_spellings_of_one_address_become_equal(text: str, normalised: str) -> None:
    assert str(Address.parse(text)) == normalised


def test_the_original_spelling_is_kept_but_does_not_distinguish() -> None:
    address = Address.parse("Ada@Example.org")
    assert address.original == "Ada@Example.org"
    assert address == Address.parse("ada@example.org")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sales",
        "@example.org",
        "sales@",
        "sales@.org",
        "sales@example..org",
        ".sales@example.org",
        "-sales@example.org",
        "sales.@example.org",
        "sa..les@example.org",
        "sales team@example.org",
        "sales@exam ple.org",
        "sales\r\nBcc: x@example.org",
        "sales\x00@example.org",
        "sales@example.org\nx",
        "\ud800@example.org",
        "a\u200b@example.org",
        "example.org!sales@example.org",
        "sales%example.org@example.org",
        '"sales team"@example.org',
        "sales@[192.0.2.1]",
        "a@b@example.org",
        "a@-example.org",
        "a@example-.org",
        "a@ex!ample.org",
        "a@☃.example",
        "x" * 65 + "@example.org",
        "ü" * 33 + "@example.org",
        "a@" + "x" * 64 + ".org",
        "a" * 60 + "@" + ".".join(["x" * 60] * 4),
        "x" * 10_000_000,
    ],
)
def test_what_is_no_address_is_refused_with_a_short_clear_text(text: str) -> None:
    with pytest.raises(InvalidAddress) as caught:
        Address.parse(text)
    assert 0 < len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


@given(st.text(max_size=300))
def test_any_text_is_parsed_or_refused_and_parsing_again_changes_nothing(text: str) -> None:
    try:
        address = Address.parse(text)
    except InvalidAddress:
        return
    assert Address.parse(str(address)) == address
    assert "\n" not in str(address)
    assert " " not in str(address)


_LABELS = st.text(
    st.sampled_from("abcxyzäöüßéłşñçабвгдежзαβγδς中文字例日本語한국"), min_size=1, max_size=12
)


@given(st.lists(_LABELS, min_size=1, max_size=3))
def test_domains_are_encoded_as_the_reference_implementation_of_idna_does(
    labels: list[str],
) -> None:
    domain = ".".join([*labels, "example"])
    expected = idna.encode(domain, uts46=True, transitional=False).decode()
    assert normalise_domain(domain) == expected
    assert display_domain(expected) == idna.decode(expected)


def test_a_broken_label_is_shown_as_it_is() -> None:
    assert display_domain("xn--\u0080.example") == "xn--\u0080.example"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("chor@xn--bcher-kva.example", "chor@bücher.example"),
        ("chor@XN--BCHER-KVA.example", "chor@bücher.example"),
        ("a@xn--bcher-kva.example, b@xn--fiqs8s", "a@bücher.example, b@中国"),
        (
            "the domain xn--bcher-kva.example is not served",
            "the domain bücher.example is not served",
        ),
        ("ada@example.org", "ada@example.org"),
        # These are no A-labels, stand for something else, or are a part of something longer.
        ("ada@xn--a", "ada@xn--a"),
        ("ada@xn--abc-.example", "ada@xn--abc-.example"),
        ("axn--bcher-kva.example", "axn--bcher-kva.example"),
        ("xn--bcher-kva_x", "xn--bcher-kva_x"),
    ],
)
def test_addresses_are_shown_with_domains_as_people_read_them(text: str, shown: str) -> None:
    assert display_address(text) == shown


@given(st.text(alphabet="xn-abc019.@ ü"))
def test_what_is_shown_of_a_domain_stands_for_the_same_domain(text: str) -> None:
    try:
        domain = normalise_domain(text)
    except InvalidAddress:
        return
    assert normalise_domain(display_address(domain)) == domain
