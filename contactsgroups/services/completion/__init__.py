"""Completions for a principal: what is suggested while a recipient is typed.

- ``index``: answers from the shards of the mail domains
- ``listing``: the address book, by name or as a search finds it
- ``following``: one shard that follows the journal
- ``change_watch``: whether anything in the database has changed
- ``entries``: from rows to what the index keeps; ``payload``: the JSON that is shown of it
- ``personal``: a principal's own usage and own contacts
- ``matching``: how each completion matches what was typed
- ``preview``: whether the principal may post to a suggested group
- ``fallback``: slower but equal answers from the database while an index is being built
- ``usage``: the addresses that an account mails; ``popularity``: the sum over all accounts
- ``contacts``: the addresses in accounts' own address books
- ``recognition``: own contacts that are accounts or groups as well
- ``upkeep``: building, inspecting and verifying the index by command
"""

from contactsgroups.autocomplete import Completion, EntryKind, IndexUnusable
from contactsgroups.services.completion.index import CONTACT_KINDS, LIMIT, CompletionIndex
from contactsgroups.services.completion.listing import FOUND_LIMIT, ContactPage

__all__ = [
    "CONTACT_KINDS",
    "FOUND_LIMIT",
    "LIMIT",
    "Completion",
    "CompletionIndex",
    "ContactPage",
    "EntryKind",
    "IndexUnusable",
]
