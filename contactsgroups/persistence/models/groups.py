"""Groups, their members, recipients, roles and cards."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contactsgroups.domain.address import Address
from contactsgroups.domain.group import GroupKind, PostingPolicy, Role
from contactsgroups.domain.membership_request import RequestState
from contactsgroups.persistence.models.base import Base, LongText, RowNumber, new_uuid, utc_now
from contactsgroups.persistence.models.directory import Account, Department, DomainRow, FromSource
from contactsgroups.persistence.types import UTCDateTime, address_type

_MediumBinary = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")


class Group(FromSource, Base):
    """A mail group.

    ``recipient_count``, ``external_count``, ``native`` (no moderator has to see what it passes on)
    and ``lmtp_lane`` (the LMTP server does: it looks for automatic replies) are derived, like the
    rows of :class:`Recipient`, whenever something changes that they depend on.
    """

    __tablename__ = "contactsgroups_groups"
    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        Index(None, "name_folded", "address"),
        Index(None, "domain_id", "name_folded", "address"),
        # Lists count their groups by these alone.
        Index(
            "ix_contactsgroups_groups_facts",
            "kind",
            "show_in_contacts",
            "disabled",
            "moderated",
            "domain_id",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(address_type(36), unique=True, default=new_uuid)
    address: Mapped[str] = mapped_column(
        address_type(), ForeignKey("contactsgroups_addresses.address"), unique=True
    )
    original: Mapped[str] = mapped_column(address_type())
    domain_id: Mapped[int] = mapped_column(ForeignKey("contactsgroups_domains.id"), index=True)
    display_name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(20), default=GroupKind.STATIC)
    posting_policy: Mapped[str] = mapped_column(String(20), default=PostingPolicy.SAME_DOMAIN)
    show_in_contacts: Mapped[bool] = mapped_column(default=True)
    disabled: Mapped[bool] = mapped_column(default=False)
    moderated: Mapped[bool] = mapped_column(default=False)
    notify_members: Mapped[bool] = mapped_column(default=False)
    leave_needs_approval: Mapped[bool] = mapped_column(default=False)
    join_on_request: Mapped[bool] = mapped_column(default=False)
    ignore_auto_replies: Mapped[bool] = mapped_column(default=True)
    show_members: Mapped[bool] = mapped_column(default=True)
    applicant: Mapped[str] = mapped_column(address_type(), default="")
    department_id: Mapped[int | None] = mapped_column(
        ForeignKey("contactsgroups_departments.id"), index=True
    )
    rule: Mapped[str] = mapped_column(Text, default="")
    picture: Mapped[bytes | None] = mapped_column(_MediumBinary, deferred=True)
    picture_digest: Mapped[str] = mapped_column(String(12), default="")
    """Tells pictures apart without reading them; empty for a group without one of its own."""
    search_text: Mapped[str] = mapped_column(Text, default="")
    name_folded: Mapped[str] = mapped_column(address_type(255), default="")
    """What lists are sorted by."""
    recipient_count: Mapped[int] = mapped_column(default=0)
    external_count: Mapped[int] = mapped_column(default=0)
    native: Mapped[bool] = mapped_column(default=False)
    lmtp_lane: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    updated_by: Mapped[str] = mapped_column(address_type(), default="")

    domain: Mapped[DomainRow] = relationship()
    department: Mapped[Department | None] = relationship()
    members: Mapped[list["Member"]] = relationship(
        back_populates="group",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Member.address",
    )
    roles: Mapped[list["GroupRole"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="GroupRole.address"
    )

    @property
    def shown_name(self) -> str:
        """The name; of a group that has none, the address."""
        return self.display_name or self.original

    @property
    def is_listed(self) -> bool:
        """Whether it is suggested and listed in address books."""
        return self.show_in_contacts and not self.disabled

    @property
    def parsed_address(self) -> Address:
        """The address as a value."""
        local_part, _, domain = self.address.rpartition("@")
        return Address(local_part, domain, self.original)


class Member(Base):
    """An address in a group: a local account, an alias, another group, or an outside address."""

    __tablename__ = "contactsgroups_members"
    # Both ways, an index alone says who is in which group: searches read many members.
    __table_args__ = (
        UniqueConstraint("group_id", "address"),
        Index(None, "address", "group_id"),
        Index(None, "until"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_groups.id", ondelete="CASCADE")
    )
    address: Mapped[str] = mapped_column(address_type())
    original: Mapped[str] = mapped_column(address_type())
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    until: Mapped[date | None] = mapped_column(Date)
    """The last day, in UTC, on which it is a member; None for no end.

    In a group that follows the directory it is derived, from the account's pin."""

    group: Mapped[Group] = relationship(back_populates="members")


