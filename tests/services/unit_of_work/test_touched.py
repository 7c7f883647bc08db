"""What a unit of work touched is told from its differences, also when it is undone meanwhile."""

from sqlalchemy import select

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Alias, Group, Member
from contactsgroups.services.unit_of_work import write
from contactsgroups.services.unit_of_work.audit import AuditRecorder
from contactsgroups.services.unit_of_work.touched import Touched
from tests.directories import add_account, add_alias, add_group


def test_a_membership_that_was_made_and_ended_is_still_touched(small: Database) -> None:
    group = add_group(small, "team@example.org", "bob@example.org")
    touched = Touched()
    with small.write() as session:
        recorder = AuditRecorder(session)
        row = session.scalars(select(Group)).one()
        member = Member(group_id=row.id, address="ada@example.org", original="ada@example.org")
        session.add(member)
        session.flush()
        touched.note(recorder.differences)
        session.delete(member)
        session.flush()
        touched.note(recorder.differences)
        assert touched.memberships == {(row.id, "ada@example.org")}
        assert not touched.switched
    assert group.address == "team@example.org"


def test_an_account_that_is_closed_concerns_its_aliases_and_another_name_nobody(
    small: Database,
) -> None:
    add_alias(small, "a@example.org", "ada@example.org")
    touched = Touched()
    with small.write() as session:
        recorder = AuditRecorder(session)
        ada = session.scalars(select(Account).where(Account.address == "ada@example.org")).one()
        ada.display_name = "Ada Lovelace"
        session.flush()
        touched.note(recorder.differences)
        assert touched.mailboxes(session) == {}
        ada.active = False
        session.flush()
        touched.note(recorder.differences)
        assert touched.mailboxes(session) == {
            "ada@example.org": {"ada@example.org"},
            "a@example.org": {"a@example.org", "ada@example.org"},
        }


def test_an_alias_that_moves_concerns_both_accounts(small: Database) -> None:
    add_alias(small, "a@example.org", "ada@example.org")
    touched = Touched()
    with small.write() as session:
        recorder = AuditRecorder(session)
        bob = session.scalars(select(Account).where(Account.address == "bob@example.org")).one()
        session.scalars(select(Alias)).one().account_id = bob.id
        session.flush()
        touched.note(recorder.differences)
        mailboxes = touched.mailboxes(session)["a@example.org"]
        assert mailboxes == {"a@example.org", "ada@example.org", "bob@example.org"}


def test_a_new_address_of_a_group_and_its_switches_are_told_apart(small: Database) -> None:
    add_group(small, "team@example.org", "ada@example.org")
    add_account(small, "bob@example.org", display_name="Bob B.")
    with write(small, OPERATOR) as work:
        recorder = AuditRecorder(work.session)
        row = work.session.scalars(select(Group)).one()
        row.display_name = "Another name"
        row.moderated = True
        work.session.flush()
        touched = Touched()
        touched.note(recorder.differences)
        assert (touched.lanes, touched.switched, touched.group_addresses) == (
            {row.id},
            set(),
            set(),
        )
        row.disabled = True
        work.session.flush()
        touched.note(recorder.differences)
        assert touched.switched == {row.id}
        work.changed_group(row)
