"""Passwords of accounts that this product keeps itself, salted and hashed with scrypt."""

import hashlib
import secrets
import threading
from collections import OrderedDict
from functools import cache

from werkzeug.security import check_password_hash, generate_password_hash

_REMEMBERED_LIMIT = 4096


def hash_password(password: str) -> str:
    """Return a salted scrypt hash (RFC 7914)."""
    return generate_password_hash(password, method="scrypt")


def verify(password: str, hashed: str | None) -> bool:
    """Check a password in the same time whether or not there is an account.

    A correct password is cached together with its hash, because address-book clients send it with
    every request and scrypt is slow on purpose.  So a changed password or a removed account takes
    effect at once.
    """
    if hashed is not None and _right.knows(password, hashed):
        return True
    if not check_password_hash(hashed or _hash_of_nothing(), password) or hashed is None:
        return False
    _right.remember(password, hashed)
    return True


def mark_of(hashed: str | None) -> str:
    """Return a digest that differs for each password; empty if there is none.

    It reveals nothing: the hashes are salted.
    """
    return hashlib.blake2b(hashed.encode(), digest_size=12).hexdigest() if hashed else ""


class _RightPasswords:
    """Pairs of password and hash that matched, as digests under a random key of this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._digests: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, password: str, hashed: str) -> bool:
        digest = self._digest(password, hashed)
        with self._lock:
            if digest not in self._digests:
                return False
            self._digests.move_to_end(digest)
            return True

    def remember(self, password: str, hashed: str) -> None:
        with self._lock:
            self._digests[self._digest(password, hashed)] = None
            if len(self._digests) > _REMEMBERED_LIMIT:
                self._digests.popitem(last=False)

    def _digest(self, password: str, hashed: str) -> bytes:
        return hashlib.blake2b(f"{hashed}\n{password}".encode(), key=self._key).digest()


_right = _RightPasswords()


@cache
def _hash_of_nothing() -> str:
    return hash_password("the password of no account")
