"""The use cases.

Each package here is a wing: the modules that serve one purpose.  Within a wing, and among the
wings, imports run one way (``tool.importlinter`` in ``pyproject.toml``).

Two kinds of function live in a wing:

- A front door takes a ``database`` and owns its transaction: it changes everything or nothing.
  Faces call front doors.
- A back room takes the ``Session`` or the ``Work`` of a transaction that others own; if it takes
  a ``Work`` and changes something, its name ends with ``_in``.  Other use cases call back rooms.

A wing's ``__init__`` hands on front doors only, with the values that they take and return.  A back
room is imported from its own module, so that an import line shows who joins a transaction.

Faces import nothing of what is below: what they need of it (:class:`Database`, to hand it back) is
handed on here and by the wings.
"""

from contactsgroups.persistence import Database

__all__ = ["Database"]
