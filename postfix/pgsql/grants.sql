-- A user for Postfix who may read the views made for it, and nothing else.
-- Run as the database's owner in contactsgroups' database: psql contactsgroups -f grants.sql
CREATE USER contactsgroups_postfix PASSWORD 'change-me';
GRANT SELECT ON
    postfix_domain_spellings,
    postfix_virtual_domains,
    postfix_virtual_alias,
    postfix_aliases_only,
    postfix_virtual_mailbox,
    postfix_transport,
    postfix_recipient_access,
    postfix_sender_login
TO contactsgroups_postfix;
