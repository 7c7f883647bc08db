"""What a mail group is: its kinds, its settings with their one check, and the roles in it.

Everything that lists a group's settings (form, commands, files, rows, differences) reads
:data:`SETTINGS`, which is made from the fields of :class:`GroupSettings`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Self

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.faults import Faults
from contactsgroups.domain.rule_text import parse_rule
from contactsgroups.domain.sentence import Sentence
from contactsgroups.domain.text import clean_department, clean_description, clean_name

SettingValue = str | bool


class Choice(StrEnum):
    """One of several values, with the words that a page shows for it."""

    label: str
    hint: str

    def __new__(cls, value: str, label: str = "", hint: str = "") -> Self:
        choice = str.__new__(cls, value)
        choice._value_ = value
        choice.label, choice.hint = label, hint
        return choice


class GroupKind(Choice):
    """Where a group's members come from."""

    STATIC = "static", "Static", "Members are named one by one."
    TEAM = "team", "Team", "As static, but made and run by employees."
    DEPARTMENT = "department", "Department", "Every account in a department and the ones below it."
    DYNAMIC = "dynamic", "Dynamic", "Every account that a rule selects."

    @property
    def is_derived(self) -> bool:
        """Whether the members follow the directory instead of being edited."""
        return self in {GroupKind.DEPARTMENT, GroupKind.DYNAMIC}

    @property
    def is_named(self) -> bool:
        """Whether members are named one by one, so that people can join and leave."""
        return not self.is_derived


class PostingPolicy(Choice):
    """Who may send to a group."""

    SAME_DOMAIN = "same_domain", "Same domain", "Accounts of the group's own mail domain."
    MEMBERS = "members", "Members", "Only members of the group."
    ALLOWED_SENDERS = (
        "allowed_senders",
        "Allowed senders",
        "Only the addresses named below, owners and moderators.",
    )
    ANYONE = "anyone", "Anyone", "Any sender, outside senders included."


class Role(StrEnum):
    """What an address other than a member is to a group."""

    OWNER = "owner"
    MODERATOR = "moderator"
    ALLOWED_SENDER = "allowed_sender"
    ALWAYS_MEMBER = "always_member"
    """A member whatever the department or the rule says."""
    NEVER_MEMBER = "never_member"
    """No member whatever they say; it counts more than the other pin."""


PINS = (Role.ALWAYS_MEMBER, Role.NEVER_MEMBER)
"""The roles that say who is a member of a group that follows the directory."""


