"""The whole state in one archive, and back.

An archive is a compressed tar file: ``database`` is the dump of the database, below ``state/`` are
the files of the state directory that cannot be made anew, and ``manifest.json`` comes last, with
the size and SHA-256 of everything before it.  What has no manifest is not whole.
"""

from contactsgroups.services.backup.making import back_up

__all__ = ["back_up"]
