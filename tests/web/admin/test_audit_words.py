"""What an entry of the audit log is in words."""

from datetime import UTC, datetime

import pytest

from contactsgroups.services.audit_log import AuditEntry
from contactsgroups.services.unit_of_work.audited_tables import AUDITED
from contactsgroups.web.admin.audit_sentences import ADDED, DONE, NOUNS, REMOVED, verbs_of
from contactsgroups.web.admin.audit_words import Difference, label_of, tell, tell_in_language


def entry(action, detail, subject="team@example.org"):
    return AuditEntry(
        id=1,
        at=datetime(2026, 11, 26, tzinfo=UTC),
        actor="admin@example.org",
        origin="127.0.0.1",
        action=action,
        subject=subject,
        domain="example.org",
        group_uuid="",
        detail=detail,
    )


def fields(**values):
    return {"fields": {name: list(pair) for name, pair in values.items()}}


@pytest.mark.parametrize(
    ("action", "detail", "what"),
    [
        ("create group", fields(display_name=(None, "A")), "created the group"),
        ("change group", fields(posting_policy=("anyone", "members")), "changed “Who may send”"),
        ("change group", fields(disabled=(False, True)), "turned “Disabled” on"),
        ("change group", fields(display_name=("a", "b"), rule=("c", "d")), "changed 2 fields"),
        ("change group", {"members": {"added": ["a@b.c"]}}, "added 1 member"),
        ("change group", {"kept": {"removed": ["a@b.c"]}}, "removed 1 kept member"),
        (
            "change group",
            {"members": {"added": ["a@b.c"] * 1204, "removed": ["d@e.f"]}, "part": [2, 3]},
            "added 1,204 members, removed 1 member (part 2 of 3)",
        ),
        (
            "change group",
            {
                "roles": {
                    "owner": {"added": ["a@b.c", "d@e.f"]},
                    "allowed_sender": {"removed": ["x"]},
                },
                **fields(moderated=(True, False)),
            },
            "added 2 owners, removed 1 allowed sender, turned “Moderated” off",
        ),
        (
            "change group",
            {"members": {"changed": {"a@b.c": {"original": ["A@b.c", "a@b.c"]}}}},
            "changed how a@b.c is written",
        ),
        (
            "change group",
            {
                "members": {
                    "added": ["a@b.c"],
                    "changed": {f"{each}@b.c": {"original": ["A", "a"]} for each in range(5_000)},
                }
            },
            "added 1 member, changed how 5,000 members are written",
        ),
        (
            "change group",
            {"members": {"changed": {"a@b.c": {"until": [None, "2027-01-31"]}}}},
            "changed the last day of a@b.c",
        ),
        (
            "change group",
            {"members": {"changed": {name: {"until": ["2027-01-31", None]} for name in "ab"}}},
            "changed the last day of 2 members",
        ),
        (
            "change group",
            {
                "because": "last day",
                "members": {
                    "removed": ["a@b.c"],
                    "changed": {"a@b.c": {"until": ["2027-01-31", None]}},
                },
            },
            "ended after the last day: removed 1 member",
        ),
        (
            "change account",
            fields(active=(True, False), revoked_at=(None, "x")),
            "closed the account",
        ),
        ("change account", fields(active=(False, True)), "opened the account again"),
        (
            "change account",
            fields(password_hash=("(hidden)", "(hidden)"), revoked_at=(None, "x")),
            "set the password",
        ),
        ("change account", fields(revoked_at=(None, "x")), "signed out everywhere"),
        ("create request", fields(wish=(None, "leave")), "asked to leave"),
        ("change request", fields(state=("waiting", "declined")), "declined the request"),
        (
            "create administrator",
            fields(domain=(None, "*")),
            "appointed administrator of all domains",
        ),
        (
            "remove administrator",
            fields(domain=("xn--bcher-kva.example", None)),
            "removed as administrator of bücher.example",
        ),
        ("create share", fields(domain=(None, "example.net")), "shown to example.net"),
        ("remove share", fields(domain=("example.net", None)), "hidden from example.net"),
        ("remove alias", {}, "removed the alias"),
        ("change group", {"undoes": 7}, "undid a change: changed the group"),
        (
            "change group",
            {"roles": {"always_member": {"added": ["a@b.c"]}}},
            "named 1 account as always in",
        ),
        ("change group", {}, "changed the group"),
        ("create token key", {}, "created the key of tokens"),
    ],
)
def test_what_was_done(action, detail, what):
    assert tell(entry(action, detail)).what == what


