"""That somebody who can sign in administers all domains, whichever use case ends that."""

from sqlalchemy import select

from contactsgroups.domain.errors import Conflict
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import Account, Administrator
from contactsgroups.services.unit_of_work import Work


def keep_an_administrator_in(work: Work, account: Account) -> None:
    """Refuse to take all domains from the last account that is open and administers them.

    The operator may: only the command line can appoint the next one, and there is where they sit.

    Raises:
        Conflict: it is the last one.
    """
    if work.actor == OPERATOR:
        return
    statement = (
        select(Account.id)
        .join(Administrator, Administrator.account_id == Account.id)
        .where(Administrator.domain_id.is_(None), Account.active)
    )
    if set(work.session.scalars(statement)) == {account.id}:
        raise Conflict(
            "{address} is the last administrator of all domains; appoint another first",
            address=account.address,
        )
