"""The command that checks consistency, also outside the database."""

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.context import Context, open_until_end, pass_context
from contactsgroups.delivery import listening, lmtp, publisher
from contactsgroups.domain.errors import ContactsGroupsError, with_detail
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import audit_verification, migrations
from contactsgroups.services.checks import (
    Finding,
    Severity,
    check_database,
    largest_native_group,
)
from contactsgroups.state_owner import name_of

EXIT_CODES = {None: 0, Severity.WARNING: 1, Severity.ERROR: 2}

_SHOWN_DIFFERENCES = 20
_POSTFIX_LIMITS = ("virtual_alias_expansion_limit", "duplicate_filter_limit")
_SECONDS = 10
_CLOSED = {stat.S_IFREG, stat.S_IFDIR}  # Sockets have their own check, and links no mode.


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
@pass_context
def check(context: Context, as_json: bool) -> None:
    """Check the consistency of the database, published maps, files and Postfix's limits.

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
    path, chroot = Path(place).resolve(), _postfix_chroot()
    if path.is_socket() and chroot is not None and not path.is_relative_to(chroot):
        text = f"Postfix cannot see {path}: its daemons are in a chroot, {chroot}"
        yield Finding(Severity.WARNING, check, text)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _check_postfix(core: Core) -> Iterator[Finding]:
    """Compare the largest group with the limits of this machine's Postfix, if it has one."""
    largest = largest_native_group(core.database)
    if largest is None:
        return
    address, count = largest
    for name, limit in _postfix_limits().items():
        if count > limit:
            text = f"{address} reaches {count} mailboxes, but Postfix's {name} is {limit}"
            yield Finding(Severity.WARNING, "limits", text)


def _postfix_limits() -> dict[str, int]:
    limits = (line.partition(" = ") for line in _postconf(*_POSTFIX_LIMITS).splitlines())
    return {name: int(value) for name, _, value in limits if value.isdecimal()}


def _postfix_chroot() -> Path | None:
    """Return the only directory that this machine's smtpd(8) can see, if it is in a chroot."""
    service = "smtp/inet/chroot"
    if _postconf("-F", service).strip() != f"{service} = y":
        return None
    return Path(_postconf("-h", "queue_directory").strip()).resolve()


def _postconf(*arguments: str) -> str:
    """Ask this machine's Postfix for its configuration; nothing if it has none."""
    program = shutil.which("postconf") or shutil.which("postconf", path="/usr/sbin")
    if program is None:
        return ""
    try:
        return subprocess.check_output(  # noqa: S603 - a program of the system, fixed arguments
            [program, *arguments], stderr=subprocess.DEVNULL, text=True, timeout=_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return ""  # No Postfix is configured on this machine.


COMMANDS = (check,)
