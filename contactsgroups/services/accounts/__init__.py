"""The directory: domains, departments, accounts, aliases and administrators.

Beside what is handed on here: ``identity`` (from a password to a principal), ``sessions`` of the
pages, ``tokens`` and ``token_keys``, ``sharing`` (which domains see each other), ``passwords`` and
``addresses`` (what one address may be).
"""

from contactsgroups.services.accounts.accounts import (
    AccountDraft,
    add_alias,
    ensure_account,
    ensure_alias,
    remove_account,
    remove_alias,
    set_password,
)
from contactsgroups.services.accounts.administrators import (
    Appointment,
    appoint_administrator,
    list_administrators,
    remove_administrator,
    remove_appointment,
)
from contactsgroups.services.accounts.departments import list_departments
from contactsgroups.services.accounts.domains import ensure_domain, list_domains, remove_domain

__all__ = [
    "AccountDraft",
    "Appointment",
    "add_alias",
    "appoint_administrator",
    "ensure_account",
    "ensure_alias",
    "ensure_domain",
    "list_administrators",
    "list_departments",
    "list_domains",
    "remove_account",
    "remove_administrator",
    "remove_alias",
    "remove_appointment",
    "remove_domain",
    "set_password",
]
