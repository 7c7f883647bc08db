"""The tables, as SQLAlchemy entities.

Addresses are stored normalised (see :mod:`contactsgroups.domain.address`) and compare by code
point; ``original`` beside them keeps the spelling for display.
"""

import uuid
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from contactsgroups.domain.address import Address
from contactsgroups.domain.group import GroupKind, PostingPolicy, Role
from contactsgroups.persistence.types import UTCDateTime, address_type

# SQLite gives out row ids by itself for INTEGER only.
_Sequence = BigInteger().with_variant(Integer(), "sqlite")
_Picture = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
_LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def _now() -> datetime:
    return datetime.now(UTC)


def _new_uuid() -> str:
    return str(uuid.uuid4())


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can alter it on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class DomainRow(Base):
    """A mail domain served here; ``unicode_name`` is how Postfix may also look it up, if at all."""

    __tablename__ = "domains"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(address_type(253), unique=True)
    unicode_name: Mapped[str | None] = mapped_column(address_type(253), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=_now)


class Department(Base):
    """A node in the tree of a domain's departments; ``path`` is ``Sales/Europe``."""

    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("domain_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(address_type(600))

    domain: Mapped[DomainRow] = relationship()


class ClaimedAddress(Base):
    """Who holds an address: the primary key makes it at most one account, alias or group."""

    __tablename__ = "addresses"

    address: Mapped[str] = mapped_column(address_type(), primary_key=True)
    holder: Mapped[str] = mapped_column(String(10))


class Account(Base):
    """A local mailbox."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(
        address_type(), ForeignKey("addresses.address"), unique=True
    )
    original: Mapped[str] = mapped_column(address_type())
    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"), index=True)
    display_name: Mapped[str] = mapped_column(String(255), default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), index=True)
    title: Mapped[str] = mapped_column(String(255), default="")
    location: Mapped[str] = mapped_column(String(255), default="")
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=_now)

    domain: Mapped[DomainRow] = relationship()
    department: Mapped[Department | None] = relationship()


class Administrator(Base):
    """An account that may manage groups of one domain, or of all where ``domain_id`` is empty."""

    __tablename__ = "administrators"
    __table_args__ = (UniqueConstraint("account_id", "domain_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("domains.id"))


class Alias(Base):
    """One address that stands for one account."""

    __tablename__ = "aliases"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(
        address_type(), ForeignKey("addresses.address"), unique=True
    )
    original: Mapped[str] = mapped_column(address_type())
    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"), index=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )

    account: Mapped[Account] = relationship()


class Group(Base):
    """A mail group.

    ``recipient_count``, ``external_count`` and ``native`` (Postfix may expand it by itself) are
    derived, like the rows of :class:`Recipient`, whenever something changes that they depend on.
    """

    __tablename__ = "mail_groups"  # GROUPS is a reserved word in MySQL.

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(address_type(36), unique=True, default=_new_uuid)
    address: Mapped[str] = mapped_column(
        address_type(), ForeignKey("addresses.address"), unique=True
    )
    original: Mapped[str] = mapped_column(address_type())
    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"), index=True)
    display_name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(20), default=GroupKind.STATIC)
    posting_policy: Mapped[str] = mapped_column(String(20), default=PostingPolicy.SAME_DOMAIN)
    show_in_contacts: Mapped[bool] = mapped_column(default=True)
    disabled: Mapped[bool] = mapped_column(default=False)
    moderated: Mapped[bool] = mapped_column(default=False)
    notify_members: Mapped[bool] = mapped_column(default=False)
    leave_needs_approval: Mapped[bool] = mapped_column(default=False)
    ignore_auto_replies: Mapped[bool] = mapped_column(default=True)
    show_members: Mapped[bool] = mapped_column(default=True)
    applicant: Mapped[str] = mapped_column(address_type(), default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), index=True)
    rule: Mapped[str] = mapped_column(Text, default="")
    picture: Mapped[bytes | None] = mapped_column(_Picture, deferred=True)
    search_text: Mapped[str] = mapped_column(Text, default="")
    recipient_count: Mapped[int] = mapped_column(default=0)
    external_count: Mapped[int] = mapped_column(default=0)
    native: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=_now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=_now)
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
    def is_listed(self) -> bool:
        """Whether it is suggested and stands in address books."""
        return self.show_in_contacts and not self.disabled

    @property
    def parsed_address(self) -> Address:
        """The address as a value."""
        local_part, _, domain = self.address.rpartition("@")
        return Address(local_part, domain, self.original)


class Member(Base):
    """An address in a group: a local account, an alias, another group, or an outside address."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("group_id", "address"),)

    id: Mapped[int] = mapped_column(_Sequence, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("mail_groups.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(address_type(), index=True)
    original: Mapped[str] = mapped_column(address_type())
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=_now)

    group: Mapped[Group] = relationship(back_populates="members")


class Recipient(Base):
    """A mailbox that gets a copy of what is sent to a group: its flattened expansion."""

    __tablename__ = "recipients"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("mail_groups.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(address_type(), primary_key=True, index=True)


class GroupRole(Base):
    """An owner, moderator or allowed sender of a group."""

    __tablename__ = "group_roles"
    __table_args__ = (UniqueConstraint("group_id", "role", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("mail_groups.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(address_type(), index=True)
    original: Mapped[str] = mapped_column(address_type())


class DomainShare(Base):
    """Accounts and groups of ``visible_domain_id`` are shown to accounts of ``domain_id``."""

    __tablename__ = "domain_shares"

    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"), primary_key=True)
    visible_domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"), primary_key=True)


class Learning(Base):
    """Whether an account's own use is learned; ``version`` grows with all that is personal."""

    __tablename__ = "learning"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    enabled: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=0)


class Use(Base):
    """How much an account has written to an address; see :mod:`contactsgroups.domain.use`."""

    __tablename__ = "uses"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(address_type(), primary_key=True)
    original: Mapped[str] = mapped_column(address_type())
    name: Mapped[str] = mapped_column(String(255), default="")
    strength: Mapped[float] = mapped_column(Double)


class Popularity(Base):
    """How much a whole domain has written to an address; ``score`` is what ranking uses of it."""

    __tablename__ = "popularity"

    address: Mapped[str] = mapped_column(address_type(), primary_key=True)
    strength: Mapped[float] = mapped_column(Double)
    score: Mapped[int] = mapped_column(default=0)


class OwnContact(Base):
    """An address in somebody's own address books, as autocomplete knows it."""

    __tablename__ = "own_contacts"
    __table_args__ = (Index(None, "account_id", "href"),)

    id: Mapped[int] = mapped_column(_Sequence, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    href: Mapped[str] = mapped_column(address_type(512))
    address: Mapped[str] = mapped_column(address_type())
    original: Mapped[str] = mapped_column(address_type())
    name: Mapped[str] = mapped_column(String(255), default="")


class Card(Base):
    """A group as an address book shows it; a deleted card stays as a tombstone for clients."""

    __tablename__ = "cards"
    __table_args__ = (Index(None, "domain_id", "changed_at_sequence"),)

    uid: Mapped[str] = mapped_column(address_type(36), primary_key=True)
    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"))
    name_folded: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str] = mapped_column(address_type(), default="")
    etag: Mapped[str] = mapped_column(String(64), default="")
    deleted: Mapped[bool] = mapped_column(default=False)
    changed_at_sequence: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=_now)
    text: Mapped[str] = mapped_column(_LongText, default="", deferred=True)


class JournalCounter(Base):
    """The one row whose lock orders all writers.

    ``last`` is the journal's newest sequence, ``commits`` grows with every write transaction, also
    with those that the journal does not concern, and ``epoch`` changes with a new database.
    """

    __tablename__ = "journal_counter"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    commits: Mapped[int] = mapped_column(BigInteger, default=0)
    epoch: Mapped[str] = mapped_column(String(36), default=_new_uuid)


class JournalRow(Base):
    """One change, at its place in the order."""

    __tablename__ = "journal"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=_now)
    subject: Mapped[str] = mapped_column(String(20))
    domain_id: Mapped[int]
    address: Mapped[str] = mapped_column(address_type())


class AuditRow(Base):
    """Who did what to which address, for people to read; ``detail`` is JSON."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(_Sequence, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=_now)
    actor: Mapped[str] = mapped_column(address_type())
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(address_type(), index=True)
    detail: Mapped[str] = mapped_column(_LongText, default="{}")
