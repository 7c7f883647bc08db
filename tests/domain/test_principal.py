"""Without a word, a principal administers nothing; the operator administers all domains."""

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal


def test_a_principal_is_in_the_domain_of_its_address() -> None:
    assert Principal(address=Address.parse("Ada@Example.org")).domain == "example.org"


def test_nothing_is_administered_that_was_not_named() -> None:
    principal = Principal(address=Address.parse("ada@example.org"))
    assert (principal.managed_domains, principal.read_only) == (frozenset(), False)
    assert (OPERATOR.managed_domains, OPERATOR.read_only) == (None, False)
