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


def verify(password: str, hashed: str | None, account: str = "") -> bool:
    """Check a password in the same time whether or not there is an account.

    Args:
        hashed: None if there is no account or no password.
        account: the account, or the text that may be one.
    """
    known = recall(password, hashed, account)
    return check(password, hashed, account) if known is None else known


def recall(password: str, hashed: str | None, account: str = "") -> bool | None:
    """Return whether a password was right or wrong when it was last checked; None if it was not.

    Address-book clients send it with every request, an old one too, and scrypt is slow on purpose.
    It is remembered together with its hash, so a changed password or a removed account takes
    effect at once.
    """
    if hashed is not None and _right.knows(password, hashed):
        return True
    return False if _wrong.knows(password, hashed or account) else None


def mark_of(hashed: str | None) -> str:
    """Return a digest that differs for each password; empty if there is none.

    It reveals nothing: the hashes are salted.
    """
    return hashlib.blake2b(hashed.encode(), digest_size=12).hexdigest() if hashed else ""


def fingerprint(password: str, account: str) -> bytes:
    """Return what stands for a password of an account in the memory of this process only."""
    return _wrong.digest(password, account)


def check(password: str, hashed: str | None, account: str = "") -> bool:
    """Check a password, slowly, and remember the outcome."""
    is_right = check_password_hash(hashed or _hash_of_nothing(), password) and hashed is not None
    if is_right and hashed is not None:
        _right.remember(password, hashed)
    else:
        _wrong.remember(password, hashed or account)
    return is_right


class _Passwords:
    """Pairs of a password and what it was for, as digests under a random key of this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._digests: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, password: str, purpose: str) -> bool:
        digest = self.digest(password, purpose)
        with self._lock:
            if digest not in self._digests:
                return False
            self._digests.move_to_end(digest)
            return True

    def remember(self, password: str, purpose: str) -> None:
        with self._lock:
            self._digests[self.digest(password, purpose)] = None
            if len(self._digests) > _REMEMBERED_LIMIT:
                self._digests.popitem(last=False)

    def digest(self, password: str, purpose: str) -> bytes:
        text = f"{purpose}\n{password}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._key).digest()


_right = _Passwords()
_wrong = _Passwords()


@cache
def _hash_of_nothing() -> str:
    return hash_password("the password of no account")
