"""Rights: each account on its own books, and only reading on the mail groups."""

from radicale import pathutils
from radicale.config import Configuration
from radicale.rights import owner_only

from radicale_plugin.options import book_segment, extend


class Rights(owner_only.Rights):
    """Radicale's ``owner_only``, with the book of mail groups readable and never writable.

    Only a refusal here has both effects: Radicale sends 403 for every write, and reports reading as
    the clients' only privilege, so that they offer no editing at all.
    """

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration)
        self._segment = book_segment(extend(configuration))

    def authorization(self, user: str, user_groups: set[str], path: str) -> str:
        """Return the granted permissions, as letters that ``radicale.rights`` explains."""
        owner, _, place = pathutils.strip_path(path).partition("/")
        # Radicale's own rights compare nothing where "[auth] type = none".
        if not user or owner not in ("", user):
            return ""
        book, _, below = place.partition("/")
        if book == self._segment:
            return "" if below else "r"
        return super().authorization(user, user_groups, path)
