"""The one tree of errors that the whole product raises.

An error states a fact; it knows nothing of HTTP, Postfix or exit codes.  Each
face keeps one table from these classes to its own codes.

::

    ContactsGroupsError
    ├── InvalidInput             the input is invalid, whoever the principal is
    │   ├── InvalidAddress
    │   ├── InvalidText          names, descriptions: control characters, too long
    │   ├── InvalidPicture
    │   ├── InvalidRule          a dynamic group's rule does not parse
    │   └── SeveralFaults        several of these at once, and conflicts over what was typed
    ├── NotFound                 what was named does not exist
    │   ├── DomainNotFound
    │   ├── DepartmentNotFound
    │   ├── AccountNotFound
    │   ├── GroupNotFound
    │   ├── MemberNotFound
    │   ├── MessageNotFound
    │   └── RequestNotFound
    ├── Conflict                 valid in itself, but it contradicts stored data
    │   ├── AddressInUse
    │   ├── DepartmentInUse      somebody or something belongs to it still
    │   ├── MembershipCycle
    │   ├── NoMembers            a static group needs at least one member
    │   ├── MembersAreDerived    members of department and dynamic groups follow the directory
    │   ├── MembersWouldLeave    another kind of group has other members; ask first
    │   ├── NeedsConfirmation    many members of groups would move at once; ask first
    │   ├── AlreadyDecided       another principal decided about the request or message first
    │   └── StaleVersion         another principal saved first
    ├── NotPermitted             this principal may not do that
    ├── NotAuthenticated         no account is signed in, or the password is wrong
    ├── TooManyAttempts          too many wrong passwords; nothing was checked
    └── Unavailable              try again later; nothing was changed
        └── SignInBusy           too many passwords are being checked at once
"""

from collections.abc import Sequence
from typing import Any

from contactsgroups.domain.brake import HeldMove, seal_of
from contactsgroups.domain.sentence import Sentence, in_a_row

_NAMED_GROUPS = 10


class ContactsGroupsError(Exception):
    """Base of every error this product raises on purpose; ``str(error)`` is fit to show.

    Args:
        message: a constant with named places, or a sentence; what stands in the places are
            ``values``. So faces can say it in other languages.

    ``field`` names the field of a form or a body that the error is about, where there is one.
    """

    field: str | None = None

    def __init__(self, message: str = "", *, many: str = "", **values: Any) -> None:
        is_whole = isinstance(message, Sentence)
        self.sentence = message if is_whole else Sentence(message, many=many, **values)
        super().__init__(str(self.sentence))


class InvalidInput(ContactsGroupsError):
    """The input is invalid; ``field`` names the faulty field where there is one."""

    def __init__(self, message: str, *, field: str | None = None, **values: Any) -> None:
        super().__init__(message, **values)
        self.field = field


class InvalidAddress(InvalidInput):
    """A text is not an address that this product can handle."""


class InvalidText(InvalidInput):
    """A name or description has control characters or is too long."""


class InvalidPicture(InvalidInput):
    """A picture is no image, too large, or of a type that address books cannot show."""


