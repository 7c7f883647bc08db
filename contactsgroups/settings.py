"""Every setting, in one frozen dataclass; the same names serve all four sources.

From weakest to strongest: the defaults here, a TOML file (``CONTACTSGROUPS_CONFIG``), the
environment (``CONTACTSGROUPS_*``), and what a host passes in (``app.config["CONTACTSGROUPS_*"]`` or
Radicale's options).
"""

import contextlib
import dataclasses
import hmac
import ipaddress
import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contactsgroups import notice_settings
from contactsgroups.database_url import find_fault
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.proxies import read_trusted
from contactsgroups.setting_values import WANTED, parse_value

PREFIX = "CONTACTSGROUPS_"


class InvalidSettings(InvalidInput):
    """One or more settings are wrong; ``faults`` has a sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(
            "the settings are wrong:\n" + "\n".join(f"  - {fault}" for fault in faults)
        )
        self.faults = tuple(faults)


def _setting(default: Any, doc: str, *, secret: bool = False) -> Any:
    # Settings end up in log lines; secrets must not.
    return field(default=default, repr=not secret, metadata={"doc": doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this installation runs."""

    state: Path = _setting(
        Path("var"),
        "Directory for all state: the SQLite database, the index, published maps, "
        "accounts' own address books and the secret key.",
    )
    database_url: str = _setting(
        "",
        "SQLAlchemy URL of the database. Empty: `contactsgroups.sqlite` in the state directory. "
        "MariaDB: `mysql+pymysql://…?charset=utf8mb4`; PostgreSQL: `postgresql+psycopg://…`.",
        secret=True,
    )
    secret_key: str = _setting(
        "",
        "Signs cookies and tokens and seals the audit log, at least 32 characters. Empty: made on "
        "first use and kept in `secret_key` in the state directory.",
        secret=True,
    )
    former_secret_key: str = _setting(
        "",
        "What `secret_key` was before: cookies and tokens that it signed are accepted, too. Set it "
        "while the key is being replaced, so that nobody has to sign in again. Empty: none.",
        secret=True,
    )
    maps_directory: Path = _setting(
        Path(),
        "Where `contactsgroups publish` writes the LMDB maps that Postfix reads. "
        "Empty: `maps` in the state directory.",
    )
    policy_socket: str = _setting(
        "",
        "Where the Postfix policy service listens: a path for a unix socket or `host:port`. "
        "Empty: `policy.sock` in the state directory.",
    )
    lmtp_socket: str = _setting(
        "",
        "Where the LMTP server takes messages to groups from Postfix: a path for a unix socket, or "
        "`host:port` of this machine. Empty: `lmtp.sock` in the state directory. The map "
        "`transport` names it: see [Postfix](postfix.md#the-two-lanes).",
    )
    policy_group: str = _setting(
        "",
        "Group whose members may connect to the unix sockets of both services; nobody else can, "
        "but their owner. Empty: Postfix's group, `postfix`, if this machine has it.",
    )
    reinject: str = _setting(
        "127.0.0.1:10026",
        "Where the LMTP server hands copies for a group's members back to Postfix: the `host:port` "
        "of the SMTP server that `postfix/master.cf` adds.",
    )
    notices_smtp: str = _setting(
        "127.0.0.1:25",
        "Where notices, such as those to new members, are handed to Postfix by SMTP: `host:port`, "
        "without encryption. See [notices](postfix.md#notices).",
    )
    notices_from: str = _setting(
        "", "The address that notices come from. Empty: `postmaster@` the group's domain."
    )
    notices_language: str = _setting(
        "en", "Language of notices where the reader's is not known: `en`, `de` or `zh-Hans`."
    )
    public_url: str = _setting(
        "",
        "Where people reach the pages, such as `https://groups.example.org`, with the path below "
        "which a host application has them: notices link there. Empty: they name pages in words.",
    )
    hold_days: int = _setting(
        7,
        "Days that a message to a moderated group waits for a decision (1 to 60). Then it is "
        "removed.",
    )
    host: str = _setting("127.0.0.1", "Address the web server binds to.")
    port: int = _setting(8080, "Port the web server binds to.")
    poll_interval: float = _setting(
        0.025, "Seconds between two looks at the journal by services that follow it (0.005 to 5)."
    )
    write_wait: float = _setting(
        5.0,
        "Seconds that a page, an API call or an address-book request waits for other writers "
        "before it is answered with 503 and `Retry-After` (0.1 to 60). Reading never waits.",
    )
    command_write_wait: float = _setting(
        60.0, "Seconds that a command waits for other writers before it gives up (0.1 to 3600)."
    )
    database_silence: float = _setting(
        4.0,
        "Seconds without any answer after which a database server counts as silent (0.5 to 3600): "
        "what waits for it fails, and nothing else waits until it answers again. A statement may "
        "take as long as it takes, as the server answers on another connection meanwhile.",
    )
    brake_share: float = _setting(
        0.2,
        "Share of a group's members that may move at once without being confirmed, where they "
        "follow a department or a rule (0 to 1): 0.2 is a fifth. What empties a group is always to "
        "be confirmed. See [rules](dynamic-groups.md).",
    )
    brake_floor: int = _setting(
        5, "So many of a group's members may move at once in any case (0 to 1000000)."
    )
    usage_rate: int = _setting(
        20,
        "Recipients per second that autocomplete learns from one account over a longer time; a "
        "hundred times as many at once (1 to 1000000). Each worker counts for itself.",
    )
    trusted_networks: str = _setting(
        "127.0.0.0/8 ::1/128",
        "Clients, as networks separated by spaces, whose envelope sender is trusted without a "
        "login. Keep it as narrow as Postfix's `mynetworks`.",
    )
    trusted_proxies: str = _setting(
        "",
        "Reverse proxies, as networks separated by spaces, whose word counts on the client's "
        "address, the scheme, the host and the path (`X-Forwarded-For` and so on, or `Forwarded`); "
        "`unix` stands for peers of a unix socket. Name your proxies and nobody else: whoever is "
        "in here can pretend to be any client. See [reverse proxies](reverse-proxies.md).",
    )
    token_lifetime: int = _setting(
        60, "Seconds that a bearer token of `contactsgroups token` is valid (10 to 3600)."
    )
    cors_origins: str = _setting(
        "",
        "Origins, separated by spaces, whose pages may call the API with a bearer token, such as "
        "`https://webmail.example.org`.",
    )
    carddav_calendars: bool = _setting(
        False,
        "Let accounts keep calendars beside their address books at `/dav/`; for Radicale's own "
        "program this counts for nothing. Events repeat once a day at most there.",
    )
    completion_rate: int = _setting(
        30,
        "Completions per second that one account may ask for over a longer time; four times as "
        "many at once (1 to 1000000). Each worker counts for itself.",
    )
    session_lifetime: int = _setting(
        12 * 3600, "Seconds from signing in until the password is asked again (600 to 2592000)."
    )
    session_idle_time: int = _setting(
        2 * 3600,
        "Seconds that a session of the pages lasts without being used (600 to 2592000). "
        "That it was used is written every five minutes, so it may end so much sooner.",
    )
    session_cookie_secure: bool = _setting(
        False,
        "Send the session cookie over HTTPS only, always. Without it the cookie is so when the "
        "request came by HTTPS, to this server or to a trusted proxy.",
    )

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise InvalidSettings(faults)

    @property
    def effective_database_url(self) -> str:
        """The database's URL, the embedded SQLite file by default."""
        return self.database_url or f"sqlite:///{self.state / 'contactsgroups.sqlite'}"

    @property
    def effective_maps_directory(self) -> Path:
        """Where the Postfix maps are published."""
        return self.maps_directory if self.maps_directory != Path() else self.state / "maps"

    @property
    def effective_policy_socket(self) -> str:
        """Where the policy service listens."""
        return self.policy_socket or str(self.state / "policy.sock")

    @property
    def effective_lmtp_socket(self) -> str:
        """Where the LMTP server listens."""
        return self.lmtp_socket or str(self.state / "lmtp.sock")

    def read_secret_key(self) -> str:
        """Return the signing key, made once and kept readable by the owner only."""
        if self.secret_key:
            return self.secret_key
        path = self.state / "secret_key"
        if not path.exists():
            self._write_secret_key(path)
        return path.read_text().strip()

    def read_token_secret(self) -> str:
        """Return the secret that keys of bearer tokens are derived from.

        See :mod:`contactsgroups.services.accounts.token_keys`.
        """
        return _derive_key(self.read_secret_key(), "token")

    def read_session_key(self) -> str:
        """Return the key that signs the cookie of the pages, and with it form tokens."""
        return _derive_key(self.read_secret_key(), "session")

    @property
    def former_token_secret(self) -> str:
        """The same as :meth:`read_token_secret`, of the former secret key; empty without one."""
        return _derive_key(self.former_secret_key, "token")

    @property
    def former_session_key(self) -> str:
        """The same as :meth:`read_session_key`, of the former secret key; empty without one."""
        return _derive_key(self.former_secret_key, "session")

    def read_audit_keys(self) -> tuple[str, ...]:
        """Return the key that seals the audit log, and the former one if there is one.

        See :mod:`contactsgroups.services.unit_of_work.audit_chain`.
        """
        found = (self.read_secret_key(), self.former_secret_key)
        return tuple(_derive_key(each, "audit") for each in found if each)

    def _write_secret_key(self, path: Path) -> None:
        """Write the key file atomically: another process may be doing the same."""
        self.state.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=self.state, prefix="secret_key.")
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()


