"""A schema of which this version's is the older one."""

import shutil
from pathlib import Path

import pytest

from contactsgroups.persistence import schema

LATER = "9001"
_REVISION = f'''"""A table that a later version has."""

import sqlalchemy as sa
from alembic import op

from contactsgroups.persistence.migrations.ensure import ensure_tables

revision = "{LATER}"
down_revision = "HEAD"


def upgrade() -> None:
    tables = sa.MetaData()
    sa.Table("contactsgroups_later", tables, sa.Column("id", sa.Integer(), primary_key=True))
    ensure_tables(op.get_bind(), tables)
'''


def add_later_revision(patch: pytest.MonkeyPatch, directory: Path) -> None:
    """Let the newest schema be one with a further revision; a database of today is older then."""
    copy = directory / "migrations"
    shutil.copytree(schema.MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    head = max(each.stem.partition("_")[0] for each in (copy / "versions").glob("[0-9]*.py"))
    (copy / "versions" / f"{LATER}_later.py").write_text(_REVISION.replace("HEAD", head))
    patch.setattr(schema, "MIGRATIONS", copy)
