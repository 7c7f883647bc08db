"""The statements of a delivery preview: which mailboxes a group reaches, and which members none."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from contactsgroups.domain.text import fold
from contactsgroups.persistence.models import Account, Alias, DomainRow, Group, Member, Recipient
from contactsgroups.services.groups.filtering import WORDS_LIMIT
from contactsgroups.services.groups.member_views import groups_with_untold_aliases

_Column = ColumnElement[str] | InstrumentedAttribute[str]
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
        readable: the domains whose accounts may be known; None for all.
        is_whole: whether the open groups are all that a message passes.
    """

    group_id: int
    open_ids: Collection[int]
    search: str
    readable: Collection[str] | None
    is_whole: bool = False

    def may_tell(
        self, domain_id: ColumnElement[int] | InstrumentedAttribute[int]
    ) -> ColumnElement[bool]:
        """Return the condition that a domain's accounts may be known."""
        if self.readable is None:
            return true()
        return domain_id.in_(select(DomainRow.id).where(DomainRow.name.in_(self.readable)))


def addresses_reached(
    session: Session, asked: Question, shown: Shown, after: str, limit: int
) -> list[str]:
    """Return the mailboxes behind an address, in order, whom the open groups reach.

    An alias whose account may not be known is a mailbox of its own, here and in what is counted:
    the account's address is in no row, no place between rows and nothing that a search finds.
    """
    mailbox: _Column
    if shown is not Shown.TWICE and asked.is_whole and not _hides_any(session, asked):
        # They are the group's recipients, of which a page is read and no more.
        mailbox, conditions = Recipient.address, [Recipient.group_id == asked.group_id]
    else:
        mailbox = _reached(asked, often=shown is Shown.TWICE).subquery().c.mailbox
        conditions = []
    conditions += [mailbox > after, _matches(mailbox, asked)]
    if shown is Shown.EXTERNAL:  # Every mailbox of ours has an account.
        conditions += [~exists().where(held.address == mailbox) for held in (Account, Alias)]
    return list(session.scalars(select(mailbox).where(*conditions).order_by(mailbox).limit(limit)))


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


def count_reached_twice(session: Session, asked: Question) -> int:
    """Return how many mailboxes there are that more than one way leads to."""
    often = _reached(asked, often=True).subquery()
    return session.scalar(select(func.count()).select_from(often)) or 0


def _hides_any(session: Session, asked: Question) -> bool:
    """Whether an alias in the open groups leads to an account that may not be known."""
    return bool(groups_with_untold_aliases(session, asked.open_ids, asked.readable))


def _reached(asked: Question, *, often: bool) -> Select[str]:
    """Select the mailboxes that members lead to, each once; or those that several lead to."""
    mailbox = func.coalesce(_Target.address, Member.address)
    told = case(
        (_Target.id.is_not(None) & asked.may_tell(_Target.domain_id), _Target.address),
        else_=Member.address,
    ).label("mailbox")
    gets_a_copy = (Recipient.group_id == asked.group_id) & (Recipient.address == mailbox)
    statement = (
        select(told)
        .select_from(Member)
        .outerjoin(Alias, Alias.address == Member.address)
        .outerjoin(_Target, _Target.id == Alias.account_id)
        .where(Member.group_id.in_(asked.open_ids), exists().where(gets_a_copy))
        .group_by(told)
    )
    return statement.having(func.count() > 1) if often else statement


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


def _matches(column: _Column, asked: Question) -> ColumnElement[bool]:
    """Return the condition that each word is in the address or in the account's name."""
    words = (fold(word) for word in asked.search.split()[:WORDS_LIMIT])
    return and_(true(), *(_has_word(column, word, asked) for word in words))


def _has_word(column: _Column, word: str, asked: Question) -> ColumnElement[bool]:
    named = select(Account.id).where(
        Account.address == column,
        Account.search_text.contains(word, autoescape=True),
        asked.may_tell(Account.domain_id),
    )
    return or_(column.contains(word, autoescape=True), named.exists())
