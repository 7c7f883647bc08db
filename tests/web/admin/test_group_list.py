"""The list of groups and what is done to the ticked ones, without JavaScript."""

import re
from html import unescape
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import pytest

from contactsgroups.domain.errors import GroupNotFound
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.accounts.domains import ensure_domain
from contactsgroups.services.groups import members
from tests.directories import add_account, add_group
from tests.web.forms import Visitor, as_people_read
from tests.web.sample import PASSWORD

LIST = "/admin/groups"


def listed(html):
    """The addresses in the list, in order."""
    return re.findall(r'<span class="address" title="([^"]*)"', html)


def tick(visitor, *found, **values):
    """Send the form of the list with some groups ticked."""
    form = visitor.form_on(values.pop("url", LIST), "/ticked")
    data = {**form.values, "group": [each.uuid for each in found], **values}
    return visitor.client.post(form.action, data=data)


def confirm(visitor, question, password):
    """Answer the question whether to delete."""
    uuids = re.findall(r'name="group" value="([^"]*)"', question.text)
    hidden = dict(re.findall(r'name="(csrf_token|list)" value="([^"]*)"', question.text))
    data = {**hidden, "group": uuids, "password": password}
    return visitor.client.post("/admin/groups/ticked/delete", data=data)


class TestList:
    def test_each_filter_that_is_set_can_be_dropped_by_itself(self, admin):
        wanted = [("q", "a"), ("kind", "static"), ("kind", "team"), ("domain", "example.org")]
        wanted += [("owner", "ada@example.org"), ("shown", "no"), ("moderated", "no")]
        wanted += [("disabled", "no"), ("finding", "no-owner")]
        html = admin.get(f"{LIST}?{urlencode(wanted)}").text
        chips = re.search(r'<ul class="set-filters".*?</ul>', html, re.DOTALL)[0]
        left = [
            parse_qsl(urlsplit(unescape(url)).query) for url in re.findall(r'href="([^"]*)"', chips)
        ]
        assert [set(wanted) - set(each) for each in left] == [{one} for one in wanted[1:3]] + [
            {one}
            for name in ("domain", "owner", "finding", "shown", "moderated", "disabled")
            for one in wanted
            if one[0] == name
        ]
        assert "set-filters" not in admin.get(f"{LIST}?q=a").text

    def test_filters_are_in_the_url_and_the_total_says_how_many_there_are(self, admin):
        html = admin.get(f"{LIST}?kind=department").text
        assert listed(html) == ["sales@example.org"]
        assert "1 of 4" in html
        both = admin.get(f"{LIST}?kind=department&kind=static&domain=example.com").text
        assert listed(both) == ["com@example.com"]

    def test_a_filter_keeps_the_other_ones(self, admin):
        html = admin.get(f"{LIST}?q=e&shown=yes&owner=ada@example.org").text
        assert listed(html) == ["team@example.org"]
        assert '<input type="hidden" name="owner" value="ada@example.org">' in html
        link = re.search(r'href="([^"]*moderated=yes[^"]*)"', html)[1].replace("&amp;", "&")
        assert {"q=e", "shown=yes", "owner=ada@example.org"} <= set(unquote(link)[14:].split("&"))

    def test_columns_sort_and_say_so(self, admin):
        html = admin.get(f"{LIST}?sort=-recipients").text
        assert listed(html)[0] == "team@example.org"
        assert 'aria-sort="descending"' in html
        by_name = listed(admin.get(LIST).text)
        assert listed(admin.get(f"{LIST}?sort=-name").text) == by_name[::-1]

    def test_pages_lead_on_and_back(self, admin, core):
        for number in range(60):
            add_group(core.database, f"many{number:02}@example.org", "ada@example.org")
        first = admin.get(f"{LIST}?q=many")
        onward = re.search(r'rel="next" href="([^"]*)"', first.text)[1].replace("&amp;", "&")
        second = admin.get(onward)
        assert len(listed(first.text)) == 50
        assert len(listed(second.text)) == 10
        back = re.search(r'rel="prev" href="([^"]*)"', second.text)[1].replace("&amp;", "&")
        assert listed(admin.get(back).text) == listed(first.text)
        assert 'rel="prev"' not in first.text
        assert 'rel="next"' not in second.text

    @pytest.mark.parametrize("wrong", ["owner=nobody", "domain=a..b", "sort=changed&after=x"])
    def test_a_filter_that_makes_no_sense_is_explained(self, admin, wrong):
        answer = admin.get(f"{LIST}?{wrong}")
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text

    def test_nothing_found_offers_to_drop_the_filters(self, admin):
        html = admin.get(f"{LIST}?q=nothing&disabled=yes").text
        assert "No group found for “nothing” with these filters" in html
        assert 'href="/admin/groups?q=nothing">Drop the filters' in html
        assert "Show all groups" in html

    def test_a_domain_administrator_sees_its_domain_only(self, app):
        local = Visitor(app.test_client()).take_session("admin@example.com")
        assert listed(local.get(LIST).text) == ["com@example.com"]
        assert listed(local.get(f"{LIST}?q=team").text) == []

    def test_it_shows_name_address_kind_and_count(self, admin):
        html = admin.get("/admin/groups").text
        for text in ("Team Blue", "team@example.org", "Department", "1 external", "Hidden"):
            assert text in html

    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("blue", ["team@example.org"]),
            ("guest@example.net", ["team@example.org"]),
            ("TEAM example.org", ["team@example.org"]),
            ("%", []),
            ("nothing", []),
        ],
    )
    def test_it_is_searched_by_name_address_and_member(self, admin, search, found):
        html = admin.get("/admin/groups", query_string={"q": search}).text
        listed = [a for a in ("team@example.org", "com@example.com") if f">{a}<" in html]
        assert listed == found
        assert ("No group found" in html) is not bool(found)
        assert f'value="{search}"' in html

    def test_without_groups_it_says_what_to_do(self, admin, core):
        for group in groups.list_groups(core.database, OPERATOR).groups:
            groups.remove_group(core.database, OPERATOR, group.uuid)
        assert "Create the first group" in admin.get("/admin/groups").text

    def test_admin_leads_to_it(self, admin):
        assert admin.get("/admin/").location == "/admin/groups"


