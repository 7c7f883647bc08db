"""What a body says, every program on its way reads alike."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from contactsgroups.web.api.json_body import parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(VALUES)
def test_what_was_written_is_read(value):
    assert parse_json(json.dumps(value).encode()) == value


@given(st.text(), VALUES, VALUES)
def test_a_name_that_stands_twice_is_refused_however_deep(name, first, second):
    key = json.dumps(name)
    twice = f"{{{key}: {json.dumps(first)}, {key}: {json.dumps(second)}}}"
    for text in (twice, f"[{twice}]", f'{{"inside": {twice}}}'):
        with pytest.raises(BadRequest, match="more than once"):
            parse_json(text.encode())


@pytest.mark.parametrize("octets", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": 1} {}'])
def test_what_is_no_json_is_refused(octets):
    with pytest.raises(BadRequest):
        parse_json(octets)


@pytest.mark.parametrize(
    "text", ['"\\ud800"', '{"\\udfff": 1}', '[["a\\ud800b"]]', '"\\udc00\\ud800"']
)
def test_half_of_a_surrogate_pair_is_refused_and_a_pair_is_a_character(text):
    with pytest.raises(BadRequest, match="surrogate"):
        parse_json(text.encode())
    assert parse_json(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_no_half_character_comes_in_as_octets_either():
    with pytest.raises(BadRequest):
        parse_json(b'"\xed\xa0\x80"')


@pytest.mark.parametrize("path", ["/groups", "/completions/used"])
def test_every_face_of_the_api_refuses_it(manager, path):
    twice = b'{"recipients": [], "recipients": []}'
    answer = manager("POST", path, data=twice, content_type="application/json")
    assert answer.status_code == 400
    assert "'recipients' stands more than once" in answer.json["detail"]
