"""The tables of delivery: messages that wait, are on their way, or arrived."""

import sqlalchemy as sa

from contactsgroups.persistence.migrations.baseline.definitions import (
    LONG_TEXT,
    MEDIUM_BINARY,
    ROW_NUMBER,
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
    "hold_copies",
    sa.Column("digest", address_type(64), primary_key=True),
    sa.Column("address", address_type(254), primary_key=True),
    sa.Column("written_at", UTCDateTime(), nullable=False, index=True),
)
table(
    "hold_parts",
    sa.Column("hold_uuid", address_type(36), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("content", MEDIUM_BINARY, nullable=False),
    sa.Column("written_at", UTCDateTime(), nullable=False, index=True),
)
table(
    "holds",
    sa.Column("id", ROW_NUMBER, primary_key=True),
    sa.Column("uuid", address_type(36), nullable=False, unique=True),
    sa.Column("digest", address_type(64), nullable=False),
    sa.Column("group_uuid", address_type(36), nullable=False, index=True),
    sa.Column("judge_uuid", address_type(36), nullable=False, index=True),
    sa.Column("further_judges", sa.Text(), nullable=False),
    sa.Column("former_judges", sa.Text(), nullable=False),
    sa.Column("queue_id", address_type(64), nullable=False),
    sa.Column("message_id", sa.Text(), nullable=False),
    sa.Column("is_international", sa.Boolean(), nullable=False),
    sa.Column("has_eight_bits", sa.Boolean(), nullable=False),
    sa.Column("sender", address_type(254), nullable=False, index=True),
    sa.Column("proof", sa.String(20), nullable=False),
    sa.Column("evidence", sa.Text(), nullable=False),
    sa.Column("trace", sa.Text(), nullable=False),
    sa.Column("author", sa.Text(), nullable=False),
    sa.Column("author_name", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("snippet", sa.Text(), nullable=False),
    sa.Column("search_text", sa.Text(), nullable=False),
    sa.Column("preview", LONG_TEXT, nullable=False),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("received_at", UTCDateTime(), nullable=False),
    sa.Column("expires_at", UTCDateTime(), nullable=False, index=True),
    sa.Column("decided_by", address_type(254), nullable=False),
    sa.Column("decided_at", UTCDateTime(), nullable=True, index=True),
    sa.Column("note", sa.Text(), nullable=False),
    sa.Column("due_at", UTCDateTime(), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("last_error", sa.Text(), nullable=False),
    sa.Column("claimed_by", address_type(64), nullable=True),
    sa.Column("claimed_until", UTCDateTime(), nullable=True),
    sa.UniqueConstraint("digest", "group_uuid"),
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
    sa.Column("refusals", sa.Integer(), nullable=False),
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
table(
    "told_additions",
    sa.Column("digest", address_type(64), primary_key=True),
    sa.Column("actor", address_type(254), nullable=False, index=True),
    sa.Column("is_outside", sa.Boolean(), nullable=False),
    sa.Column("told_at", UTCDateTime(), nullable=False, index=True),
)
