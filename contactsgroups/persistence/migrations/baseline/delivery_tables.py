"""The tables of delivery: messages that wait, are on their way, or arrived."""

import sqlalchemy as sa

from contactsgroups.persistence.migrations.baseline.definitions import (
    LONG_TEXT,
    MEDIUM_BINARY,
    ROW_NUMBER,
    part_of,
    table,
)
from contactsgroups.persistence.types import UTCDateTime, address_type

table(
    "deliveries",
    sa.Column("id", ROW_NUMBER, primary_key=True),
    sa.Column("at", UTCDateTime(), nullable=False, index=True),
    sa.Column("queue_id", address_type(64), nullable=False, index=True),
    sa.Column("message_id", address_type(255), nullable=False, index=True),
    sa.Column("envelope_sender", sa.Text(), nullable=False),
    sa.Column("group_address", address_type(254), nullable=False, index=True),
    sa.Column("recipient", address_type(254), nullable=False, index=True),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("path", sa.Text(), nullable=False),
)
table(
    "hold_parts",
    sa.Column("hold_uuid", address_type(36), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("content", MEDIUM_BINARY, nullable=False),
    sa.Column("written_at", UTCDateTime(), nullable=False),
)
table(
    "holds",
    sa.Column("id", ROW_NUMBER, primary_key=True),
    sa.Column("uuid", address_type(36), nullable=False, unique=True),
    sa.Column("group_id", sa.Integer(), part_of("groups.id"), nullable=False, index=True),
    sa.Column("queue_id", address_type(64), nullable=True),
    sa.Column("message_id", sa.Text(), nullable=False),
    sa.Column("envelope_sender", sa.Text(), nullable=False),
    sa.Column("evidence", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("received_at", UTCDateTime(), nullable=False),
    sa.Column("expires_at", UTCDateTime(), nullable=False, index=True),
    sa.Column("decided_by", address_type(254), nullable=False),
    sa.Column("decided_at", UTCDateTime(), nullable=True),
    sa.Column("note", sa.Text(), nullable=False),
    sa.UniqueConstraint("queue_id", "group_id"),
)
table(
    "outbox",
    sa.Column("id", ROW_NUMBER, primary_key=True),
    sa.Column("event", address_type(255), nullable=False, unique=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("recipient", address_type(254), nullable=False),
    sa.Column("payload", LONG_TEXT, nullable=False),
    sa.Column("created_at", UTCDateTime(), nullable=False),
    sa.Column("due_at", UTCDateTime(), nullable=False, index=True),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("last_error", sa.Text(), nullable=False),
    sa.Column("claimed_by", address_type(253), nullable=True),
    sa.Column("claimed_until", UTCDateTime(), nullable=True),
)
table(
    "sender_evidence",
    sa.Column("digest", address_type(64), primary_key=True),
    sa.Column("login", address_type(254), nullable=False),
    sa.Column("trusted", sa.Boolean(), nullable=False),
    sa.Column("recorded_at", UTCDateTime(), nullable=False, index=True),
)
