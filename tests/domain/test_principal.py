"""A principal administers no domain, some, or all."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal

ADA = Address.parse("Ada@Example.org")


@pytest.mark.parametrize(
    ("managed", "is_administrator"),
    [(frozenset(), False), (frozenset({"example.net"}), True), (None, True)],
)
def test_whoever_administers_any_domain_is_an_administrator(
    managed: frozenset[str] | None, is_administrator: bool
) -> None:
    principal = Principal(address=ADA, managed_domains=managed)
    assert principal.is_administrator is is_administrator
    assert principal.domain == "example.org"


def test_without_a_word_a_principal_administers_nothing() -> None:
    assert Principal(address=ADA).managed_domains == frozenset()
    assert OPERATOR.managed_domains is None
