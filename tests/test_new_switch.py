"""A switch is added to groups as CONTRIBUTING.md says, in a copy, and every face has it.

The second half of this module runs in a process of its own, on the copy.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from click.testing import CliRunner

import contactsgroups
from contactsgroups.bootstrap import Core, open_core
from contactsgroups.cli import commands
from contactsgroups.cli.group_settings_page import render_group_settings
from contactsgroups.directory.ldap_schema import SCHEMA, completed
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import Group
from contactsgroups.services import groups
from contactsgroups.services.groups import GroupDetails
from contactsgroups.settings import from_mapping
from contactsgroups.web.api.document import describe_api
from contactsgroups.web.api.document_page import bare_app
from contactsgroups.web.app import create_app
from tests.web.forms import Visitor

ROOT = Path(__file__).parents[1]
FIELD = """\
    archived: bool = field(
        default=False, metadata=_words("Archived", "Kept for reading only.")
    )
"""
COLUMN = "    archived: Mapped[bool] = mapped_column(default=False)\n"
MIGRATION = f"""\
import sqlalchemy as sa
from alembic import op

revision = "archived"
down_revision = "HEAD"


def upgrade():
    column = sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("{Group.__tablename__}", column)
"""
COMPANY = """\
type,address,belongs_to,name
domain,example.org
account,ada@example.org,,Ada
administrator,ada@example.org,*
"""


def test_a_value_a_column_and_a_label_are_enough(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    package = copy / "contactsgroups"
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "contactsgroups", package, ignore=leave_out)
    for name in ("static", "radicale_plugin"):
        (copy / name).symlink_to(ROOT / name)
    insert_before("    disabled: bool", FIELD, package / "domain/group.py")
    insert_before("    disabled: Mapped", COLUMN, package / "persistence/models/groups.py")
    migrations = package / "persistence/migrations"
    text = MIGRATION.replace("HEAD", head_of(migrations))
    (migrations / "versions/archived.py").write_text(text)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.test_new_switch"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "every face has it\n"


def insert_before(line: str, text: str, file: Path) -> None:
    before, found, after = file.read_text().partition(line)
    assert found
    file.write_text(before + text + found + after)


def head_of(migrations: Path) -> str:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None
    return head


def try_every_face() -> None:
    assert Path(contactsgroups.__file__).is_relative_to(Path.cwd()), "this is not the copy"
    run("one", "import", "--format=csv", "-", standard_input=COMPANY)
    options = ("--name=Old", "--member=ada@example.org")
    run("one", "group", "add", "old@example.org", *options, "--archived")
    assert is_archived("one")
    for number, file_format in enumerate(("csv", "ldif")):
        exported = run("one", "export", f"--format={file_format}")
        run(f"copy{number}", "import", f"--format={file_format}", "-", standard_input=exported)
        assert is_archived(f"copy{number}")
    assert "contactsGroupsArchived: TRUE" in exported
    try_pages()
    schemas = describe_api(bare_app())["components"]["schemas"]
    assert schemas["ChangedGroup"]["properties"]["archived"]["type"] == "boolean"
    assert "'contactsGroupsArchived'" in completed(SCHEMA.read_text())
    assert "| Archived | no | `--archived`, `--no-archived` |" in render_group_settings()


def run(state: str, *arguments: str, standard_input: str = "") -> str:
    result = CliRunner().invoke(
        commands, ["--state", state, *arguments], input=standard_input, catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def is_archived(state: str) -> bool:
    shown = run(state, "group", "show", "old@example.org")
    return re.search(r"^archived: +yes$", shown, re.MULTILINE) is not None


def try_pages() -> None:
    core = open_core(from_mapping({"state": Path("one"), "secret_key": "s" * 40}))
    admin = Visitor(create_app(core).test_client()).take_session("ada@example.org")
    group = find(core)
    page = f"/admin/groups/{group.uuid}"
    assert "Archived" in admin.get(page).text
    assert "Kept for reading only." in admin.get(page).text
    admin.submit(page, without=("archived",))
    assert find(core).settings == group.settings.changed({"archived": False})
    core.close()


def find(core: Core) -> GroupDetails:
    return groups.find_group(core.database, OPERATOR, "old@example.org")


if __name__ == "__main__":
    try_every_face()
    sys.stdout.write("every face has it\n")
