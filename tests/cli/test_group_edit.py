"""Groups are changed at the command line: what is named, and nothing else."""

import os
from pathlib import Path

import pytest

from contactsgroups.cli.group_options import option_of
from contactsgroups.domain.domain_settings import DomainSettings
from contactsgroups.domain.group import SETTINGS, SWITCHES, Setting
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.domain_settings import change_domain_settings
from tests.cli.conftest import Run

TEAM = "team@example.org"
BOTH = "ada@example.org, bob@example.org"


@pytest.fixture
def filled(company: Run) -> Run:
    """As ``company``, and the team has owner, moderator and allowed sender, and a description."""
    roles = ("--owner", "ada@example.org", "--moderator", "bob@example.org")
    options = ("--allowed-sender", "x@partner.example", "--description", "Who we are")
    result = company("group", "edit", TEAM, *roles, *options)
    assert result.exit_code == 0, result.output
    return company


def _shown(run: Run) -> dict[str, str]:
    """The lines of "group show", by what they are called, in one value what has several lines."""
    found: dict[str, str] = {}
    name = ""
    for line in run("group", "show", TEAM).stdout.splitlines():
        if not line.startswith(" "):
            name, _, line = line.partition(":")
        found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return found


def _differences(run: Run, *options: str) -> dict[str, str]:
    """Edit the team, and return what is shown differently afterwards."""
    before = _shown(run)
    result = run("group", "edit", TEAM, *options)
    assert result.exit_code == 0, result.output
    after = _shown(run)
    return {
        name: after.get(name, "")
        for name in {*before, *after}
        if before.get(name) != after.get(name)
    }


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)
def test_a_switch_is_changed_alone_and_back(filled: Run, switch: Setting) -> None:
    on, off = option_of(switch).split("/")
    first, second = (off, on) if switch.default else (on, off)
    name, nobody = switch.name.replace("_", " "), {"recipients": "", "reaches": "0 mailboxes"}
    changed = _differences(filled, first)
    word = "no" if switch.default else "yes"
    assert changed == {name: word} | (nobody if switch.name == "disabled" else {})
    assert _differences(filled, second)[name] == ("yes" if switch.default else "no")


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        (["--name", "The team"], {"name": "The team"}),
        (["--description", "New"], {"description": "New"}),
        (["--description", ""], {"description": ""}),
        (["--policy", "anyone"], {"who may send": "anyone"}),
        (["--kind", "team"], {"kind": "team"}),
        (["--owner", "bob@example.org"], {"owners": "bob@example.org"}),
        (["--owner", ""], {"owners": ""}),
        (["--moderator", "ada@example.org"], {"moderators": "ada@example.org"}),
        (["--moderator", BOTH], {"moderators": BOTH}),
        (["--allowed-sender", "y@partner.example"], {"allowed senders": "y@partner.example"}),
        (["--address", "TEAM@example.org"], {"address": "TEAM@example.org"}),
        (
            ["--member", "bob@example.org", "--replace-members"],
            {"members": "bob@example.org  account  Bob", "recipients": "bob@example.org"},
        ),
    ],
)
def test_what_is_named_changes_and_nothing_else(
    filled: Run, options: list[str], changed: dict[str, str]
) -> None:
    assert _differences(filled, *options) == changed


def test_every_setting_that_a_new_group_has_can_be_changed(run: Run) -> None:
    shown = run("group", "edit", "--help").stdout
    assert [each.name for each in SETTINGS if option_of(each).split("/")[0] not in shown] == []


def test_another_address_is_followed_where_the_group_is_a_member(filled: Run) -> None:
    filled("group", "add", "all@example.org", "--name", "All", "--member", TEAM)
    changed = filled("group", "edit", TEAM, "--address", "Crew@example.org")
    assert changed.stdout == "changed Crew@example.org, which reaches 1 mailbox\n"
    assert "Crew@example.org  group" in filled("group", "show", "all@example.org").stdout
    assert filled("group", "show", TEAM).exit_code == os.EX_NOUSER


