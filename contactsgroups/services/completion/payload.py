"""The JSON object that a completion is in an answer: which fields it has, and how they change.

It is made when the index is built, and answers are joined from it as it stands: nothing is parsed
and serialised for a keystroke.  So it is compact, and an object whose fields can be added to.
"""

import json
from collections.abc import Mapping, Sequence

from contactsgroups.autocomplete import Explanation
from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import Decision
from contactsgroups.persistence.models import Group
from contactsgroups.services import pictures


def group_payload(group: Group) -> str:
    """Return what is shown of a group; ``icon`` is relative to the completions' own URL."""
    return _compact(
        {
            "kind": "group",
            "id": group.uuid,
            "name": group.display_name,
            "address": group.original,
            "member_count": group.recipient_count,
            "external_count": group.external_count if group.show_members else 0,
            "members_visible": group.show_members,
            "moderated": group.moderated,
            "icon": f"groups/{group.uuid}/picture.png?v={pictures.version_of(group)}",
        }
    )


def account_payload(id_: int, original: str, name: str) -> str:
    """Return what is shown of an account."""
    return _compact({"kind": "account", "id": str(id_), "name": name, "address": original})


def alias_payload(id_: int, original: str, name: str, alias: str) -> str:
    """Return what is shown of an account that is found by an alias of it."""
    shown = {"kind": "account", "id": str(id_), "name": name, "address": original, "via": alias}
    return _compact(shown)


def contact_payload(address: str, original: str, name: str) -> str:
    """Return what is shown of an own contact, or of an outside address that was mailed."""
    return _compact({"kind": "contact", "id": address, "name": name, "address": original})


def name_of(payload: str) -> str:
    """Return the name that a payload shows."""
    name: str = json.loads(payload)["name"]
    return name


def shown_of(payload: str, name: str, address: str) -> tuple[str, str]:
    """Return the name and the address that a payload shows, which are mostly these."""
    if '"' not in name and f'"name":"{name}","address":"{address}"' in payload:
        return name, address
    fields = json.loads(payload)
    return fields["name"], fields["address"]


def address_of(payload: str) -> str:
    """Return the normalised address that a payload shows."""
    return str(Address.parse(json.loads(payload)["address"]))


def has_via(payload: str) -> bool:
    """Whether a payload says by which alias it was found; in its texts, quotes are escaped."""
    return ',"via":"' in payload


def renamed(payload: str, name: str) -> str:
    """Return a payload that shows another name, and is otherwise the same."""
    return _compact(json.loads(payload) | {"name": name})


def posting_fields(decision: Decision) -> str:
    """Return what :func:`with_posting` adds, to be kept for as long as the decision holds."""
    fields = _compact({"posting": str(decision.action), "posting_reason": decision.reason})
    return "," + fields[1:]


def with_posting(payload: str, fields: str) -> str:
    """Return a group's payload that also says what would become of a message of this principal."""
    return payload[:-1] + fields


def via_of(payload: str) -> str:
    """Return the alias by which it was found; empty for what was found by what it shows."""
    alias: str = json.loads(payload)["via"] if has_via(payload) else ""
    return alias


def with_match(payload: str, explanation: Explanation) -> str:
    """Return a payload that also says how the query matches it, and in which letters.

    Of what was found by an alias, these are letters of the alias.
    """
    kind, name, address = explanation
    if has_via(payload):
        ranges = f'"name":[],"address":[],"via":{_ranges(address)}'
    else:
        ranges = f'"name":{_ranges(name)},"address":{_ranges(address)}'
    return f'{payload[:-1]},"match":{{"kind":"{kind}",{ranges}}}}}'


def _ranges(spans: Sequence[tuple[int, int]]) -> str:
    if not spans:
        return "[]"
    return "[" + ",".join([f"[{begin},{end}]" for begin, end in spans]) + "]"


def _compact(payload: Mapping[str, object]) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