class InvalidRule(InvalidInput):
    """A dynamic group's rule does not parse or names an unknown field.

    ``line`` and ``column`` say where, counted from 1; they are 0 if it is not about one place.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        line: int = 0,
        column: int = 0,
        **values: Any,
    ) -> None:
        super().__init__(message, field=field, line=line, column=column, **values)
        self.line = line
        self.column = column


class SeveralFaults(InvalidInput):
    """More than one value is wrong; ``errors`` has each fault, and where it belongs.

    ``faults`` has the field and the text of each; a field is empty if a fault is about the whole.
    """

    def __init__(self, errors: Sequence[ContactsGroupsError]) -> None:
        whole = "; ".join(dict.fromkeys(map(str, errors)))
        super().__init__(whole, field=errors[0].field)
        self.errors = tuple(errors)
        self.faults = tuple((each.field or "", str(each)) for each in errors)


class NotFound(ContactsGroupsError):
    """What was named does not exist."""


class DomainNotFound(NotFound):
    """No such mail domain is served here."""


class DepartmentNotFound(NotFound):
    """No such department in this domain."""


class AccountNotFound(NotFound):
    """No such local account."""


class GroupNotFound(NotFound):
    """No such group, or none that this principal may see."""


class MemberNotFound(NotFound):
    """The address is not a member of the group."""


class MessageNotFound(NotFound):
    """No such message that waits or waited for a moderator, or none that this principal judges."""


class RequestNotFound(NotFound):
    """No such request to join or leave, or none that this principal may see."""


class Conflict(ContactsGroupsError):
    """Valid in itself, but it contradicts what is stored."""


class AddressInUse(Conflict):
    """The address already belongs to an account, an alias or a group.

    Or it is reserved ``until`` a day for a group that was deleted, so that it can be restored.
    """

    def __init__(self, address: str, holder: str, *, until: str = "") -> None:
        text = Sentence(
            "{address} is already in use by an existing {holder}",
            address=address,
            holder=_said(holder),
        )
        if until:
            text = Sentence(
                "{address} is reserved until {until} for a group that was deleted; "
                "whoever may delete it can restore it, or release the address now",
                address=address,
                until=until,
            )
        super().__init__(text)
        self.address = address
        self.holder = holder
        self.until = until


class DepartmentInUse(Conflict):
    """There is a department of this path already, or something still belongs to it."""


class MembershipCycle(Conflict):
    """Adding the member would make a group contain itself; ``path`` shows how."""

    def __init__(self, path: Sequence[str]) -> None:
        super().__init__("groups would contain each other: {path}", path=" → ".join(path))
        self.path = tuple(path)


class NoMembers(Conflict):
    """A static group needs at least one member."""


class MembersAreDerived(Conflict):
    """Members of department and dynamic groups follow the directory and are not edited by hand."""


class MembersWouldLeave(Conflict):
    """Another kind of group has other members, and whoever asked for it has not agreed yet.

    ``leaving`` members leave, of whom the typed ones are kept; ``back`` typed ones come back.
    """

    def __init__(self, address: str, *, leaving: int, back: int) -> None:
        super().__init__(
            "1 member of {address} will no longer be members with this kind of group",
            many="{number} members of {address} will no longer be members with this kind of group",
            number=leaving,
            address=address,
        )
        self.leaving = leaving
        self.back = back


class NeedsConfirmation(Conflict):
    """Many members of groups that follow the directory would move, and nobody has agreed yet.

    ``moves`` has each group; ``saved`` changes of an import were saved before.  The same change
    goes through if it is confirmed (``Principal.confirmed``), with ``seal`` if it still moves the
    same.
    """

    def __init__(self, moves: Sequence[HeldMove], *, saved: int = 0) -> None:
        named = [each.sentence for each in moves[:_NAMED_GROUPS]]
        if (more := len(moves) - _NAMED_GROUPS) > 0:
            named.append(Sentence("and {more} more groups", more=more))
        done = Sentence("nothing was changed")
        if saved:
            done = Sentence("{saved} changes are saved", saved=saved)
        super().__init__(
            "{done}, and this must be confirmed first: {moves}", done=done, moves=in_a_row(named)
        )
        self.moves = tuple(moves)
        self.seal = seal_of(moves)


class AlreadyDecided(Conflict):
    """A request to join or leave, or a message, does not wait any more; the text says why not."""


class StaleVersion(Conflict):
    """The group was changed since it was read; ``changed_by`` and ``changed_at`` say by whom."""

    def __init__(self, address: str, *, changed_by: str, changed_at: str) -> None:
        super().__init__(
            "{address} was changed by {changed_by} at {changed_at}; nothing of yours was saved",
            address=address,
            changed_by=changed_by,
            changed_at=changed_at,
        )
        self.changed_by = changed_by
        self.changed_at = changed_at


class NotPermitted(ContactsGroupsError):
    """The principal is known, but may not do this."""


class NotAuthenticated(ContactsGroupsError):
    """No account is signed in, or the credentials are wrong.

    ``forged`` says that they were never right, where others may just have expired.
    """

    def __init__(self, message: str, *, forged: bool = False, **values: Any) -> None:
        super().__init__(message, **values)
        self.forged = forged


class TooManyAttempts(ContactsGroupsError):
    """Too many wrong passwords came from this client; try again after ``retry_after`` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            "too many wrong passwords; try again in a minute",
            many="too many wrong passwords; try again in {number} minutes",
            number=max(1, -(-retry_after // 60)),
        )
        self.retry_after = retry_after


class Unavailable(ContactsGroupsError):
    """A component that is needed does not answer; retry later.

    Nothing was changed, unless it is the answer to the very commit that got lost.

    ``detail`` has what strangers must not read, such as hosts, files and what a driver says.
    """

    def __init__(self, message: str, *, detail: str = "", **values: Any) -> None:
        super().__init__(message, **values)
        self.detail = detail


class SignInBusy(Unavailable):
    """Too many passwords are being checked at once; try again after ``retry_after`` seconds."""

    retry_after = 2

    def __init__(self) -> None:
        super().__init__("too many passwords are being checked at once; try again")


def _said(word: str) -> Sentence:
    """Return a word of ours that is a value in a sentence, so that it is translated as well."""
    return word if isinstance(word, Sentence) else Sentence(word)


def with_detail(error: Exception) -> str:
    """Return the text for those who run the server: logs and the command line."""
    detail = getattr(error, "detail", "")
    return f"{error}: {detail}" if detail else str(error)
