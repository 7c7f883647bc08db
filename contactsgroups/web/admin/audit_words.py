"""The audit log in the words of the pages: what was done, and each field before and after."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contactsgroups.domain.address import display_address
from contactsgroups.domain.attributes import PREFIX
from contactsgroups.domain.domain_settings import TeamCreators
from contactsgroups.domain.group import SETTINGS, Choice
from contactsgroups.domain.last_day import in_sentence
from contactsgroups.domain.sentence import COMMA, Moment, Sentence, in_a_row
from contactsgroups.services.audit_log import AuditEntry
from contactsgroups.services.groups.member_ends import LAST_DAY
from contactsgroups.web.admin.audit_sentences import (
    ADDED,
    ANSWERED,
    DONE,
    KEPT,
    LABELS,
    MEMBERS,
    REMOVED,
    ROLES,
    WISHES,
)
from contactsgroups.web.languages import say

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
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, empty if there was nothing; or, of a list, who went and came."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """What was done, as it follows the name of who did it, and what differs."""

    what: str
    differences: tuple[Difference, ...]


def tell(entry: AuditEntry) -> Telling:
    """Say what an entry of the log means: in English, as sentences that can be translated."""
    verb, _, noun = entry.action.partition(" ")
    detail = entry.detail
    fields = tuple(_fields(verb, noun, detail.get("fields", {})))
    what = _what(verb, noun, detail, fields)
    if detail.get("because") == LAST_DAY:
        what = Sentence("ended after the last day: {what}", what=what)
    if "undoes" in detail:
        what = Sentence("undid a change: {what}", what=what)
    part, parts = detail.get("part", (1, 1))
    if parts != 1:
        what = Sentence("{what} (part {part} of {parts})", what=what, part=part, parts=parts)
    return Telling(what, (*fields, *_moves(detail)))


def tell_in_language(entry: AuditEntry) -> Telling:
    """Say what an entry of the log means, in the language of the page."""
    told = tell(entry)
    return Telling(say(told.what), tuple(map(_in_language, told.differences)))


def _in_language(each: Difference) -> Difference:
    before, after = (tuple(map(say, texts)) for texts in (each.before, each.after))
    return Difference(say(each.label), before, after, each.is_list)


def label_of(name: str) -> Sentence:
    """Return what the pages call a field."""
    if name.startswith(PREFIX):
        return _verbatim(name)  # Of an account's attributes, as rules name them.
    return Sentence(LABELS.get(name) or name.replace("_", " ").capitalize())


def _verbatim(text: str) -> Sentence:
    """Return a text that no catalogue translates, be it a word of the pages or not."""
    return Sentence("{text}", text=text)


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
    return ((_verbatim(str(before)),), (_verbatim(str(after)),)) if same else shown


def _place(item: tuple[str, list[Any]]) -> int:
    """Return where a field stands: as in the group's form, and others in front."""
    return next((place for place, name in enumerate(LABELS) if name == item[0]), -1)


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
        return (), (Sentence("changed"),)
    return (), (Sentence("removed") if after is None else Sentence("set"),)


def _shown(name: str, value: Any) -> tuple[str, ...]:
    """Return a value in words; nothing for an empty one."""
    if value is None or value == "":
        return ()
    if isinstance(value, bool):
        return (Sentence("on") if value else Sentence("off"),)
    text = str(value)
    if name == "domain" and text == "*":
        return (Sentence("all domains"),)
    if name == "group_defaults":
        return (_defaults(text),)
    if name == "picture":
        return (_verbatim(text.partition(",")[0]),)
    if name == "wish" and text in WISHES:
        return (Sentence(WISHES[text]),)
    if name == "state":
        return (Sentence(text),)
    label = next((each.label for each in _CHOICES.get(name, ()) if each == text), "")
    return (Sentence(label) if label else _readable(name, text),)


def _readable(name: str, text: str) -> Sentence:
    """Return a text with its domains as people write them; moments and days as languages do."""
    if name == "until" and _DAY.fullmatch(text):
        return Sentence("{text}", text=in_sentence(date.fromisoformat(text)))
    if _TIME.fullmatch(text):
        return Sentence("{text}", text=Moment(datetime.fromisoformat(text)))
    return _verbatim(display_address(text))


def _defaults(text: str) -> Sentence:
    """Return the settings that new groups of a domain begin with."""
    try:
        values = json.loads(text)
    except ValueError:
        return _verbatim(text)
    return in_a_row(
        Sentence("{field}: {value}", field=label_of(name), value=_only(_shown(name, value)))
        for name, value in values.items()
    )


def _only(values: tuple[str, ...]) -> str:
    return values[0] if values else ""


