"""nginx with the configuration that we hand out, on ports of this test's."""

from __future__ import annotations

import http.client
import ssl
import subprocess
from pathlib import Path

import trustme

from botsite.settings import BASE_DIR
from tests.cluster import wait_until
from tests.deploy.site import free_port, get

NGINX = BASE_DIR / "deploy" / "nginx"
HOST = "bot.example.org"

MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/errors;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{config}
}}
"""


class Proxy:
    """Before a site at a port; with a certificate that `get` believes."""

    def __init__(self, folder: Path, site_port: int) -> None:
        self.port, self.plain_port = free_port(), free_port()
        self._folder, self._site_port = folder, site_port
        authority = trustme.CA()
        self._trust = ssl.create_default_context()
        authority.configure_trust(self._trust)
        certificate = authority.issue_cert(HOST, "127.0.0.1")
        certificate.private_key_and_cert_chain_pem.write_to_path(folder / "certificate")

    def start(self, config: str) -> None:
        config = config.replace("127.0.0.1:8000", f"127.0.0.1:{self._site_port}")
        path = self._folder / "nginx.conf"
        path.write_text(MAIN.format(folder=self._folder, config=config))
        self._process = subprocess.Popen(
            ["nginx", "-p", str(self._folder), "-c", str(path)], stderr=subprocess.DEVNULL
        )
        wait_until(self._answers)

    def with_a_host_name(self) -> None:
        config = (NGINX / "botsite.conf").read_text()
        config = config.replace("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl")
        config = config.replace("listen 80", f"listen 127.0.0.1:{self.plain_port}")
        for name in ("fullchain", "key"):
            config = config.replace(f"/etc/ssl/botsite/{name}.pem", f"{self._folder}/certificate")
        self.start(config)

    def below_a_path(self) -> None:
        inner = (NGINX / "subpath.conf").read_text()
        certificate = f"{self._folder}/certificate"
        self.start(
            f"server {{ listen 127.0.0.1:{self.port} ssl; "
            f"ssl_certificate {certificate}; ssl_certificate_key {certificate};\n{inner}}}"
        )

    def get(self, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=20, context=self._trust
        )
        return get(connection, path, headers)

    def get_plain(self, path: str) -> tuple[int, http.client.HTTPMessage, str]:
        return get(http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=20), path, {})

    def post(self, path: str, body: str, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=20, context=self._trust
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("POST", path, body, {"Host": HOST, **form, **named})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self._folder / "errors").read_text()
        try:
            return bool(self.get("/livez")[0])
        except OSError:
            return False
