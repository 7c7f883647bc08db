"""Commands that import a directory from files and export it to files."""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.attributes import read_columns
from contactsgroups.cli.confirming import confirm_option
from contactsgroups.cli.context import with_core, with_new_core
from contactsgroups.cli.exits import PARTLY_DONE
from contactsgroups.cli.progress import showing_progress
from contactsgroups.directory.encodings import as_utf_8
from contactsgroups.directory.formats import FORMATS, format_of
from contactsgroups.domain.principal import Principal
from contactsgroups.services.transfer.exporting import export_records
from contactsgroups.services.transfer.importing import ImportOptions, ImportReport, import_records
from contactsgroups.services.transfer.plan import Difference, RoleChange, ValueChange
from contactsgroups.services.transfer.records import Item, PassedOver, Place
from contactsgroups.state_owner import as_caller

_SHOWN_ADDRESSES = 10
_SHOWN_PLACES = 3


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--strict", is_flag=True, help="Change nothing if any line is faulty.")
@click.option("--add-domains", is_flag=True, help="Add domains that are not served here yet.")
@click.option(
    "--replace-members",
    is_flag=True,
    help="Remove members that the files do not name from the groups in the files.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(FORMATS)),
    help="Format of the files; derived from their names by default.",
)
@click.option(
    "--encoding",
    default="",
    metavar="NAME",
    help="Encoding of the files, such as cp1252; UTF-8 or UTF-16 without it.",
)
@click.option(
    "--attribute",
    "attributes",
    multiple=True,
    metavar="COLUMN[=NAME]",
    callback=read_columns,
    help="Read a column, or an attribute of LDAP, as an attribute of accounts. Can be repeated.",
)
@with_new_core
@confirm_option
def import_command(
    core: Core,
    files: Sequence[str],
    dry_run: bool,
    strict: bool,
    add_domains: bool,
    replace_members: bool,
    format_name: str | None,
    encoding: str,
    attributes: Mapping[str, str],
    actor: Principal,
) -> None:
    """Import domains, accounts, aliases and groups from CSV or LDIF files.

    All files are planned together: the order of lines and files makes no difference.  A large
    import is saved in pieces, so that others can save meanwhile; if it is interrupted, run it again
    and it goes on.  What the files do not name stays.  FILE may be "-" for the standard input.

    Exit code: 0 if every line was taken, 1 if faulty lines were left out, 65 if --strict found
    faulty lines and nothing was changed, or if no line was taken at all.  What is no account, alias
    or group is passed over, and counted.
    """
    chosen = ImportOptions(
        dry_run=dry_run,
        strict=strict,
        add_domains=add_domains,
        replace_members=replace_members,
    )
    with showing_progress() as progress:
        items = _read_all(files, format_name, encoding, attributes)
        report = import_records(core.database, actor, items, chosen, progress=progress)
    for difference in report.differences:
        click.echo("\n".join(_describe(difference)))
    for fault in report.faults:
        click.echo(str(fault), err=True)
    for line in _count_passed_over(report.passed_over):
        click.echo(line, err=True)
    click.echo(_summary(report, chosen))
    if report.faults:
        is_nothing = chosen.strict or report.taken_count == 0
        raise click.exceptions.Exit(os.EX_DATAERR if is_nothing else PARTLY_DONE)


@click.command()
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(FORMATS)),
    help="Derived from the name of the file by default; csv on the standard output.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@with_core
def export(core: Core, format_name: str | None, output: Path | None) -> None:
    """Write the whole directory as CSV or LDIF, in an order that is always the same.

    What is written can be imported again.  Passwords and pictures are not part of it.
    """
    if format_name is None:
        format_name = "csv" if output is None else format_of(output.name)
    records = export_records(core.database)
    with _writing(output) as file:
        FORMATS[format_name].write(records, file)


def _read_all(
    files: Sequence[str], format_name: str | None, encoding: str, attributes: Mapping[str, str]
) -> Iterator[Item]:
    for name in files:
        chosen = FORMATS[format_name or format_of(name)]
        with as_caller():
            opened = click.open_file(name, "rb")
        with opened as file:
            text = as_utf_8(file, encoding) if encoding else file
            yield from chosen.read(text, name, attributes)


@contextmanager
def _writing(output: Path | None) -> Iterator[IO[bytes]]:
    """Open the output; a file is replaced as a whole when everything has been written."""
    if output is None:
        yield sys.stdout.buffer
        return
    draft = output.with_name(output.name + ".new")
    with as_caller():
        opened = draft.open("wb")
    with opened as file:
        yield file
    with as_caller():
        draft.replace(output)


def _describe(difference: Difference) -> Iterator[str]:
    """Yield a line that says what is new (+) or changed (~), and one for each role in a group."""
    sign = "+" if difference.is_new else "~"
    values = ", ".join(_describe_value(each, difference.is_new) for each in difference.values)
    yield f"{sign} {difference.kind} {difference.name}" + (f": {values}" if values else "")
    for role in difference.roles:
        yield from _describe_role(role)


def _describe_value(change: ValueChange, is_new: bool) -> str:
    after = _show(change.after)
    if is_new:
        return f"{change.field} {after}"
    return f"{change.field} {_show(change.before)} → {after}"


def _show(value: str | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f'"{value}"'


def _describe_role(change: RoleChange) -> Iterator[str]:
    for sign, addresses in (("+", change.joining), ("-", change.leaving)):
        if addresses:
            shown = ", ".join(addresses[:_SHOWN_ADDRESSES])
            more = len(addresses) - _SHOWN_ADDRESSES
            yield f"    {sign} {change.role} {shown}" + (f" and {more} more" if more > 0 else "")


def _count_passed_over(items: Sequence[PassedOver]) -> Iterator[str]:
    """Yield a line for each thing that was passed over, with how often, and the first places."""
    places: dict[str, list[Place]] = defaultdict(list)
    for each in items:
        places[each.what].append(each.place)
    for what, found in places.items():
        first = ", ".join(map(str, found[:_SHOWN_PLACES]))
        more = ", ..." if len(found) > _SHOWN_PLACES else ""
        often = "once" if len(found) == 1 else f"{len(found)} times"
        yield f"passed over {often}: {what} ({first}{more})"


def _summary(report: ImportReport, options: ImportOptions) -> str:
    new = sum(difference.is_new for difference in report.differences)
    changed = len(report.differences) - new
    counts = f"{report.record_count} records read: {new} new, {changed} changed"
    if report.faults:
        counts += f", {len(report.faults)} faulty"
    if options.dry_run:
        return f"{counts}. This was a dry run: nothing was saved."
    if not report.saved:
        return f"{counts}. Nothing was saved, because of the faulty lines."
    return f"{counts}. Saved." if report.differences else f"{counts}. Nothing to save."


COMMANDS = (import_command, export)
