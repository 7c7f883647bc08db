"""The first schema: every table, the journal's one counter row, and the views for Postfix."""

from alembic import op

from contactsgroups.persistence.migrations.baseline.postfix_views import ensure_postfix_views
from contactsgroups.persistence.migrations.baseline.tables import ensure_baseline_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what is missing; the views read the tables, so they come second."""
    ensure_baseline_tables(op.get_bind())
    ensure_postfix_views(op.get_bind())
