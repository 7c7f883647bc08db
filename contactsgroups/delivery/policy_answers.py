"""What the policy service answers to requests, as far as it can from memory."""

import logging
from collections.abc import Iterable, Sequence
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


class Answering:
    """Answers requests; any failure is a temporary refusal, never a permission.

    What the LMTP server will need to know of a sender is stored before the answer is given.
    """

    def __init__(self, core: Core) -> None:
        self._trusted = parse_networks(core.settings.trusted_networks)
        self._decider = Decider(core.database)
        self._recorder = EvidenceRecorder(core.database)
        self.days = MailDays(core.database)

    def answer_known(self, requests: Sequence[PolicyRequest]) -> Sequence[str | None]:
        """Answer what can be decided from memory, None for the rest: one look for all of them."""
        try:
            self._decider.look()
            answers = [self._answer_known(each) for each in requests]
            self._record(each for each in answers if each is not None)
        except Exception as error:  # noqa: BLE001 - a fault must not open a group
            _log.error("no decision about mail to groups, deferred: %s", with_detail(error))
            return [reply_to_error(error)] * len(requests)
        return [None if each is None else each.reply for each in answers]

    def answer(self, request: PolicyRequest) -> str:
        """Answer one request, as of the last look or later."""
        try:
            evidence = evidence_of(request, self._trusted)
            answer = self._reply(
                request, self._decider.decide(evidence, request.recipient), evidence
            )
            self._record([answer])
            return answer.reply
        except Exception as error:  # noqa: BLE001 - a fault must not open a group
            _log.error(
                "no decision about mail to %s, deferred: %s",
                ascii(request.recipient),
                with_detail(error),
            )
            return reply_to_error(error)

    def _answer_known(self, request: PolicyRequest) -> "_Answer | None":
        if request.stage != "RCPT":
            return _Answer(DUNNO)
        try:
            evidence = evidence_of(request, self._trusted)
            outcome = self._decider.decide_if_known(evidence, request.recipient)
        except Exception:  # noqa: BLE001 - it is decided once more, and alone
            return None
        return None if outcome is None else self._reply(request, outcome, evidence)

    def _record(self, answers: "Iterable[_Answer]") -> None:
        self._recorder.record_all(each.record for each in answers if each.record is not None)

    def _reply(self, request: PolicyRequest, outcome: Outcome, evidence: Evidence) -> "_Answer":
        reply = reply_to_decision(outcome.decision)
        if outcome.accepted_by is None:
            return _Answer(reply)
        self.days.note(outcome.accepted_by)
        handover = Handover(request.client_address, request.client_port)
        return _Answer(reply, Record(handover, evidence, outcome.accepted_by))


@dataclass(frozen=True, slots=True)
class _Answer:
    """A reply, and what is to be stored before it is given."""

    reply: str
    record: Record | None = None
