"""Deleting a group in the pages: what is said before, and the password."""

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from tests.directories import group_draft
from tests.web.admin.test_groups import url_of


class TestDelete:
    def test_it_asks_for_the_password(self, admin, core, find):
        team = find("team")
        url = f"{url_of(team)}/delete"
        for password in ("", "wrong"):
            answer = admin.submit(url, password=password)
            assert answer.status_code == 403
            assert "The password is wrong." in answer.text
        assert find("team") == team
        answer = admin.submit(url, password="correct horse")
        assert (answer.status_code, answer.location) == (303, "/admin/groups")
        assert "Deleted team@example.org." in admin.get(answer.location).text
        assert "Team Blue" not in admin.get(answer.location).text

    def test_it_says_what_will_be_lost(self, admin, core, find):
        draft = group_draft(
            address="outer@example.org", display_name="Outer", members=["team@example.org"]
        )
        groups.create_group(core.database, OPERATOR, draft)
        html = admin.get(f"{url_of(find('team'))}/delete").text
        assert "3 mailboxes" in html
        assert "outer@example.org" in html
        assert "Nobody else is in <a" in html
        with_others = group_draft("outer2@example.org", members=["team@example.org", "x@y.example"])
        groups.create_group(core.database, OPERATOR, with_others)
        html = admin.get(f"{url_of(find('team'))}/delete").text
        assert html.count("Nobody else is in <a") == 1

    def test_it_promises_nothing_that_is_so_already(self, admin, core, find):
        off = group_draft("off@example.org", members=["ada@example.org"], disabled=True)
        hidden = group_draft(
            "dark@example.org", members=["eve@example.org"], show_in_contacts=False
        )
        for draft in (off, hidden):
            groups.create_group(core.database, OPERATOR, draft)
        text = admin.get(f"{url_of(find('off'))}/delete").text
        assert "refused already" in text
        assert "will be refused" not in text
        assert "disable it" not in text
        text = admin.get(f"{url_of(find('dark'))}/delete").text
        assert "will be refused" in text
        assert "disappears" not in text

    def test_opening_the_page_deletes_nothing(self, admin, find):
        team = find("team")
        admin.get(f"{url_of(team)}/delete?password=correct+horse")
        assert find("team") == team

    def test_guessing_the_password_is_stopped(self, admin, find):
        url = f"{url_of(find('team'))}/delete"
        answers = [admin.submit(url, password="wrong").status_code for _ in range(6)]
        assert answers == [403] * 5 + [429]
        assert find("team")
