"""What a browser is called: enough to know one's own again in a list."""

from collections.abc import Sequence

from contactsgroups.domain.sentence import Sentence

# The first that is found counts: nearly every browser names older ones, too, to be let in.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Chromium", "Chromium"),
    ("Safari", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),  # codespell:ignore
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_UNKNOWN, _ON = "Unknown browser", " on "


def describe_client(user_agent: str) -> str:
    """Return "Firefox on Linux" or the like for a User-Agent (RFC 9110 section 10.1.5).

    What is not known is left out; nothing of the header's own text is kept.
    """
    browser = _first(_BROWSERS, user_agent) or _UNKNOWN
    system = _first(_SYSTEMS, user_agent)
    return f"{browser}{_ON}{system}" if system else browser


def client_in_words(described: str) -> Sentence:
    """Return what :func:`describe_client` gave, as it is kept, for a page in any language."""
    browser, _, system = described.partition(_ON)
    name = Sentence("Unknown browser") if browser == _UNKNOWN else browser
    if not system:
        return Sentence("{text}", text=name)
    return Sentence("{browser} on {system}", browser=name, system=system)


def _first(names: Sequence[tuple[str, str]], user_agent: str) -> str:
    return next((name for part, name in names if part in user_agent), "")
