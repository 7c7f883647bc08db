"""Messages that wait for a moderator of a group, in parts, and who has a copy of them.

Groups are named by their UUIDs, not by their rows: a message that waits outlives the deletion of
its group, which can be restored.  Holding, claiming and delivering are private writes, without the
writers' lock; a decision is an ordered one, as the audit log tells of it.
"""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column

from contactsgroups.persistence.models.base import Base, LongText, RowNumber, new_uuid, utc_now
from contactsgroups.persistence.types import UTCDateTime, address_type

_Part = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")


class Hold(Base):
    """A message to one group that waits for a moderator, or did.

    ``digest`` tells the message from all others in Postfix's queue, so that another try of Postfix
    holds nothing twice; ``queue_id`` is Postfix's name for it, empty where it told none.

    ``group_uuid`` is the group that the message was sent to.  ``judge_uuid`` is the one whose
    moderators decide: itself, or one inside it; ``further_judges`` are asked after that one, and
    those of ``former_judges`` have approved.  ``evidence``, ``trace``, ``preview`` and the judges
    are JSON (:mod:`contactsgroups.services.moderation.stored_values`).  ``sender`` is the account
    or address that the decision was about, and ``proof`` how it is known.

    Of an approved message, a worker claims the delivery until ``claimed_until``; it is tried again
    at ``due_at``.
    """

    __tablename__ = "contactsgroups_holds"
    __table_args__ = (UniqueConstraint("digest", "group_uuid"),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    uuid: Mapped[str] = mapped_column(address_type(36), unique=True, default=new_uuid)
    digest: Mapped[str] = mapped_column(address_type(64))
    group_uuid: Mapped[str] = mapped_column(address_type(36), index=True)
    judge_uuid: Mapped[str] = mapped_column(address_type(36), index=True)
    further_judges: Mapped[str] = mapped_column(Text, default="[]")
    former_judges: Mapped[str] = mapped_column(Text, default="[]")
    queue_id: Mapped[str] = mapped_column(address_type(64), default="")
    message_id: Mapped[str] = mapped_column(Text, default="")
    is_international: Mapped[bool] = mapped_column(default=False)
    has_eight_bits: Mapped[bool] = mapped_column(default=False)
    sender: Mapped[str] = mapped_column(address_type(), default="", index=True)
    proof: Mapped[str] = mapped_column(String(20), default="none")
    evidence: Mapped[str] = mapped_column(Text, default="{}")
    trace: Mapped[str] = mapped_column(Text, default="[]")
    author: Mapped[str] = mapped_column(Text, default="")
    author_name: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    snippet: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    preview: Mapped[str] = mapped_column(LongText, default="", deferred=True)
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20), default="waiting", index=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    decided_by: Mapped[str] = mapped_column(address_type(), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    claimed_by: Mapped[str | None] = mapped_column(address_type(64))
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class HoldPart(Base):
    """A part of a held message, small enough for every database's packets.

    Parts are written before the hold itself, so they name it by its UUID.
    """

    __tablename__ = "contactsgroups_hold_parts"

    hold_uuid: Mapped[str] = mapped_column(address_type(36), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(_Part)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)


class HoldCopy(Base):
    """A mailbox that has its copy of a held message, by the message's ``digest``.

    So whoever is in several groups that held the same message gets one, and a worker that goes on
    where another one was killed begins behind what that one has noted.
    """

    __tablename__ = "contactsgroups_hold_copies"

    digest: Mapped[str] = mapped_column(address_type(64), primary_key=True)
    address: Mapped[str] = mapped_column(address_type(), primary_key=True)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)
