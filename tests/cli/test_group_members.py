"""The members of a group at the command line: listed, and a department at once."""

import os

from contactsgroups.cli.exits import CONFLICT, PARTLY_DONE
from tests.cli.conftest import Run

TEAM = "team@example.org"


def test_members_are_listed_and_filtered(company: Run) -> None:
    company("group", "add-member", TEAM, "x@partner.example", "bob@example.org")
    everyone = company("group", "members", TEAM).stdout.splitlines()
    assert [line.split("\t")[0] for line in everyone] == [
        "ada@example.org",
        "bob@example.org",
        "x@partner.example",
    ]
    outside = company("group", "members", TEAM, "--kind", "external").stdout
    assert outside.split("\t")[:2] == ["x@partner.example", "external"]
    assert company("group", "members", TEAM, "--search", "BOB").stdout.startswith("bob@")
    assert company("group", "members", TEAM, "--search", "nobody").stdout == ""


def test_whoever_cannot_be_removed_is_named_and_the_others_are_removed(company: Run) -> None:
    company("group", "add-member", TEAM, "x@partner.example", "bob@example.org")
    remove = ("group", "remove-member", TEAM)
    some = company(*remove, "no@example.org", "BOB@example.org", "nonsense", "bob@example.org")
    assert some.exit_code == PARTLY_DONE
    assert some.stdout == "removed bob@example.org\n"
    assert some.stderr == (
        f"no@example.org is not a member of {TEAM}\nnonsense: there is no @ in it\n"
    )
    last = company(*remove, "ada@example.org", "x@partner.example")
    assert (last.exit_code, last.stdout) == (PARTLY_DONE, "removed ada@example.org\n")
    assert "x@partner.example is the last member" in last.stderr
    none = company(*remove, "bob@example.org")
    assert (none.exit_code, none.stdout) == (os.EX_DATAERR, "")
    derived = ("group", "add", "it@example.org", "--kind", "department", "--department", "IT")
    company("account", "add", "bob@example.org", "--department", "IT")
    assert company(*derived).exit_code == 0
    refused = company("group", "remove-member", "it@example.org", "bob@example.org")
    assert (refused.exit_code, refused.stdout) == (CONFLICT, "")


def test_a_department_is_counted_and_added(company: Run) -> None:
    for name, department in (("bob", "Sales"), ("ada", "Sales/Europe")):
        company("account", "add", f"{name}@example.org", "--department", department)
    options = ("group", "add-members", TEAM, "--department", "Sales")
    assert company(*options, "--count").stdout == "2 in Sales, of whom 1 are members\n"
    alone = company(*options, "--only-itself", "--count")
    assert alone.stdout == "1 in Sales, of whom 0 are members\n"
    assert company(*options).stdout == "added 1 of Sales; 1 were members already\n"
    assert "bob@example.org" in company("group", "members", TEAM).stdout
    missing = company("group", "add-members", TEAM, "--department", "Nowhere")
    assert missing.exit_code == os.EX_NOUSER


def test_a_last_day_is_given_changed_and_taken_away(company: Run) -> None:
    def last_day() -> str:
        line = company("group", "members", TEAM, "--search", "bob").stdout.rstrip("\n")
        return line.split("\t")[4]

    add = ("group", "add-member", TEAM, "bob@example.org")
    assert company(*add, "--until", "2999-01-31").stdout == "added bob@example.org\n"
    assert last_day() == "2999-01-31"
    assert company(*add).stdout == "bob@example.org was a member already\n"
    assert last_day() == "2999-01-31"
    changed = company(*add, "--until", "never").stdout
    assert changed == "bob@example.org was a member already, and has another last day now\n"
    assert last_day() == ""
    for day, why in (("2020-01-31", "has passed"), ("soon", "is no day")):
        refused = company(*add, "--until", day)
        assert (refused.exit_code, why in refused.stderr) == (os.EX_DATAERR, True)


def test_a_pinned_account_gets_a_last_day_and_who_is_not_pinned_is_named(company: Run) -> None:
    company("account", "add", "ada@example.org", "--department", "IT")
    company(
        *("group", "add", "it@example.org", "--kind", "department", "--department", "IT"),
        *("--always-member", "bob@example.org"),
    )
    dated = ("group", "set-last-day", "it@example.org")
    some = company(*dated, "BOB@example.org", "ada@example.org", "--until", "2999-01-31")
    assert (some.exit_code, some.stdout) == (
        PARTLY_DONE,
        "bob@example.org is in until 2999-01-31\n",
    )
    assert some.stderr == "ada@example.org is not pinned in it@example.org\n"
    bob = company("group", "members", "it@example.org", "--kind", "ends").stdout
    assert bob.startswith("bob@example.org")
    assert bob.endswith("\t2999-01-31\n")
    none = company(*dated, "ada@example.org", "--until", "2999-01-31")
    assert (none.exit_code, none.stdout) == (os.EX_DATAERR, "")
    assert company(*dated, "bob@example.org", "--until", " ").exit_code == os.EX_DATAERR
    never = company(*dated, "bob@example.org", "--until", "never")
    assert never.stdout == "bob@example.org has no last day any more\n"
    assert never.exit_code == 0
    assert company("group", "members", "it@example.org", "--kind", "ends").stdout == ""


def test_a_member_gets_a_last_day_without_being_added(company: Run) -> None:
    dated = company("group", "set-last-day", TEAM, "ada@example.org", "--until", "2999-01-31")
    assert dated.stdout == "ada@example.org is in until 2999-01-31\n"
    nobody = company("group", "set-last-day", TEAM, "x@side.example", "--until", "2999-01-31")
    assert nobody.stderr == f"x@side.example is not a member of {TEAM}\n"
    assert nobody.exit_code == os.EX_DATAERR
