"""What becomes of a message in the LMTP lane, for each of its recipients."""

import pytest
from sqlalchemy import select, update

from contactsgroups.domain.address import Address
from contactsgroups.domain.message_header import loop_mark
from contactsgroups.domain.posting import Action, Evidence
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group
from contactsgroups.services.delivery.distribution import (
    NO_GROUP,
    WENT_THROUGH,
    Incoming,
    Verdict,
    plan_distribution,
)
from contactsgroups.services.delivery.sender_evidence import EvidenceRecorder, Handover
from contactsgroups.services.groups import remove_group
from tests.directories import add_group
from tests.statements import statements_of

ADA = Address.parse("ada@example.org")
STRANGER = Evidence(envelope_sender=Address.parse("x@example.net"))
NOWHERE = Handover("", "")


def plan(
    database: Database,
    *recipients: str,
    evidence: Evidence = STRANGER,
    handover: Handover = NOWHERE,
    marks: tuple[str, ...] = (),
) -> list[Verdict]:
    message = Incoming(
        recipients=recipients, evidence=evidence, handover=handover, loop_marks=marks
    )
    return plan_distribution(database, message)


def actions(database: Database, *recipients: str, evidence: Evidence = STRANGER) -> list[Action]:
    return [each.action for each in plan(database, *recipients, evidence=evidence)]


def test_the_members_of_accepted_groups_get_copies(database: Database) -> None:
    inner = add_group(database, "inner@example.org", "eve@example.org", posting_policy="anyone")
    members = ("bob@example.org", "x@elsewhere.example", "inner@example.org")
    add_group(database, "team@example.org", *members, posting_policy="anyone")

    team, other = plan(database, "TEAM+x@example.org", "inner@example.org")

    assert team.mailboxes == {"bob@example.org", "x@elsewhere.example", "eve@example.org"}
    assert (other.action, other.mailboxes) == (Action.ACCEPT, {"eve@example.org"})
    assert other.loop_mark == loop_mark(inner.uuid)


def test_what_is_no_group_waits(database: Database) -> None:
    """Postfix looks at its maps again, and finds whose address it is now."""
    gone = add_group(database, "gone@example.org", "bob@example.org", posting_policy="anyone")
    remove_group(database, OPERATOR, gone.uuid)

    verdicts = plan(
        database, "ada@example.org", "nobody@example.org", "gone@example.org", "no address", ""
    )

    assert verdicts == [Verdict(Action.DEFER, NO_GROUP)] * 5


@pytest.mark.parametrize(
    "evidence", [Evidence(), Evidence(envelope_sender=ADA, automatic=True, login=ADA)]
)
def test_automatic_replies_are_passed_on_only_by_groups_that_want_them(
    database: Database, evidence: Evidence
) -> None:
    switches = {"ignores@example.org": True, "wants@example.org": False}
    for address, ignoring in switches.items():
        add_group(
            database,
            address,
            "bob@example.org",
            posting_policy="anyone",
            ignore_auto_replies=ignoring,
        )
    assert actions(database, *switches, evidence=evidence) == [Action.DISCARD, Action.ACCEPT]


def test_a_message_does_not_go_through_a_group_twice(database: Database) -> None:
    team = add_group(database, "team@example.org", "bob@example.org", posting_policy="anyone")
    add_group(database, "other@example.org", "bob@example.org", posting_policy="anyone")
    add_group(database, "closed@example.org", "bob@example.org", posting_policy="members")

    verdicts = plan(
        database,
        "team@example.org",
        "other@example.org",
        "closed@example.org",
        marks=(loop_mark(team.uuid), "another"),
    )

    assert verdicts[0] == Verdict(Action.DISCARD, WENT_THROUGH)
    assert [each.action for each in verdicts[1:]] == [Action.ACCEPT, Action.REJECT]


def test_who_signed_in_at_the_policy_service_is_known(database: Database) -> None:
    uuid = add_group(database, "team@example.org", "ada@example.org", posting_policy="members").uuid
    with database.read() as session:
        group_id = session.scalars(select(Group.id).where(Group.uuid == uuid)).one()
    here, known = Handover("192.0.2.1", "40001"), Evidence(envelope_sender=ADA)
    (verdict,) = plan(database, "team@example.org", evidence=known, handover=here)
    assert verdict.action is Action.REJECT

    EvidenceRecorder(database).record(here, Evidence(login=ADA, envelope_sender=ADA), group_id)

    for handover, action in ((here, Action.ACCEPT), (NOWHERE, Action.REJECT)):
        (verdict,) = plan(database, "team@example.org", evidence=known, handover=handover)
        assert verdict.action is action


def test_nobody_gets_a_copy_of_what_is_not_accepted(database: Database) -> None:
    add_group(
        database,
        "moderated@example.org",
        "bob@example.org",
        posting_policy="anyone",
        moderated=True,
        moderators=["ada@example.org"],
    )
    add_group(database, "off@example.org", "bob@example.org", disabled=True)
    add_group(database, "strange@example.org", "bob@example.org")
    with database.write() as session:
        is_strange = Group.address == "strange@example.org"
        session.execute(update(Group).where(is_strange).values(posting_policy="unheard of"))

    verdicts = plan(database, "moderated@example.org", "off@example.org", "strange@example.org")

    assert [each.action for each in verdicts] == [Action.HOLD, Action.REJECT, Action.DEFER]
    assert not any(each.mailboxes or each.loop_mark for each in verdicts)


def test_the_statements_are_as_many_for_many_groups(database: Database) -> None:
    def count(number: int) -> int:
        recipients = [f"team{each}@example.org" for each in range(number)]
        with statements_of(database) as statements:
            assert actions(database, *recipients) == [Action.ACCEPT] * number
        return len(statements)

    for number in range(12):
        add_group(database, f"team{number}@example.org", "bob@example.org", posting_policy="anyone")
    assert count(2) == count(12)
