"""A manifest is read as it was written, and anything else is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.services.backup.manifest import FileFacts, Manifest, parse_manifest

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_a_manifest_is_read_as_it_was_written() -> None:
    files = {"database": FileFacts(3, "abc"), "state/é": FileFacts(4, "def")}
    manifest = Manifest("sqlite", "0001", files=files, directories=["state/collections"])
    assert parse_manifest(manifest.render()) == manifest
    assert manifest.size == 7


@given(ANYTHING)
def test_anything_else_is_refused(content: object) -> None:
    with pytest.raises(InvalidInput):
        parse_manifest(json.dumps(content).encode())


@pytest.mark.parametrize("content", [b"", b"\xff", b"{", b"[" * 100_000, b'{"format": 2}'])
def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_manifest(content)
