"""The audit log as administrators read it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow, TokenKey
from contactsgroups.services import accounts, audit_log
from contactsgroups.services.accounts.sharing import share_domain
from contactsgroups.services.audit_log import AuditEntry, AuditFilter
from contactsgroups.services.groups.requests import join_group
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN


def entries(
    database: Database, principal: Principal = OPERATOR, limit: int = 3, **wanted: Any
) -> list[AuditEntry]:
    """All entries that are found, read in pages."""
    found: list[AuditEntry] = []
    before: int | None = None
    while True:
        page = audit_log.list_entries(
            database, principal, AuditFilter(**wanted), before=before, limit=limit
        )
        found += page.entries
        if (before := page.next_before) is None:
            return found


def subjects(database: Database, principal: Principal = OPERATOR, **wanted: Any) -> list[str]:
    return [f"{each.action} {each.subject}" for each in entries(database, principal, **wanted)]


def administrator_of(domain: str) -> Principal:
    return Principal(address=ADA.address, managed_domains=frozenset({domain}))


@pytest.fixture
def changed(database: Database) -> Database:
    """Changes in two domains."""
    add_account(database, "nia@example.net", department="Sales (example.org)")
    add_account(database, "ada@example.org", display_name="Ada", department="IT")
    add_alias(database, "n@example.net", "nia@example.net")
    add_group(database, "sales@example.org", "ada@example.org")
    accounts.appoint_administrator(database, OPERATOR, "ada@example.org", domain="example.net")
    accounts.appoint_administrator(database, OPERATOR, "ada@example.org", domain=None)
    return database


def test_the_newest_stands_first_with_what_differs(changed: Database) -> None:
    add_account(changed, "ada@example.org", display_name="Ada Lovelace", department="IT")
    newest = entries(changed)[0]
    assert (newest.actor, newest.action, newest.subject) == (
        "operator@localhost",
        "change account",
        "ada@example.org",
    )
    assert newest.detail == {"fields": {"display_name": ["Ada", "Ada Lovelace"]}}
    ids = [each.id for each in entries(changed)]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) > 10


def test_administrators_of_a_domain_read_what_concerns_it(changed: Database) -> None:
    nia = Principal(address=ADA.address, managed_domains=frozenset({"example.net"}))
    seen = subjects(changed, nia)
    assert seen[:2] == [
        "create alias n@example.net",
        "create department Sales (example.org) (example.net)",
    ] or set(seen) >= {"create alias n@example.net", "create account nia@example.net"}
    assert not [each for each in seen if each.endswith("example.org")]
    local = subjects(changed, LOCAL_ADMIN)
    assert "create group sales@example.org" in local
    assert "create department IT (example.org)" in local
    assert not [each for each in local if "example.net" in each]


def test_requests_are_read_in_the_domain_of_the_group(database: Database) -> None:
    """Whatever their length, and not where the account that asks is at home."""
    applicant, long = f"{'n' * 60}@example.net", f"{'long.' * 24}example.org"
    nia = Principal(address=Address.parse(applicant))
    add_account(database, applicant, display_name="Nia")
    add_accounts(database, ["ada"], domain=long)
    for domain in ("example.org", long):
        share_domain(database, OPERATOR, domain, "example.net")
        group = add_group(database, f"{'g' * 60}@{domain}", f"ada@{domain}", join_on_request=True)
        join_group(database, nia, group.uuid)
    seen = subjects(database, LOCAL_ADMIN)
    assert f"create request {'g' * 60}@example.org ({applicant})" in seen
    there = administrator_of(long)
    assert any(each.startswith("create request gggg") for each in subjects(database, there))
    assert not [
        each for each in subjects(database, administrator_of("example.net")) if "request" in each
    ]


def test_every_entry_of_something_in_a_domain_is_of_a_domain(changed: Database) -> None:
    with changed.read() as session:
        rows = session.scalars(select(AuditRow)).all()
    assert {row.domain for row in rows} == {"example.org", "example.net"}


def test_of_what_is_in_no_domain_only_operators_read(database: Database) -> None:
    with write(database, OPERATOR) as work:
        work.session.add(TokenKey(key_id="k@example.org"))
    assert "create token key k@example.org" in subjects(database)
    assert "create token key k@example.org" not in subjects(database, LOCAL_ADMIN)


def test_only_administrators_read_it(small: Database) -> None:
    with pytest.raises(NotPermitted):
        entries(small, ADA)


def test_filters(changed: Database) -> None:
    assert subjects(changed, actions=["create group"]) == ["create group sales@example.org"]
    assert subjects(changed, subject="n@example.net") == ["create alias n@example.net"]
    assert subjects(changed, actor="nobody@example.org") == []
    all_of_it = entries(changed, actor="operator@localhost")
    newest, oldest = all_of_it[0].at, all_of_it[-1].at
    assert entries(changed, since=newest + timedelta(seconds=1)) == []
    assert entries(changed, until=oldest) == []
    assert entries(changed, since=oldest, until=newest + timedelta(seconds=1)) == all_of_it


def test_requests_are_found_by_their_group_and_no_other(database: Database) -> None:
    add_accounts(database, ["ada", "nia"])
    nia = Principal(address=Address.parse("nia@example.org"))
    for address in ("a@example.org", "a@example.organic"):
        add_accounts(database, ["owner"], domain=address.partition("@")[2])
    group = add_group(database, "a@example.org", "ada@example.org", join_on_request=True)
    add_group(database, "a@example.organic", "ada@example.org")
    join_group(database, nia, group.uuid)
    assert subjects(database, subject="a@example.org") == [
        "create request a@example.org (nia@example.org)",
        "create group a@example.org",
    ]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("Sàles MÜNCHEN", True),
        ("sales@example.org ada@", True),  # The member stands in the entry.
        ("munchen team", True),  # What the group is called now.
        ("operator", True),  # Who did it.
        ("sales berlin", False),
        ("100%", False),
        ("s_les", False),
        ("   ", True),
    ],
)
def test_each_word_is_searched_for_without_case_and_accents(
    database: Database, words: str, is_found: bool
) -> None:
    add_accounts(database, ["ada"])
    add_group(database, "sales@example.org", "ada@example.org", display_name="Team München Sales")
    found = subjects(database, words=words)
    assert ("create group sales@example.org" in found) == is_found


def test_accounts_are_found_by_the_name_of_who_did_it(database: Database) -> None:
    add_account(database, "wang@example.org", display_name="王伟")
    wang = Principal(address=Address.parse("wang@example.org"), managed_domains=None)
    add_account(database, "eve@example.org", display_name="Eve")
    accounts.remove_account(database, wang, "eve@example.org")
    assert "remove account eve@example.org" in subjects(database, words="王伟")
    assert "create account eve@example.org" not in subjects(database, words="王伟")


def test_all_entries_are_read_with_few_at_a_time(changed: Database) -> None:
    add_accounts(changed, [f"p{number}" for number in range(120)])
    everything = audit_log.read_all_entries(changed, OPERATOR, AuditFilter())
    assert list(everything) == entries(changed, limit=500)
    assert audit_log.count_entries(changed, OPERATOR, AuditFilter()) > 120
    with pytest.raises(NotPermitted):
        audit_log.read_all_entries(changed, ADA, AuditFilter())
    with pytest.raises(NotPermitted):
        audit_log.count_entries(changed, ADA, AuditFilter())


def test_a_filter_opens_no_other_domain(changed: Database) -> None:
    assert subjects(changed, LOCAL_ADMIN, domain="example.net") == []
    assert subjects(changed, LOCAL_ADMIN, words="nia") == []
    assert subjects(changed, LOCAL_ADMIN, subject="nia@example.net") == []
    assert audit_log.count_entries(changed, LOCAL_ADMIN, AuditFilter(domain="example.net")) == 0


def test_where_it_came_from_is_recorded_cut_to_what_fits(database: Database) -> None:
    add_account(database, "ada@example.org", display_name="Ada")
    assert {each.origin for each in entries(database)} == {"command line"}
    far = replace(OPERATOR, origin="203.0.113.9" * 10)
    accounts.remove_account(database, far, "ada@example.org")
    assert entries(database)[0].origin == ("203.0.113.9" * 10)[:64]


def test_names_are_told_to_those_who_may_know_them(changed: Database) -> None:
    found = entries(changed, limit=500)
    by_nia = [replace(each, actor="nia@example.net") for each in found]
    add_account(changed, "nia@example.net", display_name="Nia")
    names = audit_log.read_names(changed, OPERATOR, by_nia)
    assert names.accounts == {"nia@example.net": "Nia"}
    assert list(names.groups.values()) == ["Sales"]
    assert audit_log.read_names(changed, LOCAL_ADMIN, by_nia).accounts == {}


def test_names_that_one_may_not_know_are_not_guessed_by_searching(changed: Database) -> None:
    """The administrator of one domain does not find who acts there from another one."""
    add_account(changed, "boss@example.net", display_name="Quirrenbach")
    boss = Principal(address=Address.parse("boss@example.net"), managed_domains=None)
    add_account(changed, "ada@example.org", display_name="Wolkenstein")
    add_account(changed, "eve@example.org", display_name="Eve")
    accounts.remove_account(changed, boss, "eve@example.org")
    removal = "remove account eve@example.org"
    for words in ("Quirrenbach", "q", "eve quir"):
        assert removal in subjects(changed, OPERATOR, words=words)
        assert removal not in subjects(changed, LOCAL_ADMIN, words=words)
    assert removal in subjects(changed, LOCAL_ADMIN, words="boss@example.net")
    counted = audit_log.count_entries(changed, LOCAL_ADMIN, AuditFilter(words="Quirrenbach"))
    everything = audit_log.read_all_entries(changed, LOCAL_ADMIN, AuditFilter(words="Quirrenbach"))
    assert (counted, list(everything)) == (0, [])


def test_names_in_ones_own_domain_are_found_though_another_is_administered(
    changed: Database,
) -> None:
    add_account(changed, "bob@example.org", display_name="Wolkenstein")
    bob = Principal(address=Address.parse("bob@example.org"), managed_domains=None)
    add_account(changed, "eve@example.net", display_name="Eve")
    accounts.remove_account(changed, bob, "eve@example.net")
    there = administrator_of("example.net")
    assert subjects(changed, there, words="Wolkenstein") == ["remove account eve@example.net"]


def test_entries_are_counted_so_far_that_more_is_told_from_just_as_many(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = audit_log.count_entries(small, OPERATOR, AuditFilter())
    for limit, counted in ((everything, everything), (everything - 1, everything), (1, 2)):
        monkeypatch.setattr(audit_log, "COUNT_LIMIT", limit)
        assert audit_log.count_entries(small, OPERATOR, AuditFilter()) == counted
