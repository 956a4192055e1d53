"""Keys that are bound to a client certificate, over real TLS; and TLS of the server's own."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from cli_runs import run_command
from cluster import free_port
from serving import ROOT, environment
from tls import Authority, Pair, tls_proxy
from werkzeug.serving import make_server

from service.settings import Settings

HEADER, SECRET = "X-Client-Certificate", "only-the-proxy-and-the-service-know-this"


@dataclass
class World:
    """The service behind a proxy that ends TLS, and two stations with a certificate each."""

    authority: Authority
    mine: Pair
    other: Pair
    direct: str
    proxied: str
    desk: Any

    def key(self, binding: str) -> str:
        made = run_command(
            self.desk.settings.home, "keys", "create", "--role", "station", "--certificate", binding, "--json"
        )
        token: str = json.loads(made.stdout)["key"]
        return token

    def ask(self, base: str, token: str, pair: Pair | None = None, **headers: str) -> int:
        own = {"Authorization": f"Bearer {token}", **headers}
        verify, cert = str(self.authority.file), pair.files if pair else None
        answer = requests.get(f"{base}/v1/sop", headers=own, verify=verify, cert=cert, timeout=10)
        return answer.status_code


@pytest.fixture
def world(make_desk: Any, tmp_path: Path) -> Iterator[World]:
    settings = Settings(
        home=tmp_path / "home", trusted_proxies=1, client_certificate_header=HEADER, proxy_secret=SECRET
    )
    desk, authority = make_desk(settings), Authority(tmp_path)
    server = make_server("127.0.0.1", 0, desk.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    direct = f"http://127.0.0.1:{server.server_port}"
    with tls_proxy(direct, authority.issue("127.0.0.1"), authority.file, HEADER, SECRET) as proxied:
        yield World(authority, authority.issue("belt-4"), authority.issue("belt-5"), direct, proxied, desk)
    server.shutdown()
    server.server_close()


def test_a_bound_key_works_with_its_certificate_alone(world: World) -> None:
    for binding in (str(world.mine.certificate), "subject:CN=belt-4"):
        token = world.key(binding)
        assert world.ask(world.proxied, token, world.mine) == 200
        assert world.ask(world.proxied, token, world.other) == 401
        assert world.ask(world.proxied, token) == 401
    assert world.ask(world.proxied, world.desk.key("station")) == 200  # others need none


def test_nobody_but_the_proxy_can_tell_of_a_certificate(world: World) -> None:
    token = world.key(str(world.mine.certificate))
    der = ssl.PEM_cert_to_DER_cert(world.mine.certificate.read_text())
    told = base64.b64encode(der).decode()
    right = f"{SECRET} {told}"
    assert world.ask(world.direct, token, **{HEADER: right}) == 200  # what the proxy says
    for wrong in (told, f"{'x' * 40} {told}", SECRET, f"{SECRET} ", f"{SECRET} {told[:-8]}", f"{SECRET} ü"):
        assert world.ask(world.direct, token, **{HEADER: wrong.encode().decode("latin-1")}) == 401, wrong
    # Who sends the header through the proxy, under this name or one that the way turns into it, is not heard.
    for name in (HEADER, HEADER.replace("-", "_"), HEADER.lower()):
        assert world.ask(world.proxied, token, world.other, **{name: told}) == 401, name


def test_a_certificates_file_is_kept_as_its_fingerprint(world: World) -> None:
    der = ssl.PEM_cert_to_DER_cert(world.mine.certificate.read_text())
    world.key(str(world.mine.certificate))
    listed = json.loads(run_command(world.desk.settings.home, "keys", "list", "--json").stdout)
    assert listed[-1]["certificate"] == f"sha256:{hashlib.sha256(der).hexdigest()}"
    colons = ":".join(hashlib.sha256(der).hexdigest().upper()[n : n + 2] for n in range(0, 64, 2))
    assert world.ask(world.proxied, world.key(f"sha256:{colons}"), world.mine) == 200
    for nothing, code in (("no-such-file", 2), ("sha256:12", 2), ("subject:", 2), (str(world.mine.key), 3)):
        run_command(
            world.desk.settings.home, "keys", "create", "--role", "station", "--certificate", nothing, code=code
        )


def test_the_servers_own_tls_asks_for_certificates_of_its_authority(tmp_path: Path) -> None:
    authority, stranger = Authority(tmp_path), Authority(tmp_path, "Another authority")
    server, client, unknown = authority.issue("127.0.0.1"), authority.issue("belt-4"), stranger.issue("belt-9")
    port = free_port()
    env = environment(tmp_path / "home") | {
        # No models: the service says `degraded` and starts sooner.
        "PARCEL_SCREENING_RISK_MODEL": str(tmp_path / "none"),
        "PARCEL_SCREENING_XRAY_MODEL": str(tmp_path / "none"),
        "PARCEL_SCREENING_DRAIN_SECONDS": "0",
        "PARCEL_SCREENING_TLS_CERTIFICATE": str(server.certificate),
        "PARCEL_SCREENING_TLS_KEY": str(server.key),
        "PARCEL_SCREENING_TLS_CLIENT_CA": str(authority.file),
    }
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    address, verify = f"https://127.0.0.1:{port}/readyz", str(authority.file)
    try:
        assert _answer(address, verify, client.files, process) == 200, (tmp_path / "log").read_text()
        for cert in (None, unknown.files):
            with pytest.raises((requests.exceptions.SSLError, requests.ConnectionError)):
                requests.get(address, verify=verify, cert=cert, timeout=10)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _answer(address: str, verify: str, cert: tuple[str, str], process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return requests.get(address, verify=verify, cert=cert, timeout=5).status_code
        except requests.ConnectionError:
            time.sleep(0.1)
    return 0
