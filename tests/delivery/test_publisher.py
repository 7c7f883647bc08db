"""What is published is what the database says, whatever came between."""

import fcntl
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import publisher
from contactsgroups.delivery.map_file import MapFile
from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts, groups
from contactsgroups.services.delivery.published_maps import (
    CLOSED_GROUP,
    MapName,
    read_position,
)
from contactsgroups.services.groups import GroupDetails, members
from contactsgroups.services.groups.deleted_groups import release_address
from tests.delivery.conftest import read
from tests.delivery.map_locks import locked_by_another_process
from tests.directories import add_account, add_accounts, add_alias, add_group, group_draft


def switch(core: Core, group: GroupDetails, **switches: bool) -> None:
    current = groups.show_group(core.database, OPERATOR, group.uuid)
    draft = group_draft(
        address=group.address,
        display_name=group.settings.display_name,
        moderators=["ada@example.org"],
        **switches,
    )
    groups.update_group(core.database, OPERATOR, group.uuid, current.version, draft)


def test_each_map_is_published_once_and_again_only_when_it_changes(core: Core, maps: Path) -> None:
    group = add_group(
        core.database, "team@example.org", "ada@example.org", ignore_auto_replies=False
    )

    first, second = publisher.publish(core), publisher.publish(core)
    members.add_members(core.database, OPERATOR, group.uuid, ["bob@example.org"])
    third = publisher.publish(core)

    assert set(first.written) == set(MapName)
    assert second.written == ()
    assert third.written == (MapName.VIRTUAL_ALIAS,)
    assert publisher.read_status(maps) == third.position == read_position(core.database)


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("", "unix:contactsgroups/lmtp.sock"),
        ("/var/spool/postfix/contactsgroups/lmtp.sock", "unix:contactsgroups/lmtp.sock"),
        ("127.0.0.1:10024", "inet:127.0.0.1:10024"),
    ],
)
def test_the_transport_of_a_group_is_where_the_lmtp_server_listens(
    core: Core, maps: Path, place: str, named: str
) -> None:
    add_group(core.database, "team@example.org", "ada@example.org")
    there = replace(core, settings=replace(core.settings, lmtp_socket=place))

    publisher.publish(there)

    assert read(maps, MapName.TRANSPORT) == {"team@example.org": f"contactsgroups:{named}"}
    assert publisher.compare_maps(there) == []


def test_the_directory_and_all_maps_can_be_read_by_postfix(core: Core, maps: Path) -> None:
    publisher.publish(core)
    assert maps.stat().st_mode & 0o777 == 0o755
    assert {path.stat().st_mode & 0o777 for path in maps.glob("*.lmdb")} == {0o644}


def test_a_comparison_names_each_key_that_differs(core: Core, maps: Path) -> None:
    publisher.publish(core)
    MapFile(maps, MapName.SENDER_LOGIN).change(
        {"ada@example.org": "eve@example.org", "bob@example.org": None, "x@example.org": "x"}
    )

    assert [str(each) for each in publisher.compare_maps(core)] == [
        "sender_login: ada@example.org gives eve@example.org, should give ada@example.org",
        "sender_login: bob@example.org gives None, should give bob@example.org",
        "sender_login: x@example.org gives x, should give None",
    ]


def test_a_comparison_before_the_first_publication_misses_everything(
    core: Core, maps: Path
) -> None:
    assert {each.published for each in publisher.compare_maps(core)} == {None}
    assert not maps.exists()


def test_what_follows_the_journal_ends_where_a_whole_publication_would(core: Core) -> None:
    """A long run of different changes, each published by its difference alone."""
    follower = publisher._Follower(core)
    changes = Changes(core, random.Random(7))
    add_accounts(core.database, ["kim"], domain="grün.example")
    assert follower.step()
    for _ in range(60):
        changes.make_one()
        assert follower.step()
        assert publisher.compare_maps(core) == []


