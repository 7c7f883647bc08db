"""What Postfix is told is the same on every database."""

from contactsgroups.domain.address import Address
from contactsgroups.domain.change import JournalPosition
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.delivery.published_maps import (
    CLOSED_GROUP,
    HELD_GROUP,
    LMTP_PLACE,
    MapName,
    open_snapshot,
    read_position,
)
from tests.directories import add_account, add_accounts, add_alias, add_group

LMTP = f"contactsgroups:{LMTP_PLACE}"


def read(database: Database, name: MapName) -> dict[str, str]:
    with open_snapshot(database) as snapshot:
        return dict(snapshot.read_rows(name))


def test_aliases_and_groups_are_expanded_and_other_groups_stand_for_themselves(
    database: Database,
) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    native = {"ignore_auto_replies": False}
    add_group(database, "inner@example.org", "a@example.org", "x@elsewhere.example", **native)
    add_group(database, "outer@example.org", "inner@example.org", "bob@example.org", **native)
    add_group(database, "lmtp@example.org", "outer@example.org")
    add_group(database, "off@example.org", "bob@example.org", disabled=True)
    add_group(
        database,
        "kept@example.org",
        "bob@example.org",
        moderated=True,
        moderators=["eve@example.org"],
    )
    add_account(database, "inner+x@example.org")

    assert read(database, MapName.VIRTUAL_ALIAS) == {
        "a@example.org": "ada@example.org",
        "inner+x@example.org": "inner+x@example.org",
        "inner@example.org": "ada@example.org, x@elsewhere.example",
        "kept@example.org": "kept@example.org",
        "lmtp@example.org": "lmtp@example.org",
        "off@example.org": "off@example.org",
        "outer@example.org": "ada@example.org, bob@example.org, x@elsewhere.example",
    }
    assert read(database, MapName.ALIASES_ONLY) == {
        "a@example.org": "ada@example.org",
        "inner+x@example.org": "inner+x@example.org",
    }
    assert read(database, MapName.RECIPIENT_ACCESS) == {
        "inner+x@example.org": "DUNNO",
        "inner@example.org": "contactsgroups_group",
        "kept@example.org": HELD_GROUP,
        "lmtp@example.org": "contactsgroups_group",
        "off@example.org": CLOSED_GROUP,
        "outer@example.org": "contactsgroups_group",
    }
    assert read(database, MapName.TRANSPORT) == {
        "inner+x@example.org": ":",
        "inner@example.org": LMTP,
        "kept@example.org": LMTP,
        "lmtp@example.org": LMTP,
        "off@example.org": "error:5.2.1 mailbox unavailable",
        "outer@example.org": LMTP,
    }


def test_an_address_with_a_plus_sign_never_falls_back_to_the_one_without(
    database: Database,
) -> None:
    """Postfix looks up "team" where "team+x" has no entry, in every map."""
    add_group(database, "team@example.org", "ada@example.org", disabled=True)
    add_account(database, "team+account@example.org")
    add_account(database, "team+gone@example.org", active=False)
    add_alias(database, "team+alias@example.org", "bob@example.org")
    add_group(database, "team+group@example.org", "eve@example.org")
    add_group(database, "team+off@example.org", "eve@example.org", disabled=True)
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(database, "a+group@example.org", "eve@example.org")

    assert read(database, MapName.RECIPIENT_ACCESS) == {
        "a+group@example.org": "contactsgroups_group",
        "team+account@example.org": "DUNNO",
        "team+alias@example.org": "DUNNO",
        "team+group@example.org": "contactsgroups_group",
        "team+off@example.org": CLOSED_GROUP,
        "team@example.org": CLOSED_GROUP,
    }
    assert read(database, MapName.ALIASES_ONLY) == {
        "a+group@example.org": "a+group@example.org",
        "a@example.org": "ada@example.org",
        "team+account@example.org": "team+account@example.org",
        "team+alias@example.org": "bob@example.org",
        "team+group@example.org": "team+group@example.org",
        "team+off@example.org": "team+off@example.org",
    }
    for name in (MapName.VIRTUAL_ALIAS, MapName.TRANSPORT):
        assert {"team+account@example.org", "team+group@example.org"} <= read(database, name).keys()


