"""Recipients are taken apart as Postfix does it, whatever octets they are of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.recipient import lookup_keys, without_extension

octets = st.binary(max_size=80).map(lambda data: data.decode(errors="surrogateescape"))
pieces = st.lists(
    st.sampled_from(
        ["board", "+", "@", ".", "example.org", "ß", "É", "\\", '"', ":", "\udcff", " "]
    )
).map("".join)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Board@Example.ORG", ["board@example.org"]),
        ("board@example.org.", ["board@example.org"]),
        ("board+x@example.org", ["board+x@example.org", "board@example.org"]),
        ("board+x+y@example.org", ["board+x+y@example.org", "board@example.org"]),
        ("board+@example.org", ["board+@example.org", "board@example.org"]),
        ("board+.@example.org", ["board@example.org"]),
        (f"board+{'x' * 80}@example.org", ["board@example.org"]),
        ('board+"\\\x00\udcff @example.org', ["board@example.org"]),
        ("+x@example.org", ["+x@example.org"]),
        ("++x@example.org", ["++x@example.org"]),
        ("postmaster+x@example.org", ["postmaster+x@example.org", "postmaster@example.org"]),
        ("STRAẞE@straße.example", ["strasse@strasse.example"]),
        ("x@GRÜN.example", ["x@xn--grn-ioa.example"]),
        # Postfix does not compose characters, so it finds nothing under the composed key.
        ("jo\u0308rg+x@example.org", []),
    ],
)
def test_the_keys_are_in_the_order_of_the_look_ups(text: str, keys: list[str]) -> None:
    assert lookup_keys(text) == tuple(keys)


@pytest.mark.parametrize(
    "text",
    [
        *["", "board", "board@", "b@a\\b", "b@a b", 'b@"a', "b@[a", "@a:b@c"],
        *["b@[192.0.2.1]", "b@[IPv6:::1]", "b@-a.example", "b@❤.example"],
        "board@example.org@mail.example.org",
    ],
)
def test_what_is_not_understood_is_looked_up_under_no_key(text: str) -> None:
    assert lookup_keys(text) == ()


@pytest.mark.parametrize(
    ("local_part", "base"),
    [("a+b", "a"), ("a+b+c", "a"), ("a+", "a"), ("a", None), ("+a", None), ("+", None), ("", None)],
)
def test_an_extension_begins_at_the_first_plus_that_leaves_something(
    local_part: str, base: str | None
) -> None:
    assert without_extension(local_part) == base


@given(octets | pieces | st.text())
def test_any_octets_have_keys_that_can_be_stored_and_stay_what_they_are(text: str) -> None:
    keys = lookup_keys(text)
    for number, key in enumerate(keys):
        assert str(Address.parse(key)) == key
        assert lookup_keys(key) == keys[number:]


@given(octets, st.booleans())
def test_no_extension_hides_the_address_before_it(extension: str, dotted: bool) -> None:
    keys = lookup_keys(f"board+{extension}@example.org" + "." * dotted)
    assert keys[-1:] == ("board@example.org",) or "@" in extension


@given(pieces | st.text())
def test_an_address_is_looked_up_under_its_own_key_first(text: str) -> None:
    try:
        key = str(Address.parse(f"{text}@example.org"))
    except InvalidAddress:
        return
    assert lookup_keys(key)[0] == key