class TestTicked:
    @pytest.mark.parametrize(
        ("action", "name", "value"),
        [
            ("disable", "disabled", True),
            ("enable", "disabled", False),
            ("hide", "show_in_contacts", False),
            ("show", "show_in_contacts", True),
        ],
    )
    def test_a_button_changes_all_ticked_groups(self, admin, find, action, name, value):
        answer = tick(admin, find("team"), find("secret"), action=action, url=f"{LIST}?q=example")
        assert (answer.status_code, answer.location) == (303, f"{LIST}?q=example")
        assert "2 groups." in admin.get(answer.location).text
        for each in ("team", "secret"):
            assert getattr(find(each).settings, name) is value
        assert find("sales").settings.disabled is False

    def test_nothing_ticked_changes_nothing(self, admin):
        answer = tick(admin, action="disable")
        assert "No group is ticked" in admin.get(answer.location).text

    def test_an_unknown_button_is_refused(self, admin, find):
        assert tick(admin, find("team"), action="burn").status_code == 422

    def test_each_group_that_was_not_changed_is_told_with_its_reason(self, admin, core, find):
        gone = find("secret")
        groups.remove_group(core.database, OPERATOR, gone.uuid)
        answer = tick(admin, gone, find("team"), action="disable")
        assert answer.status_code == 200
        assert "Disabled 1 of 2 groups" in answer.text
        assert "There is no such group." in answer.text
        assert find("team").settings.disabled

    def test_groups_of_others_are_refused_and_not_named(self, app, find):
        local = Visitor(app.test_client()).take_session("admin@example.com")
        answer = tick(local, find("secret"), find("com@example.com"), action="disable")
        assert answer.status_code == 200
        assert "secret" not in answer.text
        assert find("com@example.com").settings.disabled
        assert not find("secret").settings.disabled
        assert tick(local, find("secret"), action="disable").status_code == 404

    def test_who_administers_nothing_is_refused(self, ada, admin, find):
        token = ada.form_on("/compose", "csrf_token").values["csrf_token"]
        data = {"csrf_token": token, "group": find("team").uuid, "action": "disable"}
        for path in ("ticked", "ticked/delete"):
            answer = ada.client.post(f"{LIST}/{path}", data={**data, "password": PASSWORD})
            assert answer.status_code == 403
        assert not find("team").settings.disabled

    def test_an_expired_form_changes_nothing_and_says_so(self, admin, find):
        answer = tick(admin, find("team"), action="disable", csrf_token="old")
        assert "nothing was changed" in admin.get(answer.location).text
        assert not find("team").settings.disabled


