"""Groups and members at the command line."""

import os

import pytest

from contactsgroups.cli.group_options import option_of
from contactsgroups.domain.group import SWITCHES, Setting
from tests.cli.conftest import Run


def test_a_group_is_made_shown_listed_and_removed(company: Run) -> None:
    made = company(
        *("group", "add", "All@example.org", "--name", "Everybody", "--policy", "anyone"),
        *("--member", "team@example.org", "--member", "x@partner.example", "--moderated", "--hide"),
        *("--moderator", "bob@example.org", "--description", "One\ntwo"),
    )
    assert made.stdout == "added All@example.org, which reaches 2 mailboxes\n"
    shown = company("group", "show", "all@example.org").stdout
    assert "moderated:            yes\n" in shown
    assert "show in contacts:     no\n" in shown
    assert "description:          One two\n" in shown
    assert "  team@example.org  group  Team\n" in shown
    assert "recipients:\n  ada@example.org\n  x@partner.example\n" in shown
    assert company("group", "list", "--search", "every").stdout == (
        "All@example.org\tstatic\t2\tEverybody\n"
    )
    assert company("group", "remove", "all@example.org", "--yes").exit_code == 0
    assert company("group", "list").stdout == "team@example.org\tstatic\t1\tTeam\n"


def test_a_group_is_shown_with_the_last_days_of_its_members(company: Run) -> None:
    day = ("--until", "2999-01-31")
    assert (
        company("group", "add-member", "team@example.org", "bob@example.org", *day).exit_code == 0
    )
    shown = company("group", "show", "team@example.org").stdout
    assert "  bob@example.org  account  Bob  until 2999-01-31\n" in shown
    assert "  ada@example.org  account  Ada\n" in shown


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)
def test_every_switch_has_an_option_for_both_ways_and_is_shown(
    company: Run, switch: Setting
) -> None:
    on, off = option_of(switch).split("/")
    for name, option, word in (("on", on, "yes"), ("off", off, "no")):
        address = f"{name}@example.org"
        options = (
            "--name",
            name,
            "--member",
            "ada@example.org",
            "--owner",
            "ada@example.org",
            option,
        )
        assert company("group", "add", address, *options).exit_code == 0
        shown = company("group", "show", address).stdout
        assert f"{switch.name.replace('_', ' ') + ':':22}{word}\n" in shown


def test_a_rule_for_a_static_group_is_refused(company: Run) -> None:
    options = ("--name", "X", "--member", "ada@example.org", "--rule", 'title = "x"')
    refused = company("group", "add", "x@example.org", *options)
    assert refused.exit_code == os.EX_DATAERR
    assert "a static group has no rule" in refused.stderr


def test_removing_asks_first(company: Run) -> None:
    refused = company("group", "remove", "team@example.org", standard_input="n\n")
    assert refused.exit_code == 1
    assert "team@example.org" in company("group", "list").stdout


def test_members_come_and_go_and_are_found(company: Run) -> None:
    added = company(
        *("group", "add-member", "team@example.org"),
        *("bob@example.org", "ada@example.org", "no@example.org"),
    )
    assert added.exit_code == 1
    assert added.stdout == "added bob@example.org\nada@example.org was a member already\n"
    assert "there is no such account, alias or group" in added.stderr
    assert company("group", "where-is", "BOB@example.org").stdout == (
        "team@example.org\tmember as bob@example.org\n"
    )
    removed = company("group", "remove-member", "team@example.org", "ada@example.org")
    assert removed.stdout == "removed ada@example.org\n"
    last = company("group", "remove-member", "team@example.org", "bob@example.org")
    assert last.exit_code != 0
    assert "last member" in last.stderr


def test_an_address_is_found_through_groups_departments_and_roles(company: Run) -> None:
    company("account", "add", "bob@example.org", "--name", "Bob", "--department", "IT")
    company(
        "group",
        "add",
        "it@example.org",
        "--name",
        "IT",
        "--kind",
        "department",
        "--department",
        "IT",
    )
    pinned = ("--kind", "dynamic", "--rule", 'title = "Boss"', "--always-member", "bob@example.org")
    company("group", "add", "boss@example.org", *pinned)
    outer = ("--name", "Outer", "--member", "it@example.org", "--owner", "bob@example.org")
    company("group", "add", "outer@example.org", *outer)
    assert company("group", "where-is", "bob@example.org").stdout == (
        "boss@example.org\tnamed by an administrator, always member as bob@example.org\n"
        "it@example.org\tby its department\n"
        "outer@example.org\tthrough IT, owner as bob@example.org\n"
    )


def test_members_are_named_as_mail_programs_write_them(company: Run) -> None:
    pasted = 'Baker, Bob <bob@example.org>; "Guest" <mailto:guest@partner.example>'
    added = company("group", "add-member", "team@example.org", pasted)
    assert added.stdout == "added bob@example.org\nadded guest@partner.example\n"
    mistyped = company("group", "add-member", "team@example.org", "ann@partner,example")
    assert "ann@partner.example may be meant" in mistyped.stderr
    options = ("--name", "New", "--member", pasted, "--owner", "Ada <ada@example.org>")
    assert company("group", "add", "new@example.org", *options).exit_code == 0
    removed = company("group", "remove-member", "team@example.org", pasted)
    assert removed.stdout == "removed bob@example.org\nremoved guest@partner.example\n"


def test_more_groups_than_a_page_are_all_listed(company: Run) -> None:
    rows = "type,address,belongs_to,name\n" + "".join(
        f"group,g{number}@example.org,,G\nmember,ada@example.org,g{number}@example.org\n"
        for number in range(205)
    )
    company("import", "--format=csv", "-", standard_input=rows)
    assert len(company("group", "list").stdout.splitlines()) == 206


@pytest.mark.parametrize(
    "arguments",
    [["group"], ["group", "add"], ["account", "set-password"], ["import"], ["check"], ["run"]],
)
def test_every_command_has_help(run: Run, arguments: list[str]) -> None:
    result = run(*arguments, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: contactsgroups {' '.join(arguments)}")
