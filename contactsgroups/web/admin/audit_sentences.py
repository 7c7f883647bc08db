"""What the audit log says, as whole sentences that are translated where they are shown.

What was done follows the name of who did it: "Ada Example created the group".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from contactsgroups.domain.group import SETTINGS
from contactsgroups.domain.sentence import Sentence
from contactsgroups.web.languages import mark


@dataclass(frozen=True, slots=True)
class Counted:
    """A message for one thing, and for any other number of them."""

    one: str
    many: str

    def of(self, number: int) -> Sentence:
        """Return the sentence for a number."""
        return Sentence(self.one, many=self.many, number=number)


NOUNS = {
    "group": mark("Groups"),
    "request": mark("Requests to groups"),
    "account": mark("Accounts"),
    "alias": mark("Aliases"),
    "department": mark("Departments"),
    "domain": mark("Domains"),
    "share": mark("Domains shown to others"),
    "administrator": mark("Administrators"),
    "token key": mark("Keys of tokens"),
    "message": mark("Messages that waited for a moderator"),
    "address": mark("Addresses of deleted groups"),
    "audit log": mark("Seals of the audit log"),
}
"""What the log has entries of, and what several are called."""

ANY_CHANGE = mark("{kind}: any change")
_VERBS = {
    "create": mark("{kind}: created"),
    "change": mark("{kind}: changed"),
    "remove": mark("{kind}: removed"),
}
_VERBS_OF = {
    "address": {"release": mark("{kind}: released")},
    "audit log": {"seal": mark("{kind}: sealed")},
    "message": {
        "approve": mark("{kind}: approved"),
        "reject": mark("{kind}: rejected"),
        "discard": mark("{kind}: discarded"),
        "expire": mark("{kind}: expired"),
    },
    "group": _VERBS | {"restore": mark("{kind}: restored")},
}


def verbs_of(noun: str) -> Mapping[str, str]:
    """Return what the log has of a kind of entries, and the message that names such entries."""
    return _VERBS_OF.get(noun, _VERBS)


DONE = {
    "create group": mark("created the group"),
    "change group": mark("changed the group"),
    "remove group": mark("deleted the group"),
    "restore group": mark("restored the group"),
    "change request": mark("changed the request"),
    "remove request": mark("removed the request"),
    "create account": mark("created the account"),
    "change account": mark("changed the account"),
    "remove account": mark("removed the account"),
    "create alias": mark("created the alias"),
    "change alias": mark("changed the alias"),
    "remove alias": mark("removed the alias"),
    "create department": mark("created the department"),
    "change department": mark("changed the department"),
    "remove department": mark("removed the department"),
    "create domain": mark("added the domain"),
    "change domain": mark("changed the domain"),
    "remove domain": mark("removed the domain"),
    "change share": mark("changed to whom the domain is shown"),
    "change administrator": mark("changed the administrator"),
    "create token key": mark("created the key of tokens"),
    "change token key": mark("changed the key of tokens"),
    "remove token key": mark("removed the key of tokens"),
    "release address": mark("released the address"),
    "seal audit log": mark("sealed the audit log"),
    "approve message": mark("approved a message to the group"),
    "reject message": mark("rejected a message to the group"),
    "discard message": mark("discarded a message to the group"),
    "expire message": mark("removed a message that nobody decided about in time"),
}
"""What was done where the fields do not say it better."""

ANSWERED = {
    "approved": mark("approved the request"),
    "declined": mark("declined the request"),
    "withdrawn": mark("withdrew the request"),
}
WISHES = {"join": mark("to join"), "leave": mark("to leave")}

KEPT = mark("Kept members")  # Typed ones, while the group follows the directory.
MEMBERS = mark("Members")
ROLES = {
    "owner": mark("Owners"),
    "moderator": mark("Moderators"),
    "allowed_sender": mark("Allowed senders"),
    "always_member": mark("Always in"),
    "never_member": mark("Never in"),
}
ADDED = {
    MEMBERS: Counted("added {number:,} member", many="added {number:,} members"),
    KEPT: Counted("added {number:,} kept member", many="added {number:,} kept members"),
    ROLES["owner"]: Counted("added {number:,} owner", many="added {number:,} owners"),
    ROLES["moderator"]: Counted("added {number:,} moderator", many="added {number:,} moderators"),
    ROLES["allowed_sender"]: Counted(
        "added {number:,} allowed sender", many="added {number:,} allowed senders"
    ),
    ROLES["always_member"]: Counted(
        "named {number:,} account as always in", many="named {number:,} accounts as always in"
    ),
    ROLES["never_member"]: Counted(
        "named {number:,} account as never in", many="named {number:,} accounts as never in"
    ),
}
REMOVED = {
    MEMBERS: Counted("removed {number:,} member", many="removed {number:,} members"),
    KEPT: Counted("removed {number:,} kept member", many="removed {number:,} kept members"),
    ROLES["owner"]: Counted("removed {number:,} owner", many="removed {number:,} owners"),
    ROLES["moderator"]: Counted(
        "removed {number:,} moderator", many="removed {number:,} moderators"
    ),
    ROLES["allowed_sender"]: Counted(
        "removed {number:,} allowed sender", many="removed {number:,} allowed senders"
    ),
    ROLES["always_member"]: Counted(
        "dropped {number:,} account from those always in",
        many="dropped {number:,} accounts from those always in",
    ),
    ROLES["never_member"]: Counted(
        "dropped {number:,} account from those never in",
        many="dropped {number:,} accounts from those never in",
    ),
}

LABELS = {each.name: each.label for each in SETTINGS} | {
    "account": mark("Account"),
    "active": mark("Open"),
    "address": mark("Address"),
    "alias_of": mark("Stands for"),
    "answer": mark("Answer"),
    "applicant": mark("Applicant"),
    "domain": mark("Domain"),
    "expires_at": mark("Expires at"),
    "group": mark("Group"),
    "group_defaults": mark("What new groups begin with"),
    "key": mark("Key"),
    "last": mark("Up to entry"),
    "location": mark("Location"),
    "name": mark("Name"),
    "note": mark("Note"),
    "original": mark("Address as written"),
    "parent": mark("Department above"),
    "password_hash": mark("Password"),
    "path": mark("Path"),
    "picture": mark("Picture"),
    "sender": mark("Sender"),
    "state": mark("State"),
    "subject": mark("Subject"),
    "target_address": mark("Target address"),
    "team_creators": mark("Who may create teams"),
    "title": mark("Title"),
    "unicode_name": mark("Domain as written"),
    "until": mark("Last day"),
    "visible_domain": mark("Domain that is shown"),
    "wish": mark("Wish"),
}
"""What the pages call the fields that are audited, in the order in which they are told."""

ORIGINS = (mark("command line"), mark("unix socket"), mark("upkeep"))
"""From where changes come that come from no IP address: they are stored so."""
