"""Creating a team, as an ordinary account does."""

import pytest

from contactsgroups.domain.domain_settings import DomainSettings, TeamCreators
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts.domain_settings import change_domain_settings
from contactsgroups.services.groups import team_quota, teams


@pytest.fixture
def open_domain(core):
    settings = DomainSettings(team_creators=TeamCreators.ACCOUNTS)
    change_domain_settings(core.database, OPERATOR, "example.org", settings)


def test_it_is_offered_only_where_the_domain_allows_it(ada):
    assert "Create a team" not in ada.get("/groups").text
    answer = ada.get("/groups/new")
    assert answer.status_code == 403
    assert "ask one" in answer.text


@pytest.mark.usefixtures("open_domain")
class TestWhereItIsAllowed:
    def test_the_team_leads_to_its_members(self, ada, find):
        assert "Create a team" in ada.get("/groups").text
        values = {"display_name": "Launch", "address": "launch", "members": "bob@example.org"}
        answer = ada.submit("/groups/new", **values)
        team = find("launch")
        assert answer.location == f"/admin/groups/{team.uuid}/members"
        assert team.owners == ("ada@example.org",)
        assert "You own it and are a member" in ada.get(answer.location).text

    def test_a_taken_address_offers_free_ones_and_says_nothing_of_its_holder(self, ada):
        answer = ada.submit("/groups/new", display_name="X", address="secret", members="bob@x.org")
        assert answer.status_code == 409
        assert "secret@example.org is taken. Free: secret-team@example.org" in answer.text
        assert "existing group" not in answer.text
        assert "bob@x.org" in answer.text

    def test_where_nothing_is_free_nothing_is_offered(self, ada, monkeypatch):
        monkeypatch.setattr(teams, "suggest_free_addresses", lambda *_: [])
        answer = ada.submit("/groups/new", display_name="X", address="secret")
        assert "secret@example.org is taken." in answer.text
        assert "Free:" not in answer.text

    def test_too_many_teams_are_refused_with_the_way_out(self, ada, monkeypatch):
        monkeypatch.setattr(team_quota, "TEAMS_LIMIT", 0)
        answer = ada.submit("/groups/new", display_name="X", address="launch")
        assert answer.status_code == 409
        assert "delete one that is not needed, or ask an administrator" in answer.text

    def test_all_faults_stand_beside_their_fields(self, ada):
        wrong = {"display_name": "\x07", "address": "secret", "members": "broken"}
        answer = ada.submit("/groups/new", **wrong, posting_policy="nobody")
        assert answer.status_code == 422
        for field in (*wrong, "posting_policy"):
            assert f'id="{field}-fault"' in answer.text
            assert f'href="#{field}"' in answer.text
        assert "secret@example.org is taken. Free:" in answer.text
        assert "existing group" not in answer.text
        answer = ada.submit("/groups/new", display_name="X", address="a b")
        assert 'id="address-fault"' in answer.text

    def test_a_team_needs_no_name(self, ada, find):
        ada.submit("/groups/new", address="launch")
        assert find("launch").shown_name == "launch@example.org"

    def test_an_expired_form_keeps_what_was_typed(self, ada):
        values = {"display_name": "Launch", "csrf_token": "old"}
        answer = ada.client.post("/groups/new", data=values)
        assert answer.status_code == 403
        assert 'value="Launch"' in answer.text
