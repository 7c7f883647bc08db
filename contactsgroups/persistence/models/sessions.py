"""Sessions of the pages that the server can end."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from contactsgroups.persistence.models.base import Base, utc_now
from contactsgroups.persistence.types import UTCDateTime, address_type


class WebSession(Base):
    """One sign-in of an account; the browser holds the key, we only its digest. Empty so far."""

    __tablename__ = "contactsgroups_sessions"

    digest: Mapped[str] = mapped_column(address_type(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_accounts.id", ondelete="CASCADE"), index=True
    )
    client: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
