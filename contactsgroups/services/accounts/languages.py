"""The language that an account reads: that of the pages when it last signed in.

Only notices need it, so nothing follows from it: it is in no journal and in no audit log.
"""

from sqlalchemy import select, update

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account
from contactsgroups.services.unit_of_work import write_private


def keep_language(database: Database, principal: Principal, tag: str) -> None:
    """Note what an account reads, unless it is known; given up where other writers take too long.

    Args:
        tag: such as ``zh-Hans`` (BCP 47), of 20 characters at most.

    Raises:
        NotPermitted: the principal is read-only.
        Unavailable: the database does not answer.
    """
    own = Account.address == str(principal.address)
    with database.read() as session:
        if session.scalar(select(Account.language).where(own)) in {None, tag}:
            return
    try:
        with write_private(database, principal) as session:
            session.execute(update(Account).where(own).values(language=tag))
    except Unavailable:
        return  # The next sign-in notes it.
