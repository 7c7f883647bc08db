"""Settings of notices that cannot work are refused when the program starts."""

import pytest

from contactsgroups.settings import InvalidSettings, from_mapping


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("notices_smtp", "mail.example.org:25"),
        ("notices_smtp", "[::1]:25"),
        ("notices_from", "groups@grün.example"),
        ("notices_language", "de-AT"),
        ("public_url", "https://groups.example.org"),
        ("public_url", "http://localhost:8080/mail/"),
    ],
)
def test_what_can_be_is_taken(name: str, value: str) -> None:
    assert getattr(from_mapping({name: value}), name) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("notices_smtp", ""),
        ("notices_smtp", "mail.example.org"),
        ("notices_smtp", "mail.example.org:99999"),
        ("notices_from", "groups"),
        ("notices_from", "grüße@example.org"),
        ("notices_from", "=?utf-8?q?a?=@example.org"),
        ("notices_from", "a@example.org\r\nBcc: b@example.org"),
        ("notices_language", "tlh"),
        ("public_url", "groups.example.org"),
        ("public_url", "javascript:alert(1)"),
        ("public_url", 'https://x.example/"><b>'),
        ("public_url", "https://x.example/?q"),
        ("public_url", "https://x.example/a b"),
    ],
)
def test_what_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        from_mapping({name: value})
    (fault,) = caught.value.faults
    assert fault.startswith(f"{name}: ")
