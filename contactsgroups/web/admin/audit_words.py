"""The audit log in the words of the pages: what was done, and each field before and after."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contactsgroups.domain.address import display_address
from contactsgroups.domain.domain_settings import TeamCreators
from contactsgroups.domain.group import SETTINGS, Choice
from contactsgroups.services.audit_log import AuditEntry
from contactsgroups.services.groups.member_ends import LAST_DAY

VERBS = {"create": "Created", "change": "Changed", "remove": "Removed"}
_VERBS_OF = {
    "address": {"release": "Released"},
    "group": VERBS | {"restore": "Restored"},
}
NOUNS = {
    "group": "Groups",
    "request": "Requests to groups",
    "account": "Accounts",
    "alias": "Aliases",
    "department": "Departments",
    "domain": "Domains",
    "share": "Domains shown to others",
    "administrator": "Administrators",
    "token key": "Keys of tokens",
    "address": "Addresses of deleted groups",
}
"""What the log has entries of, and what several are called."""


def verbs_of(noun: str) -> Mapping[str, str]:
    """Return what the log has of a kind of entries, and the words for it."""
    return _VERBS_OF.get(noun, VERBS)


_LAST_DAY = "Last day"
_LABELS = {each.name: each.label for each in SETTINGS} | {
    "account": "Account",
    "active": "Open",
    "alias_of": "Stands for",
    "group_defaults": "What new groups begin with",
    "key": "Key",
    "original": "Address as written",
    "parent": "Department above",
    "password_hash": "Password",
    "team_creators": "Who may create teams",
    "until": _LAST_DAY,
    "unicode_name": "Domain as written",
    "visible_domain": "Domain that is shown",
}
_CHOICES: Mapping[str, type[Choice]] = {
    each.name: each.choices for each in SETTINGS if each.choices is not None
} | {"team_creators": TeamCreators}
_NEVER_TOLD = {"uuid", "source", "external", "revoked_at"}
_TOLD_ONLY_IF_CHANGED = {
    "account",
    "address",
    "applicant",
    "domain",
    "original",
    "path",
    "visible_domain",
}
"""What an entry says already, in who did it to what."""
_HIDDEN = "(hidden)"
_OF_LAST_DAY = f": {_LAST_DAY.lower()}"
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\S*")
_KEPT = "Kept members"  # Typed ones, while the group follows the directory.
_ROLES = {
    "owner": "Owners",
    "moderator": "Moderators",
    "allowed_sender": "Allowed senders",
    "always_member": "Always in",
    "never_member": "Never in",
}
_STATES = {"approved": "Approved", "declined": "Declined", "withdrawn": "Withdrew"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, empty if there was nothing; or, of a list, who went and came."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """What was done, as the beginning of a sentence, and what differs."""

    what: str
    differences: tuple[Difference, ...]


def tell(entry: AuditEntry) -> Telling:
    """Say what an entry of the log means."""
    verb, _, noun = entry.action.partition(" ")
    detail = entry.detail
    moves = tuple(_moves(detail))
    fields = tuple(_fields(verb, noun, detail.get("fields", {})))
    what = _what(verb, noun, detail, moves, fields)
    if detail.get("because") == LAST_DAY:
        what = f"Ended after the last day: {what[:1].lower()}{what[1:]}"
    if "undoes" in detail:
        what = f"Undid a change: {what[:1].lower()}{what[1:]}"
    number, of = detail.get("part", (1, 1))
    return Telling(what if of == 1 else f"{what} (part {number} of {of})", fields + moves)


def label_of(name: str) -> str:
    """Return what the pages call a field."""
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def _fields(verb: str, noun: str, fields: Mapping[str, list[Any]]) -> Iterator[Difference]:
    for name, (before, after) in sorted(fields.items(), key=_place):
        if name in _NEVER_TOLD or (verb != "change" and _is_plain(noun, name, before, after)):
            continue
        shown = _secret(before, after) or _both(name, before, after)
        if verb == "change" or any(shown):
            yield Difference(label_of(name), *shown)


def _both(name: str, before: Any, after: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return both values in words; as they are stored, if only the spelling of a domain differs."""
    shown = _shown(name, before), _shown(name, after)
    same = all(shown) and shown[0] == shown[1] and before != after
    return ((str(before),), (str(after),)) if same else shown


def _place(item: tuple[str, list[Any]]) -> int:
    """Return where a field stands: as in the group's form, and others in front."""
    return next((place for place, name in enumerate(_LABELS) if name == item[0]), -1)


def _is_plain(noun: str, name: str, before: Any, after: Any) -> bool:
    """Whether a field of what is new, or was removed, goes without saying."""
    usual = name == "active"  # Accounts are open as a rule, and the switches of groups off.
    is_said = name in _TOLD_ONLY_IF_CHANGED and (noun, name) != ("alias", "account")
    return is_said or before is usual or after is usual


