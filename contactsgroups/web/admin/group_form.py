"""The form of a group: from a stored group or a request to fields, and from fields to a draft."""

import json
from collections.abc import Mapping
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
    SettingValue,
)
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.domain.sentence import Sentence
from contactsgroups.domain.text import is_unicode
from contactsgroups.services.groups import GroupDetails, GroupDraft
from contactsgroups.services.pictures import UPLOAD_LIMIT
from contactsgroups.web.admin.parameters import DIGITS_LIMIT
from contactsgroups.web.form_faults import FormFaults, faults_by_field
from contactsgroups.web.languages import mark

PIN_FIELDS = ("always_members", "never_members")
ROLE_FIELDS = ("owners", "moderators", "allowed_senders", *PIN_FIELDS)
_OTHERS = ("address", "members", *ROLE_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupForm:
    """What the form shows.

    ``settings`` and ``values``, which has all other texts, are as typed; a department is
    ``example.org/Sales/Europe`` there.  ``errors`` has the sentences for each faulty field, and
    under ``""`` those for the whole form.  ``shown`` is what the form showed before anything was
    typed, as text: what differs from it is what a person changed.
    ``picture_mark`` tells pictures of the group's own apart; it is empty without one.
    ``confirmed_kind`` is the kind for which members may leave, and how many: ``dynamic 8``.
    ``without_owner`` says that the last owner may go.
    """

    values: Mapping[str, str]
    settings: GroupSettings = field(default_factory=GroupSettings)
    version: int = 0
    picture: bytes | None = None
    errors: FormFaults = field(default_factory=dict)
    shown: str = ""
    picture_mark: str = ""
    confirmed_kind: str = ""
    without_owner: bool = False

    @classmethod
    def blank(cls, address: str = "") -> "GroupForm":
        """Return the form of a new group."""
        return cls(values={**dict.fromkeys(_OTHERS, ""), "address": address})

    @classmethod
    def of(cls, group: GroupDetails) -> "GroupForm":
        """Return the form of a stored group."""
        domain = group.address.rpartition("@")[2]
        path = group.settings.department
        roles = {name: ", ".join(getattr(group, name)) for name in ROLE_FIELDS}
        form = cls(
            values={"address": group.original, "members": "", **roles},
            settings=replace(group.settings, department=f"{domain}/{path}" if path else ""),
            version=group.version,
            picture_mark=group.picture_version if group.has_own_picture else "",
        )
        return replace(form, shown=form._as_text())

    @classmethod
    def posted(cls, request: Request) -> "GroupForm":
        """Return the form as submitted."""
        sent = request.form
        texts: dict[str, SettingValue] = {each.name: sent.get(each.name, "") for each in TEXTS}
        switches = {each.name: each.name in sent for each in SWITCHES}
        texts["department"] = _stored_department(sent)
        return cls(
            values={name: sent.get(name, "") for name in _OTHERS},
            settings=GroupSettings().changed(texts | switches),
            version=sent.get("version", 0, type=int),
            picture=_read_picture(sent, request.files.get("picture")),
            shown=sent.get("shown", ""),
            confirmed_kind=sent.get("confirmed_kind", ""),
            without_owner="without_owner" in sent,
        )

    def draft(self, *, is_new: bool) -> GroupDraft:
        """Return the draft of the group."""
        is_derived = self.settings.kind in {GroupKind.DEPARTMENT, GroupKind.DYNAMIC}
        named = addresses_in(self.values["members"]) if is_new and not is_derived else None
        return GroupDraft(
            address=self.values["address"],
            settings=self.settings_in_use(),
            members=named,
            picture=self.picture,
            asks_first=True,
            may_leave=self._may_leave(),
            **{
                name: addresses_in(self.values[name])
                for name in ROLE_FIELDS
                if is_derived or name not in PIN_FIELDS
            },
        )

    @property
    def names_no_owner(self) -> bool:
        """Whether a group would be without an owner, which nobody has agreed to; a team cannot."""
        is_team = self.settings.kind == GroupKind.TEAM
        return not (is_team or self.without_owner or addresses_in(self.values["owners"]))

    def _may_leave(self) -> int:
        """Return how many members may leave by another kind, as far as it is the confirmed one."""
        kind, _, number = self.confirmed_kind.partition(" ")
        is_number = number.isascii() and number.isdigit() and len(number) <= DIGITS_LIMIT
        return int(number) if kind == self.settings.kind and is_number else 0

    def refused(self, error: ContactsGroupsError) -> "GroupForm":
        """Return the form with what is wrong at its fields, or above all of them."""
        return replace(self, errors=faults_by_field(error, _IN_ORDER))

    def warned(self, text: str) -> "GroupForm":
        """Return the form with a sentence above all fields."""
        return replace(self, errors={"": (text,)})

    def shown_form(self) -> "GroupForm | None":
        """Return the form as it was shown; None if what was sent does not say."""
        try:
            read = json.loads(self.shown)
            values, settings = read["values"], GroupSettings().changed(read["settings"])
            mark = str(read["picture"])
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        if not _are_texts(values) or not _are_of_their_types(settings):
            return None
        form = GroupForm(values=values, settings=settings, picture_mark=mark)
        return form if is_unicode(form._as_text()) else None

    def _as_text(self) -> str:
        shown = {
            "values": dict(self.values),
            "settings": self.settings.values(),
            "picture": self.picture_mark,
        }
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))

    def settings_in_use(self) -> GroupSettings:
        """Return the settings without those that the chosen kind does not use."""
        kind, rule = self.settings.kind, self.settings.rule
        return replace(
            self.settings,
            department=self._department() if kind == GroupKind.DEPARTMENT else "",
            rule=rule if kind == GroupKind.DYNAMIC else "",
        )

    def _department(self) -> str:
        """Return the path in the group's own domain; of another domain, whatever was chosen."""
        domain, _, path = self.settings.department.partition("/")
        is_own = path and _normalised(domain) == _domain_of(self.values["address"])
        return path if is_own else self.settings.department


