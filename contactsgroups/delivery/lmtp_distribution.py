"""Distributes one message of the LMTP lane: decides, hands copies to Postfix, and answers.

A recipient is answered with 250 only when Postfix has taken the copies of all members, when the
message is stored for a moderator, or when it is not to be passed on.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import lmtp_reply
from contactsgroups.delivery.lmtp_protocol import Message, without_quotes
from contactsgroups.delivery.policy_reply import reply_to_error
from contactsgroups.delivery.policy_request import parse_sender
from contactsgroups.delivery.reinjection import Copies, add_fields, reinject, reinjection_place
from contactsgroups.delivery.served_mailboxes import ServedMailboxes, identify
from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.domain.message_header import (
    LOOP_FIELD,
    is_automatic_reply,
    loop_marks,
    read_fields,
)
from contactsgroups.domain.posting import Action, Evidence
from contactsgroups.services.delivery.distribution import Incoming, Verdict, plan_distribution
from contactsgroups.services.delivery.sender_evidence import Handover
from contactsgroups.services.moderation.holding import Incoming as Kept
from contactsgroups.services.moderation.holding import hold_message

_log = logging.getLogger(__name__)


class Distributor:
    """Distributes messages; for several threads."""

    def __init__(self, core: Core) -> None:
        self._database = core.database
        self._lifetime = timedelta(days=core.settings.hold_days)
        self._place = reinjection_place(core.settings.reinject)
        self._served = ServedMailboxes()

    def distribute(self, message: Message) -> list[str]:
        """Distribute a message; return a reply for each of its recipients, in their order."""
        queue_id = message.forwarded.get("IDENT", "without id")
        try:
            verdicts = plan_distribution(self._database, _read(message))
        except Exception as error:  # noqa: BLE001 - a fault must neither accept nor lose a message
            _log.error("%s: no decision, deferred: %s", queue_id, with_detail(error))
            return [reply_to_error(error)] * len(message.rcpt_tos)
        identity = identify(queue_id, message.original_content or b"")
        failed = self._hold(queue_id, identity, message, verdicts)
        reason = self._send_copies(queue_id, identity, message, verdicts)
        served = self._served.of(identity)
        for recipient, verdict in zip(message.rcpt_tos, verdicts, strict=True):
            _log.info(
                "%s: %s: %s, %s, %d of %d copies",
                *(queue_id, ascii(recipient), verdict.action, verdict.reason),
                *(len(verdict.mailboxes & served), len(verdict.mailboxes)),
            )
        return [failed.get(each) or _reply(each, served, reason) for each in verdicts]

    def _hold(
        self, queue_id: str, identity: bytes, message: Message, verdicts: Sequence[Verdict]
    ) -> dict[Verdict, str]:
        """Store the message for each group that holds it; return the replies where that failed."""
        failed = {}
        for verdict in dict.fromkeys(verdicts):
            if verdict.waiting is None:
                continue
            kept = Kept(
                digest=identity.hex(),
                queue_id=queue_id,
                mail_from=message.envelope_sender,
                content=message.original_content or b"",
                is_international=message.smtp_utf8,
                has_eight_bits=_has_eight_bits(message),
            )
            try:
                hold_message(self._database, kept, verdict.waiting, self._lifetime)
            except Exception as error:  # noqa: BLE001 - a fault must neither accept nor lose a message
                is_known = isinstance(error, Unavailable)
                text = with_detail(error)
                _log.error("%s: not held, deferred: %s", queue_id, text, exc_info=not is_known)
                failed[verdict] = reply_to_error(error)
        return failed

    def _send_copies(
        self, queue_id: str, identity: bytes, message: Message, verdicts: Sequence[Verdict]
    ) -> str:
        """Send a copy to whoever has none; return why that did not succeed, if it did not."""
        accepted = [each for each in verdicts if each.action is Action.ACCEPT]
        wanted = frozenset[str]().union(*(each.mailboxes for each in accepted))
        missing = sorted(wanted - self._served.of(identity))
        if not missing:
            return ""
        marks = sorted({each.loop_mark for each in accepted})
        try:
            reason = reinject(
                self._place,
                _copies(message, marks),
                missing,
                lambda mailboxes: self._served.add(identity, mailboxes),
            )
        except Exception as error:  # noqa: BLE001 - as above
            reason = "copies could not be handed to Postfix"
            is_known = isinstance(error, Unavailable)
            _log.error("%s: %s", queue_id, with_detail(error), exc_info=not is_known)
        else:
            if reason:
                _log.error("%s: a copy is not taken: %s", queue_id, reason)
                reason = "a copy is not taken"
        return reason


def _read(message: Message) -> Incoming:
    """Understand what came in."""
    fields = list(read_fields(message.original_content or b""))
    forwarded = message.forwarded
    address = forwarded.get("ADDR", "")
    return Incoming(
        recipients=[without_quotes(each) for each in message.rcpt_tos],
        evidence=Evidence(
            envelope_sender=parse_sender(without_quotes(message.envelope_sender)),
            automatic=is_automatic_reply(fields),
        ),
        handover=Handover(
            address[5:] if address.upper().startswith("IPV6:") else address,
            forwarded.get("PORT", ""),
        ),
        loop_marks=loop_marks(fields),
    )


def _reply(verdict: Verdict, served: frozenset[str], reason: str) -> str:
    if verdict.mailboxes <= served:
        return lmtp_reply.reply_to_verdict(verdict.action, verdict.reason)
    return lmtp_reply.reply_incomplete(reason)


def _has_eight_bits(message: Message) -> bool:
    return "BODY=8BITMIME" in message.mail_options


def _copies(message: Message, marks: Sequence[str]) -> Copies:
    return Copies(
        envelope_sender=message.envelope_sender,
        content=add_fields(message.original_content or b"", [(LOOP_FIELD, each) for each in marks]),
        is_international=message.smtp_utf8,
        has_eight_bits=_has_eight_bits(message),
    )
