"""Signing in with a password, within the limits that hold for all faces together."""

import math
import time
from collections.abc import Callable, Mapping

from contactsgroups.domain.attempts import Client, Face, account_of
from contactsgroups.domain.errors import NotAuthenticated, SignInBusy, TooManyAttempts
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.proxies import Trusted, origin_of
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.attempts import Attempts, Claim
from contactsgroups.services.accounts import passwords
from contactsgroups.services.accounts.check_slots import CheckSlots, SameChecks
from contactsgroups.services.accounts.identity import Candidate, find_candidate
from contactsgroups.services.accounts.recent_sign_ins import ProvenConnections, Repeats
from contactsgroups.services.accounts.sign_in_log import log_failure

_REFUSED = Sentence("the address or the password is wrong")
_NO_ACCOUNT = ""
_FAMILIAR_AGAIN_SECONDS = 24 * 3600
_FAMILIAR_LIMIT = 20_000
_PROGRAM_LIMIT = 200  # characters that are remembered of a client's program


class SignIn:
    """The one place where passwords are checked for clients of the network."""

    def __init__(
        self,
        database: Database,
        attempts: Attempts,
        trusted_proxies: Trusted,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._attempts = attempts
        self._trusted = trusted_proxies
        self._clock = clock
        self._slots = CheckSlots()
        self._same = SameChecks()
        self._proven = ProvenConnections()
        self._repeats = Repeats()
        self._familiar: dict[bytes, float] = {}

    def client_of(self, environ: Mapping[str, object], face: Face) -> Client:
        """Return the client of a request, from its meta-variables (RFC 3875)."""
        origin = origin_of(environ, self._trusted)
        # Behind a proxy the port is the proxy's, and one client has many.
        port = "" if origin.by_proxy else environ.get("REMOTE_PORT", "")
        program = str(environ.get("HTTP_USER_AGENT", ""))[:_PROGRAM_LIMIT]
        return Client(face, origin.client, f"{port} {program}")

    def authenticate(self, address: str, password: str, client: Client) -> Principal:
        """Check an account's password.

        Raises:
            NotAuthenticated: it is wrong, or there is no such active account; the text does not
                say which.
            TooManyAttempts: nothing was checked.
            SignInBusy: nothing was checked.
        """
        claim = _claim(address, client)
        connection = (claim.account, claim.client, client.connection)
        found = self._find_proven(address, password, connection)
        if found is None:
            found = self._find_checked(address, password, claim, client)
            self._make_familiar(claim)
            self._proven.add(connection)
        assert found.principal is not None  # noqa: S101 - no password is right without an account
        return found.principal

    def confirm(self, address: str, client: Client, check: Callable[[], bool]) -> None:
        """Let a host check the password of an account in its own way, within the same limits.

        Raises:
            NotAuthenticated: ``check`` says that it is wrong.
            TooManyAttempts, SignInBusy: nothing was checked.
        """
        if not self._check(_claim(address, client), check):
            log_failure(client, address)
            raise NotAuthenticated("the password is wrong")

    def count_forged_token(self, client: Client) -> None:
        """Count a token that no key of ours has signed.

        Raises:
            TooManyAttempts: there were too many already.
        """
        self._take(Claim(_NO_ACCOUNT, client.key))
        log_failure(client, _NO_ACCOUNT)

    def close(self) -> None:
        """Close the file of the tallies."""
        self._attempts.close()

    def _find_proven(
        self, address: str, password: str, connection: tuple[str, ...]
    ) -> Candidate | None:
        """Return the account if the last password on this connection was the same right one."""
        if connection not in self._proven:
            return None
        found = find_candidate(self._database, address)
        if passwords.recall(password, found.password_hash, found.account):
            return found
        self._proven.discard(connection)
        return None

    def _find_checked(self, address: str, password: str, claim: Claim, client: Client) -> Candidate:
        now = self._clock()
        _require_none(self._attempts.read(claim, now).wait(now))
        found = find_candidate(self._database, address)
        fingerprint = passwords.fingerprint(password, claim.account)
        if not self._is_right(found, password, claim, fingerprint):
            self._repeats.note((claim.client, fingerprint), now)
            log_failure(client, address)
            raise NotAuthenticated(_REFUSED)
        return found

    def _is_right(self, found: Candidate, password: str, claim: Claim, fingerprint: bytes) -> bool:
        hashed, account = found.password_hash, found.account
        known = passwords.recall(password, hashed, account)
        if known is None:
            with self._same.joined(fingerprint) as is_first:
                if is_first:
                    return self._check(claim, lambda: passwords.check(password, hashed, account))
            known = passwords.recall(password, hashed, account)
        if known is None:  # Whoever was first has not checked it.
            raise SignInBusy
        if not known:
            self._count_known(claim, fingerprint)
        return known

    def _count_known(self, claim: Claim, fingerprint: bytes) -> None:
        """Count a password that is known to be wrong: as a guess, unless this client repeats it."""
        repeated = (claim.client, fingerprint)
        if repeated in self._repeats:
            _require_none(self._repeats.count(repeated, self._clock()))
        else:
            self._take(claim)

    def _check(self, claim: Claim, check: Callable[[], bool]) -> bool:
        """Run a slow check.

        It is counted as a failure before, because others run at the same time, and taken back.
        """
        with self._slots.taken(claim.client):
            self._take(claim)
            is_wrong = False
            try:
                is_wrong = not check()
                return not is_wrong
            finally:
                if not is_wrong:
                    now = self._clock()
                    self._attempts.update(claim, now, lambda each: each.counting(-1, now))

    def _take(self, claim: Claim) -> None:
        now = self._clock()
        before = self._attempts.update(
            claim, now, lambda each: each if each.wait(now) else each.counting(1, now)
        )
        _require_none(before.wait(now))

    def _make_familiar(self, claim: Claim) -> None:
        """Note it once a day, not at every request of a client that is always there."""
        now = self._clock()
        if now - self._familiar.get(claim.pair, 0.0) < _FAMILIAR_AGAIN_SECONDS:
            return
        if len(self._familiar) > _FAMILIAR_LIMIT:
            self._familiar.clear()
        self._attempts.make_familiar(claim, now)
        self._familiar[claim.pair] = now


def _claim(address: str, client: Client) -> Claim:
    return Claim(account_of(address), client.key)


def _require_none(wait: float) -> None:
    if wait > 0:
        raise TooManyAttempts(math.ceil(wait))
