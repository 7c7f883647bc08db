"""The admin pages of groups, as a browser without JavaScript uses them."""

import io

import pytest
from PIL import Image

from contactsgroups.domain.group import SWITCHES
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from tests.web.forms import Visitor, read_forms

NEW = {
    "address": "new@example.org",
    "display_name": "New Group",
    "members": "ada@example.org, Bob <bob@example.org>; guest@example.net",
}


def picture(size=(64, 64), kind="PNG"):
    data = io.BytesIO()
    Image.new("RGB", size, "#336699").save(data, kind)
    return io.BytesIO(data.getvalue()), f"picture.{kind.lower()}"


def url_of(group):
    return f"/admin/groups/{group.uuid}"


class TestCreate:
    def test_a_static_group(self, admin, find):
        answer = admin.submit("/admin/groups/new", **NEW)
        group = find("new")
        assert (answer.status_code, answer.location) == (303, f"{url_of(group)}/members")
        assert "Created new@example.org." in admin.get(answer.location).text
        assert (group.settings.display_name, group.settings.kind, group.recipient_count) == (
            "New Group",
            "static",
            3,
        )
        assert group.applicant == "admin@example.org"
        assert group.settings.show_in_contacts

    def test_every_field_is_saved(self, admin, find):
        admin.submit(
            "/admin/groups/new",
            **NEW,
            description="Two\nlines",
            kind="team",
            posting_policy="allowed_senders",
            allowed_senders="boss@example.net",
            owners="ada@example.org",
            moderators="bob@example.org, eve@example.org",
            moderated="on",
            notify_members="on",
            leave_needs_approval="on",
            disabled="on",
            without=("show_in_contacts", "ignore_auto_replies", "show_members"),
            files={"picture": picture()},
        )
        group = find("new")
        assert group.settings.description == "Two\nlines"
        assert (group.settings.kind, group.settings.posting_policy) == ("team", "allowed_senders")
        assert group.allowed_senders == ("boss@example.net",)
        assert group.owners == ("ada@example.org",)
        assert group.moderators == ("bob@example.org", "eve@example.org")
        assert group.has_own_picture
        assert {each.name for each in SWITCHES if getattr(group.settings, each.name)} == {
            "moderated",
            "notify_members",
            "leave_needs_approval",
            "disabled",
        }

    def test_a_department_group(self, admin, find):
        admin.submit(
            "/admin/groups/new",
            address="europe@example.org",
            display_name="Europe",
            kind="department",
            department="example.org/Sales/Europe",
        )
        assert (find("europe").settings.department, find("europe").recipient_count) == (
            "Sales/Europe",
            1,
        )

    def test_a_dynamic_group(self, admin, find):
        admin.submit(
            "/admin/groups/new",
            address="named@example.org",
            display_name="Named",
            kind="dynamic",
            rule='name contains "Example"',
        )
        assert find("named").recipient_count == 4

    @pytest.mark.parametrize(
        ("changes", "status", "field", "fault"),
        [
            ({"address": "no address"}, 422, "address", "there is no @ in it"),
            ({"address": ""}, 422, "address", "an address is missing"),
            ({"address": "x@unknown.example"}, 422, "address", "not served here"),
            ({"address": "ada@example.org"}, 409, "address", "already in use"),
            ({"address": "a\r\nb@example.org"}, 422, "address", "U+000D"),
            ({"display_name": "a\r\nBcc: x"}, 422, "display_name", "U+000D"),
            ({"display_name": "\u202eevil"}, 422, "display_name", "U+202E"),
            ({"display_name": "x" * 256}, 422, "display_name", "255"),
            ({"description": "x" * 4001}, 422, "description", "4000"),
            ({"members": ""}, 422, "members", "at least one member"),
            ({"members": "nobody@example.org"}, 422, "members", "no such account"),
            ({"members": "broken"}, 422, "members", "there is no @"),
            ({"owners": "broken"}, 422, "owners", "there is no @"),
            ({"kind": "department"}, 422, "department", "needs a department"),
            ({"kind": "department", "department": "example.org/No"}, 422, "department", "no dep"),
            ({"kind": "department", "department": "example.com/X"}, 422, "department", "no dep"),
            ({"kind": "dynamic"}, 422, "rule", "needs a rule"),
            ({"kind": "dynamic", "rule": "shoe = 42"}, 422, "rule", "expected one of"),
            ({"kind": "fancy"}, 422, "kind", "must be one of"),
            ({"posting_policy": "nobody"}, 422, "posting_policy", "must be one of"),
        ],
    )
    def test_a_fault_is_shown_at_its_field_and_nothing_typed_is_lost(
        self, admin, core, changes, status, field, fault
    ):
        before = groups.list_groups(core.database, OPERATOR)
        typed = {**NEW, "description": "Kept description", "rule": "", **changes}
        answer = admin.submit("/admin/groups/new", **typed)
        assert answer.status_code == status
        assert fault in answer.text.replace("Expected", "expected")
        assert f'href="#{field}"' in answer.text
        assert "Kept description" in answer.text or field == "description"
        assert "guest@example.net" in answer.text or field == "members"
        assert groups.list_groups(core.database, OPERATOR) == before

    def test_all_faults_are_shown_at_once_each_at_its_field(self, admin, core):
        """In the words of the page, with a link from above to each of them."""
        before = groups.list_groups(core.database, OPERATOR)
        wrong = {
            "display_name": "x" * 256,
            "address": "ada@example.org",
            "description": "\x07",
            "kind": "dynamic",
            "rule": "shoe = 42",
            "members": "",
            "posting_policy": "nobody",
            "allowed_senders": "broken, worse",
            "owners": "nobody@example.org",
            "moderated": "on",
        }
        files = {"picture": (io.BytesIO(b"no picture"), "x.png")}
        answer = admin.submit("/admin/groups/new", **wrong, files=files)
        assert answer.status_code == 422
        faulty = {*wrong, "picture", "moderators"} - {"kind", "members", "moderated"}
        for field in faulty:
            assert f'id="{field}-fault"' in answer.text, field
            assert f'href="#{field}"' in answer.text, field
            assert f"{field}-fault " in answer.text or f'{field}-fault"' in answer.text
        assert answer.text.count('class="fault"') == len(faulty)
        for text in (
            "broken: there is no @",
            "worse: there is no @",
            "he name is longer than 255",
        ):
            assert answer.text.count(text) == 2, text
        for name in ("isplay_name", "osting_policy"):
            assert f"{name} " not in answer.text.replace(f'"{name}', "")
        assert groups.list_groups(core.database, OPERATOR) == before

    def test_without_a_name_the_address_stands_in_its_place(self, admin, find):
        answer = admin.submit("/admin/groups/new", **{**NEW, "display_name": " "})
        assert find("new").settings.display_name == ""
        html = admin.get(answer.location).text
        assert "<h1>new@example.org</h1>" in html
        assert "<bdi>new@example.org</bdi>" in admin.get("/admin/groups").text

    @pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n broken"])
    def test_what_is_no_picture_is_refused(self, admin, core, data):
        before = groups.list_groups(core.database, OPERATOR)
        files = {"picture": (io.BytesIO(data), "x.png")}
        answer = admin.submit("/admin/groups/new", **NEW, files=files)
        if data:
            assert answer.status_code == 422
            assert "is not a PNG, JPEG, GIF or WebP image" in answer.text
            assert groups.list_groups(core.database, OPERATOR) == before
        else:
            assert answer.status_code == 303  # No file was chosen.

    def test_missing_fields_are_faults_not_failures(self, admin):
        token = admin.form_on("/admin/groups/new").values["csrf_token"]
        answer = admin.client.post("/admin/groups/new", data={"csrf_token": token})
        assert answer.status_code == 422

    def test_another_administrators_domain_is_refused(self, app, find):
        visitor = Visitor(app.test_client()).take_session("admin@example.com")
        answer = visitor.submit("/admin/groups/new", **NEW)
        assert answer.status_code == 403
        assert "may not create groups in example.org" in answer.text
        assert "New Group" in answer.text


