"""A group is found by its UUID or its address, or it is an error."""

import pytest

from contactsgroups.domain.errors import GroupNotFound, InvalidAddress
from contactsgroups.persistence import Database
from contactsgroups.services.groups.lookup import require_group, require_group_by_address
from tests.directories import add_group


def test_a_group_is_found_by_its_uuid_only(small: Database) -> None:
    group = add_group(small, "team@example.org", "ada@example.org")
    with small.read() as session:
        assert require_group(session, group.uuid).address == "team@example.org"
        for other in ("", "x", group.uuid[:-1], group.address, "%", "\0"):
            with pytest.raises(GroupNotFound):
                require_group(session, other)


def test_a_group_is_found_by_its_address_in_any_spelling(small: Database) -> None:
    group = add_group(small, "Team@example.org", "ada@example.org")
    with small.read() as session:
        assert require_group_by_address(session, "TEAM@Example.ORG").uuid == group.uuid
        for other in ("ada@example.org", "tea@example.org", "team@example.net"):
            with pytest.raises(GroupNotFound, match=f"there is no group {other}"):
                require_group_by_address(session, other)
        with pytest.raises(InvalidAddress):
            require_group_by_address(session, "team")
