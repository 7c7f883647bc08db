"""Policy decisions and publication: how many a second, and how long until a change is published.

python -m tests.bench.policy [--groups N] [--accounts N] [--connections N] [--seconds N]
"""

import argparse
import os
import socket
import statistics
import tempfile
import threading
import time
from itertools import cycle

from contactsgroups import settings
from contactsgroups.bootstrap import Core, open_core
from contactsgroups.delivery import publisher
from contactsgroups.delivery.policy import PolicyServer
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.accounts import AccountDraft
from contactsgroups.services.accounts.accounts import ensure_account_in
from contactsgroups.services.accounts.domains import ensure_domain_in
from contactsgroups.services.delivery.in_force import wait_until_in_force
from contactsgroups.services.groups import members
from contactsgroups.services.groups.editing import create_group_in
from contactsgroups.services.unit_of_work import write
from tests.directories import group_draft

MEMBERS = 10
CHANGES = 40


def main() -> None:
    options = parse_options()
    with tempfile.TemporaryDirectory() as state:
        core = open_core(settings.from_mapping({"state": state}), upgrade=True)
        fill(core, options.accounts, options.groups)
        measure_publication(core)
        measure_decisions(core, options)
        core.close()


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--groups", type=int, default=500)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5)
    return parser.parse_args()


def fill(core: Core, accounts: int, group_count: int) -> None:
    with write(core.database, OPERATOR) as work:
        ensure_domain_in(work, "example.org")
        for number in range(accounts):
            draft = AccountDraft(address=f"user{number}@example.org")
            ensure_account_in(work, draft)
    with write(core.database, OPERATOR) as work:
        for number in range(group_count):
            people = [
                f"user{(7 * number + each) % accounts}@example.org" for each in range(MEMBERS)
            ]
            address = f"group{number}@example.org"
            draft = group_draft(
                address=address,
                display_name="G",
                members=people,
                # So that Postfix expands it, and its map changes.
                ignore_auto_replies=False,
            )
            create_group_in(work, draft)


def measure_publication(core: Core) -> None:
    started = time.monotonic()
    publisher.publish(core)
    print(f"all maps published in {1000 * (time.monotonic() - started):.0f} ms")
    uuid = groups.find_group(core.database, OPERATOR, "group0@example.org").uuid
    stop = threading.Event()
    thread = threading.Thread(target=publisher.follow, args=(core, stop))
    thread.start()
    time.sleep(1)
    seconds = sorted(seconds_until_in_force(core, uuid, n) for n in range(CHANGES))
    stop.set()
    thread.join()
    print(
        f"a change in force after {1000 * statistics.median(seconds):.0f} ms in the middle, "
        f"{1000 * seconds[-1]:.0f} ms at most"
    )


def seconds_until_in_force(core: Core, uuid: str, number: int) -> float:
    members.add_members(core.database, OPERATOR, uuid, [f"x{number}@example.net"])
    started = time.monotonic()
    assert wait_until_in_force(core.database, seconds=60)
    return time.monotonic() - started


def measure_decisions(core: Core, options: argparse.Namespace) -> None:
    recipients = [f"group{number}@example.org" for number in range(options.groups)]
    with PolicyServer(core) as server:
        before = os.times()
        rate = decisions_per_second(server.address, recipients, options)
        after = os.times()
    processor = (after.user + after.system) - (before.user + before.system)
    per_decision = 1000 * processor / (rate * options.seconds)
    print(
        f"{rate:.0f} decisions a second over {options.connections} connections, "
        f"{per_decision:.2f} ms of processor time each"
    )


def decisions_per_second(path: str, recipients: list[str], options: argparse.Namespace) -> float:
    counts: list[int] = []
    end = time.monotonic() + options.seconds
    threads = [
        threading.Thread(target=lambda: counts.append(ask_until(end, path, recipients)))
        for _ in range(options.connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / float(options.seconds)


def ask_until(end: float, path: str, recipients: list[str]) -> int:
    count = 0
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        stream = client.makefile("rwb")
        for recipient in cycle(recipients):
            stream.write(
                b"request=smtpd_access_policy\nprotocol_state=RCPT\nsender=user1@example.org\n"
                b"sasl_username=user1@example.org\nclient_address=198.51.100.1\n"
                b"recipient=" + recipient.encode() + b"\n\n"
            )
            stream.flush()
            stream.readline(), stream.readline()
            count += 1
            if time.monotonic() > end:
                return count
    return count


if __name__ == "__main__":
    main()
