"""What the audit log must say, worked out from two readings of the whole database."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from contactsgroups.persistence.models import Base

State = dict[tuple[str, ...], dict[str, Any]]
"""Everything that is audited, by what it is and what tells it from others of its kind."""

DERIVED = {
    *("id", "version", "created_at", "updated_at", "updated_by", "added_at"),
    *("search_text", "recipient_count", "external_count", "native", "lmtp_lane"),
    "picture_digest",
    *("name_folded", "sort_key", "title_folded", "location_folded", "path_folded"),
    "language",  # In which somebody reads the pages: nobody decides about it.
}
KINDS = {
    "domains": ("domain", "name"),
    "departments": ("department", "path", "domain"),
    "accounts": ("account", "address"),
    "aliases": ("alias", "address"),
    "administrators": ("administrator", "account", "domain"),
    "domain_shares": ("share", "visible_domain", "domain"),
    "groups": ("group", "uuid"),
}


def read_state(connection: Connection) -> State:
    """Read the whole database."""
    tables = {
        name.removeprefix("contactsgroups_"): table for name, table in Base.metadata.tables.items()
    }
    rows = {name: connection.execute(select(tables[name])).mappings().all() for name in KINDS}
    names = {
        "domain": {row["id"]: row["name"] for row in rows["domains"]},
        "department": {row["id"]: row["path"] for row in rows["departments"]},
        "account": {row["id"]: row["address"] for row in rows["accounts"]},
    }
    names |= {"visible_domain": names["domain"], "parent": names["department"]}
    state: State = {}
    groups_by_id = {}
    for table, (noun, *identity) in KINDS.items():
        for row in rows[table]:
            fields = {
                column.removesuffix("_id"): _show(noun, column, value, names)
                for column, value in row.items()
                if column not in DERIVED
            }
            entry = {
                "fields": fields,
                "members": {},
                "kept": {},
                "roles": {},
                "secret": row.get("password_hash"),
            }
            state[noun, *(fields[name] for name in identity)] = entry
            if noun == "group":
                groups_by_id[row["id"]] = entry
    for table, part in (("members", "members"), ("kept_members", "kept")):
        for row in connection.execute(select(tables[table])).mappings():
            groups_by_id[row["group_id"]][part][row["address"]] = row["original"]
    for row in connection.execute(select(tables["group_roles"])).mappings():
        role = groups_by_id[row["group_id"]]["roles"].setdefault(row["role"], {})
        role[row["address"]] = row["original"]
    return state


def _show(noun: str, column: str, value: Any, names: dict[str, dict[int, str]]) -> Any:
    if value is None:
        return "*" if noun == "administrator" else None
    if column == "password_hash":
        return "(hidden)"
    if isinstance(value, datetime):
        return value.isoformat()
    known = names.get(column.removesuffix("_id"), {}) if column.endswith("_id") else {}
    return known.get(value, value)


def expected_log(before: State, after: State) -> list[tuple[str, str, str]]:
    """Return what the log must say, sorted."""
    parts = ("fields", "members", "kept", "roles")
    nothing: dict[str, Any] = {"secret": None, **{part: {} for part in parts}}
    entries = []
    for key in before.keys() | after.keys():
        old, new = before.get(key, nothing), after.get(key, nothing)
        detail = _detail(old, new)
        if detail:
            verb = "create" if key not in before else "remove" if key not in after else "change"
            fields = new["fields"] or old["fields"]
            subject = {
                "department": "{path} ({domain})",
                "domain": "{name}",
                "share": "{visible_domain}",
                "administrator": "{account}",
            }.get(key[0], "{address}")
            text = json.dumps(detail, sort_keys=True)
            entries.append((f"{verb} {key[0]}", subject.format(**fields), text))
    return sorted(entries)


def _detail(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    names = old["fields"].keys() | new["fields"].keys()
    pairs = {name: [old["fields"].get(name), new["fields"].get(name)] for name in names}
    different = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if old["secret"] != new["secret"]:
        different["password_hash"] = pairs["password_hash"]
    if different:
        detail["fields"] = different
    for part in ("members", "kept"):
        if people := _people(old[part], new[part]):
            detail[part] = people
    for role in old["roles"].keys() | new["roles"].keys():
        if people := _people(old["roles"].get(role, {}), new["roles"].get(role, {})):
            detail.setdefault("roles", {})[role] = people
    return detail


def _people(old: dict[str, str], new: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "added": sorted(new.keys() - old.keys()),
        "removed": sorted(old.keys() - new.keys()),
        "changed": {
            address: {"original": [old[address], new[address]]}
            for address in old.keys() & new.keys()
            if old[address] != new[address]
        },
    }
    return {name: value for name, value in found.items() if value}
