"""The admin pages of accounts and aliases."""

import re

import pytest

from tests.directories import add_account, add_alias, add_group
from tests.web.forms import Visitor

ACCOUNTS = "/admin/accounts"
ALIASES = "/admin/aliases"


def shown(html: str) -> list[str]:
    """The addresses in the first column of a list."""
    found = re.findall(r'<a class="cover" href="[^"]*address=([^"]*)"', html)
    return found or re.findall(r'<th scope="row"><span class="address">([^<]*)</span>', html)


@pytest.fixture
def people(core):
    add_account(core.database, "rene@example.org", display_name="René Lük", department="Lab/North")
    add_account(core.database, "left@example.org", display_name="Lukas Left", active=False)
    add_group(core.database, "lab@example.org", "rene@example.org")
    return core


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=RENE", ["rene@example.org"]),
        ("q=luk", ["left@example.org", "rene@example.org"]),
        ("q=luk&state=active", ["rene@example.org"]),
        ("q=luk&state=closed", ["left@example.org"]),
        ("q=luk&groups=none", ["left@example.org"]),
        ("department=Lab", ["rene@example.org"]),
        ("q=rene&domain=example.com", []),
    ],
)
def test_accounts_are_found_by_words_and_filters(admin, people, query, found):
    assert shown(admin.get(f"{ACCOUNTS}?{query}").text) == found


def total(html: str) -> str:
    """What the head of a list says of how many there are."""
    return " ".join(re.search(r'<span class="total">([^<]*)</span>', html)[1].split())


def test_a_department_is_found_however_long_its_path_is(admin, core):
    above = "/".join(letter * 199 for letter in "abc")
    add_account(core.database, "deep@example.org", department=above)
    add_account(core.database, "other@example.org", department=f"{above[:-1]}d")
    html = admin.get(f"{ACCOUNTS}?department={above}").text
    assert shown(html) == ["deep@example.org"]


def test_the_heads_say_how_many_there_are_and_how_many_were_found(app, admin, people):
    add_alias(people.database, "r@example.org", "rene@example.org")
    everyone, aliases = total(admin.get(ACCOUNTS).text), total(admin.get(ALIASES).text)
    assert int(everyone) == len(shown(admin.get(ACCOUNTS).text))
    assert int(aliases) == len(shown(admin.get(ALIASES).text))
    assert total(admin.get(f"{ACCOUNTS}?q=luk").text) == f"2 of {everyone}"
    assert total(admin.get(f"{ACCOUNTS}?q=luk&after=left@example.org").text) == f"2 of {everyone}"
    assert total(admin.get(f"{ACCOUNTS}?q=nobody+at+all").text) == f"0 of {everyone}"
    assert total(admin.get(f"{ALIASES}?q=lük").text) == f"1 of {aliases}"
    local = Visitor(app.test_client()).take_session("admin@example.com")
    assert total(local.get(ACCOUNTS).text) == str(len(shown(local.get(ACCOUNTS).text)))
    assert total(local.get(ALIASES).text) == str(len(shown(local.get(ALIASES).text)))


def test_a_long_list_comes_in_pages_that_keep_the_filters(admin, core):
    names = [f"many{number:03}@example.org" for number in range(120)]
    for each in names:
        add_account(core.database, each)
    seen, url = [], f"{ACCOUNTS}?q=many"
    while url:
        html = admin.get(url).text
        seen += shown(html)
        more = re.search(r'rel="next" href="([^"]*)"', html)
        url = more[1].replace("&amp;", "&") if more else ""
    assert seen == names


def test_one_sees_only_whom_one_manages(app, people):
    local = Visitor(app.test_client()).take_session("admin@example.com")
    assert {each.rpartition("@")[2] for each in shown(local.get(ACCOUNTS).text)} == {"example.com"}
    assert "rene@example.org" not in shown(local.get(ALIASES).text)


