"""What no page would send: texts, octets, bodies, headers and tokens."""

from base64 import urlsafe_b64encode

# What is seen in texts: absent, out of range, folded by Unicode, forbidden by a database.
TEXTS = (
    "",
    "\0",
    "a\0b@example.org",
    "\r\nSet-Cookie: x=1",
    "\u202e\u2028",
    "İ@İ.example",
    "@" * 300,
    "(" * 2000,
    "9" * 5000,
    "-1",
    "1e400",
    "٣",
    "x" * 9_000,
    '"><script>',
    "%00%ff",
    "../../etc/passwd",
    "ada@example.org\0",
    "example.org/Sales/" + "x/" * 1000,
    'department = "Sales"' + " and not" * 500,
)
OCTETS = (b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"%", b"\x00", b"\xf4\x90\x80\x80")
DEEP = 100_000
JSON_BODIES = (
    b"",
    b"null",
    b"[]",
    b"[" * 1000,
    b"[" * DEEP + b"]" * DEEP,
    b'{"recipients":' * DEEP,
    b'{"recipients": ' + b"[" * 2000 + b"]" * 2000 + b"}",
    b"9" * 5000,
    b'{"enabled": 1e999}',
    b'{"enabled": NaN}',
    b'{"recipients": 7}',
    b'{"recipients": [[]]}',
    b'{"recipients": [{"address": {}}]}',
    b'{"recipients": [{"address": "\\ud800@example.org", "name": "\\udfff"}]}',
    b'{"recipients": [{"address": "x@example.net", "name": "\\ud800\\u0000"}]}',
    b'{"recipients": [{"address": "x@example.net", "name": "' + b"n" * 100_000 + b'"}]}',
    b'{"recipients": [{"address": "' + b"@" * 100_000 + b'"}]}',
    b'{"recipients": ' + b'[{"address": "x@example.net"},' * 2000,
    '{"recipients": []}'.encode("utf-16"),
    b"\xff\xfe\xff",
)
CONTENT_TYPES = (
    "application/json",
    "application/json; charset=utf-7",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=" + "x" * 5000,
    "text/plain; charset=" + "x" * 100,
    "/;=\xff",
)
HEADER_VALUES = ("\xff\xfe", "", "=", "bytes=9-1,-", '"' * 5000, "9" * 5000, "a;b=c;=\xff,,")
HEADERS = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Cookie",
    "Host",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "Origin",
    "Range",
    "Referer",
    "X-CSRF-Token",
    "X-Forwarded-For",
)


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


TOKENS = (
    "",
    "a.b.c",
    "\xff.\xff.\xff",
    "." * 5000,
    *(
        ".".join((_encoded(head), _encoded(b"{}"), ""))
        for head in (
            b"[" * DEEP,
            b'{"alg":' * DEEP,
            b"null",
            b"9" * 5000,
            b'{"alg":[]}',
            b'{"alg":{}}',
            b'{"alg":"HS256","kid":[],"crit":7,"b64":false}',
            b'{"alg":"none"}',
            b"\xff",
        )
    ),
)
