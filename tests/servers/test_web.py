"""The server of the tests leaves nothing open behind it."""

import http.client
import socket
from urllib.parse import urlsplit

from tests.servers.web import served

_MORE_THAN_SOCKETS_HOLD = 64 << 20


def test_a_file_half_sent_is_closed_with_the_server(tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as large:
        large.truncate(_MORE_THAN_SOCKETS_HOLD)
    opened = []

    def send(environ, start_response):
        if environ["PATH_INFO"] != "/large":
            start_response("204 No Content", [])
            return []
        opened.append(path.open("rb"))
        start_response("200 OK", [("Content-Length", str(_MORE_THAN_SOCKETS_HOLD))])
        return environ["wsgi.file_wrapper"](opened[0])

    with served(send, threads=1) as url:
        place = urlsplit(url)
        client = socket.create_connection((place.hostname, place.port), timeout=10)
        client.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.recv(1)
        # The only thread answers others, so the rest of the file waits for its client.
        other = http.client.HTTPConnection(place.netloc, timeout=10)
        other.request("GET", "/other")
        assert other.getresponse().status == 204
        other.close()
        assert not opened[0].closed
    client.close()
    assert opened[0].closed
