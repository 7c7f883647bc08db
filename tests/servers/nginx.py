"""A private nginx in front of a server, with a ``server`` block from the documentation."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.program import Program, find_program, free_port, listens, state_directory

_AROUND = """
daemon off;
worker_processes 1;
error_log stderr;
pid {root}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    scgi_temp_path {root}/scgi;
    uwsgi_temp_path {root}/uwsgi;
    {server}
}}
"""


@contextmanager
def running_nginx(server: str, upstream: str) -> Iterator[tuple[str, Path]]:
    """Run nginx with a ``server`` block for HTTPS, as an administrator would write it.

    Args:
        upstream: where the block's ``127.0.0.1:8080`` is.

    Yields:
        The URL of its root, and the file of the certificate to trust.
    """
    with state_directory("nginx") as root:
        certificate, key = _make_certificate(root)
        port = free_port()
        replaced = {
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "/etc/ssl/mail.example.org.pem": str(certificate),
            "/etc/ssl/private/mail.example.org.key": str(key),
            "127.0.0.1:8080": upstream,
        }
        for written, here in replaced.items():
            assert written in server, written
            server = server.replace(written, here)
        configuration = root / "nginx.conf"
        configuration.write_text(_AROUND.format(root=root, server=server))
        nginx = Program([find_program("nginx"), "-c", str(configuration)], root / "nginx.log")
        try:
            nginx.wait_until(lambda: listens(("127.0.0.1", port)))
            yield f"https://127.0.0.1:{port}", certificate
        finally:
            nginx.stop()


def _make_certificate(root: Path) -> tuple[Path, Path]:
    certificate, key = root / "certificate.pem", root / "key.pem"
    command = [find_program("openssl"), "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]
    command += ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=mail.example.org"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return certificate, key
