"""Members added in pieces."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import MembersAreDerived, NotPermitted, Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.groups import member_pieces
from contactsgroups.services.groups.member_filtering import MemberFilter
from contactsgroups.services.groups.member_listing import addresses_found
from contactsgroups.services.groups.member_pieces import add_in_pieces
from tests.directories import add_group
from tests.services.conftest import ADA, position


def parsed(*texts: str) -> dict[str, Address]:
    return {text: Address.parse(text) for text in texts}


def many(count: int) -> dict[str, Address]:
    return parsed(*(f"p{number:04}@side.example" for number in range(count)))


def test_each_address_is_added_found_or_refused(small: Database) -> None:
    uuid = add_group(small, "all@example.org", "ada@example.org").uuid
    wanted = parsed("ada@example.org", "no@example.org", "bob@example.org", "all@example.org")
    found = add_in_pieces(small, OPERATOR, uuid, wanted)
    assert (found.added, found.already) == (["bob@example.org"], 1)
    assert found.refused.keys() == {"no@example.org", "all@example.org"}
    assert (found.left, found.stopped) == ((), None)


def test_a_piece_is_a_transaction_of_its_own(small: Database) -> None:
    uuid = add_group(small, "all@example.org", "ada@example.org").uuid
    before = position(small)
    add_in_pieces(small, OPERATOR, uuid, many(1001))
    assert position(small) - before >= 3


def test_a_failure_in_the_middle_tells_what_is_left(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = add_group(small, "all@example.org", "ada@example.org").uuid
    whole, calls = member_pieces.add_in, []

    def fail_later(*args: object, **named: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise Unavailable("the database does not answer")
        return whole(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(member_pieces, "add_in", fail_later)
    wanted = many(700)
    found = add_in_pieces(small, OPERATOR, uuid, wanted)
    assert len(found.added) == 500
    assert found.left == tuple(wanted)[500:]
    assert isinstance(found.stopped, Unavailable)
    again = add_in_pieces(small, OPERATOR, uuid, wanted)
    assert (len(again.added), again.already) == (200, 500)
    assert len(addresses_found(small, OPERATOR, uuid, MemberFilter())) == 701


def test_a_failure_at_the_beginning_is_raised(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Unavailable("the database does not answer")

    uuid = add_group(small, "all@example.org", "ada@example.org").uuid
    monkeypatch.setattr(member_pieces, "add_in", fail)
    with pytest.raises(Unavailable):
        add_in_pieces(small, OPERATOR, uuid, many(2))


def test_whoever_may_not_edit_adds_nobody(small: Database) -> None:
    uuid = add_group(small, "all@example.org", "bob@example.org").uuid
    with pytest.raises(NotPermitted):
        add_in_pieces(small, ADA, uuid, many(1))
    derived = add_group(
        small, "d@example.org", kind="dynamic", rule='address contains "a"', members=None
    )
    with pytest.raises(MembersAreDerived):
        add_in_pieces(small, OPERATOR, derived.uuid, many(1))
