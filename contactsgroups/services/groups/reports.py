"""What may need a look among the groups and accounts that a principal administers, counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupMail
from contactsgroups.services.accounts.listing import count_in_no_group
from contactsgroups.services.groups.findings import Finding, has_finding, is_noted_long_enough
from contactsgroups.services.groups.listing import is_managed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """How many groups and accounts there are with each finding; the lists have the same numbers.

    Attributes:
        groups, disabled: how many groups there are, and how many of them are disabled.
        findings: how many groups have each finding; without ``NO_MAIL`` while that is not known.
        mail_noted_since: the first day of which is known that a group was mailed; None if none.
        accounts_in_no_group: active accounts that no mail to any group reaches.
    """

    groups: int
    disabled: int
    findings: Mapping[Finding, int]
    mail_noted_since: date | None
    accounts_in_no_group: int


def read_reports(database: Database, actor: Principal) -> Reports:
    """Return the numbers of a principal's groups and accounts, in as many statements for many."""
    with database.read() as session:
        since = session.scalar(select(func.min(GroupMail.first_on)))
        told = [each for each in Finding if _is_known(each, since)]
        groups, disabled, *counts = _count_groups(session, actor, told)
        return Reports(
            groups=groups,
            disabled=disabled,
            findings=dict(zip(told, counts, strict=True)),
            mail_noted_since=since,
            accounts_in_no_group=count_in_no_group(session, actor),
        )


def _is_known(finding: Finding, mail_noted_since: date | None) -> bool:
    return finding is not Finding.NO_MAIL or is_noted_long_enough(mail_noted_since)


def _count_groups(session: Session, actor: Principal, told: list[Finding]) -> list[int]:
    """Return how many groups there are, how many are disabled, and how many have each finding."""
    conditions = [Group.disabled.is_(True), *map(has_finding, told)]
    sums = [func.sum(case((condition, 1), else_=0)) for condition in conditions]
    statement = select(func.count(Group.id), *sums).where(is_managed(session, actor))
    return [int(each or 0) for each in session.execute(statement).one()]
