"""The chain of the audit log: each entry carries the hash of the one before, and a seal.

The hash needs no key, so everybody who has the log can compute it.  The seal is made with a key
that is not in the database: who can only write there can compute new hashes, but no seals.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

BEGIN = "0" * 64
"""What stands for the hash of the entry before the first one."""


def digest_of(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 (FIPS 180-4) of an entry, in hexadecimal digits.

    It is over JSON with the names and values of all columns but ``seal``: sorted, in UTF-8, points
    in time in UTC with six places behind the second.  A column without a value is left out, so
    that entries from before a column was there keep their hash.
    """
    values = {name: value for name, value in entry.items() if name != "seal" and value is not None}
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def seal_of(digest: str, key: str) -> str:
    """Return the seal of an entry with this digest: HMAC with SHA-256 (RFC 2104)."""
    return hmac.digest(key.encode(), digest.encode(), "sha256").hex()


def is_sealed(digest: str, seal: str, keys: Sequence[str]) -> bool:
    """Whether a seal was made with one of the keys."""
    return any(hmac.compare_digest(_octets(seal), seal_of(digest, key).encode()) for key in keys)


def hash_carried(digest: str, seal: str) -> str:
    """Return what the next entry carries of one: a hash of what it says and of its seal."""
    return hashlib.sha256(f"{digest} {seal}".encode(errors="surrogatepass")).hexdigest()


def _octets(seal: object) -> bytes:
    return str(seal).encode(errors="surrogatepass")


def _plain(value: object) -> str:
    """Return text for what JSON has no type for."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return repr(value)  # SQLite keeps values of any type in any column.
