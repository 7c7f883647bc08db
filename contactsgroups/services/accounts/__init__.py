"""The directory: domains, departments, accounts, aliases and administrators.

Beside what is handed on here: ``identity`` (from a password or a token to a principal), ``sharing``
(which domains see each other), ``passwords`` and ``addresses`` (what one address may be).
"""

from contactsgroups.services.accounts.accounts import (
    AccountDraft,
    ensure_account,
    remove_account,
    remove_alias,
    set_password,
)
from contactsgroups.services.accounts.administrators import appoint_administrator
from contactsgroups.services.accounts.departments import list_departments
from contactsgroups.services.accounts.domains import ensure_domain, list_domains

__all__ = [
    "AccountDraft",
    "appoint_administrator",
    "ensure_account",
    "ensure_domain",
    "list_departments",
    "list_domains",
    "remove_account",
    "remove_alias",
    "set_password",
]
