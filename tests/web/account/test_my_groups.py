"""My groups, as an ordinary account and an owner use them, without JavaScript."""

from datetime import date

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.delivery.membership_notices import MY_GROUPS, REQUESTS
from contactsgroups.services.groups import members
from contactsgroups.services.groups.member_ends import set_last_day
from tests.directories import add_group
from tests.web.forms import Visitor

EVE = "eve@example.org"


def eve(app) -> Visitor:
    return Visitor(app.test_client()).take_session(EVE)


def addresses(core, uuid):
    return [each.address for each in members.list_members(core.database, OPERATOR, uuid)]


class TestList:
    def test_it_tells_what_one_is_in_directly_and_through_what(self, ada, core):
        add_group(core.database, "floor@example.org", "team@example.org")
        html = ada.get("/groups").text
        direct, through = html.split("Through something else")
        assert "Team Blue" in direct
        assert "you own it" in direct
        assert "through <bdi>Team Blue</bdi>" in through
        assert "through the department <bdi>Sales</bdi>" in through
        assert "Secret Plans" not in html

    def test_who_is_in_none_is_told_what_to_do(self, app, core):
        zoe = Visitor(app.test_client()).take_session("zoe@example.org")
        assert "You are in no group yet" in zoe.get("/groups").text

    def test_what_one_owns_leads_to_its_administration(self, ada, find):
        html = ada.get("/groups/owned").text
        assert f"/admin/groups/{find('team').uuid}/members" in html
        assert "I moderate" not in html


def test_the_pages_that_notices_link_to_are_there(ada):
    for page in (MY_GROUPS, REQUESTS):
        assert ada.get(page).status_code == 200


class TestLeaving:
    def test_it_is_confirmed_and_takes_effect_at_once(self, app, core, find):
        group = add_group(core.database, "lunch@example.org", EVE, "ada@example.org")
        visitor = eve(app)
        assert "need an administrator" in visitor.get(f"/groups/{group.uuid}/leave").text
        assert visitor.submit(f"/groups/{group.uuid}/leave").status_code == 303
        assert "You left “Lunch”" in visitor.get("/groups").text
        assert addresses(core, group.uuid) == ["ada@example.org"]

    def test_where_an_owner_must_approve_it_is_asked_for(self, app, ada, core):
        people = (EVE, "ada@example.org")
        values = {"owners": ("ada@example.org",), "leave_needs_approval": True}
        group = add_group(core.database, "lunch@example.org", *people, **values)
        visitor = eve(app)
        page = visitor.get(f"/groups/{group.uuid}/leave").text
        assert "Ada Example decides about it" in page.replace("<bdi>", "").replace("</bdi>", "")
        visitor.submit(f"/groups/{group.uuid}/leave", note="I moved.")
        assert "Withdraw" in visitor.get("/groups").text
        html = ada.get("/groups/requests").text
        assert "I moved." in html
        assert ada.submit("/groups/requests", form="approve").status_code == 303
        assert "Eve Example has left “Lunch”." in ada.get("/groups/requests").text
        assert addresses(core, group.uuid) == ["ada@example.org"]
        assert "approved by <bdi>Ada Example</bdi>" in visitor.get("/groups/requests").text

    def test_the_last_member_is_told_why_it_stays(self, app, find):
        url = f"/groups/{find('secret').uuid}/leave"
        visitor = eve(app)
        before = visitor.get(url).text
        assert "You are its only member" in before
        assert "delete it" in before
        assert f'action="{url}"' not in before
        assert "destructive" not in before
        token = visitor.form_on("/compose").values["csrf_token"]
        answer = visitor.client.post(url, data={"csrf_token": token})
        assert answer.status_code == 422
        assert "last member" in answer.text


