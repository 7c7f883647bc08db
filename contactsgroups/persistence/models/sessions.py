"""What lets an account in without its password: sessions of the pages, keys of bearer tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from contactsgroups.persistence.models.base import Base, utc_now
from contactsgroups.persistence.types import UTCDateTime, address_type


class WebSession(Base):
    """One sign-in of an account; the browser holds the token, we only its digest.

    It is over at ``expires_at``; when it was not used for a while (``seen_at``, which is written
    every few minutes); when it was last used before the account's ``revoked_at``; and when the
    account has another password than ``password_mark`` was made of.
    """

    __tablename__ = "contactsgroups_sessions"

    digest: Mapped[str] = mapped_column(address_type(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("contactsgroups_accounts.id", ondelete="CASCADE"), index=True
    )
    client: Mapped[str] = mapped_column(String(255), default="")
    password_mark: Mapped[str] = mapped_column(address_type(64), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class TokenKey(Base):
    """A key of bearer tokens by its id; the key itself is derived from the secret key.

    The one without ``expires_at`` signs; the others are accepted until then.
    """

    __tablename__ = "contactsgroups_token_keys"

    key_id: Mapped[str] = mapped_column(address_type(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
