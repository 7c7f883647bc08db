"""The statements of a delivery preview: which mailboxes a group reaches, and which members none."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from contactsgroups.domain.text import fold
from contactsgroups.persistence.models import Account, Alias, DomainRow, Group, Member, Recipient
from contactsgroups.services.groups.filtering import WORDS_LIMIT

_Target = aliased(Account, name="alias_target")


class Shown(StrEnum):
    """Which rows of a preview are asked for."""

    ALL = "all"
    EXTERNAL = "external"
    TWICE = "twice"
    """Mailboxes that more than one way leads to."""
    LEFT_OUT = "left-out"
    """Members that get no copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a group.

    Attributes:
        group_id: of the group that a message is sent to.
        open_ids: of the groups that a message passes and one may look into, this one included.
        is_whole: whether these are all that a message passes.
        readable: the domains whose names may be searched; None for all.
    """

    group_id: int
    open_ids: Collection[int]
    is_whole: bool
    search: str
    readable: Collection[str] | None


def addresses_reached(
    session: Session, asked: Question, shown: Shown, after: str, limit: int
) -> list[str]:
    """Return the mailboxes behind an address, in order, whom the open groups reach."""
    conditions = [Recipient.group_id == asked.group_id, Recipient.address > after]
    if not asked.is_whole:
        conditions.append(Recipient.address.in_(_leading_to(asked.open_ids)))
    if shown is Shown.EXTERNAL:  # Every mailbox of ours has an account.
        conditions.append(~exists().where(Account.address == Recipient.address))
    if shown is Shown.TWICE:
        conditions.append(Recipient.address.in_(_leading_to(asked.open_ids, often=True)))
    statement = (
        select(Recipient.address)
        .where(*conditions, _matches(Recipient.address, asked))
        .order_by(Recipient.address)
        .limit(limit)
    )
    return list(session.scalars(statement))


def addresses_left_out(session: Session, asked: Question, after: str, limit: int) -> list[str]:
    """Return the members behind an address, in order, that the open groups reach nobody by."""
    statement = (
        select(Member.address)
        .where(_is_silent(asked.open_ids), Member.address > after, _matches(Member.address, asked))
        .distinct()
        .order_by(Member.address)
        .limit(limit)
    )
    return list(session.scalars(statement))


def count_left_out(session: Session, open_ids: Collection[int]) -> int:
    """Return how many members get no copy."""
    statement = select(func.count(Member.address.distinct())).where(_is_silent(open_ids))
    return session.scalar(statement) or 0


def count_reached_twice(session: Session, group_id: int, open_ids: Collection[int]) -> int:
    """Return how many mailboxes there are that more than one way leads to."""
    often = _leading_to(open_ids, often=True).subquery()
    is_reached = (Recipient.group_id == group_id) & (Recipient.address == often.c.mailbox)
    statement = select(func.count()).select_from(often).where(exists().where(is_reached))
    return session.scalar(statement) or 0


def _leading_to(open_ids: Collection[int], *, often: bool = False) -> Select[str]:
    """Select what members lead to: the account of an alias, every other address as it is."""
    mailbox = func.coalesce(_Target.address, Member.address).label("mailbox")
    statement = (
        select(mailbox)
        .select_from(Member)
        .outerjoin(Alias, Alias.address == Member.address)
        .outerjoin(_Target, _Target.id == Alias.account_id)
        .where(Member.group_id.in_(open_ids))
    )
    return statement.group_by(mailbox).having(func.count() > 1) if often else statement


def _is_silent(open_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a member of one of the groups hands a message on to nobody."""
    gets_a_copy = (Recipient.group_id == Member.group_id) & (Recipient.address == Member.address)
    is_alias = select(Alias.id).join(Account, Account.id == Alias.account_id)
    is_group = select(Group.id).where(Group.disabled.is_(False), Group.recipient_count > 0)
    return and_(
        Member.group_id.in_(open_ids),
        ~exists().where(gets_a_copy),
        ~is_alias.where(Alias.address == Member.address, Account.active).exists(),
        ~is_group.where(Group.address == Member.address).exists(),
    )


def _matches(column: InstrumentedAttribute[str], asked: Question) -> ColumnElement[bool]:
    """Return the condition that each word is in the address or in the account's name."""
    words = (fold(word) for word in asked.search.split()[:WORDS_LIMIT])
    return and_(true(), *(_has_word(column, word, asked.readable) for word in words))


def _has_word(
    column: InstrumentedAttribute[str], word: str, readable: Collection[str] | None
) -> ColumnElement[bool]:
    named = select(Account.id).where(
        Account.address == column, Account.search_text.contains(word, autoescape=True)
    )
    if readable is not None:
        names = select(DomainRow.id).where(DomainRow.name.in_(readable))
        named = named.where(Account.domain_id.in_(names))
    return or_(column.contains(word, autoescape=True), named.exists())
