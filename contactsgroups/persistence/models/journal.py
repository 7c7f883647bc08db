"""The journal of changes, and the audit log."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from contactsgroups.persistence.models.base import Base, LongText, RowNumber, new_uuid, utc_now
from contactsgroups.persistence.types import UTCDateTime, address_type


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
    epoch: Mapped[str] = mapped_column(String(36), default=new_uuid)


class JournalRow(Base):
    """One change, at its place in the order."""

    __tablename__ = "journal"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    subject: Mapped[str] = mapped_column(String(20))
    domain_id: Mapped[int]
    address: Mapped[str] = mapped_column(address_type())


class AuditRow(Base):
    """Who did what to which address, for people to read; ``detail`` is JSON."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    actor: Mapped[str] = mapped_column(address_type())
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(address_type(), index=True)
    detail: Mapped[str] = mapped_column(LongText, default="{}")
