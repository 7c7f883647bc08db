"""Attributes of accounts that a site names itself, such as a cost center, and rules ask for.

A name is lower-case ASCII, as names of LDAP attributes are (RFC 4512 section 1.4), with "_"
besides: so it is the same on every database, in the header of a CSV file, on a command line and in
a rule, where no quotes have to stand around it.  An account has one value for each name, or none.
"""

import re
from collections.abc import Mapping

from contactsgroups.domain.errors import InvalidInput, InvalidText, SeveralFaults
from contactsgroups.domain.text import NAME_LIMIT, clean_name

ATTRIBUTES_LIMIT = 50
"""The most attributes of an account."""

ATTRIBUTE_NAMES_SHOWN = 200
"""How many names pages offer for a rule."""

ATTRIBUTE_NAME_LIMIT = 64
"""The most characters of a name; of a value, ``domain.text.NAME_LIMIT`` are."""

ATTRIBUTE_VALUE_LIMIT = NAME_LIMIT

PREFIX = "attribute."
"""Stands before a name wherever other fields of accounts are named as well."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


def is_attribute_name(name: str) -> bool:
    """Whether this is a name of an attribute, in the one form that is stored."""
    return len(name) <= ATTRIBUTE_NAME_LIMIT and _NAME.fullmatch(name) is not None


def attribute_field(name: str) -> str:
    """Return what rules, files and changes call an attribute: ``attribute.cost_center``."""
    return PREFIX + name


def attributes_among(values: Mapping[str, object]) -> dict[str, str]:
    """Return the attributes among values that are named as :func:`attribute_field` does."""
    return {
        name.removeprefix(PREFIX): str(value)
        for name, value in values.items()
        if name.startswith(PREFIX)
    }


def clean_attribute_name(text: str) -> str:
    """Return a name as it is stored; case does not matter.

    Raises:
        InvalidText: it is none.
    """
    name = text.strip().lower()
    if not is_attribute_name(name):
        raise InvalidText(
            "the name of an attribute is a letter from a to z, then letters, digits, - and _, "
            "at most {limit} in all; not “{name}”",
            field="attribute",
            limit=ATTRIBUTE_NAME_LIMIT,
            name=text[:ATTRIBUTE_NAME_LIMIT],
        )
    return name


def clean_attributes(typed: Mapping[str, str]) -> dict[str, str]:
    """Return attributes as they are stored; an empty value takes one away.

    Raises:
        InvalidText: a name or a value is unfit.
    """
    return {
        clean_attribute_name(name): clean_name(value, field="attribute", required=False)
        for name, value in typed.items()
    }


def change_attributes(stored: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Return an account's attributes after changes, which are clean; what they do not name stays.

    Raises:
        InvalidText: there would be too many.
    """
    changed = {name: value for name, value in {**stored, **changes}.items() if value}
    if len(changed) > ATTRIBUTES_LIMIT and len(changed) > len(stored):
        raise InvalidText(
            "an account has at most {limit} attributes", field="attribute", limit=ATTRIBUTES_LIMIT
        )
    return changed


def refuse_conflicts(
    stored: Mapping[str, str], seen: Mapping[str, str], changes: Mapping[str, str]
) -> None:
    """Refuse changes of attributes that are not what they were when the changes were made.

    Args:
        stored: the attributes now.
        seen: as they were then.

    Raises:
        SeveralFaults: the field of each fault is what :func:`attribute_field` calls the attribute.
    """
    others = [
        name
        for name, value in changes.items()
        if stored.get(name, "") not in {seen.get(name, ""), value}
    ]
    if others:
        raise SeveralFaults([_conflict(name, stored.get(name, "")) for name in others])


def _conflict(name: str, now: str) -> InvalidInput:
    if not now:
        return InvalidInput(
            "it was taken away meanwhile; save again to have it as it is here",
            field=attribute_field(name),
        )
    return InvalidInput(
        "it was changed meanwhile, and is now “{value}”; save again to have it as it is here",
        field=attribute_field(name),
        value=now,
    )
