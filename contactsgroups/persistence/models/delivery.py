"""Notices to send, messages that wait for a moderator, and the record of deliveries.

Held messages and deliveries are empty so far.  A notice is added in the ordered write of the
change that it tells of; claims of notices, held messages, deliveries and evidence are private
writes, without the writers' lock.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column

from contactsgroups.persistence.models.base import Base, LongText, RowNumber, new_uuid, utc_now
from contactsgroups.persistence.types import UTCDateTime, address_type

_Part = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")


class OutboxRow(Base):
    """A notice that is to be sent; ``event`` is another one for each thing to tell of.

    A sender claims a row until ``claimed_until``, so that two hosts never send it twice, and
    removes it when it is sent.  ``payload`` is JSON.
    """

    __tablename__ = "contactsgroups_outbox"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    event: Mapped[str] = mapped_column(address_type(255), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(address_type())
    payload: Mapped[str] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    claimed_by: Mapped[str | None] = mapped_column(address_type(253))
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Hold(Base):
    """A message that waits for a moderator of one group.

    ``queue_id`` is Postfix's; it is empty, not "", where there is none: two such messages are two.
    ``evidence`` is JSON.
    """

    __tablename__ = "contactsgroups_holds"
    __table_args__ = (UniqueConstraint("queue_id", "group_id"),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    uuid: Mapped[str] = mapped_column(address_type(36), unique=True, default=new_uuid)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_groups.id", ondelete="CASCADE"), index=True
    )
    queue_id: Mapped[str | None] = mapped_column(address_type(64))
    message_id: Mapped[str] = mapped_column(Text, default="")
    envelope_sender: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="{}")
    subject: Mapped[str] = mapped_column(Text, default="")
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    decided_by: Mapped[str] = mapped_column(address_type(), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(Text, default="")


class HoldPart(Base):
    """A part of a held message, small enough for every database's packets.

    Parts are written before the hold itself, so they name it by its UUID.
    """

    __tablename__ = "contactsgroups_hold_parts"

    hold_uuid: Mapped[str] = mapped_column(address_type(36), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(_Part)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)


class SenderEvidence(Base):
    """Who handed a message to a group over by SMTP, for the LMTP server that gets it later.

    ``digest`` stands for the connection, the envelope sender and the group; ``login`` is empty
    where none was used.  Rows are forgotten after some days
    (:mod:`contactsgroups.services.delivery.sender_evidence`).
    """

    __tablename__ = "contactsgroups_sender_evidence"

    digest: Mapped[str] = mapped_column(address_type(64), primary_key=True)
    login: Mapped[str] = mapped_column(address_type(), default="")
    trusted: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)


class DeliveryRow(Base):
    """One recipient of one message to a group, and how it was reached; ``path`` is JSON.

    Of a longer Message-ID, the first 255 characters are kept.
    """

    __tablename__ = "contactsgroups_deliveries"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)
    queue_id: Mapped[str] = mapped_column(address_type(64), index=True)
    message_id: Mapped[str] = mapped_column(address_type(255), index=True)
    envelope_sender: Mapped[str] = mapped_column(Text, default="")
    group_address: Mapped[str] = mapped_column(address_type(), index=True)
    recipient: Mapped[str] = mapped_column(address_type(), index=True)
    action: Mapped[str] = mapped_column(String(20))
    path: Mapped[str] = mapped_column(Text, default="[]")
