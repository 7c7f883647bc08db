"""The CardDAV face: a plugin that shows mail groups as a read-only address book in Radicale.

Radicale looks in the module that ``[storage] type``, ``[rights] type`` and ``[auth] type`` name for
these three attributes.  Take a look at the class :class:`~radicale_plugin.storage.Storage`, and at
the book it adds, :class:`~radicale_plugin.book.GroupsBook`, if you want to write your own.
"""

from radicale_plugin.auth import Auth
from radicale_plugin.rights import Rights
from radicale_plugin.storage import Storage

__all__ = ["Auth", "Rights", "Storage"]
