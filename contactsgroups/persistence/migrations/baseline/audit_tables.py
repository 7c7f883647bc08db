"""The tables beside the audit log: where it ends, and what was found when it was verified."""

import sqlalchemy as sa

from contactsgroups.persistence.migrations.baseline.definitions import LONG_TEXT, table
from contactsgroups.persistence.types import UTCDateTime, address_type

audit_chain_end = table(
    "audit_chain_end",
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("last", sa.BigInteger(), nullable=False),
    sa.Column("digest", address_type(64), nullable=False),
    sa.Column("seal", address_type(64), nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)
table(
    "audit_verifications",
    sa.Column("scope", address_type(10), primary_key=True),
    sa.Column("at", UTCDateTime(), nullable=False),
    sa.Column("first", sa.BigInteger(), nullable=False),
    sa.Column("last", sa.BigInteger(), nullable=False),
    sa.Column("faults", LONG_TEXT, nullable=False),
    sa.Column("fault_count", sa.BigInteger(), nullable=False),
)
