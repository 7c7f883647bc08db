"""The command that checks consistency, also outside the database."""

import json
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.context import Context, open_until_end, pass_context
from contactsgroups.delivery import listening, lmtp, publisher
from contactsgroups.delivery.postfix_faults import inspect_postfix
from contactsgroups.domain.errors import ContactsGroupsError, with_detail
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import audit_verification, migrations
from contactsgroups.services.checks import (
    Finding,
    Severity,
    check_database,
)
from contactsgroups.state_owner import name_of

EXIT_CODES = {None: 0, Severity.WARNING: 1, Severity.ERROR: 2}

_SHOWN_DIFFERENCES = 20
_CLOSED = {stat.S_IFREG, stat.S_IFDIR}  # Sockets have their own check, and links no mode.


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
@pass_context
def check(context: Context, as_json: bool) -> None:
    """Check the consistency of the database, published maps, files and Postfix's configuration.

    Of the audit log, the newest entries are verified; "audit verify" reads all of them.

    Exit code: 0 if everything is right, 1 if there are warnings, 2 if there are errors.
    """
    findings = _find(open_until_end(context.settings()))
    severity = max((each.severity for each in findings), default=None, key=_RANK.index)
    if as_json:
        status = "ok" if severity is None else str(severity)
        found = [asdict(each) for each in findings]
        click.echo(json.dumps({"status": status, "findings": found}, indent=2, ensure_ascii=False))
    else:
        for each in findings:
            click.echo(f"{each.severity}: {each.check}: {each.text}")
        click.echo(_summary(findings))
    raise click.exceptions.Exit(EXIT_CODES[severity])


_RANK = [Severity.WARNING, Severity.ERROR]


def _find(core: Core) -> list[Finding]:
    pending = migrations.list_pending(core.database)
    if pending:
        text = f"{', '.join(pending)} are missing: run contactsgroups db upgrade"
        return [Finding(Severity.ERROR, "migrations", text)]
    return [
        *check_database(core.database),
        *_check_audit_log(core),
        *_check_maps(core),
        *_check_files(core),
        *_check_sockets(core),
        *_check_postfix(core),
    ]


def _summary(findings: Sequence[Finding]) -> str:
    errors = sum(each.severity is Severity.ERROR for each in findings)
    if not findings:
        return "No inconsistencies found."
    return f"{errors} errors, {len(findings) - errors} warnings."


def _check_audit_log(core: Core) -> Iterator[Finding]:
    """Verify the newest entries; of the others, repeat what was found when all were verified."""
    newest = audit_verification.verify_newest(core.database, OPERATOR, keeping=False)
    kept = audit_verification.last_verifications(core.database, OPERATOR)
    earlier = next((each for each in kept if each.is_of_all), None)
    faults = list(newest.faults)
    if earlier is not None:
        faults += [each for each in earlier.faults if each.last < newest.first]
    for fault in faults:
        yield Finding(Severity.ERROR, "audit log", str(fault))
    if newest.first > 1 and earlier is None:
        text = "only its newest entries were ever verified: run contactsgroups audit verify"
        yield Finding(Severity.WARNING, "audit log", text)


def _check_maps(core: Core) -> Iterator[Finding]:
    """Compare the published maps with the database."""
    directory = core.settings.effective_maps_directory
    if not directory.exists():
        text = f"nothing is published in {directory} yet: run contactsgroups publish"
        yield Finding(Severity.WARNING, "maps", text)
        return
    try:
        differences = publisher.compare_maps(core)
    except ContactsGroupsError as error:
        yield Finding(Severity.ERROR, "maps", with_detail(error))
        return
    for difference in differences[:_SHOWN_DIFFERENCES]:
        yield Finding(Severity.ERROR, "maps", str(difference))
    if len(differences) > _SHOWN_DIFFERENCES:
        text = f"{len(differences) - _SHOWN_DIFFERENCES} more keys differ"
        yield Finding(Severity.ERROR, "maps", text)


def _check_files(core: Core) -> Iterator[Finding]:
    """The state is its owner's and closed to others; maps are open to Postfix, and only to read."""
    directory, postfix = core.settings.effective_maps_directory.absolute(), None
    yield from _check_owners(core.settings.state, directory)
    if not directory.exists():
        return
    with suppress(ContactsGroupsError):  # The check of the socket says so.
        postfix = listening.find_group(core.settings.policy_group)
    for path in (directory, *directory.parents):
        if not listening.is_open_to(path, postfix):
            text = f"Postfix cannot look into {path}: it is closed to other users"
            yield Finding(Severity.WARNING, "files", text)
    for path in (directory, *sorted(directory.glob("*.lmdb"))):
        if _mode(path) & stat.S_IWOTH:
            yield Finding(Severity.ERROR, "files", f"every user can change {path}")
        elif not _mode(path) & stat.S_IROTH:
            text = f"Postfix cannot read {path}: it is closed to other users"
            yield Finding(Severity.WARNING, "files", text)


def _check_owners(state: Path, public: Path) -> Iterator[Finding]:
    """Whoever runs the service must be able to open everything, and others nothing."""
    owner = state.stat().st_uid
    found = dict(sorted(_inspect(state)))
    strange = [path for path, status in found.items() if status.st_uid != owner]
    for path in strange[:_SHOWN_DIFFERENCES]:
        text = f"{path} does not belong to {name_of(owner)}: chown -R {name_of(owner)} {state}"
        yield Finding(Severity.ERROR, "files", text)
    for path, status in found.items():
        is_private = path.parent == state and path.absolute() != public.absolute()
        if is_private and stat.S_IFMT(status.st_mode) in _CLOSED and status.st_mode & stat.S_IRWXO:
            yield Finding(Severity.WARNING, "files", f"{path} is open to every user")


def _inspect(state: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield what is known of each path below; while the service runs, any of them may vanish."""
    for directory, folders, files in os.walk(state):
        for name in (*folders, *files):
            path = Path(directory, name)
            with suppress(FileNotFoundError):
                yield path, path.lstat()


def _check_sockets(core: Core) -> Iterator[Finding]:
    """Postfix must be able to connect to both services, and no other user."""
    chosen = core.settings
    policy, lmtp_server = chosen.effective_policy_socket, chosen.effective_lmtp_socket
    yield from _check_socket(core, "policy", policy, listening.POLICY_SERVICE)
    yield from _check_socket(core, "lmtp", lmtp_server, lmtp.NAME)


def _check_socket(core: Core, check: str, place: str, name: str) -> Iterator[Finding]:
    try:
        faults = list(listening.inspect(place, core.settings.policy_group, name))
    except ContactsGroupsError as error:
        yield Finding(Severity.ERROR, check, with_detail(error))
        return
    for fault in faults:
        severity = Severity.ERROR if fault.is_grave else Severity.WARNING
        yield Finding(severity, check, fault.text)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _check_postfix(core: Core) -> Iterator[Finding]:
    """Compare this machine's Postfix, if it has one that uses the maps, with what it should be."""
    for fault in inspect_postfix(core):
        yield Finding(Severity.ERROR if fault.is_grave else Severity.WARNING, "postfix", fault.text)


COMMANDS = (check,)
