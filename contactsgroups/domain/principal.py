"""The principal of a request: the signed-in account, or the operator at the command line."""

from dataclasses import dataclass, field, replace

from contactsgroups.domain.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A signed-in account and what it may manage.

    ``managed_domains`` names the mail domains whose groups this account administers; None stands
    for all of them.  ``read_only`` is set for a bearer token that was handed to a client such as a
    browser: it may read, and change nothing.  ``password_mark`` differs for each password the
    account has had, so that a session can be compared with the present one.  ``account_id`` is set
    where the principal was read from the database: a unit of work then looks again whether it still
    holds, for the request may have waited.  ``origin`` is where the request came from, as the audit
    log shows it: the client's IP address, or the name of a way in such as "command line"; each face
    says so, and it makes no other principal.  ``confirmed`` is, for one request only, what whoever
    asks has agreed to of a change that moves many members: the seal of what was shown
    (``errors.NeedsConfirmation.seal``), or True for whatever the change moves.
    """

    address: Address
    display_name: str = ""
    managed_domains: frozenset[str] | None = frozenset()
    read_only: bool = False
    password_mark: str = ""
    account_id: int | None = None
    origin: str = field(default="", compare=False)
    confirmed: bool | str = field(default=False, compare=False)

    @property
    def domain(self) -> str:
        """The mail domain the account is in."""
        return self.address.domain


OPERATOR = Principal(
    address=Address("operator", "localhost", "operator@localhost"),
    display_name="Operator",
    managed_domains=None,
    origin="command line",
)
"""The operator at the server's command line, who could edit the database directly anyway."""

UPKEEP = replace(OPERATOR, origin="upkeep")
"""The operator, when its time has come and nobody asked."""
