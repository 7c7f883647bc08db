"""What autocomplete learns: own use, popularity, own contacts; and domains shown to each other."""

import sqlalchemy as sa
from alembic import op

from contactsgroups.persistence.types import address_type

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "domain_shares",
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("visible_domain_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain_id", "visible_domain_id", name="pk_domain_shares"),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name="fk_domain_shares_domain_id"),
        sa.ForeignKeyConstraint(
            ["visible_domain_id"], ["domains.id"], name="fk_domain_shares_visible_domain_id"
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "personal_state",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("usage_recorded", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_personal_state"),
        _of_account("personal_state"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "usage",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", address_type(254), nullable=False),
        sa.Column("original", address_type(254), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "address", name="pk_usage"),
        _of_account("usage"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "popularity",
        sa.Column("address", address_type(254), nullable=False),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_popularity"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "own_contacts",
        sa.Column("id", SEQUENCE, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("href", address_type(512), nullable=False),
        sa.Column("address", address_type(254), nullable=False),
        sa.Column("original", address_type(254), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_own_contacts"),
        _of_account("own_contacts"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_index("ix_own_contacts_account_id_href", "own_contacts", ["account_id", "href"])


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["accounts.id"], name=f"fk_{table}_account_id", ondelete="CASCADE"
    )
