"""Which members an import would move, before any of it is saved.

A large import is saved in pieces, and the brake sees each of them alone: a tenth of a group's
members in each of ten pieces would pass.  So the accounts of the whole plan are looked at first.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.attributes import attribute_field, attributes_among
from contactsgroups.domain.rule import fold_domain
from contactsgroups.domain.text import fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import DomainRow
from contactsgroups.persistence.queries import AccountFacts, fields_for_rules
from contactsgroups.services.accounts.accounts import folded_columns
from contactsgroups.services.transfer.plan import AccountTarget, ImportPlan
from contactsgroups.services.unit_of_work.derivation import find_moves
from contactsgroups.services.unit_of_work.held_moves import Move, refuse_held


def refuse_held_moves(database: Database, plan: ImportPlan, *, agreed: bool | str = False) -> None:
    """Refuse a plan whose accounts, all together, move more members than the brake lets pass.

    Of the groups as they are stored: one that the plan gives another rule is looked at when it is
    saved.

    Args:
        agreed: as in ``Principal.confirmed``.

    Raises:
        NeedsConfirmation: with every group that it is about; nothing was changed.
    """
    if agreed is True:
        return
    with database.read() as session:
        ids = {row.name: row.id for row in session.execute(select(DomainRow.name, DomainRow.id))}
        targets = (*plan.new_accounts, *plan.changed_accounts)
        people = [
            _facts_of(each, ids[domain])
            for each in targets
            if (domain := each.address.rpartition("@")[2]) in ids
        ]
        refuse_held(session, database.brake, _moves(session, people), agreed=agreed)


def _moves(session: Session, people: list[AccountFacts]) -> list[Move]:
    return [
        Move(found.group.id, frozenset(found.entering), frozenset(found.leaving))
        for found in find_moves(session, people)
    ]


def _facts_of(target: AccountTarget, domain_id: int) -> AccountFacts:
    """Return an account as departments and rules will see it."""
    path = str(target.values["department"])
    texts = {name: str(target.values[name]) for name in ("display_name", "title", "location")}
    folded = folded_columns(target.address, **texts)
    return AccountFacts(
        domain_id,
        target.address,
        target.original,
        bool(target.values["active"]),
        path,
        fields_for_rules(
            target.address,
            department=fold(path),
            domain=fold_domain(target.address.rpartition("@")[2]),
            title=folded["title_folded"],
            location=folded["location_folded"],
            name=folded["name_folded"],
            attributes={
                attribute_field(name): fold(value)
                for name, value in attributes_among(target.values).items()
            },
        ),
    )
