"""The page of a domain's viewers."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts.domain_views import view_domain

PAGE = "/admin/domains/example.org/viewers"


def viewers(core):
    return view_domain(core.database, OPERATOR, "example.org").shown_to


def test_a_domain_is_shown_to_another_one_and_hidden_again(admin, core):
    for viewer in viewers(core):
        admin.submit(PAGE, form="viewers/hide", viewer=viewer)
    assert "shown to its own accounts only" in admin.get(PAGE).text
    answer = admin.submit(PAGE, form="viewers", viewer="example.com")
    assert answer.status_code == 303
    assert "is shown to example.com now" in admin.get(answer.location).text
    assert viewers(core) == ("example.com",)
    answer = admin.submit(PAGE, form="viewers/hide")
    assert "is not shown to example.com any more" in admin.get(answer.location).text
    assert viewers(core) == ()


@pytest.mark.parametrize("viewer", ["", "example.org", "nowhere.example", "no domain", "%00"])
def test_what_cannot_be_chosen_changes_nothing_and_is_not_looked_up(admin, core, viewer):
    before = viewers(core)
    answer = admin.submit(PAGE, form="viewers", viewer=viewer)
    assert answer.status_code == 422
    assert "Choose a domain." in answer.text
    assert viewers(core) == before
