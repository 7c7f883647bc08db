"""A publisher that is killed leaves whole maps: each key as before or as after the change."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from contactsgroups.delivery import publisher
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups import members
from tests.directories import add_accounts, add_group
from tests.postfix.conftest import MailSystem
from tests.servers.postfix import PrivatePostfix

KILLS = 25
ACCOUNTS = 100

# For each line it reads, a child that publishes again and again until it is killed; forked, because
# a new interpreter would take longer than all the rest.
PUBLISHERS = """
import os, sys
from contactsgroups import settings
from contactsgroups.bootstrap import open_core
from contactsgroups.delivery import publisher
chosen = settings.from_mapping({"state": sys.argv[1], "maps_directory": sys.argv[2]})
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        core = open_core(chosen)
        print(os.getpid(), flush=True)
        while True:
            publisher.publish(core)
    os.waitpid(child, 0)
"""


def read_all(postfix: PrivatePostfix, name: str) -> dict[str, str]:
    """Return a map's rows as postmap(1) reads them."""
    result = subprocess.run(
        postfix.command("postmap", "-s", f"lmdb:{postfix.maps}/{name}"),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return dict(line.split("\t", 1) for line in result.stdout.splitlines())


def test_a_killed_publisher_never_leaves_a_key_missing(configured: MailSystem) -> None:
    """Members of one group come and go; all other keys must be there at every moment."""
    core, maps = configured.core, configured.postfix.maps
    add_accounts(core.database, [f"user{number}" for number in range(ACCOUNTS)])
    group = add_group(
        core.database, "team@example.org", "ada@example.org", ignore_auto_replies=False
    )
    publisher.publish(core)
    mailboxes = read_all(configured.postfix, "virtual_mailbox")
    with_eve, without_eve = "ada@example.org, eve@example.org", "ada@example.org"
    command = [sys.executable, "-c", PUBLISHERS, str(core.settings.state), str(maps)]

    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd(), text=True
    ) as publishers:
        assert publishers.stdin is not None
        assert publishers.stdout is not None
        for number in range(KILLS):
            print(file=publishers.stdin, flush=True)
            pid = int(publishers.stdout.readline())
            if number % 2:
                members.remove_member(core.database, OPERATOR, group.uuid, "eve@example.org")
            else:
                members.add_members(core.database, OPERATOR, group.uuid, ["eve@example.org"])
            time.sleep(number % 5 * 0.004)
            during = read_all(configured.postfix, "virtual_alias")
            os.kill(pid, signal.SIGKILL)
            for rows in (during, read_all(configured.postfix, "virtual_alias")):
                assert rows["team@example.org"] in {with_eve, without_eve}
            assert read_all(configured.postfix, "virtual_mailbox") == mailboxes
        publishers.stdin.close()

    publisher.publish(core)
    assert publisher.compare_maps(core) == []
    assert not list(maps.glob("*.new"))


def test_what_a_killed_publisher_left_behind_is_cleared_up(configured: MailSystem) -> None:
    core, maps = configured.core, configured.postfix.maps
    configured.publish()
    (maps / "virtual_alias.lmdb.new").write_bytes(b"half a map")
    add_group(core.database, "team@example.org", "ada@example.org", ignore_auto_replies=False)

    configured.publish()

    assert configured.look_up("virtual_alias", "team@example.org") == "ada@example.org"
    assert not list(maps.glob("*.new"))