def test_members_that_were_named_are_replaced_only_after_a_yes(filled: Run) -> None:
    filled("account", "add", "bob@example.org", "--title", "Boss")
    before = _shown(filled)
    options = ("--kind", "dynamic", "--rule", 'title = "boss"')
    refused = filled("group", "edit", TEAM, *options, standard_input="n\n")
    assert refused.exit_code == 1
    assert "named one by one" in refused.output
    assert _shown(filled) == before
    changed = _differences(filled, *options, "--yes")
    assert changed["members"] == "bob@example.org  account  Bob"


def test_a_list_that_leaves_nobody_out_needs_no_word_more(filled: Run) -> None:
    changed = _differences(filled, "--member", "ADA@example.org", "--member", "bob@example.org")
    assert changed["recipients"] == "ada@example.org bob@example.org"


def test_a_rule_goes_with_its_kind_and_the_typed_members_come_back(filled: Run) -> None:
    before = _shown(filled)["members"]
    filled("account", "add", "bob@example.org", "--title", "Boss")
    filled("group", "edit", TEAM, "--kind", "dynamic", "--rule", 'title = "boss"', "--yes")
    assert _shown(filled)["members"] == "bob@example.org  account  Bob"
    differences = _differences(filled, "--kind", "static")
    assert (differences["kind"], differences["rule"]) == ("static", "")
    assert _shown(filled)["members"] == before


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        ([], 2, "name what is to change"),
        (["--address", "bob@example.org"], os.EX_CANTCREAT, "already in use"),
        (["--address", "team@elsewhere.example"], os.EX_DATAERR, "another domain"),
        (["--address", ""], os.EX_DATAERR, ""),
        (["--name", "a\tb\x07"], os.EX_DATAERR, "control character"),
        (["--rule", 'title = "x"'], os.EX_DATAERR, "a static group has no rule"),
        (["--kind", "dynamic", "--rule", "title", "--yes"], os.EX_DATAERR, ""),
        (["--kind", "department", "--department", "No", "--yes"], os.EX_NOUSER, "no department No"),
        (["--owner", "no@example.org"], os.EX_DATAERR, "has no account here"),
        (["--member", TEAM, "--replace-members"], os.EX_CANTCREAT, "contain each other"),
        (["--member", "bob@example.org"], 2, "1 of 1 members would go"),
        (["--member", "", "--replace-members"], os.EX_CANTCREAT, "at least one member"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    filled: Run, options: list[str], code: int, text: str
) -> None:
    before = _shown(filled)
    refused = filled("group", "edit", TEAM, "--description", "New", *options) if options else None
    refused = refused or filled("group", "edit", TEAM)
    assert refused.exit_code == code
    assert text in refused.stderr
    assert _shown(filled) == before


def test_a_group_that_is_not_there_is_not_made(company: Run) -> None:
    refused = company("group", "edit", "no@example.org", "--name", "No")
    assert refused.exit_code == os.EX_NOUSER
    assert "no@" not in company("group", "list").stdout


def test_a_new_group_begins_as_its_domain_has_it(company: Run, state: Path) -> None:
    database = Database(f"sqlite:///{state / 'contactsgroups.sqlite'}")
    settings = DomainSettings(new_groups={"posting_policy": "anyone", "show_members": False})
    change_domain_settings(database, OPERATOR, "example.org", settings)
    database.dispose()
    options = ("--name", "New", "--member", "ada@example.org")
    company("group", "add", "new@example.org", *options)
    company("group", "add", "own@example.org", *options, "--show-members")
    for address, word in (("new@example.org", "no"), ("own@example.org", "yes")):
        shown = company("group", "show", address).stdout
        assert f"{'who may send:':22}anyone\n" in shown
        assert f"{'show members:':22}{word}\n" in shown


def test_a_rule_that_moves_many_must_be_confirmed(company: Run) -> None:
    company("account", "add", "boss@example.org", "--title", "Boss")
    rule = ("--kind", "dynamic", "--rule", 'title = "Boss"')
    assert company("group", "add", "bosses@example.org", *rule).exit_code == 0
    change = ("group", "edit", "bosses@example.org", "--rule", 'title = "Nobody"')
    refused = company(*change)
    assert refused.exit_code == os.EX_CANTCREAT
    assert "bosses@example.org would lose its only member" in refused.stderr
    assert "--confirm" in refused.stderr
    assert company("account", "remove", "boss@example.org", "--yes").exit_code == os.EX_CANTCREAT
    assert company(*change, "--confirm").exit_code == 0
