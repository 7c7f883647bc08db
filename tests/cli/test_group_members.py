"""The members of a group at the command line: listed, and a department at once."""

import os

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