class Changes:
    """Makes changes of every kind, one at a time."""

    def __init__(self, core: Core, chance: random.Random) -> None:
        self._core, self._chance = core, chance
        self._lanes = random.Random(7)
        self._groups: list[GroupDetails] = []
        self._number = 0

    def make_one(self) -> None:
        kinds = [self._new_group, self._new_account, self._activity, self._alias]
        if self._groups:
            kinds += [self._delete_group, self._switches, self._member, self._rename]
        self._number += 1
        self._chance.choice(kinds)()

    def _new_group(self) -> None:
        domain = self._chance.choice(["example.org", "grün.example"])
        nested = [group.address for group in self._groups[:1]]
        members = ["ada@example.org", "kim@grün.example", *nested]
        address = f"group{self._number}@{domain}"
        ignoring = self._lanes.choice([True, False])
        group = add_group(self._core.database, address, *members, ignore_auto_replies=ignoring)
        self._groups.append(group)

    def _new_account(self) -> None:
        add_account(self._core.database, f"user{self._number}@example.org")

    def _activity(self) -> None:
        add_account(
            self._core.database, "zoe@example.org", active=self._chance.choice([True, False])
        )

    def _alias(self) -> None:
        account = self._chance.choice(["ada@example.org", "zoe@example.org"])
        add_alias(self._core.database, f"alias{self._number % 3}@example.org", account)

    def _delete_group(self) -> None:
        group = self._groups.pop(self._chance.randrange(len(self._groups)))
        groups.remove_group(self._core.database, OPERATOR, group.uuid)

    def _switches(self) -> None:
        group = self._chance.choice(self._groups)
        switch(
            self._core,
            groups.show_group(self._core.database, OPERATOR, group.uuid),
            disabled=self._chance.choice([True, False]),
            moderated=self._chance.choice([True, False]),
            ignore_auto_replies=self._lanes.choice([True, False]),
        )

    def _member(self) -> None:
        group = self._chance.choice(self._groups)
        newcomer = f"x{self._number}@example.net"
        members.add_members(self._core.database, OPERATOR, group.uuid, [newcomer])

    def _rename(self) -> None:
        group = self._chance.choice(self._groups)
        current = groups.show_group(self._core.database, OPERATOR, group.uuid)
        draft = group_draft(
            address=f"renamed{self._number}@{current.address.partition('@')[2]}",
            display_name="Renamed",
        )
        groups.update_group(self._core.database, OPERATOR, group.uuid, current.version, draft)


def test_a_domain_that_is_served_no_more_leaves_the_maps(core: Core, maps: Path) -> None:
    """In each of its spellings; a member in it is outside, and written to as such."""
    members = ("ada@example.org", "x@grün.example")
    group = add_group(core.database, "team@example.org", *members, ignore_auto_replies=False)
    follower = publisher._Follower(core)
    add_accounts(core.database, [], domain="grün.example")
    follower.step()
    assert {"xn--grn-ioa.example", "grün.example"} <= read(maps, MapName.VIRTUAL_DOMAINS).keys()
    assert read(maps, MapName.VIRTUAL_ALIAS)[group.address] == "ada@example.org"
    accounts.remove_domain(core.database, OPERATOR, "grün.example")
    follower.step()
    assert not {"xn--grn-ioa.example", "grün.example"} & read(maps, MapName.VIRTUAL_DOMAINS).keys()
    written_to = read(maps, MapName.VIRTUAL_ALIAS)[group.address]
    assert written_to == "ada@example.org, x@xn--grn-ioa.example"
    assert publisher.compare_maps(core) == []


def test_a_group_with_an_inactive_member_known_by_an_alias_is_published_anew(
    core: Core, maps: Path
) -> None:
    add_alias(core.database, "z@example.org", "zoe@example.org")
    members = ("ada@example.org", "z@example.org")
    add_group(core.database, "team@example.org", *members, ignore_auto_replies=False)
    follower = publisher._Follower(core)
    follower.step()
    add_account(core.database, "zoe@example.org", active=False)
    follower.step()

    alias = read(maps, MapName.VIRTUAL_ALIAS)
    assert alias["team@example.org"] == "ada@example.org"
    assert "z@example.org" not in alias


class Interrupted(Exception):
    pass


TRANSITIONS = [
    *("disable", "enable", "moderate", "delete", "replace an account", "become an account"),
    *("ignore automatic replies", "accept automatic replies"),
]
STEPS = len(MapName) + 1  # recipient_access is changed twice


def outcome(maps: Path, key: str) -> str:
    """What would become of a message to ``key`` with the maps as they are."""
    access = read(maps, MapName.RECIPIENT_ACCESS).get(key)
    if access == CLOSED_GROUP:
        return "refused at RCPT"
    alias = read(maps, MapName.VIRTUAL_ALIAS).get(key)
    if alias is not None and alias != key:
        return f"to {alias}, {'as the service decides' if access else 'whoever sends it'}"
    transport = read(maps, MapName.TRANSPORT).get(key)
    if transport is not None:
        return "to the LMTP server" if transport.startswith("contactsgroups:") else "kept"
    if key in read(maps, MapName.VIRTUAL_MAILBOX):
        return "to its mailbox"
    return "unknown"


