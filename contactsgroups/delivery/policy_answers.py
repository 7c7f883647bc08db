"""What the policy service answers to requests, as far as it can from memory."""

import logging
from collections.abc import Sequence

from contactsgroups.bootstrap import Core
from contactsgroups.delivery.policy_reply import DUNNO, reply_to_decision, reply_to_error
from contactsgroups.delivery.policy_request import PolicyRequest, evidence_of, parse_networks
from contactsgroups.domain.errors import with_detail
from contactsgroups.domain.posting import Action
from contactsgroups.services.delivery.decider import Decider, Outcome
from contactsgroups.services.delivery.mail_days import MailDays

_log = logging.getLogger(__name__)


class Answering:
    """Answers requests; any failure is a temporary refusal, never a permission."""

    def __init__(self, core: Core) -> None:
        self._trusted = parse_networks(core.settings.trusted_networks)
        self._decider = Decider(core.database)
        self.days = MailDays(core.database)

    def answer_known(self, requests: Sequence[PolicyRequest]) -> Sequence[str | None]:
        """Answer what can be decided from memory, None for the rest: one look for all of them."""
        try:
            self._decider.look()
        except Exception as error:  # noqa: BLE001 - a fault must not open a group
            _log.error("no decision about mail to groups, deferred: %s", with_detail(error))
            return [reply_to_error(error)] * len(requests)
        return [self._answer_known(each) for each in requests]

    def answer(self, request: PolicyRequest) -> str:
        """Answer one request, as of the last look or later."""
        try:
            evidence = evidence_of(request, self._trusted)
            return self._reply(self._decider.decide(evidence, request.recipient))
        except Exception as error:  # noqa: BLE001 - a fault must not open a group
            _log.error(
                "no decision about mail to %s, deferred: %s",
                ascii(request.recipient),
                with_detail(error),
            )
            return reply_to_error(error)

    def _answer_known(self, request: PolicyRequest) -> str | None:
        if request.stage != "RCPT":
            return DUNNO
        try:
            evidence = evidence_of(request, self._trusted)
            outcome = self._decider.decide_if_known(evidence, request.recipient)
            return None if outcome is None else self._reply(outcome)
        except Exception:  # noqa: BLE001 - it is decided once more, and alone
            return None

    def _reply(self, outcome: Outcome) -> str:
        decision = outcome.decision
        if outcome.group_id and decision and decision.action is Action.ACCEPT:
            self.days.note(outcome.group_id)
        return reply_to_decision(decision)
