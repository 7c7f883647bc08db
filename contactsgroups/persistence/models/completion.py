"""Whom accounts mail, and their own contacts."""

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contactsgroups.persistence.models.base import Base, RowNumber
from contactsgroups.persistence.types import UTCDateTime, address_type


class PersonalState(Base):
    """Whether an account's usage is recorded; ``version`` grows with all that is personal."""

    __tablename__ = "contactsgroups_personal_state"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_accounts.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    usage_recorded: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=0)


class Usage(Base):
    """How much an account has written to an address; see :mod:`contactsgroups.domain.usage`.

    ``last_use`` is the strength that the last use has alone: popularity counts people, not uses.
    """

    __tablename__ = "contactsgroups_usage"
    __table_args__ = (Index(None, "address", "last_use"),)

    account_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(address_type(), primary_key=True)
    original: Mapped[str] = mapped_column(address_type())
    name: Mapped[str] = mapped_column(String(255), default="")
    strength: Mapped[float] = mapped_column(Double)
    last_use: Mapped[float] = mapped_column(Double)


class Popularity(Base):
    """How many people write to an address, as far as ranking uses it; derived from the usage."""

    __tablename__ = "contactsgroups_popularity"

    address: Mapped[str] = mapped_column(address_type(), primary_key=True)
    score: Mapped[int] = mapped_column(default=0)


class PendingPopularity(Base):
    """An address whose usage has changed: noted privately, its people counted once a minute."""

    __tablename__ = "contactsgroups_pending_popularity"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    address: Mapped[str] = mapped_column(address_type())
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OwnContact(Base):
    """An address in an account's own address books, as autocomplete knows it."""

    __tablename__ = "contactsgroups_own_contacts"
    __table_args__ = (Index(None, "account_id", "href"),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_accounts.id", ondelete="CASCADE")
    )
    href: Mapped[str] = mapped_column(address_type(512))
    address: Mapped[str] = mapped_column(address_type())
    original: Mapped[str] = mapped_column(address_type())
    name: Mapped[str] = mapped_column(String(255), default="")
