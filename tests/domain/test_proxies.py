"""Whose word counts on where a request comes from."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.proxies import (
    FORWARDING_HEADERS,
    Origin,
    origin_of,
    read_address,
    read_trusted,
)

PROXIES = read_trusted("10.0.0.0/8 2001:db8:ffff::/48")
addresses = st.ip_addresses().filter(lambda each: not PROXIES.includes(read_address(str(each))))
proxies = st.sampled_from(["10.0.0.1", "10.2.3.4", "2001:db8:ffff::1"])
lies = st.lists(
    st.one_of(st.ip_addresses().map(str), st.sampled_from(["unknown", "_x", "", '"', "10.0.0.1"])),
    max_size=4,
)
headers = st.dictionaries(st.sampled_from(FORWARDING_HEADERS), st.text(max_size=60), max_size=10)


def one(address):
    return str(read_address(str(address)))


@given(addresses, headers)
def test_a_peer_that_is_not_trusted_tells_nothing(peer, said):
    found = origin_of({**said, "REMOTE_ADDR": str(peer)}, PROXIES)
    assert found == Origin(one(peer))


@given(headers, st.text(max_size=30))
def test_nobody_is_trusted_by_default(said, peer):
    assert not origin_of({**said, "REMOTE_ADDR": peer}, read_trusted("")).by_proxy


@given(addresses, lies, st.lists(proxies, max_size=3), proxies)
def test_what_a_client_claims_in_front_of_its_own_address_does_not_count(
    client, claimed, between, peer
):
    hops = [*claimed, str(client), *between]
    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": ", ".join(hops)}
    assert origin_of(environ, PROXIES).client == one(client)


@given(addresses, lies, proxies)
def test_the_standard_header_is_read_in_the_same_way(client, claimed, peer):
    def node(text):
        return f'for="[{text}]:4711"' if ":" in text else f"for={text}"

    hops = [node(each) for each in claimed if each != '"'] + [node(str(client)) + ";proto=https"]
    environ = {"REMOTE_ADDR": peer, "HTTP_FORWARDED": ", ".join(hops)}
    found = origin_of(environ, PROXIES)
    assert (found.client, found.scheme) == (one(client), "https")


@given(addresses, addresses, proxies, st.booleans())
def test_a_second_header_that_says_another_thing_makes_both_count_for_nothing(
    client, other, peer, standard_is_true
):
    listed, paired = (other, client) if standard_is_true else (client, other)
    wrapped = (
        f'for="[{paired}]";proto=https' if paired.version == 6 else f"for={paired};proto=https"
    )
    environ = {
        "REMOTE_ADDR": peer,
        "HTTP_X_FORWARDED_FOR": str(listed),
        "HTTP_FORWARDED": wrapped,
    }
    found = origin_of(environ, PROXIES)
    if one(client) == one(other):
        # One of the headers may be the client's, so the scheme may be, too.
        assert (found.client, found.scheme) == (one(client), None)
    else:
        assert (found.client, found.scheme) == (peer, None)


@given(headers, proxies)
def test_whatever_a_proxy_says_the_client_is_an_address(said, peer):
    found = origin_of({**said, "REMOTE_ADDR": peer}, PROXIES)
    assert ipaddress.ip_address(found.client)
    assert found.scheme in {None, "http", "https"}
    assert found.prefix is None or not found.prefix.endswith("/")


@pytest.mark.parametrize(
    ("entry", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:0DB8:0::0001", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("192.0.2.1, unknown", "10.0.0.1"),
        ("192.0.2.1,", "10.0.0.1"),
        ("192.0.2.1, 10.0.0.9", "192.0.2.1"),
        ("10.0.0.8, 10.0.0.9", "10.0.0.8"),
        ("", "10.0.0.1"),
    ],
)
def test_entries_are_written_in_many_ways(entry, client):
    environ = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": entry}
    assert origin_of(environ, PROXIES).client == client


@pytest.mark.parametrize(
    ("name", "value", "attribute", "expected"),
    [
        ("PROTO", "https", "scheme", "https"),
        ("PROTO", "http, HTTPS", "scheme", "https"),
        ("PROTO", "gopher", "scheme", None),
        ("HOST", "mail.example.org:8443", "host", "mail.example.org:8443"),
        ("HOST", "evil.example, mail.example.org", "host", "mail.example.org"),
        ("HOST", "[2001:db8::1]:443", "host", "[2001:db8::1]:443"),
        ("HOST", "a/b", "host", None),
        ("HOST", "a b", "host", None),
        ("HOST", "user@host", "host", None),
        ("PREFIX", "/groups", "prefix", "/groups"),
        ("PREFIX", "/mail/groups/", "prefix", "/mail/groups"),
        ("PREFIX", "/", "prefix", ""),
        ("PREFIX", "groups", "prefix", None),
        ("PREFIX", "//evil.example", "prefix", None),
        ("PREFIX", "/a/../b", "prefix", None),
        ("PREFIX", "/a?b", "prefix", None),
        ("PREFIX", "/a\\b", "prefix", None),
        ("PREFIX", "/gr%C3%BCppe/a%20b", "prefix", "/grüppe/a b"),
        ("PREFIX", "/gr\u00c3\u00bcppe", "prefix", "/grüppe"),
        ("PREFIX", "/gr%FCppe", "prefix", None),
        ("PREFIX", "/a%0D%0ASet-Cookie:x", "prefix", None),
        ("PREFIX", "/%2e%2e/a", "prefix", None),
        ("PREFIX", "/%2Fevil.example", "prefix", None),
        ("PREFIX", "/a%00", "prefix", None),
    ],
)
def test_what_the_nearest_proxy_says_counts_if_it_can_be_true(name, value, attribute, expected):
    environ = {"REMOTE_ADDR": "10.0.0.1", f"HTTP_X_FORWARDED_{name}": value}
    assert getattr(origin_of(environ, PROXIES), attribute) == expected


def test_the_peers_of_a_unix_socket_are_trusted_by_a_word_of_their_own():
    environ = {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}
    assert origin_of(environ, read_trusted("unix")).client == "192.0.2.1"
    assert origin_of(environ, PROXIES).client == ""


def test_what_is_no_network_is_named():
    with pytest.raises(ValueError, match="rubbish"):
        read_trusted("127.0.0.1 rubbish")