class KeptMember(Base):
    """A typed member of a group that follows the directory now; it comes back with the kind.

    The audit log tells the member's removal, and that it is back.
    """

    __tablename__ = "contactsgroups_kept_members"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_groups.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(address_type(), primary_key=True, index=True)
    original: Mapped[str] = mapped_column(address_type())
    until: Mapped[date | None] = mapped_column(Date)


class GroupMail(Base):
    """The first and the last day, in UTC, on which a message to a group's address was accepted.

    The policy service notes it; what reaches the group within another one does not count.
    """

    __tablename__ = "contactsgroups_group_mail"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_groups.id", ondelete="CASCADE"), primary_key=True
    )
    first_on: Mapped[date] = mapped_column(Date, index=True)
    last_on: Mapped[date] = mapped_column(Date)


class GroupEdge(Base):
    """A group that is a direct member of another: derived from the members.

    Queries follow these pairs upwards and downwards: a join of members and groups by address takes
    a hundred times as long.
    """

    __tablename__ = "contactsgroups_group_edges"

    child_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_groups.id", ondelete="CASCADE"), primary_key=True
    )
    parent_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_groups.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Recipient(Base):
    """A mailbox that gets a copy of what is sent to a group: its flattened expansion."""

    __tablename__ = "contactsgroups_recipients"
    # The key is the whole row, so SQLite keeps no table beside it: a tenth of the whole file less.
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it

    group_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_groups.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(address_type(), primary_key=True, index=True)


class GroupRole(Base):
    """An owner, moderator, allowed sender or pinned account of a group."""

    __tablename__ = "contactsgroups_group_roles"
    __table_args__ = (UniqueConstraint("group_id", "role", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_groups.id", ondelete="CASCADE")
    )
    role: Mapped[Role] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(address_type(), index=True)
    original: Mapped[str] = mapped_column(address_type())
    until: Mapped[date | None] = mapped_column(Date)
    """The last day, in UTC, on which an account is pinned as a member; None for no end."""


class MembershipRequest(Base):
    """An account's request to join or leave a group, and what became of it."""

    __tablename__ = "contactsgroups_membership_requests"
    # The second one finds what waits among all that was decided.
    __table_args__ = (Index(None, "group_id", "state"), Index(None, "state", "id"))

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    uuid: Mapped[str] = mapped_column(address_type(36), unique=True, default=new_uuid)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_groups.id", ondelete="CASCADE")
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_accounts.id", ondelete="CASCADE"), index=True
    )
    wish: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=RequestState.WAITING)
    note: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(address_type(), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    group: Mapped[Group] = relationship()
    account: Mapped[Account] = relationship()


class DeletedGroup(Base):
    """A group that was deleted and can be restored until ``expires_at``; its address is reserved.

    ``content`` is JSON, compressed: its row, members and roles, and where it was a member.
    ``owners`` has the addresses of a team's owners, each between line breaks: they may restore what
    they may delete.
    """

    __tablename__ = "contactsgroups_deleted_groups"

    uuid: Mapped[str] = mapped_column(address_type(36), primary_key=True)
    address: Mapped[str] = mapped_column(
        address_type(), ForeignKey("contactsgroups_addresses.address"), unique=True
    )
    original: Mapped[str] = mapped_column(address_type())
    domain_id: Mapped[int] = mapped_column(ForeignKey("contactsgroups_domains.id"), index=True)
    display_name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    owners: Mapped[str] = mapped_column(LongText, default="")
    deleted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    deleted_by: Mapped[str] = mapped_column(address_type())
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    content: Mapped[bytes] = mapped_column(_MediumBinary, deferred=True)
    picture: Mapped[bytes | None] = mapped_column(_MediumBinary, deferred=True)

    domain: Mapped[DomainRow] = relationship()

    @property
    def shown_name(self) -> str:
        """The name; of a group that had none, the address."""
        return self.display_name or self.original


class Card(Base):
    """A group as an address book shows it; a deleted card stays as a tombstone for clients."""

    __tablename__ = "contactsgroups_cards"
    __table_args__ = (Index(None, "domain_id", "changed_at_sequence"),)

    uid: Mapped[str] = mapped_column(address_type(36), primary_key=True)
    domain_id: Mapped[int] = mapped_column(ForeignKey("contactsgroups_domains.id"))
    name_folded: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str] = mapped_column(address_type(), default="")
    etag: Mapped[str] = mapped_column(String(64), default="")
    deleted: Mapped[bool] = mapped_column(default=False)
    changed_at_sequence: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    text: Mapped[str] = mapped_column(LongText, default="", deferred=True)
