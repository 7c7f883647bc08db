"""Domains, departments, accounts, aliases, administrators, and the directories they come from."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from contactsgroups.domain.domain_settings import TeamCreators
from contactsgroups.persistence.models.base import Base, LongText, utc_now
from contactsgroups.persistence.types import UTCDateTime, address_type

T = TypeVar("T")


class Source(Base):
    """A directory of the site that owns rows here; ``cursor`` is how far it has been read.

    Empty so far: rows made by hand or by an import have no source.
    """

    __tablename__ = "contactsgroups_sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(address_type(100), unique=True)
    cursor: Mapped[str] = mapped_column(LongText, default="")
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class FromSource:
    """Columns of what a directory may own: the source, and the row's stable id there.

    With the id (an entryUUID, a primary key) a rename there is a rename here.
    """

    source_id: Mapped[int | None] = mapped_column(ForeignKey("contactsgroups_sources.id"))
    external_id: Mapped[str | None] = mapped_column(address_type(255))


class DomainRow(FromSource, Base):
    """A mail domain served here; ``unicode_name`` is how Postfix may also look it up, if at all.

    ``alias_of_id`` (empty so far) makes it an alias domain: each of its addresses stands for the
    one with the same local part in the other domain.  ``group_defaults`` has as JSON what new
    groups begin with (see ``domain.domain_settings``).
    """

    __tablename__ = "contactsgroups_domains"
    # An id of a domain that was removed is no other's ever: indexes and sync tokens name it.
    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(address_type(253), unique=True)
    unicode_name: Mapped[str | None] = mapped_column(address_type(253), index=True)
    alias_of_id: Mapped[int | None] = mapped_column(ForeignKey("contactsgroups_domains.id"))
    team_creators: Mapped[str] = mapped_column(String(20), default=TeamCreators.ADMINISTRATORS)
    group_defaults: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)


class Department(FromSource, Base):
    """A node in the tree of a domain's departments; ``path`` is ``Sales/Europe``."""

    __tablename__ = "contactsgroups_departments"
    __table_args__ = (
        UniqueConstraint("domain_id", "path"),
        UniqueConstraint("source_id", "external_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    domain_id: Mapped[int] = mapped_column(ForeignKey("contactsgroups_domains.id"))
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("contactsgroups_departments.id"), index=True
    )
    name: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(address_type(600))
    path_folded: Mapped[str] = mapped_column(Text, default="")

    domain: Mapped[DomainRow] = relationship()


class ClaimedAddress(Base):
    """The holder of an address: by the primary key, at most one account, alias or group.

    Or "deleted": the address of a deleted group, which can be restored.  ``claimed_at`` tells a
    new holder from a former one of the same address.
    """

    __tablename__ = "contactsgroups_addresses"

    address: Mapped[str] = mapped_column(address_type(), primary_key=True)
    holder: Mapped[str] = mapped_column(String(10))
    claimed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)


class Account(FromSource, Base):
    """A local mailbox.

    The ``_folded`` columns and ``search_text`` are for rules and searches that know neither case
    nor accents (see :func:`contactsgroups.domain.text.fold`).  They are filled, for searches in
    large directories to come; rules fold what they read.

    Sessions and tokens from before ``revoked_at`` are refused; it is set wherever the password or
    ``active`` changes.
    """

    __tablename__ = "contactsgroups_accounts"
    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        # The address book of a domain is read in this order, a page at a time.
        Index(None, "domain_id", "sort_key", "address", "active"),
        Index(None, "active", "address"),  # Few are inactive: large groups count theirs.
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(
        address_type(), ForeignKey("contactsgroups_addresses.address"), unique=True
    )
    original: Mapped[str] = mapped_column(address_type())
    domain_id: Mapped[int] = mapped_column(ForeignKey("contactsgroups_domains.id"), index=True)
    display_name: Mapped[str] = mapped_column(String(255), default="")
    name_folded: Mapped[str] = mapped_column(Text, default="")
    department_id: Mapped[int | None] = mapped_column(
        ForeignKey("contactsgroups_departments.id"), index=True
    )
    title: Mapped[str] = mapped_column(String(255), default="")
    title_folded: Mapped[str] = mapped_column(Text, default="")
    location: Mapped[str] = mapped_column(String(255), default="")
    location_folded: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    sort_key: Mapped[str] = mapped_column(address_type(255), default="")
    """What address books are sorted by: the folded name, or the address if there is none."""
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    language: Mapped[str] = mapped_column(String(20), default="")
    """The tag of the language that its notices are written in; empty as long as it is not known."""

    domain: Mapped[DomainRow] = relationship()
    department: Mapped[Department | None] = relationship()

    @validates("active", "password_hash")
    def _revoke(self, name: str, value: T) -> T:
        """Revoke what the account was let in with before, whichever use case changes it."""
        if inspect(self).persistent and getattr(self, name) != value:
            self.revoked_at = utc_now()
        return value


class AccountAttribute(Base):
    """An attribute of an account that the site names itself, for rules of dynamic groups.

    ``domain_id`` is the account's: which names a domain has in use is one range of the index.
    """

    __tablename__ = "contactsgroups_account_attributes"
    __table_args__ = (Index(None, "domain_id", "name"),)

    account_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(address_type(100), primary_key=True)
    domain_id: Mapped[int] = mapped_column(ForeignKey("contactsgroups_domains.id"))
    value: Mapped[str] = mapped_column(String(255))
    value_folded: Mapped[str] = mapped_column(Text)


class AccountWord(Base):
    """A folded word of an account's name, or of its address before the @: derived.

    One range of the index finds the addresses of all accounts with a word that begins so.
    """

    __tablename__ = "contactsgroups_account_words"
    __table_args__ = (Index(None, "word", "domain_id", "address"),)

    account_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    word: Mapped[str] = mapped_column(address_type(64), primary_key=True)
    domain_id: Mapped[int] = mapped_column(ForeignKey("contactsgroups_domains.id"))
    address: Mapped[str] = mapped_column(address_type())


class Administrator(Base):
    """An account that may manage groups of one domain, or of all where ``domain_id`` is empty."""

    __tablename__ = "contactsgroups_administrators"
    __table_args__ = (UniqueConstraint("account_id", "domain_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_accounts.id", ondelete="CASCADE")
    )
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("contactsgroups_domains.id"))


class Alias(FromSource, Base):
    """One address that stands for one other: an account, a group, or an address outside.

    What has several targets is a group. A catch-all has no local part: ``@example.org``. So far
    aliases stand for accounts only.
    """

    __tablename__ = "contactsgroups_aliases"
    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        CheckConstraint(
            "(CASE WHEN account_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN target_address IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_target",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(
        address_type(), ForeignKey("contactsgroups_addresses.address"), unique=True
    )
    original: Mapped[str] = mapped_column(address_type())
    domain_id: Mapped[int] = mapped_column(ForeignKey("contactsgroups_domains.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("contactsgroups_accounts.id", ondelete="CASCADE"), index=True
    )
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("contactsgroups_groups.id", ondelete="CASCADE"), index=True
    )
    target_address: Mapped[str | None] = mapped_column(address_type(), index=True)

    account: Mapped[Account | None] = relationship()


class DomainShare(Base):
    """Accounts and groups of ``visible_domain_id`` are shown to accounts of ``domain_id``."""

    __tablename__ = "contactsgroups_domain_shares"

    domain_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_domains.id"), primary_key=True
    )
    visible_domain_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_domains.id"), primary_key=True
    )
