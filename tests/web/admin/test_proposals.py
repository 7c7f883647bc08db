"""Whom somebody may have meant."""

import pytest

from contactsgroups.domain.member_lines import read_lines
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.completion import CompletionIndex
from contactsgroups.web.admin.proposals import with_proposals
from tests.directories import add_account, add_group


@pytest.fixture
def propose(core, tmp_path):
    for address, name in (
        ("wang.wei@example.org", "王伟 Wang Wei"),
        ("sofia.p@example.org", "Σοφία Παπαδοπούλου"),
        ("jan.novak@example.org", "Jan Novák"),
        ("wang.wei@example.com", "Another"),
    ):
        add_account(core.database, address, display_name=name)
    add_group(core.database, "everybody@example.org", "ada@example.org")
    index = CompletionIndex(core.database, tmp_path / "index", interval=0)

    def propose(text, who="admin@example.org"):
        actor = find_principal(core.database, who)
        return [each.proposal for each in with_proposals(index, actor, read_lines(text))]

    yield propose
    index.close()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("wang.wie@example.org", "wang.wei@example.org"),
        ("jannovak@example.org", "jan.novak@example.org"),
        ("everybbody@example.org", "everybody@example.org"),
        ("Σοφία Παπαδοπούλου", "sofia.p@example.org"),
        ("zzz@example.org", ""),
        ("nobody at all", ""),
        ("x@@side.example", "x@side.example"),
    ],
)
def test_the_nearest_is_proposed(propose, text, meant):
    assert propose(text) == [meant]


def test_nobody_is_proposed_who_is_not_shown_to_the_reader(propose):
    assert propose("wang.wie@example.org", who="carl@example.com") == [""]
