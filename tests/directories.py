"""Small directories that tests start from, made by the product's own use cases."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from contactsgroups.domain.group import SETTINGS, GroupSettings, SettingValue
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts.accounts import ensure_account_in, ensure_alias_in
from contactsgroups.services.accounts.domains import ensure_domain_in
from contactsgroups.services.groups import GroupDetails, GroupDraft
from contactsgroups.services.groups.deleted_groups import release_address
from contactsgroups.services.transfer.records import NOWHERE, GroupRecord, Place
from contactsgroups.services.unit_of_work import write

CONFIRMED = replace(OPERATOR, confirmed=True)
"""The operator, whom no move of members stops: what tests start from needs no question."""
_SETTINGS = frozenset(each.name for each in SETTINGS)


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
    accounts.ensure_account(database, CONFIRMED, draft)


def add_alias(database: Database, address: str, account: str) -> None:
    """Let an address stand for an account."""
    with write(database, OPERATOR) as work:
        ensure_alias_in(work, address, account)


def add_group(database: Database, address: str, *members: str, **values: Any) -> GroupDetails:
    """Create a group, static unless ``values`` say otherwise (see :func:`group_draft`)."""
    name = address.split("@", maxsplit=1)[0].title()
    draft = group_draft(address, **{"display_name": name, "members": members, **values})
    return groups.create_group(database, OPERATOR, draft)


def delete_for_good(database: Database, uuid: str) -> None:
    """Delete a group, and release its address."""
    groups.remove_group(database, OPERATOR, uuid)
    release_address(database, OPERATOR, uuid)


def group_draft(address: str, **values: Any) -> GroupDraft:
    """Return a draft; ``values`` are settings and what else a draft has, by name."""
    return changed_draft(GroupDraft(address=address, settings=GroupSettings()), **values)


def changed_draft(draft: GroupDraft, **values: Any) -> GroupDraft:
    """Return a draft with some settings, and what else a draft has, replaced."""
    settings = {name: value for name, value in values.items() if name in _SETTINGS}
    others = {name: value for name, value in values.items() if name not in _SETTINGS}
    return replace(draft, settings=draft.settings.changed(settings), **others)


def group_record(address: str, *, place: Place = NOWHERE, **settings: SettingValue) -> GroupRecord:
    """Return what a file says of a group."""
    return GroupRecord(address=address, settings=settings, place=place)
