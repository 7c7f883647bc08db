"""The settings of mail domains, as their administrators read and change them."""

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.domain_settings import DomainSettings
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import DomainRow
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.unit_of_work import write


def settings_of_domain(row: DomainRow) -> DomainSettings:
    """Return the settings of a stored domain."""
    return DomainSettings.stored(row.team_creators, row.group_defaults)


def read_domain_settings(database: Database, actor: Principal, domain: str) -> DomainSettings:
    """Return the settings of a domain that this principal administers.

    Raises:
        DomainNotFound, NotPermitted
    """
    with database.read() as session:
        row = require_domain(session, domain)
        authority.require(actor, Right.MANAGE_DOMAIN, row.name)
        return settings_of_domain(row)


def change_domain_settings(
    database: Database, actor: Principal, domain: str, settings: DomainSettings
) -> None:
    """Change the settings of a domain; groups that there are stay as they are.

    Raises:
        DomainNotFound, NotPermitted, InvalidInput: nothing was changed.
    """
    checked = settings.checked()
    with write(database, actor) as work:
        row = require_domain(work.session, domain)
        authority.require(actor, Right.MANAGE_DOMAIN, row.name)
        row.team_creators = checked.team_creators
        row.group_defaults = checked.defaults_as_text()
