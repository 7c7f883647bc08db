"""Domains, departments, accounts, aliases and administrators."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contactsgroups.persistence.models.base import Base, utc_now
from contactsgroups.persistence.types import UTCDateTime, address_type


class DomainRow(Base):
    """A mail domain served here; ``unicode_name`` is how Postfix may also look it up, if at all."""

    __tablename__ = "domains"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(address_type(253), unique=True)
    unicode_name: Mapped[str | None] = mapped_column(address_type(253), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)


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
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)

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


class DomainShare(Base):
    """Accounts and groups of ``visible_domain_id`` are shown to accounts of ``domain_id``."""

    __tablename__ = "domain_shares"

    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"), primary_key=True)
    visible_domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"), primary_key=True)