class TestChange:
    def test_saving_the_form_as_it_is_changes_nothing_but_the_version(self, admin, find):
        for name in ("team", "sales", "secret"):
            before = find(name)
            assert admin.submit(url_of(before)).status_code == 303
            after = find(name)
            for field in ("address", "settings"):
                assert getattr(after, field) == getattr(before, field), field
            assert (after.owners, after.recipient_count) == (before.owners, before.recipient_count)
            assert after.version == before.version + 1

    def test_the_flag_for_contacts(self, admin, find, ada):
        team = find("team")
        admin.submit(url_of(team), without=("show_in_contacts",))
        assert not find("team").settings.show_in_contacts
        assert ada.get("/api/v1/completions?q=team").json["completions"] == []
        admin.submit(url_of(team), show_in_contacts="on")
        assert len(ada.get("/api/v1/completions?q=team").json["completions"]) == 1

    @pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)
    def test_every_switch_in_force_has_its_box(self, admin, find, switch):
        team = find("team")
        html = admin.get(url_of(team)).text
        assert f'id="{switch.name}"' in html
        assert switch.label in html
        changes = {"without": (switch.name,)} if switch.default else {switch.name: "on"}
        admin.submit(url_of(team), **changes)
        flipped = {switch.name: not switch.default}
        assert find("team").settings == team.settings.changed(flipped)

    def test_another_kind_drops_the_hidden_rule_or_department_of_the_one_before(self, admin, find):
        """Pages submit what they hide; a person who chose another kind has given it up."""
        sales = find("sales")
        rule = 'name contains "Example"'
        admin.submit(url_of(sales), kind="dynamic", rule=rule)
        assert find("sales").settings == sales.settings.changed(
            {"kind": "dynamic", "rule": rule, "department": ""}
        )
        admin.submit(url_of(sales), kind="static")
        assert find("sales").settings == sales.settings.changed(
            {"kind": "static", "department": ""}
        )

    def test_another_kind_asks_before_typed_members_go(self, admin, find):
        """They are kept, and come back with the kind; what was typed beside it is not lost."""
        team = find("team")
        before = admin.get(f"{url_of(team)}/members").text
        rule = {"kind": "dynamic", "rule": 'title = "Boss"', "description": "Bosses"}
        asked = admin.submit(url_of(team), **rule)
        assert asked.status_code == 409
        assert "<strong>3 typed members will no longer be members</strong>" in asked.text
        assert "Save, and let 3 members go" in asked.text
        assert find("team") == team
        values = read_forms(asked.text)[-1].values
        assert (values["kind"], values["description"]) == ("dynamic", "Bosses")
        other = admin.client.post(
            url_of(team),
            data={**values, "kind": "department", "confirmed_kind": "dynamic 3"}
            | {"department": "example.org/Sales/Europe"},
        )
        assert other.status_code == 409
        answer = admin.client.post(url_of(team), data={**values, "confirmed_kind": "dynamic 3"})
        assert answer.status_code == 303
        assert find("team").settings.kind == "dynamic"
        assert "3 typed members are kept from before" in admin.get(url_of(team)).text
        assert admin.submit(url_of(team), kind="static").status_code == 303
        assert "kept from before" not in admin.get(url_of(team)).text
        assert find("team").recipient_count == team.recipient_count
        after = admin.get(f"{url_of(team)}/members").text
        for text in ("ada@example.org", "guest@example.net"):
            assert (text in before) is (text in after) is True

    def test_the_last_owner_goes_once_that_was_agreed_to(self, admin, ada, find):
        """Whoever owned it alone cannot take it back."""
        team = find("team")
        for who, told in ((admin, "requests to join and leave."), (ada, "no longer be able to")):
            asked = who.submit(url_of(team), owners=" , ", description="Kept")
            assert asked.status_code == 409
            assert "Nobody will own this group any more." in asked.text
            assert told in asked.text
            assert find("team") == team
        (form,) = (each for each in read_forms(asked.text) if "owners" in each.values)
        assert form.values["description"] == "Kept"
        agreed = {**form.values, "without_owner": "on"}
        answer = ada.client.post(url_of(team), data=agreed)
        assert (answer.status_code, answer.location) == (303, "/groups/owned")
        assert (find("team").owners, find("team").settings.description) == ((), "Kept")
        assert admin.submit(url_of(team), description="").status_code == 303

    def test_both_questions_are_asked_one_after_the_other(self, admin, find):
        team = find("team")
        rule = {"kind": "dynamic", "rule": 'title = "Boss"'}
        asked = admin.submit(url_of(team), owners="", **rule)
        assert "Save without an owner" in asked.text
        (form,) = (each for each in read_forms(asked.text) if "owners" in each.values)
        again = admin.client.post(url_of(team), data={**form.values, "without_owner": "on"})
        assert again.status_code == 409
        (form,) = (each for each in read_forms(again.text) if "owners" in each.values)
        data = {**form.values, "confirmed_kind": "dynamic 3"}
        assert admin.client.post(url_of(team), data=data).status_code == 303
        assert find("team").owners == ()

    def test_a_team_is_not_asked_about_but_refused(self, admin, ada, find):
        team = find("team")
        admin.submit(url_of(team), kind="team")
        refused = ada.submit(url_of(team), owners="")
        assert refused.status_code == 422
        assert "a team needs an owner" in refused.text.lower()

    def test_a_new_name_and_address(self, admin, find):
        team = find("team")
        admin.submit(url_of(team), display_name="Team Red", address="Red@Example.org")
        assert find("red").settings.display_name == "Team Red"
        assert find("red").uuid == team.uuid

    def test_a_picture_is_set_and_removed(self, admin, find):
        team = find("team")
        admin.submit(url_of(team), files={"picture": picture((2000, 1000), "JPEG")})
        assert find("team").has_own_picture
        served = admin.get(f"/api/v1/groups/{team.uuid}/picture.png").data
        assert max(Image.open(io.BytesIO(served)).size) <= 256
        admin.submit(url_of(team), description="untouched picture")
        assert find("team").has_own_picture
        admin.submit(url_of(team), remove_picture="on")
        assert not find("team").has_own_picture

    def test_a_fault_keeps_what_was_typed(self, admin, find):
        team = find("team")
        answer = admin.submit(url_of(team), address="ada@example.org", description="Typed")
        assert answer.status_code == 409
        assert "already in use by an existing account" in answer.text
        assert "Typed" in answer.text
        assert find("team") == team

    @pytest.mark.parametrize("version", ["", "x", "-1", "1e9", "9" * 40])
    def test_a_strange_version_overwrites_nothing(self, admin, find, version):
        """What the form showed still tells what was changed; without that, a person chooses."""
        team = find("team")
        answer = admin.submit(url_of(team), version=version, display_name="X", shown="[")
        assert answer.status_code == 409
        assert find("team") == team
        admin.submit(url_of(team), version=version, display_name="Other")
        assert find("team").settings == team.settings.changed({"display_name": "Other"})

    def test_a_group_that_is_gone_is_a_404(self, admin, core, find):
        team = find("team")
        form = admin.form_on(url_of(team))
        groups.remove_group(core.database, OPERATOR, team.uuid)
        assert admin.client.post(url_of(team), data=form.values).status_code == 404

    def test_the_page_says_who_saved_last(self, admin, find):
        admin.submit(url_of(find("team")))
        html = admin.get(url_of(find("team"))).text
        assert "by admin@example.org." in " ".join(html.split())
