"""What an account may know of the groups that it writes to, before it writes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import Conflict, GroupNotFound, NotPermitted
from contactsgroups.domain.posting import Action, Evidence
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database, schema
from contactsgroups.services import groups
from contactsgroups.services.accounts import sharing
from contactsgroups.services.delivery.decider import Decider
from contactsgroups.services.groups import audience
from contactsgroups.services.groups.audience import Audience, WrittenTo, find_audience
from tests.directories import add_account, add_accounts, add_alias, add_group, group_draft
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA


def ask(database: Database, *addresses: str, principal: Principal = ADA) -> Audience:
    return find_audience(database, principal, [Address.parse(each) for each in addresses])


def ask_one(database: Database, address: str, principal: Principal = ADA) -> WrittenTo:
    (found,) = ask(database, address, principal=principal).recipients
    return found


def test_each_address_is_what_it_is(small: Database) -> None:
    add_group(small, "team@example.org", "bob@example.org", "x@side.example")
    found = ask(small, "team@example.org", "Bob@example.org", "y@side.example", "no@example.org")
    assert [(each.name, each.kind) for each in found.recipients] == [
        ("Team", "group"),
        ("Bob", "account"),
        ("", "external"),
        ("", "unknown"),
    ]
    team = found.recipients[0]
    assert (team.recipient_count, team.external_count) == (2, 1)


def test_a_mailbox_that_is_reached_twice_counts_once_and_one_that_is_not_there_does_not(
    small: Database,
) -> None:
    add_group(small, "team@example.org", "bob@example.org", "eve@example.org")
    add_group(small, "all@example.org", "team@example.org", "zoe@example.org")
    counts = {
        ("team@example.org", "bob@example.org", "BOB@example.org"): 2,
        ("all@example.org", "team@example.org"): 3,
        ("all@example.org", "x@side.example"): 4,
        ("no@example.org",): 0,
        (): 0,
    }
    for addresses, count in counts.items():
        assert ask(small, *addresses).mailbox_count == count, addresses


def test_a_closed_group_is_counted_without_telling_who_is_in_it(small: Database) -> None:
    """Bob is in both; a count of two would say so."""
    add_group(small, "closed@example.org", "bob@example.org", "eve@example.org", show_members=False)
    asked = ("closed@example.org", "bob@example.org")
    assert ask(small, *asked).mailbox_count == 3
    assert ask(small, *asked, principal=LOCAL_ADMIN).mailbox_count == 2
    assert ask_one(small, "closed@example.org").external_count == 0


@pytest.mark.parametrize("inside", ["closed@example.org", "middle@example.org", "far@example.org"])
def test_a_group_that_leads_into_an_unknown_one_does_not_tell_who_is_there(
    small: Database, inside: str
) -> None:
    """A team of one's own with a closed group inside would find out who is in that, one by one."""
    add_accounts(small, ["nia"], domain="example.net")
    people = ("bob@example.org", "eve@example.org")
    add_group(small, "closed@example.org", *people, show_members=False)
    add_group(small, "middle@example.org", "closed@example.org")
    add_alias(small, "far@example.org", "nia@example.net")
    add_group(small, "own@example.org", "ada@example.org", inside, owners=["ada@example.org"])
    alone = ask(small, "own@example.org").mailbox_count
    for guess in (*people, "zoe@example.org", "nia@example.net", "none@example.net"):
        assert ask(small, "own@example.org", guess).mailbox_count == alone + 1, guess


def test_whoever_may_look_into_all_groups_inside_has_each_mailbox_counted_once(
    small: Database,
) -> None:
    add_group(small, "closed@example.org", "bob@example.org", show_members=False)
    add_group(small, "off@example.org", "zoe@example.org", show_members=False, disabled=True)
    add_group(small, "own@example.org", "eve@example.org", "off@example.org")
    add_group(small, "all@example.org", "own@example.org", "closed@example.org")
    asked = ("all@example.org", "bob@example.org")
    assert ask(small, *asked, principal=LOCAL_ADMIN).mailbox_count == 2
    assert ask(small, *asked).mailbox_count == 3
    assert ask(small, "own@example.org", "eve@example.org").mailbox_count == 1


def test_whoever_may_not_post_reaches_nobody(small: Database) -> None:
    add_group(small, "board@example.org", "bob@example.org", posting_policy="members")
    found = ask(small, "board@example.org")
    assert found.mailbox_count == 0
    decision = found.recipients[0].decision
    assert decision is not None
    assert (decision.action, decision.reason) == (Action.REJECT, "only members may post")
    bob = Principal(address=Address.parse("bob@example.org"))
    assert ask(small, "board@example.org", principal=bob).mailbox_count == 1


