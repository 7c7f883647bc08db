"""What people read about their memberships and requests."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.delivery.membership_notices import MY_GROUPS, REQUESTS
from contactsgroups.services.delivery.notice_text import NoticeText
from contactsgroups.services.groups.members import add_member, remove_member
from contactsgroups.services.groups.requests import (
    approve_request,
    decline_request,
    join_group,
    leave_group,
    list_own_requests,
)
from tests.directories import add_account, add_alias, add_group
from tests.outbox import clear_outbox, due, waiting
from tests.services.conftest import LOCAL_ADMIN
from tests.services.groups.changing import save

EVE = Principal(address=Address.parse("eve@example.org"))
FROM_NOW_ON = "From now on you get the messages that are sent to it."


@pytest.fixture
def choir(small: Database) -> str:
    """A group that tells new members, with an owner and Bob in it."""
    uuid = add_group(
        small,
        "choir@example.org",
        "bob@example.org",
        display_name="The Choir",
        description="Rehearsals on Thursdays.\nBring a pen.",
        owners=("bob@example.org",),
        notify_members=True,
        leave_needs_approval=True,
        join_on_request=True,
    ).uuid
    clear_outbox(small)
    return uuid


def only_text(database: Database) -> NoticeText:
    (notice,) = due(database)
    return notice.text


def test_a_new_member_reads_who_added_it_what_the_group_is_and_how_to_leave(
    small: Database, choir: str
) -> None:
    add_member(small, LOCAL_ADMIN, choir, "eve@example.org")
    text = only_text(small)
    assert text.subject == "You were added to The Choir"
    assert text.paragraphs == (
        (
            "You (eve@example.org) were added to the group The Choir (choir@example.org) by Ada "
            f"(ada@example.org). {FROM_NOW_ON}"
        ),
        "Rehearsals on Thursdays.\nBring a pen.",
        "You can ask to leave it on the page “My groups”; an owner decides.",
    )
    assert (text.domain, text.page) == ("example.org", MY_GROUPS)


def test_who_may_leave_at_once_reads_so(small: Database, choir: str) -> None:
    save(small, choir, leave_needs_approval=False)
    add_member(small, OPERATOR, choir, "eve@example.org")
    text = only_text(small)
    assert "by an administrator of the mail system." in text.paragraphs[0]
    assert text.paragraphs[-1] == "You can leave it on the page “My groups”."


@pytest.mark.parametrize(
    ("actor", "contact"),
    [(LOCAL_ADMIN, "ada@example.org"), (OPERATOR, "postmaster@example.org")],
)
def test_who_has_no_account_reads_whom_to_write_to(
    small: Database, choir: str, actor: Principal, contact: str
) -> None:
    add_member(small, actor, choir, "zed@elsewhere.example")
    text = only_text(small)
    assert text.paragraphs[-1] == f"To leave the group, write to {contact}."
    assert text.page == ""


def test_who_has_no_account_reads_nothing_that_an_owner_can_choose_but_addresses(
    small: Database, choir: str
) -> None:
    add_account(small, "ada@example.org", display_name="Buy now")
    add_member(small, LOCAL_ADMIN, choir, "zed@elsewhere.example")
    text = only_text(small)
    assert text.subject == "You were added to choir@example.org"
    assert text.paragraphs[0] == (
        "You (zed@elsewhere.example) were added to the group choir@example.org by "
        f"ada@example.org. {FROM_NOW_ON}"
    )
    assert len(text.paragraphs) == 2
    assert "Buy now" not in str(text.paragraphs)


def test_a_closed_account_is_nobody_to_write_to(small: Database, choir: str) -> None:
    add_member(small, LOCAL_ADMIN, choir, "zed@elsewhere.example")
    add_account(small, "ada@example.org", active=False)
    assert only_text(small).paragraphs[-1] == (
        "To leave the group, write to postmaster@example.org."
    )


def test_owners_read_who_asks_for_what_and_the_note(small: Database, choir: str) -> None:
    join_group(small, EVE, choir, "I sing\nalto")
    text = only_text(small)
    assert text.subject == "Eve asks to join The Choir"
    assert text.paragraphs == (
        "Eve (eve@example.org) asks to join the group The Choir (choir@example.org).",
        "I sing\nalto",
        "You can approve or decline it on the page “My groups”, under “Requests”.",
    )
    assert text.page == REQUESTS


@pytest.mark.parametrize(
    ("wish", "decide", "subject", "outcome"),
    [
        (
            join_group,
            approve_request,
            "You are in The Choir now",
            (
                "Your request to join the group The Choir (choir@example.org) was approved by Ada "
                f"(ada@example.org). {FROM_NOW_ON}"
            ),
        ),
        (
            join_group,
            decline_request,
            "Your request to join The Choir was declined",
            (
                "Your request to join the group The Choir (choir@example.org) was declined by Ada "
                "(ada@example.org)."
            ),
        ),
        (
            leave_group,
            approve_request,
            "You have left The Choir",
            (
                "Your request to leave the group The Choir (choir@example.org) was approved by Ada "
                "(ada@example.org). You get no more messages that are sent to it."
            ),
        ),
        (
            leave_group,
            decline_request,
            "Your request to leave The Choir was declined",
            (
                "Your request to leave the group The Choir (choir@example.org) was declined by Ada "
                "(ada@example.org)."
            ),
        ),
    ],
)
def test_who_asked_reads_the_answer_and_the_note(
    small: Database, choir: str, wish: object, decide: object, subject: str, outcome: str
) -> None:
    if wish is leave_group:
        add_member(small, OPERATOR, choir, "eve@example.org")
    wish(small, EVE, choir)  # type: ignore[operator]
    clear_outbox(small)
    (request,) = list_own_requests(small, EVE)
    decide(small, LOCAL_ADMIN, request.uuid, "See you.")  # type: ignore[operator]
    text = only_text(small)
    assert text.subject == subject
    assert text.paragraphs == (outcome, "See you.")
    assert text.page == MY_GROUPS


def test_an_applicant_whose_account_is_closed_is_not_told(small: Database, choir: str) -> None:
    join_group(small, EVE, choir)
    (request,) = list_own_requests(small, EVE)
    decline_request(small, OPERATOR, request.uuid)
    add_account(small, "eve@example.org", active=False)
    assert due(small) == []


def test_who_is_no_owner_any_more_does_not_read_who_asks(small: Database, choir: str) -> None:
    join_group(small, EVE, choir, "between us")
    save(small, choir, owners=["ada@example.org"])
    assert waiting(small) == [("asked", "bob@example.org")]
    assert due(small) == []


def test_nobody_reads_of_requests_to_a_disabled_group(small: Database, choir: str) -> None:
    join_group(small, EVE, choir)
    save(small, choir, disabled=True)
    assert due(small) == []


def test_what_was_approved_and_taken_back_since_is_not_told(small: Database, choir: str) -> None:
    join_group(small, EVE, choir)
    approve_request(small, OPERATOR, list_own_requests(small, EVE)[0].uuid)
    remove_member(small, OPERATOR, choir, "eve@example.org")
    assert due(small) == []
    clear_outbox(small)
    add_member(small, OPERATOR, choir, "eve@example.org")
    clear_outbox(small)
    leave_group(small, EVE, choir)
    approve_request(small, OPERATOR, list_own_requests(small, EVE)[0].uuid)
    assert [each.text.subject for each in due(small)] == ["You have left The Choir"]
    add_member(small, OPERATOR, choir, "eve@example.org")
    assert due(small) == []


def test_a_member_by_an_alias_is_one(small: Database, choir: str) -> None:
    add_alias(small, "alto@example.org", "eve@example.org")
    join_group(small, EVE, choir)
    clear_outbox(small)
    add_member(small, OPERATOR, choir, "alto@example.org")
    assert [each.text.subject for each in due(small)] == ["You are in The Choir now"]


@pytest.mark.parametrize("disabled", [True, False])
def test_applicants_read_no_answer_of_a_disabled_group(
    small: Database, choir: str, disabled: bool
) -> None:
    join_group(small, EVE, choir)
    decline_request(small, OPERATOR, list_own_requests(small, EVE)[0].uuid)
    save(small, choir, disabled=disabled)
    assert len(due(small)) == (0 if disabled else 1)
