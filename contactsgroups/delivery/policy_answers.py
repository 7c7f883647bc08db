"""What the policy service answers to requests, as far as it can from memory."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from contactsgroups.bootstrap import Core
from contactsgroups.delivery.policy_reply import DUNNO, reply_to_decision, reply_to_error
from contactsgroups.delivery.policy_request import PolicyRequest, evidence_of, parse_networks
from contactsgroups.domain.errors import with_detail
from contactsgroups.domain.posting import Evidence
from contactsgroups.services.delivery.decider import Decider, Outcome
from contactsgroups.services.delivery.mail_days import MailDays
from contactsgroups.services.delivery.sender_evidence import EvidenceRecorder, Handover, Record

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, and what is to be stored before it is given."""

    reply: str
    record: Record | None = None


class Answering:
    """Answers requests; any failure is a temporary refusal, never a permission."""

    def __init__(self, core: Core) -> None:
        self._trusted = parse_networks(core.settings.trusted_networks)
        self._decider = Decider(core.database)
        self._recorder = EvidenceRecorder(core.database)
        self.days = MailDays(core.database)

    def answer_known(self, requests: Sequence[PolicyRequest]) -> Sequence[Answer | None]:
        """Answer what can be decided from memory, None for the rest: one look for all of them."""
        try:
            self._decider.look()
        except Exception as error:  # noqa: BLE001 - a fault must not open a group
            _log.error("no decision about mail to groups, deferred: %s", with_detail(error))
            return [Answer(reply_to_error(error))] * len(requests)
        return [self._answer_known(each) for each in requests]

    def answer(self, request: PolicyRequest) -> Answer:
        """Answer one request, as of the last look or later."""
        try:
            evidence = evidence_of(request, self._trusted)
            outcome = self._decider.decide(evidence, request.recipient)
            return self._answer(request, outcome, evidence)
        except Exception as error:  # noqa: BLE001 - a fault must not open a group
            _log.error(
                "no decision about mail to %s, deferred: %s",
                ascii(request.recipient),
                with_detail(error),
            )
            return Answer(reply_to_error(error))

    def record(self, records: Sequence[Record]) -> Sequence[str | None]:
        """Store what the LMTP server will need to know; return a refusal for each, or None."""
        try:
            self._recorder.record_all(records)
        except Exception as error:  # noqa: BLE001 - a message that nobody could pass on must wait
            _log.error("senders could not be noted, deferred: %s", with_detail(error))
            return [reply_to_error(error)] * len(records)
        return [None] * len(records)

    def _answer_known(self, request: PolicyRequest) -> Answer | None:
        if request.stage != "RCPT":
            return Answer(DUNNO)
        try:
            evidence = evidence_of(request, self._trusted)
            outcome = self._decider.decide_if_known(evidence, request.recipient)
        except Exception:  # noqa: BLE001 - it is decided once more, and alone
            return None
        return None if outcome is None else self._answer(request, outcome, evidence)

    def _answer(self, request: PolicyRequest, outcome: Outcome, evidence: Evidence) -> Answer:
        reply = reply_to_decision(outcome.decision, may_hold=request.may_hold)
        if outcome.accepted_by is None:
            return Answer(reply)
        self.days.note(outcome.accepted_by)
        handover = Handover(request.client_address, request.client_port)
        return Answer(reply, Record(handover, evidence, outcome.accepted_by))
