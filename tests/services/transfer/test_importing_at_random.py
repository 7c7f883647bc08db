"""Whatever is imported, the directory stays without contradictions."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactsgroups.persistence import Database, schema
from contactsgroups.services.checks import check_database
from contactsgroups.services.transfer.records import (
    AccountRecord,
    DomainRecord,
    MemberRole,
    MembershipRecord,
    Record,
)
from tests.directories import group_record
from tests.services.transfer.imports import position, run

_PEOPLE = [f"p{number}@example.org" for number in range(4)]
_GROUPS = [f"g{number}@example.org" for number in range(4)]
_memberships = st.builds(
    MembershipRecord,
    group=st.sampled_from(_GROUPS),
    address=st.sampled_from([*_PEOPLE, *_GROUPS, "out@partner.example", "bad@@address"]),
    role=st.sampled_from([MemberRole.MEMBER, MemberRole.MEMBER, MemberRole.OWNER]),
    until=st.sampled_from([None, None, "", "2999-01-31", "31.12.2998", "2020-01-01", "some day"]),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    first=st.lists(_memberships, max_size=12),
    second=st.lists(_memberships, max_size=12),
    replace=st.booleans(),
)
def test_any_memberships_leave_a_directory_without_contradictions(
    first: list[Record], second: list[Record], replace: bool
) -> None:
    """After any two imports the checks find nothing, and a third import changes nothing."""
    database = Database("sqlite://")
    schema.upgrade(database)
    base: list[Record] = [DomainRecord(name="example.org")]
    base += [AccountRecord(address=address) for address in _PEOPLE]
    base += [group_record(address=address, display_name=address) for address in _GROUPS]
    run(database, *base, *first)
    run(database, *base, *second, replace_members=replace)
    before = position(database)
    assert [each.text for each in check_database(database)] == []
    assert run(database, *base, *second, replace_members=replace).differences == ()
    assert position(database) == before
    database.dispose()
