"""The admin pages of one address: where it is, and its removal from groups and roles."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.groups.members import where_is
from tests.directories import group_draft
from tests.web.forms import Visitor

URL = "/admin/addresses?address=ada@example.org"
REMOVE = "/admin/addresses/remove?address=ada@example.org"


def words(html):
    return " ".join(html.split())


@pytest.fixture
def create(core):
    def add(name, *members, **values):
        draft = group_draft(
            f"{name}@example.org", **{"display_name": name.title(), "members": members, **values}
        )
        return groups.create_group(core.database, OPERATOR, draft)

    return add


@pytest.fixture
def places(core):
    """The groups that have an address as a member."""

    def found(address="ada@example.org"):
        return [each.split("@")[0] for each in where_is(core.database, OPERATOR, address)]

    return found


class TestWhereItIs:
    """Directly, by an alias, through something else, and in roles."""

    def test_it_is_found_in_any_spelling(self, admin):
        html = admin.get("/admin/addresses?address=ADA@example.org").text
        assert "2 groups: 1 directly, 1 through something else" in words(html)
        for text in ("Team Blue", "Sales", "Department", "only owner", "ada.alias@example.org"):
            assert text in html

    def test_by_an_alias_and_through_groups(self, admin, create):
        create("lunch", "ada.alias@example.org", "bob@example.org")
        create("house", "lunch@example.org")
        html = words(admin.get("/admin/addresses?address=ada.alias@example.org").text)
        assert "is an alias of this account" in html
        assert "4 groups: 2 directly, 2 through something else" in html
        assert "Through <bdi>Lunch</bdi>" in html
        assert 'as <span class="address">ada.alias@example.org' in html

    def test_an_outside_address_with_its_name(self, admin):
        query = {"address": "Guest <guest@example.net>"}
        assert "Team Blue" in admin.get("/admin/addresses", query_string=query).text

    def test_a_rule_is_shown_as_text(self, admin, create):
        rule = 'name contains "<b>" or name contains "Ada"'
        create("wild", kind="dynamic", rule=rule, members=None)
        html = admin.get(URL).text
        assert "<b>" not in html
        assert "&lt;b&gt;" in html

    def test_a_pinned_account_is_there_by_no_rule(self, admin, create):
        pins = {"members": None, "always_members": ["ada@example.org"]}
        create("pinned", kind="dynamic", rule='name contains "Zebra"', **pins)
        html = words(admin.get(URL).text)
        assert "Named by an administrator" in html
        assert "Zebra" not in html
        removal = words(admin.get(REMOVE).text)
        assert "Named by an administrator" not in removal

    def test_one_that_is_nowhere(self, admin):
        html = admin.get("/admin/addresses?address=nobody@example.net").text
        assert "is not a member of any group" in html

    @pytest.mark.parametrize("page", ["", "/remove"])
    def test_what_is_no_address(self, admin, page):
        answer = admin.get(f"/admin/addresses{page}?address=broken")
        assert answer.status_code == 422
        assert "there is no @ in it" in answer.text


class TestRemoval:
    """One page says before what follows, and asks what has to be decided."""

    def test_what_is_named_goes_and_what_a_department_gives_stays(self, admin, places):
        html = words(admin.get(REMOVE).text)
        assert "Nobody owns it then" in html
        assert 'Stays in <span class="number">1 group' in html
        answer = admin.submit(REMOVE)
        assert answer.status_code == 303
        html = admin.get(answer.location).text
        assert "Removed ada@example.org from team@example.org; it is in sales@example.org" in html
        assert places() == ["sales"]

    def test_a_group_of_its_own_is_disabled(self, admin, create, places, find):
        create("lunch", "ada.alias@example.org")
        html = words(admin.get(REMOVE).text)
        assert "Nobody else is a member." in html
        answer = admin.submit(REMOVE)
        assert "disabled lunch@example.org" in admin.get(answer.location).text
        assert find("lunch").settings.disabled
        assert places("ada.alias@example.org") == []
        page = f"/admin/groups/{find('lunch').uuid}"
        assert admin.submit(page, display_name="Lunch club").status_code == 303

    def test_or_stays_as_it_is(self, admin, create, places):
        lunch = create("lunch", "ada@example.org")
        answer = admin.submit(REMOVE, **{f"remedy-{lunch.uuid}": "stay"})
        assert "it stays in lunch@example.org" in admin.get(answer.location).text
        assert places() == ["lunch", "sales"]

    def test_without_a_choice_it_stays(self, admin, create, places):
        lunch = create("lunch", "ada@example.org")
        for chosen in ("", "nonsense"):
            admin.submit(REMOVE, **{f"remedy-{lunch.uuid}": chosen})
        assert "lunch" in places()

    def test_a_moderated_group_is_taken_over(self, admin, create, find):
        create("press", "bob@example.org", moderated=True, moderators=["ada@example.org"])
        answer = admin.submit(REMOVE)
        assert "you run press@example.org now" in admin.get(answer.location).text
        assert find("press").moderators == ("admin@example.org",)

    def test_only_groups_with_a_tick(self, admin, create, places):
        lunch = create("lunch", "ada@example.org", "bob@example.org")
        url = f"{REMOVE}&some=yes&group={lunch.uuid}"
        assert "from 1 group?" in words(admin.get(url).text)
        admin.submit(url)
        assert places() == ["sales", "team"]

    def test_without_a_tick_there_is_nothing_to_do(self, admin):
        assert "No group has a tick." in admin.get(f"{REMOVE}&some=yes").text

    def test_an_expired_page_keeps_what_was_decided(self, admin, create, places):
        lunch = create("lunch", "ada@example.org")
        answer = admin.submit(REMOVE, csrf_token="x", **{f"remedy-{lunch.uuid}": "stay"})
        assert answer.status_code == 403
        assert 'value="stay" checked' in answer.text
        assert "lunch" in places()

    def test_groups_of_other_administrators_are_left_alone(self, app, places):
        visitor = Visitor(app.test_client()).take_session("admin@example.com")
        html = visitor.get(URL).text
        assert "is not a member of any group of yours" in html
        assert "ada.alias" not in html
        assert "There is nothing to remove." in visitor.get(REMOVE).text
        token = visitor.form_on("/compose").values["csrf_token"]
        data = {"csrf_token": token, "address": "ada@example.org"}
        visitor.client.post("/admin/addresses/remove", data=data)
        assert places() == ["sales", "team"]


def test_whoever_would_come_back_with_a_groups_kind_can_be_taken_out(admin, create, find):
    group = create("later", "guest@side.example", "bob@example.org")
    url, kept = f"/admin/groups/{group.uuid}", {"kind": "dynamic", "rule": 'title = "Boss"'}
    admin.submit(url, **kept, confirmed_kind="dynamic 2")
    page = "/admin/addresses?address=guest@side.example"
    assert "Comes back" in admin.get(page).text
    asked = "/admin/addresses/remove?address=guest@side.example"
    assert "Does not come back" in admin.get(asked).text
    answer = admin.submit(asked)
    html = admin.get(answer.location).text
    assert "it does not come back in later@example.org" in html
    assert "Comes back" not in html
