"""The LDAP schema of our own classes, ``contactsgroups.schema``: completed for every switch.

Run as a module, it completes the file itself; ``make docs`` does.
"""

import re
from pathlib import Path

from contactsgroups.directory.ldif_entries import GROUP_FLAGS

SCHEMA = Path(__file__).with_name("contactsgroups.schema")


def completed(schema: str) -> str:
    """Return a schema with an attribute for every switch of a group.

    Existing ones keep their numbers: the meaning of an object identifier never changes (RFC 4512
    section 1.4, ITU-T X.660).
    """
    for attribute in GROUP_FLAGS.values():
        if f"'{attribute}'" not in schema:
            schema = _with(schema, attribute)
    return schema


def _with(schema: str, attribute: str) -> str:
    number = max(map(int, re.findall(r"\( contactsGroups:1\.(\d+) ", schema))) + 1
    definition = (
        f"attributetype ( contactsGroups:1.{number} NAME '{attribute}'\n"
        "    EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )"
    )
    # The class of groups is the last in the file, and its list of attributes the end of it.
    types, blank_line, classes = schema.rstrip().rpartition("\n\n")
    listed = f"{classes.removesuffix(' ) )')} $\n        {attribute} ) )\n"
    return f"{types}\n{definition}{blank_line}{listed}"


if __name__ == "__main__":
    SCHEMA.write_text(completed(SCHEMA.read_text()))
