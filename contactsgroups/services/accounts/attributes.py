"""Attributes of accounts that a site names itself: read, and written for many accounts at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.attributes import ATTRIBUTE_NAMES_SHOWN
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, AccountAttribute, DomainRow
from contactsgroups.persistence.queries import chunked, insert_rows, rows_where, scalars_where


def list_attribute_names(database: Database, actor: Principal) -> list[str]:
    """Return which attributes accounts have that the actor manages, by name; at most 200."""
    domains = authority.domains_where(actor, Right.MANAGE_ACCOUNTS)
    statement = select(AccountAttribute.name).distinct().order_by(AccountAttribute.name)
    if domains is not None:
        ids = select(DomainRow.id).where(DomainRow.name.in_(sorted(domains)))
        statement = statement.where(AccountAttribute.domain_id.in_(ids))
    with database.read() as session:
        return list(session.scalars(statement.limit(ATTRIBUTE_NAMES_SHOWN)))


def names_in_use(session: Session, domain_id: int, names: Collection[str]) -> set[str]:
    """Return those of the names that an account of the domain has an attribute of."""
    found = select(AccountAttribute.name).where(AccountAttribute.domain_id == domain_id).distinct()
    return set(scalars_where(session, found, AccountAttribute.name, names))


def read_attributes(session: Session, account_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Return the attributes of accounts by id, in the order of their names; {} for one of none."""
    row = AccountAttribute
    statement = select(row.account_id, row.name, row.value).order_by(row.account_id, row.name)
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for each in rows_where(session, statement, row.account_id, account_ids):
        found[each.account_id][each.name] = each.value
    return found


def replace_attributes(session: Session, wanted: Mapping[int, Mapping[str, str]]) -> set[int]:
    """Give accounts exactly these attributes, which are clean; return the ids of those that change.

    Whoever calls it notes the accounts as changed, so that rules follow.
    """
    stored = read_attributes(session, wanted)
    moved = sorted(each for each in wanted if stored.get(each, {}) != wanted[each])
    for some in chunked(moved):
        session.execute(delete(AccountAttribute).where(AccountAttribute.account_id.in_(some)))
    accounts = select(Account.id, Account.domain_id)
    domains = {row.id: row.domain_id for row in rows_where(session, accounts, Account.id, moved)}
    rows = [
        {
            "account_id": each,
            "name": name,
            "domain_id": domains[each],
            "value": value,
            "value_folded": fold(value),
        }
        for each in moved
        for name, value in sorted(wanted[each].items())
    ]
    insert_rows(session, AccountAttribute, rows)
    return set(moved)
