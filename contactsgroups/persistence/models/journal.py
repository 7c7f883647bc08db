"""The journal of changes, its followers, and the audit log."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from contactsgroups.persistence.models.base import Base, LongText, RowNumber, new_uuid, utc_now
from contactsgroups.persistence.types import UTCDateTime, address_type


class JournalCounter(Base):
    """The one row whose lock orders all writers.

    ``last`` is the journal's newest sequence, ``commits`` grows with every write transaction, also
    with those that the journal does not concern, and ``epoch`` changes with a new database.
    """

    __tablename__ = "contactsgroups_journal_counter"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    commits: Mapped[int] = mapped_column(BigInteger, default=0)
    epoch: Mapped[str] = mapped_column(String(36), default=new_uuid)


class JournalRow(Base):
    """One change, at its place in the order."""

    __tablename__ = "contactsgroups_journal"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    subject: Mapped[str] = mapped_column(String(20))
    domain_id: Mapped[int]
    address: Mapped[str] = mapped_column(address_type())


class Follower(Base):
    """The position of a follower on one host, and when it last said so.

    Who publishes Postfix's maps does: an answer waits until all of them have reached a change.
    """

    __tablename__ = "contactsgroups_followers"

    host: Mapped[str] = mapped_column(address_type(253), primary_key=True)
    name: Mapped[str] = mapped_column(address_type(40), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(36))
    last: Mapped[int] = mapped_column(BigInteger)
    heartbeat: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)


class AuditRow(Base):
    """Who did what to which address, from where, for administrators; ``detail`` is JSON.

    ``domain``: whose administrators read it; empty for those of all domains alone.  ``group_uuid``:
    the group whose history it is part of, whatever its address was then; empty for none.
    ``search_text``: every name and value in it, without case and accents.  ``work_id``: the unit of
    work that wrote it; what has the same one was changed together, and is undone together.

    ``id`` counts from 1 without gaps, ``previous`` is the hash of the entry before, and ``seal``
    says that this installation wrote it: services/unit_of_work/audit_chain.py.
    """

    __tablename__ = "contactsgroups_audit_log"
    __table_args__ = (Index(None, "domain", "id"), Index(None, "group_uuid", "id"))

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)
    actor: Mapped[str] = mapped_column(address_type(), index=True)
    origin: Mapped[str] = mapped_column(address_type(64), default="")
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(address_type(), index=True)
    domain: Mapped[str] = mapped_column(address_type(253), default="")
    group_uuid: Mapped[str] = mapped_column(address_type(36), default="")
    work_id: Mapped[str] = mapped_column(address_type(36), default="", index=True)
    detail: Mapped[str] = mapped_column(LongText, default="{}")
    search_text: Mapped[str] = mapped_column(LongText, default="", deferred=True)
    previous: Mapped[str] = mapped_column(address_type(64), deferred=True)
    seal: Mapped[str] = mapped_column(address_type(64), deferred=True)


class AuditChainEnd(Base):
    """The one row that says where the audit log ends: by it, entries cut off are missed.

    ``last`` is the number of the newest entry, 0 for none; ``digest`` and ``seal`` are that one's.
    """

    __tablename__ = "contactsgroups_audit_chain_end"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(address_type(64))
    seal: Mapped[str] = mapped_column(address_type(64))


class AuditVerification(Base):
    """What the last verification of the audit log found; one row for each ``scope``.

    ``scope``: "all" of it, or the "newest" entries.  ``first`` and ``last``: which were read.
    ``faults``: the first of them, as JSON; ``fault_count``: how many there are.
    """

    __tablename__ = "contactsgroups_audit_verifications"

    scope: Mapped[str] = mapped_column(address_type(10), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    faults: Mapped[str] = mapped_column(LongText)
    fault_count: Mapped[int] = mapped_column(BigInteger)
