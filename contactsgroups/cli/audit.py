"""Commands for the audit log: is it whole, and let it count as this installation's own."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.checking import EXIT_CODES
from contactsgroups.cli.context import with_core
from contactsgroups.cli.progress import showing_progress
from contactsgroups.domain.audit_inspection import Fault
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import audit_verification
from contactsgroups.services.audit_verification import Verification
from contactsgroups.services.checks import Severity

_IN_JSON = 10_000
"""So many faults are in what is printed as JSON; its ``fault_count`` has all of them."""


@click.group()
def audit() -> None:
    """Verify the audit log."""


@audit.command()
@click.option(
    "--known",
    type=(click.IntRange(1, (1 << 62)), str),
    multiple=True,
    metavar="NUMBER HASH",
    help="An entry that must still have this hash, as an earlier verification printed it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@with_core
def verify(core: Core, known: tuple[tuple[int, str], ...], *, as_json: bool) -> None:
    """Read the whole audit log, and name each entry that was changed, added or is missing.

    Each entry carries the hash of the one before and a seal, made with the secret key.  Writers go
    on meanwhile.  Exit code: 0 if the log is unbroken, 2 if not.

    At the end stands the hash of the newest entry.  Keep it elsewhere and give it to --known later:
    so it is found, too, if somebody brings back an older end of the log.
    """
    faults: list[Fault] = []

    def note(fault: Fault) -> None:
        if not as_json:
            click.echo(f"{Severity.ERROR}: audit log: {fault}")
        elif len(faults) < _IN_JSON:
            faults.append(fault)

    with showing_progress() as show:
        found = audit_verification.verify_all(
            core.database,
            OPERATOR,
            progress=None if show is None else lambda done, total: show("entries", done, total),
            tell=note,
        )
    for number, digest in known:
        if fault := audit_verification.find_known(core.database, OPERATOR, number, digest):
            found = replace(found, fault_count=found.fault_count + 1)
            note(fault)
    click.echo(_as_json(found, faults) if as_json else _summary(found))
    raise click.exceptions.Exit(EXIT_CODES[None if found.is_unbroken else Severity.ERROR])


@audit.command()
@with_core
def seal(core: Core) -> None:
    """Let the log as it is now count as written by this installation.

    For when entries have no seal because the secret key was replaced, or the database came from
    elsewhere.  Run "audit verify" first: what was changed stays changed, and is named for ever.
    """
    last = audit_verification.seal_log(core.database, OPERATOR)
    click.echo(f"sealed up to entry {last:,}")


def _summary(found: Verification) -> str:
    if found.is_unbroken:
        end = f"\nThe hash of entry {found.last} is {found.digest}" if found.last else ""
        return f"Unbroken: every entry up to {found.last:,} was verified.{end}"
    return f"{found.fault_count:,} errors in {found.last:,} entries."


def _as_json(found: Verification, faults: Sequence[Fault]) -> str:
    """Return what ``check --json`` has, and which entries each finding is about."""
    findings = [asdict(each) | {"text": str(each)} for each in faults]
    return json.dumps(
        {
            "status": "ok" if found.is_unbroken else str(Severity.ERROR),
            "at": found.at.isoformat(),
            "first": found.first,
            "last": found.last,
            "hash": found.digest,
            "fault_count": found.fault_count,
            "findings": findings,
        },
        indent=2,
    )


COMMANDS = (audit,)
