"""Completions for a principal: what is suggested while somebody types a recipient.

- ``index``: answers from the shards of the mail domains
- ``following``: one shard that follows the journal
- ``change_watch``: whether anything in the database has changed
- ``entries``: from rows to what the index keeps; ``payload``: the JSON that is shown of it
- ``personal``: a principal's own usage and own contacts
- ``preview``: whether the principal may post to a suggested group
- ``fallback``: slower but right answers from the database while an index is being built
- ``usage``: whom accounts mail, and how to forget it; ``popularity``: how much, of all together
- ``contacts``: the addresses in people's own address books
- ``recognition``: own contacts that are colleagues or groups as well
- ``upkeep``: building, inspecting and verifying the index by hand
"""

from contactsgroups.autocomplete import Completion, EntryKind, IndexUnusable
from contactsgroups.services.completion.index import LIMIT, CompletionIndex

__all__ = ["LIMIT", "Completion", "CompletionIndex", "EntryKind", "IndexUnusable"]
