"""Two people edit a group at once: nothing of either is lost, and the second sees what happened."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from contactsgroups.domain.group import GroupSettings
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.web.admin.group_form import ROLE_FIELDS, GroupForm
from contactsgroups.web.admin.group_merge import GroupMerge
from tests.web.forms import Visitor, read_forms

OWNED = {"owners": "ada@example.org, eve@example.org"}


def picture(colour):
    data = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(data, "PNG")
    return io.BytesIO(data.getvalue()), "picture.png"


@pytest.fixture
def url(find):
    return f"/admin/groups/{find('team').uuid}"


@pytest.fixture
def opened(admin, url):
    """The fields of a form that was opened before the other administrator saved."""
    admin.submit(url, **OWNED, description="Was", moderated="on", moderators="ada@example.org")
    return admin.form_on(url).values


@pytest.fixture
def other(app):
    return Visitor(app.test_client()).take_session("admin@example.com")


@pytest.fixture
def save_first(core, other, url, opened):
    """Return a function that saves as the other administrator."""
    accounts.appoint_administrator(
        core.database, OPERATOR, "admin@example.com", domain="example.org"
    )

    def save(**changes):
        assert other.submit(url, **changes).status_code == 303

    return save


def send(admin, url, values, **changes):
    wanted = {name: value for name, value in {**values, **changes}.items() if value is not None}
    return admin.client.post(url, data=wanted)


def resend(admin, url, answer, **changes):
    """Answer the page that asks, as it stands, with some choices."""
    form = read_forms(answer.text)[-1]
    return send(admin, url, form.values, **changes)


def test_what_only_one_of_them_changed_is_kept_and_told(admin, find, url, opened, save_first):
    save_first(
        description="Theirs",
        moderated="on",
        posting_policy="anyone",
        owners="eve@example.org, bob@example.org",
        allowed_senders="a@side.example",
    )
    mine = {"display_name": "Mine", "owners": f"{OWNED['owners']}, admin@example.org"}
    answer = send(admin, url, opened, **mine, show_members=None)
    assert answer.status_code == 303
    told = admin.get(url).text
    assert "admin@example.com saved it while you were editing; kept of that:" in told
    for label in ("Description", "Who may send", "Owners", "Allowed senders"):
        assert label in told.partition("kept of that:")[2].partition("</p>")[0]
    team = find("team")
    settings = team.settings
    assert (settings.display_name, settings.description) == ("Mine", "Theirs")
    assert (settings.posting_policy, settings.show_members) == ("anyone", False)
    assert set(team.owners) == {"eve@example.org", "bob@example.org", "admin@example.org"}
    assert team.allowed_senders == ("a@side.example",)


def test_what_both_changed_is_chosen_with_who_and_when(admin, find, url, opened, save_first):
    save_first(display_name="Theirs", description="Their text", ignore_auto_replies="on")
    answer = send(admin, url, opened, display_name="Mine", description="My text", disabled="on")
    assert answer.status_code == 409
    html = " ".join(answer.text.split())
    for text in ("Theirs", "Mine", "Their text", "My text", "was: Was", "only you changed it"):
        assert text in html
    assert "<bdi>admin@example.com</bdi> saved this group at" in html
    assert find("team").settings.display_name == "Theirs"
    one = {"choose.display_name": "mine"}
    again = resend(admin, url, answer, **one)
    assert again.status_code == 409
    assert 'id="description-fault"' in again.text
    assert 'id="display_name-fault"' not in again.text
    assert resend(admin, url, again, **{"choose.description": "theirs"}).status_code == 303
    settings = find("team").settings
    assert (settings.display_name, settings.description) == ("Mine", "Their text")
    assert settings.disabled
    assert settings.moderated


def test_a_choice_counts_for_what_it_was_made_against(admin, find, url, opened, save_first):
    """A third change of the same field is asked about again."""
    save_first(display_name="Theirs")
    answer = send(admin, url, opened, display_name="Mine")
    save_first(display_name="Later")
    again = resend(admin, url, answer, **{"choose.display_name": "mine"})
    assert again.status_code == 409
    assert "Later" in again.text
    assert find("team").settings.display_name == "Later"
    assert resend(admin, url, again, **{"choose.display_name": "mine"}).status_code == 303
    assert find("team").settings.display_name == "Mine"


def test_where_members_come_from_is_one_decision(admin, find, url, opened, save_first):
    rule = 'title = "Boss" or name contains "Example"'
    save_first(kind="dynamic", rule=rule, confirmed_kind="dynamic 1")
    values = {"kind": "department", "department": "example.org/Sales"}
    answer = send(admin, url, opened, **values, display_name="Mine")
    assert answer.status_code == 409
    assert "Department: Sales" in answer.text
    assert resend(admin, url, answer, **{"choose.kind": "theirs"}).status_code == 303
    settings = find("team").settings
    assert (settings.kind, settings.display_name) == ("dynamic", "Mine")
    assert settings.rule.startswith("title")


def test_a_fault_after_the_choice_keeps_everything(admin, find, url, opened, save_first):
    save_first(display_name="Theirs")
    answer = send(admin, url, opened, display_name="Mine", owners="broken")
    refused = resend(admin, url, answer, **{"choose.display_name": "mine"})
    assert refused.status_code == 422
    assert 'value="Mine"' in refused.text
    fixed = resend(admin, url, refused, owners="eve@example.org")
    assert fixed.status_code == 303
    assert find("team").settings.display_name == "Mine"


def test_pictures_are_merged_like_the_rest(admin, find, url, opened, other, save_first):
    save_first(description="Theirs")
    files = {"picture": picture("#ff0000")}
    assert admin.client.post(url, data={**opened, **files}).status_code == 303
    form = admin.form_on(url).values
    assert other.submit(url, files={"picture": picture("#00ff00")}).status_code == 303
    theirs = find("team").picture_version
    answer = admin.client.post(url, data={**form, "picture": picture("#0000ff")})
    assert answer.status_code == 409
    assert 'type="file"' in answer.text
    assert resend(admin, url, answer).status_code == 303
    assert find("team").picture_version == theirs
    send(admin, url, admin.form_on(url).values, remove_picture="on")
    assert not find("team").has_own_picture


HALF_A_CHARACTER = json.dumps(
    {
        "values": dict.fromkeys(("address", "members", *ROLE_FIELDS), ""),
        "settings": GroupSettings(description="\ud800").values(),
        "picture": "",
    }
)


@pytest.mark.parametrize(
    "shown",
    [
        *("", "{}", "[" * 90_000, "null", HALF_A_CHARACTER),
        '{"values":{},"settings":{"kind":1},"picture":""}',
    ],
)
def test_a_form_that_does_not_say_what_it_showed_loses_nothing(
    admin, find, url, opened, save_first, shown
):
    save_first(description="Theirs", owners="eve@example.org, bob@example.org")
    before = find("team")
    answer = send(admin, url, opened, shown=shown)
    assert answer.status_code == 409
    assert find("team") == before
    assert resend(admin, url, answer, **{"choose.description": "theirs"}).status_code == 303
    assert set(find("team").owners) >= {"eve@example.org", "bob@example.org"}


_settings = st.builds(
    GroupSettings,
    display_name=st.sampled_from(["", "A", "B", " A "]),
    description=st.sampled_from(["", "one\ntwo", "one\r\ntwo", "three"]),
    posting_policy=st.sampled_from(["anyone", "members"]),
    moderated=st.booleans(),
)
_lists = st.lists(st.sampled_from(["a@x.example", "A@X.example", "b@x.example", "c"])).map(
    ", ".join
)


@st.composite
def forms(draw):
    values = {"address": "g@example.org", "members": "", **dict.fromkeys(ROLE_FIELDS, "")}
    form = GroupForm(settings=draw(_settings), values={**values, "owners": draw(_lists)})
    shown = {"values": form.values, "settings": form.settings.values(), "picture": ""}
    return GroupForm(settings=form.settings, values=form.values, shown=json.dumps(shown))


def tidy(form):
    settings = form.settings.values()
    texts = {name: settings[name].strip() for name in ("display_name", "posting_policy")}
    lines = "\n".join(settings["description"].splitlines())
    return {**texts, "moderated": settings["moderated"], "description": lines}


@given(forms(), forms(), forms())
def test_every_change_of_either_is_in_the_result(base, theirs, typed):
    mine = GroupForm(settings=typed.settings, values=typed.values, shown=base.shown)
    merge = GroupMerge.of(mine, theirs)
    result = merge.settle({})
    was, stored, wanted, got = (tidy(each) for each in (base, theirs, mine, result))
    conflicts = {each.name for each in merge.conflicts}
    for name, value in got.items():
        if name in conflicts:
            assert len({was[name], stored[name], wanted[name]}) == 3
        else:
            assert value == (stored[name] if wanted[name] == was[name] else wanted[name])
    before, after, here, there = (
        {each.lower() for each in form.values["owners"].split(", ")} - {""}
        for form in (base, result, mine, theirs)
    )
    assert after == (there | (here - before)) - (before - here)
    assert not merge.undecided({}) or conflicts
