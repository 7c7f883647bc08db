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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contactsgroups.domain.errors import InvalidInput

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
        "Signs sessions and tokens, at least 32 characters. Empty: made on first use and kept in "
        "`secret_key` in the state directory.",
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
    host: str = _setting("127.0.0.1", "Address the web server binds to.")
    port: int = _setting(8080, "Port the web server binds to.")
    poll_interval: float = _setting(
        0.025, "Seconds between two looks at the journal by services that follow it (0.005 to 5)."
    )
    trusted_networks: str = _setting(
        "127.0.0.0/8 ::1/128",
        "Clients, as networks separated by spaces, whose envelope sender is trusted without a "
        "login. Keep it as narrow as Postfix's `mynetworks`.",
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
        "many at once (1 to 1000000).",
    )
    session_cookie_secure: bool = _setting(
        False, "Send the session cookie over HTTPS only. Set it wherever the site has HTTPS."
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

    def read_secret_key(self) -> str:
        """Return the signing key, made once and kept readable by the owner only."""
        if self.secret_key:
            return self.secret_key
        path = self.state / "secret_key"
        if not path.exists():
            self._write_secret_key(path)
        return path.read_text().strip()

    def read_token_key(self) -> str:
        """Return the key of bearer tokens.

        Another webmail may hold it to sign tokens of its own; it cannot forge a session.
        """
        return self._derive_key("token")

    def read_session_key(self) -> str:
        """Return the key of the pages' own sessions."""
        return self._derive_key("session")

    def _derive_key(self, purpose: str) -> str:
        secret = self.read_secret_key().encode()
        return hmac.new(secret, purpose.encode(), "sha256").hexdigest()

    def _write_secret_key(self, path: Path) -> None:
        """Write the key file atomically: another process may be doing the same."""
        self.state.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=self.state, prefix="secret_key.")
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()


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
            values[name] = _PARSERS[fields[name].type](value)
        except (ValueError, TypeError):
            faults.append(f"{name}: {value!r} is not {_WANTED[fields[name].type]}")
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
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InvalidSettings([f"{path}: {error}"]) from None


def _parse_bool(value: Any) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in words:
        raise ValueError(value)
    return words[str(value).lower()]


_PARSERS: Mapping[Any, Callable[[Any], Any]] = {
    Path: Path,
    str: str,
    int: int,
    float: float,
    bool: _parse_bool,
}
_WANTED: Mapping[Any, str] = {
    Path: "a path",
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def _faults(settings: Settings) -> list[str]:
    faults = []
    if settings.secret_key and len(settings.secret_key) < 32:
        faults.append("secret_key: shorter than 32 characters")
    if not 0 <= settings.port <= 65535:
        faults.append(f"port: {settings.port} is not between 0 and 65535")
    if not 0.005 <= settings.poll_interval <= 5:
        faults.append(f"poll_interval: {settings.poll_interval} is not between 0.005 and 5")
    if not 1 <= settings.completion_rate <= 1_000_000:
        faults.append(f"completion_rate: {settings.completion_rate} is not between 1 and 1000000")
    faults += [
        f"cors_origins: {origin!r} is not an origin such as https://webmail.example.org"
        for origin in settings.cors_origins.split()
        if not re.fullmatch(r"https?://[a-z0-9.:\[\]-]+", origin)
    ]
    if not 10 <= settings.token_lifetime <= 3600:
        faults.append(f"token_lifetime: {settings.token_lifetime} is not between 10 and 3600")
    for network in settings.trusted_networks.split():
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            faults.append(f"trusted_networks: {error}")
    return faults
