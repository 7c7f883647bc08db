"""Recipients as an attacker might write them, generated from a seed."""

import random

LOCAL_PARTS = [
    b"board", b"BOARD", b"team", b"team+box", b"Team+Box", b"ada", b"ada+x+y", b"+odd", b"b++c",
    b"postmaster", b"Mailer-Daemon", b"owner-list", b"list-request", b"double-bounce",
    "jörg".encode(), "JÖRG".encode(), "jo\u0308rg".encode(), "straße".encode(), b"strasse",
    "STRAẞE".encode(), "ſtraſſe".encode(), b"j\xf6rg", b"nobody", b"", b"-board",
]  # fmt: skip
DOMAINS = [
    b"example.org", b"Example.ORG", b"example.org.", b"example.org..", b".example.org",
    "grün.example".encode(), b"xn--grn-ioa.example", "GRÜN.example".encode(),
    "gru\u0308n.example".encode(), "straße.example".encode(), b"strasse.example",
    "ｅxample.org".encode(), "example。org".encode(), b"exam\\ple.org", b'"example.org"',
    b"example.org(c)", b"(c)example.org", b"example .org", b"[127.0.0.1]", b"[example.org]",
    b"mail.example.org", b"elsewhere.example", b"localhost", b"", b"example.org\xff",
    "exam\u00adple.org".encode(), "❤.example".encode(), b"example.org@example.org",
    b"example.org@mail.example.org", b"example.org@[127.0.0.1]", b"example",
]  # fmt: skip
EXTENSIONS = [
    b"", b"+", b"+.", b"+x", b"+x.", b"+.x", b"+x..y", b"+x+y", b"+box", b"+x+y+z", b"++", b".",
    b"..", b"+" + b"x" * 80, b"+" + b"x" * 300, b"+" + b"x" * 900, b"+ ", b"+x y", b"+\t", b"+()",
    b"+(c)", b"+<>", b"+,", b"+;", b"+:", b"+[", b"+]", b"+[x]", b"+\\", b"+\\\\", b"+\\\"",
    b'+"', b'+"x"', b"+@", b"+a@b", b"+%", b"+a%b", b"+!", b"+a!b", b"+\x01", b"+\x1b[0m",
    b"+\x7f", b"+\x80", b"+\xff\xfe", b"+\r", b"+\0", b"+=", b"+-", b"+'", b"+\xc3", "+ö".encode(),
    "+\u200b".encode(), "+\u202e".encode(), "+\ufeff".encode(), "+\U000e0001".encode(),
    "+\u0378".encode(), "＋x".encode(), "+\u0130".encode(), b"+@example.net", b"+%example.net",
]  # fmt: skip
ROUTES = [
    b"",
    b"@example.net:",
    b"@example.net,@example.com:",
    b"@a:@b:",
    b"@a:@b:@c:",
    b":",
    b"@:",
]
OCTETS = b'+.@"\\%!:;,<>()[] \t-_=aboxBOARDteam\x00\x01\r\x7f\x80\xc3\xb6\xff'


def odd_recipients(seed: int, count: int) -> list[bytes]:
    """Return what may stand between the angle brackets of RCPT TO; the same for the same seed."""
    chance = random.Random(seed)
    return [_recipient(chance) for _ in range(count)]


def _recipient(chance: random.Random) -> bytes:
    local_part = chance.choice(LOCAL_PARTS) + _extension(chance)
    # Most are in a domain of ours, where it matters.
    domain = chance.choice(DOMAINS) if chance.random() < 0.4 else b"example.org"
    style = chance.random()
    if style < 0.5:
        local_part = _quoted(local_part)
    elif style < 0.55:
        local_part = b"%s@%s" % (chance.choice(ROUTES), local_part)
    elif style < 0.6:
        return chance.choice(ROUTES) + _quoted(chance.choice(ROUTES) + local_part) + b"@" + domain
    elif style < 0.65:
        return _quoted(chance.choice(ROUTES) + local_part + b"@" + domain)
    elif style < 0.7:
        return _quoted(local_part + b"@" + domain) + b"@" + chance.choice(DOMAINS)
    text = chance.choice(ROUTES[:1] * 9 + ROUTES) + local_part + b"@" + domain
    return _damaged(chance, text) if chance.random() < 0.2 else text


def _extension(chance: random.Random) -> bytes:
    if chance.random() < 0.7:
        return chance.choice(EXTENSIONS)
    return b"+" + bytes(chance.choices(OCTETS, k=chance.randrange(12)))


def _quoted(local_part: bytes) -> bytes:
    return b'"%s"' % local_part.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def _damaged(chance: random.Random, text: bytes) -> bytes:
    """Put in, take out or replace an octet somewhere."""
    place = chance.randrange(len(text))
    piece = bytes([chance.choice(OCTETS)]) if chance.random() < 0.7 else b""
    return text[:place] + piece + text[place + chance.randrange(2) :]
