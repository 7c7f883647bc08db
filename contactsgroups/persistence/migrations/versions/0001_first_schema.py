"""The first schema: directory, groups, cards, journal and audit log."""

import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from contactsgroups.persistence.types import UTCDateTime, address_type

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PICTURE = sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    """Create every table, and the journal's one counter row."""
    op.create_table(
        "addresses",
        sa.Column("address", address_type(254), nullable=False),
        sa.Column("holder", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_addresses")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "audit_log",
        sa.Column("id", SEQUENCE, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", address_type(254), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", address_type(254), nullable=False),
        sa.Column("detail", LONG_TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(op.f("ix_audit_log_subject"), "audit_log", ["subject"], unique=False)
    op.create_table(
        "domains",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", address_type(253), nullable=False),
        sa.Column("unicode_name", address_type(253), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domains")),
        sa.UniqueConstraint("name", name=op.f("uq_domains_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(op.f("ix_domains_unicode_name"), "domains", ["unicode_name"], unique=False)
    op.create_table(
        "journal",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("address", address_type(254), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_journal")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "journal_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("commits", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_journal_counter_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_counter")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "cards",
        sa.Column("uid", address_type(36), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("name_folded", sa.String(length=255), nullable=False),
        sa.Column("address", address_type(254), nullable=False),
        sa.Column("etag", sa.String(length=64), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("changed_at_sequence", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        # Last, so that listings read none of the pages it takes.
        sa.Column("text", LONG_TEXT, nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_cards_domain_id")),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_cards")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(
        op.f("ix_cards_domain_id_changed_at_sequence"),
        "cards",
        ["domain_id", "changed_at_sequence"],
        unique=False,
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("path", address_type(600), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name=op.f("fk_departments_domain_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["departments.id"], name=op.f("fk_departments_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint("domain_id", "path", name=op.f("uq_departments_domain_id_path")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(op.f("ix_departments_parent_id"), "departments", ["parent_id"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", address_type(254), nullable=False),
        sa.Column("original", address_type(254), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.String(length=255), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("location", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address"], ["addresses.address"], name=op.f("fk_accounts_address")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_accounts_department_id")
        ),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_accounts_domain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("address", name=op.f("uq_accounts_address")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(op.f("ix_accounts_department_id"), "accounts", ["department_id"], unique=False)
    op.create_index(op.f("ix_accounts_domain_id"), "accounts", ["domain_id"], unique=False)
    op.create_table(
        "mail_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", address_type(36), nullable=False),
        sa.Column("address", address_type(254), nullable=False),
        sa.Column("original", address_type(254), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("posting_policy", sa.String(length=20), nullable=False),
        sa.Column("show_in_contacts", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("moderated", sa.Boolean(), nullable=False),
        sa.Column("notify_members", sa.Boolean(), nullable=False),
        sa.Column("leave_needs_approval", sa.Boolean(), nullable=False),
        sa.Column("ignore_auto_replies", sa.Boolean(), nullable=False),
        sa.Column("show_members", sa.Boolean(), nullable=False),
        sa.Column("applicant", address_type(254), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("picture", PICTURE, nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("recipient_count", sa.Integer(), nullable=False),
        sa.Column("external_count", sa.Integer(), nullable=False),
        sa.Column("native", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", address_type(254), nullable=False),
        sa.ForeignKeyConstraint(
            ["address"], ["addresses.address"], name=op.f("fk_mail_groups_address")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_mail_groups_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name=op.f("fk_mail_groups_domain_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_groups")),
        sa.UniqueConstraint("address", name=op.f("uq_mail_groups_address")),
        sa.UniqueConstraint("uuid", name=op.f("uq_mail_groups_uuid")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(
        op.f("ix_mail_groups_department_id"), "mail_groups", ["department_id"], unique=False
    )
    op.create_index(op.f("ix_mail_groups_domain_id"), "mail_groups", ["domain_id"], unique=False)
    op.create_table(
        "administrators",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_administrators_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name=op.f("fk_administrators_domain_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrators")),
        sa.UniqueConstraint(
            "account_id", "domain_id", name=op.f("uq_administrators_account_id_domain_id")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", address_type(254), nullable=False),
        sa.Column("original", address_type(254), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_aliases_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["address"], ["addresses.address"], name=op.f("fk_aliases_address")
        ),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_aliases_domain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
        sa.UniqueConstraint("address", name=op.f("uq_aliases_address")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(op.f("ix_aliases_account_id"), "aliases", ["account_id"], unique=False)
    op.create_index(op.f("ix_aliases_domain_id"), "aliases", ["domain_id"], unique=False)
    op.create_table(
        "group_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("address", address_type(254), nullable=False),
        sa.Column("original", address_type(254), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["mail_groups.id"],
            name=op.f("fk_group_roles_group_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_roles")),
        sa.UniqueConstraint(
            "group_id", "role", "address", name=op.f("uq_group_roles_group_id_role_address")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(op.f("ix_group_roles_address"), "group_roles", ["address"], unique=False)
    op.create_table(
        "members",
        sa.Column("id", SEQUENCE, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("address", address_type(254), nullable=False),
        sa.Column("original", address_type(254), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["mail_groups.id"], name=op.f("fk_members_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("group_id", "address", name=op.f("uq_members_group_id_address")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(op.f("ix_members_address"), "members", ["address"], unique=False)
    op.create_table(
        "recipients",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("address", address_type(254), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["mail_groups.id"],
            name=op.f("fk_recipients_group_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", "address", name=op.f("pk_recipients")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index(op.f("ix_recipients_address"), "recipients", ["address"], unique=False)
    op.execute(
        sa.insert(
            sa.table(
                "journal_counter",
                sa.column("id"),
                sa.column("last"),
                sa.column("commits"),
                sa.column("epoch"),
            )
        ).values(id=1, last=0, commits=0, epoch=str(uuid.uuid4()))
    )
