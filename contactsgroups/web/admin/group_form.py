"""The form of a group: from a stored group or a request to fields, and from fields to a draft."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict

from contactsgroups.domain import errors
from contactsgroups.domain.address import normalise_domain
from contactsgroups.domain.errors import ContactsGroupsError, InvalidInput
from contactsgroups.domain.group import GroupKind, GroupSwitches, PostingPolicy
from contactsgroups.domain.text import DESCRIPTION_LIMIT, NAME_LIMIT
from contactsgroups.services.groups import GroupDetails, GroupDraft
from contactsgroups.services.pictures import UPLOAD_LIMIT
from contactsgroups.web.mailboxes import addresses_in

KINDS: Mapping[str, tuple[str, str]] = {
    GroupKind.STATIC: ("Static", "You name the members one by one."),
    GroupKind.TEAM: ("Team", "As static, but made and run by employees."),
    GroupKind.DEPARTMENT: ("Department", "Everybody in a department and the ones below it."),
    GroupKind.DYNAMIC: ("Dynamic", "Every account that a rule selects."),
}
POLICIES: Mapping[str, tuple[str, str]] = {
    PostingPolicy.SAME_DOMAIN: ("Same domain", "Accounts of the group's own mail domain."),
    PostingPolicy.MEMBERS: ("Members", "Only those who are in the group."),
    PostingPolicy.ALLOWED_SENDERS: (
        "Allowed senders",
        "Only the addresses named below, owners and moderators.",
    ),
    PostingPolicy.ANYONE: ("Anyone", "The whole world, strangers included."),
}
SWITCHES: Mapping[str, tuple[str, str]] = {
    "show_in_contacts": (
        "Show in contacts",
        "Suggest it in compose, and list it in address books.",
    ),
    "show_members": (
        "Show members",
        "People who may see the group may see who is in it.",
    ),
    "moderated": ("Moderated", "A moderator approves each message first."),
    "ignore_auto_replies": (
        "Ignore automatic replies",
        "Out-of-office notes and bounces do not reach the members.",
    ),
    "notify_members": ("Tell new members", "They get a message when they are added."),
    "leave_needs_approval": ("Leaving needs approval", "Nobody leaves without an owner's word."),
    "disabled": ("Disabled", "Messages are refused, and nobody sees the group. Nothing is lost."),
}
_ROLES = ("owners", "moderators", "allowed_senders")
_TEXTS = (
    "address",
    "display_name",
    "description",
    "kind",
    "posting_policy",
    "department",
    "rule",
    "members",
    *_ROLES,
)
# Errors that name no field, and where they are shown.
_FIELD_OF: Mapping[type[ContactsGroupsError], str] = {
    errors.DomainNotFound: "address",
    errors.AddressInUse: "address",
    errors.NotPermitted: "address",
    errors.DepartmentNotFound: "department",
    errors.NoMembers: "members",
    errors.MembershipCycle: "members",
    errors.MembersAreDerived: "members",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupForm:
    """What the form shows.

    ``values`` are texts as typed; a department is ``example.org/Sales/Europe`` there.  ``errors``
    has a sentence for each faulty field, and under ``""`` for the whole form.  ``saved`` has what
    somebody else saved meanwhile, where it differs from what was typed.
    """

    values: Mapping[str, str]
    switches: GroupSwitches = field(default_factory=GroupSwitches)
    version: int = 0
    picture: bytes | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def blank(cls, address: str = "") -> "GroupForm":
        """Return the form of a group that is to be."""
        defaults = {"kind": GroupKind.STATIC, "posting_policy": PostingPolicy.SAME_DOMAIN}
        return cls(values={**dict.fromkeys(_TEXTS, ""), **defaults, "address": address})

    @classmethod
    def of(cls, group: GroupDetails) -> "GroupForm":
        """Return the form of a stored group."""
        domain = group.address.rpartition("@")[2]
        texts = {name: getattr(group, name) for name in ("display_name", "description", "rule")}
        roles = {name: ", ".join(getattr(group, name)) for name in _ROLES}
        return cls(
            values={
                **texts,
                **roles,
                "address": group.original,
                "kind": group.kind,
                "posting_policy": group.posting_policy,
                "department": f"{domain}/{group.department}" if group.department else "",
                "members": "",
            },
            switches=group.switches,
            version=group.version,
        )

    @classmethod
    def posted(cls, request: Request) -> "GroupForm":
        """Return the form as somebody filled it in."""
        sent = request.form
        return cls(
            values={name: sent.get(name, "") for name in _TEXTS},
            switches=GroupSwitches(**{name: name in sent for name in SWITCHES}),
            version=sent.get("version", 0, type=int),
            picture=_read_picture(sent, request.files.get("picture")),
        )

    def draft(self, *, is_new: bool) -> GroupDraft:
        """Return what the group is to be.

        Raises:
            InvalidInput: the department is one of another domain.
        """
        values = self.values
        is_derived = values["kind"] in {GroupKind.DEPARTMENT, GroupKind.DYNAMIC}
        return GroupDraft(
            address=values["address"],
            display_name=values["display_name"],
            description=values["description"],
            kind=values["kind"],
            posting_policy=values["posting_policy"],
            switches=self.switches,
            department=self._department() if values["kind"] == GroupKind.DEPARTMENT else "",
            rule=values["rule"] if values["kind"] == GroupKind.DYNAMIC else "",
            members=addresses_in(values["members"]) if is_new and not is_derived else None,
            picture=self.picture,
            **{name: addresses_in(values[name]) for name in _ROLES},
        )

    def refused(self, error: ContactsGroupsError) -> "GroupForm":
        """Return the form with the error at its field, or above all fields."""
        name = getattr(error, "field", None) or _FIELD_OF.get(type(error), "")
        shown = name if name in (*_TEXTS, "picture") else ""
        return replace(self, errors={shown: str(error)})

    def warned(self, text: str) -> "GroupForm":
        """Return the form with a sentence above all fields."""
        return replace(self, errors={"": text})

    def beside(self, stored: GroupDetails) -> "GroupForm":
        """Return the form with what somebody else saved; saving again then replaces that."""
        theirs = GroupForm.of(stored)
        return replace(self, version=stored.version, saved=dict(self._differences(theirs)))

    def _differences(self, theirs: "GroupForm") -> Iterator[tuple[str, str]]:
        for name in _TEXTS:
            typed, stored = self.values[name], theirs.values[name]
            if name != "members" and typed.split() != stored.split():
                yield name, _in_words(name, stored) or "nothing"
        for name in SWITCHES:
            if getattr(self.switches, name) != getattr(theirs.switches, name):
                yield name, "on" if getattr(theirs.switches, name) else "off"

    def _department(self) -> str:
        domain, _, path = self.values["department"].partition("/")
        if path and normalise_domain(domain) != _domain_of(self.values["address"]):
            raise InvalidInput(
                "the department must be one of the group's own domain", field="department"
            )
        return path


LIMITS = {"name": NAME_LIMIT, "description": DESCRIPTION_LIMIT, "picture": UPLOAD_LIMIT}


def _in_words(name: str, value: str) -> str:
    labels = {"kind": KINDS, "posting_policy": POLICIES}.get(name, {})
    return labels[value][0] if value in labels else value


def _domain_of(address: str) -> str:
    try:
        return normalise_domain(address.rpartition("@")[2].strip())
    except InvalidInput:
        return ""  # The address itself is refused, in better words.


def _read_picture(sent: MultiDict[str, str], upload: FileStorage | None) -> bytes | None:
    """Return the new picture, ``b""`` to take the old one away, None to leave it."""
    data = upload.read(UPLOAD_LIMIT + 1) if upload is not None else b""
    if data:
        return data
    return b"" if "remove_picture" in sent else None
