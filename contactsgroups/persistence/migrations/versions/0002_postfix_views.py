"""Views for Postfix: the one definition of its maps, published as LMDB or read by its SQL maps.

Every view has the columns ``lookup_key`` (what Postfix asks for) and ``answer``.  A key with
several answers has several rows.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

IS_CLOSED = "(mail_groups.disabled OR mail_groups.recipient_count = 0)"
ALIASES = "aliases JOIN accounts ON accounts.id = aliases.account_id"
RECIPIENTS = "mail_groups JOIN recipients ON recipients.group_id = mail_groups.id"


def upgrade() -> None:
    """Create the views."""
    concat = _mysql_concat if op.get_bind().dialect.name in {"mysql", "mariadb"} else _concat
    for name, queries in _views(concat).items():
        op.execute(f"CREATE VIEW {name} AS {' UNION ALL '.join(queries)}")


def _concat(*parts):
    return "(" + " || ".join(parts) + ")"


def _mysql_concat(*parts):
    # There, || is a logical OR.
    return f"CONCAT({', '.join(parts)})"


def _views(concat):
    """Return each view's queries, which are joined by UNION ALL."""

    at_name, at_unicode_name = concat("'@'", "domains.name"), concat("'@'", "domains.unicode_name")

    def spelled(table, source, answer, condition):
        """Ask twice: for the address as stored, and with the domain's U-labels if it has any."""
        address = f"{table}.address"
        unicode_address = f"REPLACE({address}, {at_name}, {at_unicode_name})"
        domains = f"JOIN domains ON domains.id = {table}.domain_id"
        return [
            f"SELECT {address} AS lookup_key, {answer.format(address)} AS answer "
            f"FROM {source} {domains} WHERE {condition}",
            f"SELECT {unicode_address}, {answer.format(address)} "
            f"FROM {source} {domains} WHERE domains.unicode_name IS NOT NULL AND {condition}",
        ]

    active_aliases = spelled("aliases", ALIASES, "accounts.address", "accounts.active")
    # A slash would lead out of the mailbox's own directory.
    local_part = f"REPLACE(REPLACE(accounts.address, {at_name}, ''), '/', '%2F')"
    mailbox = concat("domains.name", "'/'", local_part, "'/'")
    return {
        "postfix_virtual_domains": [
            "SELECT name AS lookup_key, 'contactsgroups' AS answer FROM domains",
            "SELECT unicode_name, 'contactsgroups' FROM domains WHERE unicode_name IS NOT NULL",
        ],
        "postfix_virtual_alias": [
            *active_aliases,
            *spelled("mail_groups", RECIPIENTS, "recipients.address", "mail_groups.native"),
            # Any other group stands for itself: so Postfix knows the address without a mailbox
            # behind it, into which a message could vanish.
            *spelled("mail_groups", "mail_groups", "{}", "NOT mail_groups.native"),
            # Otherwise Postfix would take "group+x" for the group "group" with an extension.
            *spelled(
                "accounts",
                "accounts",
                "{}",
                "accounts.active AND accounts.address LIKE '%+%@%'",
            ),
        ],
        # For mail from sendmail(1), which no policy service sees.
        "postfix_aliases_only": active_aliases,
        "postfix_virtual_mailbox": spelled("accounts", "accounts", mailbox, "accounts.active"),
        # Every group: one that Postfix did not expand must never be taken for a mailbox.
        "postfix_transport": spelled(
            "mail_groups",
            "mail_groups",
            f"CASE WHEN {IS_CLOSED} THEN 'error:5.2.1 mailbox unavailable' "
            "WHEN mail_groups.native THEN 'retry:4.3.5 the group was not expanded' "
            "ELSE 'retry:4.7.1 a moderator must approve the message' END",
            "1 = 1",
        ),
        "postfix_recipient_access": spelled(
            "mail_groups",
            "mail_groups",
            f"CASE WHEN {IS_CLOSED} THEN '550 5.2.1 mailbox unavailable' "
            "ELSE '450 4.7.1 a moderator must approve the message' END",
            "NOT mail_groups.native",
        ),
        "postfix_sender_login": [
            *spelled("accounts", "accounts", "{}", "accounts.active"),
            *active_aliases,
        ],
    }
