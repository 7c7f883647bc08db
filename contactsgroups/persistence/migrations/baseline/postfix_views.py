"""Views for Postfix: the one definition of its maps, published as LMDB or read by its SQL maps.

Every view has the columns ``lookup_key`` (what Postfix asks for) and ``answer``; a key with
several answers has several rows.  Domains stand in the keys as A-labels: other spellings of a
domain are translated by ``contactsgroups_postfix_domain_spellings`` before a key is looked up.
"""

from collections.abc import Callable

import sqlalchemy as sa

from contactsgroups.persistence.migrations.ensure import ensure_view

SPELLINGS = """
    SELECT name AS spelling, name FROM contactsgroups_domains
    UNION ALL
    SELECT unicode_name, name FROM contactsgroups_domains WHERE unicode_name IS NOT NULL
"""
DOMAINS = """
    SELECT name AS lookup_key, 'contactsgroups' AS answer FROM contactsgroups_domains
    UNION ALL
    SELECT unicode_name, 'contactsgroups' FROM contactsgroups_domains WHERE unicode_name IS NOT NULL
"""
TARGETS = """
    SELECT aliases.address AS lookup_key, accounts.address AS answer
    FROM contactsgroups_aliases AS aliases
    JOIN contactsgroups_accounts AS accounts ON accounts.id = aliases.account_id
    WHERE accounts.active
"""
# Postfix takes "team+x" for "team" with an extension wherever "team+x" has no entry of its own.  So
# every address with a plus sign has one in each map where "team" may have one; in most maps an
# account stands for itself.
EXTENDED = "address LIKE '%+%@%'"
EXTENDED_ACCOUNTS = (
    f"SELECT address, address FROM contactsgroups_accounts WHERE active AND {EXTENDED}"
)
# The address of a group that was deleted is reserved for a time.  It is refused as that of a closed
# group is, so that nothing else, such as a catch-all, gets what was meant for the group.
DELETED = "contactsgroups_deleted_groups"
# For mail from sendmail(1), which no policy service sees: the LMTP server decides about it.
ALIASES_ONLY = f"""
    {TARGETS}
    UNION ALL
    {EXTENDED_ACCOUNTS}
    UNION ALL
    SELECT address, address FROM contactsgroups_groups WHERE {EXTENDED}
    UNION ALL
    SELECT address, address FROM {DELETED} WHERE {EXTENDED}
"""
# A group that Postfix may not expand, or that the LMTP server looks at first, stands for itself: so
# Postfix knows the address without a mailbox behind it, into which a message could vanish.
ALIASES = f"""
    {TARGETS}
    UNION ALL
    SELECT mail_groups.address, recipients.address
    FROM contactsgroups_groups AS mail_groups
    JOIN contactsgroups_recipients AS recipients ON recipients.group_id = mail_groups.id
    WHERE mail_groups.native AND NOT mail_groups.lmtp_lane
    UNION ALL
    SELECT address, address FROM contactsgroups_groups WHERE NOT native OR lmtp_lane
    UNION ALL
    SELECT address, address FROM {DELETED}
    UNION ALL
    {EXTENDED_ACCOUNTS}
"""
# Where the LMTP server listens: a socket below Postfix's queue directory, as that of the policy
# service.  A publisher writes a host and port in its place, if that is where it listens.
LMTP_PLACE = "unix:contactsgroups/lmtp.sock"
# Every group: one that Postfix did not expand must never be taken for anything else.  The LMTP
# server gets them; of those that Postfix expands, only mail from sendmail(1).
TRANSPORT = f"""
    SELECT address AS lookup_key,
        CASE WHEN disabled OR recipient_count = 0 THEN 'error:5.2.1 mailbox unavailable'
             ELSE 'contactsgroups:{LMTP_PLACE}' END AS answer
    FROM contactsgroups_groups
    UNION ALL
    SELECT address, 'error:5.2.1 mailbox unavailable' FROM {DELETED}
    UNION ALL
    SELECT address, ':' FROM contactsgroups_accounts WHERE active AND {EXTENDED}
"""
# Restriction classes of main.cf, all of which ask the policy service: there is no final answer in
# a map, which may be older than what is stored.  The second class is that of every group whose
# mail the LMTP server gets, moderated or not: what a moderator has to see passes only there, since
# while a map still says the first one, Postfix may expand the group by itself.  In the third, what
# the service lets pass waits.
RECIPIENT_ACCESS = f"""
    SELECT address AS lookup_key,
        CASE WHEN native THEN 'contactsgroups_group'
             WHEN disabled OR recipient_count = 0 THEN 'contactsgroups_closed_group'
             ELSE 'contactsgroups_held_group' END AS answer
    FROM contactsgroups_groups
    UNION ALL
    SELECT address, 'contactsgroups_closed_group' FROM {DELETED}
    UNION ALL
    SELECT address, 'DUNNO' FROM contactsgroups_accounts WHERE active AND {EXTENDED}
    UNION ALL
    SELECT aliases.address, 'DUNNO'
    FROM contactsgroups_aliases AS aliases
    JOIN contactsgroups_accounts AS accounts ON accounts.id = aliases.account_id
    WHERE accounts.active AND aliases.{EXTENDED}
"""
SENDER_LOGIN = f"""
    SELECT address AS lookup_key, address AS answer FROM contactsgroups_accounts WHERE active
    UNION ALL
    {TARGETS}
"""


def ensure_postfix_views(connection: sa.Connection) -> None:
    """Create the views, or give them these queries."""
    is_mysql = connection.dialect.name in {"mysql", "mariadb"}
    views = {
        "contactsgroups_postfix_domain_spellings": SPELLINGS,
        "contactsgroups_postfix_virtual_domains": DOMAINS,
        "contactsgroups_postfix_virtual_alias": ALIASES,
        "contactsgroups_postfix_aliases_only": ALIASES_ONLY,
        "contactsgroups_postfix_virtual_mailbox": _mailboxes(
            _mysql_concat if is_mysql else _concat
        ),
        "contactsgroups_postfix_transport": TRANSPORT,
        "contactsgroups_postfix_recipient_access": RECIPIENT_ACCESS,
        "contactsgroups_postfix_sender_login": SENDER_LOGIN,
    }
    for name, query in views.items():
        ensure_view(connection, name, query)


def _mailboxes(concat: Callable[..., str]) -> str:
    """Return where each account's Maildir is, relative to Postfix's virtual_mailbox_base."""
    at_domain = concat("'@'", "domains.name")
    local_part = f"REPLACE(accounts.address, {at_domain}, '')"
    # A slash in the local part would lead into another mailbox's directory.
    directory = f"REPLACE({local_part}, '/', '%2F')"
    mailbox = concat("domains.name", "'/'", directory, "'/'")
    return f"""
        SELECT accounts.address AS lookup_key, {mailbox} AS answer
        FROM contactsgroups_accounts AS accounts
        JOIN contactsgroups_domains AS domains ON domains.id = accounts.domain_id
        WHERE accounts.active
    """


def _concat(*parts: str) -> str:
    return "(" + " || ".join(parts) + ")"


def _mysql_concat(*parts: str) -> str:
    # There, || is a logical OR.
    return f"CONCAT({', '.join(parts)})"
