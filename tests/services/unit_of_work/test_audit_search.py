"""What an entry of the audit log is found by."""

from contactsgroups.services.unit_of_work.audit_search import LENGTH_LIMIT, search_text_of

DETAIL = {
    "fields": {"display_name": ["Straße", None], "moderated": [False, True]},
    "members": {"added": ["Ada@example.org"], "changed": {"bob@example.org": {"original": ["B"]}}},
    "part": [1, 2],
}


def test_names_and_values_are_in_it_folded_but_not_what_fields_are_called() -> None:
    text = search_text_of("admin@example.org", "Gröup@example.org", DETAIL)
    for word in ("admin@", "group@", "strasse", "ada@", "bob@"):
        assert word in text
    for word in ("display_name", "moderated", "added", "part", "None"):
        assert word not in text


def test_two_names_never_make_a_third() -> None:
    assert "ab" not in search_text_of("a", "b", {"fields": {"title": ["c", "a"], "name": ["b"]}})


def test_it_is_bounded() -> None:
    members = {"members": {"added": ["x" * 100] * 20_000}}
    assert len(search_text_of("a", "b", members)) == LENGTH_LIMIT
