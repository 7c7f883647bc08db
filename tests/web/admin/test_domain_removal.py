"""The page that removes a domain."""

import pytest

from contactsgroups.domain.errors import DomainNotFound
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts import ensure_domain
from contactsgroups.services.accounts.domain_views import view_domain

EMPTY, FULL = "/admin/domains/empty.example/remove", "/admin/domains/example.org/remove"


@pytest.fixture
def empty(core):
    ensure_domain(core.database, OPERATOR, "empty.example")


def test_an_empty_domain_is_removed_with_the_password(admin, core, empty, monkeypatch):
    assert admin.submit(EMPTY, password="wrong").status_code == 403
    assert view_domain(core.database, OPERATOR, "empty.example").is_empty
    answer = admin.submit(EMPTY, password="correct horse")
    assert answer.status_code == 303
    assert "empty.example is not served here any more" in admin.get(answer.location).text
    with pytest.raises(DomainNotFound):
        view_domain(core.database, OPERATOR, "empty.example")


def test_what_is_still_in_it_is_named_and_leads_there(admin):
    html = admin.get(FULL).text
    assert "cannot be removed while anything has an address in it" in html
    assert "accounts</a>" in html
    assert 'name="password"' not in html
    answer = admin.client.post(FULL, data={"password": "correct horse"})
    assert answer.status_code in {403, 409}  # Without the token of a form, or with what is in it.
