"""Local parts that are not an employee's to choose."""

import pytest

from contactsgroups.domain.reserved_names import is_reserved


@pytest.mark.parametrize("name", ["postmaster", "Abuse", "ADMIN", "hostmaster", "security", "root"])
def test_what_others_rely_on_is_reserved(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize("name", ["launch", "admin2", "the-abuse", ""])
def test_other_names_are_free(name: str) -> None:
    assert not is_reserved(name)