class TestJoining:
    def test_a_group_that_takes_requests_is_found_and_asked(self, app, ada, core):
        values = {"owners": ("ada@example.org",), "join_on_request": True}
        group = add_group(core.database, "lunch@example.org", "ada@example.org", **values)
        visitor = eve(app)
        assert "Lunch" in visitor.get("/groups/join?q=lunch").text
        assert "No group found" in visitor.get("/groups/join?q=ada").text
        visitor.submit(f"/groups/{group.uuid}/join", note="Please <b>")
        assert "Please &lt;b&gt;" in ada.get("/groups/requests").text
        ada.submit("/groups/requests", form="decline", answer="No room.")
        html = visitor.get("/groups/requests").text
        assert "declined by <bdi>Ada Example</bdi>" in html
        assert "No room." in html
        assert addresses(core, group.uuid) == ["ada@example.org"]

    def test_a_note_is_as_long_as_the_field_says_and_a_longer_one_comes_back(self, app, core):
        values = {"owners": ("ada@example.org",), "join_on_request": True}
        group = add_group(core.database, "lunch@example.org", "ada@example.org", **values)
        visitor, page = eve(app), f"/groups/{group.uuid}/join"
        assert 'maxlength="1000"' in visitor.get(page).text
        refused = visitor.submit(page, note="x" * 1001)
        assert refused.status_code == 422
        assert "x" * 1001 in refused.text
        assert visitor.submit(page, note="x\r\n" * 500).status_code == 303

    def test_a_request_is_withdrawn(self, app, ada, core):
        values = {"owners": ("ada@example.org",), "join_on_request": True}
        group = add_group(core.database, "lunch@example.org", "ada@example.org", **values)
        visitor = eve(app)
        visitor.submit(f"/groups/{group.uuid}/join")
        answer = visitor.submit("/groups/requests", form="withdraw")
        assert answer.status_code == 303
        assert "Withdrawn" in visitor.get("/groups/requests").text
        assert "There are no requests" in ada.get("/groups/requests").text

    def test_what_cannot_be_asked_is_said_before_anything_is_typed(self, app, ada, core):
        open_one = add_group(
            core.database, "o@example.org", "ada@example.org", join_on_request=True
        )
        closed = add_group(core.database, "c@example.org", "ada@example.org")
        visitor = eve(app)
        visitor.submit(f"/groups/{open_one.uuid}/join")
        for who, url, said in [
            (visitor, f"/groups/{open_one.uuid}/join", "your request waits"),
            (visitor, f"/groups/{closed.uuid}/join", "takes no requests"),
            (visitor, f"/groups/{closed.uuid}/leave", "nothing to leave"),
            (ada, f"/groups/{open_one.uuid}/join", "in it already"),
        ]:
            page = who.get(url).text
            assert said in page
            assert "<textarea" not in page

    def test_an_expired_form_comes_back_with_the_note(self, app, core):
        group = add_group(core.database, "g@example.org", "ada@example.org", join_on_request=True)
        url = f"/groups/{group.uuid}/join"
        answer = eve(app).client.post(url, data={"note": "typed", "csrf_token": "old"})
        assert answer.status_code == 403
        assert "typed" in answer.text


class TestGroup:
    def test_it_shows_members_owners_and_who_may_send(self, ada, find):
        html = ada.get(f"/groups/{find('team').uuid}").text
        for text in ("Bob Example", "guest@example.net", "External", "group&#39;s own mail domain"):
            assert text in html

    def test_members_that_are_not_shown_stay_unsaid(self, app, core, find):
        team = find("team")
        draft = groups.GroupDraft(
            address=team.address,
            settings=team.settings.changed({"show_members": False}),
            owners=team.owners,
        )
        groups.update_group(core.database, OPERATOR, team.uuid, team.version, draft)
        html = eve(app).get(f"/groups/{team.uuid}").text
        assert "does not show who is in it" in html
        assert "guest@example.net" not in html


class TestOwners:
    """What an owner does in the pages that administrators use."""

    def test_settings_are_saved_but_not_where_members_come_from(self, ada, find):
        url = f"/admin/groups/{find('team').uuid}"
        html = ada.get(url).text
        assert 'type="radio" name="kind"' not in html
        assert "/delete" not in html
        ada.submit(url, display_name="Team Red", description="We row.")
        assert find("team").settings.display_name == "Team Red"
        answer = ada.submit(url, kind="dynamic", rule='title = "x"')
        assert answer.status_code == 403
        assert ada.submit(url, address="blue@example.org").status_code == 403
        assert find("team").settings.kind == "static"

    def test_members_come_and_go(self, ada, core, find):
        url = f"/admin/groups/{find('team').uuid}/members"
        ada.submit(url, form="members", members=EVE)
        assert EVE in addresses(core, find("team").uuid)
        ada.submit(url, form="members/ticked", member="guest@example.net", action="remove")

    def test_whoever_gives_a_group_away_lands_on_a_list(self, ada, find):
        answer = ada.submit(f"/admin/groups/{find('team').uuid}", owners=EVE)
        assert answer.location == "/groups/owned"

    def test_an_owner_of_a_team_deletes_it_with_the_password(self, ada, core):
        values = {"kind": "team", "owners": ("ada@example.org",)}
        group = add_group(core.database, "crew@example.org", EVE, **values)
        url = f"/admin/groups/{group.uuid}/delete"
        assert ada.submit(url, password="wrong").status_code == 403
        assert ada.submit(url, password="correct horse").location == "/groups/owned"
        assert ada.get(url).status_code == 404


def test_members_see_their_last_day(core, app):
    uuid = add_group(
        core.database, "project@example.org", "eve@example.org", "ada@example.org"
    ).uuid
    set_last_day(core.database, OPERATOR, uuid, ["eve@example.org"], date(2999, 1, 31))
    assert '· until <time datetime="2999-01-31">' in eve(app).get("/groups").text
    assert "You are in this group until <time" in eve(app).get(f"/groups/{uuid}").text


def test_who_is_pinned_reads_that_and_not_a_rule_that_selects_others(app, core):
    values = {"kind": "dynamic", "rule": 'name = "nobody else"', "members": None}
    pinned = add_group(
        core.database, "pins@example.org", always_members=["eve@example.org"], **values
    )
    set_last_day(core.database, OPERATOR, pinned.uuid, ["eve@example.org"], date(2999, 1, 31))
    html = eve(app).get("/groups").text
    assert 'because an administrator named you until <time datetime="2999-01-31">' in html
    assert "nobody else" not in html