_BASICS = (
    "display_name",
    "address",
    "description",
    "kind",
    "members",
    "department",
    "rule",
    *PIN_FIELDS,
)
_IN_ORDER = (
    *_BASICS,
    "posting_policy",
    *("allowed_senders", "owners", "moderators"),
    *(each.name for each in SETTINGS if each.name not in {*_BASICS, "posting_policy"}),
    "picture",
)
"""The fields as the page shows them."""
LABELS: Mapping[str, str] = {
    **{each.name: each.label for each in SETTINGS},
    "kind": mark("Where the members come from"),
    "address": mark("Address"),
    "members": mark("Members"),
    "owners": mark("Owners"),
    "moderators": mark("Moderators"),
    "allowed_senders": mark("Allowed senders"),
    "always_members": mark("Always in"),
    "never_members": mark("Never in"),
    "picture": mark("Picture"),
}
"""What the page calls each field."""
KINDS = {str(each): each for each in GroupKind}
POLICIES = {str(each): each for each in PostingPolicy}


def words_of_setting(name: str, settings: GroupSettings) -> str:
    """Return the value of a setting as pages name it."""
    setting = next(each for each in SETTINGS if each.name == name)
    value = getattr(settings, name)
    if isinstance(value, bool):
        return Sentence("on") if value else Sentence("off")
    labels = {str(each): each.label for each in setting.choices or ()}
    return Sentence(labels[value]) if value in labels else value or Sentence("nothing")


def _are_texts(values: object) -> bool:
    return isinstance(values, dict) and all(isinstance(values.get(name), str) for name in _OTHERS)


def _are_of_their_types(settings: GroupSettings) -> bool:
    return all(
        isinstance(getattr(settings, each.name), bool if each.is_switch else str)
        for each in SETTINGS
    )


def _stored_department(sent: MultiDict[str, str]) -> str:
    """Return the department as the form offers it, whichever spelling its domain was sent in."""
    chosen, own = sent.get("department", ""), _domain_of(sent.get("address", ""))
    domain, slash, path = chosen.partition("/")
    return f"{own}/{path}" if slash and _normalised(domain) == own else chosen


def _domain_of(address: str) -> str:
    return _normalised(address.rpartition("@")[2].strip())


def _normalised(domain: str) -> str:
    try:
        return normalise_domain(domain)
    except InvalidInput:
        return ""  # The address itself is refused, with a clearer text.


def _read_picture(sent: MultiDict[str, str], upload: FileStorage | None) -> bytes | None:
    """Return the new picture, ``b""`` to take the old one away, None to leave it."""
    data = upload.read(UPLOAD_LIMIT + 1) if upload is not None else b""
    if data:
        return data
    return b"" if "remove_picture" in sent else None
