"""Suggested groups say whether one may post, decided once until something changes."""

import json

import pytest

from contactsgroups.autocomplete import Completion, Match
from contactsgroups.autocomplete.entry import completion_of
from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.completion import preview
from contactsgroups.services.completion.entries import read_entries
from contactsgroups.services.completion.preview import PostingPreview
from tests.directories import add_group
from tests.services.conftest import ADA

BOB = Principal(address=Address.parse("bob@example.org"))


@pytest.fixture
def found(small: Database) -> list[Completion]:
    add_group(small, "board@example.org", "bob@example.org", posting_policy="members")
    add_group(small, "open@example.org", "eve@example.org")
    with small.read() as session:
        domain_id = require_domain(session, "example.org").id
        return [completion_of(each, Match.WORD) for each in read_entries(session, domain_id)]


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the groups that were decided about."""
    addresses: list[str] = []
    real = preview.decide_for_groups

    def decide(session, evidence, groups):
        addresses.extend(group.address for group in groups)
        return real(session, evidence, groups)

    monkeypatch.setattr(preview, "decide_for_groups", decide)
    return addresses


def answers(found: list[Completion]) -> dict[str, object]:
    payloads = {each.identity: json.loads(each.payload) for each in found}
    return {address: each["posting"] for address, each in payloads.items() if "posting" in each}


def test_groups_say_what_becomes_of_a_message_and_accounts_nothing(
    small: Database, found: list[Completion]
) -> None:
    shown = PostingPreview(small).add(ADA, found, 1)
    assert answers(shown) == {"board@example.org": "reject", "open@example.org": "accept"}
    reasons = {each.identity: json.loads(each.payload).get("posting_reason") for each in shown}
    assert reasons["board@example.org"] == "only members may post"
    assert reasons["ada@example.org"] is None
    assert [each.identity for each in shown] == [each.identity for each in found]


def test_a_decision_is_kept_for_its_sender_until_the_journal_moves(
    small: Database, found: list[Completion], decided: list[str]
) -> None:
    posting = PostingPreview(small)
    for _ in range(3):
        posting.add(ADA, found, 1)
    assert sorted(decided) == ["board@example.org", "open@example.org"]
    assert answers(posting.add(BOB, found, 1))["board@example.org"] == "accept"
    assert len(decided) == 4
    posting.add(ADA, found, 1)
    assert len(decided) == 4
    posting.add(ADA, found, 2)
    assert len(decided) == 6


def test_what_was_decided_before_a_change_is_not_kept_after_it(
    small: Database, found: list[Completion], decided: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread may have seen the change while this one decided."""
    posting = PostingPreview(small)
    real = posting._decide

    def decide(principal: Principal, addresses: list[str]) -> dict[str, str]:
        result = real(principal, addresses)
        monkeypatch.setattr(posting, "_decide", real)
        posting.add(BOB, found, 2)
        return result

    monkeypatch.setattr(posting, "_decide", decide)
    posting.add(ADA, found, 1)
    decided.clear()
    posting.add(ADA, found, 2)
    assert sorted(decided) == ["board@example.org", "open@example.org"]


def test_what_is_kept_has_a_limit(
    small: Database, found: list[Completion], decided: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "_KEPT", 1)
    posting = PostingPreview(small)
    posting.add(ADA, found, 1)
    posting.add(ADA, found, 1)
    assert len(decided) == 3


def test_without_groups_nothing_is_asked(small: Database, found: list[Completion]) -> None:
    accounts = [each for each in found if each.person]
    assert PostingPreview(small).add(ADA, accounts, 1) == accounts
    assert PostingPreview(small).add(ADA, [], 1) == []
