"""Options of commands that name attributes of accounts."""

from collections.abc import Mapping, Sequence

import click

from contactsgroups.domain.attributes import clean_attribute_name


def read_attributes(
    _context: click.Context, _option: click.Parameter, values: Sequence[str]
) -> Mapping[str, str]:
    """Return the values of ``NAME=VALUE`` by name.

    Raises:
        InvalidText: a name is none.
    """
    found: dict[str, str] = {}
    for each in values:
        name, sign, value = each.partition("=")
        if not sign:
            raise click.BadParameter(f"{each!r} has no = between name and value")
        key = clean_attribute_name(name)
        if key in found:
            raise click.BadParameter(f"{key} is there twice")
        found[key] = value
    return found


def read_columns(
    _context: click.Context, _option: click.Parameter, values: Sequence[str]
) -> Mapping[str, str]:
    """Return the attribute that each column of ``COLUMN`` or ``COLUMN=NAME`` is read as.

    Raises:
        InvalidText: a name is none; where only a column is given, it is the name, too.
    """
    found = {}
    for each in values:
        column, _, name = each.partition("=")
        found[column.strip()] = clean_attribute_name(name or column.strip().replace(" ", "_"))
    return found