@pytest.mark.parametrize(
    ("action", "detail", "told"),
    [
        (
            "change group",
            fields(posting_policy=("anyone", "members")),
            [("Who may send", ("Anyone",), ("Members",))],
        ),
        ("change group", fields(description=("Old", "")), [("Description", ("Old",), ())]),
        ("change account", fields(title=(None, "Head")), [("Title", (), ("Head",))]),
        (
            "change account",
            fields(password_hash=("(hidden)", "(hidden)")),
            [("Password", (), ("changed",))],
        ),
        (
            "change account",
            fields(password_hash=("(hidden)", None)),
            [("Password", (), ("removed",))],
        ),
        (
            "create group",
            fields(
                uuid=(None, "x"), moderated=(None, False), disabled=(None, True), rule=(None, "")
            ),
            [("Disabled", (), ("on",))],
        ),
        ("create account", fields(active=(None, True), display_name=(None, "")), []),
        ("create account", fields(active=(None, False)), [("Open", (), ("off",))]),
        (
            "change domain",
            fields(group_defaults=("", '{"moderated": true, "posting_policy": "members"}')),
            [("What new groups begin with", (), ("Moderated: on; Who may send: Members",))],
        ),
        (
            "change group",
            fields(picture=(None, "70 bytes, SHA-256 0123456789abcdef")),
            [("Picture", (), ("70 bytes",))],
        ),
    ],
)
def test_each_field_before_and_after(action, detail, told):
    found = tell(entry(action, detail)).differences
    assert found == tuple(Difference(*each) for each in told)


def test_who_came_and_who_went():
    detail = {"members": {"added": ["a@xn--bcher-kva.example"], "removed": ["b@example.org"]}}
    assert tell(entry("change group", detail)).differences == (
        Difference("Members", ("b@example.org",), ("a@bücher.example",), is_list=True),
    )


def test_everything_that_is_audited_has_a_name_in_the_filter():
    assert {each.noun for each in AUDITED if each.noun} == NOUNS.keys() - {"audit log", "message"}


def test_no_field_is_called_by_its_name_in_the_code():
    for each in AUDITED:
        for _, column in each.fields:
            assert "_" not in label_of(column.name.removesuffix("_id"))


def test_what_encodes_to_another_domain_is_told_as_it_is():
    told = tell(entry("change group", {"fields": {"description": ["", "xn--abc-.example"]}}))
    assert told.differences[0].after == ("xn--abc-.example",)


def test_two_spellings_of_a_domain_are_told_apart():
    before, after = "see xn--bcher-kva.example", "see bücher.example"
    told = tell(entry("change group", {"fields": {"description": [before, after]}}))
    assert told.differences == (Difference("Description", (before,), (after,)),)


def test_every_kind_of_entry_and_every_list_has_its_sentences():
    special = {"create request", "create share", "remove share"}
    special |= {"create administrator", "remove administrator"}
    actions = {f"{verb} {noun}" for noun in NOUNS for verb in verbs_of(noun)}
    assert actions <= DONE.keys() | special
    assert ADDED.keys() == REMOVED.keys()


@pytest.mark.parametrize(
    ("language", "what"),
    [
        ("de", "2 Mitglieder hinzugefügt, „Moderiert“ ausgeschaltet"),
        ("zh", "添加了 2 位成员，关闭了“需审核”"),
    ],
)
def test_an_entry_is_told_in_whole_sentences_of_the_language(app, language, what):
    detail = {"members": {"added": ["a@b.c", "d@e.f"]}, **fields(moderated=(True, False))}
    with app.test_request_context(headers={"Accept-Language": language}):
        assert tell_in_language(entry("change group", detail)).what == what


def test_what_people_typed_is_not_translated(app):
    detail = fields(display_name=("Members", "Groups"), description=("", "{text}"))
    with app.test_request_context(headers={"Accept-Language": "de"}):
        name, description = tell_in_language(entry("change group", detail)).differences
    assert (name.label, name.before, name.after) == ("Name", ("Members",), ("Groups",))
    assert description.after == ("{text}",)


def test_a_moment_is_written_as_in_the_language(app):
    detail = fields(expires_at=(None, "2026-12-01T08:00:00+00:00"))
    told = tell(entry("change token key", detail)).differences
    assert told[0].after == ("2026-12-01 08:00:00 UTC",)
    with app.test_request_context(headers={"Accept-Language": "de"}):
        told = tell_in_language(entry("change token key", detail)).differences
    assert told[0].after == ("01.12.2026, 08:00 UTC",)
