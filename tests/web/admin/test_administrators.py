"""The admin pages of administrators."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.services.accounts.domains import ensure_domain
from contactsgroups.services.accounts.identity import find_principal
from tests.directories import add_account
from tests.web.forms import Visitor
from tests.web.sample import PASSWORD

NEW = "/admin/administrators/new"
ADA, ADMIN, LOCAL = "ada@example.org", "admin@example.org", "admin@example.com"


def removing(address, domain):
    return f"/admin/administrators/remove?address={address}&domain={domain}"


def managed(core, address):
    return find_principal(core.database, address).managed_domains


@pytest.fixture
def local(app):
    return Visitor(app.test_client()).take_session(LOCAL)


@pytest.fixture
def second(core):
    """Another administrator of all domains."""
    accounts.appoint_administrator(core.database, OPERATOR, ADA, domain=None)


def test_each_administrator_sees_whom_it_could_remove(admin, local):
    html = admin.get("/admin/administrators").text
    assert ADMIN in html
    assert LOCAL in html
    html = local.get("/admin/administrators").text
    assert "All domains" not in html
    assert f"address={LOCAL}" in html


@pytest.mark.parametrize(("domain", "result"), [("example.com", {"example.com"}), ("*", None)])
def test_one_domain_or_all_are_handed_on_with_the_password(admin, core, domain, result):
    answer = admin.submit(
        NEW, form="/new", address="Ada <ada@example.org>", domain=domain, password=PASSWORD
    )
    assert answer.location == "/admin/administrators"
    assert managed(core, ADA) == result
    html = admin.get("/admin/audit?what=create+administrator").text
    assert "127.0.0.1" in html


@pytest.mark.parametrize(
    ("changes", "status", "text"),
    [
        ({"password": "wrong"}, 403, "The password is wrong."),
        ({"password": ""}, 403, "The password is wrong."),
        ({"address": ""}, 422, "Name the account."),
        ({"domain": ""}, 422, "Choose what the account shall administer."),
        ({"address": "nobody@example.org"}, 404, "nobody@example.org"),
        ({"domain": "nowhere.example"}, 422, "nowhere.example"),
    ],
)
def test_what_is_wrong_stands_in_the_form_with_what_was_typed(admin, core, changes, status, text):
    values = {"address": ADA, "domain": "example.com", "password": PASSWORD, **changes}
    answer = admin.submit(NEW, form="/new", **values)
    assert answer.status_code == status
    assert text in answer.text
    assert values["address"] in answer.text
    assert PASSWORD not in answer.text
    assert managed(core, ADA) == frozenset()


def test_all_that_is_missing_is_told_at_once(admin):
    html = admin.submit(NEW, form="/new", address="", domain="", password="").text
    assert "address-fault" in html
    assert "domain-fault" in html


@pytest.mark.parametrize("domain", ["*", "example.org"])
def test_nobody_hands_on_more_than_it_has(local, core, domain):
    answer = local.submit(NEW, form="/new", address=ADA, domain=domain, password=PASSWORD)
    assert answer.status_code == 403
    assert managed(core, ADA) == frozenset()
    assert "All domains" not in local.get(NEW).text
    assert local.get(removing(ADMIN, "*")).status_code == 422


def test_an_appointment_is_taken_back_with_the_password(admin, core):
    url = removing(LOCAL, "example.com")
    assert admin.submit(url, form="/remove", password="wrong").status_code == 403
    assert managed(core, LOCAL) == {"example.com"}
    assert admin.submit(url, form="/remove", password=PASSWORD).status_code == 303
    assert managed(core, LOCAL) == frozenset()
    assert admin.get(url).status_code == 422


def test_the_last_administrator_of_all_domains_stays(admin, core):
    html = admin.get(removing(ADMIN, "*")).text
    assert "You are the last administrator of all domains" in html
    assert 'name="password"' not in html
    token = admin.form_on(NEW, "/new").values["csrf_token"]
    sent = {"address": ADMIN, "domain": "*", "password": PASSWORD, "own": "yes"}
    answer = admin.client.post("/admin/administrators/remove", data=sent | {"csrf_token": token})
    assert answer.status_code == 409
    assert "appoint another first" in answer.text
    assert managed(core, ADMIN) is None


def test_ones_own_right_is_given_up_with_a_word_more(admin, core, second):
    url = removing(ADMIN, "*")
    answer = admin.submit(url, form="/remove", password=PASSWORD)
    assert answer.status_code == 422
    assert "own-fault" in answer.text
    assert managed(core, ADMIN) is None
    answer = admin.submit(url, form="/remove", password=PASSWORD, own="yes")
    assert (answer.status_code, answer.location) == (303, "/")
    assert managed(core, ADMIN) == frozenset()
    assert admin.get("/admin/administrators").status_code == 403


def test_a_domain_of_somebody_who_has_all_is_taken_back_alone(admin, core, second):
    accounts.appoint_administrator(core.database, OPERATOR, ADA, domain="example.com")
    html = admin.get(removing(ADA, "example.com")).text
    assert "What stays: <bdi>all domains</bdi>" in html
    admin.submit(removing(ADA, "*"), form="/remove", password=PASSWORD)
    assert managed(core, ADA) == {"example.com"}


@pytest.mark.parametrize("path", ["new", "remove"])
def test_an_expired_form_keeps_what_was_typed(admin, path):
    sent = {"address": LOCAL, "domain": "example.com", "password": PASSWORD, "csrf_token": "old"}
    answer = admin.client.post(f"/admin/administrators/{path}", data=sent)
    assert answer.status_code == 403
    assert LOCAL in answer.text
    assert "Check the form" in answer.text
    assert PASSWORD not in answer.text


def test_who_administers_nothing_sees_none_of_it(ada):
    for path in ("", "/new", "/remove"):
        assert ada.get(f"/admin/administrators{path}").status_code == 403


class TestDomainsBeyondAscii:
    NAME = "xn--bcher-kva.example"
    EVA = f"eva@{NAME}"

    @pytest.fixture(autouse=True)
    def readers(self, core):
        ensure_domain(core.database, OPERATOR, self.NAME)
        add_account(core.database, self.EVA, display_name="Eva")

    @pytest.mark.parametrize("domain", [NAME, "bücher.example", "Bücher.Example"])
    def test_either_spelling_appoints(self, admin, core, domain):
        answer = admin.submit(NEW, form="/new", address=ADA, domain=domain, password=PASSWORD)
        assert answer.status_code == 303
        assert managed(core, ADA) == {self.NAME}

    @pytest.mark.parametrize("domain", [NAME, "bücher.example"])
    def test_a_refused_form_keeps_the_choice(self, admin, domain):
        answer = admin.submit(NEW, form="/new", address=self.EVA, domain=domain, password="wrong")
        assert f'value="{self.NAME}" selected>bücher.example<' in answer.text

    @pytest.mark.parametrize("address", [EVA, "eva@bücher.example"])
    @pytest.mark.parametrize("domain", [NAME, "bücher.example"])
    def test_either_spelling_takes_the_right_back(self, admin, core, address, domain):
        accounts.appoint_administrator(core.database, OPERATOR, self.EVA, domain=self.NAME)
        page = removing(address, domain)
        answer = admin.submit(page, address=address, domain=domain, password=PASSWORD)
        assert answer.status_code == 303
        assert not managed(core, self.EVA)

    @pytest.mark.parametrize("domain", [NAME, "bücher.example"])
    @pytest.mark.parametrize("page", ["accounts", "audit"])
    def test_either_spelling_is_chosen_in_a_filter(self, admin, page, domain):
        html = admin.get(f"/admin/{page}?domain={domain}").text
        assert f'value="{self.NAME}" selected>bücher.example<' in html
        assert html.count("selected>bücher.example<") == 1

    @pytest.mark.parametrize("domain", [NAME, "bücher.example"])
    def test_either_spelling_is_ticked_in_the_filter_of_groups(self, admin, domain):
        html = admin.get(f"/admin/groups?domain={domain}").text
        assert f'name="domain" value="{self.NAME}" checked' in html
