"""Fill an empty installation with the sample, once, and keep the accounts to sign in with."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from contactsgroups.directory.sample import ADMINISTRATOR, ORDINARY_ACCOUNT, sample_records
from contactsgroups.domain.errors import NotAuthenticated
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import Database
from contactsgroups.services.accounts import list_domains, set_password
from contactsgroups.services.accounts.identity import authenticate
from contactsgroups.services.transfer.importing import ImportOptions, import_records

FILE_NAME = "sample_sign_in.json"
"""In the state directory, readable by its owner only: addresses and passwords."""

_ROLES = {ADMINISTRATOR: "administrator", ORDINARY_ACCOUNT: "ordinary account"}


@dataclass(frozen=True, slots=True)
class SignIn:
    """An account of the sample; ``password`` is None if it has been changed since."""

    role: str
    address: str
    password: str | None


def load_sample_once(database: Database, state: Path) -> list[SignIn]:
    """Load the sample into a database without domains and return how to sign in.

    A database that has domains of its own is left alone, and the list is empty.  A first start
    that was interrupted is taken up again.
    """
    path = state / FILE_NAME
    passwords = _read(path)
    if passwords is None:
        if list_domains(database, OPERATOR):
            return []
        passwords = {address: secrets.token_urlsafe(9) for address in _ROLES}
        _write(path, passwords, loaded=False)
    if not _is_loaded(path):
        _load(database, passwords)
        _write(path, passwords, loaded=True)
    return [_sign_in(database, address, password) for address, password in passwords.items()]


def _load(database: Database, passwords: dict[str, str]) -> None:
    import_records(database, OPERATOR, sample_records(), ImportOptions(strict=True))
    for address, password in passwords.items():
        set_password(database, OPERATOR, address, password)


def _sign_in(database: Database, address: str, password: str) -> SignIn:
    try:
        authenticate(database, address, password)
    except NotAuthenticated:
        return SignIn(_ROLES[address], address, None)
    return SignIn(_ROLES[address], address, password)


def _read(path: Path) -> dict[str, str] | None:
    if not path.exists():
        return None
    content = json.loads(path.read_text())
    return {address: content["passwords"][address] for address in _ROLES}


def _is_loaded(path: Path) -> bool:
    return bool(json.loads(path.read_text())["loaded"])


def _write(path: Path, passwords: dict[str, str], *, loaded: bool) -> None:
    """Replace the file as a whole; its content is never readable by others, nor half written."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"loaded": loaded, "passwords": passwords}, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