def test_an_alias_is_added_found_and_removed(admin):
    answer = admin.submit(
        ALIASES, form="account", address="r@example.org", account="ada@example.org"
    )
    assert answer.location == ALIASES
    assert "Mail to r@example.org goes to ada@example.org now" in admin.get(ALIASES).text
    for query in ("r@example", "ada"):
        assert "r@example.org" in shown(admin.get(f"{ALIASES}?q={query}").text)
    assert (
        admin.submit(f"{ALIASES}?q=r@example.org", form="remove").location
        == f"{ALIASES}?q=r@example.org"
    )
    assert shown(admin.get(f"{ALIASES}?q=r@example.org").text) == []


def test_an_address_that_is_taken_is_said_beside_what_was_typed(admin, core):
    add_alias(core.database, "taken@example.org", "ada@example.org")
    answer = admin.submit(
        ALIASES, form="account", address="team@example.org", account="ada@example.org"
    )
    assert answer.status_code == 409
    assert 'value="team@example.org"' in answer.text
    assert "already in use" in answer.text


def test_each_fault_of_an_alias_stands_at_its_field(admin):
    for address, account, faulty in (
        ("team@example.org", "", {"account"}),
        ("no address", "neither", {"address", "account"}),
        ("new@example.org", "nobody@example.org", {"account"}),
        ("team@example.org", "ada@example.org", {"address"}),
    ):
        text = admin.submit(ALIASES, form="account", address=address, account=account).text
        assert {name for name in ("address", "account") if f'id="{name}-fault"' in text} == faulty


def test_an_alias_of_another_account_is_not_taken_from_it(admin, core):
    add_alias(core.database, "info@example.org", "ada@example.org")
    answer = admin.submit(
        ALIASES, form="account", address="Info@example.org", account="bob@example.org"
    )
    assert answer.status_code == 409
    assert "by an existing alias of ada@example.org. Remove it there first." in answer.text
    assert 'value="Info@example.org"' in answer.text
    assert 'value="bob@example.org"' in answer.text
    again = admin.submit(
        ALIASES, form="account", address="info@example.org", account="ada@example.org"
    )
    assert again.status_code == 303
    assert "Mail to info@example.org goes to ada@example.org" in admin.get(again.location).text


def test_the_account_may_be_typed_with_its_name(admin):
    answer = admin.submit(
        ALIASES, form="account", address="r@example.org", account="Ada <ada@example.org>"
    )
    assert answer.status_code == 303
    assert "Mail to r@example.org goes to ada@example.org now" in admin.get(ALIASES).text


def test_the_search_stays_after_a_change(admin):
    found = f"{ALIASES}?q=example.org"
    answer = admin.submit(found, form="account", address="r@example.org", account="ada@example.org")
    assert answer.location == found
    wrong = admin.submit(found, form="account", address="broken", account="ada@example.org")
    assert wrong.status_code == 422
    assert 'type="search" name="q" value="example.org"' in wrong.text
    assert admin.submit(found, form="remove").location == found


def test_an_expired_form_keeps_what_was_typed(admin):
    answer = admin.submit(
        ALIASES, form="account", address="r@example.org", account="Ada <", csrf_token="old"
    )
    assert answer.status_code == 403
    assert 'value="r@example.org"' in answer.text
    assert 'value="Ada &lt;"' in answer.text
    assert "nothing was changed" in answer.text
    answer = admin.submit(f"{ALIASES}?q=ada", form="remove", csrf_token="old")
    assert answer.location == f"{ALIASES}?q=ada"
    assert "nothing was changed" in admin.get(answer.location).text
    assert "ada.alias@example.org" in shown(admin.get(ALIASES).text)


def test_before_an_alias_goes_the_groups_that_it_would_empty_are_named(admin, core):
    add_alias(core.database, "help@example.org", "eve@example.org")
    add_group(core.database, "desk@example.org", "help@example.org")
    add_group(core.database, "around@example.org", "desk@example.org")
    url = f"{ALIASES}?q=help@example.org"
    form = admin.form_on(url, "remove")
    asked = admin.client.post(form.action, data=form.values)
    assert "desk@example.org" in asked.text
    assert "around@example.org" in asked.text
    assert "help@example.org" in admin.get(url).text
    answer = admin.client.post(form.action, data={**form.values, "emptying": "yes"})
    assert "Removed help@example.org" in admin.get(answer.location).text
