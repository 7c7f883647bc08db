"""What reports and the list's filter say of groups that may need a look."""

from dataclasses import dataclass

from contactsgroups.services.groups.findings import Finding


@dataclass(frozen=True, slots=True)
class FindingWords:
    """How a finding is called, and what it means."""

    label: str
    meaning: str


FINDINGS = {
    Finding.NO_OWNER: FindingWords(
        "Without an owner", "No active account is an owner, so only administrators look after them."
    ),
    Finding.EXTERNAL: FindingWords(
        "With outside members", "Some who get the messages have no account here."
    ),
    Finding.REACHES_NOBODY: FindingWords(
        "Reaching nobody",
        "They are enabled, but all members are closed, disabled or empty: messages are refused.",
    ),
    Finding.UNMODERATED: FindingWords(
        "Moderated by nobody",
        "Messages wait for a moderator, but no owner or moderator has an active account.",
    ),
    Finding.NO_MAIL: FindingWords(
        "No mail for a year", "No message to the group’s own address was accepted for a year."
    ),
}
