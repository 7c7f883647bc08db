"""The form of a group: from a stored group or a request to fields, and from fields to a draft."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict

from contactsgroups.domain.address import normalise_domain
from contactsgroups.domain.errors import ContactsGroupsError, InvalidInput
from contactsgroups.domain.group import (
    SETTINGS,
    SWITCHES,
    TEXTS,
    GroupKind,
    GroupSettings,
    PostingPolicy,
    Setting,
    SettingValue,
)
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.domain.text import DESCRIPTION_LIMIT, NAME_LIMIT
from contactsgroups.services.groups import GroupDetails, GroupDraft
from contactsgroups.services.pictures import UPLOAD_LIMIT
from contactsgroups.web.form_faults import FormFaults, faults_by_field

_ROLES = ("owners", "moderators", "allowed_senders")
_OTHERS = ("address", "members", *_ROLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupForm:
    """What the form shows.

    ``settings`` and ``values``, which has all other texts, are as typed; a department is
    ``example.org/Sales/Europe`` there.  ``errors`` has the sentences for each
    faulty field, and under ``""`` those for the whole form.  ``saved`` has what another
    administrator saved meanwhile, where it differs from what was typed.
    """

    values: Mapping[str, str]
    settings: GroupSettings = field(default_factory=GroupSettings)
    version: int = 0
    picture: bytes | None = None
    errors: FormFaults = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def blank(cls, address: str = "") -> "GroupForm":
        """Return the form of a new group."""
        return cls(values={**dict.fromkeys(_OTHERS, ""), "address": address})

    @classmethod
    def of(cls, group: GroupDetails) -> "GroupForm":
        """Return the form of a stored group."""
        domain = group.address.rpartition("@")[2]
        path = group.settings.department
        roles = {name: ", ".join(getattr(group, name)) for name in _ROLES}
        return cls(
            values={"address": group.original, "members": "", **roles},
            settings=replace(group.settings, department=f"{domain}/{path}" if path else ""),
            version=group.version,
        )

    @classmethod
    def posted(cls, request: Request) -> "GroupForm":
        """Return the form as submitted."""
        sent = request.form
        texts: dict[str, SettingValue] = {each.name: sent.get(each.name, "") for each in TEXTS}
        switches = {each.name: each.name in sent for each in SWITCHES}
        return cls(
            values={name: sent.get(name, "") for name in _OTHERS},
            settings=GroupSettings().changed(texts | switches),
            version=sent.get("version", 0, type=int),
            picture=_read_picture(sent, request.files.get("picture")),
        )

    def draft(self, *, is_new: bool) -> GroupDraft:
        """Return the draft of the group.

        Raises:
            InvalidInput: the department is one of another domain.
        """
        is_derived = self.settings.kind in {GroupKind.DEPARTMENT, GroupKind.DYNAMIC}
        named = addresses_in(self.values["members"]) if is_new and not is_derived else None
        return GroupDraft(
            address=self.values["address"],
            settings=self._settings_in_use(),
            members=named,
            picture=self.picture,
            **{name: addresses_in(self.values[name]) for name in _ROLES},
        )

    def refused(self, error: ContactsGroupsError) -> "GroupForm":
        """Return the form with what is wrong at its fields, or above all of them."""
        return replace(self, errors=faults_by_field(error, _IN_ORDER))

    def warned(self, text: str) -> "GroupForm":
        """Return the form with a sentence above all fields."""
        return replace(self, errors={"": (text,)})

    def beside(self, stored: GroupDetails) -> "GroupForm":
        """Return the form with what another administrator saved; saving again replaces that."""
        theirs = GroupForm.of(stored)
        return replace(self, version=stored.version, saved=dict(self._differences(theirs)))

    def _differences(self, theirs: "GroupForm") -> Iterator[tuple[str, str]]:
        for name in ("address", *_ROLES):
            if self.values[name].split() != theirs.values[name].split():
                yield name, theirs.values[name] or "nothing"
        typed, stored = self.settings.values(), theirs.settings.values()
        for each in SETTINGS:
            if _compared(typed[each.name]) != _compared(stored[each.name]):
                yield each.name, _in_words(each, stored[each.name])

    def _settings_in_use(self) -> GroupSettings:
        """Return the settings without those that the chosen kind does not use."""
        kind, rule = self.settings.kind, self.settings.rule
        return replace(
            self.settings,
            department=self._department() if kind == GroupKind.DEPARTMENT else "",
            rule=rule if kind == GroupKind.DYNAMIC else "",
        )

    def _department(self) -> str:
        domain, _, path = self.settings.department.partition("/")
        if path and normalise_domain(domain) != _domain_of(self.values["address"]):
            raise InvalidInput(
                "the department must be one of the group's own domain", field="department"
            )
        return path


_BASICS = ("display_name", "address", "description", "kind", "members", "department", "rule")
_IN_ORDER = (
    *_BASICS,
    "posting_policy",
    *("allowed_senders", "owners", "moderators"),
    *(each.name for each in SETTINGS if each.name not in {*_BASICS, "posting_policy"}),
    "picture",
)
"""The fields as the page shows them."""
KINDS = {str(each): each for each in GroupKind}
POLICIES = {str(each): each for each in PostingPolicy}
LIMITS = {"name": NAME_LIMIT, "description": DESCRIPTION_LIMIT, "picture": UPLOAD_LIMIT}


def _compared(value: SettingValue) -> SettingValue | list[str]:
    """Return what makes a difference: how a text is broken into lines does not."""
    return value.split() if isinstance(value, str) else value


def _in_words(setting: Setting, value: SettingValue) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    labels = {str(each): each.label for each in setting.choices or ()}
    return labels.get(value, value) or "nothing"


def _domain_of(address: str) -> str:
    try:
        return normalise_domain(address.rpartition("@")[2].strip())
    except InvalidInput:
        return ""  # The address itself is refused, with a clearer text.


def _read_picture(sent: MultiDict[str, str], upload: FileStorage | None) -> bytes | None:
    """Return the new picture, ``b""`` to take the old one away, None to leave it."""
    data = upload.read(UPLOAD_LIMIT + 1) if upload is not None else b""
    if data:
        return data
    return b"" if "remove_picture" in sent else None
