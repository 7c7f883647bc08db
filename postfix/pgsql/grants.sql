-- A user for Postfix who may read the views made for it, and nothing else.
-- Run as the database's owner in contactsgroups' database: psql contactsgroups -f grants.sql
CREATE USER contactsgroups_postfix PASSWORD 'change-me';
GRANT SELECT ON
    contactsgroups_postfix_domain_spellings,
    contactsgroups_postfix_virtual_domains,
    contactsgroups_postfix_virtual_alias,
    contactsgroups_postfix_aliases_only,
    contactsgroups_postfix_virtual_mailbox,
    contactsgroups_postfix_transport,
    contactsgroups_postfix_recipient_access,
    contactsgroups_postfix_sender_login
TO contactsgroups_postfix;
