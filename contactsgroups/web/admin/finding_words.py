"""What reports and the list's filter say of groups that may need a look."""

from dataclasses import dataclass

from contactsgroups.services.groups.findings import Finding
from contactsgroups.web.languages import mark


@dataclass(frozen=True, slots=True)
class FindingWords:
    """How a finding is called, and what it means, in English: faces translate it."""

    label: str
    meaning: str


FINDINGS = {
    Finding.NO_OWNER: FindingWords(
        mark("Without an owner"),
        mark("No active account is an owner, so only administrators look after them."),
    ),
    Finding.EXTERNAL: FindingWords(
        mark("With outside members"), mark("Some who get the messages have no account here.")
    ),
    Finding.REACHES_NOBODY: FindingWords(
        mark("Reaching nobody"),
        mark(
            "They are enabled, but all members are closed, disabled or empty: messages are refused."
        ),
    ),
    Finding.UNMODERATED: FindingWords(
        mark("Moderated by nobody"),
        mark("Messages wait for a moderator, but no owner or moderator has an active account."),
    ),
    Finding.NO_MAIL: FindingWords(
        mark("No mail for a year"),
        mark("No message to the group’s own address was accepted for a year."),
    ),
}