@pytest.mark.parametrize("transition", TRANSITIONS)
@pytest.mark.parametrize("steps", range(STEPS))
def test_every_state_in_between_treats_a_message_as_before_or_after(
    core: Core, maps: Path, transition: str, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal for now is allowed too: the sender tries again."""
    prepare(core, transition)
    publisher.publish(core)
    before = outcome(maps, "team@example.org")
    make(core, transition)
    interrupt_after(steps, monkeypatch)
    with pytest.raises(Interrupted):
        publisher.publish(core)
    monkeypatch.undo()

    between = outcome(maps, "team@example.org")
    publisher.publish(core)
    after = outcome(maps, "team@example.org")

    # The LMTP server decides by what is stored, not by maps.
    assert between in {before, after, "refused at RCPT", "to the LMTP server"}
    assert before != after


@pytest.mark.parametrize("steps", range(STEPS))
def test_no_state_in_between_lets_mail_to_a_new_group_pass_undecided(
    core: Core, maps: Path, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.publish(core)
    add_group(core.database, "new@example.org", "ada@example.org", ignore_auto_replies=False)
    add_account(core.database, "new+account@example.org")
    interrupt_after(steps, monkeypatch)
    with pytest.raises(Interrupted):
        publisher.publish(core)
    between = {outcome(maps, "new@example.org"), outcome(maps, "new+account@example.org")}
    assert between <= {"unknown", "refused at RCPT", "to its mailbox"}


def prepare(core: Core, transition: str) -> None:
    if transition == "replace an account":
        add_account(core.database, "team@example.org")
        return
    ignoring = transition == "accept automatic replies"
    group = add_group(
        core.database, "team@example.org", "ada@example.org", ignore_auto_replies=ignoring
    )
    if transition == "enable":
        switch(core, group, disabled=True)


def make(core: Core, transition: str) -> None:
    if transition == "replace an account":
        accounts.remove_account(core.database, OPERATOR, "team@example.org")
        add_group(core.database, "team@example.org", "ada@example.org")
        return
    group = groups.find_group(core.database, OPERATOR, "team@example.org")
    if transition in {"delete", "become an account"}:
        groups.remove_group(core.database, OPERATOR, group.uuid)
        if transition == "become an account":
            release_address(core.database, OPERATOR, group.uuid)
            add_account(core.database, "team@example.org")
        return
    switch(
        core,
        group,
        disabled=transition == "disable",
        moderated=transition == "moderate",
        ignore_auto_replies=transition == "ignore automatic replies",
    )


def interrupt_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for way in ("replace", "change_in_place"):
        monkeypatch.setattr(MapFile, way, _interrupting(getattr(MapFile, way), steps, done))


def _interrupting(
    original: Callable[[MapFile, object], object], steps: int, done: list[str]
) -> Callable[[MapFile, object], object]:
    def change(self: MapFile, rows: object) -> object:
        if len(done) == steps:
            raise Interrupted
        done.append(self.path.name)
        return original(self, rows)

    return change


def test_a_damaged_or_missing_map_is_made_anew_without_letting_anything_pass(
    core: Core, maps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_group(core.database, "team@example.org", "ada@example.org", ignore_auto_replies=False)
    publisher.publish(core)
    path = MapFile(maps, MapName.RECIPIENT_ACCESS).path
    for damage in (lambda: path.write_bytes(b"no LMDB file" * 1000), path.unlink):
        damage()
        interrupt_after(2, monkeypatch)
        with pytest.raises(Interrupted):
            publisher.publish(core)
        monkeypatch.undo()
        assert outcome(maps, "team@example.org") == "refused at RCPT"
        publisher.publish(core)
        assert outcome(maps, "team@example.org").endswith("as the service decides")


def test_a_map_that_somebody_keeps_locked_stays_whole_and_nothing_else_is_changed(
    core: Core, maps: Path
) -> None:
    """Replaced, it would not be seen by who is connected, and a new group be open to them."""
    publisher.publish(core)
    add_group(core.database, "team@example.org", "ada@example.org", ignore_auto_replies=False)
    follower = publisher._Follower(core)
    with locked_by_another_process(MapFile(maps, MapName.RECIPIENT_ACCESS).path):
        assert not follower.step()
        assert outcome(maps, "team@example.org") == "unknown"
    assert follower.step()
    assert outcome(maps, "team@example.org").endswith("as the service decides")


def test_a_publisher_that_waits_too_long_gives_up(
    core: Core, maps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "_LOCK_SECONDS", 0.05)
    publisher.publish(core)
    with (maps / "publisher.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="another publisher holds the lock"):
            publisher.publish(core)


def test_a_directory_that_cannot_be_written_is_named(core: Core, maps: Path) -> None:
    maps.write_text("in the way")
    with pytest.raises(Unavailable, match=str(maps)):
        publisher.publish(core)


def test_an_unreadable_status_is_no_status(core: Core, maps: Path) -> None:
    assert publisher.read_status(maps) is None
    publisher.publish(core)
    for content in ("", "[]", '{"epoch": 1}', "{"):
        (maps / "status.json").write_text(content)
        assert publisher.read_status(maps) is None


def test_other_users_cannot_hold_the_publishers_lock(core: Core, maps: Path) -> None:
    """A file can be locked by whoever can read it."""
    publisher.publish(core)
    assert (maps / "publisher.lock").stat().st_mode & 0o777 == 0o600
