"""Nobody gets a suggestion that is hidden from them, whatever happened to the directory before."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.models import Popularity
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import sharing
from contactsgroups.services.completion import CompletionIndex, popularity
from contactsgroups.services.completion.contacts import Contact, replace_contacts
from contactsgroups.services.completion.following import FollowingShard
from contactsgroups.services.completion.usage import (
    UsedAddress,
    record_usage,
    remove_all_usage,
    remove_usage,
)
from tests.directories import add_account, add_accounts, add_alias, delete_for_good, group_draft

DOMAINS = ["alpha.example", "beta.example", "gamma.example"]
OUTSIDE = "elsewhere.example"
PEOPLE = ["ann", "abe", "bob"]
ALIASES = ["also", "both"]
GROUPS = ["all", "board"]
QUERIES = ["a", "b", "al", "alpha", "a example", "bodr"]

domains = st.sampled_from(DOMAINS)
people = st.builds("{}@{}".format, st.sampled_from(PEOPLE), domains)
lists = st.builds("{}@{}".format, st.sampled_from(GROUPS), domains)
aliases = st.builds("{}@{}".format, st.sampled_from(ALIASES), domains)
extended = st.builds("{}+x@{}".format, st.sampled_from([*PEOPLE, *ALIASES, *GROUPS]), domains)
outside = st.builds("{}@{}".format, st.sampled_from(PEOPLE), st.just(OUTSIDE))
anybody = people | lists | aliases | extended | outside


class Directory(RuleBasedStateMachine):
    """Any history of three domains; beside it, in plain sets, who is to be seen by whom."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="contactsgroups-privacy-"))
        shutil.copy(self.template, self.home / "database")
        self.database = Database(f"sqlite:///{self.home / 'database'}")
        self.index = CompletionIndex(self.database, self.home / "index", interval=0)
        self.active: set[str] = set()
        self.listed: set[str] = set()
        self.shown: set[tuple[str, str]] = set()
        self.own: dict[str, set[str]] = {}
        self.mailed: dict[str, set[str]] = {}
        self.uuids: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.once: set[tuple[str, str]] = set()

    def teardown(self) -> None:
        self.index.close()
        self.database.dispose()
        shutil.rmtree(self.home)

    @initialize()
    def open_accounts(self) -> None:
        for domain in DOMAINS:
            add_accounts(self.database, ["ann", "bob"], domain)
            self.active |= {f"ann@{domain}", f"bob@{domain}"}

    @rule(address=people, active=st.booleans())
    def arrive_or_rest(self, address: str, active: bool) -> None:
        add_account(self.database, address, display_name="Abel Bonn", active=active)
        (self.active.add if active else self.active.discard)(address)

    @rule(address=people)
    def leave(self, address: str) -> None:
        try:
            accounts.remove_account(self.database, OPERATOR, address)
        except ContactsGroupsError:
            return
        self.active.discard(address)
        self.own.pop(address, None)
        self.mailed.pop(address, None)
        self.aliases = {each: to for each, to in self.aliases.items() if to != address}

    @rule(alias=aliases, address=people)
    def give_alias(self, alias: str, address: str) -> None:
        try:
            add_alias(self.database, alias, address)
        except ContactsGroupsError:
            return
        self.aliases[alias] = address
        self.once.add((alias, address))

    @rule(alias=aliases)
    def take_alias_away(self, alias: str) -> None:
        if self.aliases.pop(alias, None) is not None:
            accounts.remove_alias(self.database, OPERATOR, alias)

    @rule(address=lists, shown=st.booleans(), disabled=st.booleans(), member=anybody)
    def save_group(self, address: str, shown: bool, disabled: bool, member: str) -> None:
        draft = group_draft(
            address=address,
            display_name="All Board",
            show_in_contacts=shown,
            disabled=disabled,
            members=[member],
        )
        try:
            if address in self.uuids:
                known = groups.find_group(self.database, OPERATOR, address)
                groups.update_group(self.database, OPERATOR, known.uuid, known.version, draft)
            else:
                self.uuids[address] = groups.create_group(self.database, OPERATOR, draft).uuid
        except ContactsGroupsError:
            return  # The member is unknown, or the group would be in itself.
        (self.listed.add if shown and not disabled else self.listed.discard)(address)

    @rule(address=lists)
    def delete_group(self, address: str) -> None:
        if address in self.uuids:
            delete_for_good(self.database, self.uuids.pop(address))
            self.listed.discard(address)

    @rule(domain=domains, viewer=domains, shown=st.booleans())
    def share(self, domain: str, viewer: str, shown: bool) -> None:
        if shown:
            sharing.share_domain(self.database, OPERATOR, domain, viewer)
            self.shown.add((viewer, domain))
        else:
            sharing.hide_domain(self.database, OPERATOR, domain, viewer)
            self.shown.discard((viewer, domain))

    @rule(address=people, recipient=anybody)
    def mail(self, address: str, recipient: str) -> None:
        """Also to what the sender never got suggested: the address may be known otherwise."""
        if address in self.active and address != recipient:
            record_usage(self.database, principal_of(address), [UsedAddress(recipient, "All Bonn")])
            self.mailed.setdefault(address, set()).add(recipient)

    @rule(recipient=anybody)
    def everybody_mails(self, recipient: str) -> None:
        for address in self.active - {recipient}:
            self.mail(address, recipient)

    @rule(address=people, recipient=st.none() | anybody)
    def forget(self, address: str, recipient: str | None) -> None:
        if address not in self.active:
            return
        if recipient is None:
            remove_all_usage(self.database, principal_of(address))
            self.mailed.pop(address, None)
        else:
            remove_usage(self.database, principal_of(address), recipient)
            self.mailed.get(address, set()).discard(recipient)

    @rule(address=people, contacts=st.sets(anybody, max_size=2))
    def keep_contacts(self, address: str, contacts: set[str]) -> None:
        if address in self.active:
            cards = [Contact("book/1.vcf", "Albert Bo", contact) for contact in contacts]
            replace_contacts(self.database, address, "book", cards)
            self.own[address] = contacts

    @invariant()
    def nobody_sees_what_is_hidden(self) -> None:
        for address in [f"{name}@{domain}" for domain in DOMAINS for name in ("ann", "bob")]:
            visible = self.visible_to(address)
            for query in QUERIES:
                found = set(self.ask(address, query))
                assert found <= visible, (address, query, found - visible)

    @invariant()
    def everybody_finds_what_is_not(self) -> None:
        for domain in DOMAINS:
            address = f"ann@{domain}"
            queries = ("a", "b", *ALIASES, *(f"{alias} {d}" for alias in ALIASES for d in DOMAINS))
            found = {each for query in queries for each in self.ask(address, query)}
            assert found == self.visible_to(address)

    @invariant()
    def nothing_ranks_by_what_one_or_two_have_mailed(self) -> None:
        popularity.sum_up(self.database)
        with self.database.read() as session:
            popular = session.scalars(select(Popularity.address).where(Popularity.score > 0)).all()
        for address in popular:
            names = {address} | {alias for alias, account in self.once if account == address}
            people = [each for each, mailed in self.mailed.items() if names & mailed]
            assert len(people) >= 3, (address, people)

    @invariant()
    def answers_are_the_same_while_the_index_is_built(self) -> None:
        principal = principal_of(f"ann@{DOMAINS[0]}")
        for query in ("a", "b", "exa"):
            answer = self.index.complete(principal, query, limit=50)
            with patch.object(FollowingShard, "current", lambda *_: None):
                assert self.index.complete(principal, query, limit=50) == answer

    def visible_to(self, address: str) -> set[tuple[str, str]]:
        """What a person may be suggested, as kinds and addresses."""
        domain = address.rpartition("@")[2]
        seen = {domain} | {shown for viewer, shown in self.shown if viewer == domain}
        groups_seen = {each for each in self.listed if each.rpartition("@")[2] in seen}
        people_seen = {each for each in self.active if each.rpartition("@")[2] in seen}
        people_seen |= {
            alias
            for alias, account in self.aliases.items()
            if account in people_seen and alias.rpartition("@")[2] in seen
        }
        known = self.own.get(address, set()) | {
            each
            for each in self.mailed.get(address, ())
            if each.endswith(f"@{OUTSIDE}")
            or ("+x" in each and each.replace("+x", "") in people_seen)
        }
        return {
            *(("group", each) for each in groups_seen),
            *(("account", each) for each in people_seen),
            *(("contact", each) for each in known - groups_seen - people_seen),
        }

    def ask(self, address: str, query: str) -> Iterator[tuple[str, str]]:
        """What a person is suggested, and through which aliases."""
        for each in self.index.complete(principal_of(address), query, limit=50):
            yield str(each.kind), each.address
            via = json.loads(each.payload).get("via")
            if via is not None:
                assert self.aliases[via] == each.address
                yield "account", via


def principal_of(address: str) -> Principal:
    return Principal(address=Address.parse(address))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the newest schema."""
    path = tmp_path_factory.mktemp("privacy") / "database"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.dispose()
    return path


def test_nobody_gets_a_suggestion_that_is_hidden_from_them(template: Path) -> None:
    Directory.template = template
    machine = Directory.TestCase()
    # To find a shorter history than the one that failed would take minutes.
    machine.settings = settings(
        max_examples=8, stateful_step_count=12, deadline=None, phases=[Phase.generate]
    )
    machine.runTest()
