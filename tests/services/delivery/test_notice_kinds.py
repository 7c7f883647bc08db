"""Every kind of notice has its words."""

from contactsgroups.services.delivery.notice_kinds import READERS
from contactsgroups.services.unit_of_work.outbox import NoticeKind


def test_each_kind_that_can_be_written_can_be_read() -> None:
    assert set(READERS) == set(NoticeKind)
