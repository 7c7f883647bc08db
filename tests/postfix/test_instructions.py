"""docs/postfix.md and the files in postfix/ say the same, and it works on what Debian ships."""

import re
import stat
import subprocess
from pathlib import Path

import pytest

from tests.directories import add_alias
from tests.postfix.conftest import MailSystem
from tests.postfix.fragments import FRAGMENTS, read_parameters
from tests.postfix.instructions import (
    OPEN_THE_DATABASE,
    PAGE,
    carry_out,
    commands,
    debian_with_our_additions,
)
from tests.servers.postfix import PrivatePostfix
from tests.servers.postfix_files import logical_lines, shipped_services

BACKENDS = ["mysql", "pgsql", "sqlite"]


def services_of(text: str) -> list[list[str]]:
    """The entries of a master.cf, each as its words."""
    return [line.split() for line in logical_lines(text)]


def test_the_commands_change_nothing_in_master_cf_but_what_the_fragment_shows() -> None:
    shipped = services_of(shipped_services())
    changed = services_of(debian_with_our_additions().services)
    fragment = services_of((FRAGMENTS / "master.cf").read_text())

    assert [entry for entry in changed if entry not in shipped] == fragment
    assert [entry for entry in shipped if entry not in changed] == [fragment[0][:8]]


@pytest.mark.parametrize("backend", [None, *BACKENDS])
def test_the_commands_put_the_fragments_in_main_cf(backend: str | None) -> None:
    documented = debian_with_our_additions(backend).parameters
    fragments = read_parameters("main.cf")
    if backend is not None:
        fragments |= read_parameters(f"{backend}/main.cf")

    differing = {name for name in fragments if fragments[name] != documented[name]}
    assert differing <= {"contactsgroups_maps"}  # Where the definitions are is the test's affair.


@pytest.mark.parametrize("backend", [None, *BACKENDS])
def test_the_commands_complain_at_most_about_what_stands_twice(backend: str | None) -> None:
    """Before version 3.8, Postfix does not know ``encoding`` either, as pgsql/ says."""
    complaints = debian_with_our_additions(backend).complaints.splitlines()
    harmless = re.compile(r"overriding earlier entry|unused parameter: encoding=LATIN1$")
    assert [each for each in complaints if not harmless.search(each)] == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_proxymap_may_read_what_it_may_by_default_and_one_map_more(
    postfix: PrivatePostfix, backend: str
) -> None:
    default = subprocess.run(
        postfix.command("postconf", "-dh", "proxy_read_maps"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    allowed = debian_with_our_additions(backend).parameters["proxy_read_maps"].split()

    assert allowed == ["${contactsgroups_maps}aliases_only${contactsgroups_suffix}", *default]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_comment_of_a_backend_names_the_command_of_the_page(backend: str) -> None:
    (command,) = [
        line.lstrip("# ")
        for line in (FRAGMENTS / backend / "main.cf").read_text().splitlines()
        if "postconf -e" in line
    ]
    assert command in PAGE.read_text()


def test_the_maps_of_sqlite_read_the_database_where_the_page_puts_it() -> None:
    *_, place = commands(OPEN_THE_DATABASE).split()
    for file in (FRAGMENTS / "sqlite").glob("*.cf"):
        if file.name != "main.cf":
            assert f"dbpath = {place.rstrip('*')}\n" in file.read_text(), file.name
    assert f"CONTACTSGROUPS_DATABASE_URL=sqlite:///{place.rstrip('*')}`" in PAGE.read_text()


def test_only_postfix_looks_into_the_directory_of_the_policy_socket(tmp_path: Path) -> None:
    places = {"-o contactsgroups": "-o nobody", "/var/spool/postfix": str(tmp_path)}
    carry_out(commands("install -d"), places, tmp_path)
    made = tmp_path / "contactsgroups"
    assert (made.owner(), made.group()) == ("nobody", "postfix")
    assert stat.S_IMODE(made.stat().st_mode) == 0o2750


def test_daemons_that_live_in_the_chroot_see_a_map_that_was_published_meanwhile(
    mail: MailSystem,
) -> None:
    """They open new tables as new processes, before they enter the chroot."""
    add_alias(mail.database, "first@example.org", "ada@example.org")
    mail.publish()
    mail.send("first@example.org", sender="x@example.net")
    add_alias(mail.database, "second@example.org", "ada@example.org")
    mail.publish()
    mail.send("second@example.org", sender="x@example.net")

    assert len(mail.subjects("ada@example.org")) == 2
    roots = mail.postfix.roots_of_daemons()
    assert roots["smtpd"] == roots["cleanup"] == roots["trivial-rewrite"] == mail.postfix.queue
    assert not (mail.postfix.queue / mail.postfix.maps.relative_to("/")).exists()