def _sections(detail: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what differs of the members and in each role, with what such a list is called."""
    yield MEMBERS, detail.get("members", {})
    yield KEPT, detail.get("kept", {})
    for role, section in detail.get("roles", {}).items():
        yield ROLES.get(role, role.capitalize()), section


def _moves(detail: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield who came and went, of the members and in each role, and who is written otherwise."""
    told: set[tuple[str, str]] = set()
    for label, section in _sections(detail):
        gone, added = (_addresses(section.get(name, ())) for name in ("removed", "added"))
        if gone or added:
            yield Difference(Sentence(label), gone, added, is_list=True)
        for address, fields in section.get("changed", {}).items():
            shown = display_address(address)
            for name in [each for each in fields if (address, each) not in told]:
                told.add((address, name))  # The day of a member may be that of its pin.
                pair = fields[name]
                field = Sentence("{address}: {field}", address=shown, field=label_of(name))
                yield Difference(field, *_both(name, *pair))


def _addresses(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(_verbatim(display_address(each)) for each in names)


def _what(
    verb: str, noun: str, detail: Mapping[str, Any], fields: tuple[Difference, ...]
) -> Sentence:
    raw = detail.get("fields", {})
    if noun in _SPECIAL and (told := _SPECIAL[noun](verb, raw)):
        return told
    parts = [*_counted(detail), *_changed(raw, fields)] if verb == "change" else []
    if not parts:
        action = f"{verb} {noun}"
        return Sentence(DONE.get(action, action))
    return in_a_row(parts, COMMA)


def _counted(detail: Mapping[str, Any]) -> Iterator[Sentence]:
    dated: dict[str, None] = {}
    written: list[str] = []
    for label, section in _sections(detail):
        for words, name in ((ADDED, "added"), (REMOVED, "removed")):
            if section.get(name) and label in words:
                yield words[label].of(len(section[name]))
        moved = {*section.get("added", ()), *section.get("removed", ())}
        for address, fields in section.get("changed", {}).items():
            if "until" in fields and address not in moved:
                dated[address] = None
            if fields.keys() - {"until"}:
                written.append(address)
    yield from _written(written)
    yield from _dated([*dated])


def _written(addresses: Sequence[str]) -> Iterator[Sentence]:
    if len(addresses) == 1:
        yield Sentence("changed how {address} is written", address=display_address(addresses[0]))
    elif addresses:
        yield Sentence("changed how {number:,} members are written", number=len(addresses))


def _dated(addresses: Sequence[str]) -> Iterator[Sentence]:
    if len(addresses) == 1:
        yield Sentence("changed the last day of {address}", address=display_address(addresses[0]))
    elif addresses:
        yield Sentence("changed the last day of {number:,} members", number=len(addresses))


def _changed(raw: Mapping[str, list[Any]], fields: tuple[Difference, ...]) -> Iterator[Sentence]:
    if len(fields) > 1:
        yield Sentence("changed {count} fields", count=len(fields))
    elif fields:
        after = next(pair[1] for name, pair in raw.items() if name not in _NEVER_TOLD)
        label = fields[0].label
        if not isinstance(after, bool):
            yield Sentence("changed “{field}”", field=label)
        elif after:
            yield Sentence("turned “{field}” on", field=label)
        else:
            yield Sentence("turned “{field}” off", field=label)


def _tell_account(verb: str, fields: Mapping[str, list[Any]]) -> Sentence | None:
    if verb != "change":
        return None
    if "active" in fields:
        opened = fields["active"][1]
        return Sentence("opened the account again") if opened else Sentence("closed the account")
    if "password_hash" in fields and len(fields.keys() - {"revoked_at"}) == 1:
        return Sentence("set the password")
    return Sentence("signed out everywhere") if fields.keys() == {"revoked_at"} else None


def _tell_request(verb: str, fields: Mapping[str, list[Any]]) -> Sentence | None:
    if verb == "create":
        wish = fields.get("wish", [None, "join"])[1]
        return Sentence("asked to leave") if wish == "leave" else Sentence("asked to join")
    state = fields.get("state", [None, ""])[1]
    return Sentence(ANSWERED[state]) if verb == "change" and state in ANSWERED else None


def _tell_administrator(verb: str, fields: Mapping[str, list[Any]]) -> Sentence:
    domain = next(filter(None, fields.get("domain", ())), "")
    where = Sentence("all domains") if domain == "*" else display_address(domain)
    if verb == "create":
        return Sentence("appointed administrator of {where}", where=where)
    return Sentence("removed as administrator of {where}", where=where)


def _tell_share(verb: str, fields: Mapping[str, list[Any]]) -> Sentence:
    viewer = display_address(next(filter(None, fields.get("domain", ())), ""))
    if verb == "create":
        return Sentence("shown to {domain}", domain=viewer)
    return Sentence("hidden from {domain}", domain=viewer)


_SPECIAL: Mapping[str, Callable[[str, Mapping[str, list[Any]]], Sentence | None]] = {
    "account": _tell_account,
    "administrator": _tell_administrator,
    "request": _tell_request,
    "share": _tell_share,
}
