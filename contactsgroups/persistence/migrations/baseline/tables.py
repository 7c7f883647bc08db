"""The tables: directory, groups, journal, address books, completion and sessions.

Those of delivery and beside the audit log have modules of their own.  What each table and column is
for stands in :mod:`contactsgroups.persistence.models`; these are the
definitions as they were when this migration was written.
"""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa

from contactsgroups.persistence.migrations.baseline import delivery_tables  # noqa: F401 - defines
from contactsgroups.persistence.migrations.baseline.audit_tables import audit_chain_end
from contactsgroups.persistence.migrations.baseline.definitions import (
    LONG_TEXT,
    MEDIUM_BINARY,
    ROW_NUMBER,
    part_of,
    table,
    tables,
    to,
)
from contactsgroups.persistence.migrations.ensure import ensure_row, ensure_tables
from contactsgroups.persistence.types import UTCDateTime, address_type

table(
    "addresses",
    sa.Column("address", address_type(254), primary_key=True),
    sa.Column("holder", sa.String(10), nullable=False),
    sa.Column("claimed_at", UTCDateTime(), nullable=False),
)
table(
    "audit_log",
    sa.Column("id", ROW_NUMBER, primary_key=True, autoincrement=False),
    sa.Column("at", UTCDateTime(), nullable=False, index=True),
    sa.Column("actor", address_type(254), nullable=False, index=True),
    sa.Column("origin", address_type(64), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", address_type(254), nullable=False, index=True),
    sa.Column("domain", address_type(253), nullable=False),
    sa.Column("group_uuid", address_type(36), nullable=False),
    sa.Column("work_id", address_type(36), nullable=False, index=True),
    sa.Column("detail", LONG_TEXT, nullable=False),
    sa.Column("search_text", LONG_TEXT, nullable=False),
    sa.Column("previous", address_type(64), nullable=False),
    sa.Column("seal", address_type(64), nullable=False),
    sa.Index(None, "domain", "id"),
    sa.Index(None, "group_uuid", "id"),
)
table(
    "followers",
    sa.Column("host", address_type(253), primary_key=True),
    sa.Column("name", address_type(40), primary_key=True),
    sa.Column("epoch", sa.String(36), nullable=False),
    sa.Column("last", sa.BigInteger(), nullable=False),
    sa.Column("heartbeat", UTCDateTime(), nullable=False),
)
table(
    "journal",
    sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("at", UTCDateTime(), nullable=False),
    sa.Column("subject", sa.String(20), nullable=False),
    sa.Column("domain_id", sa.Integer(), nullable=False),
    sa.Column("address", address_type(254), nullable=False),
)
journal_counter = table(
    "journal_counter",
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("last", sa.BigInteger(), nullable=False),
    sa.Column("commits", sa.BigInteger(), nullable=False),
    sa.Column("epoch", sa.String(36), nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)
table(
    "pending_popularity",
    sa.Column("id", ROW_NUMBER, primary_key=True),
    sa.Column("address", address_type(254), nullable=False),
    sa.Column("noted_at", UTCDateTime(), nullable=False),
)
table(
    "popularity",
    sa.Column("address", address_type(254), primary_key=True),
    sa.Column("score", sa.Integer(), nullable=False),
)
table(
    "sources",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", address_type(100), nullable=False, unique=True),
    sa.Column("cursor", LONG_TEXT, nullable=False),
    sa.Column("read_at", UTCDateTime(), nullable=True),
)
table(
    "domains",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", address_type(253), nullable=False, unique=True),
    sa.Column("unicode_name", address_type(253), nullable=True, index=True),
    sa.Column("alias_of_id", sa.Integer(), to("domains.id"), nullable=True),
    sa.Column("team_creators", sa.String(20), nullable=False),
    sa.Column("group_defaults", sa.Text(), nullable=False),
    sa.Column("created_at", UTCDateTime(), nullable=False),
    sa.Column("source_id", sa.Integer(), to("sources.id"), nullable=True),
    sa.Column("external_id", address_type(255), nullable=True),
    sa.UniqueConstraint("source_id", "external_id"),
    sqlite_autoincrement=True,
)
table(
    "cards",
    sa.Column("uid", address_type(36), primary_key=True),
    sa.Column("domain_id", sa.Integer(), to("domains.id"), nullable=False),
    sa.Column("name_folded", sa.String(255), nullable=False),
    sa.Column("address", address_type(254), nullable=False),
    sa.Column("etag", sa.String(64), nullable=False),
    sa.Column("deleted", sa.Boolean(), nullable=False),
    sa.Column("changed_at_sequence", sa.BigInteger(), nullable=False),
    sa.Column("changed_at", UTCDateTime(), nullable=False),
    sa.Column("text", LONG_TEXT, nullable=False),
    sa.Index(None, "domain_id", "changed_at_sequence"),
)
table(
    "departments",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("domain_id", sa.Integer(), to("domains.id"), nullable=False),
    sa.Column("parent_id", sa.Integer(), to("departments.id"), nullable=True, index=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("path", address_type(600), nullable=False),
    sa.Column("path_folded", sa.Text(), nullable=False),
    sa.Column("source_id", sa.Integer(), to("sources.id"), nullable=True),
    sa.Column("external_id", address_type(255), nullable=True),
    sa.UniqueConstraint("domain_id", "path"),
    sa.UniqueConstraint("source_id", "external_id"),
)
table(
    "domain_shares",
    sa.Column("domain_id", sa.Integer(), to("domains.id"), primary_key=True),
    sa.Column("visible_domain_id", sa.Integer(), to("domains.id"), primary_key=True),
)
table(
    "accounts",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("address", address_type(254), to("addresses.address"), nullable=False, unique=True),
    sa.Column("original", address_type(254), nullable=False),
    sa.Column("domain_id", sa.Integer(), to("domains.id"), nullable=False, index=True),
    sa.Column("display_name", sa.String(255), nullable=False),
    sa.Column("name_folded", sa.Text(), nullable=False),
    sa.Column("department_id", sa.Integer(), to("departments.id"), nullable=True, index=True),
    sa.Column("title", sa.String(255), nullable=False),
    sa.Column("title_folded", sa.Text(), nullable=False),
    sa.Column("location", sa.String(255), nullable=False),
    sa.Column("location_folded", sa.Text(), nullable=False),
    sa.Column("search_text", sa.Text(), nullable=False),
    sa.Column("sort_key", address_type(255), nullable=False),
    sa.Column("active", sa.Boolean(), nullable=False),
    sa.Column("password_hash", sa.String(255), nullable=True),
    sa.Column("created_at", UTCDateTime(), nullable=False),
    sa.Column("revoked_at", UTCDateTime(), nullable=True),
    sa.Column("language", sa.String(20), nullable=False),
    sa.Column("source_id", sa.Integer(), to("sources.id"), nullable=True),
    sa.Column("external_id", address_type(255), nullable=True),
    sa.UniqueConstraint("source_id", "external_id"),
    sa.Index(None, "domain_id", "sort_key", "address", "active"),
    sa.Index(None, "active", "address"),
)
table(
    "groups",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("uuid", address_type(36), nullable=False, unique=True),
    sa.Column("address", address_type(254), to("addresses.address"), nullable=False, unique=True),
    sa.Column("original", address_type(254), nullable=False),
    sa.Column("domain_id", sa.Integer(), to("domains.id"), nullable=False, index=True),
    sa.Column("display_name", sa.String(255), nullable=False),
    sa.Column("description", sa.Text(), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("posting_policy", sa.String(20), nullable=False),
    sa.Column("show_in_contacts", sa.Boolean(), nullable=False),
    sa.Column("disabled", sa.Boolean(), nullable=False),
    sa.Column("moderated", sa.Boolean(), nullable=False),
    sa.Column("notify_members", sa.Boolean(), nullable=False),
    sa.Column("leave_needs_approval", sa.Boolean(), nullable=False),
    sa.Column("join_on_request", sa.Boolean(), nullable=False),
    sa.Column("ignore_auto_replies", sa.Boolean(), nullable=False),
    sa.Column("show_members", sa.Boolean(), nullable=False),
    sa.Column("applicant", address_type(254), nullable=False),
    sa.Column("department_id", sa.Integer(), to("departments.id"), nullable=True, index=True),
    sa.Column("rule", sa.Text(), nullable=False),
    sa.Column("picture", MEDIUM_BINARY, nullable=True),
    sa.Column("picture_digest", sa.String(12), nullable=False),
    sa.Column("search_text", sa.Text(), nullable=False),
    sa.Column("name_folded", address_type(255), nullable=False),
    sa.Column("recipient_count", sa.Integer(), nullable=False),
    sa.Column("external_count", sa.Integer(), nullable=False),
    sa.Column("native", sa.Boolean(), nullable=False),
    sa.Column("lmtp_lane", sa.Boolean(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("created_at", UTCDateTime(), nullable=False),
    sa.Column("updated_at", UTCDateTime(), nullable=False),
    sa.Column("updated_by", address_type(254), nullable=False),
    sa.Column("source_id", sa.Integer(), to("sources.id"), nullable=True),
    sa.Column("external_id", address_type(255), nullable=True),
    sa.Index(None, "name_folded", "address"),
    sa.Index(None, "domain_id", "name_folded", "address"),
    sa.Index(
        "ix_contactsgroups_groups_facts",
        "kind",
        "show_in_contacts",
        "disabled",
        "moderated",
        "domain_id",
    ),
    sa.UniqueConstraint("source_id", "external_id"),
)
table(
    "account_attributes",
    sa.Column("account_id", sa.Integer(), to("accounts.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", address_type(100), primary_key=True),
    sa.Column("domain_id", sa.Integer(), to("domains.id"), nullable=False),
    sa.Column("value", sa.String(255), nullable=False),
    sa.Column("value_folded", sa.Text(), nullable=False),
    sa.Index(None, "domain_id", "name"),
)
table(
    "account_words",
    sa.Column("account_id", sa.Integer(), to("accounts.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("word", address_type(64), primary_key=True),
    sa.Column("domain_id", sa.Integer(), to("domains.id"), nullable=False),
    sa.Column("address", address_type(254), nullable=False),
    sa.Index(None, "word", "domain_id", "address"),
)
table(
    "administrators",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("account_id", sa.Integer(), to("accounts.id", ondelete="CASCADE"), nullable=False),
    sa.Column("domain_id", sa.Integer(), to("domains.id"), nullable=True),
    sa.UniqueConstraint("account_id", "domain_id"),
)
table(
    "aliases",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("address", address_type(254), to("addresses.address"), nullable=False, unique=True),
    sa.Column("original", address_type(254), nullable=False),
    sa.Column("domain_id", sa.Integer(), to("domains.id"), nullable=False, index=True),
    sa.Column("account_id", sa.Integer(), to("accounts.id", ondelete="CASCADE"), index=True),
    sa.Column("group_id", sa.Integer(), to("groups.id", ondelete="CASCADE"), index=True),
    sa.Column("target_address", address_type(254), nullable=True, index=True),
    sa.Column("source_id", sa.Integer(), to("sources.id"), nullable=True),
    sa.Column("external_id", address_type(255), nullable=True),
    sa.CheckConstraint(
        "(CASE WHEN account_id IS NULL THEN 0 ELSE 1 END)"
        " + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END)"
        " + (CASE WHEN target_address IS NULL THEN 0 ELSE 1 END) = 1",
        name="one_target",
    ),
    sa.UniqueConstraint("source_id", "external_id"),
)
table(
    "group_edges",
    sa.Column("child_id", sa.Integer(), to("groups.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("parent_id", sa.Integer(), part_of("groups.id"), primary_key=True, index=True),
)
table(
    "group_mail",
    sa.Column("group_id", sa.Integer(), part_of("groups.id"), primary_key=True),
    sa.Column("first_on", sa.Date(), nullable=False, index=True),
    sa.Column("last_on", sa.Date(), nullable=False),
)
table(
    "group_roles",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("group_id", sa.Integer(), to("groups.id", ondelete="CASCADE"), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("address", address_type(254), nullable=False, index=True),
    sa.Column("original", address_type(254), nullable=False),
    sa.Column("until", sa.Date(), nullable=True),
    sa.UniqueConstraint("group_id", "role", "address"),
)
table(
    "deleted_groups",
    sa.Column("uuid", address_type(36), primary_key=True),
    sa.Column("address", address_type(254), to("addresses.address"), nullable=False, unique=True),
    sa.Column("original", address_type(254), nullable=False),
    sa.Column("domain_id", sa.Integer(), to("domains.id"), nullable=False, index=True),
    sa.Column("display_name", sa.String(255), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("owners", LONG_TEXT, nullable=False),
    sa.Column("deleted_at", UTCDateTime(), nullable=False),
    sa.Column("deleted_by", address_type(254), nullable=False),
    sa.Column("expires_at", UTCDateTime(), nullable=False, index=True),
    sa.Column("content", MEDIUM_BINARY, nullable=False),
    sa.Column("picture", MEDIUM_BINARY, nullable=True),
)
table(
    "kept_members",
    sa.Column("group_id", sa.Integer(), to("groups.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("address", address_type(254), primary_key=True, index=True),
    sa.Column("original", address_type(254), nullable=False),
    sa.Column("until", sa.Date(), nullable=True),
)
table(
    "members",
    sa.Column("id", ROW_NUMBER, primary_key=True),
    sa.Column("group_id", sa.Integer(), to("groups.id", ondelete="CASCADE"), nullable=False),
    sa.Column("address", address_type(254), nullable=False),
    sa.Column("original", address_type(254), nullable=False),
    sa.Column("added_at", UTCDateTime(), nullable=False),
    sa.Column("until", sa.Date(), nullable=True),
    sa.UniqueConstraint("group_id", "address"),
    sa.Index(None, "address", "group_id"),
    sa.Index(None, "until"),
)
table(
    "membership_requests",
    sa.Column("id", ROW_NUMBER, primary_key=True),
    sa.Column("uuid", address_type(36), nullable=False, unique=True),
    sa.Column("group_id", sa.Integer(), to("groups.id", ondelete="CASCADE"), nullable=False),
    sa.Column("account_id", sa.Integer(), to("accounts.id", ondelete="CASCADE"), nullable=False),
    sa.Column("wish", sa.String(10), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("note", sa.Text(), nullable=False),
    sa.Column("asked_at", UTCDateTime(), nullable=False),
    sa.Column("answer", sa.Text(), nullable=False),
    sa.Column("decided_by", address_type(254), nullable=False),
    sa.Column("decided_at", UTCDateTime(), nullable=True),
    sa.Index(None, "account_id"),
    sa.Index(None, "group_id", "state"),
    sa.Index(None, "state", "id"),
)
table(
    "own_contacts",
    sa.Column("id", ROW_NUMBER, primary_key=True),
    sa.Column("account_id", sa.Integer(), to("accounts.id", ondelete="CASCADE"), nullable=False),
    sa.Column("href", address_type(512), nullable=False),
    sa.Column("address", address_type(254), nullable=False),
    sa.Column("original", address_type(254), nullable=False),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Index(None, "account_id", "href"),
)
table(
    "personal_state",
    sa.Column(
        "account_id", sa.Integer(), part_of("accounts.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("usage_recorded", sa.Boolean(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
)
table(
    "recipients",
    sa.Column("group_id", sa.Integer(), to("groups.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("address", address_type(254), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
table(
    "sessions",
    sa.Column("digest", address_type(64), primary_key=True),
    sa.Column("account_id", sa.Integer(), part_of("accounts.id"), nullable=False, index=True),
    sa.Column("client", sa.String(255), nullable=False),
    sa.Column("password_mark", address_type(64), nullable=False),
    sa.Column("created_at", UTCDateTime(), nullable=False),
    sa.Column("seen_at", UTCDateTime(), nullable=False),
    sa.Column("expires_at", UTCDateTime(), nullable=False, index=True),
)
token_keys = table(
    "token_keys",
    sa.Column("key_id", address_type(32), primary_key=True),
    sa.Column("created_at", UTCDateTime(), nullable=False),
    sa.Column("expires_at", UTCDateTime(), nullable=True),
)
table(
    "usage",
    sa.Column("account_id", sa.Integer(), to("accounts.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("address", address_type(254), primary_key=True),
    sa.Column("original", address_type(254), nullable=False),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("strength", sa.Double(), nullable=False),
    sa.Column("last_use", sa.Double(), nullable=False),
    sa.Index(None, "address", "last_use"),
)


def ensure_baseline_tables(connection: sa.Connection) -> None:
    """Create every table that is missing, and the rows that must be there from the beginning.

    They are the journal's counter, the end of an empty audit log, and a key of tokens.
    """
    ensure_tables(connection, tables)
    ensure_row(connection, audit_chain_end, id=1, last=0, digest="0" * 64, seal="")
    ensure_row(connection, journal_counter, id=1, last=0, commits=0, epoch=str(uuid.uuid4()))
    ensure_row(connection, token_keys, key_id=uuid.uuid4().hex, created_at=datetime.now(UTC))
