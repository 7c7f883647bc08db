-- A user for Postfix who may read the views made for it, and nothing else.
-- Run as the database's administrator in contactsgroups' database: mysql contactsgroups < grants.sql
CREATE USER IF NOT EXISTS contactsgroups_postfix@localhost IDENTIFIED BY 'change-me';
GRANT SELECT ON contactsgroups_postfix_domain_spellings TO contactsgroups_postfix@localhost;
GRANT SELECT ON contactsgroups_postfix_virtual_domains TO contactsgroups_postfix@localhost;
GRANT SELECT ON contactsgroups_postfix_virtual_alias TO contactsgroups_postfix@localhost;
GRANT SELECT ON contactsgroups_postfix_aliases_only TO contactsgroups_postfix@localhost;
GRANT SELECT ON contactsgroups_postfix_virtual_mailbox TO contactsgroups_postfix@localhost;
GRANT SELECT ON contactsgroups_postfix_transport TO contactsgroups_postfix@localhost;
GRANT SELECT ON contactsgroups_postfix_recipient_access TO contactsgroups_postfix@localhost;
GRANT SELECT ON contactsgroups_postfix_sender_login TO contactsgroups_postfix@localhost;
