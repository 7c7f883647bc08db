"""Keys of tokens are replaced while those before them are accepted for a while."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from contactsgroups.domain.errors import NotPermitted
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow
from contactsgroups.services.accounts import token_keys
from tests.services.conftest import ADA, LOCAL_ADMIN

SECRET = "a secret of at least thirty-two characters"
HOUR = timedelta(hours=1)


def accepted(database: Database) -> list[str]:
    with database.read() as session:
        (keys,) = token_keys.read_key_ring(session, [SECRET]).ordinary
        return list(keys.values())


def test_there_is_one_key_from_the_start(database: Database) -> None:
    (only,) = token_keys.list_token_keys(database, OPERATOR)
    assert only.expires_at is None
    assert accepted(database) == [token_keys.read_current_key(database, SECRET)]


def test_a_new_key_signs_and_the_old_one_is_accepted_for_the_overlap(database: Database) -> None:
    (old,) = accepted(database)
    before = datetime.now(UTC)
    token_keys.rotate_token_key(database, OPERATOR, overlap=HOUR)
    new, kept = accepted(database)
    assert (new != old, kept) == (True, old)
    first, second = token_keys.list_token_keys(database, OPERATOR)
    assert first.expires_at is None
    assert second.expires_at is not None
    assert before + HOUR <= second.expires_at <= datetime.now(UTC) + HOUR


def test_without_an_overlap_every_earlier_key_ends(small: Database) -> None:
    token_keys.rotate_token_key(small, OPERATOR, overlap=HOUR)
    token_keys.rotate_token_key(small, OPERATOR, overlap=timedelta())
    assert len(accepted(small)) == 1


def test_a_longer_overlap_does_not_prolong_an_earlier_one(small: Database) -> None:
    token_keys.rotate_token_key(small, OPERATOR, overlap=HOUR)
    token_keys.rotate_token_key(small, OPERATOR, overlap=24 * HOUR)
    ends = sorted(each.expires_at for each in token_keys.list_token_keys(small, OPERATOR)[1:])
    assert ends[0] < datetime.now(UTC) + 2 * HOUR < ends[1]


def test_keys_that_ended_are_removed_at_the_next_rotation(small: Database) -> None:
    for _ in range(5):
        token_keys.rotate_token_key(small, OPERATOR, overlap=timedelta())
    with small.read() as session:
        assert len(list(session.scalars(select(token_keys.TokenKey)))) == 2


def test_a_key_follows_from_the_secret_and_is_not_in_the_database(small: Database) -> None:
    with small.read() as session:
        ring = token_keys.read_key_ring(session, [SECRET, SECRET + "!"])
        (row,) = session.scalars(select(token_keys.TokenKey))
    keys = [
        key for kind in (ring.ordinary, ring.managing) for each in kind for key in each.values()
    ]
    assert len({row.key_id, *keys}) == 5


def test_a_program_may_have_the_key_of_tokens_that_manage(database: Database) -> None:
    ordinary = token_keys.read_current_key(database, SECRET)
    managing = token_keys.read_current_key(database, SECRET, for_managing=True)
    assert managing != ordinary
    assert accepted(database) == [ordinary]


@pytest.mark.parametrize("actor", [ADA, LOCAL_ADMIN])
def test_only_administrators_of_all_domains_see_and_rotate_keys(small: Database, actor) -> None:
    with pytest.raises(NotPermitted, match="may not rotate the key of tokens"):
        token_keys.rotate_token_key(small, actor, overlap=HOUR)
    with pytest.raises(NotPermitted):
        token_keys.list_token_keys(small, actor)


def test_a_rotation_is_in_the_audit_log(small: Database) -> None:
    (old,) = token_keys.list_token_keys(small, OPERATOR)
    new = token_keys.rotate_token_key(small, OPERATOR, overlap=HOUR)
    with small.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action.endswith("token key"))).all()
    entries = {(row.action, row.subject): json.loads(row.detail) for row in rows}
    assert entries.keys() == {("create token key", new.key_id), ("change token key", old.key_id)}
    assert entries["change token key", old.key_id]["fields"]["expires_at"][0] is None
