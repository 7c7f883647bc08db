"""Notices to send, who handed messages over, and the record of deliveries.

Deliveries are empty so far; messages that wait for a moderator are in
:mod:`contactsgroups.persistence.models.holds`.  A notice is added in the ordered write of the
change that it tells of; claims of notices, deliveries and evidence are private
writes, without the writers' lock.
"""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from contactsgroups.persistence.models.base import Base, LongText, RowNumber, utc_now
from contactsgroups.persistence.types import UTCDateTime, address_type


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
    refusals: Mapped[int] = mapped_column(default=0)
    """Of these, how many were refused as there is no such recipient."""
    last_error: Mapped[str] = mapped_column(Text, default="")
    claimed_by: Mapped[str | None] = mapped_column(address_type(253))
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ToldAddition(Base):
    """That somebody is told of an addition to a group, so that it is not told again that day.

    ``digest`` stands for the group and the address; ``is_outside`` if no account has it.  Rows are
    forgotten after a day (:mod:`contactsgroups.services.unit_of_work.told_additions`).
    """

    __tablename__ = "contactsgroups_told_additions"

    digest: Mapped[str] = mapped_column(address_type(64), primary_key=True)
    actor: Mapped[str] = mapped_column(address_type(), index=True)
    is_outside: Mapped[bool]
    told_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)


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