def test_only_active_accounts_have_mailboxes_and_may_send(database: Database) -> None:
    add_account(database, "zoe@example.org", active=False)
    add_alias(database, "a@example.org", "ada@example.org")
    add_alias(database, "z@example.org", "zoe@example.org")

    assert read(database, MapName.VIRTUAL_MAILBOX) == {
        f"{name}@example.org": f"example.org/{name}/" for name in ("ada", "bob", "eve")
    }
    assert read(database, MapName.SENDER_LOGIN) == {
        "a@example.org": "ada@example.org",
        "ada@example.org": "ada@example.org",
        "bob@example.org": "bob@example.org",
        "eve@example.org": "eve@example.org",
    }


def test_no_local_part_leads_out_of_its_own_directory(database: Database) -> None:
    add_accounts(database, ["ada/new", "a/b/c", "/x", "slash/"])
    places = read(database, MapName.VIRTUAL_MAILBOX).values()
    assert len(places) == len(set(places))
    for place in places:
        domain, directory, end = place.split("/")
        assert (domain, end) == ("example.org", "")
        assert directory not in {"", ".", ".."}


def test_other_spellings_of_a_domain_are_keys_too(database: Database) -> None:
    add_accounts(database, ["jörg"], domain="grün.example")
    add_accounts(database, ["kim"], domain="straße.example")

    domains = read(database, MapName.VIRTUAL_DOMAINS)
    assert {"grün.example", "xn--grn-ioa.example", "xn--strae-oqa.example"} <= domains.keys()
    # Postfix would look this one up as strasse.example, which is somebody else's.
    assert not {"straße.example", "strasse.example"} & domains.keys()
    mailboxes = read(database, MapName.VIRTUAL_MAILBOX)
    assert mailboxes["jörg@grün.example"] == mailboxes["jörg@xn--grn-ioa.example"]


def test_the_rows_of_chosen_addresses_are_those_of_the_whole_map(database: Database) -> None:
    add_accounts(database, ["jörg"], domain="grün.example")
    jorg = str(Address.parse("jörg@grün.example"))
    with open_snapshot(database) as snapshot:
        for name in MapName:
            chosen = dict(snapshot.read_rows(name, ["ada@example.org", jorg, "x@example.org"]))
            keys = {"ada@example.org", *snapshot.spell(jorg)}
            whole = dict(snapshot.read_rows(name))
            assert chosen == {key: whole[key] for key in keys & whole.keys()}


def test_a_change_names_the_addresses_it_touched(database: Database) -> None:
    inner = add_group(database, "inner@example.org", "ada@example.org")
    add_group(database, "outer@example.org", "inner@example.org", "bob@example.org")
    add_alias(database, "a@example.org", "ada@example.org")
    before = read_position(database)
    groups.remove_group(database, OPERATOR, inner.uuid)
    middle = read_position(database)
    add_account(database, "ada@example.org", active=False)

    with open_snapshot(database) as snapshot:
        assert snapshot.find_changes(middle) == {"ada@example.org", "a@example.org"}
        assert snapshot.find_changes(snapshot.position) == set()
        changes = snapshot.find_changes(before)
    assert changes is not None
    assert {"inner@example.org", "outer@example.org"} <= changes


def test_a_new_domain_or_another_database_may_change_everything(database: Database) -> None:
    before = read_position(database)
    add_accounts(database, [], domain="example.com")
    with open_snapshot(database) as snapshot:
        assert snapshot.find_changes(before) is None
        assert snapshot.find_changes(JournalPosition("another", before.last)) is None
        assert snapshot.find_changes(snapshot.position) == set()
