"""What is counted or listed from the table of recipients is what a principal may see anyway."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Recipient
from contactsgroups.services.groups.known_recipients import groups_known_throughout
from contactsgroups.services.groups.member_views import expand_for
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA
from tests.statements import statements_of

_OUTSIDE = ("ada", "bob", "eve", "desk", "far")
_GROUPS = tuple("abcdef")
_SWITCHES = ("show_members", "show_in_contacts", "disabled")


GROUPS = st.tuples(
    *(
        st.tuples(
            st.sets(st.sampled_from((*_OUTSIDE, *_GROUPS[:place])), min_size=1),
            st.fixed_dictionaries({each: st.booleans() for each in _SWITCHES}),
        )
        for place in range(len(_GROUPS))
    )
)
"""Members and switches of six groups, each with none but earlier ones inside."""
_RUNS = count()


@pytest.fixture
def people(small: Database) -> Database:
    """Four accounts, one elsewhere, and an alias of one here and of the one elsewhere."""
    add_account(small, "nia@example.net")
    add_alias(small, "desk@example.org", "bob@example.org")
    add_alias(small, "far@example.org", "nia@example.net")
    return small


@given(drawn=GROUPS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_of_groups_known_throughout_the_table_has_what_may_be_seen(
    people: Database, drawn: tuple[tuple[set[str], dict[str, bool]], ...]
) -> None:
    run = next(_RUNS)
    names = []
    for name, (members, switches) in zip(_GROUPS, drawn, strict=True):
        named = [f"{each}{run}" if each in _GROUPS else each for each in sorted(members)]
        names.append(f"{name}{run}@example.org")
        add_group(people, names[-1], *(f"{each}@example.org" for each in named), **switches)
    eve = Principal(address=Address.parse("eve@example.org"))
    with people.read() as session:
        groups = session.scalars(select(Group).where(Group.address.in_(names))).all()
        for principal in (ADA, eve, NIA, LOCAL_ADMIN, OPERATOR):
            known = groups_known_throughout(session, principal, groups)
            for group in groups:
                assert (group.id in known) == (
                    groups_known_throughout(session, principal, [group]) == {group.id}
                )
                if group.id in known:
                    rows = select(Recipient.address).where(Recipient.group_id == group.id)
                    reached = expand_for(session, principal, group)
                    assert sorted(session.scalars(rows)) == reached


def test_the_statements_do_not_grow_with_the_groups(small: Database) -> None:
    for number in range(30):
        add_group(small, f"inner{number}@example.org", "bob@example.org")
        add_group(small, f"outer{number}@example.org", f"inner{number}@example.org")
    counts = []
    for number in (1, 30):
        names = [f"outer{each}@example.org" for each in range(number)]
        with small.read() as session:
            groups = session.scalars(select(Group).where(Group.address.in_(names))).all()
            with statements_of(small) as found:
                assert len(groups_known_throughout(session, ADA, groups)) == number
        counts.append(len(found))
    assert counts[0] == counts[1]
