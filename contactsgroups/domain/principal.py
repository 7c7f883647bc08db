"""Who is asking: the signed-in account, or the operator at the command line."""

from dataclasses import dataclass

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import NotPermitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A signed-in account and what it may manage.

    ``managed_domains`` names the mail domains whose groups this account administers; None stands
    for all of them.  ``read_only`` is set where somebody holds a token that was given away, to a
    browser for example: it may look, and change nothing.  ``password_mark`` is another one for each
    password the account has had, so that a session can tell whether it began with the present one.
    """

    address: Address
    display_name: str = ""
    managed_domains: frozenset[str] | None = frozenset()
    read_only: bool = False
    password_mark: str = ""

    @property
    def domain(self) -> str:
        """The mail domain the account is in."""
        return self.address.domain

    @property
    def is_administrator(self) -> bool:
        """Whether there is any domain that this account administers."""
        return self.managed_domains is None or bool(self.managed_domains)

    def may_manage(self, domain: str) -> bool:
        """Whether this account administers the groups of ``domain``."""
        return self.managed_domains is None or domain in self.managed_domains

    def require_writing(self) -> None:
        """Raise :class:`NotPermitted` if the principal may only look."""
        if self.read_only:
            raise NotPermitted("this token may only read")

    def require_management(self, domain: str) -> None:
        """Raise :class:`NotPermitted` unless this account administers ``domain``."""
        if not self.may_manage(domain):
            raise NotPermitted(f"{self.address} does not administer {domain}")


OPERATOR = Principal(
    address=Address("operator", "localhost", "operator@localhost"),
    display_name="Operator",
    managed_domains=None,
)
"""Somebody at the command line of the server, who could edit the database directly anyway."""
