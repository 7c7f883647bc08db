"""Small directories that tests start from, made by the product's own use cases."""

from collections.abc import Iterable

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts.accounts import ensure_account_in, ensure_alias_in
from contactsgroups.services.accounts.domains import ensure_domain_in
from contactsgroups.services.groups import GroupDetails, GroupDraft
from contactsgroups.services.unit_of_work import write


def add_accounts(database: Database, names: Iterable[str], domain: str = "example.org") -> None:
    """Serve the domain and give each name an account: ``ada`` is ada@example.org, Ada."""
    with write(database, OPERATOR) as work:
        ensure_domain_in(work, domain)
        for name in names:
            address = f"{name}@{domain}"
            draft = accounts.AccountDraft(address=address, display_name=name.title())
            ensure_account_in(work, draft)


def add_account(database: Database, address: str, **values: object) -> None:
    """Add or change one account."""
    draft = accounts.AccountDraft(address=address, **values)  # type: ignore[arg-type]
    accounts.ensure_account(database, OPERATOR, draft)


def add_alias(database: Database, address: str, account: str) -> None:
    """Let an address stand for an account."""
    with write(database, OPERATOR) as work:
        ensure_alias_in(work, address, account)


def add_group(database: Database, address: str, *members: str, **values: object) -> GroupDetails:
    """Create a group, static unless ``values`` say otherwise."""
    given: dict[str, object] = {
        "display_name": address.split("@", maxsplit=1)[0].title(),
        "members": members,
    }
    draft = GroupDraft(address=address, **(given | values))  # type: ignore[arg-type]
    return groups.create_group(database, OPERATOR, draft)
