"""Messages that wait, as tests make them."""

from datetime import timedelta

from sqlalchemy import select

from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import Evidence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Hold, HoldPart
from contactsgroups.services.delivery.distribution import Waiting
from contactsgroups.services.groups import GroupDetails
from contactsgroups.services.moderation.holding import Incoming, hold_message
from tests.directories import add_group

CONTENT = b"From: Zoe <zoe@example.org>\r\nSubject: Hello\r\n\r\nDear all\r\n"
GAPS = (
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
    + b"word " * 20_000
    + b"\r\n--b\r\n\r\nword" * 300
)
"""A message with more text and more parts than are shown."""
ZOE = Evidence(login=Address.parse("zoe@example.org"))
STRANGER = Evidence(envelope_sender=Address.parse("x@elsewhere.example"))


def add_moderated(
    database: Database, address: str = "team@example.org", **values: object
) -> GroupDetails:
    """A moderated group of Ada and Eve, whom Bob moderates."""
    given = {"moderators": ["bob@example.org"], "moderated": True, **values}
    return add_group(database, address, "ada@example.org", "eve@example.org", **given)


def hold(
    database: Database,
    *groups: GroupDetails,
    digest: str = "1",
    content: bytes = CONTENT,
    evidence: Evidence = ZOE,
    days: float = 7,
) -> str:
    """Hold a message to the first group, for the moderators of all of them; return its UUID."""
    message = Incoming(digest=digest, queue_id=f"4Q{digest}", mail_from="zoe@x", content=content)
    waiting = Waiting(
        group_uuid=groups[0].uuid,
        judges=tuple(each.uuid for each in groups),
        sender=evidence.sender,
        evidence=evidence,
        trace=("the group is enabled", "hold: a moderator must approve the message"),
    )
    hold_message(database, message, waiting, timedelta(days=days))
    with database.read() as session:
        is_it = (Hold.digest == digest) & (Hold.group_uuid == groups[0].uuid)
        return session.scalars(select(Hold.uuid).where(is_it)).one()


def stored(database: Database, uuid: str) -> Hold:
    """The row of a message."""
    with database.read() as session:
        return session.scalars(select(Hold).where(Hold.uuid == uuid)).one()


def parts(database: Database) -> list[str]:
    """The messages that there are parts of, one entry for each part."""
    with database.read() as session:
        return list(session.scalars(select(HoldPart.hold_uuid)))
