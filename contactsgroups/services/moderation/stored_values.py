"""What is stored of a held message as JSON: the sender's evidence, the trace, what is shown of it.

JSON is written in ASCII, so that every database takes whatever octets a client sent as an address.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.message_preview import Attachment, MessagePreview
from contactsgroups.domain.posting import Evidence
from contactsgroups.domain.sentence import Sentence


class StoredEvidence(NamedTuple):
    """What was known of a sender: ``mail_from`` is the envelope sender as SMTP writes it."""

    mail_from: str
    login: str
    is_trusted: bool
    is_automatic: bool


def write_evidence(mail_from: str, evidence: Evidence) -> str:
    """Return what is stored of the evidence."""
    login = evidence.login.original if evidence.login else ""
    return json.dumps([mail_from, login, evidence.trusted, evidence.automatic])


def read_evidence(text: str) -> StoredEvidence:
    """Return what was stored."""
    return StoredEvidence(*json.loads(text))


def evidence_of(text: str) -> Evidence:
    """Return the evidence itself, to decide by it once more."""
    stored = read_evidence(text)
    return Evidence(
        login=Address.parse(stored.login) if stored.login else None,
        envelope_sender=_parsed(stored.mail_from),
        trusted=stored.is_trusted,
        automatic=stored.is_automatic,
    )


def write_trace(steps: Sequence[str]) -> str:
    """Return what is stored of a decision's trace: sentences, with their values apart."""
    return json.dumps([_parts_of(each) for each in steps])


def read_trace(text: str) -> tuple[str, ...]:
    """Return the steps that were stored, as sentences that faces translate."""
    return tuple(
        Sentence(message, many=many, **values) for message, many, values in json.loads(text)
    )


def write_uuids(uuids: Sequence[str]) -> str:
    """Return what is stored of groups that are to be asked."""
    return json.dumps([*uuids])


def read_uuids(text: str) -> tuple[str, ...]:
    """Return the groups that were stored."""
    return tuple(json.loads(text))


def write_preview(preview: MessagePreview) -> str:
    """Return what is stored of what is shown of a message."""
    return json.dumps(asdict(preview))


def read_preview(text: str) -> MessagePreview:
    """Return what was stored; of a message whose content was removed, nothing."""
    if not text:
        return MessagePreview()
    values: dict[str, Any] = json.loads(text)
    attachments = tuple(Attachment(**each) for each in values.pop("attachments"))
    return MessagePreview(attachments=attachments, **values)


def _parsed(text: str) -> Address | None:
    try:
        return Address.parse(text)
    except InvalidAddress:
        return None


def _parts_of(step: str) -> list[Any]:
    if not isinstance(step, Sentence):
        return [step, "", {}]
    values = {
        name: value if isinstance(value, int) else str(value) for name, value in step.values.items()
    }
    return [step.message, step.many, values]
