"""Pasted members, and the report of the lines that need a look."""

from dataclasses import replace

import pytest

from contactsgroups.domain.errors import InvalidInput, NotPermitted
from contactsgroups.domain.member_lines import read_lines
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups.pasting import PasteReport, paste_members
from tests.directories import add_accounts, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN
from tests.statements import statements_of


def paste(
    database: Database, uuid: str, *lines: str, actor: Principal = LOCAL_ADMIN
) -> PasteReport:
    return paste_members(database, actor, uuid, read_lines("\n".join(lines)))


def faults(report: PasteReport) -> dict[int, str]:
    return {each.number: each.fault for each in report.refused}


def test_lines_are_counted_and_those_that_need_a_look_are_told(database: Database) -> None:
    uuid = add_group(database, "all@example.org", "ada@example.org").uuid
    add_group(database, "outer@example.org", "all@example.org")
    add_group(database, "hidden@example.net", "x@side.example", show_in_contacts=False)
    report = paste(
        database,
        uuid,
        "Bob <BOB@example.org>",
        "ada@example.org",
        "bob@example.org",
        "guest@side.example",
        "nobody@example.org",
        "somebody@example.net",
        "outer@example.org",
        "all@example.org",
        "two@@side.example",
        "Eve",
    )
    assert report.lines == 10
    assert report.added == ("bob@example.org", "guest@side.example")
    assert (report.already, report.doubled) == (1, 1)
    assert faults(report) == {
        5: "there is no such account, alias or group in example.org",
        6: "example.net is served here but not shown to you; its administrator can show it",
        7: "groups would contain each other: all@example.org → outer@example.org → all@example.org",
        8: "the group cannot be in itself",
        9: "there is more than one @ in it",
        10: "there is no @ in it",
    }


def test_a_domain_that_is_nearly_ours_waits_until_it_is_meant(small: Database) -> None:
    uuid = add_group(small, "all@example.org", "ada@example.org").uuid
    lines = read_lines("bob@xeample.org")
    report = paste_members(small, LOCAL_ADMIN, uuid, lines)
    (line,) = report.refused
    assert (
        line.fault
        == "the domain xeample.org is nearly example.org; send it once more if it is meant"
    )
    assert line.proposal == "bob@example.org"
    seen = [replace(each, is_seen=True) for each in lines]
    assert paste_members(small, LOCAL_ADMIN, uuid, seen).added == ("bob@xeample.org",)


def test_a_domain_that_one_may_not_see_is_not_told_by_a_slip(small: Database) -> None:
    add_accounts(small, [], domain="secretive.example")
    uuid = add_group(small, "all@example.org", "ada@example.org").uuid
    assert paste(small, uuid, "x@secretive.xeample").added == ("x@secretive.xeample",)
    other = paste(small, uuid, "y@secretive.xeample", actor=OPERATOR)
    assert other.refused[0].proposal == "y@secretive.example"


@pytest.mark.parametrize(
    ("line", "proposal"),
    [
        ("bob@@example.org", "bob@example.org"),
        ("x@@partner.example", "x@partner.example"),
        ("x@@gmail.com", "x@gmail.com"),
        ("x@@gmial.com", "x@gmail.com"),
        ("x@@partnr.example", "x@partner.example"),
        ("x@@exa.mple", ""),
        ("x@@secretive.example", ""),
    ],
)
def test_only_domains_that_are_known_here_are_proposed(
    small: Database, line: str, proposal: str
) -> None:
    add_accounts(small, [], domain="secretive.example")
    uuid = add_group(small, "all@example.org", "ada@example.org", "y@partner.example").uuid
    assert [each.proposal for each in paste(small, uuid, line).refused] == [proposal]


def test_nothing_and_too_much_are_refused(small: Database) -> None:
    uuid = add_group(small, "all@example.org", "ada@example.org").uuid
    with pytest.raises(InvalidInput, match="no address was given"):
        paste(small, uuid, "")
    with pytest.raises(InvalidInput, match="more than 50000"):
        paste_members(small, OPERATOR, uuid, read_lines("x") * 50_001)
    with pytest.raises(NotPermitted):
        paste(small, uuid, "bob@example.org", actor=ADA)


def test_statements_of_a_piece_are_as_many_for_few_lines_as_for_many(small: Database) -> None:
    counts = []
    for count in (3, 400):
        uuid = add_group(small, f"g{count}@example.org", "ada@example.org").uuid
        lines = [f"p{number}@side.example" for number in range(count)]
        lines += [f"no{number}@example.org" for number in range(count // 4)]
        with statements_of(small) as statements:
            paste(small, uuid, *lines)
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 1