def _secret(before: Any, after: Any) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return what is said of a secret: whether there was one and is one."""
    if _HIDDEN not in (before, after):
        return None
    if before == after:
        return (), ("changed",)
    return (), ("removed" if after is None else "set",)


def _shown(name: str, value: Any) -> tuple[str, ...]:
    """Return a value in words; nothing for an empty one."""
    if value is None or value == "":
        return ()
    if isinstance(value, bool):
        return ("on" if value else "off",)
    text = str(value)
    if name == "domain" and text == "*":
        return ("all domains",)
    if name == "group_defaults":
        return (_defaults(text),)
    if name == "picture":
        return (text.partition(",")[0],)
    label = next((each.label for each in _CHOICES.get(name, ()) if each == text), "")
    return (label or display_address(_TIME.sub(r"\1 \2 UTC", text)),)


def _defaults(text: str) -> str:
    """Return the settings that new groups of a domain begin with."""
    try:
        values = json.loads(text)
    except ValueError:
        return text
    told = (f"{label_of(name)}: {''.join(_shown(name, value))}" for name, value in values.items())
    return "; ".join(told)


def _moves(detail: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield who came and went, of the members and in each role."""
    sections = {"Members": detail.get("members", {}), _KEPT: detail.get("kept", {})}
    for role, section in detail.get("roles", {}).items():
        sections[_ROLES.get(role, role.capitalize())] = section
    for label, section in sections.items():
        gone, added = section.get("removed", ()), section.get("added", ())
        if gone or added:
            yield Difference(
                label, tuple(map(display_address, gone)), tuple(map(display_address, added)), True
            )
        for address, fields in section.get("changed", {}).items():
            for name, (before, after) in fields.items():
                shown = _both(name, before, after)
                yield Difference(f"{display_address(address)}: {label_of(name).lower()}", *shown)


def _what(
    verb: str,
    noun: str,
    detail: Mapping[str, Any],
    moves: tuple[Difference, ...],
    fields: tuple[Difference, ...],
) -> str:
    raw = detail.get("fields", {})
    if noun in _SPECIAL and (told := _SPECIAL[noun](verb, raw)):
        return told
    if verb != "change":
        return f"{verbs_of(noun).get(verb, verb)} the {noun}"
    parts = [*_counted(moves), *_changed(raw, fields)] or [f"changed the {noun}"]
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def _counted(moves: tuple[Difference, ...]) -> Iterator[str]:
    moved = {name for each in moves if each.is_list for name in (*each.before, *each.after)}
    dated = [each.label.removesuffix(_OF_LAST_DAY) for each in moves if _is_last_day(each)]
    for each in moves:
        if _is_last_day(each):
            continue
        many = each.label.lower()
        if many not in {"members", _KEPT.lower(), *map(str.lower, _ROLES.values())}:
            yield f"changed how {many.partition(':')[0]} is written"
            continue
        for verb, names in (("added", each.after), ("removed", each.before)):
            if names:
                yield f"{verb} {len(names):,} {many[:-1] if len(names) == 1 else many}"

    yield from _dated([each for each in dated if each not in moved])


def _is_last_day(difference: Difference) -> bool:
    return difference.label.endswith(_OF_LAST_DAY) and not difference.is_list


def _dated(addresses: Sequence[str]) -> Iterator[str]:
    if len(addresses) == 1:
        yield f"changed the last day of {addresses[0]}"
    elif addresses:
        yield f"changed the last day of {len(addresses):,} members"


def _changed(raw: Mapping[str, list[Any]], fields: tuple[Difference, ...]) -> Iterator[str]:
    if len(fields) > 1:
        yield f"changed {len(fields)} fields"
    elif fields:
        after = next(pair[1] for name, pair in raw.items() if name not in _NEVER_TOLD)
        label = fields[0].label
        if isinstance(after, bool):
            yield f"turned “{label}” {'on' if after else 'off'}"
        else:
            yield f"changed {label.lower()}"


def _tell_account(verb: str, fields: Mapping[str, list[Any]]) -> str:
    if verb != "change":
        return ""
    if "active" in fields:
        return "Opened the account again" if fields["active"][1] else "Closed the account"
    if "password_hash" in fields and len(fields.keys() - {"revoked_at"}) == 1:
        return "Set the password"
    return "Signed out everywhere" if fields.keys() == {"revoked_at"} else ""


def _tell_request(verb: str, fields: Mapping[str, list[Any]]) -> str:
    if verb == "create":
        return f"Asked to {fields.get('wish', [None, 'join'])[1]}"
    state = fields.get("state", [None, ""])[1]
    return f"{_STATES[state]} the request" if verb == "change" and state in _STATES else ""


def _tell_administrator(verb: str, fields: Mapping[str, list[Any]]) -> str:
    domain = next(filter(None, fields.get("domain", ())), "")
    where = "all domains" if domain == "*" else display_address(domain)
    told = {"create": f"Appointed administrator of {where}"}
    return told.get(verb, f"Removed as administrator of {where}")


def _tell_share(verb: str, fields: Mapping[str, list[Any]]) -> str:
    viewer = display_address(next(filter(None, fields.get("domain", ())), ""))
    return f"Shown to {viewer}" if verb == "create" else f"Hidden from {viewer}"


_SPECIAL = {
    "account": _tell_account,
    "administrator": _tell_administrator,
    "request": _tell_request,
    "share": _tell_share,
}