def _words(label: str, hint: str = "", choices: type[Choice] | None = None) -> dict[str, Any]:
    return {"label": label, "hint": hint, "choices": choices}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSettings:
    """The settings of a group, with the defaults that a new group has.

    As long as it is not :meth:`checked`, a value is what was typed or read.  Each field carries its
    label and a hint; a field that is true or false is a switch.

    Attributes:
        kind: a :class:`GroupKind`.
        posting_policy: a :class:`PostingPolicy`.
        department: the path of a department of the group's own domain, for department groups only.
        rule: which accounts are members, for dynamic groups only (see ``domain.rule``).
    """

    display_name: str = field(
        default="",
        metadata=_words(
            "Name", "In compose and address books; without one, the address stands in."
        ),
    )
    description: str = field(default="", metadata=_words("Description"))
    kind: str = field(
        default=GroupKind.STATIC,
        metadata=_words("Kind", "Where the members come from.", GroupKind),
    )
    posting_policy: str = field(
        default=PostingPolicy.SAME_DOMAIN,
        metadata=_words("Who may send", "Who may send to the group.", PostingPolicy),
    )
    department: str = field(
        default="", metadata=_words("Department", "For a department group: its path.")
    )
    rule: str = field(
        default="", metadata=_words("Rule", "For a dynamic group: which accounts are members.")
    )
    show_in_contacts: bool = field(
        default=True,
        metadata=_words("Show in contacts", "Suggest it in compose, and list it in address books."),
    )
    show_members: bool = field(
        default=True,
        metadata=_words("Show members", "Accounts that may see the group may see its members."),
    )
    moderated: bool = field(
        default=False, metadata=_words("Moderated", "A moderator approves each message first.")
    )
    ignore_auto_replies: bool = field(
        default=True,
        metadata=_words(
            "Ignore automatic replies",
            "Out-of-office notes and bounces do not reach the members.",
        ),
    )
    notify_members: bool = field(
        default=False,
        metadata=_words(
            "Tell new members",
            "They get a message when they are added by name, not by a department or a rule.",
        ),
    )
    leave_needs_approval: bool = field(
        default=False,
        metadata=_words("Leaving needs approval", "An owner must approve each request to leave."),
    )
    join_on_request: bool = field(
        default=False,
        metadata=_words(
            "Joining on request",
            "Accounts that may see the group may ask to join; an owner decides.",
        ),
    )
    disabled: bool = field(
        default=False,
        metadata=_words(
            "Disabled",
            "Messages are refused, and the group is hidden. Its settings and members are kept.",
        ),
    )

    def checked(self, before: "GroupSettings | None" = None) -> "GroupSettings":
        """Return the settings in their canonical form: the only check of whether they are valid.

        Whether the department exists is checked where the directory is known.

        Args:
            before: what is stored already, if it is; what it has in common is not checked again,
                so that nothing that once was accepted keeps the rest from being saved.

        Raises:
            InvalidInput: naming the faulty field.
            SeveralFaults: naming all of them.
        """
        faults, values = Faults(), self.values()
        for each in SETTINGS:
            if before is None or not self._is_as_in(before, each):
                with faults.at(each.name):
                    values[each.name] = _checked(each, values[each.name], self.kind)
        faults.refuse()
        return self.changed(values)

    def _is_as_in(self, before: "GroupSettings", setting: "Setting") -> bool:
        names = {setting.name, "kind"} if setting.name in _OF_ONE_KIND else {setting.name}
        return all(getattr(self, name) == getattr(before, name) for name in names)

    def values(self) -> dict[str, SettingValue]:
        """Return the value of each setting by its name."""
        return {each.name: getattr(self, each.name) for each in SETTINGS}

    def changed(self, values: Mapping[str, SettingValue]) -> "GroupSettings":
        """Return the settings with some of them replaced, not checked again."""
        return replace(self, **values)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of :class:`GroupSettings`; ``choices`` are its possible values, if they are few."""

    name: str
    default: SettingValue
    label: str
    hint: str
    choices: type[Choice] | None

    @property
    def is_switch(self) -> bool:
        """Whether it is true or false."""
        return isinstance(self.default, bool)


_NEW = GroupSettings()
SETTINGS = tuple(
    Setting(each.name, getattr(_NEW, each.name), **each.metadata) for each in fields(GroupSettings)
)
"""Every setting of a group, in the order in which they are shown."""
SWITCHES = tuple(each for each in SETTINGS if each.is_switch)
"""The settings that are true or false."""
TEXTS = tuple(each for each in SETTINGS if not each.is_switch)
"""All other settings."""


_OF_ONE_KIND = frozenset({"department", "rule"})


def _checked(setting: Setting, value: SettingValue, kind: str) -> SettingValue:
    """Return one value in its canonical form.

    Raises:
        InvalidInput: it is not valid.
    """
    _check_type(setting, value)
    if isinstance(value, bool):
        return value
    if setting.choices is not None:
        return _choice(setting, value)
    if setting.name in _OF_ONE_KIND:
        # Spaces before a rule stay: they count where a fault is named by line and column.
        return _checked_source(setting.name, value.rstrip() if value.strip() else "", kind)
    if setting.name == "display_name":
        return clean_name(value, field=setting.name, required=False)
    return clean_description(value, field=setting.name)


def _check_type(setting: Setting, value: object) -> None:
    if not isinstance(value, bool if setting.is_switch else str):
        wanted = "true or false" if setting.is_switch else "text"
        raise InvalidInput(
            "{label} must be {wanted}",
            field=setting.name,
            label=setting.label.lower(),
            wanted=wanted,
        )


def _choice(setting: Setting, value: str) -> Choice:
    choices = setting.choices or GroupKind
    try:
        return choices(value)
    except ValueError:
        text = Sentence(
            "{label} must be one of {choices}",
            label=setting.label.lower(),
            choices=", ".join(choices),
        )
        raise InvalidInput(text, field=setting.name) from None


def _checked_source(name: str, text: str, kind: str) -> str:
    """Return a department or a rule; without a kind, nothing can be said about them."""
    if kind not in list(GroupKind):
        return text.strip()
    return (_department_of if name == "department" else _rule_of)(GroupKind(kind), text)


def _department_of(kind: GroupKind, path: str) -> str:
    if kind is not GroupKind.DEPARTMENT:
        return _nothing(path, Sentence("a {kind} group has no department", kind=kind), "department")
    if not path:
        raise InvalidInput("a department group needs a department", field="department")
    return "/".join(clean_department(path.strip()))


def _rule_of(kind: GroupKind, text: str) -> str:
    if kind is not GroupKind.DYNAMIC:
        return _nothing(text, Sentence("a {kind} group has no rule", kind=kind), "rule")
    return str(parse_rule(text))


def _nothing(text: str, fault: Sentence, field: str) -> str:
    """Return the empty text.

    Raises:
        InvalidInput: there is one.
    """
    if text:
        raise InvalidInput(fault, field=field)
    return ""
