"""The first decision wins, whoever makes it, and the audit log tells of each."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import (
    AlreadyDecided,
    InvalidInput,
    InvalidText,
    MessageNotFound,
    Unavailable,
)
from contactsgroups.domain.posting import Evidence
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.groups.editing import remove_group
from contactsgroups.services.groups.members import add_member
from contactsgroups.services.moderation import decisions
from contactsgroups.services.moderation.decisions import (
    Outcome,
    approve_message,
    approve_messages,
    discard_message,
    discard_messages,
    reject_message,
    reject_messages,
)
from contactsgroups.services.moderation.held_messages import HeldFilter, list_held_messages
from tests.directories import add_group
from tests.services.conftest import ADA, LOCAL_ADMIN
from tests.services.moderation.holds import STRANGER, ZOE, add_moderated, hold, parts, stored
from tests.services.unit_of_work.audit_log import read_log

BOB = Principal(address=Address.parse("bob@example.org"))
EVE = Principal(address=Address.parse("eve@example.org"))


def test_what_is_approved_keeps_its_content_and_what_is_refused_loses_it(
    database: Database,
) -> None:
    group = add_moderated(database)
    first, second, third = (hold(database, group, digest=each) for each in "123")

    approve_message(database, BOB, first)
    reject_message(database, BOB, second, " Not here.\r\n")
    discard_message(database, BOB, third)

    rows = [stored(database, each) for each in (first, second, third)]
    assert [each.state for each in rows] == ["approved", "rejected", "discarded"]
    assert [each.note for each in rows] == ["", "Not here.", ""]
    assert {each.decided_by for each in rows} == {"bob@example.org"}
    assert parts(database) == [first]


def test_every_decision_is_in_the_audit_log(small: Database) -> None:
    group = add_moderated(small)
    first, second = (hold(small, group, digest=each) for each in "12")
    approve_message(small, BOB, first)
    reject_message(small, BOB, second, "No.")
    told = {"sender": [None, "zoe@example.org"], "subject": [None, "Hello"]}
    assert read_log(small)[-2:] == [
        ("approve message", "team@example.org", {"fields": told}),
        ("reject message", "team@example.org", {"fields": told | {"note": [None, "No."]}}),
    ]


def test_the_first_decision_wins_and_the_second_is_told_of_it(database: Database) -> None:
    uuid = hold(database, add_moderated(database))

    def decide(number: int) -> str:
        try:
            if number % 2:
                approve_message(database, BOB, uuid)
            else:
                discard_message(database, OPERATOR, uuid)
        except AlreadyDecided as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(4) as executor:
        told = list(executor.map(decide, range(4)))

    assert told.count("") == 1
    winner = stored(database, uuid)
    for text in filter(None, told):
        assert text.startswith(
            f"this message is {winner.state} already; {winner.decided_by} decided at"
        )


@pytest.mark.parametrize(
    ("actor", "may"),
    [(BOB, True), (EVE, True), (LOCAL_ADMIN, True), (ADA, False), (OPERATOR, True)],
    ids=["moderator", "owner", "administrator", "member", "operator"],
)
def test_moderators_owners_and_administrators_decide(
    small: Database, actor: Principal, may: bool
) -> None:
    uuid = hold(small, add_moderated(small, owners=["eve@example.org"]))
    if may:
        approve_message(small, actor, uuid)
    else:
        with pytest.raises(MessageNotFound):
            approve_message(small, actor, uuid)


def test_moderators_of_a_group_inside_are_asked_after_those_of_the_group(small: Database) -> None:
    outer = add_moderated(small)
    inner = add_moderated(small, "inner@example.org", moderators=["eve@example.org"])
    uuid = hold(small, outer, inner)

    with pytest.raises(MessageNotFound):
        approve_message(small, EVE, uuid)
    assert approve_message(small, BOB, uuid).asks_further
    assert stored(small, uuid).state == "waiting"
    with pytest.raises(MessageNotFound):
        approve_message(small, BOB, uuid)
    assert not approve_message(small, EVE, uuid).asks_further
    assert stored(small, uuid).state == "approved"


def test_who_judges_both_groups_is_asked_once(small: Database) -> None:
    outer, inner = add_moderated(small), add_moderated(small, "inner@example.org")
    uuid = hold(small, outer, inner)
    assert not approve_message(small, BOB, uuid).asks_further


def test_a_sender_who_is_always_allowed_is_in_the_group_s_settings(small: Database) -> None:
    group = add_moderated(small, posting_policy="anyone")
    uuid = hold(small, group, evidence=STRANGER)
    approve_message(small, BOB, uuid, always_allow=True)
    shown = groups.show_group(small, OPERATOR, group.uuid)
    assert shown.allowed_senders == ("x@elsewhere.example",)
    assert shown.version == group.version + 1
    again = hold(small, group, evidence=STRANGER, digest="2")
    approve_message(small, BOB, again, always_allow=True)
    assert groups.show_group(small, OPERATOR, group.uuid).version == group.version + 1


def test_nobody_is_allowed_always_where_only_allowed_senders_may_write(small: Database) -> None:
    uuid = hold(small, add_moderated(small, posting_policy="allowed_senders"))
    with pytest.raises(InvalidInput, match="cannot be allowed"):
        approve_message(small, BOB, uuid, always_allow=True)
    assert stored(small, uuid).state == "waiting"


def test_messages_of_a_deleted_group_wait_until_it_is_restored(small: Database) -> None:
    group = add_moderated(small)
    uuid = hold(small, group)
    remove_group(small, OPERATOR, group.uuid)
    with pytest.raises(MessageNotFound):
        approve_message(small, OPERATOR, uuid)
    assert stored(small, uuid).state == "waiting"
    assert parts(small) == [uuid]


def test_several_are_decided_about_each_by_itself(small: Database) -> None:
    group = add_moderated(small)
    first, second, third, fourth = (hold(small, group, digest=each) for each in "1234")
    assert [each.error for each in approve_messages(small, BOB, [first, first])] == [None]
    done, late = reject_messages(small, BOB, [second, first], "No.")
    assert (done.error, str(late.error)[:24]) == (None, "this message is approved")
    assert [each.error for each in discard_messages(small, BOB, [third])] == [None]
    with pytest.raises(InvalidText):
        reject_messages(small, BOB, [fourth], "x\0")
    assert stored(small, fourth).state == "waiting"


def test_no_identifier_is_too_odd(small: Database) -> None:
    add_group(small, "other@example.org", "ada@example.org")
    for odd in ("", "nothing", "\0", "ü", "x" * 5000):
        with pytest.raises(MessageNotFound):
            approve_message(small, replace(OPERATOR), odd)


@pytest.mark.parametrize("policy", ["same_domain", "members"])
@pytest.mark.parametrize("evidence", [ZOE, STRANGER, Evidence()], ids=["known", "stranger", "null"])
def test_moderators_of_a_group_that_is_put_inside_meanwhile_are_asked(
    database: Database, policy: str, evidence: Evidence
) -> None:
    """Also where the group inside would refuse the sender."""
    outer = add_moderated(database, "outer@example.org")
    inner = add_moderated(
        database, "inner@example.org", moderators=["eve@example.org"], posting_policy=policy
    )
    uuid = hold(database, outer, evidence=evidence)
    add_member(database, OPERATOR, outer.uuid, "inner@example.org")

    assert approve_message(database, BOB, uuid).asks_further
    assert stored(database, uuid).judge_uuid == inner.uuid
    assert not approve_message(database, EVE, uuid).asks_further
    assert stored(database, uuid).state == "approved"


def test_nobody_is_asked_twice(database: Database) -> None:
    outer = add_moderated(database, "outer@example.org")
    inner = add_moderated(database, "inner@example.org", moderators=["eve@example.org"])
    add_member(database, OPERATOR, outer.uuid, "inner@example.org")
    uuid = hold(database, outer, inner)
    assert approve_message(database, BOB, uuid).asks_further
    assert not approve_message(database, EVE, uuid).asks_further
    assert stored(database, uuid).state == "approved"


def test_when_the_group_inside_is_deleted_the_one_around_decides(database: Database) -> None:
    outer = add_moderated(database, "outer@example.org")
    inner = add_moderated(database, "inner@example.org", moderators=["eve@example.org"])
    uuid = hold(database, outer, inner)
    assert approve_message(database, BOB, uuid).asks_further
    remove_group(database, OPERATOR, inner.uuid)

    assert [each.uuid for each in list_held_messages(database, BOB, HeldFilter()).messages] == [
        uuid
    ]
    approve_message(database, BOB, uuid)
    assert stored(database, uuid).state == "approved"


def test_a_decision_counts_although_its_content_cannot_be_removed_now(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (hold(small, add_moderated(small, f"{each}@example.org")) for each in "ab")

    @contextmanager
    def fail(*_: object) -> Iterator[None]:
        raise Unavailable("the database does not answer")
        yield

    monkeypatch.setattr(decisions, "write_private", fail)
    outcomes = discard_messages(small, BOB, [first, second])
    assert [each.error for each in outcomes] == [None, None]
    assert stored(small, second).state == "discarded"


def test_several_that_the_database_does_not_take_are_told_one_by_one(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuids = [hold(small, add_moderated(small, f"{each}@example.org")) for each in "abc"]
    asked = []

    def fail_at_second(database: Database, actor: Principal, uuid: str) -> Outcome:
        asked.append(uuid)
        if len(asked) > 1:
            raise Unavailable("the database does not answer")
        return approve_message(database, actor, uuid)

    monkeypatch.setattr(decisions, "approve_message", fail_at_second)
    outcomes = approve_messages(small, BOB, uuids)
    assert [type(each.error) for each in outcomes] == [type(None), Unavailable, Unavailable]
    assert asked == uuids[:2], "nobody waits for an answer again and again"
