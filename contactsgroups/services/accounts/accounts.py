"""Accounts and their aliases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address
from contactsgroups.domain.attributes import (
    change_attributes,
    clean_attributes,
    refuse_conflicts,
)
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import AccountNotFound, AddressInUse, InvalidText
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.domain.text import clean_name, fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Alias, DomainRow, PendingPopularity, Usage
from contactsgroups.persistence.types import UTCDateTime
from contactsgroups.services.accounts import addresses, domains
from contactsgroups.services.accounts.addresses import remove_from_groups_in
from contactsgroups.services.accounts.attributes import read_attributes, replace_attributes
from contactsgroups.services.accounts.departments import ensure_department_in
from contactsgroups.services.accounts.last_administrator import keep_an_administrator_in
from contactsgroups.services.accounts.passwords import hash_password
from contactsgroups.services.accounts.succession import appoint_successors_in, teams_owned_by
from contactsgroups.services.unit_of_work import Work, write


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """What an account is to be; ``department`` is a path such as ``Sales/Europe``.

    None leaves a value as it is; a new account is active, and its texts are empty.  Of
    ``attributes``, one that is not named stays as it is, and an empty value takes one away.
    """

    address: str
    display_name: str | None = None
    department: str | None = None
    title: str | None = None
    location: str | None = None
    active: bool | None = None
    attributes: Mapping[str, str] | None = None


def ensure_account_in(work: Work, draft: AccountDraft) -> Account:
    """Add an account or bring it up to date within a unit of work.

    Raises:
        InvalidInput, DomainNotFound, AddressInUse, NotPermitted: nothing was changed.
    """
    address = Address.parse(draft.address)
    authority.require(work.actor, Right.MANAGE_ACCOUNTS, address.domain)
    domain = domains.require_domain(work.session, address.domain)
    account = find_account_row(work.session, str(address))
    values = _account_values(work, domain, account, draft)
    changes = clean_attributes(draft.attributes or {})
    if account is None:
        addresses.claim(work.session, address, "account")
        account = Account(
            address=str(address), original=address.original, domain_id=domain.id, **values
        )
        work.session.add(account)
    elif all(getattr(account, name) == value for name, value in values.items()):
        if _change_attributes(work.session, account, changes):
            work.changed_account(account)
        return account
    else:
        if account.active and not values["active"]:
            keep_an_administrator_in(work, account)
        for name, value in values.items():
            setattr(account, name, value)
    work.session.flush()
    _change_attributes(work.session, account, changes)
    work.changed_account(account)
    if not account.active:
        aliases = (alias.address for alias in _aliases_of(work.session, account))
        teams = teams_owned_by(work.session, account.address, *aliases)
        appoint_successors_in(work, teams)
    return account


def ensure_account(database: Database, actor: Principal, draft: AccountDraft) -> None:
    """Add an account or bring it up to date, in a transaction of its own."""
    with write(database, actor) as work:
        ensure_account_in(work, draft)


def set_attributes(
    database: Database,
    actor: Principal,
    address: str,
    changes: Mapping[str, str],
    *,
    seen: Mapping[str, str] | None = None,
) -> None:
    """Change attributes of an account: an empty value takes one away, others stay as they are.

    Args:
        seen: the attributes as they were when the changes were made; None changes what is stored,
            whatever it is.

    Raises:
        SeveralFaults: somebody else changed the same attributes since; each has its own fault.
        AccountNotFound: there is none.
        InvalidText: a name or a value is unfit, or there would be too many.
        NeedsConfirmation: many members of groups would move.
    """
    with write(database, actor) as work:
        account = managed_account_in(work, address)
        cleaned = clean_attributes(changes)
        if seen is not None:
            stored = read_attributes(work.session, [account.id]).get(account.id, {})
            refuse_conflicts(stored, seen, cleaned)
        if _change_attributes(work.session, account, cleaned):
            work.changed_account(account)


def _change_attributes(session: Session, account: Account, changes: Mapping[str, str]) -> bool:
    """Change attributes of an account that has been flushed; whether any differs."""
    if not changes:
        return False
    stored = read_attributes(session, [account.id]).get(account.id, {})
    return bool(replace_attributes(session, {account.id: change_attributes(stored, changes)}))


def remove_account(database: Database, actor: Principal, address: str) -> None:
    """Remove an account with its aliases, memberships and roles.

    Raises:
        AccountNotFound: there is none.
        Conflict: it is the last administrator of all domains.
    """
    with write(database, actor) as work:
        account = managed_account_in(work, address)
        keep_an_administrator_in(work, account)
        for alias in _aliases_of(work.session, account):
            remove_alias_in(work, alias)
        teams = teams_owned_by(work.session, account.address)
        remove_from_groups_in(work, account.address)
        work.changed_account(account)
        _note_popularity(work.session, account)
        work.session.delete(account)
        work.session.flush()
        addresses.release(work.session, account.address)
        appoint_successors_in(work, teams)


def _note_popularity(session: Session, account: Account) -> None:
    """Note what an account has used: without its share, that may be popular no more."""
    used = select(Usage.address, literal(datetime.now(UTC), UTCDateTime())).where(
        Usage.account_id == account.id
    )
    session.execute(insert(PendingPopularity).from_select(["address", "noted_at"], used))


def ensure_alias_in(
    work: Work, address: str, account_address: str, *, may_move: bool = True
) -> Alias:
    """Create an alias of an account, or point an existing alias to it if it may move."""
    parsed = Address.parse(address)
    authority.require(work.actor, Right.MANAGE_ACCOUNTS, parsed.domain)
    domain = domains.require_domain(work.session, parsed.domain)
    account = managed_account_in(work, account_address)
    alias = work.session.scalar(select(Alias).where(Alias.address == str(parsed)))
    if alias is None:
        addresses.claim(work.session, parsed, "alias")
        alias = Alias(
            address=str(parsed),
            original=parsed.original,
            domain_id=domain.id,
            account_id=account.id,
        )
        work.session.add(alias)
    elif alias.account_id == account.id:
        return alias
    elif not may_move:
        raise AddressInUse(
            str(parsed), Sentence("alias of {account}", account=_account_of(work.session, alias))
        )
    else:
        alias.account_id = account.id
    work.session.flush()
    work.changed_alias(alias)
    appoint_successors_in(work, teams_owned_by(work.session, alias.address))
    return alias


def ensure_alias(database: Database, actor: Principal, address: str, account: str) -> None:
    """Let an address stand for an account; one that stands for another account moves.

    Raises:
        InvalidInput, DomainNotFound, AccountNotFound, AddressInUse, NotPermitted: nothing was
            changed.
    """
    with write(database, actor) as work:
        ensure_alias_in(work, address, account)


def add_alias(database: Database, actor: Principal, address: str, account: str) -> None:
    """Let an address stand for an account; harmless if it does already.

    Raises:
        AddressInUse: it is taken, be it as an alias of another account; nothing was changed.
        InvalidInput, DomainNotFound, AccountNotFound, NotPermitted: nothing was changed.
    """
    with write(database, actor) as work:
        ensure_alias_in(work, address, account, may_move=False)


def remove_alias(database: Database, actor: Principal, address: str) -> None:
    """Remove an alias, also from the groups it is a member of."""
    with write(database, actor) as work:
        parsed = Address.parse(address)
        authority.require(work.actor, Right.MANAGE_ACCOUNTS, parsed.domain)
        alias = work.session.scalar(select(Alias).where(Alias.address == str(parsed)))
        if alias is None:
            raise AccountNotFound("there is no alias {address}", address=parsed)
        remove_alias_in(work, alias)


def remove_alias_in(work: Work, alias: Alias) -> None:
    """Remove an alias within a unit of work."""
    teams = teams_owned_by(work.session, alias.address)
    remove_from_groups_in(work, alias.address)
    work.changed_alias(alias)
    work.session.delete(alias)
    work.session.flush()
    addresses.release(work.session, alias.address)
    appoint_successors_in(work, teams)


def set_password(database: Database, actor: Principal, address: str, password: str) -> None:
    """Set the password of an account.

    Raises:
        InvalidText: it is shorter than eight characters.
    """
    if len(password) < 8:
        raise InvalidText("a password needs at least 8 characters", field="password")
    hashed = hash_password(password)
    with write(database, actor) as work:
        account = managed_account_in(work, address)
        account.password_hash = hashed


def managed_account_in(work: Work, address: str) -> Account:
    """Return an account that the actor manages; whoever does not learns not whether there is one.

    Raises:
        NotPermitted: the actor manages no accounts in that domain.
        AccountNotFound: there is none.
    """
    authority.require(work.actor, Right.MANAGE_ACCOUNTS, Address.parse(address).domain)
    return require_account(work.session, address)


def require_account(session: Session, address: str) -> Account:
    """Return an account by its address, in any spelling.

    Raises:
        AccountNotFound: there is none.
    """
    parsed = Address.parse(address)
    account = find_account_row(session, str(parsed))
    if account is None:
        raise no_account(str(parsed))
    return account


def no_account(address: str) -> AccountNotFound:
    """Return the error that there is no account of this address, or none that is to be known."""
    return AccountNotFound("there is no account {address}", address=address)


def find_account_row(session: Session, address: str) -> Account | None:
    """Return an account by its normalised address."""
    return session.scalar(select(Account).where(Account.address == address))


def _account_values(
    work: Work, domain: DomainRow, account: Account | None, draft: AccountDraft
) -> dict[str, object]:
    """Return the columns as the draft wants them; what it does not name, as it is."""
    texts = {name: _text(account, draft, name) for name in ("display_name", "title", "location")}
    active = draft.active
    if active is None:
        active = account.active if account else True
    return {
        **texts,
        **folded_columns(draft.address, **texts),
        "department_id": _department_id(work, domain, account, draft.department),
        "active": active,
    }


def _text(account: Account | None, draft: AccountDraft, name: str) -> str:
    wanted: str | None = getattr(draft, name)
    if wanted is None:
        return getattr(account, name) if account else ""
    return clean_name(wanted, field=name, required=False)


def _department_id(
    work: Work, domain: DomainRow, account: Account | None, path: str | None
) -> int | None:
    if path is None:
        return account.department_id if account else None
    return ensure_department_in(work, domain, path).id if path else None


def folded_columns(address: str, *, display_name: str, title: str, location: str) -> dict[str, str]:
    """Return the columns of an account that rules, searches and lists compare, for clean values."""
    return {
        "name_folded": fold(display_name),
        "title_folded": fold(title),
        "location_folded": fold(location),
        "search_text": fold(f"{address} {display_name}"),
        "sort_key": (fold(display_name) or address)[:255],
    }


def _account_of(session: Session, alias: Alias) -> str | None:
    return session.scalar(select(Account.original).where(Account.id == alias.account_id))


def _aliases_of(session: Session, account: Account) -> list[Alias]:
    return list(session.scalars(select(Alias).where(Alias.account_id == account.id)))