class TestDelete:
    def test_it_asks_for_the_password_and_then_deletes(self, admin, find):
        question = tick(admin, find("team"), find("secret"), action="delete")
        assert question.status_code == 200
        assert "Delete 2 groups?" in question.text
        assert find("team").uuid in question.text
        wrong = confirm(admin, question, "wrong")
        assert wrong.status_code == 403
        assert "The password is wrong." in wrong.text
        assert find("team")
        answer = confirm(admin, wrong, PASSWORD)
        assert "Deleted 2 groups." in admin.get(answer.location).text
        for each in ("team", "secret"):
            with pytest.raises(GroupNotFound):
                find(each)

    def test_it_names_the_groups_that_nobody_would_be_left_in(self, admin, core, find):
        add_group(core.database, "all@example.org", "team@example.org", "secret@example.org")
        add_group(core.database, "some@example.org", "team@example.org", "ada@example.org")
        question = tick(admin, find("team"), find("secret"), action="delete")
        assert question.text.count("Nobody else is in") == 1
        assert f'/admin/groups/{find("all").uuid}#disabled">all@example.org</a>' in question.text
        assert "Nobody else" in confirm(admin, question, "wrong").text
        assert "Nobody else" not in tick(admin, find("team"), action="delete").text

    def test_what_one_may_not_delete_is_left_out(self, app, find):
        local = Visitor(app.test_client()).take_session("admin@example.com")
        question = tick(local, find("team"), find("com@example.com"), action="delete")
        assert "Delete 1 group?" in question.text
        assert find("team").uuid not in question.text
        none = tick(local, find("team"), action="delete")
        assert "None of these groups can be deleted" in none.text

    def test_an_expired_question_is_asked_again(self, admin, find):
        question = tick(admin, find("team"), action="delete")
        uuid = find("team").uuid
        data = {"csrf_token": "old", "group": uuid, "password": PASSWORD}
        again = admin.client.post(f"{LIST}/ticked/delete", data=data)
        assert again.status_code == 403
        assert "Delete 1 group?" in question.text
        assert "Delete 1 group?" in again.text
        assert find("team")


class TestDomainsBeyondAscii:
    A_LABEL, SHOWN = "xn--bcher-kva.example", "bücher.example"

    @pytest.fixture
    def readers(self, core):
        ensure_domain(core.database, OPERATOR, self.A_LABEL)
        add_account(core.database, f"eva@{self.A_LABEL}", display_name="Eva")
        return add_group(
            core.database,
            f"lesen@{self.A_LABEL}",
            f"eva@{self.A_LABEL}",
            f"gast@{self.A_LABEL.replace('b', 'd', 1)}",
            owners=[f"eva@{self.A_LABEL}"],
        )

    @pytest.mark.parametrize(
        "page",
        [
            "",
            "?domain=xn--bcher-kva.example",
            "?owner=eva@xn--bcher-kva.example",
            "/{}",
            "/{}/members",
            "/{}/delivery",
            "/{}/delete",
        ],
    )
    def test_pages_of_groups_show_them_in_their_own_letters(self, admin, readers, page):
        html = admin.get(LIST + page.format(readers.uuid)).text
        assert self.SHOWN in html
        assert "xn--bcher" not in as_people_read(html)

    @pytest.mark.parametrize(
        "page", ["/admin/addresses?address=eva@xn--bcher-kva.example", "/admin/domains", "/groups"]
    )
    def test_so_do_other_pages(self, admin, app, readers, page):
        eva = Visitor(app.test_client()).take_session(f"eva@{self.A_LABEL}")
        html = (eva if page == "/groups" else admin).get(page).text
        assert self.SHOWN in html
        assert "xn--bcher" not in as_people_read(html)

    def test_a_form_that_shows_them_saves_the_same_address(self, admin, core, readers):
        admin.submit(f"{LIST}/{readers.uuid}", display_name="Leserunde")
        saved = groups.show_group(core.database, OPERATOR, readers.uuid)
        assert (saved.address, saved.settings.display_name) == (readers.address, "Leserunde")
        assert {each.split("@")[0] for each in saved.owners} == {"eva"}

    def test_a_tick_beside_a_member_removes_that_member(self, admin, core, readers):
        page = f"{LIST}/{readers.uuid}/members"
        ticked = re.search(r'name="member" value="(eva@[^"]*)"', admin.get(page).text)[1]
        admin.submit(page, form="members/ticked", member=ticked, action="remove")
        left = members.list_members(core.database, OPERATOR, readers.uuid)
        assert [each.address.split("@")[0] for each in left] == ["gast"]
