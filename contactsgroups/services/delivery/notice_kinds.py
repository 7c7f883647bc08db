"""The kinds of notices, each with what reads its words: another kind is a line here."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from contactsgroups.persistence.models import Account, OutboxRow
from contactsgroups.services.delivery import held_mail_notices, membership_notices
from contactsgroups.services.delivery.notice_text import NoticeText
from contactsgroups.services.unit_of_work.outbox import NoticeKind

Reader = Callable[[Session, OutboxRow, Account | None, Any], NoticeText | None]
"""Reads what a notice says; None if it is not so any more.

From its row, the account of its recipient if that has one, and its facts.
"""

READERS: Mapping[NoticeKind, Reader] = {
    NoticeKind.ADDED: membership_notices.read_added,
    NoticeKind.ASKED: membership_notices.read_asked,
    NoticeKind.DECIDED: membership_notices.read_decided,
    NoticeKind.HELD: held_mail_notices.read_held,
    NoticeKind.NOT_SENT: held_mail_notices.read_not_sent,
}


def read_text(session: Session, row: OutboxRow, account: Account | None) -> NoticeText | None:
    """Return what a notice says now; None if there is nothing to tell any more.

    Args:
        account: the recipient's, if it has one.

    Raises:
        ValueError: a newer version of the program has written a kind that is unknown here.
    """
    return READERS[NoticeKind(row.kind)](session, row, account, json.loads(row.payload))