def _derive_key(secret: str, purpose: str) -> str:
    return hmac.new(secret.encode(), purpose.encode(), "sha256").hexdigest() if secret else ""


def load(
    overrides: Mapping[str, Any] | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Read the settings from all sources and report every fault at once.

    Args:
        overrides: names without prefix in lower case, as ``{"state": "/var/lib/contactsgroups"}``.
        environment: where ``CONTACTSGROUPS_*`` are looked up.

    Raises:
        InvalidSettings: naming each unknown name and each value that does not fit.
    """
    raw: dict[str, Any] = {}
    if config := environment.get(PREFIX + "CONFIG"):
        raw |= _read_toml(Path(config))
    raw |= {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name != PREFIX + "CONFIG"
    }
    raw |= dict(overrides or {})
    return from_mapping(raw)


def from_mapping(raw: Mapping[str, Any]) -> Settings:
    """Build settings from names and values, texts included (as an environment gives them)."""
    fields = {each.name: each for each in dataclasses.fields(Settings)}
    values: dict[str, Any] = {}
    faults: list[str] = []
    for name, value in raw.items():
        if name not in fields:
            faults.append(f"{name}: there is no such setting")
            continue
        try:
            values[name] = parse_value(value, fields[name].type)
        except (ValueError, TypeError):
            faults.append(f"{name}: {value!r} is not {WANTED[fields[name].type]}")
    try:
        settings = Settings(**values)
    except InvalidSettings as error:
        raise InvalidSettings(faults + list(error.faults)) from None
    if faults:
        raise InvalidSettings(faults)
    return settings


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:  # Not TOML, or not even text.
        raise InvalidSettings([f"{path}: {error}"]) from None


_RANGES: Mapping[str, tuple[float, float]] = {
    "port": (0, 65535),
    "poll_interval": (0.005, 5),
    "write_wait": (0.1, 60),
    "command_write_wait": (0.1, 3600),
    "database_silence": (0.5, 3600),
    "brake_share": (0, 1),
    "brake_floor": (0, 1_000_000),
    "hold_days": (1, 60),
    "usage_rate": (1, 1_000_000),
    "completion_rate": (1, 1_000_000),
    "session_lifetime": (600, 2_592_000),
    "session_idle_time": (600, 2_592_000),
    "token_lifetime": (10, 3600),
}
"""The lowest and the highest value of each setting that is a number."""


def _faults(settings: Settings) -> list[str]:
    faults = [
        f"{name}: {getattr(settings, name)} is not between {lowest} and {highest}"
        for name, (lowest, highest) in _RANGES.items()
        if not lowest <= getattr(settings, name) <= highest
    ]
    faults += [
        f"{name}: shorter than 32 characters"
        for name in ("secret_key", "former_secret_key")
        if 0 < len(getattr(settings, name)) < 32
    ]
    if settings.database_url and (fault := find_fault(settings.database_url)):
        faults.append(f"database_url: {fault}")
    faults += notice_settings.find_faults(settings)
    faults += [
        f"cors_origins: {origin!r} is not an origin such as https://webmail.example.org"
        for origin in settings.cors_origins.split()
        if not re.fullmatch(r"https?://[a-z0-9.:\[\]-]+", origin)
    ]
    if not re.fullmatch(r"[^\s/]+:\d{1,5}", settings.reinject, re.ASCII):
        faults.append(f"reinject: {settings.reinject!r} is not a place such as 127.0.0.1:10026")
    for network in settings.trusted_networks.split():
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            faults.append(f"trusted_networks: {error}")
    try:
        read_trusted(settings.trusted_proxies)
    except ValueError as error:
        faults.append(f"trusted_proxies: {error}")
    return faults
