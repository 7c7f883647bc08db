"""A notice is one sender's at a time, until it is sent or has been tried for long enough."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import OutboxRow
from contactsgroups.services.delivery import outbox
from tests.directories import add_group
from tests.outbox import LATER, SENDER, make_old, waiting
from tests.statements import statements_of

OTHER = "host two"
MOMENT = timedelta(seconds=1)


def fill(database: Database, count: int) -> None:
    """Let so many notices wait."""
    addresses = [f"m{number}@elsewhere.example" for number in range(count)]
    add_group(database, "team@example.org", *addresses, notify_members=True)


def row_of(database: Database) -> OutboxRow:
    """The only notice that waits."""
    with database.read() as session:
        return session.scalars(select(OutboxRow)).one()


def test_what_one_sender_has_claimed_no_other_gets_before_its_time_has_come(
    database: Database,
) -> None:
    fill(database, 3)
    ids = outbox.claim(database, SENDER, LATER)
    assert len(ids) == 3
    assert outbox.claim(database, OTHER, LATER) == ()
    assert outbox.claim(database, OTHER, LATER + outbox.LEASE + MOMENT) == ids
    assert outbox.begin(database, SENDER, ids[0], LATER) is None


def test_what_is_in_hand_stays_so_for_longer(small: Database) -> None:
    fill(small, 2)
    first, second = outbox.claim(small, SENDER, LATER)
    assert outbox.begin(small, SENDER, first, LATER)
    assert outbox.claim(small, OTHER, LATER + outbox.LEASE + MOMENT) == [second]
    assert outbox.claim(small, OTHER, LATER + outbox.IN_HAND + MOMENT) == [first, second]


def test_a_claim_that_has_run_out_is_not_begun(small: Database) -> None:
    fill(small, 1)
    (claimed,) = outbox.claim(small, SENDER, LATER)
    assert outbox.begin(small, SENDER, claimed, LATER + outbox.LEASE + MOMENT) is None
    assert len(waiting(small)) == 1


def test_what_is_given_back_is_there_for_others_but_not_what_was_sent(small: Database) -> None:
    fill(small, 3)
    sent, *others = outbox.claim(small, SENDER, LATER)
    outbox.release(small, SENDER, [sent, *others], sent=[sent])
    assert outbox.claim(small, OTHER, LATER) == others
    outbox.remove(small, SENDER, [sent, *others])
    assert len(waiting(small)) == 2


def test_pauses_between_attempts_grow_up_to_four_hours(small: Database) -> None:
    fill(small, 1)
    now, pauses = LATER, []
    for _ in range(6):
        (claimed,) = outbox.claim(small, SENDER, now)
        outbox.postpone(small, SENDER, claimed, "451 later", now)
        pauses.append((row_of(small).due_at - now).total_seconds())
        now = row_of(small).due_at
        assert outbox.claim(small, SENDER, now - MOMENT) == ()
    assert pauses == [60, 300, 900, 3600, 14400, 14400]
    assert (row_of(small).attempts, row_of(small).last_error) == (6, "451 later")


def test_what_has_waited_for_five_days_is_forgotten(small: Database) -> None:
    fill(small, 1)
    make_old(small, LATER)
    ids = outbox.claim(small, SENDER, LATER)
    almost = LATER + outbox.LIFETIME - MOMENT
    assert outbox.remove_outdated(small, SENDER, ids, almost) == []
    assert outbox.remove_outdated(small, OTHER, ids, LATER + outbox.LIFETIME) == []
    assert outbox.remove_outdated(small, SENDER, ids, LATER + outbox.LIFETIME) == [
        ("m0@elsewhere.example", "")
    ]
    assert waiting(small) == []


def test_what_nobody_has_sent_for_five_days_is_forgotten_but_not_what_is_in_hand(
    small: Database,
) -> None:
    fill(small, 2)
    make_old(small, LATER)
    end = LATER + outbox.LIFETIME
    assert outbox.remove_abandoned(small, end - MOMENT) == 0
    outbox.claim(small, SENDER, end)
    assert outbox.remove_abandoned(small, end) == 0
    assert outbox.remove_abandoned(small, end + outbox.LEASE + MOMENT) == 2
    assert waiting(small) == []


@pytest.mark.parametrize("count", [1, outbox.PORTION])
def test_a_portion_is_claimed_by_three_statements(small: Database, count: int) -> None:
    fill(small, count)
    with statements_of(small) as statements:
        assert len(outbox.claim(small, SENDER, LATER)) == count
    assert sum(not each.startswith(("BEGIN", "PRAGMA")) for each in statements) == 3


def test_senders_that_race_never_begin_the_same_notice(database: Database) -> None:
    fill(database, 150)

    def send_all(name: str) -> list[int]:
        begun: list[int] = []
        while waiting(database):
            try:
                for id_ in outbox.claim(database, name, LATER):
                    if outbox.begin(database, name, id_, LATER):
                        begun.append(id_)
                        outbox.remove(database, name, [id_])
            except Unavailable:  # Another one was faster with the same rows.
                continue
        return begun

    with ThreadPoolExecutor(4) as pool:
        found = Counter(id_ for some in pool.map(send_all, "abcd") for id_ in some)
    assert set(found.values()) == {1}
    assert len(found) == 150
