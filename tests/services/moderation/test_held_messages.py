"""The queue of those who decide: found, counted, paged, and each message with what helps."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import MessageNotFound
from contactsgroups.domain.posting import Evidence
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.moderation import held_messages
from contactsgroups.services.moderation.decisions import approve_message, discard_message
from contactsgroups.services.moderation.held_messages import (
    HeldFilter,
    count_waiting,
    list_groups_with_waiting,
    list_held_messages,
    show_held_message,
)
from tests.services.conftest import ADA
from tests.services.moderation.holds import STRANGER, ZOE, add_moderated, hold
from tests.statements import statements_of

BOB = Principal(address=Address.parse("bob@example.org"))


def subjects(database: Database, actor: Principal = BOB, **wanted: object) -> list[str]:
    page = list_held_messages(database, actor, HeldFilter(**wanted))  # type: ignore[arg-type]
    return [each.subject for each in page.messages]


def fill(database: Database) -> None:
    team = add_moderated(database, display_name="Über uns")
    other = add_moderated(database, "other@example.org", moderators=["eve@example.org"])
    hold(database, team, digest="1", content=b"Subject: one\r\nFrom: J <jana@x.example>\r\n\r\nHi")
    hold(database, team, digest="2", content=b"Subject: two\r\n\r\nHi", evidence=STRANGER)
    hold(database, other, digest="3", content=b"Subject: three\r\n\r\nHi")


def test_the_newest_come_first_and_only_what_one_judges(database: Database) -> None:
    fill(database)
    assert subjects(database) == ["two", "one"]
    assert subjects(database, OPERATOR) == ["three", "two", "one"]
    assert subjects(database, ADA) == []
    assert [count_waiting(database, each) for each in (BOB, OPERATOR, ADA)] == [2, 3, None]
    assert [name for _, name in list_groups_with_waiting(database, BOB)] == ["Über uns"]


def test_search_and_filters(database: Database) -> None:
    fill(database)
    assert subjects(database, search="JANA") == ["one"]
    assert subjects(database, search="uber two") == ["two"]
    assert subjects(database, search="elsewhere") == ["two"]
    assert subjects(database, search="50%") == []
    assert subjects(database, unproven=True) == ["two"]
    assert subjects(database, OPERATOR, group="none") == []


def test_what_was_decided_is_listed_apart(small: Database) -> None:
    fill(small)
    first = list_held_messages(small, BOB, HeldFilter()).messages[0]
    discard_message(small, BOB, first.uuid)
    page = list_held_messages(small, BOB, HeldFilter(waiting=False))
    assert ([each.subject for each in page.messages], page.waiting, page.decided) == (["two"], 1, 1)
    assert page.messages[0].decided_by == "bob@example.org"
    assert count_waiting(small, BOB) == 1


def test_pages_go_on_where_the_last_one_ended(small: Database) -> None:
    group = add_moderated(small)
    for number in range(5):
        hold(small, group, digest=str(number), content=b"Subject: %d\r\n\r\n" % number)
    found, after = [], 0
    while True:
        page = list_held_messages(small, BOB, HeldFilter(), after=after, limit=2)
        found += [each.subject for each in page.messages]
        if page.next_after is None:
            break
        after = page.next_after
    assert found == list("43210")


def test_one_message_comes_with_what_helps_to_decide(small: Database) -> None:
    group = add_moderated(small)
    inner = add_moderated(small, "inner@example.org", moderators=["eve@example.org"])
    older, uuid, newer = (
        hold(small, group, digest="1"),
        hold(small, group, inner, digest="2"),
        hold(small, group, digest="3"),
    )
    approve_message(small, BOB, hold(small, group, digest="4"))
    discard_message(small, BOB, hold(small, group, digest="5"))

    details = show_held_message(small, BOB, uuid)

    assert (details.newer, details.older) == (newer, older)
    assert (details.approved, details.refused) == (1, 1)
    assert details.further_judges == ("Inner",)
    assert details.preview.text == "Dear all"
    assert details.trace[0] == "the group is enabled"
    assert (details.evidence.login, details.may_allow) == ("zoe@example.org", True)
    assert (details.message.recipient_count, details.message.days_left) == (2, 6)
    with pytest.raises(MessageNotFound):
        show_held_message(small, ADA, uuid)


def test_a_hidden_group_inside_is_named_to_those_only_who_may_know_of_it(small: Database) -> None:
    group = add_moderated(small)
    shown = add_moderated(small, "shown@example.org", moderators=["eve@example.org"])
    secret = add_moderated(
        small, "merger@example.org", moderators=["eve@example.org"], show_in_contacts=False
    )
    uuid = hold(small, group, secret, shown)

    def asked(actor: Principal) -> tuple[tuple[str, ...], int]:
        details = show_held_message(small, actor, uuid)
        return details.further_judges, details.hidden_judges

    assert asked(BOB) == (("Shown",), 1)
    assert asked(OPERATOR) == (("Merger", "Shown"), 0)


def test_no_more_are_counted_than_a_page_tells(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = add_moderated(small)
    for number in range(5):
        hold(small, group, digest=str(number), evidence=STRANGER)
    page = list_held_messages(small, BOB, HeldFilter())
    assert (page.waiting, page.decided, page.unproven) == (5, 0, 5)
    monkeypatch.setattr(held_messages, "COUNT_LIMIT", 3)
    page = list_held_messages(small, BOB, HeldFilter())
    assert (page.waiting, page.decided, page.unproven, count_waiting(small, BOB)) == (4, 0, 4, 4)


def test_where_a_sender_is_believed_decides_what_always_allowing_says(small: Database) -> None:
    group = add_moderated(small)
    forged = Evidence(envelope_sender=Address.parse("zoe@example.org"))
    found = [
        show_held_message(small, BOB, hold(small, group, digest=str(number), evidence=evidence))
        for number, evidence in enumerate([forged, STRANGER, ZOE])
    ]
    assert [each.is_local_sender for each in found] == [True, False, True]


def test_the_statements_are_as_many_for_many_messages(small: Database) -> None:
    group = add_moderated(small)

    def count() -> int:
        with statements_of(small) as statements:
            list_held_messages(small, BOB, HeldFilter())
        return len(statements)

    hold(small, group)
    few = count()
    for number in range(2, 12):
        hold(small, group, digest=str(number))
    assert count() == few
