"""The page of requests for administrators: filters, a note in the row, several at once."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.services.groups import members
from contactsgroups.services.groups.managed_requests import RequestFilter, list_managed_requests
from contactsgroups.services.groups.requests import join_group, leave_group
from tests.directories import add_group

LIST = "/admin/requests"


@pytest.fixture
def waiting(core):
    """The UUIDs of two requests that wait."""
    group = add_group(core.database, "choir@example.org", "ada@example.org", join_on_request=True)
    for name in ("bob", "eve"):
        join_group(
            core.database, Principal(address=Address.parse(f"{name}@example.org")), group.uuid
        )
    found = list_managed_requests(
        core.database, OPERATOR, RequestFilter(waiting=True, search="choir")
    )
    return [each.uuid for each in found.requests]


def test_requests_are_listed_and_counted_beside_every_page(admin, waiting):
    assert "wants to join" in admin.get(LIST).text
    assert '<span class="unseen">waiting: </span>2</span>' in admin.get("/admin/accounts").text


def test_one_is_approved_with_a_note_and_found_among_the_decided(admin, waiting):
    answer = admin.submit(LIST, form=f"{waiting[0]}/approve", answer="Come on Tuesday")
    assert answer.status_code == 303
    assert "Bob Example is in “Choir” now." in admin.get(answer.location).text
    html = admin.get(f"{LIST}?state=decided").text
    assert "Come on Tuesday" in html
    assert "Approved" in html


@pytest.mark.parametrize(
    ("wish", "decision", "said"),
    [
        ("join", "approve", "Eve Example is in “Duo” now."),
        ("join", "decline", "Declined: Eve Example wanted to join “Duo”."),
        ("leave", "approve", "Eve Example has left “Duo”."),
        ("leave", "decline", "Declined: Eve Example wanted to leave “Duo”."),
    ],
)
@pytest.mark.parametrize("page", [LIST, "/groups/requests"])
def test_what_was_decided_about_whom_is_said(admin, core, page, wish, decision, said):
    eve = Principal(address=Address.parse("eve@example.org"))
    values = {"join_on_request": True, "leave_needs_approval": True}
    people = ["ada@example.org", *(["eve@example.org"] if wish == "leave" else [])]
    group = add_group(core.database, "duo@example.org", *people, **values)
    (join_group if wish == "join" else leave_group)(core.database, eve, group.uuid)
    form = admin.form_on(page, "answer")
    action = form.action.replace("/approve", f"/{decision}").replace("/decline", f"/{decision}")
    answer = admin.client.post(action, data=form.values)
    assert said in admin.get(answer.location).text


def test_ticked_requests_are_approved_together(admin, waiting):
    answer = admin.submit(LIST, form="ticked", request=waiting)
    assert answer.status_code == 303
    assert "Approved 2 requests." in admin.get(answer.location).text


def test_what_was_decided_meanwhile_is_told(admin, waiting):
    admin.submit(LIST, form=f"{waiting[0]}/approve", answer="")
    answer = admin.submit(LIST, form="ticked", request=waiting)
    assert answer.status_code == 409
    assert "Approved 1, but not 1. " in answer.text


def test_what_cannot_be_approved_says_why_in_its_row_and_the_rest_is(admin, waiting, core):
    values = {"leave_needs_approval": True, "owners": ("ada@example.org",)}
    people = ("bob@example.org", "eve@example.org")
    group = add_group(core.database, "duo@example.org", *people, **values)
    leave_group(core.database, Principal(address=Address.parse("eve@example.org")), group.uuid)
    members.remove_member(core.database, OPERATOR, group.uuid, "bob@example.org")
    (last,) = list_managed_requests(
        core.database, OPERATOR, RequestFilter(waiting=True, search="duo")
    ).requests
    answer = admin.submit(LIST, form="ticked", request=[*waiting, last.uuid])
    assert "Approved 2, but not 1." in answer.text
    row = answer.text.partition('<ul class="rows requests">')[2].partition("</li>")[0]
    assert 'class="fault"' in row
    assert "Nobody else" in row.partition('class="fault"')[2]


def test_nothing_ticked_changes_nothing(admin, waiting):
    answer = admin.submit(LIST, form="ticked")
    assert "nothing was changed" in admin.get(answer.location).text


def test_odd_parameters_count_as_left_out(admin, waiting):
    for odd in ("state=x&wish=y&after=z", "domain=%00&q=%00%ff", "after=" + "9" * 30):
        assert admin.get(f"{LIST}?{odd}").status_code == 200


def test_whoever_administers_nothing_sees_no_list(ada, waiting):
    assert ada.get(LIST).status_code == 403


@pytest.mark.parametrize("page", [LIST, "/groups/requests"])
def test_the_last_members_wish_to_leave_can_only_be_declined_and_says_why(admin, core, page):
    values = {"leave_needs_approval": True}
    group = add_group(core.database, "solo@example.org", "eve@example.org", **values)
    leave_group(core.database, Principal(address=Address.parse("eve@example.org")), group.uuid)
    html = admin.get(page).text
    assert "nobody else is in solo@example.org; add somebody else first" in html
    assert "/approve" not in html
    answer = admin.submit(page, form="/decline", answer="Who would be left?")
    assert "Declined: Eve Example wanted to leave" in admin.get(answer.location).text
