"""The language that an account reads: that of the pages when it last signed in.

Only notices need it, so nothing follows from it: it is in no journal and in no audit log.
"""

from contextlib import suppress

from sqlalchemy import select, update

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account


def keep_language(database: Database, principal: Principal, tag: str) -> None:
    """Note what an account reads, unless it is known; given up if another writer is at it.

    Args:
        tag: such as ``zh-Hans`` (BCP 47), of 20 characters at most.

    Raises:
        Unavailable: the database does not answer.
    """
    own = Account.address == str(principal.address)
    with database.read() as session:
        if session.scalar(select(Account.language).where(own)) in {None, tag}:
            return
    with suppress(Unavailable), database.write_private(wait=False) as session:
        session.execute(update(Account).where(own).values(language=tag))