def test_a_message_that_waits_for_a_moderator_counts(small: Database) -> None:
    add_group(
        small, "team@example.org", "bob@example.org", moderated=True, moderators=["eve@example.org"]
    )
    found = ask(small, "team@example.org")
    decision = found.recipients[0].decision
    assert decision is not None
    assert (decision.action, found.mailbox_count) == (Action.HOLD, 1)


def test_of_a_hidden_group_only_what_the_mail_server_would_say_is_told(small: Database) -> None:
    add_group(
        small,
        "secret@example.org",
        *("bob@example.org", "eve@example.org", "x@side.example"),
        display_name="Secret Plans",
        posting_policy="members",
        show_in_contacts=False,
    )
    found = ask_one(small, "secret@example.org")
    assert (found.name, found.recipient_count, found.external_count) == ("", 1, 0)
    assert found.decision is not None
    assert (found.decision.action, found.decision.trace) == (Action.REJECT, ())


class TestMembers:
    """What compose puts in a group's place."""

    def test_whoever_may_see_members_anyway_sees_those_of_a_closed_group(
        self, small: Database
    ) -> None:
        values = {"show_members": False, "owners": ["ada@example.org"]}
        group = add_group(small, "closed@example.org", "bob@example.org", **values)
        for principal in (ADA, LOCAL_ADMIN):
            shown = audience.list_visible_members(small, principal, group.uuid)
            assert [each.address for each in shown] == ["bob@example.org"]
        bob = Principal(address=Address.parse("bob@example.org"))
        with pytest.raises(NotPermitted):
            audience.list_visible_members(small, bob, group.uuid)

    def test_they_are_listed_to_whoever_sees_the_group(self, small: Database) -> None:
        group = add_group(small, "team@example.org", "bob@example.org", "x@side.example")
        shown = audience.list_visible_members(small, ADA, group.uuid)
        assert [(each.address, each.name) for each in shown] == [
            ("bob@example.org", "Bob"),
            ("x@side.example", ""),
        ]
        with pytest.raises(GroupNotFound):
            audience.list_visible_members(small, NIA, group.uuid)
        with pytest.raises(GroupNotFound):
            audience.list_visible_members(small, ADA, "no such group")

    def test_a_group_that_does_not_show_them_does_not(self, small: Database) -> None:
        group = add_group(small, "team@example.org", "bob@example.org", show_members=False)
        with pytest.raises(NotPermitted):
            audience.list_visible_members(small, ADA, group.uuid)

    def test_too_many_are_none(self, small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """A part of them would be taken for all."""
        group = add_group(small, "team@example.org", "bob@example.org", "eve@example.org")
        monkeypatch.setattr(audience, "MEMBERS_LIMIT", 1)
        with pytest.raises(Conflict, match="reaches 2 mailboxes"):
            audience.list_visible_members(small, ADA, group.uuid)


class TestPictures:
    """A group's icon."""

    def test_it_is_shown_to_whoever_sees_the_group_and_to_its_administrators(
        self, small: Database
    ) -> None:
        shown = add_group(small, "team@example.org", "bob@example.org")
        hidden = add_group(small, "secret@example.org", "bob@example.org", show_in_contacts=False)
        view = audience.read_visible_picture(small, ADA, shown.uuid)
        assert view.data.startswith(b"\x89PNG")
        assert view.version == shown.picture_version
        assert audience.read_visible_picture(small, LOCAL_ADMIN, hidden.uuid).data
        for principal, group in ((ADA, hidden), (NIA, shown)):
            with pytest.raises(GroupNotFound):
                audience.read_visible_picture(small, principal, group.uuid)

    def test_whoever_knows_the_version_needs_no_sign_in_until_the_group_is_hidden(
        self, small: Database
    ) -> None:
        group = add_group(small, "team@example.org", "bob@example.org")
        version = group.picture_version
        assert audience.read_listed_picture(small, group.uuid, version).version == version
        for faulty in ("", "0", version.upper() + "x"):
            with pytest.raises(GroupNotFound):
                audience.read_listed_picture(small, group.uuid, faulty)
        draft = group_draft("team@example.org", display_name="Team", show_in_contacts=False)
        groups.update_group(small, OPERATOR, group.uuid, group.version, draft)
        with pytest.raises(GroupNotFound):
            audience.read_listed_picture(small, group.uuid, version)


def test_shown_groups_of_another_domain_are_asked_as_a_stranger_would(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    add_group(small, "net@example.net", "nia@example.net")
    sharing.share_domain(small, OPERATOR, "example.net", "example.org")
    found = ask_one(small, "net@example.net")
    assert (found.kind, found.name) == ("group", "Net")
    assert found.decision is not None
    assert found.decision.action is Action.REJECT


_HAD = ("nia", "nia+box", "off", "desk", "desk+x", "net", "net+x", "open", "secret")


@pytest.fixture(scope="module")
def neighbours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Example.net with everything there can be; it is not shown to example.org."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('neighbours') / 'test.sqlite'}")
    schema.upgrade(database)
    add_accounts(database, ["ada", "bob"])
    add_accounts(database, ["nia"], domain="example.net")
    add_account(database, "off@example.net", active=False)
    add_alias(database, "desk@example.net", "nia@example.net")
    add_group(database, "net@example.net", "nia@example.net")
    add_group(database, "open@example.net", "nia@example.net", "x@y.z", posting_policy="anyone")
    add_group(database, "secret@example.net", "nia@example.net", show_in_contacts=False)
    add_group(database, "team@example.org", "ada@example.org", "bob@example.org")
    add_alias(database, "away@example.org", "nia@example.net")
    yield database
    database.dispose()


@given(
    names=st.lists(st.sampled_from(_HAD), min_size=1, unique=True),
    others=st.lists(st.sampled_from(["bob@example.org", "team@example.org", "away@example.org"])),
    principal=st.sampled_from([ADA, LOCAL_ADMIN]),
)
@settings(max_examples=50)
def test_nothing_tells_who_is_in_a_domain_that_is_not_shown(
    neighbours: Database, names: list[str], others: list[str], principal: Principal
) -> None:
    """All that is said of those who are there is said of those who are not, and of strangers."""
    had = {f"{name}@example.net": f"none{number}" for number, name in enumerate(names)}

    def told(*addresses: str) -> object:
        found = ask(neighbours, *addresses, *others, principal=principal)
        said = [replace(each, address=ADA.address) for each in found.recipients]
        return said, found.mailbox_count

    there = told(*had)
    assert there == told(*(f"{name}@example.net" for name in had.values()))
    assert there == told(*(f"{name}@elsewhere.example" for name in had.values()))


def kinds(database: Database, *addresses: str) -> list[str]:
    return [each.kind for each in ask(database, *addresses).recipients]


def test_an_extension_leads_to_whom_the_address_without_it_belongs(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(database, "team@example.org", "bob@example.org")
    found = ask(
        database, "team+x@example.org", "ada+x@example.org", "a+x@example.org", "no+x@example.org"
    )
    assert [each.kind for each in found.recipients] == ["group", "account", "alias", "unknown"]
    assert [each.name for each in found.recipients] == ["Team", "Ada", "Ada", ""]
    assert str(found.recipients[0].address) == "team+x@example.org"


def test_an_account_or_alias_with_a_plus_sign_is_not_the_group(database: Database) -> None:
    add_group(database, "team@example.org", "bob@example.org")
    add_account(database, "team+box@example.org")
    add_alias(database, "team+a@example.org", "ada@example.org")
    add_account(database, "team+gone@example.org", active=False)
    addresses = ("team+box@example.org", "team+a@example.org", "team+gone@example.org")
    assert kinds(database, *addresses) == ["account", "alias", "group"]


def test_who_has_no_mailbox_any_more_is_unknown(database: Database) -> None:
    add_account(database, "zoe@example.org", active=False)
    assert kinds(database, "zoe@example.org", "x@elsewhere.example") == ["unknown", "external"]


def test_each_mailbox_counts_once_under_whatever_address(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(database, "team@example.org", "ada@example.org", "bob@example.org")
    found = ask(
        database,
        *("ada@example.org", "ada+x@example.org", "a@example.org", "a+x@example.org"),
        *("team@example.org", "team+x@example.org", "x@elsewhere.example"),
    )
    assert found.mailbox_count == 3


def test_a_closed_group_counts_once_under_whatever_address(database: Database) -> None:
    add_group(
        database,
        "team@example.org",
        "eve@example.org",
        "bob@example.org",
        show_members=False,
    )
    assert ask(database, "team@example.org", "team+x@example.org").mailbox_count == 2


def test_the_decision_is_the_one_that_postfix_is_given(database: Database) -> None:
    add_group(database, "open@example.org", "bob@example.org")
    add_group(database, "shut@example.org", "bob@example.org", posting_policy="allowed_senders")
    add_account(database, "shut+box@example.org")
    evidence = Evidence(login=ADA.address)
    addresses = ["open+x@example.org", "shut+x@example.org", "shut+box@example.org"]

    shown = [each.decision for each in ask(database, *addresses).recipients]

    assert shown == [Decider(database).decide(evidence, each).decision for each in addresses]
    assert [each and each.action for each in shown] == [Action.ACCEPT, Action.REJECT, None]
