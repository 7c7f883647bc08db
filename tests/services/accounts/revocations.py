"""What ends all that lets ada@example.org in: sessions and tokens alike."""

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import accounts
from contactsgroups.services.accounts import sessions
from tests.directories import add_account

ADDRESS = "ada@example.org"


def close(database: Database) -> None:
    add_account(database, ADDRESS, active=False)


def close_and_open(database: Database) -> None:
    close(database)
    add_account(database, ADDRESS, active=True)


def remove(database: Database) -> None:
    accounts.remove_account(database, OPERATOR, ADDRESS)


def make_anew(database: Database) -> None:
    remove(database)
    add_account(database, ADDRESS)


def change_password(database: Database) -> None:
    accounts.set_password(database, OPERATOR, ADDRESS, "another horse")


def sign_out(database: Database) -> None:
    sessions.sign_out_everywhere(database, OPERATOR, ADDRESS)


LASTING = (close, remove)
"""After these, nobody of this address is let in any more."""

PASSING = (close_and_open, make_anew, change_password, sign_out)
"""After these, who comes anew is let in."""
