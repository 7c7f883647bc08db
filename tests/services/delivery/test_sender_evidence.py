"""Who handed a message over is known to the LMTP server; in doubt, it knows less."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import Evidence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, SenderEvidence
from contactsgroups.services.delivery.sender_evidence import (
    LIFETIME,
    EvidenceRecorder,
    Handover,
    Record,
    find_evidence,
)
from tests.directories import add_group
from tests.statements import statements_of

ADA, BOB = Address.parse("ada@example.org"), Address.parse("bob@example.org")
HERE = Handover("192.0.2.1", "40001")
UNKNOWN = Evidence(envelope_sender=ADA)
SIGNED_IN = Evidence(login=ADA, envelope_sender=ADA)
TRUSTED = Evidence(envelope_sender=ADA, trusted=True)


def add(database: Database, address: str, **values: bool) -> int:
    uuid = add_group(database, address, "bob@example.org", **values).uuid
    with database.read() as session:
        return session.scalars(select(Group.id).where(Group.uuid == uuid)).one()


@pytest.fixture
def team(database: Database) -> int:
    """A group of the LMTP lane."""
    return add(database, "team@example.org")


@pytest.fixture
def recorder(database: Database) -> EvidenceRecorder:
    return EvidenceRecorder(database)


def found(
    database: Database, group_id: int, handover: Handover = HERE, known: Evidence = UNKNOWN
) -> Evidence:
    with database.read() as session:
        return find_evidence(session, handover, known, [group_id])[group_id]


def stored(database: Database) -> list[SenderEvidence]:
    with database.read() as session:
        return list(session.scalars(select(SenderEvidence)))


@pytest.mark.parametrize("evidence", [SIGNED_IN, TRUSTED])
def test_what_was_recorded_is_found(
    database: Database, team: int, recorder: EvidenceRecorder, evidence: Evidence
) -> None:
    recorder.record(HERE, evidence, team)
    recorder.record(HERE, evidence, team)

    assert found(database, team) == evidence
    assert found(database, team, known=Evidence(envelope_sender=ADA, automatic=True)) == Evidence(
        evidence.login, ADA, evidence.trusted, automatic=True
    )


def test_another_connection_sender_or_group_has_nothing_of_it(
    database: Database, team: int, recorder: EvidenceRecorder
) -> None:
    other = add(database, "other@example.org")
    recorder.record(HERE, SIGNED_IN, team)

    for handover in (Handover("192.0.2.2", "40001"), Handover("192.0.2.1", "40002")):
        assert found(database, team, handover) == UNKNOWN
    assert found(database, team, known=Evidence(envelope_sender=BOB)).login is None
    assert found(database, team, known=Evidence()).login is None
    assert found(database, other) == UNKNOWN


@pytest.mark.parametrize(
    "handover",
    [Handover("", ""), Handover("192.0.2.1", ""), Handover("", "40001"), Handover("::1", "x")],
)
def test_who_cannot_be_told_apart_from_others_is_not_known(
    database: Database, team: int, recorder: EvidenceRecorder, handover: Handover
) -> None:
    recorder.record(handover, SIGNED_IN, team)

    assert found(database, team, handover) == UNKNOWN
    assert stored(database) == []


def test_of_two_senders_on_one_connection_the_weaker_evidence_holds(
    database: Database, team: int, recorder: EvidenceRecorder
) -> None:
    recorder.record(HERE, SIGNED_IN, team)
    recorder.record(HERE, Evidence(login=BOB, envelope_sender=ADA), team)
    assert found(database, team) == UNKNOWN

    recorder.record(HERE, SIGNED_IN, team)
    assert found(database, team) == UNKNOWN


def test_who_comes_without_a_login_does_not_inherit_one(
    database: Database, team: int, recorder: EvidenceRecorder
) -> None:
    recorder.record(HERE, SIGNED_IN, team)
    recorder.record(HERE, UNKNOWN, team)
    assert found(database, team) == UNKNOWN


def test_nothing_is_stored_of_who_only_claims_to_be_somebody(
    database: Database, team: int, recorder: EvidenceRecorder
) -> None:
    recorder.record(HERE, UNKNOWN, team)
    assert stored(database) == []


def test_what_postfix_expands_is_recorded_too_for_that_may_change_on_the_way(
    database: Database, recorder: EvidenceRecorder
) -> None:
    native = add(database, "native@example.org", ignore_auto_replies=False)
    recorder.record(HERE, SIGNED_IN, native)
    assert found(database, native) == SIGNED_IN


def test_many_at_once_take_as_many_statements_as_one_and_the_weaker_of_two_holds(
    database: Database, team: int, recorder: EvidenceRecorder
) -> None:
    counts = []
    for count in (1, 30):
        many = [Record(Handover(f"192.0.2.{count}", str(n)), SIGNED_IN, team) for n in range(count)]
        with statements_of(database) as statements:
            recorder.record_all(many)
        counts.append(len(statements))
    assert len(stored(database)) == 31
    assert counts[1] <= counts[0]

    other = Evidence(login=BOB, envelope_sender=ADA)
    recorder.record_all([Record(HERE, SIGNED_IN, team), Record(HERE, other, team)])
    assert found(database, team) == UNKNOWN


def test_evidence_lives_as_long_as_postfix_keeps_a_message(
    database: Database, team: int, recorder: EvidenceRecorder
) -> None:
    recorder.record(HERE, SIGNED_IN, team)
    set_age(database, LIFETIME - timedelta(hours=1))
    assert found(database, team) == SIGNED_IN
    recorder.record(HERE, SIGNED_IN, team)
    assert datetime.now(UTC) - stored(database)[0].recorded_at < timedelta(hours=1)

    set_age(database, LIFETIME + timedelta(hours=1))
    assert found(database, team) == UNKNOWN
    recorder.record(HERE, Evidence(login=BOB, envelope_sender=ADA), team)
    assert found(database, team).login == BOB


def test_old_evidence_is_forgotten(database: Database, team: int) -> None:
    EvidenceRecorder(database).record(HERE, SIGNED_IN, team)
    set_age(database, LIFETIME + timedelta(hours=1))

    EvidenceRecorder(database).record(Handover("192.0.2.9", "1"), SIGNED_IN, team)

    assert len(stored(database)) == 1


def set_age(database: Database, age: timedelta) -> None:
    with database.write() as session:
        session.execute(update(SenderEvidence).values(recorded_at=datetime.now(UTC) - age))
